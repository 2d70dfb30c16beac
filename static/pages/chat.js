/** The chat: what people at this match have said, newest below. Everything is text. */
import { make, one } from "./dom.js";

/** @type {number | null} the newest line that is shown */
let newest = null;

/** @param {import("../sdk/state.js").State} state */
export function drawChat({ chat }) {
  const last = chat.at(-1)?.k ?? null;
  if (last === newest && last !== null) return;
  const list = one("[data-chat]");
  const known = newest !== null && chat.some((line) => line.k === newest);
  const fresh = known ? chat.filter((line) => line.k > /** @type {number} */ (newest)) : chat;
  if (!known) list.replaceChildren();
  list.append(...fresh.map(({ seat, name, text }) => {
    const who = make("bdi", { className: "who" }, name);
    if (seat !== null) who.dataset.seat = String(seat);
    return make("li", {}, who, " ", make("bdi", {}, text));
  }));
  list.scrollTop = list.scrollHeight;
  newest = last;
}
