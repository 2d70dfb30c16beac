/** `<board-tic-tac-toe>`: nine cells, crosses for the first seat and rings for the second. Takes the rules' view as it is. */
import { fill, gettext } from "../text.js";
import { svg } from "./board.js";
import { CELL, GridBoard } from "./grid.js";

const SIDE = 3;
const LINES = [[0, 1, 2], [3, 4, 5], [6, 7, 8], [0, 3, 6], [1, 4, 7], [2, 5, 8], [0, 4, 8], [2, 4, 6]];

/** @typedef {{ board: string, last: number | null }} View */

/** @param {number} cell @returns {[number, number]} */
const centre = (cell) => [(cell % SIDE) * CELL + CELL / 2, Math.floor(cell / SIDE) * CELL + CELL / 2];

class TicTacToeBoard extends GridBoard {
  rows = SIDE;
  columns = SIDE;
  /** @type {Map<string, SVGElement>} */ #pieces = new Map();
  #under = svg("g");
  #ghost = svg("g", { class: "ghost" });
  #tile = svg("rect", { class: "tile", width: CELL - 12, height: CELL - 12, x: 6, y: 6, rx: 12, visibility: "hidden" });
  #line = svg("line", { class: "line", visibility: "hidden" });
  #count = -1;

  label() { return gettext("Tic-tac-toe: three rows of three"); }

  ground() {
    return [this.#tile, svg("path", { class: "rule", d: "M100 8V292M200 8V292M8 100H292M8 200H292" }), this.#under, this.#ghost];
  }

  above() { return [this.#line]; }

  /** @param {number} row @param {number} column */
  moveAt(row, column) { return row * SIDE + column; }

  /** @param {number} cell */
  describe(cell) {
    return [
      gettext("top left"), gettext("top"), gettext("top right"), gettext("left"), gettext("middle"), gettext("right"),
      gettext("bottom left"), gettext("bottom"), gettext("bottom right"),
    ][cell] ?? "";
  }

  /** @param {number} row @param {number} column */
  cellLabel(row, column) {
    const cell = this.moveAt(row, column);
    const mark = this.view.board[cell];
    return fill(gettext("%(place)s: %(content)s"), {
      place: this.describe(cell),
      content: mark === "." ? gettext("empty") : this.nameOf(Number(mark)),
    });
  }

  /** @param {number} seat */
  mark(seat) {
    const shape = seat === 0 ? svg("path", { d: "M-25-25 25 25M25-25-25 25" }) : svg("circle", { r: 28 });
    return svg("g", { class: `stroke seat-${seat}` }, shape);
  }

  paint() {
    super.paint();
    const { board, last } = /** @type {View} */ (this.view);
    const count = [...board].filter((mark) => mark !== ".").length;
    const drawn = count === this.#count + 1;
    this.#paintPieces(board, drawn || this.pending !== undefined);
    this.#paintLast(board, last);
    if (drawn && last !== null)
      this.speak(fill(gettext("%(name)s: %(place)s"), { name: this.nameOf(Number(board[last])), place: this.describe(last) }));
    this.#count = count;
    this.hint(null);
  }

  /** @param {any} cell */
  hint(cell) {
    this.#ghost.replaceChildren();
    if (cell === null || this.seat === null) return;
    const [x, y] = centre(cell);
    this.#ghost.setAttribute("transform", `translate(${x} ${y})`);
    this.#ghost.append(this.mark(this.seat));
  }

  /** @param {string} board @param {boolean} grows */
  #paintPieces(board, grows) {
    const wanted = new Map([...board].flatMap((mark, cell) => (mark === "." ? [] : [[`${cell}/${mark}`, false]])));
    if (typeof this.pending === "number" && this.seat !== null) wanted.set(`${this.pending}/${this.seat}`, true);
    for (const [key, piece] of this.#pieces) if (!wanted.has(key)) { piece.remove(); this.#pieces.delete(key); }
    for (const [key, pending] of wanted) {
      let piece = this.#pieces.get(key);
      if (!piece) this.#pieces.set(key, (piece = this.#piece(key, grows)));
      piece.classList.toggle("pending", pending);
    }
  }

  /** @param {string} key @param {boolean} grows */
  #piece(key, grows) {
    const [cell, seat] = /** @type {[number, number]} */ (key.split("/").map(Number));
    const [x, y] = centre(cell);
    const mark = this.mark(seat);
    mark.classList.toggle("grows", grows);
    const piece = svg("g", { transform: `translate(${x} ${y})` }, mark);
    this.#under.append(piece);
    return piece;
  }

  /** @param {string} board @param {number | null} last */
  #paintLast(board, last) {
    this.#tile.setAttribute("visibility", last === null ? "hidden" : "visible");
    if (last !== null) this.#tile.setAttribute("transform", `translate(${centre(last).map((at) => at - CELL / 2).join(" ")})`);
    const line = LINES.find((cells) => cells.every((cell) => board[cell] !== "." && board[cell] === board[cells[0] ?? 0]));
    this.#line.setAttribute("visibility", line ? "visible" : "hidden");
    if (!line) return;
    const [[x1, y1], [x2, y2]] = /** @type {[[number, number], [number, number]]} */ ([centre(line[0] ?? 0), centre(line[2] ?? 0)]);
    for (const [key, value] of Object.entries({ x1, y1, x2, y2 })) this.#line.setAttribute(key, String(value));
  }
}

customElements.define("board-tic-tac-toe", TicTacToeBoard);
