/** The first page: each game's board plays its last match, slowly. Still where a person wants no motion. */
import { all } from "./dom.js";

// Slow enough to follow from the corner of the eye.
const MOVE_MS = 1400;
const END_MS = 5000;

/** @param {any} board @param {any[]} views @param {number} first_ms how long the first position stands */
function live(board, views, first_ms) {
  // In the middle of the match, so that the board lives from the first moment.
  let at = Math.floor(views.length / 2);
  const step = () => {
    board.view = views[at];
    const last = at === views.length - 1;
    at = last ? 0 : at + 1;
    // Nothing is drawn for a page that nobody sees.
    setTimeout(document.hidden ? wait : step, last ? END_MS : MOVE_MS);
  };
  const wait = () => setTimeout(document.hidden ? wait : step, MOVE_MS);
  board.view = views[at];
  setTimeout(step, first_ms);
}

const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
all("[data-views]").forEach((board, index) => {
  const views = JSON.parse(board.dataset.views ?? "[]");
  if (views.length === 0) return;
  if (still) /** @type {any} */ (board).view = views.at(-1);
  // Two boards that move in step would look like one machine.
  else live(board, views, MOVE_MS + index * (MOVE_MS / 2));
});
