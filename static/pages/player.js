/**
 * A record of a game with ticks, played from the server's frames: it stands where a board expects the SDK's `Ticks`, and
 * shows whatever moment it is told to. Frames come in stretches of some seconds, a little before they are needed.
 */
import { applyPatch } from "../sdk/madang.js";

/** @typedef {{ v: number, ms: number, status: string, result: any, view?: any, d?: any }} Frame */
/** @typedef {{ ms: number, view: any, status: string, result: any }} Step what was seen from `ms` on */
/** @typedef {{ from_ms: number, until_ms: number, steps: Step[] }} Stretch */

// The next stretch is asked for so long before it is needed, at the pace of the moment.
const EARLY_MS = 8_000;
// A few minutes of play; what was seen earlier is fetched again.
const MOST_STRETCHES = 8;

export class TickPlayer {
  /** Whether it plays just now: boards draw without a pause then. */
  running = false;
  /** The length of the record. */
  length_ms = 0;
  hz = 0;
  #at_ms = 0;
  /** @type {Stretch[]} */ #stretches = [];
  /** @type {Stretch | undefined} what was shown last: it stays while another is fetched */ #shown;
  #fetching = { now: false, early: false };
  #id;
  #changed;

  /** @param {string} id @param {() => void} changed called when what is shown has become another, or was just loaded */
  constructor(id, changed) {
    this.#id = id;
    this.#changed = changed;
  }

  /** Load what is needed to show a moment. Raises an Error with the server's sentence. @param {number} at_ms */
  async begin(at_ms) {
    await this.#load(at_ms);
    this.show(Math.min(at_ms, this.length_ms));
  }

  /** Show this moment; false: it is not there yet, and is being fetched. @param {number} at_ms @param {number} [rate] of play */
  show(at_ms, rate = 1) {
    this.#at_ms = at_ms;
    const stretch = this.#stretchAt(at_ms);
    if (!stretch) this.#fetch("now", at_ms);
    else {
      this.#shown = stretch;
      const { until_ms } = stretch;
      if (at_ms + EARLY_MS * rate >= until_ms && until_ms < Infinity && !this.#stretchAt(until_ms)) this.#fetch("early", until_ms);
      this.#changed();
    }
    return stretch !== undefined;
  }

  /** What was seen at the moment shown. @returns {Step | undefined} */
  get step() {
    return this.#shown?.steps[indexAt(this.#shown.steps, this.#at_ms)];
  }

  /** What a board asks for. @returns {import("../sdk/ticks.js").Moment} */
  moment() {
    const { steps } = /** @type {Stretch} */ (this.#shown);
    const index = indexAt(steps, this.#at_ms);
    const now = /** @type {Step} */ (steps[index]);
    const next = steps[index + 1] ?? now;
    const part = next === now ? 1 : (this.#at_ms - now.ms) / (next.ms - now.ms);
    return { before: now.view, after: next.view, part, tick: index + part, view: next.view, newest: index + 1, own: index + part, inputs: [] };
  }

  /** @param {number} at_ms */
  #stretchAt(at_ms) {
    return this.#stretches.find(({ from_ms, until_ms }) => from_ms <= at_ms && at_ms < until_ms);
  }

  /** What is needed now does not wait for what will be needed soon. @param {"now" | "early"} when @param {number} at_ms */
  async #fetch(when, at_ms) {
    if (this.#fetching[when]) return;
    this.#fetching[when] = true;
    // A stretch that failed is asked for again when it is next needed.
    const loaded = await this.#load(Math.floor(at_ms)).then(() => true, () => false);
    this.#fetching[when] = false;
    // Perhaps another moment is wanted by now.
    if (loaded && when === "now") this.show(this.#at_ms);
  }

  /** @param {number} at_ms */
  async #load(at_ms) {
    const answer = await fetch(`/api/matches/${encodeURIComponent(this.#id)}/frames?at=${at_ms}`);
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.why);
    [this.length_ms, this.hz] = [Math.max(told.ms, told.frames.at(-1).ms), told.hz];
    const steps = stepsOf(told.frames);
    const until_ms = told.more ? /** @type {Step} */ (steps.at(-1)).ms : Infinity;
    this.#stretches.push({ from_ms: Math.min(at_ms, steps[0]?.ms ?? 0), until_ms, steps });
    if (this.#stretches.length > MOST_STRETCHES) this.#stretches.shift();
  }
}

/** The views of all frames. Of frames of the same millisecond the last counts. @param {Frame[]} frames @returns {Step[]} */
function stepsOf(frames) {
  /** @type {Step[]} */ const steps = [];
  /** @type {any} */ let view = null;
  for (const { ms, status, result, view: whole, d } of frames) {
    view = whole === undefined ? applyPatch(view, d) : whole;
    if (steps.at(-1)?.ms === ms) steps.pop();
    steps.push({ ms, view, status, result });
  }
  return steps;
}

/** The last step at or before a moment. @param {Step[]} steps @param {number} at_ms */
function indexAt(steps, at_ms) {
  let [low, high] = [0, steps.length - 1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (/** @type {Step} */ (steps[middle]).ms <= at_ms) low = middle;
    else high = middle - 1;
  }
  return low;
}
