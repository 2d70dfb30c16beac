/**
 * Madang's client: `connect()` gives a `Match` that keeps itself in step with the server whatever the network does.
 * One ES module without dependencies, for browsers and node. It knows no game and no page.
 */
import { delayed } from "./delay.js";
import { addressOf, environment, FINAL, Line } from "./line.js";
import { MOST_WAITING } from "./outbox.js";
import { MatchEvent, Seen } from "./seen.js";
import { ended, listed, present, ranked, runs, said, spelledOut, updated, waiting, welcomed } from "./state.js";
import { Ticks } from "./ticks.js";

export { FINAL, MatchEvent };
export { applyPatch, Misfit } from "./patch.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./line.js").Condition} Condition */
/** @typedef {import("./outbox.js").Ending} Ending */
/** @typedef {import("./protocol.d.ts").ServerMessage} ServerMessage */
/** @typedef {import("./protocol.d.ts").Update} Update */
/** @typedef {import("./protocol.d.ts").Over} Over */
/** @typedef {import("./protocol.d.ts").Reject} Reject */
/** @typedef {import("./protocol.d.ts").ChatSaid} ChatSaid */
/**
 * @typedef {object} Options
 * @property {string} [token] a ticket, where there is no cookie
 * @property {any} [WebSocket] the class to use instead of the global one
 * @property {import("./line.js").Clock} [clock] timers, time and chance, for tests
 * @property {import("./delay.js").TestDelay} [testDelay] a worse network, for testing
 * @property {EventTarget | null} [page] where online, offline and visibilitychange are heard
 */

// A server that could not store an input is asked again after a moment: its database may be restarting.
const RETRY_MS = 700;
const TOKEN_LAPSED = 4014;
// Often enough to show how the line is while one plays.
const MEASURED_S = 2;

/**
 * Connect to a match.
 * @param {string} where the match's id, or the whole address of its socket
 * @param {Options} [options]
 * @returns {Match}
 */
export function connect(where, options = {}) {
  return new Match(where.includes("/") ? where : addressOf(`/ws/match/${encodeURIComponent(where)}`), options);
}

/**
 * One match as one viewer sees it. Events: `change` (anything; read the properties), and before it, where it fits:
 * `welcome`, `update`, `tick` (an update on the clock: no `change` follows), `over`, `rated`, `chat`, `presence`, `line` (a
 * Condition), `latency`, `undone` (milliseconds of play that a crash undid), `returned` (`{input, code, why}`: an input that was
 * refused), `error` (`{code, why}`).
 */
export class Match extends Seen {
  /** @type {string | null} */ #token;
  /** @type {Line} */ #line;
  /** @type {any} */ #retry = null;
  #lost = false; // what we hold cannot be continued: the next greeting asks for the whole

