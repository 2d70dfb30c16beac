/**
 * How light cycles ride, told from the rules' view alone: where each rider was at any moment of the round, and where the
 * own one will be once its inputs count. No drawing, no server. One step is one cell; ticks count from the round's start.
 */

/** @typedef {{ size: number, n: number, rounds: number, lead: number, cells: number, starts: [number, number, number][], t: number, w: (number | string)[], p: string }} View */
/** @typedef {{ step: number, x: number, y: number, way: number }} Corner from step `step` on, from the cell (x, y), that way */
/** @typedef {{ corners: Corner[], out: number | null }} Rider `out`: the step that it did not survive */

export const WAYS = ["up", "right", "down", "left"];
/** @type {readonly (readonly [number, number])[]} */
const INTO = [[0, -1], [1, 0], [0, 1], [-1, 0]];
const OUT = 4;
const MARKS = OUT + 1;
const FIRST_MARK = "0".charCodeAt(0);
/** As many turns as the rules keep for the next cells. */
const QUEUED = 2;
// A turn waits behind others that wait. After so many steps without a pause between taps it is hardly the same hand.
const LOOKED_BACK = 24;

/** @type {WeakMap<object, Course>} a list of turns is one array until there is a turn more */
const known = new WeakMap();

/** @param {View} view @returns {Course} */
export function courseOf(view) {
  let course = known.get(view.w);
  if (!course || course.starts !== view.starts) known.set(view.w, (course = new Course(view)));
  return course;
}

/** How many ticks the round has lasted. @param {View} view */
export const ticksOf = (view) => courseOf(view).told + view.t;

/** The cell reached after `step` steps, which may be a part of one. @param {readonly Corner[]} corners @param {number} step @returns {[number, number]} */
export function placeAt(corners, step) {
  const { step: from, x, y, way } = /** @type {Corner} */ (corners.findLast((corner) => corner.step <= step) ?? corners[0]);
  const [right, down] = /** @type {readonly [number, number]} */ (INTO[way]);
  const gone = Math.max(0, step - from);
  return [x + right * gone, y + down * gone];
}

/** All riders of a round, as far as it is told. */
export class Course {
  /** Ticks up to the last turn that was told. */
  told = 0;
  /** @type {Rider[]} */ riders;
  /** The step after which the round was decided. */
  ended = Infinity;

  /** @param {View} view */
  constructor(view) {
    this.starts = view.starts;
    this.size = view.size;
    this.lead = view.lead;
    this.cells = view.cells;
    this.riders = view.starts.map(([x, y, way]) => ({ corners: [{ step: 0, x, y, way }], out: null }));
    for (let index = 0; index < view.w.length; index += 2) {
      this.told += /** @type {number} */ (view.w[index]);
      this.#mark(this.stepAt(this.told), /** @type {string} */ (view.w[index + 1]));
    }
  }

  /** The steps that were made by a tick. @param {number} tick */
  stepAt(tick) {
    return Math.max(0, Math.floor((tick - this.lead) / this.cells));
  }

  /** How far things are to be drawn at a moment: from one step to the next while the ticks between them pass. @param {number} tick */
  drawnAt(tick) {
    return Math.max(0, (tick - this.lead) / this.cells - 1);
  }

  /** The last step that a rider makes. @param {Rider} rider */
  lastOf({ out }) {
    return out === null ? this.ended : out - 1;
  }

  /** The seats that crashed, in the order of their crashes. */
  get fallen() {
    return this.riders.map(({ out }, seat) => ({ seat, out })).filter(({ out }) => out !== null)
      .sort((one, other) => Number(one.out) - Number(other.out));
  }

  /** The points of this round so far, as the rules count them; null for who still rides. @returns {(number | null)[]} */
  get earned() {
    const outs = this.riders.map(({ out }) => out);
    const alone = outs.filter((out) => out === null).length <= 1;
    return outs.map((out) => {
      if (out === null && !alone) return null;
      return outs.filter((other) => other !== null && (out === null || other < out)).length;
    });
  }

