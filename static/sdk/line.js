/**
 * One WebSocket that keeps itself alive: connects, notices silence, and connects again with growing, jittered pauses.
 * It knows close codes and `ping`/`pong`, and nothing of matches or lobbies; `madang.js` and `lobby.js` own one each.
 */

/** Close codes after which connecting again cannot help: the server's RETRY table, read for "no". */
export const FINAL = new Set([1007, 1009, 4000, 4001, 4002, 4004, 4011, 4012]);

/** The server asked for patience: flood and busy. The least pause before the next attempt, in milliseconds. */
const PATIENCE_MS = new Map([[4008, 3000], [4013, 1000]]);

const SUBPROTOCOL = "madang.v1";
// Mobile networks drop idle connections after about 30 s: two pings fit into that.
const PING_EVERY_MS = 15_000;
// Beyond five seconds without an answer a person already wonders; slower links than this cannot play anyway.
const SILENCE_MS = 5_000;
// A handshake over a bad mobile link may take a few seconds.
const HANDSHAKE_MS = 10_000;
// A connection that lived this long was a good one: the next loss starts again with the shortest pause.
const HEALTHY_MS = 10_000;
// The first attempt comes almost at once, spread so that a restarted server is not met by everyone together.
const FIRST_PAUSE_MS = 250;
const SECOND_PAUSE_MS = 400;
const GROWTH = 1.6;
const LONGEST_PAUSE_MS = 10_000;

/** @typedef {"connecting" | "open" | "waiting" | "closed"} LineState */
/** @typedef {{ state: LineState, code: number | null, pause_ms: number | null }} Condition */
/**
 * @typedef {object} Clock
 * @property {() => number} now milliseconds
 * @property {(call: () => void, ms: number) => any} set
 * @property {(id: any) => void} clear
 * @property {() => number} random in [0, 1)
 */
/**
 * @typedef {object} Events
 * @property {() => object} greet the first message of every connection
 * @property {() => void} opened after the greeting was sent
 * @property {(message: any) => void} received
 * @property {(condition: Condition) => void} changed
 * @property {(latency_ms: number) => void} measured
 */

/** @type {Clock} */
export const realClock = {
  now: () => Date.now(),
  set: (call, ms) => setTimeout(call, ms),
  clear: (id) => clearTimeout(id),
  random: () => Math.random(),
};

/**
 * What a line needs of the world, each part replaced where a test or a program brings its own.
 * @param {{ WebSocket?: any, clock?: Clock, page?: EventTarget | null }} options
 * @returns {{ WebSocket: any, clock: Clock, page: EventTarget | null }}
 */
export function environment({ WebSocket = globalThis.WebSocket, clock = realClock, page }) {
  const here = "addEventListener" in globalThis ? globalThis : null;
  return { WebSocket, clock, page: page !== undefined ? page : here };
}

/** The address of a socket on the server that this page is from. @param {string} path */
export function addressOf(path) {
  const { protocol, host } = globalThis.location;
  return `${protocol === "https:" ? "wss" : "ws"}://${host}${path}`;
}

export class Line {
  /** @type {Condition} */
  condition = { state: "closed", code: null, pause_ms: null };
  /** @type {any} */ #socket = null;
  /** @type {any} */ #next = null;
  /** @type {any} */ #deadline = null;
  #attempts = 0;
  #opened_ms = Infinity;
  #url;
  #env;
  #events;
  #listening = new AbortController();

  /**
   * @param {string} url
   * @param {{ WebSocket: any, clock: Clock, page: EventTarget | null }} env
   * @param {Events} events
   */
  constructor(url, env, events) {
    this.#url = url;
    this.#env = env;
    this.#events = events;
    const { signal } = this.#listening;
    // "offline" is a hint that is often wrong (a server on the same machine): it asks for proof, it closes nothing.
    for (const name of ["online", "offline", "visibilitychange", "pageshow"])
      env.page?.addEventListener(name, () => this.wake(), { signal });
  }

