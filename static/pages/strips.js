/** The seats beside the board: who sits there, whether they are here, and whose turn it is. Drawn from the state alone. */
import { fill, gettext } from "../text.js";
import { svg } from "../boards/board.js";
import { make, one } from "./dom.js";
import { ratingOf } from "./ratings.js";
import { nameOf } from "./words.js";

/** @typedef {import("../sdk/state.js").State} State */

// As many as fit around a board; of more the board itself tells who is there.
const MOST_STRIPS = 8;

/** The own seat is near, all others far; a spectator sits behind the first. @param {State} state @param {number[]} turns @param {any} board */
export function drawSeats(state, turns, board) {
  const near = state.seat ?? 0;
  const far = state.seats.map((_, seat) => seat).filter((seat) => seat !== near && state.seats.length <= MOST_STRIPS)
    .sort((one, other) => Number(state.sides[one]) - Number(state.sides[other]) || one - other);
  fillStrip(one("[data-far]"), far, state, turns, board);
  // Of a crowd, who watches sees the board: none of its seats is nearer than another.
  fillStrip(one("[data-near]"), state.seat === null && state.seats.length > MOST_STRIPS ? [] : [near], state, turns, board);
}

/** @param {HTMLElement} place @param {number[]} seats @param {State} state @param {number[]} turns @param {any} board */
function fillStrip(place, seats, state, turns, board) {
  const strips = seats.map((seat) => strip(seat, state, turns, board));
  const text = strips.map((one) => one.outerHTML).join("");
  if (place.dataset.drawn === text) return;
  place.dataset.drawn = text;
  const { activeElement } = document;
  const held = activeElement && place.contains(activeElement) ? /** @type {HTMLElement | null} */ (activeElement.closest(".seat"))?.dataset.seat : undefined;
  place.replaceChildren(...strips);
  // Whoever was on a name with the keyboard is on it still.
  if (held !== undefined) /** @type {HTMLElement | null} */ (place.querySelector(`[data-seat="${held}"] button`))?.focus();
}

/** @param {number} seat @param {State} state @param {number[]} turns @param {any} board */
function strip(seat, state, turns, board) {
  const turn = turns.includes(seat);
  const info = state.seats[seat];
  const own = seat === state.seat;
  const element = make("div", { className: "seat" });
  element.dataset.seat = String(seat);
  element.classList.toggle("turn", turn);
  element.classList.toggle("free", !info);
  element.classList.toggle("out", state.status !== "over" && state.out.includes(seat));
  element.classList.toggle("won", hasWon(state, seat));
  const rating = ratingOf(state, seat);
  element.append(sign(seat, board), make("span", { className: "whose" }, named(seat, state, own), ...(rating ? [rating] : [])));
  const beside = [teamOf(state, seat), info ? presence(state, seat, own) : ""].filter(Boolean).join(" · ");
  if (beside) element.append(make("span", { className: "you" }, beside));
  element.append(make("span", { className: "now" }, standing(state, seat, turns, own) || (info && board.note?.(seat) || "")));
  return element;
}

/** The name; of another person it opens their sheet. @param {number} seat @param {State} state @param {boolean} own */
function named(seat, state, own) {
  const name = nameOf(state, seat);
  const player = state.seats[seat]?.player;
  const you = /** @type {HTMLElement | null} */ (document.querySelector("[data-you]"))?.dataset.you;
  if (own || !player || player === you) return make("bdi", { className: "name" }, name);
  const button = make("button", { type: "button", className: "name" }, make("bdi", {}, name));
  Object.assign(button.dataset, { person: player, name });
  return button;
}

/** @param {State} state @param {number} seat @param {boolean} own */
function presence(state, seat, own) {
  if (own) return gettext("you");
  if (state.status !== "over" && state.out.includes(seat)) return gettext("has left");
  return state.status !== "over" && !state.seats[seat]?.here ? gettext("away") : "";
}

/** Where several seats play together, with whom. @param {State} state @param {number} seat */
function teamOf({ sides }, seat) {
  const teams = new Set(sides).size < sides.length;
  return teams ? fill(gettext("Team %(number)s"), { number: (sides[seat] ?? 0) + 1 }) : "";
}

/** @param {State} state @param {number} seat */
function hasWon({ result, sides }, seat) {
  if (!result) return false;
  const best = Math.max(...result.scores);
  return result.scores[sides[seat] ?? 0] === best && result.scores.some((score) => score < best);
}

/** @param {State} state @param {number} seat @param {number[]} turns @param {boolean} own */
function standing(state, seat, turns, own) {
  if (hasWon(state, seat)) return gettext("won");
  if (!turns.includes(seat)) return "";
  if (own) return gettext("Your turn");
  return turns.length > 1 ? gettext("choosing") : gettext("to move");
}

/** The seat's sign as it stands on the board: colour and shape. @param {number} seat @param {any} board */
export function sign(seat, board) {
  const picture = svg("svg", { viewBox: "-50 -50 100 100", class: "sign", "aria-hidden": "true" });
  picture.append(board.mark(seat));
  return picture;
}