  /** @param {number} step @param {string} marks */
  #mark(step, marks) {
    for (const sign of marks) {
      const mark = sign.charCodeAt(0) - FIRST_MARK;
      const rider = /** @type {Rider} */ (this.riders[Math.floor(mark / MARKS)]);
      if (mark % MARKS === OUT) rider.out = step;
      else rider.corners.push(corner(rider.corners, step - 1, mark % MARKS));
    }
    if (this.riders.filter(({ out }) => out === null).length <= 1) this.ended = Math.min(this.ended, step);
  }

  /** Whether a wall stands in a cell after `step` steps, or the field ends before it. @param {number} x @param {number} y @param {number} step */
  blocked(x, y, step) {
    if (x < 0 || y < 0 || x >= this.size || y >= this.size) return true;
    return this.riders.some((rider) => crosses(rider.corners, Math.min(step, this.lastOf(rider)), x, y));
  }
}

/** @param {readonly Corner[]} corners @param {number} step @param {number} way @returns {Corner} */
function corner(corners, step, way) {
  const [x, y] = placeAt(corners, step);
  return { step, x, y, way };
}

/** @param {readonly Corner[]} corners @param {number} last @param {number} x @param {number} y */
function crosses(corners, last, x, y) {
  return corners.some((from, index) => {
    const until = Math.min(last, corners[index + 1]?.step ?? Infinity);
    const [endX, endY] = placeAt([from], until);
    return x >= Math.min(from.x, endX) && x <= Math.max(from.x, endX) && y >= Math.min(from.y, endY) && y <= Math.max(from.y, endY);
  });
}

/**
 * The own rider as it will have ridden by tick `until`: what is known, and from there straight on but for the turns that
 * are under way. It stops before a wall: that it crashes is for the server to say.
 * @param {Course} course @param {number} seat
 * @param {number} newest how many ticks of the round are known
 * @param {number} until
 * @param {readonly { move: string, tick: number }[]} inputs by the tick of the round at which they count
 * @returns {{ corners: Corner[], last: number, next: number }} `last`: the last step that can be drawn; `next`: the way
 *   after all turns that are known
 */
export function foreseen(course, seat, newest, until, inputs) {
  const rider = /** @type {Rider} */ (course.riders[seat]);
  const sure = course.stepAt(newest);
  if (rider.out !== null || sure >= course.ended) return { corners: rider.corners, last: course.lastOf(rider), next: wayAfter(rider.corners, Infinity) };
  const corners = [...rider.corners];
  const tapped = new Map(inputs.map(({ tick, move }) => [tick, WAYS.indexOf(move)]));
  let step = Math.max(0, sure - LOOKED_BACK);
  let way = wayAfter(rider.corners, step);
  /** @type {number[]} */ let queue = [];
  for (let tick = step === 0 ? 0 : course.lead + step * course.cells + 1; tick <= until; tick++) {
    const next = tapped.get(tick);
    if (next !== undefined) queue = queued(queue, way, next);
    if (course.stepAt(tick) === step) continue;
    const wanted = queue.shift() ?? way;
    if (step < sure) way = wayAfter(rider.corners, step + 1);
    else {
      if (wanted !== way) corners.push(corner(corners, step, (way = wanted)));
      const [x, y] = placeAt(corners, step + 1);
      if (course.blocked(x, y, sure) || crosses(corners, step - 1, x, y)) return { corners, last: step, next: way };
    }
    step++;
  }
  const later = inputs.findLast(({ tick }) => tick > until);
  return { corners, last: step, next: later ? WAYS.indexOf(later.move) : queue.at(-1) ?? way };
}

/** The way that step `step` was made. @param {readonly Corner[]} corners @param {number} step */
function wayAfter(corners, step) {
  return /** @type {Corner} */ (corners.findLast((one) => one.step < step) ?? corners[0]).way;
}

/** @param {number[]} queue @param {number} way @param {number} next */
function queued(queue, way, next) {
  const waiting = queue.slice(0, QUEUED - 1);
  return (next - (waiting.at(-1) ?? way)) % 2 ? [...waiting, next] : queue;
}
