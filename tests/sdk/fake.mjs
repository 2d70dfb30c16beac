/** A virtual clock and a fake server for the SDK's tests: time moves only when told to, and nothing touches a network. */
import { connect } from "../../static/sdk/madang.js";

export class VirtualClock {
  #now = 1_000_000;
  #tasks = new Map();
  #ids = 0;
  chance = 0.5;
  now = () => this.#now;
  random = () => this.chance;
  set = (call, ms) => {
    this.#tasks.set(++this.#ids, { at: this.#now + ms, call });
    return this.#ids;
  };
  clear = (id) => void this.#tasks.delete(id);

  /** Run all that falls due within `ms`, in order. */
  pass(ms) {
    const end = this.#now + ms;
    for (;;) {
      const due = [...this.#tasks].filter(([, task]) => task.at <= end).sort((a, b) => a[1].at - b[1].at || a[0] - b[0])[0];
      if (!due) break;
      this.#tasks.delete(due[0]);
      this.#now = due[1].at;
      due[1].call();
    }
    this.#now = end;
  }
}

/** Plays the server by hand. `sockets`: every connection ever tried; `sent`: what the newest one was told, pings aside. */
export class Server {
  sockets = [];
  constructor() {
    const { sockets } = this;
    this.WebSocket = class {
      readyState = 0;
      said = [];
      constructor(url, protocols) {
        Object.assign(this, { url, protocols });
        sockets.push(this);
      }
      send(text) {
        this.said.push(JSON.parse(text));
      }
      close() {
        this.readyState = 3;
      }
    };
  }
  get newest() {
    return this.sockets.at(-1);
  }
  get sent() {
    return this.newest.said.filter((message) => message.type !== "ping");
  }
  open() {
    this.newest.readyState = 1;
    this.newest.onopen();
  }
  tell(...messages) {
    for (const message of messages) this.newest.onmessage({ data: JSON.stringify(message) });
  }
  shut(code) {
    this.newest.readyState = 3;
    this.newest.onclose?.({ code });
  }
}

export const welcome = (changes = {}) => ({
  type: "welcome", match: "m1", game: "connect-four", edition: 1, options: {}, hz: 0, seed_hash: "00", status: "live",
  seats: [{ name: "Ann", player: "a" }, { name: "Bo", player: "b" }], sides: [0, 1], seat: 0, e: 1, v: 2, step: 0, c: 0, mine: null, delay_s: 0,
  view: { columns: ["", ""], last: null }, moves: { 0: [0, 1] }, clock: null, offers: {}, may_offer: ["draw"],
  may_pause: false, paused: false, out: [], grace: null, result: null, seed: null, rematch: null, chat: [], token: "t1", now: 5,
  ...changes,
});

/** A match that is connected and welcomed. */
export function begun(changes = {}, options = {}) {
  const clock = new VirtualClock();
  const server = new Server();
  const page = new EventTarget();
  const match = connect("ws://server/ws/match/m1", { WebSocket: server.WebSocket, clock, page, ...options });
  const heard = [];
  for (const type of ["welcome", "update", "over", "chat", "presence", "line", "latency", "returned", "error"])
    match.addEventListener(type, (event) => heard.push([type, event.detail]));
  server.open();
  server.tell(welcome(changes));
  return { clock, server, match, page, heard };
}
