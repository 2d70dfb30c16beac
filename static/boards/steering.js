/**
 * What a person wants their cell to do: by mouse, finger or keys, told at most twenty times a second, and only when it
 * changed. The arena's board asks for it at every frame.
 */
import { COURSES } from "./field.js";

/** @typedef {import("./field.js").Steer} Steer */

// Twenty a second: as often as the arena has ticks.
const EVERY_MS = 50;
// The rules take out who is silent for half a minute; whoever looks at the page repeats the course well before.
const REPEAT_MS = 8_000;
// Nearer to the own cell than this a pointer means: rest.
const REST_PX = 12;
const WAYS = /** @type {Record<string, readonly [number, number]>} */ ({ up: [0, -1], right: [1, 0], down: [0, 1], left: [-1, 0] });

/** @param {number} right @param {number} down */
const courseTo = (right, down) => Math.round((Math.atan2(down, right) / (2 * Math.PI)) * COURSES + COURSES) % COURSES;

export class Helm {
  /** @type {Steer} */ wanted = { to: null, boost: false };
  /** @type {Steer} */ #told = { to: null, boost: false };
  #told_ms = -Infinity;
  /** @type {Set<string>} */ #held = new Set();
  /** @type {Set<number>} */ #fingers = new Set();

  /**
   * @param {HTMLElement} field
   * @param {{ wayOf: (event: KeyboardEvent) => string | undefined, open: () => boolean, centre: () => readonly [number, number] }} board
   *   `centre`: where the own cell is drawn, from the field's corner
   * @param {AbortSignal} signal
   */
  constructor(field, board, signal) {
    document.addEventListener("keydown", (event) => this.#key(event, board, true), { signal });
    document.addEventListener("keyup", (event) => this.#key(event, board, false), { signal });
    addEventListener("blur", () => this.#letGo(), { signal });
    field.addEventListener("pointermove", (event) => this.#point(event, field, board.centre()), { signal });
    field.addEventListener("pointerdown", (event) => this.#press(event, field, board.centre()), { signal });
    for (const end of /** @type {const} */ (["pointerup", "pointercancel"]))
      field.addEventListener(end, (event) => this.#release(event), { signal });
  }

  /** What to send now, if anything. @param {number} now_ms @returns {Steer | null} */
  due(now_ms) {
    const since_ms = now_ms - this.#told_ms;
    const same = this.wanted.to === this.#told.to && this.wanted.boost === this.#told.boost;
    if (since_ms < (same ? REPEAT_MS : EVERY_MS)) return null;
    this.#told_ms = now_ms;
    this.#told = this.wanted;
    return this.wanted;
  }

  /** A new cell rests: what is wanted has to be told again. */
  forget() { this.#told = { to: null, boost: false }; }

  /** @param {KeyboardEvent} event @param {{ wayOf: (event: KeyboardEvent) => string | undefined, open: () => boolean }} board @param {boolean} down */
  #key(event, board, down) {
    const way = board.wayOf(event);
    const boosts = event.code === "Space" || event.key === "Shift";
    const onButton = /** @type {HTMLElement} */ (event.target).closest?.("button, a, summary, input, textarea, select");
    if ((!way && !(boosts && !onButton)) || (down && !board.open())) return;
    if (down && event.key !== "Shift") event.preventDefault();
    if (boosts) return void (this.wanted = { ...this.wanted, boost: down });
    if (!way) return;
    if (down) this.#held.add(way);
    else this.#held.delete(way);
    const [right, below] = [...this.#held].reduce(([x, y], one) => [x + (WAYS[one]?.[0] ?? 0), y + (WAYS[one]?.[1] ?? 0)], [0, 0]);
    // Letting go keeps the course, as a hand does that stops moving the mouse.
    if (right || below) this.wanted = { ...this.wanted, to: courseTo(right, below) };
  }

  #letGo() {
    this.#held.clear();
    this.#fingers.clear();
    this.wanted = { ...this.wanted, boost: false };
  }

  /** @param {PointerEvent} event @param {HTMLElement} field @param {readonly [number, number]} centre */
  #point(event, field, [x, y]) {
    if (event.pointerType !== "mouse" && !this.#fingers.has(event.pointerId)) return;
    const { left, top } = field.getBoundingClientRect();
    const [right, down] = [event.clientX - left - x, event.clientY - top - y];
    this.wanted = { ...this.wanted, to: Math.hypot(right, down) < REST_PX ? null : courseTo(right, down) };
  }

  /** A mouse button boosts, and so does a second finger. @param {PointerEvent} event @param {HTMLElement} field @param {readonly [number, number]} centre */
  #press(event, field, centre) {
    this.#fingers.add(event.pointerId);
    if (event.pointerType !== "mouse" && this.#fingers.size === 1) this.#point(event, field, centre);
    else this.wanted = { ...this.wanted, boost: true };
  }

  /** @param {PointerEvent} event */
  #release(event) {
    this.#fingers.delete(event.pointerId);
    if (event.pointerType === "mouse" || this.#fingers.size < 2) this.wanted = { ...this.wanted, boost: false };
  }
}
