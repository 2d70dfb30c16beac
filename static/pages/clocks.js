/**
 * The clocks beside the seats: counted down between two messages of the server, and told in words near their end. Drawn
 * from `match.clocks` into the strips that `strips.js` has drawn; nothing here decides anything.
 */
import { fill, gettext } from "../text.js";
import { all, make, one, say } from "./dom.js";
import { nameOf } from "./words.js";

/** @typedef {import("../sdk/madang.js").Match} Match */
/** @typedef {import("../sdk/state.js").State} State */

const [SECOND_MS, MINUTE_MS, HOUR_MS, DAY_MS] = [1000, 60_000, 3_600_000, 86_400_000];
// Below ten seconds tenths decide.
const TENTHS_MS = 10_000;
// Told to who cannot see the clock: often enough to plan by, seldom enough to think.
const TOLD_MS = [60_000, 30_000, 10_000];
// The own clock warns in its last eighth, but neither for longer than a minute nor for less than ten seconds.
const [WARN_SHARE, WARN_LEAST_MS, WARN_MOST_MS] = [1 / 8, 10_000, 60_000];

/** @type {Match | null} */ let drawn = null;
/** @type {any} */ let timer = null;
let frame = 0;
let told_ms = Infinity;

/** Draw the clocks of `match`, and again whenever they show something else. @param {Match} match */
export function drawClocks(match) {
  clearTimeout(timer);
  cancelAnimationFrame(frame);
  drawn = match;
  const { clocks, state } = match;
  if (!state || clocks.length === 0) return;
  drawFaces(state, clocks);
  const own = state.seat === null ? undefined : clocks[state.seat];
  if (own) tell(own, state.clock?.base_ms ?? 0);
  planNext(clocks.filter(({ running }) => running).map(({ left_ms }) => left_ms));
}

/** The clocks of all seats as they are told, in the strips that are drawn. @param {State} state @param {{ left_ms: number, running: boolean }[]} clocks */
export function drawFaces(state, clocks) {
  for (const strip of all(".seat[data-seat]")) {
    const seat = Number(strip.dataset.seat);
    const clock = clocks[seat];
    if (clock) drawFace(strip, seat, clock, state);
  }
}

/** @param {HTMLElement} strip @param {number} seat @param {{ left_ms: number, running: boolean }} clock @param {State} state */
function drawFace(strip, seat, { left_ms, running }, state) {
  const face = strip.querySelector(".clock") ?? strip.appendChild(make("time", { className: "clock" }));
  face.setAttribute("role", "timer");
  face.setAttribute("aria-label", fill(gettext("Clock of %(name)s"), { name: nameOf(state, seat) }));
  face.classList.toggle("running", running);
  const warns = seat === state.seat && state.status === "live" && left_ms <= warning(state.clock);
  face.classList.toggle("low", warns);
  say(/** @type {HTMLElement} */ (face), faceOf(left_ms));
}

/** @param {any} control */
function warning({ kind, base_ms }) {
  const share_ms = base_ms * WARN_SHARE;
  return kind === "correspondence" ? share_ms : Math.min(WARN_MOST_MS, Math.max(WARN_LEAST_MS, share_ms));
}

/** What a clock shows, never more than is left: "2 d 5 h", "1:05:09", "4:59", "9.8". @param {number} ms */
export function faceOf(ms) {
  const [days, hours] = [Math.floor(ms / DAY_MS), Math.floor((ms % DAY_MS) / HOUR_MS)];
  if (days > 0) return fill(gettext("%(days)s d %(hours)s h"), { days, hours });
  const [minutes, seconds] = [Math.floor((ms % HOUR_MS) / MINUTE_MS), Math.floor((ms % MINUTE_MS) / SECOND_MS)];
  if (hours > 0) return `${hours}:${two(minutes)}:${two(seconds)}`;
  if (ms >= TENTHS_MS) return `${minutes}:${two(seconds)}`;
  return `${seconds}.${Math.floor((ms % SECOND_MS) / 100)}`;
}

/** How long a move was thought about: "2.4 s", "34 s", and from a minute on as a clock shows it. @param {number} ms */
export function spentOf(ms) {
  if (ms >= MINUTE_MS) return faceOf(ms);
  const seconds = ms < TENTHS_MS ? (Math.floor(ms / 100) / 10).toFixed(1) : String(Math.floor(ms / SECOND_MS));
  return fill(gettext("%(seconds)s s"), { seconds });
}

/** @param {number} number */
const two = (number) => String(number).padStart(2, "0");

/** Say once, in words, that the own time comes to an end. @param {{ left_ms: number, running: boolean }} own @param {number} base_ms */
function tell({ left_ms, running }, base_ms) {
  // Where a whole turn is shorter than a minute, a minute is nothing to be told.
  const due_ms = TOLD_MS.findLast((one_ms) => left_ms <= one_ms && one_ms < base_ms) ?? Infinity;
  if (due_ms >= told_ms || !running) {
    if (due_ms > told_ms) told_ms = due_ms;
    return;
  }
  told_ms = due_ms;
  const words = due_ms === MINUTE_MS ? gettext("One minute left") : fill(gettext("%(seconds)s seconds left"), { seconds: due_ms / SECOND_MS });
  say(one("[data-clock-told]"), words);
}

/** @param {number[]} running milliseconds left on the clocks that run */
function planNext(running) {
  const counting = running.filter((left_ms) => left_ms > 0);
  if (counting.length === 0) return;
  if (Math.min(...counting) < TENTHS_MS) frame = requestAnimationFrame(again);
  // Just after the next second of some clock begins; days and hours change with a second, too.
  else timer = setTimeout(again, Math.min(...counting.map((left_ms) => left_ms % SECOND_MS)) + 1);
}

function again() {
  if (drawn) drawClocks(drawn);
}

// A hidden page's timers sleep; who comes back sees the truth at once.
document.addEventListener("visibilitychange", again);
