/** The standings and the boards of a tournament, drawn in place: rows stay where they are, so that a focus stays too. */
import { all, make, one, say } from "./dom.js";
import { fill, gettext, ngettext } from "../text.js";

/** @typedef {{ id: string, name: string }} Person */
/** @typedef {{ place: number, player: Person, points: number, ties: number[], sheet: number[], on_fire: boolean, withdrawn: boolean, match: string | null }} Place */
/** @typedef {{ match: string, round: number, board: number, players: Person[], points: number[] | null }} Board */
/**
 * @typedef {{ n: number, format: string, status: string, why: string, players: number, round: number, rounds: number, starts_ms: number, ends_ms: number | null, page: number, pages: number, standings: Place[], boards: Board[], playing: number }} Tournament
 */

/** 4½, ½, 7. @param {number} value */
export function pointsOf(value) {
  const whole = Math.floor(value);
  return value === whole ? String(whole) : `${whole || ""}½`;
}

/** @param {Tournament} told @param {string} own public id of who looks */
export function drawStandings(told, own) {
  const body = one("[data-places]");
  told.standings.forEach((place, index) => drawPlace(/** @type {HTMLElement} */ (body.children[index] ?? body.appendChild(emptyPlace(place.ties.length))), place, own));
  while (body.children.length > told.standings.length) body.lastElementChild?.remove();
  say(one("[data-count]"), fill(ngettext("%(count)d player", "%(count)d players", told.players), { count: told.players }));
  one("[data-nobody]").hidden = told.players > 0;
  one("[data-pages]").hidden = told.pages === 1;
  say(one("[data-page-told]"), `${told.page} / ${told.pages}`);
  for (const button of all("[data-page]")) {
    const there = told.page + Number(button.dataset.page);
    button.setAttribute("aria-disabled", String(there < 1 || there > told.pages));
  }
}

/** @param {number} ties */
function emptyPlace(ties) {
  const name = make("th", { scope: "row" }, make("a", {}, make("bdi")));
  const cells = Array.from({ length: ties }, () => make("td", { className: "tie" }));
  return make("tr", {}, make("td", { className: "place" }), name, make("td", { className: "sheet" }), ...cells, make("td", { className: "points" }));
}

/** @param {HTMLElement} row @param {Place} place @param {string} own */
function drawPlace(row, place, own) {
  say(one(".place", row), String(place.place));
  const link = /** @type {HTMLAnchorElement} */ (one("a", row));
  link.href = `/player/${encodeURIComponent(place.player.id)}/`;
  say(one("bdi", row), place.player.name);
  drawSheet(one(".sheet", row), place);
  all(".tie", row).forEach((cell, index) => say(cell, String(place.ties[index])));
  say(one(".points", row), pointsOf(place.points));
  row.classList.toggle("out", place.withdrawn);
  row.classList.toggle("playing", place.match !== null);
  if (place.player.id === own) row.setAttribute("aria-current", "true");
  else row.removeAttribute("aria-current");
}

/** @param {HTMLElement} cell @param {Place} place */
function drawSheet(cell, place) {
  const marks = place.sheet.map(pointsOf);
  if (place.on_fire) marks.push("×2");
  if (cell.dataset.marks === marks.join(" ")) return;
  cell.dataset.marks = marks.join(" ");
  cell.replaceChildren(...marks.map((mark) => make("span", { className: mark === "×2" ? "fire" : "", title: mark === "×2" ? gettext("The next points count twice") : "" }, mark)));
}

/** @param {Tournament} told @param {string} own */
export function drawBoards(told, own) {
  const mine = told.boards.filter((board) => board.players.some(({ id }) => id === own));
  const others = told.boards.filter((board) => !mine.includes(board));
  one("[data-boards]").replaceChildren(...[...mine, ...others].map((board) => boardRow(board)));
  one("[data-no-boards]").hidden = told.boards.length > 0;
}

/** @param {Board} board */
function boardRow(board) {
  const names = make("span", { className: "who" }, make("bdi", {}, board.players.map(({ name }) => name).join(" – ")));
  const result = board.points ? board.points.map((points) => pointsOf(points)).map((points) => points || "0").join(" : ") : gettext("Watch");
  return make("li", {}, make("a", { href: `/match/${encodeURIComponent(board.match)}/` }, names, make("span", { className: "how" }, result)));
}
