/** What goes on around a game, in words: offers, pauses, who is away and for how long. Sentences only, no elements. */
import { fill, gettext } from "../text.js";
import { nameOf } from "./words.js";

/** @typedef {import("../sdk/madang.js").Match} Match */
/** @typedef {import("../sdk/state.js").State} State */

// Who comes back so soon has only opened the page again: nobody needs to be told.
const UNTOLD_MS = 3000;

/** The offer to speak of: one that the viewer is asked first. @param {State} state @returns {{ what: string, by: number, own: boolean } | null} */
export function offerOf({ offers, seat }) {
  const open = Object.entries(offers).filter(([, seats]) => seats.length > 0)
    .map(([what, seats]) => ({ what, by: seats[0] ?? 0, own: seat !== null && seats.includes(seat) }));
  return open.find(({ own }) => !own) ?? open[0] ?? null;
}

/** How the viewer's match stands beside the game itself: an offer, a pause, someone away. @param {Match} match */
export function standing(match) {
  const { state } = match;
  return state ? [beside(state), awayLine(match, state)].filter(Boolean).join(" ") : "";
}

/** @param {State} state */
function beside(state) {
  const offer = offerOf(state);
  if (offer) return offer.own ? ownOffer(offer.what) : othersOffer(offer.what, nameOf(state, offer.by));
  if (state.paused) return gettext("Paused: time stands still, for five minutes at most.");
  if (state.seat !== null && state.out.includes(state.seat) && state.status === "live")
    return gettext("You have left this match; the others play on.");
  return "";
}

/** The same for ears: without what changes every second. @param {Match} match */
export function toldOf(match) {
  const { state } = match;
  return state ? [beside(state), awayTold(match, state)].filter(Boolean).join(" ") : "";
}

/** @param {string} what */
function ownOffer(what) {
  if (what === "rematch") return gettext("You asked for a rematch.");
  if (what === "takeback") return gettext("You asked to take a move back.");
  return gettext("You offered a draw.");
}

/** @param {string} what @param {string} name */
export function othersOffer(what, name) {
  if (what === "rematch") return fill(gettext("%(name)s would like a rematch."), { name });
  if (what === "takeback") return fill(gettext("%(name)s would like to take a move back."), { name });
  return fill(gettext("%(name)s offers a draw."), { name });
}

/** Who of the others has been away longest, and is missed. @param {Match} match */
const longest = ({ away, state }) => (state?.status === "live" ? away : []).filter(({ ms }) => ms >= UNTOLD_MS)[0] ?? null;

/** @param {Match} match @param {State} state */
function awayLine(match, state) {
  const away = longest(match);
  // Who has left is not kept waiting.
  if (!away || (state.seat !== null && state.out.includes(state.seat))) return "";
  const told = { name: nameOf(state, away.seat), time: clock(away.ms), left: clock(Math.max(0, (state.grace ?? 0) - away.ms) + 999) };
  if (state.grace === null) return fill(gettext("%(name)s has been away for %(time)s."), told);
  if (state.hz) return fill(gettext("%(name)s has been away for %(time)s and is out in %(left)s."), told);
  if (state.seat === null) return fill(gettext("%(name)s has been away for %(time)s."), told);
  if (match.claimable_in_ms === 0) return fill(gettext("%(name)s has been away for %(time)s; you may claim the match now."), told);
  return fill(gettext("%(name)s has been away for %(time)s; you may claim the match in %(left)s."), told);
}

/** @param {Match} match @param {State} state */
function awayTold(match, state) {
  const away = longest(match);
  if (!away) return "";
  const name = nameOf(state, away.seat);
  if (match.claimable_in_ms === 0 && !state.hz) return fill(gettext("%(name)s is away; you may claim the match now."), { name });
  return fill(gettext("%(name)s is away."), { name });
}

/** Minutes and seconds. @param {number} ms */
function clock(ms) {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}
