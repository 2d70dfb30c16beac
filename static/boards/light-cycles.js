/** `<board-light-cycles>`: riders, the walls behind them, and what a round is worth. `cycles.js` knows how they ride. */
import { fill, gettext } from "../text.js";
import { CanvasBoard } from "./canvas.js";
import { WAYS, courseOf, foreseen, placeAt, ticksOf } from "./cycles.js";
import { DASHES, SEAT_COLOURS, SIGNS, shapeOf, signOf } from "./signs.js";

/** @typedef {import("./cycles.js").View} View */
/** @typedef {import("./cycles.js").Course} Course */
/** @typedef {import("./cycles.js").Corner} Corner */
/** @typedef {{ corners: readonly Corner[], step: number, since: number | null }} Trace what to draw of a rider; `since`: steps since it crashed */

// Widths in cells: walls leave room to see that one can ride between them.
const WALL = 0.7;
const HEAD = 2.3;
// Around a wall its colour fades into the field.
const GLOW = 2;
const GLOW_ALPHA = 0.13;
// The field's edge is a wall too, and as thick.
const EDGE = 0.8;
// A crash takes as long as six cells: long enough to see who it was.
const BURST_STEPS = 6;
// A finger has chosen a way when it went this far; less is a tremble.
const SWIPE_PX = 22;
// A turn that counted a cell later than it was shown slides there within a few frames; what is further off is a jump.
const SLIDE_MS = 70;
const SLIDE_CELLS = 3;
// A round at rest is played once more on the first page; it pauses at the end.
const REST_STEPS = 30;
const STEP_MS = 66;

