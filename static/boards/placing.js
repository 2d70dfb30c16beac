/**
 * A fleet while it is being laid out on the own sea: dragged, tapped, moved by keys, shuffled. Nothing of it is known to
 * anyone until the board sends it.
 */
import { cellsOf, clashing, moved, shuffled, turned } from "./fleet.js";
import { ARROWS } from "./sea.js";

/** @typedef {import("./fleet.js").Ship} Ship */

export class Placing {
  /** @type {Ship[]} */ ships = [];
  /** @type {number | null} the ship that keys and buttons move */
  picked = null;
  #size = 0;
  /** @type {readonly number[]} */ #lengths = [];
  #sea;
  #changed;

  /** @param {import("./sea.js").Sea} sea @param {() => void} changed called after every change, to draw it */
  constructor(sea, changed) {
    this.#sea = sea;
    this.#changed = changed;
  }

  /** Lay a fleet of these ships at random, unless one is there. @param {number} size @param {readonly number[]} lengths */
  begin(size, lengths) {
    if (this.#size === size && this.#lengths.join() === lengths.join()) return;
    [this.#size, this.#lengths] = [size, lengths];
    this.ships = shuffled(size, lengths, Math.random);
  }

  /** The ships that lie on one another, by index. */
  get clashes() { return clashing(this.#size, this.#lengths, this.ships); }

  /** @param {number} cell @returns {number | null} */
  shipAt(cell) {
    const index = this.ships.findIndex((ship, at) => cellsOf(this.#size, this.#length(at), ship).includes(cell));
    return index < 0 ? null : index;
  }

  shuffle() {
    [this.ships, this.picked] = [shuffled(this.#size, this.#lengths, Math.random), null];
    this.#changed();
  }

  turn() {
    if (this.picked !== null) this.#lay(this.picked, turned(this.#size, this.#length(this.picked), this.#ship(this.picked)));
  }

  /** A cell was chosen: its ship is picked, or the picked one is laid there. @param {number} cell */
  choose(cell) {
    const index = this.shipAt(cell);
    if (index !== null) this.picked = index;
    else if (this.picked !== null) this.#move(this.picked, this.#row(cell), cell % this.#size);
    this.#changed();
  }

  /** While a ship is picked the arrows move it, R turns it, Enter and Escape let it go. @param {KeyboardEvent} event @returns {boolean} whether it was meant for it */
  key(event) {
    if (this.picked === null) return false;
    const { at } = this.#ship(this.picked);
    const step = ARROWS[event.key];
    if (step) this.#move(this.picked, this.#row(at) + step[0], (at % this.#size) + step[1]);
    else if (event.key.toLowerCase() === "r") this.turn();
    else if (!["Escape", "Enter", " "].includes(event.key)) return false;
    this.#sea.focus(this.#ship(this.picked).at);
    if (!step && event.key.toLowerCase() !== "r") this.picked = null;
    this.#changed();
    return true;
  }

  /** The ship under a pointer that went down follows it until it is let go; a tap on the picked one turns it. @param {PointerEvent} down */
  drag(down) {
    const hull = /** @type {Element} */ (down.target).closest("[data-ship]");
    if (!(hull instanceof SVGElement)) return;
    const index = Number(hull.dataset.ship);
    const start = this.#ship(index);
    const [row, column] = this.#sea.cellAt(down);
    const wasPicked = this.picked === index;
    let dragged = false;
    this.picked = index;
    this.#changed();
    const follow = (/** @type {PointerEvent} */ event) => {
      const [toRow, toColumn] = this.#sea.cellAt(event);
      dragged ||= toRow !== row || toColumn !== column;
      if (dragged) this.#move(index, this.#row(start.at) + toRow - row, (start.at % this.#size) + toColumn - column);
    };
    const { element } = this.#sea;
    element.setPointerCapture(down.pointerId);
    element.addEventListener("pointermove", follow);
    element.addEventListener("lostpointercapture", () => {
      element.removeEventListener("pointermove", follow);
      if (!dragged && wasPicked) this.turn();
      this.#sea.focus(this.#ship(index).at);
    }, { once: true });
    down.preventDefault();
  }

  /** @param {number} index */
  #length(index) { return this.#lengths[index] ?? 0; }
  /** @param {number} index */
  #ship(index) { return /** @type {Ship} */ (this.ships[index]); }
  /** @param {number} cell */
  #row(cell) { return Math.floor(cell / this.#size); }

  /** @param {number} index @param {number} row @param {number} column */
  #move(index, row, column) { this.#lay(index, moved(this.#size, this.#length(index), this.#ship(index), row, column)); }

  /** @param {number} index @param {Ship} ship */
  #lay(index, ship) {
    this.ships = this.ships.with(index, ship);
    this.#changed();
  }
}
