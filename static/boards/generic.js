/**
 * `<board-generic>`: any game without a board of its own. The view is written out as a readable table, the own legal
 * moves are buttons, or a line to type one where they cannot be listed. A new game is playable with it on the day its
 * rules exist.
 */
import { fill, gettext } from "../text.js";
import { Board } from "./board.js";
import { signOf } from "./signs.js";

/** @typedef {{ listed: any[] | null, such: any }} Known what a seat may do at the start of a match, as the page knows it */

class GenericBoard extends Board {
  #table = document.createElement("div");
  #choices = document.createElement("div");
  #form = document.createElement("form");
  #typed = document.createElement("input");
  /** @type {Known} */ #known = { listed: null, such: null };
  #shown = "";
  /** Where there are ticks: whether they run. @type {{ running: boolean } | null} */ ticks = null;

  build() {
    if (this.dataset.choices) this.#known = JSON.parse(this.dataset.choices);
    this.#table.className = "plain";
    this.#choices.className = "choices";
    this.#choices.setAttribute("role", "group");
    this.#choices.setAttribute("aria-label", gettext("Your moves"));
    this.#choices.addEventListener("keydown", (event) => this.#key(event));
    this.append(this.#table, this.#choices, this.#line());
  }

  /** A line for a move as JSON, with one that would do. */
  #line() {
    const button = document.createElement("button");
    button.textContent = gettext("Send");
    this.#typed.setAttribute("aria-label", gettext("A move, as JSON"));
    this.#typed.value = JSON.stringify(this.#known.such);
    this.#form.className = "say-line";
    this.#form.append(this.#typed, button);
    this.#form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#send(read(this.#typed.value));
    });
    return this.#form;
  }

  paint() {
    this.#table.replaceChildren(written(this.view));
    const listed = this.#listed();
    this.#form.hidden = listed !== null || !this.#steering && !this.asked;
    this.#paintChoices(listed ?? []);
    if (this.last !== undefined) this.speak(fill(gettext("Last move: %(move)s"), { move: this.describe(this.last) }));
  }

  /** @param {any[]} moves */
  #paintChoices(moves) {
    const shown = JSON.stringify([moves, this.pending]);
    // Made anew only when they change: ticks come faster than fingers.
    if (shown === this.#shown) return;
    this.#shown = shown;
    const focused = [...this.#choices.children].indexOf(/** @type {Element} */ (document.activeElement));
    this.#choices.replaceChildren(...moves.map((move) => this.#button(move)));
    // The buttons are new, the person's place among them is not.
    if (focused >= 0) /** @type {HTMLElement | undefined} */ (this.#choices.children[focused] ?? this.#choices.firstElementChild)?.focus();
  }

  get #steering() { return this.seat !== null && (this.ticks?.running ?? false); }

  /** The moves to choose from: those that are told; at ticks, where none are told, those of the start. */
  #listed() { return this.moves ?? (this.#steering ? this.#known.listed : null); }

  /** @param {any} move */
  #send(move) { this.dispatchEvent(new CustomEvent("move", { detail: move, bubbles: true })); }

  /** @param {number} seat */
  mark(seat) { return signOf(seat); }

  /** Moves may be objects, which are equal when their text is. @param {any} move */
  open(move) {
    const text = JSON.stringify(move);
    return (this.#steering || this.pending === undefined) && (this.#listed() ?? []).some((one) => JSON.stringify(one) === text);
  }

  /** @param {any} move */
  #button(move) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = this.describe(move);
    button.disabled = !this.#steering && this.pending !== undefined;
    button.classList.toggle("pending", JSON.stringify(move) === JSON.stringify(this.pending));
    button.addEventListener("click", () => this.choose(move));
    return button;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!step) return;
    const buttons = /** @type {HTMLElement[]} */ ([...this.#choices.children]);
    const next = buttons.indexOf(/** @type {HTMLElement} */ (document.activeElement)) + step;
    buttons[Math.max(0, Math.min(buttons.length - 1, next))]?.focus();
    event.preventDefault();
  }
}

/** What was typed: JSON, or else the text itself. @param {string} text */
function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** A value as people read it: objects as tables, lists in order, the rest as text. @param {any} value @returns {HTMLElement | Text} */
function written(value) {
  if (value === null) return document.createTextNode("–");
  if (typeof value !== "object") return document.createTextNode(String(value));
  if (Array.isArray(value) && value.every((one) => one === null || typeof one !== "object"))
    return document.createTextNode(value.map((one) => one ?? "–").join("  "));
  const table = document.createElement("table");
  for (const [key, member] of Object.entries(value)) {
    const row = table.insertRow();
    const head = document.createElement("th");
    head.scope = "row";
    head.textContent = key;
    row.append(head);
    row.insertCell().append(written(member));
  }
  return table;
}

customElements.define("board-generic", GenericBoard);