  /** @param {string} url @param {Options} options */
  constructor(url, options) {
    super((message) => this.#line.send(message), options.clock);
    this.#token = options.token ?? null;
    const env = environment({ ...options, clock: this.clock });
    const { testDelay } = options;
    if (testDelay) env.WebSocket = delayed(env.WebSocket, testDelay, this.clock);
    this.#line = new Line(url, env, {
      greet: () => this.#greeting(),
      opened: () => this.outbox.resend(),
      received: (message) => this.#receive(message),
      changed: (condition) => this.#lineChanged(condition),
      measured: (latency_ms) => this.#measured(latency_ms),
    });
    this.#line.connect();
  }

  // ── what a page reads ────────────────────────────────────────────────────────────────────────────────

  /** The state of the connection. @returns {Condition} */
  get line() {
    return this.#line.condition;
  }

  // ── what a player does; each ends with {ok: true}, or {ok: false, code, why} ─────────────────────────

  /** Make a move in the position that is shown. A second call before the first is answered changes nothing. @param {any} move */
  play(move) {
    // Where there are ticks no moves are listed: each input counts, and none answers a position.
    if (this.ticks) return this.#put({ type: "move", m: move }, true);
    // What the way there and back took may be forgiven, where a clock runs.
    const lag = this.state?.clock && this.latency_ms !== null ? { lag: Math.round(this.latency_ms) } : {};
    return this.#put({ type: "move", m: move, on: this.state?.v, ...lag });
  }

  resign() {
    return this.#put({ type: "resign" });
  }

  /** End the match in favour of who stayed: the others have been away for longer than `state.grace`. */
  claim() {
    return this.#put({ type: "claim" });
  }

  /** Stop the time, or let it go on, where `state.may_pause`. */
  pause() {
    return this.#put({ type: "pause" });
  }

  /** Call the match off before both have moved. */
  abort() {
    return this.#put({ type: "abort" });
  }

  /** @param {"draw" | "takeback" | "rematch"} what */
  offer(what) {
    return this.#put({ type: "offer", what });
  }

  /** @param {"draw" | "takeback" | "rematch"} what @param {boolean} yes */
  answer(what, yes) {
    return this.#put({ type: "answer", what, yes });
  }

  /** A line, or a quick phrase; a refusal comes as an `error` event. @param {string | { phrase: string }} said @returns {boolean} false: not connected */
  say(said) {
    return this.#line.send({ type: "chat", ...(typeof said === "string" ? { text: said } : said) });
  }

  /** Connect now: a person asked for it, or this tab takes the seat back. */
  reconnect() {
    this.#line.connect();
  }

  close() {
    this.clock.clear(this.#retry);
    this.#line.close();
  }

  // ── the wire ─────────────────────────────────────────────────────────────────────────────────────────

  /** @param {{ type: string, [member: string]: any }} message @param {boolean} [many] may wait beside its like @returns {Promise<Ending>} */
  #put(message, many = false) {
    if (!this.state) return Promise.resolve({ ok: false, code: "try_again", why: "Not connected yet." });
    // One of a kind at a time: a double tap, or a second tap on a slow network, is the first one.
    const twin = this.outbox.waiting.find((one) => one.message.type === message.type && one.message.what === message.what);
    if (twin && !many) return twin.done;
    if (this.outbox.waiting.length >= MOST_WAITING)
      return Promise.resolve({ ok: false, code: "flood", why: "Too many inputs wait for an answer." });
    const { c, done } = this.outbox.put(message, this.clock.now());
    if (many) this.ticks?.sent(c, message.m, this.clock.now());
    else this.#tell("change");
    return done;
  }

  #greeting() {
    const known = this.#lost ? null : this.state;
    const seen = known && { e: known.e, v: known.v, k: known.chat.at(-1)?.k ?? 0 };
    return { type: "hello", ...(this.#token && { token: this.#token }), ...seen };
  }

  /** @param {Condition} condition */
  #lineChanged(condition) {
    if (condition.code === TOKEN_LAPSED) this.#token = null;
    if (condition.state === "closed") this.#giveUp(String(condition.code ?? "closed"));
    this.#tell("line", condition);
    this.#tell("change");
  }

  /** @param {string} code */
  #giveUp(code) {
    const why = "The connection was closed.";
    for (const { message } of this.outbox.empty(code, why)) this.#tell("returned", { input: message, code, why });
  }

  /** @param {ServerMessage | [number, any, any[]?]} frame */
  #receive(frame) {
    const message = spelledOut(frame);
    if (message.type === "welcome") this.#welcome(message);
    else if (message.type === "token") this.#token = message.token;
    else if (message.type === "resync") this.#toBeGreeted(message);
    else if (message.type === "error") this.#tell("error", message);
    else if (message.type === "ack") this.#stored(message.c);
    else if (message.type === "reject") this.#refused(message);
    else if (this.state && !this.#lost) this.#follow(message, this.state);
    if (!this.#isTick(message)) this.#tell("change");
  }

  /** @param {import("./protocol.d.ts").Resync} message */
  #toBeGreeted({ lost_ms }) {
    this.#lost = true;
    if (lost_ms) this.#tell("undone", lost_ms);
  }

  /** @param {import("./protocol.d.ts").Welcome} message */
  #welcome(message) {
    const lost = this.#lost;
    this.#lost = false;
    this.#token = message.token ?? this.#token;
    this.state = welcomed(message, this.state, this.clock.now());
    this.outbox.begin(message.c);
    if (message.hz) this.ticks ??= new Ticks(message.hz);
    this.ticks?.begin(message.view, runs(this.state), this.clock.now());
    if (lost) this.outbox.resend();
    this.#askForMoves();
    this.#tell("welcome", this.state);
  }

  /** @param {ServerMessage} message @param {State} state */
  #follow(message, state) {
    if (message.type === "update" || message.type === "over") this.#version(message, state);
    else if (message.type === "chat") this.#chat(message, state);
    else if (message.type === "moves") this.state = listed(state, message);
    else if (message.type === "presence" || message.type === "rated") {
      this.state = message.type === "rated" ? ranked(state, message) : present(state, message, this.clock.now());
      this.#tell(message.type, message);
    }
  }

  /** @param {Update | Over} message @param {State} state */
  #version(message, state) {
    const own = message.type === "update" ? (message.by ?? []).findLast(([seat]) => seat === state.seat) : undefined;
    if (own) this.outbox.settle(own[1]);
    if (message.v <= state.v) return; // told twice
    if (message.v > state.v + 1) return this.#line.again(); // the greeting asks for what is missing
    try {
      this.state = message.type === "over" ? ended(state, message) : updated(state, message, this.clock.now());
    } catch {
      return this.#resync();
    }
    this.#askForMoves();
    const isTick = this.#isTick(message);
    this.ticks?.follow(this.state.view, { isTick, running: runs(this.state), c: own?.[1] }, this.clock.now());
    // Nothing else asks for pongs while frames come without a pause.
    if (isTick && this.ticks && this.ticks.newest % (MEASURED_S * this.ticks.hz) === 0) this.#line.wake();
    this.#tell(isTick ? "tick" : message.type, message);
  }

  /** @param {ServerMessage} message whether it is a step on the clock, and not something that the host decided */
  #isTick(message) {
    return this.ticks !== null && message.type === "update" && !message.host;
  }

  /** @param {number} c */
  #stored(c) {
    const move = this.outbox.waiting.find((input) => input.c === c && input.message.type === "move");
    this.outbox.settle(c);
    this.ticks?.applied(c, false);
    if (this.state && move) this.state = waiting(this.state, move.message.m, move.at_ms);
  }

  /** @param {number} latency_ms */
  #measured(latency_ms) {
    this.latency_ms = latency_ms;
    this.ticks?.measured(latency_ms);
    this.#tell("latency", latency_ms);
  }

  #resync() {
    this.#lost = true;
    this.#line.again();
  }

  /** @param {ChatSaid} line @param {State} state */
  #chat(line, state) {
    if (line.k > (state.chat.at(-1)?.k ?? 0) + 1) return this.#resync();
    this.state = said(state, line);
    if (this.state !== state) this.#tell("chat", line);
  }

  /** @param {Reject} reject */
  #refused(reject) {
    if (reject.code === "try_again" && this.outbox.mayRetry(reject.c)) {
      this.clock.clear(this.#retry);
      this.#retry = this.clock.set(() => this.outbox.resend(), RETRY_MS * (1 + this.clock.random()));
      return;
    }
    const input = this.outbox.refuse(reject);
    if (!input) return;
    this.ticks?.refused(reject.c);
    this.#tell("returned", { input: input.message, code: reject.code, why: reject.why });
  }

  /** A long list of moves comes as a number; a player wants to see it. */
  #askForMoves() {
    if (this.seat !== null && typeof this.state?.moves?.[this.seat] === "number") this.#line.send({ type: "moves?" });
  }

  /** @param {string} type @param {any} [detail] */
  #tell(type, detail) {
    this.dispatchEvent(new MatchEvent(type, detail));
  }
}
