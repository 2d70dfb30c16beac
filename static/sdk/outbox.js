/**
 * The inputs of one seat that the server has not yet answered, numbered without gaps. Sent at once, sent again after a
 * reconnection, numbered anew when the server says so; each ends exactly once, stored or returned with the reason.
 */

/** @typedef {{ ok: true } | { ok: false, code: string, why: string }} Ending */
/**
 * @typedef {object} Input
 * @property {number} c
 * @property {{ type: string, [member: string]: any }} message
 * @property {number} tries
 * @property {number} at_ms when it was sent first
 * @property {Promise<Ending>} done
 * @property {(ending: Ending) => void} finish
 */

// The server compares resent inputs with the last 16 of a seat; with 8 unanswered ones something is wrong anyway.
export const MOST_WAITING = 8;
// A server that answers the same input so often with "send it again" will not come to another mind.
const MOST_TRIES = 8;

export class Outbox {
  /** @type {Input[]} */
  waiting = [];
  #stored = 0;
  #send;

  /** @param {(message: object) => void} send */
  constructor(send) {
    this.#send = send;
  }

  /** @param {number} c the seat's last stored number, as a welcome tells it */
  begin(c) {
    this.#stored = c;
  }

  /** @param {Input["message"]} message @param {number} at_ms @returns {Input} */
  put(message, at_ms) {
    /** @type {(ending: Ending) => void} */
    let finish = () => {};
    /** @type {Promise<Ending>} */
    const done = new Promise((resolve) => (finish = resolve));
    const c = (this.waiting.at(-1)?.c ?? this.#stored) + 1;
    const input = { c, message, tries: 0, at_ms, done, finish };
    this.waiting.push(input);
    this.#transmit(input);
    return input;
  }

  resend() {
    for (const input of this.waiting) this.#transmit(input);
  }

  /** All inputs up to `c` are stored. @param {number} c */
  settle(c) {
    this.#stored = Math.max(this.#stored, c);
    const settled = this.waiting.filter((input) => input.c <= c);
    this.waiting = this.waiting.filter((input) => input.c > c);
    for (const input of settled) input.finish({ ok: true });
  }

  /**
   * Input `c` was refused. @returns {Input | null} the input that is lost for good, or null when it was numbered anew
   * @param {{ c: number, code: string, why: string, last: number }} reject
   */
  refuse({ c, code, why, last }) {
    const index = this.waiting.findIndex((input) => input.c === c);
    if (index < 0) return null; // an echo of a number that was already given anew
    const input = /** @type {Input} */ (this.waiting[index]);
    const renumber = (code === "c_taken" || code === "c_gap") && ++input.tries < MOST_TRIES;
    if (!renumber) this.waiting.splice(index, 1);
    this.#renumber(index, last);
    if (renumber) return null;
    input.finish({ ok: false, code, why });
    return input;
  }

  /** The server could not store input `c`: it keeps its number. @param {number} c @returns {boolean} false: given up */
  mayRetry(c) {
    const input = this.waiting.find((one) => one.c === c);
    return !input || ++input.tries < MOST_TRIES;
  }

  /** Nothing more will be sent: every input comes back. @param {string} code @param {string} why */
  empty(code, why) {
    const lost = this.waiting;
    this.waiting = [];
    for (const input of lost) input.finish({ ok: false, code, why });
    return lost;
  }

  /** Number from `start` on, after those before it and after the last stored. @param {number} start @param {number} last */
  #renumber(start, last) {
    let c = last;
    this.waiting.forEach((input, index) => {
      c = index < start ? Math.max(c, input.c) : c + 1;
      if (index < start) return;
      input.c = c;
      this.#transmit(input);
    });
    this.#stored = Math.max(this.#stored, last);
  }

  /** @param {Input} input */
  #transmit(input) {
    this.#send({ ...input.message, c: input.c });
  }
}
