/**
 * A board of cells: an SVG grid with one tab stop, moved by the arrow keys, chosen by Enter, space or a tap. Boards that
 * have rows and columns extend it and say what a cell is called and which move it stands for.
 */
import { Board, svg } from "./board.js";

export const CELL = 100;

/** @type {Record<string, [number, number]>} key: rows and columns to go */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

export class GridBoard extends Board {
  rows = 0;
  columns = 0;
  /** How far the drawing reaches beyond the cells. */
  edge = 0;
  /** @type {SVGElement[][]} */ cells = [];
  #row = 0;
  #column = 0;

  build() {
    const { edge } = this;
    const size = [-edge, -edge, this.columns * CELL + 2 * edge, this.rows * CELL + 2 * edge].join(" ");
    const frame = svg("svg", { viewBox: size, role: "grid", "aria-label": this.label(), class: "grid" });
    frame.append(...this.ground());
    for (let row = 0; row < this.rows; row++) frame.append(this.#line(row));
    frame.append(...this.above());
    frame.addEventListener("keydown", (event) => this.#key(event));
    frame.addEventListener("pointerleave", () => this.hint(null));
    frame.addEventListener("focusout", () => this.hint(null));
    this.append(frame);
  }

  paint() {
    this.cells.forEach((line, row) => line.forEach((cell, column) => {
      cell.setAttribute("aria-label", this.cellLabel(row, column));
      cell.classList.toggle("open", this.open(this.moveAt(row, column)));
    }));
    this.#stop();
  }

  // ── what a board of cells writes ─────────────────────────────────────────────────────────────────────

  /** What the whole board is called. */
  label() { return ""; }
  /** Drawn under the cells. @returns {SVGElement[]} */
  ground() { return []; }
  /** Drawn over the cells; takes no pointer. @returns {SVGElement[]} */
  above() { return []; }
  /** @param {number} _row @param {number} _column @returns {string} */
  cellLabel(_row, _column) { return ""; }
  /** The move that choosing this cell makes. @param {number} _row @param {number} _column @returns {any} */
  moveAt(_row, _column) { return null; }
  /** Show where `move` would go; null: nowhere. @param {any} _move */
  hint(_move) {}

  /** @param {number} row */
  #line(row) {
    const line = svg("g", { role: "row" });
    this.cells[row] = [];
    for (let column = 0; column < this.columns; column++) {
      const cell = this.#cell(row, column);
      /** @type {SVGElement[]} */ (this.cells[row]).push(cell);
      line.append(cell);
    }
    return line;
  }

  /** @param {number} row @param {number} column */
  #cell(row, column) {
    const place = { x: column * CELL, y: row * CELL, width: CELL, height: CELL, class: "place" };
    const ring = { x: column * CELL + 5, y: row * CELL + 5, width: CELL - 10, height: CELL - 10, rx: 12, class: "ring" };
    const cell = svg("g", { role: "gridcell", tabindex: -1, class: "cell" }, svg("rect", place), svg("rect", ring));
    cell.addEventListener("click", () => this.choose(this.moveAt(row, column)));
    cell.addEventListener("pointerenter", () => this.#hintAt(row, column));
    cell.addEventListener("focus", () => this.#focused(row, column));
    return cell;
  }

  /** @param {number} row @param {number} column */
  #hintAt(row, column) {
    const move = this.moveAt(row, column);
    this.hint(this.open(move) ? move : null);
  }

  /** @param {number} row @param {number} column */
  #focused(row, column) {
    [this.#row, this.#column] = [row, column];
    this.#stop();
    this.#hintAt(row, column);
  }

  /** One tab stop on the whole board: the cell that was visited last. */
  #stop() {
    this.cells.forEach((line, row) => line.forEach((cell, column) =>
      cell.setAttribute("tabindex", row === this.#row && column === this.#column ? "0" : "-1")));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = STEPS[event.key];
    if (step) this.#go(this.#row + step[0], this.#column + step[1]);
    else if (event.key === "Home") this.#go(this.#row, 0);
    else if (event.key === "End") this.#go(this.#row, this.columns - 1);
    else if (event.key === "Enter" || event.key === " ") this.choose(this.moveAt(this.#row, this.#column));
    else return;
    event.preventDefault();
  }

  /** @param {number} row @param {number} column */
  #go(row, column) {
    const line = this.cells[Math.max(0, Math.min(this.rows - 1, row))];
    line?.[Math.max(0, Math.min(this.columns - 1, column))]?.focus();
  }
}
