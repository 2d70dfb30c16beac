/**
 * One sea of Battleship as an SVG grid: water, ships, shots, and one tab stop that the arrow keys move. It knows no rules
 * and no turns: the board says what lies where, what each cell is called and what choosing it does.
 */
import { svg } from "./board.js";

const CELL = 100;
/** @type {Record<string, [number, number]>} */
const STEPS = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };

/** @typedef {import("./fleet.js").Ship} Ship */
/** @typedef {{ ship: Ship, length: number, kind: string }} Lying `kind`: class names: sunk, draft, picked, clash */
/**
 * @typedef {object} Shown
 * @property {string} label what the whole is called
 * @property {number} seat whose sea it is
 * @property {readonly Lying[]} ships
 * @property {readonly number[]} shots
 * @property {readonly number[]} hits
 * @property {number | null} last the cell that was shot at last
 * @property {number | null} aim the cell that is aimed at
 * @property {boolean} pending whether the aimed shot is under way
 * @property {(cell: number) => boolean} open
 * @property {(cell: number) => string} name what a cell is called
 */
/**
 * @typedef {object} Hands what is done to a sea
 * @property {(cell: number) => void} choose
 * @property {(cell: number | null) => void} [visit] the pointer or the focus came to a cell
 * @property {(event: KeyboardEvent) => boolean} [key] asked before the sea itself; true: done
 */

/** The name of a cell: letters across, numbers down. @param {number} size @param {number} cell */
export const nameOf = (size, cell) => `${String.fromCharCode(65 + (cell % size))}${Math.floor(cell / size) + 1}`;

export class Sea {
  element = svg("svg", { class: "sea" });
  /** The kind of pointer that touched it last. */
  pointer = "mouse";
  #size = 0;
  #hands;
  #at = 0;
  /** @type {SVGElement[]} */ #cells = [];
  #ships = svg("g", { class: "ships" });
  #marks = svg("g", { class: "marks" });
  #lastTile = svg("rect", { class: "tile", x: 5, y: 5, width: 90, height: 90, rx: 14 });
  #aim = svg("g", { class: "aim" }, svg("path", { d: "M50 12V34M50 66V88M12 50H34M66 50H88" }), svg("circle", { cx: 50, cy: 50, r: 26 }));
  #marked = "";

