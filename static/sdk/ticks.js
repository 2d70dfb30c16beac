/**
 * The time of a match with ticks, as a page shows it. Ticks arrive unevenly; what is shown moves evenly, a little behind
 * the newest tick, and the own seat ahead of it: there where an input that is sent now will count. `madang.js` feeds it,
 * boards ask for `moment()` at every frame. It knows no timers; the time is passed in, in milliseconds of one clock.
 */

// Ticks that are kept: more than anything is shown behind, even while a page catches up.
const KEPT = 64;
// How late ticks come is judged by those of a few seconds: long enough to have met the hiccups that come again.
const JUDGED = 160;
// The fastest way that a tick took is forgotten after half a second to a second: a server that paused is followed soon.
const FORGET_MS = 500;
// Behind by one tick at least, so that there is always a tick to move towards; by two at most, or by what hides the
// usual hiccup of a mobile network. More would be felt in the hands.
const HIDDEN_MS = 70;
// Beyond the newest tick things go on as they went, for as long; then they wait for news.
const BEYOND_MS = 70;
// An own input is shown as if it counted already, up to this far ahead; on a slower line it is seen to come later.
const AHEAD_MS = 250;
// Being off by more than this is a jump in time: the page slept, or the server stood still.
const JUMP_MS = 400;
// What is shown gains or loses a quarter of its pace at most: nobody sees that, and a tick is made up in 130 ms at 30 Hz.
const HASTE = 0.25;
// And the less, the less it is off.
const SETTLES_MS = 100;
// Inputs that were applied so long ago say nothing about what comes.
const REMEMBERED_TICKS = 300;

/** @typedef {{ c: number, move: any, due: number, tick: number | null }} Steered `due`: the tick where it should count; `tick`: where it did */
/**
 * @typedef {object} Moment what a board draws at one instant; ticks count from the last welcome
 * @property {any} before the view at the tick before what is shown
 * @property {any} after the view at the tick after it; the newest, where that is not there yet
 * @property {number} part from 0 (`before`) to 1 (`after`), and a little more where the tick after the newest is awaited
 * @property {number} tick what is shown
 * @property {any} view the newest view
 * @property {number} newest its tick
 * @property {number} own the tick that an input sent now would count in: where to show what the own seat steers
 * @property {readonly Steered[]} inputs the own inputs of the last moments
 */

/** A value that follows time evenly: it is never set back, and catches up by going a little faster. */
class Glide {
  #value = 0;
  #at_ms = -Infinity;

