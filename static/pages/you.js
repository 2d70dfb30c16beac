/**
 * What concerns the person before this page alone: heard from the lobby as the event `madang:you`, else asked for by
 * `GET /api/you`; and their wishes, whose answers say the same. One source for all parts of a page.
 */
import { gettext } from "../text.js";
import { lobby } from "./lobby.js";

/**
 * @typedef {{ id: string, name: string }} Someone
 * @typedef {{ game: string, pool: string, rated: boolean, seats: number, size: number, mine: boolean, waited_ms: number,
 *   estimate_ms: number | null, window: number | null, practice_after_s: number | null }} Seeking
 * @typedef {{ id: string, game: string, pool: string, rated: boolean, seats: number, left_ms: number, ready: number,
 *   players: number, yes: boolean }} Found
 * @typedef {{ id: string, who: Someone, game: string, clock: any, rated: boolean, seat: number | null, left_ms: number }} Offer
 * @typedef {{ id: string, leader: string, members: Someone[] }} PartyTold
 * @typedef {{ seek: Seeking | null, pairing: Found | null, incoming: Offer[], outgoing: Offer[],
 *   party: PartyTold | null, go: string | null, rest_ms: number, asking: number }} Personal
 */

// Who looks for a match must be seen every 8 s, which the lobby does where there is one; else this asks.
const SOON_MS = 2000;
// What changes by itself while one waits, the window, is told with the next answer.
const WAITING_MS = 10_000;
// At rest a challenge, which stands for five minutes, may be noticed that much later.
const LATER_MS = 20_000;
// Where the lobby speaks, this is only in case that a hint was lost.
const HEARD_MS = 60_000;
// The lobby's first word comes within half a second; a page that has not heard it by then asks.
const FIRST_MS = 1000;

/** @type {Personal | null} */ let known = null;
/** @type {((you: Personal) => void)[]} */ const listeners = [];
/** @type {any} */ let next = null;

/** What was told last. */
export const you = () => known;

/** Whether a match is being played, or watched, on this page: nothing may disturb it, and nothing is asked for. */
export function playing() {
  const record = document.querySelector('[data-match] ~ .moment [data-act="record"]');
  return record !== null && /** @type {HTMLElement} */ (record).hidden;
}

/** Call `listener` now, if anything is known, and at each change. @param {(you: Personal) => void} listener */
export function onYou(listener) {
  listeners.push(listener);
  if (known) listener(known);
}

/** @param {Personal} told */
function tell(told) {
  known = told;
  for (const listener of listeners) listener(told);
  schedule();
}

/** Whether a place in a queue hangs on this page. */
const seeking = () => Boolean(known?.seek || known?.pairing);
/** Whether a match may begin at any moment, by what others do. */
const expecting = () => Boolean(known?.outgoing.length || document.querySelector("[data-party]"));

/** Whether the lobby tells this page what concerns its person. */
const heard = () => lobby.line.state === "open" && lobby.you !== null;

function schedule() {
  clearTimeout(next);
  next = setTimeout(look, pause());
}

function pause() {
  if (seeking()) return heard() ? WAITING_MS : SOON_MS;
  if (heard()) return HEARD_MS;
  return expecting() ? SOON_MS : LATER_MS;
}

/** Ask how things stand. A page that nobody sees asks only while somebody waits by it. */
async function look() {
  if ((document.hidden || playing()) && !seeking()) return schedule();
  try {
    const answer = await fetch("/api/you", { headers: { Accept: "application/json" } });
    if (answer.ok) return tell(await answer.json());
  } catch {
    // Asked again in a moment; whoever waits sees their seconds go on.
  }
  schedule();
}

/** The token of this page, which a form of it carries. */
const token = () => /** @type {HTMLInputElement | null} */ (document.querySelector("[name=csrfmiddlewaretoken]"))?.value ?? "";

/**
 * Wish for something. The reason where it was refused, else nothing: then everybody has been told how things stand.
 * @param {string} method @param {string} path @param {any} [body] @returns {Promise<string>}
 */
export async function wish(method, path, body) {
  try {
    const headers = { "Content-Type": "application/json", "X-CSRFToken": token(), "Accept-Language": document.documentElement.lang };
    const answer = await fetch(`/api/${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) });
    const told = await answer.json();
    if (!answer.ok) return told.why;
    tell(told);
    return "";
  } catch {
    return gettext("The house does not answer; check your connection and try again.");
  }
}

/** Begin to listen and to ask. Only for someone whom the house knows: strangers have nothing of their own. */
export function begin() {
  document.addEventListener("madang:you", (event) => tell(/** @type {CustomEvent} */ (event).detail));
  document.addEventListener("visibilitychange", () => !document.hidden && !heard() && look());
  lobby.addEventListener("line", schedule);
  if (lobby.you) tell(lobby.you);
  else next = setTimeout(look, FIRST_MS);
}
