/**
 * The arena as a browser knows it: cells and dots of the squares in sight, as the rules' view tells them, and where the
 * own cell goes before the server says so. No drawing. Lengths are units.
 */

/** @typedef {{ x: number, y: number, mass: number, safe: boolean }} Cell */
/** @typedef {{ to: number | null, boost: boolean }} Steer */
/** @typedef {{ across: number, left: number, leaders: [number, number][], points?: number, far?: Record<string, number[]>, cells: Record<string, Record<string, number[]>>, dots: Record<string, string> }} View */

export const SQUARE = 256;
const PLOT = 32;
export const PLOTS = SQUARE / PLOT;
export const COURSES = 64;
const HZ = 20;
/** What one starts with; less is nobody. */
const START_MASS = 20;
// As the rules have it: 240 units a second at the start, falling with the fourth root of the mass; a boost is 7/4.
const START_PACE = 240 / HZ;
const BOOST = 7 / 4;
/** Farther than this nobody goes in a tick: who is suddenly elsewhere has come back there. */
export const JUMP = 64;
/** Who has five quarters of another's mass eats it. */
export const EATS = 5 / 4;

/** @param {number} mass */
export const radiusOf = (mass) => 4 * Math.sqrt(mass);

/** @type {WeakMap<object, Map<number, Cell>>} */
const seen = new WeakMap();

/** All cells in sight by seat. @param {View} view @returns {Map<number, Cell>} */
export function cellsOf(view) {
  let cells = seen.get(view.cells);
  if (!cells) {
    seen.set(view.cells, (cells = new Map()));
    for (const [square, inside] of Object.entries(view.cells)) {
      const [left, top] = cornerOf(Number(square), view.across);
      for (const [seat, [x = 0, y = 0, mass = 0, safe]] of Object.entries(inside))
        cells.set(Number(seat), { x: left + x, y: top + y, mass, safe: safe === 1 });
    }
  }
  return cells;
}

/** @param {number} square @param {number} across @returns {[number, number]} */
export const cornerOf = (square, across) => [(square % across) * SQUARE, Math.floor(square / across) * SQUARE];

/** @type {Map<string, number[]>} */
const bits = new Map();
// The patterns of dots that were seen last; each is read once.
const MOST_PATTERNS = 500;

/** The plots of a square that have a dot, from 16 hexadecimal digits. @param {string} pattern @returns {number[]} */
function plotsOf(pattern) {
  let plots = bits.get(pattern);
  if (!plots) {
    if (bits.size >= MOST_PATTERNS) bits.clear();
    const [high, low] = [parseInt(pattern.slice(0, 8), 16), parseInt(pattern.slice(8), 16)];
    plots = Array.from({ length: 64 }, (_, bit) => bit).filter((bit) => ((bit < 32 ? low : high) >>> bit % 32) & 1);
    bits.set(pattern, plots);
  }
  return plots;
}

/** Every dot in sight. @param {View} view @param {(x: number, y: number, square: number, plot: number) => void} call */
export function eachDot(view, call) {
  for (const [square, pattern] of Object.entries(view.dots)) {
    const [left, top] = cornerOf(Number(square), view.across);
    for (const plot of plotsOf(pattern))
      call(left + (plot % PLOTS) * PLOT + PLOT / 2, top + Math.floor(plot / PLOTS) * PLOT + PLOT / 2, Number(square), plot);
  }
}

/** How far a cell goes in a tick. @param {number} mass @param {Steer} steer @returns {[number, number]} */
function stride(mass, { to, boost }) {
  if (to === null) return [0, 0];
  const pace = START_PACE * (START_MASS / mass) ** 0.25 * (boost && mass > START_MASS ? BOOST : 1);
  const angle = (2 * Math.PI * to) / COURSES;
  return [pace * Math.cos(angle), pace * Math.sin(angle)];
}

/**
 * Where the own cell will be at tick `until`: as it is known at tick `newest`, and from there by what was steered.
 * @param {Cell} cell @param {number} side of the field
 * @param {number} newest @param {number} until
 * @param {readonly { move: Steer, tick: number }[]} inputs in order; those up to `newest` tell the course
 * @returns {[number, number]}
 */
export function ahead(cell, side, newest, until, inputs) {
  let { x, y } = cell;
  let steer = inputs.findLast((input) => input.tick <= newest)?.move ?? { to: null, boost: false };
  for (let tick = newest + 1; tick < until + 1; tick++) {
    steer = inputs.findLast((input) => input.tick === tick)?.move ?? steer;
    const part = Math.min(1, until + 1 - tick);
    const [right, down] = stride(cell.mass, steer);
    x = Math.max(0, Math.min(side, x + right * part));
    y = Math.max(0, Math.min(side, y + down * part));
  }
  return [x, y];
}
