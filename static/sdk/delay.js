/**
 * A worse network, for testing: every frame takes longer, and some of them much longer. Frames stay in order, as they do
 * over TCP, so one that is late holds up those behind it. `connect(…, {testDelay})` puts it round the socket.
 */

/** @typedef {{ ms: number, share?: number, extraMs?: number }} TestDelay `ms` there and back; `share` of frames come `extraMs` later */

class Pipe {
  #free_ms = -Infinity;
  /** @type {(() => void)[]} */ #under_way = [];
  #delay;
  #clock;

  /** @param {TestDelay} delay @param {import("./line.js").Clock} clock */
  constructor(delay, clock) {
    this.#delay = delay;
    this.#clock = clock;
  }

  /** @param {() => void} call */
  put(call) {
    const { ms, share = 0, extraMs = 0 } = this.#delay;
    const { now, random, set } = this.#clock;
    const late_ms = random() < share ? extraMs : 0;
    this.#free_ms = Math.max(this.#free_ms, now() + ms / 2 + late_ms);
    this.#under_way.push(call);
    // Timers of nearly the same time may go off in any order; frames may not.
    set(() => this.#under_way.shift()?.(), this.#free_ms - now());
  }
}

/**
 * A WebSocket class whose sockets are slower.
 * @param {any} Socket @param {TestDelay} delay @param {import("./line.js").Clock} clock
 */
export function delayed(Socket, delay, clock) {
  return class {
    /** @type {(() => void) | null} */ onopen = null;
    /** @type {((event: any) => void) | null} */ onmessage = null;
    /** @type {((event: any) => void) | null} */ onclose = null;
    #there = new Pipe(delay, clock);
    #back = new Pipe(delay, clock);
    #socket;

    /** @param {string} url @param {string[]} protocols */
    constructor(url, protocols) {
      const socket = (this.#socket = new Socket(url, protocols));
      socket.onopen = () => this.#back.put(() => this.onopen?.());
      socket.onmessage = (/** @type {any} */ event) => this.#back.put(() => this.onmessage?.(event));
      socket.onclose = (/** @type {any} */ event) => this.#back.put(() => this.onclose?.(event));
    }

    get readyState() { return this.#socket.readyState; }

    /** @param {string} text */
    send(text) { this.#there.put(() => this.#socket.readyState === 1 && this.#socket.send(text)); }

    close() { this.#socket.close(); }
  };
}
