/**
 * How light cycles look: the field, walls with a colour and a line of each rider's own, heads, and where one fell. Lengths
 * are cells. It is told what to draw and decides nothing.
 */
import { WAYS, placeAt } from "./cycles.js";
import { DASHES, SIGNS, shapeOf } from "./signs.js";

/** @typedef {import("./cycles.js").Corner} Corner */
/**
 * What to draw of a rider. `since`: steps since it crashed; `next`: the way that its own player wants next.
 * @typedef {{ corners: readonly Corner[], step: number, since: number | null, next?: number }} Trace
 */

// Walls leave room to see that one can ride between them.
const WALL = 0.7;
const HEAD = 2.3;
// Around a wall its colour fades into the field.
const GLOW = 2;
const GLOW_ALPHA = 0.13;
// The field's edge is a wall too, and as thick.
const EDGE = 0.8;
// Long enough to see who it was. By the clock, since a match may end with it; by steps, so that who seeks a later moment
// of a record does not see it again.
const BURST_MS = 420;
const BURST_STEPS = 14;

export class CyclesPicture {
  #ground = document.createElement("canvas");
  #groundOf = "";
  #board;
  #context = /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (null));
  /** Pixels a cell. */ #cell = 1;
  /** @type {Map<number, number>} when each fallen rider was first drawn as fallen */ #fell = new Map();
  #now_ms = 0;

  /** @param {import("./canvas.js").CanvasBoard} board */
  constructor(board) {
    this.#board = board;
  }

