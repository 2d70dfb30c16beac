import assert from "node:assert/strict";
import { test } from "node:test";
import { connect } from "../../static/sdk/madang.js";
import { begun, Server, VirtualClock, welcome } from "./fake.mjs";

test("the first message is hello, under the subprotocol of Madang", () => {
  const { server } = begun();
  assert.deepEqual(server.newest.protocols, ["madang.v1"]);
  assert.deepEqual(server.newest.said[0], { type: "hello" });
});

test("a ticket goes into hello, never into the address", () => {
  const server = new Server();
  connect("ws://server/ws/match/m1", { WebSocket: server.WebSocket, clock: new VirtualClock(), page: null, token: "once" });
  server.open();
  assert.deepEqual(server.sent[0], { type: "hello", token: "once" });
  assert.equal(server.newest.url, "ws://server/ws/match/m1");
});

test("after a lost connection the first attempt comes within a quarter of a second and says what was seen", () => {
  const { server, clock } = begun({ chat: [{ k: 7, seat: 0, name: "Ann", text: "hi" }] });
  server.shut(1006);
  clock.pass(250);
  assert.equal(server.sockets.length, 2);
  server.open();
  assert.deepEqual(server.sent[0], { type: "hello", token: "t1", e: 1, v: 2, k: 7 });
});

test("the pauses grow up to ten seconds, and chance spreads them", () => {
  const pauses = (chance) => {
    const { server, clock, heard } = begun();
    clock.chance = chance;
    for (let time = 0; time < 12; time++) {
      server.shut(1006);
      clock.pass(heard.at(-1)[1].pause_ms);
    }
    return heard.filter(([type, line]) => type === "line" && line.state === "waiting").map(([, line]) => Math.round(line.pause_ms));
  };
  const [short, long] = [pauses(0), pauses(0.999999)];
  assert.deepEqual(long.slice(0, 5), [250, 400, 640, 1024, 1638]);
  assert.equal(long.at(-1), 10_000);
  assert.equal(short[0], 0);
  assert.equal(short.at(-1), 5_000);
});

test("a connection that lived for ten seconds makes the next pause short again", () => {
  const { server, clock, heard } = begun();
  for (let time = 0; time < 4; time++) {
    server.shut(1006);
    clock.pass(heard.at(-1)[1].pause_ms);
  }
  server.open();
  server.tell({ type: "pong", at: clock.now(), now: 0 });
  clock.pass(10_000);
  server.shut(1006);
  assert.ok(heard.at(-1)[1].pause_ms <= 250);
});

test("a connection that dies young does not make the next pause short", () => {
  const { server, clock, heard } = begun();
  clock.chance = 0.999999;
  for (let time = 0; time < 3; time++) {
    server.shut(1006);
    clock.pass(heard.at(-1)[1].pause_ms);
    server.open();
    server.tell(welcome());
  }
  server.shut(1006);
  assert.ok(heard.at(-1)[1].pause_ms > 1000);
});

for (const code of [1007, 1009, 4000, 4001, 4002, 4004, 4011, 4012])
  test(`close ${code} is final`, () => {
    const { server, clock, match } = begun();
    server.shut(code);
    clock.pass(3_600_000);
    assert.equal(server.sockets.length, 1);
    assert.deepEqual(match.line, { state: "closed", code, pause_ms: null });
  });

for (const code of [1001, 1006, 1011, 1012, 4008, 4009, 4010, 4013, 4014])
  test(`close ${code} is followed by another attempt`, () => {
    const { server, clock } = begun();
    server.shut(code);
    clock.pass(3_000);
    assert.equal(server.sockets.length, 2);
  });

test("a flooded server is left alone for three seconds", () => {
  const { server, clock } = begun();
  server.shut(4008);
  clock.pass(2_999);
  assert.equal(server.sockets.length, 1);
});

test("a lapsed token is not sent again", () => {
  const { server, clock } = begun();
  server.shut(4014);
  clock.pass(250);
  server.open();
  assert.deepEqual(server.sent[0], { type: "hello", e: 1, v: 2, k: 0 });
});

test("a renewed token takes the place of the one before", () => {
  const { server, clock } = begun();
  server.tell({ type: "token", token: "t2" });
  server.shut(1012);
  clock.pass(250);
  server.open();
  assert.equal(server.sent[0].token, "t2");
});

test("after a replaced connection a person may take the seat back", () => {
  const { server, match } = begun();
  server.shut(4000);
  match.reconnect();
  assert.equal(server.sockets.length, 2);
});

test("a line that answers no ping within five seconds is given up", () => {
  const { server, clock, match } = begun();
  server.tell({ type: "pong", at: clock.now(), now: 0 });
  clock.pass(15_000);
  assert.equal(server.newest.said.at(-1).type, "ping");
  clock.pass(4_999);
  assert.equal(match.line.state, "open");
  clock.pass(1);
  assert.equal(match.line.state, "waiting");
  assert.equal(server.newest.readyState, 3);
});

test("a handshake that leads nowhere is given up", () => {
  const server = new Server();
  const clock = new VirtualClock();
  connect("ws://server/m", { WebSocket: server.WebSocket, clock, page: null });
  clock.pass(10_250);
  assert.equal(server.sockets.length, 2);
});

test("what a given-up socket says later is not heard", () => {
  const { server, clock, match } = begun();
  const old = server.newest;
  const hear = old.onmessage;
  server.shut(1006);
  clock.pass(250);
  assert.equal(old.onmessage, null);
  assert.equal(typeof hear, "function");
  assert.equal(match.state.v, 2);
});

test("latency is the way there and back", () => {
  const { server, clock, match } = begun();
  const asked = clock.now();
  clock.pass(80);
  server.tell({ type: "pong", at: asked, now: 0 });
  assert.equal(match.latency_ms, 80);
});

test("a page that comes online connects at once", () => {
  const { server, clock, page, heard } = begun();
  for (let time = 0; time < 8; time++) {
    server.shut(1006);
    clock.pass(heard.at(-1)[1].pause_ms);
  }
  server.shut(1006);
  const before = server.sockets.length;
  page.dispatchEvent(new Event("online"));
  assert.equal(server.sockets.length, before + 1);
});

test("a page that is looked at again proves its line", () => {
  const { server, clock, page } = begun();
  server.tell({ type: "pong", at: clock.now(), now: 0 });
  const before = server.newest.said.length;
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(server.newest.said.length, before + 1);
  clock.pass(5_250);
  assert.equal(server.sockets.length, 2);
});

test("a closed match stays closed", () => {
  const { server, clock, match, page } = begun();
  match.close();
  page.dispatchEvent(new Event("online"));
  clock.pass(3_600_000);
  assert.equal(server.sockets.length, 1);
});