  /** Connect now, whatever was planned. */
  connect() {
    this.#release();
    this.#change("connecting", null, null);
    const socket = new this.#env.WebSocket(this.#url, [SUBPROTOCOL]);
    this.#socket = socket;
    socket.onopen = () => this.#open();
    socket.onmessage = (/** @type {MessageEvent} */ event) => this.#hear(event.data);
    socket.onclose = (/** @type {CloseEvent} */ event) => this.#lose(event.code);
    this.#expect(HANDSHAKE_MS);
  }

  /** Drop the connection, if there is one, and connect again soon: what it says cannot be used. */
  again() {
    this.#lose(null);
  }

  /** The page woke up or the network changed: use the chance, or find out at once whether the line is dead. */
  wake() {
    if (this.condition.state === "waiting") this.connect();
    else if (this.condition.state === "open") this.#ping();
  }

  /** Leave for good. */
  close() {
    this.#listening.abort();
    this.#release();
    this.#change("closed", null, null);
  }

  /** @param {object} message @returns {boolean} whether it went out; nothing is kept */
  send(message) {
    if (this.#socket?.readyState !== 1) return false;
    this.#socket.send(JSON.stringify(message));
    return true;
  }

  #open() {
    this.#opened_ms = this.#env.clock.now();
    this.send(this.#events.greet());
    this.#events.opened();
    // A resumed match may have nothing new to say; the pong proves that someone is there.
    this.#ping();
  }

  #ping() {
    if (!this.send({ type: "ping", at: Math.round(this.#env.clock.now()) })) return;
    this.#env.clock.clear(this.#next);
    this.#expect(SILENCE_MS);
  }

  /** @param {string} text */
  #hear(text) {
    const { clock } = this.#env;
    clock.clear(this.#deadline);
    clock.clear(this.#next);
    this.#next = clock.set(() => this.#ping(), PING_EVERY_MS);
    if (clock.now() - this.#opened_ms >= HEALTHY_MS) this.#attempts = 0;
    if (this.condition.state !== "open") this.#change("open", null, null);
    const message = JSON.parse(text);
    if (message.type === "pong") this.#events.measured(clock.now() - message.at);
    else this.#events.received(message);
  }

  /** @param {number | null} code */
  #lose(code) {
    this.#release();
    if (code !== null && FINAL.has(code)) return this.#change("closed", code, null);
    const pause_ms = Math.max(this.#pause(), PATIENCE_MS.get(code ?? 0) ?? 0);
    this.#next = this.#env.clock.set(() => this.connect(), pause_ms);
    this.#change("waiting", code, pause_ms);
  }

  #pause() {
    if (this.#env.clock.now() - this.#opened_ms >= HEALTHY_MS) this.#attempts = 0;
    this.#opened_ms = Infinity;
    const attempt = this.#attempts++;
    const random = this.#env.clock.random();
    if (attempt === 0) return FIRST_PAUSE_MS * random;
    return Math.min(LONGEST_PAUSE_MS, SECOND_PAUSE_MS * GROWTH ** (attempt - 1)) * (0.5 + random / 2);
  }

  /** Nothing heard within `ms`: the line is dead, whatever the socket believes. @param {number} ms */
  #expect(ms) {
    this.#env.clock.clear(this.#deadline);
    this.#deadline = this.#env.clock.set(() => this.again(), ms);
  }

  #release() {
    this.#env.clock.clear(this.#next);
    this.#env.clock.clear(this.#deadline);
    const socket = this.#socket;
    this.#socket = null;
    if (!socket) return;
    // A dead network keeps a closing socket for minutes: it may no longer speak to us.
    socket.onopen = socket.onmessage = socket.onclose = null;
    if (socket.readyState <= 1) socket.close();
  }

  /** @param {LineState} state @param {number | null} code @param {number | null} pause_ms */
  #change(state, code, pause_ms) {
    this.condition = { state, code, pause_ms };
    this.#events.changed(this.condition);
  }
}
