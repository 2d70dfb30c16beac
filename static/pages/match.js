/**
 * The match page: joins the SDK's `Match` to the board, the seats, the moves, the chat and the buttons. Where a game is a
 * chain of matches the page goes on to the next in place. `?delay=100` tries a worse line (docs/sdk.md).
 */
import { connect } from "../sdk/madang.js";
import { gettext } from "../text.js";
import { drawActions } from "./actions.js";
import { startAnewWhenSignedIn } from "./again.js";
import { standing, toldOf } from "./around.js";
import { drawChat } from "./chat.js";
import { drawClocks } from "./clocks.js";
import { all, one, say } from "./dom.js";
import { fetchFrames, movesOf } from "./frames.js";
import { MoveList } from "./moves.js";
import { ratedOf } from "./ratings.js";
import { drawScores } from "./scores.js";
import { drawSeats } from "./strips.js";
import { endOf, headline, lagOf, lineOf, nameOf, undoneOf, watching, watchingOf } from "./words.js";

// A refusal is read in a few seconds; then the line is free for the connection again.
const NOTICE_MS = 6000;
// The code with which the server closes the sockets of whoever is banned.
const BANNED = 4002;
// And those of a session that is over.
const SIGNED_OUT = 4001;

const place = one("[data-match]");
const board = /** @type {any} */ (one("[data-board]"));
let id = /** @type {string} */ (place.dataset.match);
let match = enter(id);
const list = new MoveList(board, (seat) => (match.state ? nameOf(match.state, seat) : ""));
const title = document.title;
const game = one("[data-say]").textContent ?? "";
let notice = "";
/** @type {any} */ let noticed = null;

/** Say for a while what could not be done. @param {string} text */
function notify(text) {
  notice = text;
  clearTimeout(noticed);
  noticed = setTimeout(() => { notice = ""; draw(); }, NOTICE_MS);
  draw();
}

/** @type {any} */ let next = null;

/** While someone is away, how long changes every second. */
function drawEverySecond() {
  clearTimeout(next);
  if (match.away.length > 0 && match.state?.status === "live") next = setTimeout(draw, 1000);
}

function draw() {
  const { state, ticks } = match;
  // Whoever is banned is told why and until when by any page; this one has nothing more to show.
  if (match.line.code === BANNED) return location.reload();
  if (match.line.code === SIGNED_OUT) startAnewWhenSignedIn();
  say(one("[data-line]"), notice || lineOf(match.line, state === null));
  if (ticks?.round_trip_ms) say(one("[data-lag]"), lagOf(ticks.round_trip_ms, ticks.jitter_ms));
  if (!state) return;
  drawBoard(state);
  const turns = state.status === "live" && board.turns || match.turns;
  drawSeats(state, turns, board);
  drawClocks(match);
  const sentence = headline(state, turns, Number(place.dataset.needed));
  // While it is played the seats say whose turn it is; the heading says what is played.
  say(one("[data-say]"), state.status === "live" ? game : sentence);
  say(one("[data-turn]"), sentence);
  say(one("[data-why]"), why(state));
  say(one("[data-rated]"), ratedOf(state));
  say(one("[data-told]"), toldOf(match));
  say(one("[data-watching]"), watching(state.spectators));
  const own = state.seat !== null && turns.includes(state.seat);
  document.title = `${own ? "● " : ""}${sentence} – ${title}`;
  place.classList.toggle("own-turn", own);
  drawScores(state, board);
  drawActions(match);
  drawEverySecond();
  drawChat(state);
}

/** @param {import("../sdk/state.js").State} state */
function drawBoard(state) {
  board.names = state.seats.map((_, seat) => nameOf(state, seat));
  board.seat = state.seat;
  board.moves = match.moves;
  board.asked = state.seat !== null && match.turns.includes(state.seat);
  board.pending = match.pending ?? match.answered;
  board.view = state.view;
  board.ticks = match.ticks;
  if (board.made && board.made.length !== list.length) list.show(board.made);
}