  /** @param {Hands} hands */
  constructor(hands) {
    this.#hands = hands;
    this.element.addEventListener("pointerdown", (event) => { this.pointer = event.pointerType; }, true);
    this.element.addEventListener("pointerleave", () => hands.visit?.(null));
    this.element.addEventListener("focusout", () => hands.visit?.(null));
    this.element.addEventListener("keydown", (event) => this.#key(event));
  }

  /** How large a cell is drawn now. */
  get cell_px() { return this.element.getBoundingClientRect().width / this.#size; }

  /** The cell under a pointer, or the nearest. @param {PointerEvent} event @returns {[number, number]} row and column */
  cellAt({ clientX, clientY }) {
    const { left, top } = this.element.getBoundingClientRect();
    return [Math.floor((clientY - top) / this.cell_px), Math.floor((clientX - left) / this.cell_px)];
  }

  /** @param {number} cell */
  focus(cell) { this.#cells[cell]?.focus(); }

  /** @param {number} size @param {Shown} shown */
  paint(size, shown) {
    if (size !== this.#size) this.#build(size);
    this.element.setAttribute("aria-label", shown.label);
    this.element.setAttribute("class", `sea seat-${shown.seat}`);
    this.#cells.forEach((cell, index) => {
      cell.setAttribute("aria-label", shown.name(index));
      cell.classList.toggle("open", shown.open(index));
    });
    this.#stop();
    this.#paintShips(shown.ships);
    this.#paintMarks(shown);
    this.#place(this.#lastTile, shown.last);
    this.#place(this.#aim, shown.aim);
    this.#aim.classList.toggle("pending", shown.pending);
  }

  /** @param {number} size */
  #build(size) {
    this.#size = size;
    this.#at = 0;
    const whole = size * CELL;
    for (const [key, value] of Object.entries({ viewBox: `-4 -4 ${whole + 8} ${whole + 8}`, role: "grid" })) this.element.setAttribute(key, value);
    const lines = Array.from({ length: size - 1 }, (_, line) => `M${(line + 1) * CELL} 0V${whole}M0 ${(line + 1) * CELL}H${whole}`).join("");
    this.#cells = [];
    const rows = Array.from({ length: size }, (_, row) =>
      svg("g", { role: "row" }, ...Array.from({ length: size }, (_, column) => this.#cell(row, column))));
    this.element.replaceChildren(
      svg("rect", { class: "water", width: whole, height: whole, rx: 24 }), svg("path", { class: "rule", d: lines }), this.#edge(size),
      this.#lastTile, ...rows, this.#ships, this.#marks, this.#aim,
    );
  }

  /** Letters and numbers, within the cells at the edge. @param {number} size */
  #edge(size) {
    const edge = svg("g", { class: "edge", "aria-hidden": "true" });
    for (let index = 0; index < size; index++) {
      const letter = svg("text", { x: index * CELL + 12, y: 30 });
      letter.textContent = String.fromCharCode(65 + index);
      const number = svg("text", { x: 12, y: (index + 1) * CELL - 12 });
      number.textContent = String(index + 1);
      edge.append(letter, number);
    }
    return edge;
  }

  /** @param {number} row @param {number} column */
  #cell(row, column) {
    const index = row * this.#size + column;
    const place = { x: column * CELL, y: row * CELL, width: CELL, height: CELL, class: "place" };
    const ring = { x: column * CELL + 6, y: row * CELL + 6, width: CELL - 12, height: CELL - 12, rx: 12, class: "ring" };
    const cell = svg("g", { role: "gridcell", tabindex: -1, class: "cell" }, svg("rect", place), svg("rect", ring));
    cell.addEventListener("click", () => this.#hands.choose(index));
    cell.addEventListener("pointerenter", (event) => { this.pointer = event.pointerType; this.#hands.visit?.(index); });
    cell.addEventListener("focus", () => { this.#at = index; this.#stop(); this.#hands.visit?.(index); });
    this.#cells[index] = cell;
    return cell;
  }

  /** Ships keep their elements, so that one can be dragged. @param {readonly Lying[]} ships */
  #paintShips(ships) {
    while (this.#ships.children.length > ships.length) this.#ships.lastChild?.remove();
    ships.forEach(({ ship, length, kind }, index) => {
      let hull = /** @type {SVGElement | undefined} */ (this.#ships.children[index]);
      if (hull?.dataset.length !== String(length)) {
        const made = hullOf(length);
        made.dataset.length = String(length);
        if (hull) hull.replaceWith(made);
        else this.#ships.append(made);
        hull = made;
      }
      hull.setAttribute("class", `ship ${kind}`);
      hull.dataset.ship = String(index);
      const [x, y] = [(ship.at % this.#size) * CELL, Math.floor(ship.at / this.#size) * CELL];
      hull.setAttribute("transform", `translate(${x} ${y})${ship.down ? " rotate(90) translate(0 -100)" : ""}`);
    });
  }

  /** @param {Shown} shown */
  #paintMarks({ shots, hits }) {
    const key = `${shots.join()}/${hits.join()}`;
    if (key === this.#marked) return;
    this.#marked = key;
    const hit = new Set(hits);
    const known = this.#marks.children.length;
    this.#marks.replaceChildren(...shots.map((cell, index) => {
      const mark = hit.has(cell) ? svg("path", { class: "hit", d: "M26 26 74 74M74 26 26 74" }) : svg("circle", { class: "miss", cx: 50, cy: 50, r: 15 });
      mark.classList.toggle("lands", index === known && index === shots.length - 1);
      return svg("g", { transform: `translate(${(cell % this.#size) * CELL} ${Math.floor(cell / this.#size) * CELL})` }, mark);
    }));
  }

  /** @param {SVGElement} element @param {number | null} cell */
  #place(element, cell) {
    element.setAttribute("visibility", cell === null ? "hidden" : "visible");
    if (cell !== null) element.setAttribute("transform", `translate(${(cell % this.#size) * CELL} ${Math.floor(cell / this.#size) * CELL})`);
  }

  /** One tab stop on the whole sea: the cell that was visited last. */
  #stop() {
    this.#cells.forEach((cell, index) => cell.setAttribute("tabindex", index === this.#at ? "0" : "-1"));
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    if (!this.#hands.key?.(event)) {
      const step = STEPS[event.key];
      if (step) this.#go(step);
      else if (event.key === "Enter" || event.key === " ") this.#hands.choose(this.#at);
      else return;
    }
    event.preventDefault();
  }

  /** @param {[number, number]} step */
  #go([down, across]) {
    const [row, column] = [Math.floor(this.#at / this.#size) + down, (this.#at % this.#size) + across];
    if (row >= 0 && row < this.#size && column >= 0 && column < this.#size) this.focus(row * this.#size + column);
  }
}

/** A ship that lies to the right of the origin. @param {number} length */
function hullOf(length) {
  const end = length * CELL;
  const hull = `M14 50C14 26 34 18 56 18H${end - 60}C${end - 34} 18 ${end - 14} 34 ${end - 8} 50C${end - 14} 66 ${end - 34} 82 ${end - 60} 82H56C34 82 14 74 14 50Z`;
  const deck = Array.from({ length: length - 1 }, (_, index) => svg("circle", { class: "deck", cx: (index + 1) * CELL, cy: 50, r: 11 }));
  return svg("g", {}, svg("path", { class: "hull", d: hull }), ...deck);
}

export const ARROWS = STEPS;