  /** @param {number} target @param {number} limit @param {number} now_ms @param {number} period_ms */
  follow(target, limit, now_ms, period_ms) {
    const passed = (now_ms - this.#at_ms) / period_ms;
    const off = target - this.#value - passed;
    this.#at_ms = now_ms;
    if (!(Math.abs(off) * period_ms < JUMP_MS)) return (this.#value = Math.min(target, limit));
    const most = HASTE * passed;
    const made = Math.max(-most, Math.min(most, off * Math.min(1, (passed * period_ms) / SETTLES_MS)));
    return (this.#value = Math.max(this.#value, Math.min(this.#value + passed + made, limit)));
  }

  reset() { this.#at_ms = -Infinity; }
}

export class Ticks {
  /** The newest tick, counted from the last welcome. */
  newest = 0;
  /** Whether the match goes on; where it does not, nothing is shown beyond the newest tick. */
  running = false;
  /** @type {number | null} */ round_trip_ms = null;
  /** @type {Steered[]} */ inputs = [];
  /** @type {{ tick: number, view: any }[]} */ #kept = [];
  /** @type {number[]} when each tick would have been the zeroth, by its arrival */ #offsets = [];
  #fastest = Infinity;
  #fastestBefore = Infinity;
  #since_ms = 0;
  #heard_ms = -Infinity;
  #late_ms = 0;
  /** @type {number[]} ticks from an input to its effect, of the last inputs */ #leads = [];
  #shown = new Glide();
  #own = new Glide();

  /** @param {number} hz */
  constructor(hz) {
    this.hz = hz;
    this.period_ms = 1000 / hz;
  }

  // ── what a page reads ────────────────────────────────────────────────────────────────────────────────

  /** @param {number} now_ms @returns {Moment} */
  moment(now_ms) {
    const { period_ms, newest } = this;
    const time = this.#time(now_ms);
    const beyond = this.running ? BEYOND_MS / period_ms : 0;
    const tick = this.#shown.follow(time - this.behind_ms / period_ms, newest + beyond, now_ms, period_ms);
    const lead = this.running ? this.#lead() : 0;
    const own = this.#own.follow(time + lead, newest + lead + beyond, now_ms, period_ms);
    const inputs = this.inputs;
    const view = this.#kept.at(-1)?.view;
    const next = Math.min(Math.floor(tick) + 1, newest);
    const [before, after] = [this.viewAt(next - 1), this.viewAt(next)];
    return { before, after, part: tick - next + 1, tick, view, newest, own: Math.max(own, tick), inputs };
  }

  /** The view at a tick, or the oldest that is kept. @param {number} tick */
  viewAt(tick) {
    const first = this.#kept[0]?.tick ?? 0;
    return this.#kept[Math.max(0, Math.min(this.#kept.length - 1, tick - first))]?.view;
  }

  /** How far what is shown lies behind the newest tick. */
  get behind_ms() {
    return Math.max(this.period_ms, Math.min(Math.max(2 * this.period_ms, HIDDEN_MS), this.period_ms / 4 + this.#late_ms));
  }

  /** By how much ticks come late: one in twenty is later. */
  get jitter_ms() {
    return this.#late_ms;
  }

  // ── what the match tells ─────────────────────────────────────────────────────────────────────────────

  /** The whole: what was known of time and ticks is void. @param {any} view @param {boolean} running @param {number} now_ms */
  begin(view, running, now_ms) {
    this.newest = 0;
    this.running = running;
    this.#kept = [{ tick: 0, view }];
    this.inputs = this.inputs.filter((input) => input.tick === null).map((input) => ({ ...input, due: 0 }));
    this.#shown.reset();
    this.#own.reset();
    // A whole view comes at any time; the first tick that follows tells when ticks come.
    this.#restart(now_ms);
    this.#heard_ms = -Infinity;
  }

  /**
   * A version later: a tick, or something between two ticks, such as someone who came or went.
   * @param {any} view
   * @param {{ isTick: boolean, running: boolean, c?: number | undefined }} told `c`: own inputs up to this one count now
   * @param {number} now_ms
   */
  follow(view, { isTick, running, c }, now_ms) {
    this.running = running;
    if (isTick) this.#add(view, now_ms);
    else this.#kept[this.#kept.length - 1] = { tick: this.newest, view };
    if (c !== undefined) this.applied(c);
  }

  /** @param {any} view @param {number} now_ms */
  #add(view, now_ms) {
    this.newest++;
    this.#kept.push({ tick: this.newest, view });
    if (this.#kept.length > KEPT) this.#kept.shift();
    // Ticks that stood still begin anew: the way is as short as before.
    if (now_ms - this.#heard_ms > FORGET_MS) this.#restart(now_ms);
    else this.#judge(now_ms);
    this.inputs = this.inputs.filter((input) => input.tick === null || input.tick > this.newest - REMEMBERED_TICKS);
  }

  /** The way there and back, as a ping found it. @param {number} latency_ms */
  measured(latency_ms) {
    this.round_trip_ms = this.round_trip_ms === null ? latency_ms : (3 * this.round_trip_ms + latency_ms) / 4;
  }

  /** An input goes out. @param {number} c @param {any} move @param {number} now_ms */
  sent(c, move, now_ms) {
    this.inputs = [...this.inputs, { c, move, due: this.#time(now_ms) + this.#lead(), tick: null }];
  }

  /** All inputs up to `c` count. @param {number} c @param {boolean} [exactly] this tick applied it */
  applied(c, exactly = true) {
    for (const input of this.inputs) {
      if (input.tick !== null || input.c > c) continue;
      input.tick = this.newest;
      // The lead of the time when it was sent, and by how much that was wrong.
      if (exactly) this.#leads = [...this.#leads, this.#lead() + this.newest - input.due].slice(-8);
    }
  }

  /** Input `c` never counted. @param {number} c */
  refused(c) {
    this.inputs = this.inputs.filter((input) => input.c !== c);
  }

  // ── time ─────────────────────────────────────────────────────────────────────────────────────────────

  /** The tick that arrives now, if it takes the fastest way. @param {number} now_ms */
  #time(now_ms) {
    return (now_ms - Math.min(this.#fastest, this.#fastestBefore)) / this.period_ms;
  }

  /** @param {number} now_ms */
  #restart(now_ms) {
    this.#offsets = [];
    this.#fastest = this.#fastestBefore = Infinity;
    this.#since_ms = now_ms;
    this.#judge(now_ms);
  }

  /** @param {number} now_ms */
  #judge(now_ms) {
    const offset = now_ms - this.newest * this.period_ms;
    this.#heard_ms = now_ms;
    if (now_ms - this.#since_ms >= FORGET_MS) {
      [this.#fastestBefore, this.#fastest, this.#since_ms] = [this.#fastest, Infinity, now_ms];
    }
    this.#fastest = Math.min(this.#fastest, offset);
    this.#offsets.push(offset);
    if (this.#offsets.length > JUDGED) this.#offsets.shift();
    // Sorting now and then is enough: the network does not change within a few ticks.
    if (this.newest % 8 === 0) this.#late_ms = this.#lateness();
  }

  #lateness() {
    const sorted = [...this.#offsets].sort((one, other) => one - other);
    return (sorted[Math.floor(sorted.length * 0.95)] ?? 0) - (sorted[0] ?? 0);
  }

  /** Ticks from an input to its effect: the median of the last, or half a tick more than the way there and back. */
  #lead() {
    const sorted = [...this.#leads].sort((one, other) => one - other);
    const usual = sorted[sorted.length >> 1] ?? (this.round_trip_ms ?? 0) / this.period_ms + 0.5;
    return Math.max(0, Math.min(AHEAD_MS / this.period_ms, usual));
  }
}
