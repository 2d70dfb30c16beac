/**
 * The first page: each game's board plays its last match, slowly. A board is loaded when it is about to be seen, stands
 * while nobody looks, and is still where a person wants no motion.
 */
import { applyPatch } from "../sdk/patch.js";
import { all } from "./dom.js";

// Slow enough to follow from the corner of the eye.
const MOVE_MS = 1400;
const END_MS = 5000;
// A board that will be seen after a short scroll is there by then.
const NEAR = "200px";

const MOST_SEATS = 64;

/** @typedef {{ step_ms: number | null, steps: ({ view: any } | { d: any })[] }} Film */

/** @param {Film} film @returns {any[]} */
function viewsOf({ steps }) {
  /** @type {any[]} */ const views = [];
  for (const step of steps) views.push("view" in step ? step.view : applyPatch(views.at(-1), step.d));
  return views;
}

/** A film of a game with ticks: it stands where a board expects the SDK's `Ticks`, and begins anew at its end. */
class Loop {
  running = true;
  #views;
  #step_ms;

  /** @param {any[]} views @param {number} step_ms */
  constructor(views, step_ms) {
    this.#views = views;
    this.#step_ms = step_ms;
  }

  /** @param {number} now_ms @returns {import("../sdk/ticks.js").Moment} */
  moment(now_ms) {
    const tick = (now_ms / this.#step_ms) % (this.#views.length - 1);
    const index = Math.floor(tick);
    const [before, after] = [this.#views[index], this.#views[index + 1]];
    return { before, after, part: tick - index, tick, view: after, newest: index + 1, own: tick, inputs: [] };
  }
}

/** Move after move, for as long as somebody can see it. @param {any} board @param {any[]} views @param {number} first_ms how long the first position stands */
function live(board, views, first_ms) {
  // In the middle of the match, so that the board lives from the first moment.
  let at = Math.floor(views.length / 2);
  let seen = true;
  const step = () => {
    const last = at === views.length - 1;
    // Nothing is drawn for a page, or a part of it, that nobody sees.
    if (!document.hidden && seen) at = last ? 0 : at + 1;
    board.view = views[at];
    setTimeout(step, at === views.length - 1 ? END_MS : MOVE_MS);
  };
  new IntersectionObserver((changes) => (seen = changes.at(-1)?.isIntersecting ?? true)).observe(board);
  board.view = views[at];
  setTimeout(step, first_ms);
}

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

/** @param {any} board @param {number} index */
async function begin(board, index) {
  await import(board.dataset.script);
  const film = /** @type {Film | null} */ (JSON.parse(board.dataset.film));
  if (!film) return;
  const views = viewsOf(film);
  // Who played is for the record to tell.
  board.names = Array(MOST_SEATS).fill("");
  // Some boards tell from the last view how it came about, and play it themselves.
  if (still || board.replays) board.view = views.at(-1);
  else if (film.step_ms) [board.view, board.ticks] = [views[0], new Loop(views, film.step_ms)];
  // Two boards that move in step would look like one machine.
  else live(board, views, MOVE_MS + (index % 4) * (MOVE_MS / 4));
}

const boards = all("[data-film]");
const near = new IntersectionObserver((changes) => {
  for (const { isIntersecting, target } of changes) {
    if (!isIntersecting) continue;
    near.unobserve(target);
    begin(target, boards.indexOf(/** @type {HTMLElement} */ (target)));
  }
}, { rootMargin: NEAR });
for (const board of boards) near.observe(board);
