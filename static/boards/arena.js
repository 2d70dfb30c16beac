/** `<board-arena>`: the field around the own cell, who is near, and who leads. `field.js` reads the view. */
import { fill, gettext } from "../text.js";
import { CanvasBoard } from "./canvas.js";
import { EATS, JUMP, SQUARE, ahead, cellsOf, cornerOf, eachDot, radiusOf } from "./field.js";
import { SEAT_COLOURS, SIGNS, shapeOf, signOf } from "./signs.js";
import { Helm } from "./steering.js";

/** @typedef {import("./field.js").View} View */
/** @typedef {import("./field.js").Cell} Cell */
/** @typedef {{ x: number, y: number, mass: number, safe: boolean, shown: number, here: boolean }} Drawn `shown`: from 0 to 1 while it comes or goes */

// One sees as far as the rules tell in any case: to the end of the neighbouring square.
const SIGHT = SQUARE;
const DOT_RADIUS = 4.2;
const GRID = 64;
// Cells come and go, and masses change, within the eye's patience.
const FADE_MS = 160;
const GROW_MS = 120;
const FOLLOW_MS = 110;
const SETTLE_MS = 120;
const MOST_STEP_MS = 100;
// A name within the cell where it has room, under it otherwise.
const ROOMY_PX = 30;
const LAST_MINUTE_S = 60;
const MINIMAP_PX = 108;

class ArenaBoard extends CanvasBoard {
  #leaders = document.createElement("ol");
  #left = document.createElement("p");
  #call = document.createElement("p");
  /** @type {Map<number, Drawn>} */ #drawn = new Map();
  /** @type {[number, number] | null} */ #camera = null;
  #scale = 1;
  #at_ms = 0;
  /** @type {View | null} */ #heard = null;
  /** @type {Helm | null} */ #helm = null;
  /** @type {[number, number]} where the own cell was shown, less where it is expected */ #off = [0, 0];
  /** @type {((tick: number) => [number, number]) | null} */ #expected = null;
  #told = "";

  label() { return gettext("Arena: steer with the mouse, a finger, or the arrow keys; space goes faster"); }
  palette() { return [...SEAT_COLOURS, "--field", "--field-line", "--field-edge", "--ink", "--ground", "--quiet"]; }

  /** @param {number} seat */
  mark(seat) { return signOf(seat); }

  /** @param {number} seat */
  note(seat) {
    const view = this.#heard ?? this.view;
    return seat === this.seat && view?.points !== undefined ? String(view.points) : "";
  }

