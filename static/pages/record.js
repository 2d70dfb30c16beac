/**
 * The record page: the match at rest, moved in time. Without ticks it goes from frame to frame and `#12` is entry 12; with
 * ticks time runs on, and `#t=83.4` is a moment in seconds.
 */
import { fill, gettext } from "../text.js";
import { drawFaces, spentOf } from "./clocks.js";
import { make, one, say } from "./dom.js";
import { FrameFilm } from "./film.js";
import { fetchFrames, movesOf } from "./frames.js";
import { MoveList } from "./moves.js";
import { ratedOf } from "./ratings.js";
import { drawScores } from "./scores.js";
import { drawSeats } from "./strips.js";
import { Transport } from "./transport.js";
import { endOf, headline } from "./words.js";

/** @typedef {import("./frames.js").Frame} Frame */
/** @typedef {import("./transport.js").Film} Film */
/** @typedef {import("../sdk/state.js").State} State */

// With ticks an arrow goes a second further.
const SECOND_MS = 1000;

const place = one("[data-record]");
const id = place.dataset.record ?? "";
const board = /** @type {any} */ (one("[data-board]"));
/** @type {string[]} */ const names = JSON.parse(place.dataset.names ?? "[]");
/** @type {{ seats: ([number, number, boolean] | null)[], why: string | null } | null} */ const rated = JSON.parse(place.dataset.ratings ?? "null");
/** @type {(string | null)[]} */ const people = JSON.parse(place.dataset.people ?? "[]");
/** @type {number[]} */ const sides = JSON.parse(place.dataset.sides ?? "[]");
const list = new MoveList(board, (seat) => names[seat] ?? "");
const game = one("[data-say]").textContent ?? "";

/** The seats and the words around the board. @param {{ v: number, status: string, result: any, turns?: number[] }} shown @param {string} moment @returns {State} */
function draw({ v, status, result, turns = [] }, moment) {
  const state = /** @type {any} */ ({
    seats: names.map((name, seat) => name && { name, player: people[seat] ?? null, here: true, rating: rated?.seats[seat]?.[0] }), rated: result ? rated : null, seat: null, status: status === "aborted" ? "over" : status,
    result, sides, moves: null, out: [], v,
  });
  drawSeats(state, turns, board);
  drawScores(state, board);
  say(one("[data-say]"), result ? headline(state, turns) : game);
  say(one("[data-rated]"), result ? ratedOf(state) : "");
  say(one("[data-why]"), result ? endOf({ ...result, words: place.dataset.house }) : moment);
  return state;
}

// ── from frame to frame ─────────────────────────────────────────────────────────────────────────────────

async function showFrames() {
  /** @type {{ frame: Frame, state: State } | null} */ let shown = null;
  const film = new FrameFilm(await fetchFrames(id), (frame, at) => {
    if (frame !== shown?.frame) {
      shown = { frame, state: draw(frame, film.moment(at)) };
      board.view = frame.view;
      list.mark(film.lastMove(at));
    }
    drawFaces(shown.state, film.faces(at));
  }, { name: (seat) => names[seat] ?? "", move: (move) => board.describe(move) });
  list.show(movesOf(film.frames, names.length), ({ v, spent_ms }) => {
    const button = make("button", { type: "button" });
    if (spent_ms !== undefined) button.append(make("span", { className: "spent" }, spentOf(spent_ms)));
    button.addEventListener("click", () => transport.go(film.frames.findIndex((frame) => frame.v === v)));
    return button;
  });
  const transport = new Transport(film);
  const eyes = /** @type {HTMLSelectElement | null} */ (document.querySelector("[data-eyes]"));
  // The page may be older than the end of the match.
  const label = eyes?.closest("label");
  if (label) label.hidden = film.frames.at(-1)?.result == null;
  eyes?.addEventListener("change", async () => {
    film.frames = await fetchFrames(id, eyes.value);
    film.show(transport.at);
  });
}

// ── with ticks ──────────────────────────────────────────────────────────────────────────────────────────

/** A moment as people write it: minutes, seconds, and tenths. @param {number} ms */
function clock(ms) {
  const tenths = Math.floor(ms / 100);
  return `${Math.floor(tenths / 600)}:${((tenths % 600) / 10).toFixed(1).padStart(4, "0")}`;
}

async function showTicks() {
  const { TickPlayer } = await import("./player.js");
  /** @type {Transport | null} */ let transport = null;
  let drawn = "";
  const player = new TickPlayer(id, () => {
    const { step } = player;
    if (!step) return;
    board.view = step.view;
    const told = clock(at);
    // Seats and words change a few times a second at most; the board alone is drawn at every frame.
    if (told !== drawn) draw({ v: step.ms, ...step }, fill(gettext("%(at)s of %(all)s"), { at: drawn = told, all: clock(player.length_ms) }));
    transport?.refresh();
  });
  let at = 0;
  /** @type {Film} */
  const film = {
    get length() { return player.length_ms; },
    grain: 0,
    show: (wanted, rate) => player.show((at = wanted), rate),
    step: (from, way) => from + way * SECOND_MS,
    on: (from, passed_ms) => from + passed_ms,
    told: clock,
    addressed: (from) => `t=${(from / 1000).toFixed(1)}`,
    found: (text) => (/^t=\d+(\.\d+)?$/.test(text) ? Math.round(Number(text.slice(2)) * 1000) : null),
    playing: (playing) => {
      player.running = playing;
      board.ticks = player;
    },
  };
  await player.begin(0);
  board.ticks = player;
  transport = new Transport(film);
}

board.names = names;
(place.dataset.hz === "0" ? showFrames() : showTicks()).catch((/** @type {Error} */ refused) => say(one("[data-why]"), refused.message));
