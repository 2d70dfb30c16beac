/**
 * A board that is drawn anew at every frame: a canvas as sharp as the screen, in the page's colours, still while nobody
 * looks. Boards of games with ticks extend it; they are given `ticks`, which says what moment to draw.
 */
import { Board } from "./board.js";

/** @typedef {import("../sdk/ticks.js").Moment} Moment */
/** @typedef {{ moment(now_ms: number): Moment, running: boolean }} Time the SDK's `Ticks`, or a record that is played */

/** @type {Record<string, string>} by the place of the key, so that WASD is where it is on every layout */
const KEYS = {
  ArrowUp: "up", ArrowRight: "right", ArrowDown: "down", ArrowLeft: "left", KeyW: "up", KeyD: "right", KeyS: "down", KeyA: "left",
};

export class CanvasBoard extends Board {
  /** @type {Time | null} */ #ticks = null;
  canvas = document.createElement("canvas");
  /** Size in CSS pixels. */
  width = 0;
  height = 0;
  /** Whether a person asked for no more motion than the game itself needs. */
  still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  /** What a frame costs, in milliseconds, over the last of them. */
  frame_ms = 0;
  /** @type {Record<string, string>} */ colours = {};
  font = "sans-serif";
  /** @type {Map<string, HTMLElement>} */ #probes = new Map();
  /** @type {CanvasRenderingContext2D} */ #context = /** @type {any} */ (null);
  #frame = 0;
  #seen = true;
  #leaving = new AbortController();

  get ticks() { return this.#ticks; }
  /** The time of the match; null: the board stands still at `view`. */
  set ticks(ticks) { this.#ticks = ticks; this.wake(); }

  build() {
    this.#context = /** @type {CanvasRenderingContext2D} */ (this.canvas.getContext("2d"));
    this.canvas.setAttribute("role", "application");
    this.canvas.setAttribute("aria-label", this.label());
    if (!this.hasAttribute("inert")) this.canvas.tabIndex = 0;
    this.append(this.canvas);
    for (const name of this.palette()) this.#probe(name);
  }

  connectedCallback() {
    super.connectedCallback();
    this.#leaving = new AbortController();
    const { signal } = this.#leaving;
    const observers = [new ResizeObserver(() => this.#resize()), new IntersectionObserver((seen) => this.#look(seen))];
    for (const observer of observers) observer.observe(this.canvas);
    const themes = new MutationObserver(() => this.#dress());
    themes.observe(document.documentElement, { attributeFilter: ["data-theme"] });
    signal.addEventListener("abort", () => [...observers, themes].forEach((one) => one.disconnect()));
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.#dress(), { signal });
    matchMedia("(prefers-reduced-motion: reduce)").addEventListener("change", (event) => (this.still = event.matches), { signal });
    if (!this.hasAttribute("inert")) this.listen(signal);
    this.#dress();
    this.#resize();
  }

  disconnectedCallback() {
    this.#leaving.abort();
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
  }

  /** Where there are ticks everyone may steer as long as they run. @param {any} _move */
  open(_move) { return this.seat !== null && this.#ticks !== null && this.#ticks.running; }

  paint() { this.wake(); }

  /** Draw at the next frame. */
  wake() {
    if (this.#frame || !this.isConnected || !this.#seen) return;
    this.#frame = requestAnimationFrame(() => this.#draw());
  }

  // ── what a board writes ──────────────────────────────────────────────────────────────────────────────

  /** What the board is called, and how it is steered. */
  label() { return ""; }
  /** Names of the custom properties that are colours; `colours` holds them without the dashes. @returns {string[]} */
  palette() { return []; }
  /**
   * Draw one frame, in CSS pixels. True: draw the next one too, even where no ticks run.
   * @param {CanvasRenderingContext2D} _context @param {number} _now_ms @returns {boolean}
   */
  draw(_context, _now_ms) { return false; }
  /** Hear keys and pointers, as long as `signal` lasts. @param {AbortSignal} _signal */
  listen(_signal) {}
  /** What stands beside a seat's name, such as its points. @param {number} _seat @returns {string} */
  note(_seat) { return ""; }

  /** What to say to who has a finger, or else keys. @param {string} finger @param {string} keys */
  byHand(finger, keys) { return matchMedia("(pointer: coarse)").matches ? finger : keys; }

  /** The way that a key means, or undefined: letters belong to fields. @param {KeyboardEvent} event */
  wayOf(event) {
    const typing = /** @type {HTMLElement} */ (event.target).closest?.("input, textarea, select, dialog");
    if (typing || event.ctrlKey || event.altKey || event.metaKey) return undefined;
    return KEYS[event.code];
  }

  // ── the frame ────────────────────────────────────────────────────────────────────────────────────────

  #draw() {
    this.#frame = 0;
    const now_ms = Date.now();
    const began_ms = performance.now();
    if (this.view === null || this.width === 0) return;
    const scale = this.canvas.width / this.width;
    this.#context.setTransform(scale, 0, 0, scale, 0, 0);
    const more = this.draw(this.#context, now_ms);
    this.frame_ms += (performance.now() - began_ms - this.frame_ms) / 32;
    if (more || this.#ticks?.running) this.wake();
  }

  #resize() {
    const { width, height } = this.canvas.getBoundingClientRect();
    const scale = devicePixelRatio;
    const [wide, high] = [Math.round(width * scale), Math.round(height * scale)];
    [this.width, this.height] = [width, height];
    // Setting a canvas's size empties it, even where it stays the same.
    if (wide !== this.canvas.width || high !== this.canvas.height) {
      [this.canvas.width, this.canvas.height] = [wide, high];
      if (this.view !== null && this.#context) this.#draw();
    }
    this.wake();
  }

  /** @param {IntersectionObserverEntry[]} seen */
  #look(seen) {
    this.#seen = seen.at(-1)?.isIntersecting ?? true;
    if (!this.#seen) cancelAnimationFrame(this.#frame), (this.#frame = 0);
    this.wake();
  }

  /** A hidden element that wears a colour tells what it is in this theme. @param {string} name */
  #probe(name) {
    const probe = document.createElement("i");
    probe.hidden = true;
    probe.style.setProperty("color", `var(${name})`);
    this.#probes.set(name.replace(/^--/, ""), probe);
    this.append(probe);
  }

  #dress() {
    this.font = getComputedStyle(this).fontFamily;
    for (const [name, probe] of this.#probes) this.colours[name] = getComputedStyle(probe).color;
    this.wake();
  }
}
