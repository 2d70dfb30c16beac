/** `<board-connect-four>`: seven columns of six; discs fall behind a plate with holes. Takes the rules' view as it is. */
import { fill, gettext } from "../text.js";
import { svg } from "./board.js";
import { CELL, GridBoard } from "./grid.js";

const COLUMNS = 7;
const ROWS = 6;
const HOLE = 40;
const DISC = 37;
/** The plate reaches beyond its cells by as much as lies between two holes. */
const EDGE = 10;
const DIRECTIONS = /** @type {const} */ ([[1, 0], [0, 1], [1, 1], [1, -1]]);

/** @typedef {{ columns: string[], last: number | null }} View */

/** @param {number} column @param {number} height from the bottom */
const place = (column, height) => `translate(${column * CELL + CELL / 2} ${(ROWS - 1 - height) * CELL + CELL / 2})`;

class ConnectFourBoard extends GridBoard {
  rows = ROWS;
  columns = COLUMNS;
  edge = EDGE;
  /** @type {Map<string, SVGElement>} */ #discs = new Map();
  #behind = svg("g");
  #ghost = svg("g", { class: "ghost" });
  #lane = svg("rect", { class: "lane", width: CELL, height: ROWS * CELL, visibility: "hidden" });
  #lastRing = svg("circle", { class: "last", r: HOLE + 1, visibility: "hidden" });
  #won = svg("g");
  #count = -1;

  label() { return gettext("Connect Four: seven columns, six rows"); }

  ground() {
    return [svg("rect", { class: "well", x: 5, y: 5, width: COLUMNS * CELL - 10, height: ROWS * CELL - 10 }), this.#behind, this.#ghost, plate()];
  }

  above() { return [this.#lane, this.#lastRing, this.#won]; }

  /** @param {number} row @param {number} column */
  moveAt(row, column) { return column; }

  /** @param {number} column */
  describe(column) { return String(column + 1); }

  /** @param {number} row @param {number} column */
  cellLabel(row, column) {
    const disc = this.view.columns[column][ROWS - 1 - row];
    const where = { column: column + 1, row: ROWS - row };
    if (disc === undefined) return fill(gettext("Column %(column)s, row %(row)s: empty"), where);
    return fill(gettext("Column %(column)s, row %(row)s: %(name)s"), { ...where, name: this.nameOf(Number(disc)) });
  }

  /** @param {number} seat */
  mark(seat) {
    const sign = seat === 0 ? svg("circle", { r: DISC * 0.5 }) : svg("path", { d: "M0-21 21 0 0 21-21 0Z" });
    return svg("g", { class: `piece seat-${seat}` }, svg("circle", { r: DISC, class: "body" }), sign);
  }

  paint() {
    super.paint();
    const count = this.view.columns.join("").length;
    // One disc more than before fell just now; anything else is a jump in time.
    const falls = count === this.#count + 1;
    this.#paintDiscs(falls || this.pending !== undefined);
    this.#paintLast();
    if (falls) this.speak(this.#spoken());
    this.#count = count;
    this.hint(null);
  }

  /** @param {any} column */
  hint(column) {
    this.#lane.setAttribute("visibility", column === null ? "hidden" : "visible");
    this.#ghost.replaceChildren();
    if (column === null || this.seat === null) return;
    this.#lane.setAttribute("x", String(column * CELL));
    this.#ghost.setAttribute("transform", place(column, this.view.columns[column].length));
    this.#ghost.append(this.mark(this.seat));
  }

  /** @param {boolean} falls */
  #paintDiscs(falls) {
    const wanted = this.#wanted();
    for (const [key, disc] of this.#discs) if (!wanted.has(key)) { disc.remove(); this.#discs.delete(key); }
    for (const [key, { column, height, seat, pending }] of wanted) {
      let disc = this.#discs.get(key);
      if (!disc) this.#discs.set(key, (disc = this.#disc(column, height, seat, falls)));
      disc.classList.toggle("pending", pending);
    }
  }

  /** Every disc that should be seen, by place and seat. */
  #wanted() {
    /** @type {Map<string, { column: number, height: number, seat: number, pending: boolean }>} */
    const wanted = new Map();
    /** @param {number} column @param {number} height @param {number} seat @param {boolean} pending */
    const add = (column, height, seat, pending) => wanted.set(`${column}/${height}/${seat}`, { column, height, seat, pending });
    /** @type {View} */ (this.view).columns.forEach((discs, column) =>
      [...discs].forEach((disc, height) => add(column, height, Number(disc), false)));
    if (typeof this.pending === "number" && this.seat !== null)
      add(this.pending, this.view.columns[this.pending].length, this.seat, true);
    return wanted;
  }

  /** @param {number} column @param {number} height @param {number} seat @param {boolean} falls */
  #disc(column, height, seat, falls) {
    const piece = this.mark(seat);
    const disc = svg("g", { transform: place(column, height) }, piece);
    if (falls) {
      piece.classList.add("falls");
      piece.style.setProperty("--fall", `${-(ROWS - height) * CELL}px`);
    }
    this.#behind.append(disc);
    return disc;
  }

  #paintLast() {
    const { columns, last } = /** @type {View} */ (this.view);
    this.#lastRing.setAttribute("visibility", last === null ? "hidden" : "visible");
    if (last !== null) this.#lastRing.setAttribute("transform", place(last, /** @type {string} */ (columns[last]).length - 1));
    const line = last === null ? null : four(columns, last);
    this.#won.replaceChildren(...(line ?? []).map(([column, height]) =>
      svg("circle", { class: "won", r: HOLE, transform: place(column, height) })));
  }

  #spoken() {
    const { columns, last } = /** @type {View} */ (this.view);
    if (last === null) return "";
    const seat = Number(/** @type {string} */ (columns[last]).at(-1));
    return fill(gettext("%(name)s: column %(column)s"), { name: this.nameOf(seat), column: last + 1 });
  }
}

