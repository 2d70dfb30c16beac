/** `<board-light-cycles>`: riders, the walls behind them, and what a round is worth. `cycles.js` knows how they ride. */
import { fill, gettext } from "../text.js";
import { CanvasBoard } from "./canvas.js";
import { CyclesPicture } from "./cycles-picture.js";
import { courseOf, foreseen, placeAt, ticksOf } from "./cycles.js";
import { SEAT_COLOURS, signOf } from "./signs.js";

/** @typedef {import("./cycles.js").View} View */
/** @typedef {import("./cycles.js").Course} Course */
/** @typedef {import("./cycles.js").Corner} Corner */
/** @typedef {import("./cycles-picture.js").Trace} Trace */

// A finger has chosen a way when it went this far; less is a tremble.
const SWIPE_PX = 22;
// A turn that counted some cells later than it was shown slides there within a few frames. A frame that is 80 ms late
// costs a rider one to three cells, along and across; what is further off than this is a jump.
const SLIDE_MS = 70;
const SLIDE_CELLS = 6;
// A round at rest is played once more on the first page; it pauses at the end.
const REST_STEPS = 30;
const STEP_MS = 66;

class LightCyclesBoard extends CanvasBoard {
  #count = document.createElement("p");
  #call = document.createElement("p");
  #hint = document.createElement("p");
  #picture = new CyclesPicture(this);
  /** @type {any} */ #heard = null;
  #told = "";
  /** @type {{ corners: readonly Corner[], step: number, last: number, n: number, at_ms: number } | null} */ #shownOwn = null;
  #slide = [0, 0];

  label() { return gettext("Light cycles: steer with the arrow keys, W A S D, or by swiping"); }
  palette() { return [...SEAT_COLOURS, "--field", "--field-line", "--field-edge", "--ink", "--ground"]; }

  /** @param {number} seat */
  mark(seat) { return signOf(seat); }

  /** @param {string} way */
  describe(way) {
    return { up: gettext("up"), right: gettext("right"), down: gettext("down"), left: gettext("left") }[way] ?? way;
  }

