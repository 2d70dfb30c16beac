/** The record page: the match at rest, moved in time by buttons, arrows, the bar, or the address. `#12` is entry 12. */
import { fill, gettext } from "../text.js";
import { all, make, one, say } from "./dom.js";
import { fetchFrames, movesOf } from "./frames.js";
import { MoveList } from "./moves.js";
import { drawSeats } from "./strips.js";
import { headline, reasonOf } from "./words.js";

/** @typedef {import("./frames.js").Frame} Frame */

const place = one("[data-record]");
const board = /** @type {any} */ (one("[data-board]"));
/** @type {string[]} */ const names = JSON.parse(place.dataset.names ?? "[]");
const list = new MoveList(board, (seat) => names[seat] ?? "");
/** @type {Frame[]} */ let frames = [];
const game = one("[data-say]").textContent ?? "";
let at = 0;

/** @param {number} index */
function go(index) {
  at = Math.max(0, Math.min(frames.length - 1, index));
  const frame = frames[at];
  if (!frame) return;
  history.replaceState(null, "", `#${frame.n}`);
  draw(frame);
}

/** @param {Frame} frame */
function draw(frame) {
  const state = /** @type {any} */ ({
    seats: names.map((name) => ({ name, here: true })), seat: null, status: frame.status === "aborted" ? "over" : frame.status,
    result: frame.result, sides: names.map((_, seat) => seat), moves: null,
  });
  board.names = names;
  board.view = frame.view;
  drawSeats(state, frame.turns, board);
  say(one("[data-say]"), frame.result ? headline(state, frame.turns) : game);
  say(one("[data-why]"), frame.result ? reasonOf(frame.result.reason)
    : fill(gettext("Entry %(at)s of %(all)s"), { at: frame.n, all: frames.at(-1)?.n ?? 0 }));
  list.mark(shownMove(at));
  const bar = /** @type {HTMLInputElement} */ (one("[data-bar]"));
  bar.value = String(at);
  bar.setAttribute("aria-valuetext", one("[data-why]").textContent ?? "");
}

/** The version of the last move up to this frame: an offer or the end changes nothing on the board. @param {number} index */
function shownMove(index) {
  while (index > 0 && frames[index]?.by.length === 0) index--;
  return frames[index]?.v ?? 0;
}

/** The frame that entry `n` of the address made, or the last before it; the end without one. */
function addressed() {
  const n = Number(location.hash.slice(1));
  if (!location.hash || !Number.isInteger(n)) return frames.length - 1;
  return frames.findLastIndex((frame) => frame.n <= n);
}

/** @type {Record<string, () => number>} */
const steps = { first: () => 0, back: () => at - 1, on: () => at + 1, last: () => frames.length - 1 };
/** @type {Record<string, string>} */
const keys = { ArrowLeft: "back", ArrowRight: "on", Home: "first", End: "last" };

function wire() {
  const bar = /** @type {HTMLInputElement} */ (one("[data-bar]"));
  bar.max = String(frames.length - 1);
  bar.addEventListener("input", () => go(Number(bar.value)));
  for (const button of all("[data-step]")) button.addEventListener("click", () => go(steps[button.dataset.step ?? "last"]?.() ?? 0));
  document.addEventListener("keydown", (event) => {
    const step = steps[keys[event.key] ?? ""];
    // The bar knows the arrows itself, and letters belong to fields.
    if (!step || event.defaultPrevented || event.target instanceof HTMLInputElement || event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    go(step());
  });
  addEventListener("hashchange", () => go(addressed()));
}

async function begin() {
  frames = await fetchFrames(place.dataset.record ?? "");
  list.show(movesOf(frames), ({ v }) => {
    const button = make("button", { type: "button" });
    button.addEventListener("click", () => go(frames.findIndex((frame) => frame.v === v)));
    return button;
  });
  wire();
  go(addressed());
}

begin().catch((/** @type {Error} */ refused) => say(one("[data-why]"), refused.message));
