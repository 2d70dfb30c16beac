/** `<board-rock-paper-scissors>`: three throws to choose from, and the last round, laid open. Takes the rules' view as it is. */
import { fill, gettext } from "../text.js";
import { Board, svg } from "./board.js";

/** @typedef {"rock" | "paper" | "scissors"} Throw */
/** @typedef {{ best_of: number, wins: [number, number], rounds: [Throw, Throw][] }} View */
/** @typedef {{ place: SVGElement, held: SVGElement, pips: SVGElement, shown: string }} Side */

/** Each beats the one before it. @type {Throw[]} */
const THROWS = ["rock", "paper", "scissors"];
/** As many past rounds as stand beside each other; older ones are in the list of moves. */
const PAST = 8;
/** @type {Record<string, number>} */
const STEPS = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };

class RockPaperScissorsBoard extends Board {
  /** @type {Map<Throw, HTMLButtonElement>} */ #buttons = new Map();
  /** @type {Side[]} */ #sides = [];
  #past = svg("svg", { viewBox: `0 0 ${PAST * 40} 80`, class: "past", "aria-hidden": "true" });
  #count = -1;

  build() {
    const duel = svg("svg", { viewBox: "0 0 400 200", class: "duel", "aria-hidden": "true" });
    this.#sides = [this.#side(100), this.#side(300)];
    for (const { place, pips } of this.#sides) duel.append(place, pips);
    const choices = document.createElement("div");
    choices.className = "throws";
    choices.setAttribute("role", "group");
    choices.setAttribute("aria-label", gettext("Your throw"));
    for (const one of THROWS) choices.append(this.#button(one));
    choices.addEventListener("keydown", (event) => this.#key(event));
    this.append(duel, this.#past, choices);
  }

  /** A place in the duel. @param {number} x @returns {Side} */
  #side(x) {
    const held = svg("g");
    const place = svg("g", { class: "side", transform: `translate(${x} 92)` }, svg("circle", { class: "plate", r: 78 }), held);
    return { place, held, pips: svg("g", { class: "pips" }), shown: "" };
  }

  /** @param {Throw} one */
  #button(one) {
    const button = document.createElement("button");
    const [name, beats] = [document.createElement("span"), document.createElement("small")];
    name.textContent = this.describe(one);
    beats.textContent = beatsOf(one);
    button.type = "button";
    button.tabIndex = one === "rock" ? 0 : -1;
    button.append(svg("svg", { viewBox: "-50 -50 100 100", "aria-hidden": "true" }, picture(one)), name, beats);
    button.addEventListener("click", () => this.choose(one));
    button.addEventListener("focus", () => this.#stop(button));
    this.#buttons.set(one, button);
    return button;
  }

  paint() {
    const { rounds } = /** @type {View} */ (this.view);
    const revealed = rounds.length === this.#count + 1 && rounds.length > 0;
    this.#paintDuel(revealed);
    this.#paintPips();
    this.#paintPast();
    for (const [one, button] of this.#buttons) {
      button.disabled = !this.open(one) && one !== this.pending;
      button.setAttribute("aria-pressed", String(one === this.pending));
    }
    if (revealed) this.speak(this.#spoken(/** @type {[Throw, Throw]} */ (rounds.at(-1))));
    this.#count = rounds.length;
  }

  /** @param {Throw} one */
  describe(one) { return { rock: gettext("Rock"), paper: gettext("Paper"), scissors: gettext("Scissors") }[one]; }

  /** @param {number} seat */
  mark(seat) {
    const shape = seat === 0 ? svg("circle", { class: "body", r: 38 }) : svg("path", { class: "body", d: "M0-46 42 0 0 46-42 0Z" });
    return svg("g", { class: `piece seat-${seat}` }, shape);
  }

  /** The own side is left; a spectator sees the first there. @returns {[number, number]} */
  get #order() { return this.seat === 1 ? [1, 0] : [0, 1]; }

  /** The last round stays until the next throw is chosen. @param {boolean} revealed */
  #paintDuel(revealed) {
    const { rounds } = /** @type {View} */ (this.view);
    const last = this.pending === undefined ? rounds.at(-1) : undefined;
    const won = last ? winner(last) : null;
    this.#order.forEach((seat, index) => {
      const side = /** @type {Side} */ (this.#sides[index]);
      const own = this.pending !== undefined && seat === this.seat;
      const shown = last?.[seat] ?? (own ? this.pending : null);
      side.place.setAttribute("class", `side seat-${seat}`);
      side.place.classList.toggle("won", won === seat);
      side.place.classList.toggle("lost", won !== null && won !== seat);
      side.place.classList.toggle("chosen", own);
      if (side.shown === `${shown}/${rounds.length}`) return;
      side.shown = `${shown}/${rounds.length}`;
      const held = shown ? picture(shown) : svg("text", { class: "hidden", "text-anchor": "middle", y: 22 });
      if (!shown) held.textContent = "?";
      held.classList.toggle("turns", revealed);
      side.held.replaceChildren(held);
    });
  }

  /** A pip for each round that wins the match, filled when it is won. */
  #paintPips() {
    const { best_of, wins } = /** @type {View} */ (this.view);
    const wanted = (best_of + 1) / 2;
    this.#order.forEach((seat, index) => {
      const pips = Array.from({ length: wanted }, (_, pip) => {
        const x = 100 + 200 * index + (pip - (wanted - 1) / 2) * 26;
        return svg("circle", { class: pip < (wins[seat] ?? 0) ? "full" : "", cx: x, cy: 187, r: 8 });
      });
      const { pips: place } = /** @type {Side} */ (this.#sides[index]);
      place.setAttribute("class", `pips seat-${seat}`);
      place.replaceChildren(...pips);
    });
  }