  /**
   * @param {CanvasRenderingContext2D} context @param {number} size of the field @param {readonly Trace[]} traces by seat
   * @param {number} now_ms
   * @returns {boolean} whether something still moves by itself
   */
  draw(context, size, traces, now_ms) {
    [this.#context, this.#now_ms] = [context, now_ms];
    this.#cell = this.#board.width / (size + 2 * EDGE);
    this.#paintGround(size);
    context.save();
    context.scale(this.#cell, this.#cell);
    context.translate(EDGE, EDGE);
    traces.forEach((trace, seat) => this.#wall(trace, seat));
    traces.forEach((trace, seat) => this.#head(trace, seat));
    context.restore();
    return traces.some(({ since }, seat) => since !== null && this.#burst(seat, since) < 1);
  }

  /** Who is who, before they start. @param {readonly Trace[]} traces @param {(seat: number) => string} called */
  name(traces, called) {
    const { width, font, colours } = this.#board;
    const context = this.#context;
    const size = Math.max(12, Math.min(15, width / 40));
    context.font = `600 ${size}px ${font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    traces.forEach(({ corners }, seat) => {
      const { x, y, way } = /** @type {Corner} */ (corners[0]);
      const text = called(seat);
      const half = context.measureText(text).width / 2 + 4 + EDGE * this.#cell;
      const at = Math.max(half, Math.min(width - half, (x + 0.5 + EDGE) * this.#cell));
      // Behind the rider, where it will not ride.
      const below = WAYS[way] === "down" ? -1 : 1;
      const under = (y + 0.5 + EDGE) * this.#cell + below * (HEAD * this.#cell * 0.9 + size * 0.8);
      context.lineWidth = 4;
      context.strokeStyle = colours["field"] ?? "";
      context.strokeText(text, at, under);
      context.fillStyle = colours["ink"] ?? "";
      context.fillText(text, at, under);
    });
  }

  /** It is the same at every frame until the theme or the size is another. @param {number} size */
  #paintGround(size) {
    const { canvas, width, height, colours } = this.#board;
    const wanted = `${canvas.width}/${size}/${colours["field"]}`;
    if (this.#groundOf !== wanted) {
      this.#groundOf = wanted;
      [this.#ground.width, this.#ground.height] = [canvas.width, canvas.height];
      const under = /** @type {CanvasRenderingContext2D} */ (this.#ground.getContext("2d"));
      this.#lay(under, size, (this.#cell * canvas.width) / width);
    }
    this.#context.clearRect(0, 0, width, height);
    this.#context.drawImage(this.#ground, 0, 0, width, height);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} size @param {number} cell */
  #lay(context, size, cell) {
    const whole = (size + 2 * EDGE) * cell;
    context.fillStyle = this.#board.colours["field-edge"] ?? "";
    context.beginPath();
    context.roundRect(0, 0, whole, whole, EDGE * cell);
    context.fill();
    context.fillStyle = this.#board.colours["field"] ?? "";
    context.fillRect(EDGE * cell, EDGE * cell, size * cell, size * cell);
    context.fillStyle = this.#board.colours["field-line"] ?? "";
    // A dot at every fourth crossing: enough to judge a gap by, too little to read as a wall.
    const dot = Math.max(1.5, cell * 0.22);
    for (let row = 4; row < size; row += 4)
      for (let column = 4; column < size; column += 4)
        context.fillRect((EDGE + column) * cell - dot / 2, (EDGE + row) * cell - dot / 2, dot, dot);
  }

  /** @param {Trace} trace @param {number} seat */
  #wall({ corners, step, since }, seat) {
    const context = this.#context;
    const [x, y] = placeAt(corners, step);
    const first = /** @type {Corner} */ (corners[0]);
    context.beginPath();
    context.moveTo(first.x + 0.5, first.y + 0.5);
    for (const corner of corners) if (corner.step <= step) context.lineTo(corner.x + 0.5, corner.y + 0.5);
    context.lineTo(x + 0.5, y + 0.5);
    context.lineJoin = "round";
    context.lineCap = "round";
    context.strokeStyle = this.#colour(seat);
    if (since === null) {
      context.globalAlpha = GLOW_ALPHA;
      context.lineWidth = GLOW;
      context.stroke();
    }
    context.globalAlpha = since === null ? 1 : 0.42;
    context.lineWidth = WALL;
    context.stroke();
    const dashes = DASHES[seat % SIGNS];
    if (dashes) {
      context.lineCap = "butt";
      context.setLineDash(dashes.map((length) => length * WALL));
      context.lineWidth = WALL * 0.34;
      context.strokeStyle = this.#board.colours["field"] ?? "";
      context.stroke();
      context.setLineDash([]);
    }
    context.globalAlpha = 1;
  }

  /** @param {Trace} trace @param {number} seat */
  #head(trace, seat) {
    const { corners, step, since } = trace;
    const context = this.#context;
    const [x, y] = placeAt(corners, step);
    const way = (corners.findLast((corner) => corner.step <= step) ?? corners[0])?.way ?? 0;
    context.save();
    context.translate(x + 0.5, y + 0.5);
    if (since !== null) this.#crash(since, seat);
    else {
      this.#fell.delete(seat);
      if (seat === this.#board.seat) this.#halo(trace.next ?? way, way);
      context.rotate((way * Math.PI) / 2);
      context.scale(HEAD / 100, HEAD / 100);
      context.fillStyle = this.#colour(seat);
      context.strokeStyle = this.#board.colours["field"] ?? "";
      context.lineWidth = 14;
      context.lineJoin = "round";
      context.stroke(shapeOf(seat));
      context.fill(shapeOf(seat));
    }
    context.restore();
  }

  /** How much of a crash is over. @param {number} seat @param {number} since */
  #burst(seat, since) {
    const fell_ms = this.#fell.get(seat) ?? this.#now_ms;
    this.#fell.set(seat, fell_ms);
    return Math.max((this.#now_ms - fell_ms) / BURST_MS, since / BURST_STEPS);
  }

  /** The own rider is found at a glance; a turn shows on it at once, and is ridden at the next cell. @param {number} next @param {number} way */
  #halo(next, way) {
    const context = this.#context;
    context.beginPath();
    context.arc(0, 0, HEAD * 0.82, 0, 2 * Math.PI);
    context.strokeStyle = this.#board.colours["ink"] ?? "";
    context.lineWidth = 0.2;
    context.stroke();
    if (next === way) return;
    context.beginPath();
    context.arc(0, 0, HEAD * 0.98, (next - 1) * (Math.PI / 2) - 0.6, (next - 1) * (Math.PI / 2) + 0.6);
    context.lineWidth = 0.6;
    context.stroke();
  }

  /** A cross stays where a rider fell; around it, for a moment, what flies off. @param {number} since @param {number} seat */
  #crash(since, seat) {
    const context = this.#context;
    context.strokeStyle = this.#colour(seat);
    context.lineCap = "round";
    context.lineWidth = 0.5;
    context.beginPath();
    for (const side of [-1, 1]) {
      context.moveTo(-0.8, -0.8 * side);
      context.lineTo(0.8, 0.8 * side);
    }
    context.stroke();
    const part = this.#burst(seat, since);
    if (this.#board.still || part >= 1) return;
    const [near, far] = [1.2 + 3 * part, 1.8 + 4.2 * Math.sqrt(part)];
    context.globalAlpha = 1 - part;
    context.lineWidth = 0.42 * (1 - part) + 0.1;
    context.beginPath();
    for (let ray = 0; ray < 8; ray++) {
      const [right, down] = [Math.cos((ray * Math.PI) / 4 + 0.4), Math.sin((ray * Math.PI) / 4 + 0.4)];
      context.moveTo(near * right, near * down);
      context.lineTo(far * right, far * down);
    }
    context.stroke();
    context.globalAlpha = 1;
  }

  /** @param {number} seat */
  #colour(seat) { return this.#board.colours[`seat-${seat % SIGNS}`] ?? ""; }
}
