/**
 * The chat: what people at this match have said, newest below. Everything is text. Lines of who is muted or blocked are
 * left out; quick phrases are shown in the reader's language; what a game does not let its players say is not offered.
 */
import { gettext } from "../text.js";
import { all, make, one, say } from "./dom.js";

/** @typedef {import("../sdk/state.js").State} State */
/** @typedef {State["chat"][number]} Line */

/** @type {number | null} the newest line that is shown; null: all must be drawn anew */
let newest = null;
const list = one("[data-chat]");
const unread = new Set((list.dataset.unread ?? "").split(" ").filter(Boolean));

/** @param {State} state */
export function drawChat(state) {
  drawRule(state);
  const { chat } = state;
  const last = chat.at(-1)?.k ?? null;
  if (last === newest && last !== null) return;
  const known = newest !== null && chat.some((line) => line.k === newest);
  const fresh = known ? chat.filter((line) => line.k > /** @type {number} */ (newest)) : chat;
  if (!known) list.replaceChildren();
  list.append(...fresh.filter((line) => !unread.has(line.player ?? "")).map((line) => drawn(line, state)));
  list.scrollTop = list.scrollHeight;
  newest = last;
}

/** @param {Line} line @param {State} state */
function drawn({ seat, name, text, player, phrase }, state) {
  const words = phrase ? gettext(text) : text;
  const own = seat === null ? player === list.dataset.own : seat === state.seat;
  const who = player && !own
    ? make("button", { type: "button", className: "who" }, make("bdi", {}, name))
    : make("bdi", { className: "who" }, name);
  // English in the log, whatever the reader sees.
  if (player && !own) Object.assign(who.dataset, { person: player, name, line: text });
  if (seat !== null) who.dataset.seat = String(seat);
  return make("li", {}, who, " ", make("bdi", {}, words));
}

/** What may be said now. @param {State} state */
function drawRule({ seat, status, talk }) {
  const rule = seat !== null && status === "live" ? talk ?? "open" : "open";
  for (const form of all("[data-chat-form]")) form.hidden = rule !== "open";
  for (const row of all("[data-phrases]")) row.hidden = rule === "none";
  const rules = { open: "", quick: gettext("While this game is played, players can only use the quick phrases."), none: gettext("While this game is played, players cannot talk to each other.") };
  for (const note of all("[data-talk]")) say(note, rules[rule]);
}

document.addEventListener("madang:unread", (event) => {
  const { id, unread: hidden } = /** @type {CustomEvent} */ (event).detail;
  if (hidden) unread.add(id);
  else unread.delete(id);
  newest = null;
  document.dispatchEvent(new Event("madang:redraw"));
});
