/** How the arena looks: field, dots, cells with their signs and names, and the whole field small. Lengths are units. */
import { gettext } from "../text.js";
import { COURSES, EATS, PLOTS, SQUARE, eachDot, radiusOf } from "./field.js";
import { SIGNS, shapeOf } from "./signs.js";

/** @typedef {import("./field.js").View} View */
/** @typedef {{ x: number, y: number, mass: number, safe: boolean, shown: number, here: boolean }} Drawn `shown`: from 0 to 1 while it comes or goes */
/** @typedef {{ x: number, y: number, scale: number }} Camera what is in the middle, and pixels a unit */

const DOT_RADIUS = 4.2;
// Dots stand in the middle of their plots; a little off it they look sown, and not set.
const SCATTER = 11;
const GRID = 64;
const EDGE = 8;
// A name within the cell where it has room, under it otherwise.
const ROOMY_PX = 30;
const NAME_PX = 13;
const MINIMAP_PX = 108;

export class ArenaPicture {
  #board;
  #context = /** @type {CanvasRenderingContext2D} */ (/** @type {unknown} */ (null));
  /** @type {Camera} */ #camera = { x: 0, y: 0, scale: 1 };

  /** @param {import("./canvas.js").CanvasBoard} board */
  constructor(board) {
    this.#board = board;
  }

