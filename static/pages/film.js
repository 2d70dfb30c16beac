/**
 * A record without ticks as a film: frame after frame, each standing for as long as its time was somebody's to spend. What
 * a frame looks like is drawn by `record.js`; positions are indices of frames, and the part behind the point is how much of
 * the wait for the next one is over.
 */
import { leftOf } from "../sdk/clocks.js";
import { fill, gettext } from "../text.js";
import { othersOffer } from "./around.js";

/** @typedef {import("./frames.js").Frame} Frame */
/** @typedef {import("./transport.js").Film} Film */

// Each move can be seen, and nobody waits for long thought: a pause is shortened to ten seconds.
const SHORTEST_MS = 500;
const LONGEST_MS = 10_000;

/** @typedef {{ left_ms: number, running: boolean }} Face */

/** @implements {Film} */
export class FrameFilm {
  grain = 1;
  frames;
  #draw;
  #named;

  /**
   * @param {Frame[]} frames
   * @param {(frame: Frame, at: number) => void} draw
   * @param {{ name: (seat: number) => string, move: (move: any) => string }} named how people and moves are called
   */
  constructor(frames, draw, named) {
    this.frames = frames;
    this.#draw = draw;
    this.#named = named;
  }

  get length() { return this.frames.length - 1; }

  /** @param {number} at */
  show(at) {
    const frame = this.frames[Math.floor(at)];
    if (frame) this.#draw(frame, at);
    return true;
  }

  /** @param {number} at @param {number} way */
  step(at, way) { return Math.floor(at) + way; }

  /** @param {number} at @param {number} passed_ms */
  on(at, passed_ms) {
    let [index, left_ms] = [Math.floor(at), passed_ms];
    for (let part = at - index; index < this.length; part = 0, index++) {
      const wait_ms = this.#wait(index) * (1 - part);
      if (left_ms < wait_ms) return index + part + left_ms / this.#wait(index);
      left_ms -= wait_ms;
    }
    return this.length;
  }

  /** @param {number} at */
  addressed(at) { return String(this.frames[Math.floor(at)]?.n ?? 0); }

  /** The frame that an entry made, or the last before it. @param {string} text */
  found(text) {
    const n = Number(text);
    return text === "" || !Number.isInteger(n) ? null : this.frames.findLastIndex((frame) => frame.n <= n);
  }

  // ── in words ─────────────────────────────────────────────────────────────────────────────────────────

  /** The moment as a sentence, for eyes; the board beside it shows the move. @param {number} at */
  moment(at) {
    const index = Math.floor(at);
    const steps = this.frames.filter(({ by }) => by.length > 0);
    const all = steps.length;
    const gone = steps.filter(({ v }) => v <= (this.frames[index]?.v ?? 0)).length;
    const event = this.#event(this.frames[index]?.host);
    return [gone === 0 ? gettext("Before the first move.") : fill(gettext("Move %(at)s of %(all)s."), { at: gone, all }), event].filter(Boolean).join(" ");
  }

  /** And for ears, with the moves that were made in it. @param {number} at */
  told(at) {
    const { by = [] } = this.frames[Math.floor(at)] ?? {};
    const made = by.map(([seat, , move]) => `${this.#named.name(seat)}: ${this.#named.move(move)}`);
    return [this.moment(at), ...made].join(" ");
  }

  /** What was decided beside the game. @param {any} host */
  #event(host) {
    const name = (/** @type {number} */ seat) => this.#named.name(seat);
    if (host?.sat) return fill(gettext("%(name)s sits down."), { name: name(host.sat[0]) });
    if (host?.offered) return othersOffer(host.offered[1], name(host.offered[0]));
    if (host?.answered) return fill(host.answered[2] ? gettext("%(name)s agrees.") : gettext("%(name)s declines."), { name: name(host.answered[0]) });
    if (typeof host?.paused === "number") return fill(gettext("%(name)s stops the time."), { name: name(host.paused) });
    return host?.resumed ? gettext("Time goes on.") : "";
  }

  // ── time ─────────────────────────────────────────────────────────────────────────────────────────────

  /** The clocks at a position, as they stood; none where nobody's time was measured. @param {number} at @returns {Face[]} */
  faces(at) {
    const index = Math.floor(at);
    const [now, next] = [this.frames[index], this.frames[index + 1]];
    if (!now?.clock) return [];
    const clocks = /** @type {import("../sdk/clocks.js").Clocks} */ ({ ...now.clock, at_ms: 0 });
    const passed_ms = (at - index) * Math.max(0, (next?.ms ?? now.ms) - now.ms);
    return clocks.left.map((_, seat) => ({ left_ms: leftOf(clocks, seat, passed_ms), running: clocks.running.includes(seat) }));
  }

  /** The version of the last move up to a position: an offer or the end changes nothing on the board. @param {number} at */
  lastMove(at) {
    let index = Math.floor(at);
    while (index > 0 && this.frames[index]?.by.length === 0) index--;
    return this.frames[index]?.v ?? 0;
  }

  /** How long a frame stands before the next one: its charged time, within bounds. @param {number} index */
  #wait(index) {
    const [now, next] = [this.frames[index], this.frames[index + 1]];
    return Math.max(SHORTEST_MS, Math.min(LONGEST_MS, (next?.ms ?? 0) - (now?.ms ?? 0)));
  }
}
