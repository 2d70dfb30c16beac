/**
 * What a page reads of a match: the state, and what follows from it and from the inputs that are on their way. `madang.js`
 * extends it and keeps it in step; nothing here sends or hears anything.
 */
import { leftOf, stopped } from "./clocks.js";
import { realClock } from "./line.js";
import { Outbox } from "./outbox.js";
import { awayOf, claimableIn } from "./state.js";

/** @typedef {import("./state.js").State} State */

/** What happened; `detail` depends on the type. */
export class MatchEvent extends Event {
  /** @param {string} type @param {any} detail */
  constructor(type, detail) {
    super(type);
    this.detail = detail;
  }
}

export class Seen extends EventTarget {
  /** @type {State | null} what this viewer knows, shaped like `welcome`; a new object with every change */
  state = null;
  /** @type {number | null} */
  latency_ms = null;
  /** @type {import("./ticks.js").Ticks | null} the time of a match with ticks, for boards that draw between them */
  ticks = null;
  /** @protected */ outbox;
  /** @protected */ clock;

  /** @param {(message: object) => void} send @param {import("./line.js").Clock} [clock] */
  constructor(send, clock = realClock) {
    super();
    this.outbox = new Outbox(send);
    this.clock = clock;
  }

  /** @returns {number | null} the viewer's own seat; null for a spectator */
  get seat() {
    return this.state?.seat ?? null;
  }

  /** @returns {any[] | null} the viewer's own legal moves; null where it is not their turn, or they are not listed */
  get moves() {
    const own = this.seat === null ? null : this.state?.moves?.[this.seat];
    return Array.isArray(own) ? own : null;
  }

  /** @returns {number[]} the seats that are asked to move */
  get turns() {
    return Object.keys(this.state?.moves ?? {}).map(Number);
  }

  /** @returns {any} the move that was made here and is not yet stored; undefined when there is none */
  get pending() {
    return this.outbox.waiting.find((input) => input.message.type === "move")?.message.m;
  }

  /** @returns {any} the own move that is stored and waits for others who move at the same time; undefined when there is none */
  get answered() {
    return this.state?.answered;
  }

  /** @returns {{ seat: number, ms: number }[]} the others who are away and still in the match, longest first */
  get away() {
    return this.state ? awayOf(this.state, this.clock.now()) : [];
  }

  /** @returns {{ left_ms: number, running: boolean }[]} by seat, now; the own clock stands while a move is on its way. Empty without clocks */
  get clocks() {
    const { state } = this;
    if (!state?.clock) return [];
    const now_ms = this.clock.now();
    const sent = this.outbox.waiting.find((input) => input.message.type === "move");
    const shown = sent && state.seat !== null ? stopped(state.clock, state.seat, sent.at_ms) : state.clock;
    return shown.left.map((_, seat) => ({ left_ms: leftOf(shown, seat, now_ms), running: shown.running.includes(seat) }));
  }

  /** @returns {number | null} milliseconds until someone who is away may be claimed against, 0 at once; null: nobody is away */
  get claimable_in_ms() {
    return this.state && claimableIn(this.state, this.clock.now());
  }
}
