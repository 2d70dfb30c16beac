/**
 * What one viewer knows of a match, and how each message of the server changes it: pure functions, shaped like the
 * `welcome` that begins it. `madang.js` calls them in the order of the wire; they never change an argument.
 */
import { still, stopped, told } from "./clocks.js";
import { applyPatch } from "./patch.js";

/** @typedef {import("./protocol.d.ts").Welcome} Welcome */
/** @typedef {import("./protocol.d.ts").ServerMessage} ServerMessage */
/** @typedef {import("./protocol.d.ts").Update} Update */
/** @typedef {import("./protocol.d.ts").HostUpdate} HostUpdate */
/** @typedef {import("./protocol.d.ts").Presence} Presence */
/** @typedef {import("./protocol.d.ts").Over} Over */
/** @typedef {import("./protocol.d.ts").ChatSaid} ChatSaid */
/** @typedef {import("./protocol.d.ts").MovesAre} MovesAre */
/**
 * `away_since_ms`: by the own clock, since when each player is away; `answered`: the own move that is stored and waits for
 * the step.
 * @typedef {Omit<Welcome, "clock"> & { clock: import("./clocks.js").Clocks | null, spectators: number, away_since_ms: (number | null)[], answered?: any }} State
 */

// As many lines as a welcome brings; older ones are gone for everyone.
const CHAT_LINES = 50;

/** @param {Welcome} welcome @param {State | null} before @param {number} now_ms @returns {State} */
export function welcomed(welcome, before, now_ms) {
  const kept = { spectators: before?.spectators ?? 0, away_since_ms: before?.away_since_ms ?? [] };
  return { ...welcome, clock: told(null, welcome.clock, now_ms), answered: welcome.mine?.[1], ...kept };
}

/** @param {State} state @param {Update} update @param {number} now_ms @returns {State} */
export function updated(state, update, now_ms) {
  const next = { ...state, v: update.v };
  if (update.view !== undefined || update.d !== undefined) next.step++;
  if (update.view !== undefined) next.view = update.view;
  if (update.d !== undefined) next.view = applyPatch(state.view, update.d);
  if (update.moves !== undefined) Object.assign(next, { moves: update.moves, answered: undefined });
  if (update.clock !== undefined) next.clock = told(state.clock, update.clock, now_ms);
  return update.host ? decided(next, update.host) : next;
}

/** The own move is stored, and no step has come of it: others are asked too. @param {State} state @param {any} move @param {number} now_ms @returns {State} */
export function waiting(state, move, now_ms) {
  if (state.seat === null || !state.moves) return state;
  const { [state.seat]: own, ...moves } = state.moves;
  const clock = state.clock && stopped(state.clock, state.seat, now_ms);
  return own === undefined ? state : { ...state, moves, clock, answered: move };
}

/** @param {State} state @param {HostUpdate} host @returns {State} */
function decided(state, host) {
  const next = { ...state, seats: [...state.seats], offers: { ...state.offers } };
  if (host.sat) next.seats[host.sat[0]] = host.sat[1];
  if (host.started) next.status = "live";
  if (host.offered) next.offers[host.offered[1]] = [...(next.offers[host.offered[1]] ?? []), host.offered[0]];
  if (host.answered) next.offers = answered(next, host.answered);
  for (const what of host.lapsed ?? []) delete next.offers[what];
  if (typeof host.paused === "number") next.paused = true;
  if (host.resumed) next.paused = false;
  if (host.out?.length) next.out = [...state.out, ...host.out.map(([seat]) => seat)];
  if (host.rematch) next.rematch = host.rematch;
  return next;
}

/** A no ends an offer, and so does the last yes. @param {State} state @param {[number, string, boolean]} answer */
function answered({ offers, seats }, [seat, what, yes]) {
  const { [what]: agreed = [], ...others } = offers;
  return yes && agreed.length + 1 < seats.length ? { ...others, [what]: [...agreed, seat] } : others;
}

/** @param {State} state @param {Presence} presence @param {number} now_ms @returns {State} */
export function present(state, presence, now_ms) {
  const seats = state.seats.map((info, seat) => info && { ...info, here: presence.here[seat] ?? false });
  const away_since_ms = presence.away.map((away_ms) => (away_ms === null ? null : now_ms - away_ms));
  return { ...state, seats, spectators: presence.spectators, away_since_ms };
}

/** @param {State} state @param {Over} over @returns {State} */
export function ended(state, over) {
  return { ...state, v: over.v, status: "over", result: over.result, seed: over.seed, moves: {}, offers: {}, clock: still(state.clock) };
}

/** The ratings have followed the result. @param {State} state @param {import("./protocol.d.ts").Rated} rated @returns {State} */
export function ranked(state, { seats, why }) {
  return { ...state, rated: { seats, why } };
}

/** A tick has a short form. @param {ServerMessage | [number, any, any[]?]} frame @returns {ServerMessage} */
export function spelledOut(frame) {
  return Array.isArray(frame) ? { type: "update", v: frame[0], d: frame[1], by: frame[2] ?? [] } : frame;
}

/** The own moves, where a welcome or an update only counted them. @param {State} state @param {MovesAre} message @returns {State} */
export function listed(state, { v, moves }) {
  return v === state.v && state.seat !== null ? { ...state, moves: { ...state.moves, [state.seat]: moves } } : state;
}

/** @param {State} state @param {ChatSaid} line @returns {State} */
export function said(state, line) {
  const { k, seat, name, text, player, phrase } = line;
  if (state.chat.some((one) => one.k === k)) return state;
  return { ...state, chat: [...state.chat, { k, seat, name, text, player, phrase }].slice(-CHAT_LINES) };
}

/** The others who are away and still in the match, longest first. @param {State} state @param {number} now_ms @returns {{ seat: number, ms: number }[]} */
export function awayOf({ away_since_ms, seat: own, out }, now_ms) {
  return away_since_ms.flatMap((since_ms, seat) => (since_ms === null || seat === own || out.includes(seat) ? [] : [{ seat, ms: now_ms - since_ms }]))
    .sort((one, other) => other.ms - one.ms);
}

/** How long until someone who is away may be claimed against; null: nobody. @param {State} state @param {number} now_ms */
export function claimableIn(state, now_ms) {
  if (state.status !== "live" || state.seat === null || state.grace === null || state.out.includes(state.seat)) return null;
  const [longest] = awayOf(state, now_ms);
  return longest ? Math.max(0, state.grace - longest.ms) : null;
}

/** Whether ticks come. @param {State} state */
export const runs = ({ status, paused }) => status === "live" && !paused;
