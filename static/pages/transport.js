/**
 * The controls of a record: a bar, steps, play at any speed, keys, and the moment in the address. It knows nothing of
 * frames; what it moves is a film, whose positions are numbers of the film's own.
 */
import { all, one } from "./dom.js";

/**
 * @typedef {object} Film
 * @property {number} length the last position; it may grow
 * @property {number} grain positions between its multiples show nothing of their own; 0: every position does
 * @property {(at: number, rate: number) => boolean} show a position; false: it is not there yet
 * @property {(at: number, way: -1 | 1) => number} step the next stop that way
 * @property {(at: number, passed_ms: number) => number} on where it is after so much time
 * @property {(at: number) => string} told what is shown, for the bar's ears
 * @property {(at: number) => string} addressed a position as the address tells it, without the #
 * @property {(text: string) => number | null} found and back again; null: it tells none
 * @property {(playing: boolean) => void} [playing] it plays from now on, or stands
 */

// A page that was hidden goes on where it stopped: a longer frame than this is no time in which anyone watched.
const LONGEST_FRAME_MS = 250;
/** @type {Record<string, string>} */
const KEYS = { ArrowLeft: "back", ArrowRight: "on", Home: "first", End: "last", " ": "play", k: "play" };
/** @type {Record<string, string>} what the bar does by itself only where its grain is known to it */
const BAR_KEYS = { ArrowLeft: "back", ArrowDown: "back", ArrowRight: "on", ArrowUp: "on" };

export class Transport {
  /** @type {Film} */ #film;
  #at = 0;
  #playing = false;
  #last_ms = 0;
  #bar = /** @type {HTMLInputElement} */ (one("[data-bar]"));
  #speed = /** @type {HTMLSelectElement} */ (one("[data-speed]"));

  /** @param {Film} film */
  constructor(film) {
    this.#film = film;
    this.#bar.max = String(film.length);
    this.#bar.step = film.grain ? String(film.grain) : "any";
    this.#wire();
    this.#goTo(this.#addressed());
  }

  /** The position that is shown. */
  get at() { return this.#at; }

  /** A person wants to see this position. @param {number} at */
  go(at) {
    this.#stop();
    this.#goTo(at);
    history.replaceState(null, "", `#${this.#film.addressed(this.#at)}`);
  }

  /** What is shown has changed by itself, or came late: tell it anew. */
  refresh() {
    this.#bar.max = String(this.#film.length);
    this.#tell();
  }

  /** @param {number} at */
  #goTo(at) {
    this.#at = Math.max(0, Math.min(this.#film.length, at));
    this.#film.show(this.#at, this.#rate);
    this.#tell();
  }

  #tell() {
    const { grain } = this.#film;
    // Not rounded: what is shown stays until the next is.
    this.#bar.value = String(grain ? Math.floor(this.#at / grain) * grain : this.#at);
    this.#bar.setAttribute("aria-valuetext", this.#film.told(this.#at));
  }

  #addressed() {
    return this.#film.found(decodeURIComponent(location.hash.slice(1))) ?? this.#film.length;
  }

  get #rate() { return Number(this.#speed.value); }

  // ── playing ──────────────────────────────────────────────────────────────────────────────────────────

  #play() {
    // From the end one wants to see it again.
    if (this.#at >= this.#film.length) this.#goTo(0);
    this.#begin(true);
    this.#last_ms = performance.now();
    requestAnimationFrame((now_ms) => this.#frame(now_ms));
  }

  #stop() {
    if (this.#playing) this.#begin(false);
  }

  /** @param {boolean} playing */
  #begin(playing) {
    this.#playing = playing;
    const button = one("[data-step=play]");
    button.textContent = (playing ? button.dataset.pause : button.dataset.play) ?? "";
    this.#film.playing?.(playing);
    if (!playing) history.replaceState(null, "", `#${this.#film.addressed(this.#at)}`);
  }

  /** @param {number} now_ms */
  #frame(now_ms) {
    if (!this.#playing) return;
    const passed_ms = Math.max(0, Math.min(LONGEST_FRAME_MS, now_ms - this.#last_ms));
    this.#last_ms = now_ms;
    const at = Math.min(this.#film.length, this.#film.on(this.#at, passed_ms * this.#rate));
    // What is not there yet is waited for, where one is.
    if (this.#film.show(at, this.#rate)) {
      this.#at = at;
      this.#tell();
      if (at >= this.#film.length) return this.#stop();
    }
    requestAnimationFrame((then_ms) => this.#frame(then_ms));
  }

  // ── hands ────────────────────────────────────────────────────────────────────────────────────────────

  #wire() {
    /** @type {Record<string, () => void>} */
    const does = {
      first: () => this.go(0),
      back: () => this.go(this.#film.step(this.#at, -1)),
      play: () => (this.#playing ? this.#stop() : this.#play()),
      on: () => this.go(this.#film.step(this.#at, 1)),
      last: () => this.go(this.#film.length),
    };
    for (const button of all("[data-step]")) button.addEventListener("click", () => does[button.dataset.step ?? ""]?.());
    this.#bar.addEventListener("input", () => this.go(Number(this.#bar.value)));
    document.addEventListener("keydown", (event) => {
      const onBar = event.target === this.#bar;
      const act = does[(onBar ? BAR_KEYS : KEYS)[event.key] ?? ""];
      if (!act || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey || (!onBar && ownKeys(event))) return;
      event.preventDefault();
      act();
    });
    addEventListener("hashchange", () => this.go(this.#addressed()));
  }
}

/** Fields know arrows and letters themselves, and buttons the space bar. @param {KeyboardEvent} event */
function ownKeys({ target, key }) {
  return target instanceof HTMLInputElement || target instanceof HTMLSelectElement || target instanceof HTMLDialogElement
    || (key === " " && target instanceof HTMLElement && target.matches("a, button, summary"));
}
