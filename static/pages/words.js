/** What a match says to a person: whose turn, who won and why, what the line is doing. Sentences only, no elements. */
import { fill, gettext, ngettext } from "../text.js";

/** @typedef {import("../sdk/state.js").State} State */
/** @typedef {import("../sdk/line.js").Condition} Condition */

/** @param {State} state @param {number} seat */
export function nameOf(state, seat) {
  const info = state.seats[seat];
  return info ? calledOf(info) : gettext("Free seat");
}

// Whoever has deleted themselves; nobody else may be called so.
const GONE = "Gone player";

/** People are called what they chose; a bot's name is a word of the house. @param {{ name: string, bot?: string | null }} info */
export function calledOf({ name, bot }) {
  if (!bot) return name === GONE ? gettext(name) : name;
  const [, number] = /^Practice (\d+)$/.exec(name) ?? [];
  return number ? fill(gettext("Practice %(number)s"), { number }) : gettext(name);
}

/** What a spectator does here, and how much later than the players. @param {State} state */
export function watchingOf({ delay_s }) {
  return delay_s ? fill(gettext("You are watching, %(seconds)s seconds late."), { seconds: delay_s }) : gettext("You are watching.");
}

/** The one sentence that can be read across a room. @param {State} state @param {number[]} turns @param {number} [needed] with how many it begins */
export function headline(state, turns, needed = state.seats.length) {
  if (state.result) return resultOf(state);
  if (state.status === "waiting") return waitingOf(state, needed);
  if (state.paused) return gettext("Paused");
  if (state.hz) return state.seat === null ? watchingOf(state) : gettext("You are playing");
  if (state.seat !== null && turns.includes(state.seat)) return gettext("Your turn");
  const [next] = turns;
  if (next === undefined) return gettext("One moment");
  const several = turns.length > 1;
  if (state.answered !== undefined) return several ? gettext("Waiting for the others") : fill(gettext("Waiting for %(name)s"), { name: nameOf(state, next) });
  if (several) return gettext("All are choosing");
  return fill(gettext("%(name)s to move"), { name: nameOf(state, next) });
}

/** @param {State} state @param {number} needed */
function waitingOf(state, needed) {
  const host = state.seats.find((info) => info);
  const missing = needed - state.seats.filter((info) => info).length;
  if (missing > 1) return fill(ngettext("Waiting for %(count)s more", "Waiting for %(count)s more", missing), { count: missing });
  if (state.seat !== null || !host) return gettext("Waiting for someone");
  return fill(gettext("%(name)s is waiting for you"), { name: host.name });
}

/** @param {State} state */
function resultOf(state) {
  const { scores, reason } = /** @type {NonNullable<State["result"]>} */ (state.result);
  if (reason === "aborted") return gettext("Called off");
  const best = Math.max(...scores);
  // Two clocks that ran out together, or two who left: neither has half a point.
  if (scores.length > 1 && best === 0 && ["flagged", "gone"].includes(reason)) return gettext("Nobody won");
  if (scores.length > 1 && scores.every((score) => score === best)) return gettext("Draw");
  const own = state.seat === null ? null : scores[state.sides[state.seat] ?? 0];
  if (own !== null && own !== undefined && own < best && scores.length > 2) return placeOf(scores, own);
  const team = state.sides.length > scores.length;
  if (own !== null && own === best) return team ? gettext("Your team won") : gettext("You won");
  if (own !== null) return team ? gettext("Your team lost") : gettext("You lost");
  const winners = state.seats.map((_, seat) => seat).filter((seat) => scores[state.sides[seat] ?? 0] === best);
  return fill(gettext("%(name)s won"), { name: winners.map((seat) => nameOf(state, seat)).join(", ") });
}

/** @param {readonly number[]} scores @param {number} own */
function placeOf(scores, own) {
  const place = 1 + scores.filter((score) => score > own).length;
  return fill(gettext("Place %(place)s of %(all)s"), { place, all: scores.length });
}

/** Why it ended, with what the house tells about it. @param {{ reason: string, words?: string }} result */
export function endOf({ reason, words }) {
  return words ? `${reasonOf(reason)} ${words}` : reasonOf(reason);
}

/** Why it ended. @param {string} reason */
export function reasonOf(reason) {
  const known = new Map([
    ["line", gettext("A line was completed.")],
    ["rounds", gettext("The rounds are decided.")],
    ["fleet", gettext("A whole fleet was sunk.")],
    ["flagged", gettext("On time: a clock ran out.")],
    ["points", gettext("By points.")],
    ["last-rider", gettext("Everyone else has left.")],
    ["time", gettext("Time is up.")],
    ["empty", gettext("Nobody is left.")],
    ["rounds", gettext("Enough rounds are won.")],
    ["fleet", gettext("A whole fleet is sunk.")],
    ["full", gettext("The board is full.")],
    ["resigned", gettext("By resignation.")],
    ["gone", gettext("The other side left.")],
    ["agreement", gettext("By agreement.")],
    ["aborted", gettext("It counts for nobody.")],
    ["ruled", gettext("By decision of the house.")],
  ]);
  // A game's own reason is shown as its author wrote it.
  return known.get(reason) ?? gettext(reason);
}

/** Trouble in one quiet line; nothing while all is well. @param {Condition} line @param {boolean} first not yet welcomed */
export function lineOf(line, first) {
  if (line.state === "open") return "";
  if (line.state === "closed") return closedOf(line.code);
  if (first) return gettext("Connecting…");
  if (line.code === 1012) return gettext("The server restarts. Reconnecting…");
  return gettext("Connection lost. Reconnecting…");
}

/** What a crash undid, of a game with ticks. @param {number} ms */
export function undoneOf(ms) {
  const seconds = (Math.ceil(ms / 100) / 10).toFixed(1);
  return fill(gettext("The server had to begin anew: the last %(seconds)s seconds do not count."), { seconds });
}

/** @param {number | null} code */
function closedOf(code) {
  if (code === 4000) return gettext("You play this match in another tab or on another device.");
  if (code === 4001) return gettext("You were signed out. Open the page again to watch.");
  if (code === 4002) return gettext("You are banned.");
  if (code === 4004) return gettext("There is no such match any more.");
  if (code === 4011) return gettext("This match was stopped by a fault of its rules; its record is kept.");
  return gettext("The connection was closed. Open the page again.");
}

/** @param {number} count */
export const watching = (count) => count === 0 ? "" : fill(ngettext("%(count)s watches", "%(count)s watch", count), { count });

/** How the line is, for games in which it is felt. @param {number} round_trip_ms @param {number} jitter_ms */
export function lagOf(round_trip_ms, jitter_ms) {
  const lag = { ms: Math.round(round_trip_ms), jitter: Math.round(jitter_ms) };
  return fill(gettext("Lag %(ms)s ms, ± %(jitter)s ms"), lag);
}
