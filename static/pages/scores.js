/** The end of a match of more than two: who came where, as a table. Drawn from the state alone. */
import { fill, gettext } from "../text.js";
import { make, one } from "./dom.js";
import { sign } from "./strips.js";
import { nameOf } from "./words.js";

/** @typedef {import("../sdk/state.js").State} State */

// Of a crowd the best are told, and the viewer.
const MOST_ROWS = 8;

/** @param {State} state @param {any} board */
export function drawScores(state, board) {
  const table = one("[data-scores]");
  const scores = state.result?.scores ?? [];
  table.hidden = scores.length < 3 || state.result?.reason === "aborted";
  if (table.hidden) return;
  const own = state.seat === null ? null : state.sides[state.seat];
  // A side that nobody took has no place.
  const sides = scores.map((score, side) => ({ side, score, place: 1 + scores.filter((other) => other > score).length }))
    .filter(({ side }) => seatsOf(state, side).some((seat) => state.seats[seat]))
    .sort((one, other) => one.place - other.place);
  const shown = sides.filter(({ side }, index) => index < MOST_ROWS || side === own);
  const rows = shown.map((told) => line(state, board, told, told.side === own));
  // What a board counts may be known a moment after the end.
  const text = rows.map((row) => row.outerHTML).join("");
  if (table.dataset.drawn === text) return;
  table.dataset.drawn = text;
  table.replaceChildren(...rows);
}

/** @param {State} state @param {number} side */
const seatsOf = ({ sides }, side) => sides.flatMap((one, seat) => (one === side ? [seat] : []));

/** @param {State} state @param {any} board @param {{ side: number, score: number, place: number }} told @param {boolean} own */
function line(state, board, { side, score, place }, own) {
  const seats = seatsOf(state, side);
  const names = seats.map((seat) => nameOf(state, seat)).join(", ");
  const row = make("tr", {}, make("td", { className: "place" }, fill(gettext("%(place)s."), { place })));
  if (own) row.setAttribute("aria-current", "true");
  // What the board counts is what people saw while they played; a result may weigh it otherwise.
  const points = board.note?.(seats[0]) || String(score);
  row.append(make("th", { scope: "row" }, sign(seats[0] ?? side, board), make("bdi", {}, names)), make("td", { className: "points" }, points));
  return row;
}
