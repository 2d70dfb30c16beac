/** `<board-arena>`: the field around the own cell, who is near, and who leads. `field.js` reads the view. */
import { fill, gettext } from "../text.js";
import { CanvasBoard } from "./canvas.js";
import { ArenaPicture } from "./arena-picture.js";
import { JUMP, SQUARE, ahead, cellsOf, cornerOf, radiusOf } from "./field.js";
import { SEAT_COLOURS, signOf } from "./signs.js";
import { Helm } from "./steering.js";

/** @typedef {import("./field.js").View} View */
/** @typedef {import("./field.js").Cell} Cell */
/** @typedef {import("./arena-picture.js").Drawn} Drawn */

// One sees as far as the rules tell in any case: to the end of the neighbouring square.
const SIGHT = SQUARE;
// Cells come and go, and masses change, within the eye's patience.
const FADE_MS = 160;
const GROW_MS = 120;
const FOLLOW_MS = 110;
const SETTLE_MS = 120;
const MOST_STEP_MS = 100;
const LAST_MINUTE_S = 60;
/** @type {import("./field.js").Steer} */
const AT_REST = { to: null, boost: false };

class ArenaBoard extends CanvasBoard {
  #leaders = document.createElement("ol");
  #left = document.createElement("p");
  #call = document.createElement("p");
  #picture = new ArenaPicture(this);
  /** @type {Map<number, Drawn>} */ #drawn = new Map();
  /** Whether anyone was in sight yet: what is there from the beginning does not appear. */ #begun = false;
  /** @type {[number, number] | null} */ #camera = null;
  #scale = 1;
  #at_ms = 0;
  /** @type {View | null} */ #heard = null;
  /** @type {Helm | null} */ #helm = null;
  #steered = false;
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
    const [x, y] = this.#camera ?? [0, 0];
    this.#picture.draw(context, view, { x, y, scale: this.#scale }, this.#drawn, this.#helm?.wanted ?? AT_REST, now_ms);
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
      this.#drawn.set(seat, { ...cell, shown: this.#begun ? 0 : 1, here: true });
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
    const steered = inputs.map(({ move, tick, due }) => ({ move, tick: tick ?? (last = Math.max(last + 1, Math.round(due))) }));
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
    if (!steer) return;
    if (steer.to !== null && !this.#steered) this.#hinted();
    this.choose(steer);
  }

  /** The camera follows the own cell, or for who only watches the one that leads. @param {View} view @param {number} passed_ms */
  #look(view, passed_ms) {
    const target = this.#target(view);
    if (!target) return;
    const part = this.#camera && this.#begun && !this.still ? 1 - Math.exp(-passed_ms / FOLLOW_MS) : 1;
    const [x, y] = this.#camera ?? target;
    // Not beyond the edge: there is nothing to see, and in the field's corner sight reaches farther the other way.
    const most = Math.max(SIGHT, view.across * SQUARE - SIGHT);
    const within = (/** @type {number} */ at) => Math.max(SIGHT, Math.min(most, at));
    this.#camera = [x + (within(target[0]) - x) * part, y + (within(target[1]) - y) * part];
    this.#begun ||= this.#drawn.size > 0;
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
    if (view.far) this.#call.textContent = "";
    else if (was && !is) this.#say(fill(gettext("%(name)s ate you"), { name: this.nameOf(eaterOf(was, view)) }));
    else if (!was && is) {
      // Who has not steered yet may not know how it is done.
      this.#call.textContent = this.#steered ? "" : this.#hint;
      this.#call.classList.toggle("hint", !this.#steered);
      this.#helm?.forget();
      if (this.#steered) this.speak(gettext("You are back."));
    }
  }

  /** It is known now. */
  #hinted() {
    this.#steered = true;
    this.#call.textContent = "";
    this.#call.classList.remove("hint");
  }

  get #hint() { return this.byHand(gettext("Steer with a finger; a second one goes faster"), gettext("Steer with the mouse or the arrow keys; space goes faster")); }

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
