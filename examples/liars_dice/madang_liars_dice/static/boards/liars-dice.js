/** `<board-liars-dice>`: every seat's dice, the bid, the own cup, and a bid to make. Takes the rules' view as it is. */
import { fill, gettext } from "../text.js";
import { Board } from "./board.js";
import { signOf } from "./signs.js";

/** @typedef {{ count: number, face: number }} Bid */
/** @typedef {{ cups: number[][], bid: Bid, loser: number }} Shown */
/** @typedef {{ dice: number[], own: number[] | null, mover: number, bid: Bid | null, bidder: number | null, shown: Shown | null }} View */

const FACES = ["⚀", "⚁", "⚂", "⚃", "⚄", "⚅"];

/** @param {number[]} dice */
const drawn = (dice) => dice.map((face) => FACES[face - 1]).join(" ");
/** @param {Bid} bid */
const called = (bid) => `${bid.count} × ${FACES[bid.face - 1]}`;

class LiarsDiceBoard extends Board {
  #seats = document.createElement("ul");
  #said = document.createElement("p");
  #own = document.createElement("p");
  #choice = document.createElement("div");
  #count = document.createElement("input");
  /** @type {HTMLButtonElement[]} */ #faces = [];
  #doubt = document.createElement("button");
  #spokenOf = "";

  build() {
    this.#seats.className = "cups";
    this.#said.className = "said";
    this.#own.className = "own";
    this.#own.setAttribute("aria-label", gettext("Your dice"));
    this.#choice.className = "choices";
    this.#count.type = "number";
    this.#count.min = this.#count.value = "1";
    this.#count.setAttribute("aria-label", gettext("How many dice"));
    this.#count.addEventListener("input", () => this.#offer());
    this.#faces = FACES.map((sign, index) => this.#button(sign, () => this.choose({ count: Number(this.#count.value), face: index + 1 })));
    this.#doubt = this.#button(gettext("Doubt"), () => this.choose("doubt"));
    this.#choice.append(this.#count, ...this.#faces, this.#doubt);
    this.append(this.#seats, this.#said, this.#own, this.#choice);
  }

  paint() {
    const { dice, own, bid, shown } = /** @type {View} */ (this.view);
    this.#seats.replaceChildren(...dice.map((count, seat) => this.#seat(count, seat)));
    this.#said.textContent = this.#sentence();
    this.#own.textContent = own ? drawn(own) : "";
    const all = dice.reduce((sum, count) => sum + count, 0);
    this.#count.max = String(all);
    const told = JSON.stringify([bid, shown]);
    if (told !== this.#spokenOf) {
      // The lowest bid that is open; whoever wants more counts on from there.
      this.#count.value = String(bid ? Math.min(all, bid.face === FACES.length ? bid.count + 1 : bid.count) : 1);
      this.speak(this.#sentence());
    }
    this.#spokenOf = told;
    this.#offer();
  }

  /** Which of the buttons may be pressed with this number of dice. */
  #offer() {
    const count = Number(this.#count.value);
    this.#count.disabled = this.moves === null;
    this.#faces.forEach((button, index) => {
      button.disabled = !this.open({ count, face: index + 1 });
      button.setAttribute("aria-label", fill(gettext("Bid %(bid)s"), { bid: `${count} × ${index + 1}` }));
    });
    this.#doubt.disabled = !this.open("doubt");
  }

  /** Bids are objects, and equal where their members are. @param {any} move */
  open(move) {
    const text = JSON.stringify(move);
    return this.pending === undefined && (this.moves ?? []).some((/** @type {any} */ one) => JSON.stringify(one) === text);
  }

  #sentence() {
    const { bid, bidder, shown } = /** @type {View} */ (this.view);
    if (bid && bidder !== null) return fill(gettext("%(name)s bids %(bid)s"), { name: this.nameOf(bidder), bid: called(bid) });
    if (!shown) return "";
    const there = shown.cups.flat().filter((face) => face === shown.bid.face).length;
    return fill(gettext("Doubted: %(bid)s. There were %(there)s; %(name)s loses a die."), {
      bid: called(shown.bid), there, name: this.nameOf(shown.loser),
    });
  }

  /** A seat: its name, and its dice as closed as they are; those of the round before until there is a bid. @param {number} count @param {number} seat */
  #seat(count, seat) {
    const { mover, bid, shown } = /** @type {View} */ (this.view);
    const item = document.createElement("li");
    item.className = `seat-${seat}`;
    item.classList.toggle("asked", seat === mover);
    const name = document.createElement("b");
    name.textContent = this.nameOf(seat);
    const lifted = !bid && shown ? drawn(shown.cups[seat] ?? []) : "■ ".repeat(count).trim();
    item.append(name, ` ${lifted || "–"}`);
    return item;
  }

  /** @param {string} text @param {() => void} pressed */
  #button(text, pressed) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = text;
    button.addEventListener("click", pressed);
    return button;
  }

  /** @param {number} seat */
  mark(seat) { return signOf(seat); }

  /** @param {Bid | "doubt"} move */
  describe(move) { return move === "doubt" ? gettext("Doubt") : called(move); }
}

customElements.define("board-liars-dice", LiarsDiceBoard);
