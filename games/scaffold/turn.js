/** `<board-new-game>`: the total, and a button for each legal move. Takes the rules' view as it is. */
import { Board, svg } from "./board.js";
import { signOf } from "./signs.js";

/** @typedef {{ target: number, total: number, last: number | null }} View */

// The most that one move adds: as many buttons.
const MOST = 3;

class NewGameBoard extends Board {
  #total = svg("text", { x: 100, y: 70, "font-size": 60, "text-anchor": "middle", fill: "currentColor" });
  /** @type {HTMLButtonElement[]} */ #buttons = [];

  build() {
    const choices = document.createElement("div");
    choices.className = "choices";
    for (let number = 1; number <= MOST; number++) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = this.describe(number);
      button.addEventListener("click", () => this.choose(number));
      this.#buttons.push(button);
    }
    choices.append(...this.#buttons);
    this.append(svg("svg", { viewBox: "0 0 200 100" }, this.#total), choices);
  }

  paint() {
    const { target, total, last } = /** @type {View} */ (this.view);
    this.#total.textContent = `${total} / ${target}`;
    this.#buttons.forEach((button, index) => (button.disabled = !this.open(index + 1)));
    if (last !== null) this.speak(`${this.describe(last)}: ${total} / ${target}`);
  }

  /** @param {number} seat */
  mark(seat) { return signOf(seat); }

  /** @param {number} number */
  describe(number) { return `+ ${number}`; }
}

customElements.define("board-new-game", NewGameBoard);
