/**
 * What every board is: an element that is given `view`, `moves`, `seat`, `names`, `asked`, `last` and `pending`, draws them,
 * and sends an event `move` whose `detail` is the move that a person chose. It knows no server and decides no rule.
 */
import { gettext } from "../text.js";

const SVG = "http://www.w3.org/2000/svg";

/**
 * A new SVG element.
 * @param {string} name @param {Record<string, string | number>} [attributes] @param {...Node} children
 * @returns {SVGElement}
 */
export function svg(name, attributes = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(SVG, name));
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  element.append(...children);
  return element;
}

export class Board extends HTMLElement {
  /** @type {any} */ #view = null;
  /** @type {any[] | null} */ #moves = null;
  /** @type {number | null} */ #seat = null;
  #ownTurn = false;
  /** @type {any} */ #last = undefined;
  /** @type {any} */ #pending = undefined;
  /** @type {string[]} */ names = [];
  #drawn = false;
  #asked = false;
  #spoken = document.createElement("p");

  connectedCallback() {
    if (this.#drawn) return;
    this.#drawn = true;
    this.#spoken.className = "unseen";
    this.#spoken.setAttribute("aria-live", "polite");
    this.build();
    if (!this.hasAttribute("inert")) this.append(this.#spoken);
    if (this.#view === null && this.dataset.view) this.#view = JSON.parse(this.dataset.view);
    this.#paintNow();
  }

  get view() { return this.#view; }
  /** What is on the board, as the rules' `view` tells it. */
  set view(view) { this.#view = view; this.#paintSoon(); }

  get moves() { return this.#moves; }
  /** The own legal moves; null where there are none to choose. */
  set moves(moves) { this.#moves = moves; this.#paintSoon(); }

  get seat() { return this.#seat; }
  /** The viewer's seat; null for a spectator. */
  set seat(seat) { this.#seat = seat; this.#paintSoon(); }

  get asked() { return this.#ownTurn; }
  /** Whether the viewer is to move, also where the moves are too many to list. */
  set asked(asked) { this.#ownTurn = asked; this.#paintSoon(); }

  get last() { return this.#last; }
  /** The move made last, where the view does not tell it. */
  set last(last) { this.#last = last; this.#paintSoon(); }

  get pending() { return this.#pending; }
  /** The own move that is not yet stored, or waits for others who move at the same time; undefined when there is none. */
  set pending(pending) { this.#pending = pending; this.#paintSoon(); }

  /** Read out, politely. @param {string} text */
  speak(text) { this.#spoken.textContent = text; }

  /** Whether `move` may be chosen now. @param {any} move */
  open(move) { return this.#pending === undefined && (this.#moves ?? []).includes(move); }

  /** A person chose `move`. @param {any} move @returns {boolean} */
  choose(move) {
    if (!this.open(move)) return false;
    return this.dispatchEvent(new CustomEvent("move", { detail: move, bubbles: true }));
  }

  /** @param {number} seat @returns {string} */
  nameOf(seat) { return this.names[seat] ?? (seat === 0 ? gettext("First") : gettext("Second")); }

  /** The seats in turn, where the game has secrets: then the view tells it, and the wire does not. @returns {number[] | null} */
  get turns() { return null; }
  /** All moves so far, where the game has secrets and the view tells them. @returns {{ v: number, seat: number, move: any }[] | null} */
  get made() { return null; }

  // ── what a board writes ──────────────────────────────────────────────────────────────────────────────

  /** Whether the last view tells how it came about, and a board at rest plays that by itself: the first page's miniature. */
  get replays() { return false; }
  /** Make the elements, once. */
  build() {}
  /** Show the properties as they are now. */
  paint() {}
  /** A move in a few words. @param {any} move @returns {string} */
  describe(move) { return typeof move === "object" ? JSON.stringify(move) : String(move); }
  /** The sign of a seat, centred in a square of 100. @param {number} seat @returns {SVGElement} */
  mark(seat) { return svg("circle", { r: 34, class: `piece seat-${seat}` }); }

  #paintSoon() {
    if (!this.#drawn || this.#asked) return;
    this.#asked = true;
    queueMicrotask(() => this.#paintNow());
  }

  #paintNow() {
    this.#asked = false;
    if (this.#view !== null) this.paint();
  }
}