/** The second sentence: what goes on beside the game, the reason of the end, or who watches whom. @param {import("../sdk/state.js").State} state */
function why(state) {
  const around = standing(match);
  if (around) return around;
  if (state.result) return endOf(state.result);
  if (state.seat === null && (state.status === "live" || state.delay_s > 0)) return watchingOf(state);
  if (state.status === "waiting") return game;
  return "";
}

/** The moves that were made before this page was opened, or while it was away. Without them the match goes on. */
async function listMoves() {
  const frames = await fetchFrames(id).catch(() => []);
  list.complete(movesOf(frames, match.state?.seats.length ?? 0));
  draw();
}

/** Connect to a match, and hear it for as long as this page is at it. @param {string} id */
function enter(id) {
  const entered = connect(id, testDelay());
  /** @param {string} type @param {(detail: any) => void} act */
  const hear = (type, act) => entered.addEventListener(type, (event) => entered === match && act(/** @type {any} */ (event).detail));
  hear("change", draw);
  hear("latency", draw);
  // While a game lasts that keeps something back the server tells no frames, and of moves only one's own.
  hear("welcome", (state) => !state.hz && !("secret" in place.dataset) && state.v > list.v && listMoves());
  hear("update", ({ v, by = [], host }) => {
    if (v > list.v && !entered.ticks && !board.made) list.add(v, by);
    // The record tells which moves were taken back.
    if (host?.answered?.[1] === "takeback" && host.answered[2]) listMoves();
    // Both have just agreed: there is nothing left to do on this page.
    if (host?.rematch && entered.seat !== null) location.assign(`/match/${encodeURIComponent(host.rematch)}/`);
  });
  hear("over", ({ next }) => {
    if (next) goOn(next);
    document.dispatchEvent(new CustomEvent("madang:over", { detail: { next } }));
  });
  hear("undone", (ms) => notify(undoneOf(ms)));
  hear("returned", ({ why }) => notify(gettext(why)));
  hear("error", ({ why }) => notify(gettext(why)));
  return entered;
}

/** The match goes on in another: the board stays as it is until that one is there. @param {string} next */
function goOn(next) {
  const { state } = match;
  const before = id;
  match.close();
  [id, match] = [next, enter(next)];
  history.replaceState(null, "", location.href.replace(before, next));
  for (const link of all("[data-act][href], [data-sit], [data-link]"))
    for (const name of ["href", "action", "value"])
      if (link.getAttribute(name)?.includes(before)) link.setAttribute(name, String(link.getAttribute(name)).replace(before, next));
  if (state) notify(headline(state, []));
}

/** `?delay=100` or `?delay=100,5,80`: milliseconds there and back, and how many frames in a hundred come how much later. */
function testDelay() {
  const [ms, hundredth = 5, extraMs = 80] = (new URLSearchParams(location.search).get("delay") ?? "").split(",").filter(Boolean).map(Number);
  return ms ? { testDelay: { ms, share: hundredth / 100, extraMs } } : {};
}

document.addEventListener("madang:redraw", draw);
document.querySelector("[data-phrases]")?.addEventListener("click", ({ target }) => {
  const phrase = target instanceof HTMLElement && target.dataset.phrase;
  if (phrase && !match.say({ phrase })) notify(gettext("Not sent: the connection is lost. Try again in a moment."));
});
board.addEventListener("notes", draw);
board.addEventListener("move", (/** @type {CustomEvent} */ event) => match.play(event.detail));
document.querySelector("[data-chat-form]")?.addEventListener("submit", (event) => {
  event.preventDefault();
  const field = /** @type {HTMLInputElement} */ (one("#say"));
  const text = field.value.trim();
  if (text && match.say(text)) field.value = "";
  else if (text) notify(gettext("Not sent: the connection is lost. Try again in a moment."));
});
draw();