class LightCyclesBoard extends CanvasBoard {
  #count = document.createElement("p");
  #call = document.createElement("p");
  #ground = document.createElement("canvas");
  #groundOf = "";
  /** @type {any} */ #heard = null;
  #told = "";
  /** @type {{ corners: readonly Corner[], n: number, at_ms: number } | null} */ #shownOwn = null;
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
    over.append(this.#count, this.#call);
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
    const cell = this.width / (course.size + 2 * EDGE);
    this.#paintGround(context, course.size, cell);
    context.save();
    context.translate(EDGE * cell, EDGE * cell);
    context.scale(cell, cell);
    traces.forEach((trace, seat) => this.#wall(context, trace, seat));
    traces.forEach((trace, seat) => this.#head(context, trace, seat));
    context.restore();
    if (course.drawnAt(tick) <= 0 && this.ticks) this.#tags(context, traces, cell);
    this.#say(view, course, tick);
    return this.#replays;
  }

  /** Without a match behind it, a round that was played is played again and again: the first page's miniature. */
  get #replays() { return this.ticks === null && this.hasAttribute("inert") && !this.still && this.view.w.length > 0; }

  /** @param {number} now_ms @returns {{ view: View, tick: number, ahead: number, inputs: { move: string, tick: number }[], live: boolean }} */
  #moment(now_ms) {
    const moment = this.ticks?.moment(now_ms);
    if (!moment) return { view: this.view, tick: this.#restingTick(now_ms), ahead: 0, inputs: [], live: false };
    const { before, after, part, view, newest, own } = moment;
    if (this.#heard !== view) this.#hear(view);
    // The first tick of a round is no way on from the last of the one before.
    const fresh = before.n !== after.n && part < 1;
    const shown = fresh ? before : after;
    const tick = ticksOf(shown) + (fresh ? part : part - 1);
    const round = ticksOf(view) - newest;
    // Each input that is under way has a tick of its own, and none before the next.
    let last = newest;
    const inputs = moment.inputs.map(({ move, tick: counted, due }) =>
      ({ move, tick: round + (counted ?? (last = Math.max(last + 1, Math.ceil(due)))) }));
    return { view: shown, tick: Math.max(0, tick), ahead: own + round, inputs, live: shown.n === view.n && (this.ticks?.running ?? false) };
  }

  /** @param {number} now_ms */
  #restingTick(now_ms) {
    const course = courseOf(this.view);
    const end = ticksOf(this.view) + course.cells;
    if (!this.#replays) return end;
    const steps = course.stepAt(end) + REST_STEPS;
    return course.lead + ((now_ms / STEP_MS) % steps) * course.cells;
  }

  /** The own rider, ahead of the others: as it will be when an input that is sent now counts. @param {View} view @param {number} tick @param {number} ahead @param {{ move: string, tick: number }[]} inputs @param {number} now_ms @returns {Trace} */
  #own(view, tick, ahead, inputs, now_ms) {
    const course = courseOf(view);
    const seat = /** @type {number} */ (this.seat);
    const rider = /** @type {import("./cycles.js").Rider} */ (course.riders[seat]);
    if (rider.out !== null || Number.isFinite(course.ended)) {
      this.#shownOwn = null;
      return traceOf(course, rider, rider.out === null ? tick : Math.max(tick, ahead));
    }
    const { corners, last } = foreseen(course, seat, ticksOf(view), Math.floor(ahead), inputs);
    const step = Math.min(course.drawnAt(ahead), last);
    return { corners: this.#slid(corners, step, view.n, now_ms), step, since: null };
  }

  /** The corners, the last of them on its way from where it was shown before. @param {Corner[]} corners @param {number} step @param {number} n @param {number} now_ms */
  #slid(corners, step, n, now_ms) {
    const before = this.#shownOwn;
    this.#shownOwn = { corners, n, at_ms: now_ms };
    let [right = 0, down = 0] = this.#slide;
    if (before && before.n === n) {
      const rest = Math.exp((before.at_ms - now_ms) / SLIDE_MS);
      const [x, y] = placeAt(corners, step);
      const [wasX, wasY] = placeAt(before.corners, step);
      [right, down] = [right * rest + wasX - x, down * rest + wasY - y];
    }
    if (this.still || !before || Math.hypot(right, down) > SLIDE_CELLS) [right, down] = [0, 0];
    this.#slide = [right, down];
    const last = corners.at(-1);
    if (!last || corners.length < 2 || Math.hypot(right, down) < 0.02) return corners;
    // Along the way before the corner: so every wall stays on its line.
    const across = last.way % 2 === 1;
    return [...corners.slice(0, -1), across ? { ...last, y: last.y + down } : { ...last, x: last.x + right }];
  }

  // ── painting, in cells ───────────────────────────────────────────────────────────────────────────────

  /** @param {CanvasRenderingContext2D} context @param {number} size @param {number} cell */
  #paintGround(context, size, cell) {
    const { canvas } = this;
    const wanted = `${canvas.width}/${size}/${this.colours["field"]}`;
    if (this.#groundOf !== wanted) {
      this.#groundOf = wanted;
      [this.#ground.width, this.#ground.height] = [canvas.width, canvas.height];
      const under = /** @type {CanvasRenderingContext2D} */ (this.#ground.getContext("2d"));
      this.#lay(under, size, (cell * canvas.width) / this.width);
    }
    context.clearRect(0, 0, this.width, this.height);
    context.drawImage(this.#ground, 0, 0, this.width, this.height);
  }

  /** @param {CanvasRenderingContext2D} context @param {number} size @param {number} cell */
  #lay(context, size, cell) {
    const whole = (size + 2 * EDGE) * cell;
    context.fillStyle = this.colours["field-edge"] ?? "";
    context.beginPath();
    context.roundRect(0, 0, whole, whole, EDGE * cell);
    context.fill();
    context.fillStyle = this.colours["field"] ?? "";
    context.fillRect(EDGE * cell, EDGE * cell, size * cell, size * cell);
    context.fillStyle = this.colours["field-line"] ?? "";
    // A dot at every fourth crossing: enough to judge a gap by, too little to read as a wall.
    const dot = Math.max(1.5, cell * 0.22);
    for (let row = 4; row < size; row += 4)
      for (let column = 4; column < size; column += 4)
        context.fillRect((EDGE + column) * cell - dot / 2, (EDGE + row) * cell - dot / 2, dot, dot);
  }

  /** @param {CanvasRenderingContext2D} context @param {Trace} trace @param {number} seat */
  #wall(context, { corners, step, since }, seat) {
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
      context.strokeStyle = this.colours["field"] ?? "";
      context.stroke();
      context.setLineDash([]);
    }
    context.globalAlpha = 1;
  }

  /** @param {CanvasRenderingContext2D} context @param {Trace} trace @param {number} seat */
  #head(context, { corners, step, since }, seat) {
    const [x, y] = placeAt(corners, step);
    const way = (corners.findLast((corner) => corner.step <= step) ?? corners[0])?.way ?? 0;
    context.save();
    context.translate(x + 0.5, y + 0.5);
    if (since !== null) this.#crash(context, since, seat);
    else {
      if (seat === this.seat) this.#halo(context);
      context.rotate((way * Math.PI) / 2);
      context.scale(HEAD / 100, HEAD / 100);
      context.fillStyle = this.#colour(seat);
      context.strokeStyle = this.colours["field"] ?? "";
      context.lineWidth = 14;
      context.lineJoin = "round";
      context.stroke(shapeOf(seat));
      context.fill(shapeOf(seat));
    }
    context.restore();
  }

