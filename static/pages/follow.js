/**
 * Television of one game: the page is that of the match, and some seconds after its end that of the next best one. It stays
 * with a match until it is over, however good another becomes.
 */
import { gettext } from "../text.js";
import { one, say } from "./dom.js";
import { lobby } from "./lobby.js";

// The result is read first; then there is something to see again.
const AFTER_MS = 6000;

const line = one("[data-follow]");
const game = String(line.dataset.follow);
let watched = String(one("[data-match]").dataset.match);
let over = false;

function goOn() {
  const next = lobby.picture?.tv[game];
  if (over && next && next !== watched) location.reload();
}

document.addEventListener("madang:over", (event) => {
  const { next } = /** @type {CustomEvent} */ (event).detail;
  // A chain of matches: the match page is at the next one already.
  if (next) return void (watched = next);
  line.hidden = false;
  say(line, gettext("The next match follows."));
  setTimeout(() => { over = true; goOn(); }, AFTER_MS);
});
lobby.addEventListener("change", goOn);