  build() {
    super.build();
    const over = document.createElement("div");
    over.className = "over arena-over";
    this.#leaders.className = "leaders";
    this.#leaders.setAttribute("aria-label", gettext("Who leads"));
    this.#left.className = "left";
    this.#left.setAttribute("role", "timer");
    this.#call.className = "call";
    over.append(this.#leaders, this.#left, this.#call);
    if (!this.hasAttribute("inert")) this.append(over);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const board = {
      wayOf: (/** @type {KeyboardEvent} */ event) => this.wayOf(event),
      open: () => this.open(null),
      centre: () => this.#onScreen(this.#drawn.get(this.seat ?? -1)),
    };
    this.#helm = new Helm(this.canvas, board, signal);
  }

  // ── a frame ──────────────────────────────────────────────────────────────────────────────────────────

  /** @param {CanvasRenderingContext2D} context @param {number} now_ms */
  draw(context, now_ms) {
    const passed_ms = Math.min(MOST_STEP_MS, now_ms - this.#at_ms);
    this.#at_ms = now_ms;
    const moment = this.ticks?.moment(now_ms);
    const view = /** @type {View} */ (moment?.view ?? this.view);
    if (this.#heard !== view) this.#hear(view);
    this.#move(moment, view, passed_ms);
    this.#steer(moment, now_ms);
    this.#look(view, passed_ms);
    this.#scale = Math.min(this.width, this.height) / (2 * SIGHT);
    context.fillStyle = this.colours["field-edge"] ?? "";
    context.fillRect(0, 0, this.width, this.height);
    context.save();
    const [x, y] = this.#camera ?? [0, 0];
    context.translate(this.width / 2, this.height / 2);
    context.scale(this.#scale, this.#scale);
    context.translate(-x, -y);
    this.#paintField(context, view, x, y);
    eachDot(view, (dotX, dotY, square, plot) => this.#paintDot(context, dotX, dotY, square + plot));
    for (const [seat, cell] of [...this.#drawn].sort((one, other) => one[1].mass - other[1].mass)) this.#paintCell(context, seat, cell, now_ms);
    context.restore();
    if (view.far && Object.keys(view.far).length > 0) this.#paintFar(context, view);
    return [...this.#drawn.values()].some(({ shown }) => shown < 1);
  }

  /** Bring what is drawn to where it is at this moment. @param {import("./canvas.js").Moment | undefined} moment @param {View} view @param {number} passed_ms */
  #move(moment, view, passed_ms) {
    const now = cellsOf(moment?.after ?? view);
    const before = cellsOf(moment?.before ?? view);
    const part = moment?.part ?? 1;
    for (const [seat, drawn] of this.#drawn) if (!now.has(seat)) drawn.here = false;
    for (const [seat, cell] of now) this.#place(seat, between(before.get(seat), cell, part), passed_ms);
    if (moment) this.#placeOwn(moment, view, passed_ms);
    for (const [seat, drawn] of this.#drawn) {
      const step = this.still ? 1 : passed_ms / FADE_MS;
      drawn.shown = Math.max(0, Math.min(1, drawn.shown + (drawn.here ? step : -step)));
      if (!drawn.here && drawn.shown === 0) this.#drawn.delete(seat);
    }
  }

  /** @param {number} seat @param {Cell} cell @param {number} passed_ms */
  #place(seat, cell, passed_ms) {
    const drawn = this.#drawn.get(seat);
    // Who comes back elsewhere is another cell: it appears there.
    if (!drawn || !drawn.here || Math.hypot(drawn.x - cell.x, drawn.y - cell.y) > 2 * JUMP) {
      this.#drawn.set(seat, { ...cell, shown: this.#heard && this.#camera ? 0 : 1, here: true });
      return;
    }
    const grown = drawn.mass + (cell.mass - drawn.mass) * (1 - Math.exp(-passed_ms / GROW_MS));
    Object.assign(drawn, cell, { mass: grown, here: true });
  }

  /** The own cell is drawn where it will be when an input that is sent now counts. @param {import("./canvas.js").Moment} moment @param {View} view @param {number} passed_ms */
  #placeOwn({ own, newest, inputs }, view, passed_ms) {
    const known = this.seat === null ? undefined : cellsOf(view).get(this.seat);
    if (!known || !this.ticks?.running) return void (this.#expected = null);
    let last = newest;
    const steered = inputs.map(({ move, tick, due }) => ({ move, tick: tick ?? (last = Math.max(last + 1, Math.ceil(due))) }));
    const expected = (/** @type {number} */ tick) => ahead(known, view.across * SQUARE, newest, tick, steered);
    const [x, y] = expected(own);
    const rest = Math.exp(-passed_ms / SETTLE_MS);
    const [wasX, wasY] = this.#expected?.(own) ?? [x, y];
    this.#off = [this.#off[0] * rest + wasX - x, this.#off[1] * rest + wasY - y];
    if (Math.hypot(...this.#off) > JUMP) this.#off = [0, 0];
    this.#expected = expected;
    const drawn = this.#drawn.get(/** @type {number} */ (this.seat));
    if (drawn) [drawn.x, drawn.y] = [x + this.#off[0], y + this.#off[1]];
  }

  /** @param {import("./canvas.js").Moment | undefined} moment @param {number} now_ms */
  #steer(moment, now_ms) {
    if (!moment || !this.#helm || !this.open(null) || !this.#drawn.get(this.seat ?? -1)?.here) return;
    // A line that is so far behind is not helped by more.
    if (moment.inputs.filter(({ tick }) => tick === null).length > 5) return;
    const steer = this.#helm.due(now_ms);
    if (steer) this.choose(steer);
  }

  /** The camera follows the own cell, or for who only watches the one that leads. @param {View} view @param {number} passed_ms */
  #look(view, passed_ms) {
    const target = this.#target(view);
    if (!target) return;
    const part = this.#camera && !this.still ? 1 - Math.exp(-passed_ms / FOLLOW_MS) : 1;
    const [x, y] = this.#camera ?? target;
    // Not beyond the edge: there is nothing to see, and in the field's corner sight reaches farther the other way.
    const most = Math.max(SIGHT, view.across * SQUARE - SIGHT);
    const within = (/** @type {number} */ at) => Math.max(SIGHT, Math.min(most, at));
    this.#camera = [x + (within(target[0]) - x) * part, y + (within(target[1]) - y) * part];
  }

  /** Where a place of the field is drawn. @param {{ x: number, y: number } | undefined} place @returns {[number, number]} */
  #onScreen(place) {
    const [x, y] = this.#camera ?? [0, 0];
    return [this.width / 2 + ((place?.x ?? x) - x) * this.#scale, this.height / 2 + ((place?.y ?? y) - y) * this.#scale];
  }

  /** @param {View} view @returns {[number, number] | null} */
  #target(view) {
    const followed = view.far ? view.leaders.find(([seat]) => this.#drawn.has(seat))?.[0] : this.seat;
    const cell = this.#drawn.get(followed ?? -1);
    if (cell?.here) return [cell.x, cell.y];
    if (!view.far && this.#camera) return null;
    const squares = Object.keys(view.dots).map((square) => cornerOf(Number(square), view.across));
    const middle = (/** @type {0 | 1} */ axis) => squares.reduce((sum, corner) => sum + corner[axis] + SQUARE / 2, 0) / squares.length;
    return squares.length ? [middle(0), middle(1)] : null;
  }

  // ── painting, in units ───────────────────────────────────────────────────────────────────────────────

  /** @param {CanvasRenderingContext2D} context @param {View} view @param {number} x @param {number} y */
  #paintField(context, view, x, y) {
    const side = view.across * SQUARE;
    const [wide, high] = [this.width / this.#scale / 2, this.height / this.#scale / 2];
    const [left, right] = [Math.max(0, x - wide), Math.min(side, x + wide)];
    const [top, bottom] = [Math.max(0, y - high), Math.min(side, y + high)];
    context.fillStyle = this.colours["field"] ?? "";
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
    context.lineWidth = 1 / this.#scale;
    context.globalAlpha = 0.55;
    context.strokeStyle = this.colours["field-line"] ?? "";
    context.stroke();
    context.globalAlpha = 1;
    context.lineWidth = 8;
    context.strokeStyle = this.colours["field-edge"] ?? "";
    context.strokeRect(0, 0, side, side);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} x @param {number} y @param {number} kind */
  #paintDot(context, x, y, kind) {
    const [wide, high] = [this.width / this.#scale / 2 + DOT_RADIUS, this.height / this.#scale / 2 + DOT_RADIUS];
    const [cameraX, cameraY] = this.#camera ?? [x, y];
    if (Math.abs(x - cameraX) > wide || Math.abs(y - cameraY) > high) return;
    context.beginPath();
    context.arc(x, y, DOT_RADIUS, 0, 2 * Math.PI);
    // Many colours, none of which means anything.
    context.fillStyle = this.colours[`seat-${(kind * 5) % 4}`] ?? "";
    context.fill();
  }

  /** @param {CanvasRenderingContext2D} context @param {number} seat @param {Drawn} cell @param {number} now_ms */
  #paintCell(context, seat, cell, now_ms) {
    const radius = radiusOf(cell.mass) * (cell.here ? 0.6 + 0.4 * cell.shown : cell.shown);
    const colour = this.colours[`seat-${seat % SIGNS}`] ?? "";
    context.save();
    context.translate(cell.x, cell.y);
    context.globalAlpha = cell.shown;
    context.beginPath();
    context.arc(0, 0, radius, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
    this.#paintRim(context, seat, cell, radius, now_ms);
    context.save();
    context.scale((radius * 0.95) / 100, (radius * 0.95) / 100);
    context.fillStyle = this.colours["field"] ?? "";
    context.globalAlpha = 0.85 * cell.shown;
    context.fill(shapeOf(seat));
    context.restore();
    if (seat === this.seat) this.#paintCourse(context, radius);
    this.#paintName(context, seat, radius);
    context.restore();
  }

  /** Who can eat the own cell has a heavy rim; who cannot be eaten yet, a broken one. @param {CanvasRenderingContext2D} context @param {number} seat @param {Drawn} cell @param {number} radius @param {number} now_ms */
  #paintRim(context, seat, cell, radius, now_ms) {
    const own = this.#drawn.get(this.seat ?? -1);
    const danger = seat !== this.seat && own?.here && cell.mass >= own.mass * EATS;
    if (danger || seat === this.seat) {
      context.lineWidth = danger ? Math.max(3, radius * 0.12) : 2.5;
      context.strokeStyle = this.colours["ink"] ?? "";
      context.stroke();
    }
    if (!cell.safe) return;
    context.beginPath();
    context.arc(0, 0, radius + 5, 0, 2 * Math.PI);
    context.setLineDash([6, 6]);
    context.lineDashOffset = this.still ? 0 : (now_ms / 40) % 12;
    context.lineWidth = 2;
    context.strokeStyle = this.colours["quiet"] ?? "";
    context.stroke();
    context.setLineDash([]);
  }

  /** Where the own cell is told to go: shown at once, before it does. @param {CanvasRenderingContext2D} context @param {number} radius */
  #paintCourse(context, radius) {
    const { to, boost } = this.#helm?.wanted ?? { to: null, boost: false };
    if (to === null) return;
    context.save();
    context.rotate((2 * Math.PI * to) / 64);
    context.beginPath();
    context.moveTo(radius + (boost ? 17 : 13), 0);
    context.lineTo(radius + 5, -6);
    context.lineTo(radius + 5, 6);
    context.closePath();
    context.fillStyle = this.colours["ink"] ?? "";
    context.fill();
    context.restore();
  }

  /** @param {CanvasRenderingContext2D} context @param {number} seat @param {number} radius */
  #paintName(context, seat, radius) {
    const name = seat === this.seat ? gettext("You") : this.nameOf(seat);
    const roomy = radius * this.#scale > ROOMY_PX;
    const size = 13 / this.#scale;
    context.font = `600 ${size}px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    const under = roomy ? radius * 0.68 : radius + size;
    context.lineWidth = 4 / this.#scale;
    context.strokeStyle = this.colours["field"] ?? "";
    context.strokeText(name, 0, under);
    context.fillStyle = this.colours["ink"] ?? "";
    context.fillText(name, 0, under);
  }

  /** The whole field small, for those who watch. @param {CanvasRenderingContext2D} context @param {View} view */
  #paintFar(context, view) {
    const size = Math.min(MINIMAP_PX, this.width / 4);
    const plots = view.across * 8;
    context.save();
    context.translate(this.width - size - 10, this.height - size - 10);
    context.fillStyle = this.colours["field"] ?? "";
    context.strokeStyle = this.colours["field-edge"] ?? "";
    context.lineWidth = 2;
    context.beginPath();
    context.roundRect(0, 0, size, size, 6);
    context.fill();
    context.stroke();
    for (const [seat, [x = 0, y = 0, steps = 0]] of Object.entries(view.far ?? {})) {
      context.beginPath();
      context.arc(((x + 0.5) / plots) * size, ((y + 0.5) / plots) * size, 2.5 + steps * 0.6, 0, 2 * Math.PI);
      context.fillStyle = this.colours[`seat-${Number(seat) % SIGNS}`] ?? "";
      context.fill();
    }
    context.restore();
  }

  // ── words ────────────────────────────────────────────────────────────────────────────────────────────

  /** @param {View} view */
  #hear(view) {
    const before = this.#heard;
    this.#heard = view;
    const seconds = view.left;
    const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (this.#left.textContent !== left) this.#left.textContent = left;
    if (before && before.left > LAST_MINUTE_S && view.left <= LAST_MINUTE_S) this.speak(gettext("One minute left."));
    this.#lead(view);
    if (before && before.points !== view.points) this.dispatchEvent(new CustomEvent("notes"));
    this.#tellOwn(before, view);
  }

  /** @param {View} view */
  #lead(view) {
    const told = JSON.stringify([view.leaders, this.names, this.seat]);
    if (told === this.#told) return;
    this.#told = told;
    this.#leaders.replaceChildren(...view.leaders.map(([seat, points]) => {
      const line = document.createElement("li");
      const picture = document.createElementNS("http://www.w3.org/2000/svg", "svg");
      picture.setAttribute("viewBox", "-50 -50 100 100");
      picture.setAttribute("aria-hidden", "true");
      picture.append(signOf(seat));
      const name = document.createElement("bdi");
      name.textContent = seat === this.seat ? gettext("You") : this.nameOf(seat);
      const count = document.createElement("b");
      count.textContent = String(points);
      line.append(picture, name, count);
      return line;
    }));
  }

  /** What happened to the own cell. @param {View | null} before @param {View} view */
  #tellOwn(before, view) {
    if (this.seat === null) return;
    const [was, is] = [before && cellsOf(before).get(this.seat), cellsOf(view).get(this.seat)];
    if (view.far) this.#call.textContent = gettext("You are watching.");
    else if (was && !is) this.#say(fill(gettext("%(name)s ate you"), { name: this.nameOf(eaterOf(was, view)) }));
    else if (!was && is) {
      this.#call.textContent = "";
      this.#helm?.forget();
      if (before) this.speak(gettext("You are back."));
    }
  }

  /** @param {string} text */
  #say(text) {
    this.#call.textContent = text;
    this.speak(text);
  }
}

/** @param {Cell | undefined} before @param {Cell} after @param {number} part @returns {Cell} */
function between(before, after, part) {
  if (!before || Math.hypot(after.x - before.x, after.y - before.y) > JUMP) return after;
  return { ...after, x: before.x + (after.x - before.x) * part, y: before.y + (after.y - before.y) * part };
}

/** The seat whose cell is nearest to where another was, by what lies between their rims. @param {Cell} prey @param {View} view */
function eaterOf(prey, view) {
  const near = [...cellsOf(view)].map(([seat, { x, y, mass }]) => ({ seat, gap: Math.hypot(x - prey.x, y - prey.y) - radiusOf(mass) }));
  return near.sort((one, other) => one.gap - other.gap)[0]?.seat ?? -1;
}

customElements.define("board-arena", ArenaBoard);