  /** The own rider is found at a glance. @param {CanvasRenderingContext2D} context */
  #halo(context) {
    context.beginPath();
    context.arc(0, 0, HEAD * 0.82, 0, 2 * Math.PI);
    context.strokeStyle = this.colours["ink"] ?? "";
    context.lineWidth = 0.2;
    context.stroke();
  }

  /** A cross stays where a rider fell; around it, for a moment, what flies off. @param {CanvasRenderingContext2D} context @param {number} since @param {number} seat */
  #crash(context, since, seat) {
    context.strokeStyle = this.#colour(seat);
    context.lineCap = "round";
    context.lineWidth = 0.5;
    context.beginPath();
    for (const side of [-1, 1]) {
      context.moveTo(-0.8, -0.8 * side);
      context.lineTo(0.8, 0.8 * side);
    }
    context.stroke();
    const part = since / BURST_STEPS;
    if (this.still || part >= 1) return;
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

  /** Who is who, before they start. @param {CanvasRenderingContext2D} context @param {Trace[]} traces @param {number} cell */
  #tags(context, traces, cell) {
    const size = Math.max(12, Math.min(15, this.width / 40));
    context.font = `600 ${size}px ${this.font}`;
    context.textAlign = "center";
    context.textBaseline = "middle";
    context.lineJoin = "round";
    traces.forEach(({ corners }, seat) => {
      const { x, y, way } = /** @type {Corner} */ (corners[0]);
      const text = seat === this.seat ? gettext("You") : this.nameOf(seat);
      const half = context.measureText(text).width / 2 + 4 + EDGE * cell;
      const at = Math.max(half, Math.min(this.width - half, (x + 0.5 + EDGE) * cell));
      // Behind the rider, where it will not ride.
      const below = WAYS[way] === "down" ? -1 : 1;
      const under = (y + 0.5 + EDGE) * cell + below * (HEAD * cell * 0.9 + size * 0.8);
      context.lineWidth = 4;
      context.strokeStyle = this.colours["field"] ?? "";
      context.strokeText(text, at, under);
      context.fillStyle = this.colours["ink"] ?? "";
      context.fillText(text, at, under);
    });
  }

  /** @param {number} seat */
  #colour(seat) { return this.colours[`seat-${seat % SIGNS}`] ?? ""; }

  // ── words ────────────────────────────────────────────────────────────────────────────────────────────

  /** The countdown and the end of a round, over the field. @param {View} view @param {Course} course @param {number} tick */
  #say(view, course, tick) {
    const left = this.ticks ? course.lead - tick : 0;
    const count = left > 0 && this.ticks?.running ? String(Math.ceil((3 * left) / course.lead)) : "";
    if (this.#count.textContent !== count) this.#count.textContent = count;
    const over = this.ticks && course.drawnAt(tick) >= course.ended;
    const call = over ? roundOf(course, (seat) => this.nameOf(seat)) : count ? roundName(view) : "";
    if (this.#call.textContent !== call) this.#call.textContent = call;
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
