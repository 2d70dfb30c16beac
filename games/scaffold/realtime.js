/** `<board-new-game>`: a field with runners and a coin, drawn at every frame between the ticks before and after it. */
import { gettext } from "../text.js";
import { CanvasBoard } from "./canvas.js";
import { SEAT_COLOURS, shapeOf, signOf } from "./signs.js";

/** @typedef {{ size: number, p: Record<string, [number, number]>, c: number[], at: [number, number], t: number }} View */

// Of the field's width; around it there is room for who runs along its edge.
const EDGE = 0.04;
const RUNNER = 0.05;
const COIN = 0.02;

class NewGameBoard extends CanvasBoard {
  label() { return gettext("Steer with the arrow keys or W A S D"); }
  palette() { return [...SEAT_COLOURS, "--ink", "--hair"]; }

  /** @param {number} seat */
  mark(seat) { return signOf(seat); }
  /** @param {number} seat */
  note(seat) { return String(/** @type {View} */ (this.view).c[seat] ?? ""); }

  /** @param {AbortSignal} signal */
  listen(signal) {
    document.addEventListener("keydown", (event) => {
      const way = this.wayOf(event);
      if (!way || !this.open(way)) return;
      event.preventDefault(); // arrows would scroll the page
      if (!event.repeat) this.choose(way);
    }, { signal });
  }

  /** @param {CanvasRenderingContext2D} context @param {number} now_ms */
  draw(context, now_ms) {
    const moment = this.ticks?.moment(now_ms);
    const { before, after, part } = moment ?? { before: this.view, after: this.view, part: 0 };
    const field = this.width / (1 + 2 * EDGE);
    const scale = field / before.size;
    context.clearRect(0, 0, this.width, this.height);
    context.translate(EDGE * field, EDGE * field);
    context.strokeStyle = this.colours["hair"] ?? "";
    context.strokeRect(0, 0, field, field);
    this.#coin(context, after.at, scale);
    for (const [seat, from] of Object.entries(/** @type {View} */ (before).p)) {
      const to = after.p[seat] ?? from;
      this.#runner(context, Number(seat), between(from, to, part).map((at) => at * scale));
    }
    return false;
  }

  /** @param {CanvasRenderingContext2D} context @param {[number, number]} at @param {number} scale */
  #coin(context, at, scale) {
    context.beginPath();
    context.arc(at[0] * scale, at[1] * scale, COIN * this.width, 0, 2 * Math.PI);
    context.fillStyle = this.colours["ink"] ?? "";
    context.fill();
  }

  /** @param {CanvasRenderingContext2D} context @param {number} seat @param {number[]} at */
  #runner(context, seat, [x = 0, y = 0]) {
    context.save();
    context.translate(x, y);
    context.scale((RUNNER * this.width) / 100, (RUNNER * this.width) / 100);
    context.fillStyle = this.colours[`seat-${seat}`] ?? "";
    context.fill(shapeOf(seat));
    context.restore();
  }
}

/** @param {[number, number]} from @param {[number, number]} to @param {number} part */
const between = (from, to, part) => [0, 1].map((axis) => (from[axis] ?? 0) + ((to[axis] ?? 0) - (from[axis] ?? 0)) * part);

customElements.define("board-new-game", NewGameBoard);