  #paintPast() {
    const rounds = /** @type {View} */ (this.view).rounds.slice(-PAST);
    const start = (PAST - rounds.length) * 20;
    this.#past.replaceChildren(...rounds.flatMap((round, column) => this.#order.map((seat, row) => {
      const won = winner(round);
      const kind = won === null ? "" : won === seat ? " won" : " lost";
      const at = `translate(${start + column * 40 + 20} ${row * 40 + 20}) scale(.4)`;
      return svg("g", { class: `seat-${seat}${kind}`, transform: at }, picture(/** @type {Throw} */ (round[seat])));
    })));
  }

  /** @param {[Throw, Throw]} round */
  #spoken(round) {
    const [first, second] = this.#order.map((seat) => `${this.nameOf(seat)}: ${this.describe(/** @type {Throw} */ (round[seat]))}`);
    const won = winner(round);
    const end = won === null ? gettext("equal") : fill(gettext("%(name)s won"), { name: this.nameOf(won) });
    return `${first}, ${second}, ${end}`;
  }

  /** One tab stop: the throw that was visited last. @param {HTMLButtonElement} here */
  #stop(here) {
    for (const button of this.#buttons.values()) button.tabIndex = button === here ? 0 : -1;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    const step = STEPS[event.key];
    if (!step) return;
    const buttons = [...this.#buttons.values()];
    const at = buttons.indexOf(/** @type {HTMLButtonElement} */ (document.activeElement));
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
    event.preventDefault();
  }
}

/** The seat that won a round; null: nobody. @param {[Throw, Throw]} round */
function winner([first, second]) {
  const ahead = (THROWS.indexOf(first) - THROWS.indexOf(second) + THROWS.length) % THROWS.length;
  return [null, 0, 1][ahead] ?? null;
}

/** @param {Throw} one */
function beatsOf(one) {
  return { rock: gettext("beats scissors"), paper: gettext("beats rock"), scissors: gettext("beats paper") }[one];
}

/** A throw, around the origin of a square of 100. @param {Throw} one */
function picture(one) {
  const picture = svg("g", { class: `throw ${one}` });
  if (one === "rock")
    picture.append(
      svg("path", { class: "solid", d: "M-38 20-40-2-22-28 8-33 33-14 39 10 22 31-18 32Z" }),
      svg("path", { d: "M-22-28-8-6-40-2M-8-6 16 2 33-14M16 2 22 31M-8-6-18 32" }),
    );
  else if (one === "paper")
    picture.append(
      svg("path", { class: "solid", d: "M-28-39H11L29-21V39H-28Z" }),
      svg("path", { d: "M11-39V-21H29M-15-6H16M-15 9H16M-15 24H4" }),
    );
  else
    picture.append(
      svg("path", { d: "M-13 14 20-40M13 14-20-40" }),
      svg("circle", { class: "solid", cx: -19, cy: 25, r: 13 }),
      svg("circle", { class: "solid", cx: 19, cy: 25, r: 13 }),
    );
  return picture;
}

customElements.define("board-rock-paper-scissors", RockPaperScissorsBoard);
