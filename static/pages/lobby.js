/**
 * This page's one connection to the lobby. What concerns the person before it alone is told to the document as the event
 * `madang:you`; other modules import `lobby` and listen to it.
 */
import { openLobby } from "../sdk/lobby.js";

export const lobby = openLobby();

lobby.addEventListener("you", (event) => {
  const { detail } = /** @type {CustomEvent} */ (event);
  document.dispatchEvent(new CustomEvent("madang:you", { detail }));
});