/** The plate: one path, its holes cut out. */
function plate() {
  const holes = Array.from({ length: COLUMNS * ROWS }, (_, index) => {
    const [x, y] = [(index % COLUMNS) * CELL + CELL / 2, Math.floor(index / COLUMNS) * CELL + CELL / 2];
    return `M${x - HOLE} ${y}a${HOLE} ${HOLE} 0 1 0 ${2 * HOLE} 0a${HOLE} ${HOLE} 0 1 0 ${-2 * HOLE} 0Z`;
  });
  const [w, h, r] = [COLUMNS * CELL + 2 * EDGE, ROWS * CELL + 2 * EDGE, 28];
  const arc = (/** @type {number} */ x, /** @type {number} */ y) => `a${r} ${r} 0 0 1 ${x * r} ${y * r}`;
  const edge = `M${r - EDGE} ${-EDGE}h${w - 2 * r}${arc(1, 1)}v${h - 2 * r}${arc(-1, 1)}h${2 * r - w}${arc(-1, -1)}v${2 * r - h}${arc(1, -1)}Z`;
  return svg("path", { class: "plate", "fill-rule": "evenodd", d: edge + holes.join("") });
}

/**
 * The cells of a line of four or more through the disc played last, or null.
 * @param {string[]} columns @param {number} last @returns {[number, number][] | null}
 */
function four(columns, last) {
  const height = /** @type {string} */ (columns[last]).length - 1;
  const disc = columns[last]?.[height];
  for (const [dx, dy] of DIRECTIONS) {
    /** @type {[number, number][]} */
    const line = [];
    for (let i = -3; i <= 3; i++) {
      const cell = /** @type {[number, number]} */ ([last + i * dx, height + i * dy]);
      if (columns[cell[0]]?.[cell[1]] === disc) line.push(cell);
      else if (i < 0) line.length = 0;
      else break;
    }
    if (line.length >= 4) return line;
  }
  return null;
}

customElements.define("board-connect-four", ConnectFourBoard);
