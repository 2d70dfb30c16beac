/** `<board-new-game>`: both scores, the numbers of the round before, and a button for each number. */
import { Board, svg } from "./board.js";
import { signOf } from "./signs.js";

/** @typedef {{ target: number, scores: number[], chosen: number[] }} View */

const NUMBERS = [1, 2, 3, 4, 5];

class NewGameBoard extends Board {
  #scores = document.createElement("p");
  #chosen = svg("text", { x: 100, y: 70, "font-size": 60, "text-anchor": "middle", fill: "currentColor" });
  /** @type {HTMLButtonElement[]} */ #buttons = [];

  build() {
    const choices = document.createElement("div");
    choices.className = "choices";
    for (const number of NUMBERS) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = this.describe(number);
      button.addEventListener("click", () => this.choose(number));
      this.#buttons.push(button);
    }
    choices.append(...this.#buttons);
    this.append(this.#scores, svg("svg", { viewBox: "0 0 200 100" }, this.#chosen), choices);
  }

  paint() {
    const { target, scores, chosen } = /** @type {View} */ (this.view);
    this.#scores.textContent = `${scores.map((score, seat) => `${this.nameOf(seat)}: ${score}`).join(" · ")} / ${target}`;
    this.#chosen.textContent = chosen.join(" – ");
    NUMBERS.forEach((number, index) => {
      const button = /** @type {HTMLButtonElement} */ (this.#buttons[index]);
      button.disabled = !this.open(number);
      button.classList.toggle("pending", number === this.pending);
    });
    if (chosen.length > 0) this.speak(`${chosen.join(" – ")}. ${this.#scores.textContent}`);
  }

  /** @param {number} seat */
  mark(seat) { return signOf(seat); }
}

customElements.define("board-new-game", NewGameBoard);