  build() {
    super.build();
    const over = document.createElement("div");
    over.className = "over";
    over.setAttribute("aria-hidden", "true");
    this.#count.className = "count";
    this.#call.className = "call";
    this.#hint.className = "hint";
    over.append(this.#count, this.#call, this.#hint);
    this.append(over);
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    document.addEventListener("keydown", (event) => {
      const way = this.wayOf(event);
      if (!way || !this.open(way)) return;
      // Arrows would scroll the page away from under the game.
      event.preventDefault();
      if (!event.repeat) this.choose(way);
    }, { signal });
    swiped(this.canvas, (way) => this.choose(way), signal);
  }

  /** @param {number} seat */
  note(seat) {
    const view = this.#newest();
    return view && this.ticks ? String(this.#points(view)[seat] ?? 0) : "";
  }

  /** @returns {View | null} */
  #newest() { return this.#heard ?? this.view; }

  /** Points of earlier rounds, and of this one when it is decided. @param {View} view */
  #points(view) {
    const course = courseOf(view);
    const earned = Number.isFinite(course.ended) ? course.earned : [];
    return [...view.p].map((digit, seat) => parseInt(digit, 36) + (earned[seat] ?? 0));
  }

  // ── a frame ──────────────────────────────────────────────────────────────────────────────────────────

  /** @param {CanvasRenderingContext2D} context @param {number} now_ms */
  draw(context, now_ms) {
    const { view, tick, ahead, inputs, live } = this.#moment(now_ms);
    const course = courseOf(view);
    const traces = course.riders.map((rider) => traceOf(course, rider, tick));
    if (live && this.seat !== null && this.seat < traces.length) traces[this.seat] = this.#own(view, tick, ahead, inputs, now_ms);
    const bursting = this.#picture.draw(context, course.size, traces, now_ms);
    if (course.drawnAt(tick) <= 0 && this.ticks && !this.hasAttribute("inert")) this.#picture.name(traces, (one) => this.#calledAtStart(one));
    this.#say(view, course, tick);
    return bursting || this.#replaying;
  }

  get replays() { return true; }

  /** Without a match behind it, a round that was played is played again and again: the first page's miniature. */
  get #replaying() { return this.ticks === null && this.hasAttribute("inert") && !this.still && this.view.w.length > 0; }

  /** @param {number} now_ms @returns {{ view: View, tick: number, ahead: number, inputs: { move: string, tick: number }[], live: boolean }} */
  #moment(now_ms) {
    const moment = this.ticks?.moment(now_ms);
    if (!moment) return { view: this.view, tick: this.#restingTick(now_ms), ahead: 0, inputs: [], live: false };
    const { before, after, part, view, newest, own } = moment;
    if (this.#heard !== view) this.#hear(view);
    // The first tick of a round is no way on from the last of the one before.
    const fresh = before.n !== after.n;
    const shown = fresh && part < 1 ? before : after;
    const passed = fresh || before === after ? 1 : ticksOf(after) - ticksOf(before);
    // No tick follows the last one of a match: the step that decided it is drawn to its end all the same.
    const decided = part >= 1 && !this.ticks?.running && courseOf(view).ended < Infinity;
    const last = decided ? view.cells : 0;
    const tick = last + ticksOf(shown) + (shown === after ? (part - 1) * passed : part);
    const round = ticksOf(view) - newest;
    // Each input that is under way has a tick of its own, and none before the next.
    let next = newest;
    const inputs = moment.inputs.map(({ move, tick: counted, due }) =>
      ({ move, tick: round + (counted ?? (next = Math.max(next + 1, Math.round(due)))) }));
    return { view: shown, tick: Math.max(0, tick), ahead: own + round, inputs, live: shown.n === view.n };
  }

  /** @param {number} now_ms */
  #restingTick(now_ms) {
    const course = courseOf(this.view);
    const end = ticksOf(this.view) + course.cells;
    if (!this.#replaying) return end;
    const steps = course.stepAt(end) + REST_STEPS;
    return course.lead + ((now_ms / STEP_MS) % steps) * course.cells;
  }

  /** A name that several have tells nobody apart: the sign has to do. @param {number} seat */
  #calledAtStart(seat) {
    if (seat === this.seat) return gettext("You");
    return this.names.filter((name) => name === this.names[seat]).length > 1 ? "" : this.nameOf(seat);
  }

  /** The own rider, ahead of the others: as it will be when an input that is sent now counts. @param {View} view @param {number} tick @param {number} ahead @param {{ move: string, tick: number }[]} inputs @param {number} now_ms @returns {Trace} */
  #own(view, tick, ahead, inputs, now_ms) {
    const course = courseOf(view);
    const seat = /** @type {number} */ (this.seat);
    const rider = /** @type {import("./cycles.js").Rider} */ (course.riders[seat]);
    if (rider.out !== null || Number.isFinite(course.ended)) {
      const trace = traceOf(course, rider, Math.max(tick, ahead));
      // Who rides on to the end may have been shown beyond it.
      return rider.out === null ? { ...trace, ...this.#slid(rider.corners, trace.step, course.ended, view.n, now_ms) } : trace;
    }
    const { corners, last, next } = foreseen(course, seat, ticksOf(view), Math.floor(ahead), inputs);
    return { ...this.#slid(corners, Math.min(course.drawnAt(ahead), last), last, view.n, now_ms), since: null, next };
  }

  /**
   * The corners, the last of them on its way from where it was shown before, and the head too.
   * @param {Corner[]} corners @param {number} step @param {number} last beyond which it is not drawn @param {number} n @param {number} now_ms
   */
  #slid(corners, step, last, n, now_ms) {
    const before = this.#shownOwn;
    this.#shownOwn = { corners, step, last, n, at_ms: now_ms };
    let [right = 0, down = 0] = this.#slide;
    if (before && before.n === n) {
      const rest = Math.exp((before.at_ms - now_ms) / SLIDE_MS);
      const [x, y] = placeAt(corners, step);
      // Where it would have been now: it may have stood before a wall, or ridden on where it had to stop.
      const [wasX, wasY] = placeAt(before.corners, Math.max(before.step, Math.min(step, before.last)));
      [right, down] = [right * rest + wasX - x, down * rest + wasY - y];
    }
    if (this.still || !before || Math.hypot(right, down) > SLIDE_CELLS) [right, down] = [0, 0];
    this.#slide = [right, down];
    const turn = corners.at(-1);
    if (!turn || Math.hypot(right, down) < 0.02) return { corners, step };
    // The corner along the way before it, so that every wall stays on its line; the head along its own way.
    const across = turn.way % 2 === 1;
    const ahead = Math.max(turn.step, step + (across ? right : down) * (turn.way === 1 || turn.way === 2 ? 1 : -1));
    if (corners.length < 2) return { corners, step: ahead };
    return { corners: [...corners.slice(0, -1), across ? { ...turn, y: turn.y + down } : { ...turn, x: turn.x + right }], step: ahead };
  }

  // ── words ────────────────────────────────────────────────────────────────────────────────────────────

  /** The countdown and the end of a round, over the field. @param {View} view @param {Course} course @param {number} tick */
  #say(view, course, tick) {
    const left = this.ticks ? course.lead - tick : 0;
    const count = left > 0 && this.ticks?.running ? String(Math.ceil((3 * left) / course.lead)) : "";
    if (this.#count.textContent !== count) this.#count.textContent = count;
    const over = this.ticks && course.drawnAt(tick) >= course.ended;
    const call = over ? roundOf(course, (seat) => this.nameOf(seat)) : count ? roundName(view) : "";
    if (this.#call.textContent !== call) this.#call.textContent = call;
    // Before the first round nobody knows yet how it is done.
    const hint = count && view.n === 1 && this.seat !== null ? this.byHand(gettext("Swipe to turn"), gettext("Turn with the arrow keys or W A S D")) : "";
    if (this.#hint.textContent !== hint) this.#hint.textContent = hint;
  }

  /** A newer view: read out what matters, and tell the page when points or riders changed. @param {View} view */
  #hear(view) {
    const before = this.#heard;
    this.#heard = view;
    if (before && before.w === view.w && before.n === view.n) return;
    const course = courseOf(view);
    const told = `${view.n}/${course.fallen.length}/${course.ended}`;
    if (told === this.#told) return;
    this.#told = told;
    this.#read(view, course, before);
    this.dispatchEvent(new CustomEvent("notes"));
  }

  /** @param {View} view @param {Course} course @param {View | null} before */
  #read(view, course, before) {
    const own = this.seat !== null && course.riders[this.seat]?.out !== null;
    if (Number.isFinite(course.ended)) this.speak(roundOf(course, (seat) => this.nameOf(seat)));
    else if (!before || before.n !== view.n) this.speak(roundName(view));
    else if (own) this.speak(gettext("You are out of this round."));
  }
}

/** @param {Course} course @param {import("./cycles.js").Rider} rider @param {number} tick @returns {Trace} */
function traceOf(course, rider, tick) {
  const drawn = course.drawnAt(tick);
  const step = Math.min(drawn, course.lastOf(rider));
  return { corners: rider.corners, step, since: rider.out !== null && drawn >= rider.out - 1 ? drawn - rider.out + 1 : null };
}

/** @param {View} view */
const roundName = ({ n, rounds }) => fill(gettext("Round %(n)s of %(rounds)s"), { n, rounds });

/** Who took the round. @param {Course} course @param {(seat: number) => string} nameOf */
function roundOf(course, nameOf) {
  const winner = course.riders.findIndex(({ out }) => out === null);
  return winner < 0 ? gettext("Nobody takes the round.") : fill(gettext("%(name)s takes the round."), { name: nameOf(winner) });
}

/** A way for each stretch that a finger goes, without being lifted between. @param {HTMLElement} field @param {(way: string) => void} chosen @param {AbortSignal} signal */
function swiped(field, chosen, signal) {
  /** @type {{ id: number, x: number, y: number } | null} */ let from = null;
  field.addEventListener("pointerdown", ({ pointerId, clientX, clientY }) => (from = { id: pointerId, x: clientX, y: clientY }), { signal });
  field.addEventListener("pointermove", ({ pointerId, clientX, clientY }) => {
    if (!from || from.id !== pointerId) return;
    const [right, down] = [clientX - from.x, clientY - from.y];
    if (Math.max(Math.abs(right), Math.abs(down)) < SWIPE_PX) return;
    from = { id: pointerId, x: clientX, y: clientY };
    if (Math.abs(right) > Math.abs(down)) chosen(right > 0 ? "right" : "left");
    else chosen(down > 0 ? "down" : "up");
  }, { signal });
  for (const end of /** @type {const} */ (["pointerup", "pointercancel"])) field.addEventListener(end, () => (from = null), { signal });
}

customElements.define("board-light-cycles", LightCyclesBoard);