  /**
   * @param {CanvasRenderingContext2D} context @param {View} view @param {Camera} camera
   * @param {Map<number, Drawn>} cells @param {import("./field.js").Steer} steered by the own seat @param {number} now_ms
   */
  draw(context, view, camera, cells, steered, now_ms) {
    [this.#context, this.#camera] = [context, camera];
    const { width, height, seat } = this.#board;
    context.save();
    context.translate(width / 2, height / 2);
    context.scale(camera.scale, camera.scale);
    context.translate(-camera.x, -camera.y);
    this.#field(view.across * SQUARE);
    eachDot(view, (x, y, square, plot) => this.#dot(x, y, square * 64 + plot));
    const own = cells.get(seat ?? -1);
    for (const [one, cell] of [...cells].sort((a, b) => a[1].mass - b[1].mass)) this.#cell(one, cell, own, steered, now_ms);
    context.restore();
    // A miniature has no room for a smaller one.
    if (view.far && Object.keys(view.far).length > 0 && !this.#board.hasAttribute("inert")) this.#far(view, view.far);
  }

  /** @param {number} side */
  #field(side) {
    const context = this.#context;
    const { x, y, scale } = this.#camera;
    const [wide, high] = [this.#board.width / scale / 2, this.#board.height / scale / 2];
    context.fillStyle = this.#colour("field-edge");
    context.fillRect(x - wide, y - high, 2 * wide, 2 * high);
    const [left, right] = [Math.max(0, x - wide), Math.min(side, x + wide)];
    const [top, bottom] = [Math.max(0, y - high), Math.min(side, y + high)];
    context.fillStyle = this.#colour("field");
    context.fillRect(left, top, right - left, bottom - top);
    context.beginPath();
    for (let column = Math.ceil(left / GRID) * GRID; column <= right; column += GRID) {
      context.moveTo(column, top);
      context.lineTo(column, bottom);
    }
    for (let row = Math.ceil(top / GRID) * GRID; row <= bottom; row += GRID) {
      context.moveTo(left, row);
      context.lineTo(right, row);
    }
    context.lineWidth = 1 / scale;
    context.globalAlpha = 0.55;
    context.strokeStyle = this.#colour("field-line");
    context.stroke();
    context.globalAlpha = 1;
    context.lineWidth = EDGE;
    context.strokeStyle = this.#colour("field-edge");
    context.strokeRect(0, 0, side, side);
  }

  /** @param {number} x @param {number} y @param {number} which */
  #dot(x, y, which) {
    const context = this.#context;
    const { scale } = this.#camera;
    const [wide, high] = [this.#board.width / scale / 2 + SCATTER, this.#board.height / scale / 2 + SCATTER];
    if (Math.abs(x - this.#camera.x) > wide || Math.abs(y - this.#camera.y) > high) return;
    // The same for as long as it lies there, and unlike its neighbours.
    const chance = Math.imul(which + 1, 0x9e3779b1) >>> 0;
    const off = (/** @type {number} */ bits) => ((bits & 255) / 255 - 0.5) * SCATTER;
    context.beginPath();
    context.arc(x + off(chance >>> 8), y + off(chance >>> 16), DOT_RADIUS, 0, 2 * Math.PI);
    // Many colours, none of which means anything.
    context.fillStyle = this.#colour(`seat-${chance >>> 30}`);
    context.fill();
  }

  /** @param {number} seat @param {Drawn} cell @param {Drawn | undefined} own @param {import("./field.js").Steer} steered @param {number} now_ms */
  #cell(seat, cell, own, steered, now_ms) {
    const context = this.#context;
    const radius = radiusOf(cell.mass) * (cell.here ? 0.6 + 0.4 * cell.shown : cell.shown);
    context.save();
    context.translate(cell.x, cell.y);
    context.globalAlpha = cell.shown;
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.fillStyle = this.#colour(`seat-${seat % SIGNS}`);
    context.fill();
    this.#rim(seat, cell, own, radius, now_ms);
    context.save();
    context.scale((radius * 0.95) / 100, (radius * 0.95) / 100);
    context.fillStyle = this.#colour("field");
    context.globalAlpha = 0.85 * cell.shown;
    context.fill(shapeOf(seat));
    context.restore();
    if (seat === this.#board.seat) this.#course(steered, radius);
    this.#name(seat, radius);
    context.restore();
  }

  /** Who can eat the own cell has a heavy rim; who cannot be eaten yet, a broken one. @param {number} seat @param {Drawn} cell @param {Drawn | undefined} own @param {number} radius @param {number} now_ms */
  #rim(seat, cell, own, radius, now_ms) {
    const context = this.#context;
    const danger = seat !== this.#board.seat && own?.here && cell.mass >= own.mass * EATS;
    if (danger || seat === this.#board.seat) {
      context.lineWidth = danger ? Math.max(3, radius * 0.12) : 2.5;
      context.strokeStyle = this.#colour("ink");
      context.stroke();
    }
    if (!cell.safe) return;
    context.beginPath();
    context.arc(0, 0, radius + 5, 0, 2 * Math.PI);
    context.setLineDash([6, 6]);
    context.lineDashOffset = this.#board.still ? 0 : (now_ms / 40) % 12;
    context.lineWidth = 2;
    context.strokeStyle = this.#colour("quiet");
    context.stroke();
    context.setLineDash([]);
  }

  /** Where the own cell is told to go: shown at once, before it does. @param {import("./field.js").Steer} steered @param {number} radius */
  #course({ to, boost }, radius) {
    if (to === null) return;
    const context = this.#context;
    context.save();
    context.rotate((2 * Math.PI * to) / COURSES);
    context.beginPath();
    context.moveTo(radius + (boost ? 17 : 13), 0);
    context.lineTo(radius + 5, -6);
    context.lineTo(radius + 5, 6);
    context.closePath();
    context.fillStyle = this.#colour("ink");
    context.fill();
    context.restore();
  }

  /** @param {number} seat @param {number} radius */
  #name(seat, radius) {
    const context = this.#context;
    const { scale } = this.#camera;
    const name = seat === this.#board.seat ? gettext("You") : this.#board.nameOf(seat);
    const roomy = radius * scale > ROOMY_PX;
    const size = NAME_PX / scale;
    context.font = `600 ${size}px ${this.#board.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const under = roomy ? radius * 0.68 : radius + size;
    context.lineWidth = 4 / scale;
    context.strokeStyle = this.#colour("field");
    context.strokeText(name, 0, under);
    context.fillStyle = this.#colour("ink");
    context.fillText(name, 0, under);
  }

  /** The whole field small, for those who watch. @param {View} view @param {Record<string, number[]>} far */
  #far(view, far) {
    const context = this.#context;
    const { width, height } = this.#board;
    const size = Math.min(MINIMAP_PX, width / 4);
    const plots = view.across * PLOTS;
    context.save();
    context.translate(width - size - 10, height - size - 10);
    context.fillStyle = this.#colour("field");
    context.strokeStyle = this.#colour("field-edge");
    context.lineWidth = 2;
    context.beginPath();
    context.roundRect(0, 0, size, size, 6);
    context.fill();
    context.stroke();
    for (const [seat, [x = 0, y = 0, steps = 0]] of Object.entries(far)) {
      context.beginPath();
      context.arc(((x + 0.5) / plots) * size, ((y + 0.5) / plots) * size, 2.5 + steps * 0.6, 0, 2 * Math.PI);
      context.fillStyle = this.#colour(`seat-${Number(seat) % SIGNS}`);
      context.fill();
    }
    context.restore();
  }

  /** @param {string} name */
  #colour(name) { return this.#board.colours[name] ?? ""; }
}
