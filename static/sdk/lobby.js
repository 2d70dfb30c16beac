/**
 * Madang's lobby: `openLobby()` gives a `Lobby` that keeps its picture in step with the server whatever the network does.
 * For browsers and node, without dependencies. It knows no page.
 */
import { addressOf, environment, Line } from "./line.js";
import { applyPatch } from "./patch.js";

/** @typedef {import("./protocol.d.ts").Picture} Picture */
/** @typedef {import("./protocol.d.ts").ListedMatch} ListedMatch */
/** @typedef {import("./protocol.d.ts").ListedSeat} ListedSeat */
/** @typedef {import("./protocol.d.ts").ListedClock} ListedClock */
/** @typedef {import("./protocol.d.ts").LobbyServerMessage} LobbyServerMessage */
/** @typedef {import("./protocol.d.ts").Changed} Changed */
/** @typedef {import("./line.js").Condition} Condition */
/**
 * @typedef {object} LobbyOptions
 * @property {string} [url] the whole address, where it is not this page's server
 * @property {string} [token] a ticket, where there is no cookie
 * @property {any} [WebSocket] the class to use instead of the global one
 * @property {import("./line.js").Clock} [clock] timers, time and chance, for tests
 * @property {EventTarget | null} [page] where online, offline and visibilitychange are heard
 */

const TOKEN_LAPSED = 4014;

/** Connect to the lobby. @param {LobbyOptions} [options] @returns {Lobby} */
export const openLobby = (options = {}) => new Lobby(options.url ?? addressOf("/ws/lobby"), options);

/**
 * What goes on, as everybody may see it, and what concerns oneself. Events: `change` (the picture is another; read
 * `picture`), `you` (its detail is what concerns oneself alone), `line` (a Condition), `error` (`{code, why}`).
 */
export class Lobby extends EventTarget {
  /** @type {Picture | null} null until the server has told it */ picture = null;
  /** @type {any} null until the server has told it, and for strangers */ you = null;
  /** @type {string | null} */ #token;
  /** @type {Line} */ #line;
  #v = -1;

  /** @param {string} url @param {LobbyOptions} options */
  constructor(url, options) {
    super();
    this.#token = options.token ?? null;
    this.#line = new Line(url, environment(options), {
      greet: () => ({ type: "hello", ...(this.#token && { token: this.#token }) }),
      // The whole comes first, whatever was seen before.
      opened: () => (this.#v = -1),
      received: (message) => this.#receive(message),
      changed: (condition) => this.#lineChanged(condition),
      measured: () => {},
    });
    this.#line.connect();
  }

  /** The state of the connection. @returns {Condition} */
  get line() {
    return this.#line.condition;
  }

  close() {
    this.#line.close();
  }

  /** @param {LobbyServerMessage} message */
  #receive(message) {
    if (message.type === "lobby") this.#show(message.v, message.picture);
    else if (message.type === "changed") this.#follow(message);
    else if (message.type === "you") this.#concern(message.you);
    else if (message.type === "token") this.#token = message.token;
    else if (message.type === "error") this.#tell("error", message);
  }

  /** @param {number} v @param {Picture} picture */
  #show(v, picture) {
    [this.#v, this.picture] = [v, picture];
    this.#tell("change");
  }

  /** @param {Changed} message */
  #follow({ v, d, you }) {
    // Something was lost, which this server never does: begin anew.
    if (this.#v < 0 || v > this.#v + 1) return this.#line.again();
    if (v > this.#v) this.#show(v, applyPatch(this.picture, d));
    if (you !== undefined) this.#concern(you);
  }

  /** @param {any} you */
  #concern(you) {
    this.you = you;
    this.#tell("you", you);
  }

  /** @param {Condition} condition */
  #lineChanged(condition) {
    if (condition.code === TOKEN_LAPSED) this.#token = null;
    this.#tell("line", condition);
  }

  /** @param {string} type @param {any} [detail] */
  #tell(type, detail) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }
}
