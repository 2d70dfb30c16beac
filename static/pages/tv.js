/**
 * Television: each game's board shows its best live match, and some seconds after its end the next. A board stays with a
 * match until it is over. Whoever sits at one of them watches it at their own seat, not here: a seat has one connection.
 */
import { connect } from "../sdk/madang.js";
import { gettext } from "../text.js";
import { all, one, say } from "./dom.js";
import { lobby } from "./lobby.js";
import { headline, nameOf, reasonOf } from "./words.js";

/** @typedef {import("../sdk/madang.js").Match} Match */

// The result is read first; then there is something to see again.
const AFTER_MS = 6000;
// As many names as fit a line.
const NAMES = 2;

const place = one("[data-channels]");
const { you } = place.dataset;
const alone = place.classList.contains("alone");

/** Whether the person before this page sits at that match. @param {string} id */
async function isMine(id) {
  if (!you) return false;
  const answer = await fetch(`/api/matches/${encodeURIComponent(id)}`);
  if (!answer.ok) return true;
  const { seats } = await answer.json();
  return seats.some((/** @type {{ player: string | null } | null} */ seat) => seat?.player === you);
}

class Channel {
  /** @type {Match | null} */ #match = null;
  #id = "";
  #busy = false;
  #element;
  #script;

  /** @param {HTMLElement} element */
  constructor(element) {
    this.#element = element;
    this.#script = import(String(one(".board", element).dataset.script));
    const { match } = element.dataset;
    if (match) this.#watch(match);
  }

  /** The best one now, where this board is free. */
  offer() {
    const next = lobby.picture?.tv[String(this.#element.dataset.channel)];
    if (!next || this.#busy || next === this.#id) return;
    if (alone) location.reload();
    else this.#watch(next);
  }

  /** @param {string} id */
  async #watch(id) {
    [this.#id, this.#busy] = [id, true];
    await this.#script;
    if (await isMine(id)) {
      this.#busy = false;
      return this.#say("", gettext("You are playing."));
    }
    this.#match?.close();
    this.#renew();
    const match = connect(id);
    this.#match = match;
    match.addEventListener("change", () => this.#match === match && this.#draw(match));
    match.addEventListener("over", (event) => this.#ended(/** @type {CustomEvent} */ (event).detail.next));
    match.addEventListener("line", () => match.line.state === "closed" && this.#ended(null));
  }

  /** A board of another match remembers nothing of this one. */
  #renew() {
    const old = one(".board", this.#element);
    const board = /** @type {HTMLElement} */ (old.cloneNode(false));
    old.replaceWith(board);
  }

  /** @param {Match} match */
  #draw(match) {
    const { state, ticks } = match;
    if (!state) return;
    const board = /** @type {any} */ (one(".board", this.#element));
    board.names = state.seats.map((_, seat) => nameOf(state, seat));
    board.seat = null;
    board.view = state.view;
    board.ticks = ticks;
    const seated = state.seats.flatMap((info, seat) => (info ? [nameOf(state, seat)] : []));
    const more = seated.length > NAMES ? ` +${seated.length - NAMES}` : "";
    this.#say(seated.slice(0, NAMES).join(" – ") + more, state.result ? `${headline(state, [])}. ${reasonOf(state.result.reason)}` : "");
  }

  /** @param {string | null} next the match in which it goes on, where there is one */
  #ended(next) {
    const ended = this.#match;
    setTimeout(() => {
      if (this.#match !== ended) return;
      this.#busy = false;
      if (next) this.#watch(next);
      else this.offer();
    }, next ? 0 : AFTER_MS);
  }

  /** @param {string} who @param {string} what */
  #say(who, what) {
    say(one("[data-who]", this.#element), who);
    say(one("[data-what]", this.#element), what);
  }
}

const channels = all("[data-channel]").map((element) => new Channel(element));
lobby.addEventListener("change", () => {
  for (const channel of channels) channel.offer();
});
