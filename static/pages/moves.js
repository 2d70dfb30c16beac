/** The list of moves beside the board: one item a move, with the sign of its seat. The record page makes them buttons. */
import { make, one } from "./dom.js";
import { sign } from "./strips.js";

/**
 * `undone`: taken back later; `spent_ms`: for how long it was thought about, where a record tells it.
 * @typedef {{ v: number, seat: number, move: any, undone?: boolean, spent_ms?: number }} Made
 */

export class MoveList {
  #list = one("[data-moves]");
  /** @type {Made[]} */ #made = [];
  #board;
  #names;

  /** @param {any} board @param {(seat: number) => string} names */
  constructor(board, names) {
    this.#board = board;
    this.#names = names;
  }

  /** The newest version whose moves are listed. */
  get v() { return this.#made.at(-1)?.v ?? 0; }

  get length() { return this.#made.length; }

  /** Replace everything. @param {Made[]} made @param {((made: Made) => HTMLElement) | undefined} [wrap] */
  show(made, wrap) {
    this.#made = made;
    this.#list.replaceChildren(...made.map((one) => this.#item(one, wrap)));
    this.#scroll();
  }

  /** What was made so far is known now; moves that came in the meantime stay behind it. @param {Made[]} made */
  complete(made) {
    const last = made.at(-1)?.v ?? 0;
    this.show([...made, ...this.#made.filter((one) => one.v > last)]);
  }

  /** @param {number} v @param {readonly (readonly any[])[]} by */
  add(v, by) {
    for (const [seat, , move] of by) {
      const made = { v, seat, move };
      this.#made.push(made);
      this.#list.append(this.#item(made));
    }
    this.#scroll();
  }

  /** Mark the move that made the position shown. @param {number} v */
  mark(v) {
    this.#made.forEach((made, index) => {
      const item = this.#list.children[index];
      if (made.v === v) {
        item?.setAttribute("aria-current", "step");
        this.#reveal(/** @type {HTMLElement} */ (item));
      } else item?.removeAttribute("aria-current");
    });
  }

  /** @param {Made} made @param {((made: Made) => HTMLElement) | undefined} [wrap] */
  #item(made, wrap) {
    const text = made.move === undefined ? "…" : this.#board.describe(made.move);
    const inner = wrap ? wrap(made) : make("span");
    inner.prepend(text);
    const item = make("li", { title: this.#names(made.seat) });
    item.dataset.by = String(made.seat);
    item.classList.toggle("undone", made.undone === true);
    item.append(sign(made.seat, this.#board), inner);
    return item;
  }

  #scroll() {
    this.#list.scrollTop = this.#list.scrollHeight;
  }

  /** Scroll the list alone: the page must not jump. @param {HTMLElement} item */
  #reveal(item) {
    const list = this.#list;
    const above = item.offsetTop - list.offsetTop < list.scrollTop;
    const below = item.offsetTop - list.offsetTop + item.offsetHeight > list.scrollTop + list.clientHeight;
    if (above || below) list.scrollTop = item.offsetTop - list.offsetTop - list.clientHeight / 2;
  }
}
