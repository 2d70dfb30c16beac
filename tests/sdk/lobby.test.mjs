import assert from "node:assert/strict";
import { test } from "node:test";
import { openLobby } from "../../static/sdk/lobby.js";
import { Server, VirtualClock } from "./fake.mjs";

const row = { game: "arena", seats: 2, taken: 1, at: 5, sitting: { 0: { name: "Ann" } } };
const picture = { open: { m1: row }, live: {}, tv: {}, counts: { people: 1, open: 1, live: 0 } };
const whole = (v = 0) => ({ type: "lobby", v, picture });

function begun(options = {}) {
  const clock = new VirtualClock();
  const server = new Server();
  const lobby = openLobby({ url: "ws://server/ws/lobby", WebSocket: server.WebSocket, clock, page: null, ...options });
  const heard = [];
  for (const type of ["change", "you", "error"]) lobby.addEventListener(type, (event) => heard.push([type, event.detail]));
  server.open();
  return { clock, server, lobby, heard };
}

test("the first message is hello, and the whole comes first", () => {
  const { server, lobby, heard } = begun();
  assert.deepEqual(server.newest.said[0], { type: "hello" });
  assert.equal(lobby.picture, null);
  server.tell(whole());
  assert.deepEqual(lobby.picture, picture);
  assert.deepEqual(heard.map(([type]) => type), ["change"]);
});

test("changes are patches to the picture before", () => {
  const { server, lobby } = begun();
  server.tell(whole(), { type: "changed", v: 1, d: { open: { m1: null, m2: row }, counts: { people: 2 } } });
  assert.deepEqual(lobby.picture, { ...picture, open: { m2: row }, counts: { people: 2, open: 1, live: 0 } });
});

test("a version that is known already changes nothing, and what is one's own in it is heard all the same", () => {
  const { server, lobby, heard } = begun();
  server.tell(whole(4), { type: "changed", v: 4, d: { open: null }, you: { go: "m7" } });
  assert.deepEqual(lobby.picture, picture);
  assert.deepEqual(heard.at(-1), ["you", { go: "m7" }]);
});

test("after a gap it begins anew", () => {
  const { server, clock } = begun();
  server.tell(whole(), { type: "changed", v: 2, d: {} });
  clock.pass(250);
  assert.equal(server.sockets.length, 2);
});

test("a lost connection keeps the picture, comes back by itself and is told the whole", () => {
  const { server, clock, lobby } = begun();
  server.tell(whole(7));
  server.shut(1012);
  assert.deepEqual(lobby.picture, picture);
  clock.pass(250);
  server.open();
  server.tell(whole(0), { type: "changed", v: 1, d: { live: { m9: row } } });
  assert.deepEqual(lobby.picture.live, { m9: row });
});

test("what concerns oneself comes alone or with a change", () => {
  const { server, lobby, heard } = begun();
  server.tell(whole(), { type: "you", you: { go: null } }, { type: "changed", v: 1, d: { counts: { live: 1 } }, you: { go: "m1" } });
  assert.deepEqual(lobby.you, { go: "m1" });
  assert.deepEqual(heard.map(([type]) => type), ["change", "you", "change", "you"]);
});

test("a ticket goes into hello, a renewed token takes its place, a lapsed one is not sent again", () => {
  const { server, clock } = begun({ token: "once" });
  assert.deepEqual(server.sent[0], { type: "hello", token: "once" });
  server.tell(whole(), { type: "token", token: "t2" });
  server.shut(1006);
  clock.pass(250);
  server.open();
  assert.deepEqual(server.sent[0], { type: "hello", token: "t2" });
  server.shut(4014);
  clock.pass(1000);
  server.open();
  assert.deepEqual(server.sent[0], { type: "hello" });
});

test("who was signed out stays away, and so does who has left", () => {
  for (const end of [(server) => server.shut(4001), (_, lobby) => lobby.close()]) {
    const { server, clock, lobby } = begun();
    end(server, lobby);
    clock.pass(3_600_000);
    assert.equal(server.sockets.length, 1);
    assert.equal(lobby.line.state, "closed");
  }
});

test("a message of a later version is passed over, a refusal is told", () => {
  const { server, heard } = begun();
  server.tell({ type: "weather" }, { type: "error", code: "bad_message", why: "No." });
  assert.deepEqual(heard.map(([type]) => type), ["error"]);
});
