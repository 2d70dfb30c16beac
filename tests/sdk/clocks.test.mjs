/** Clocks in the SDK: what is left goes down truthfully between two messages, and stands where it stands. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { leftOf, still, stopped, told } from "../../static/sdk/clocks.js";
import { begun } from "./fake.mjs";

const CONTROL = { kind: "fischer", base_ms: 60_000, extra_ms: 0 };
const clocks = (changes = {}) => ({ ...CONTROL, left: [60_000, 50_000], running: [0], ...changes });
const left = ({ match }) => match.clocks.map(({ left_ms }) => left_ms);
const running = ({ match }) => match.clocks.map((clock) => clock.running);

test("without clocks there is nothing to show", () => {
  assert.deepEqual(begun().match.clocks, []);
});

test("a running clock goes down from what was told, and another stands", () => {
  const table = begun({ clock: clocks() });
  assert.deepEqual(left(table), [60_000, 50_000]);
  table.clock.pass(1500);
  assert.deepEqual(left(table), [58_500, 50_000]);
  assert.deepEqual(running(table), [true, false]);
});

test("no clock goes below zero", () => {
  const table = begun({ clock: clocks() });
  table.server.tell({ type: "update", v: 3, clock: { left: [500, 50_000], running: [0] } });
  table.clock.pass(2000);
  assert.equal(left(table)[0], 0);
});

test("an update sets the clocks anew and keeps the control", () => {
  const table = begun({ clock: clocks() });
  table.clock.pass(2000);
  table.server.tell({ type: "update", v: 3, moves: { 1: [0] }, clock: { left: [58_100, 50_000], running: [1] } });
  table.clock.pass(1000);
  assert.deepEqual(left(table), [58_100, 49_000]);
  assert.equal(table.match.state.clock.kind, "fischer");
});

test("an update without clocks changes none", () => {
  const table = begun({ clock: clocks() });
  table.clock.pass(1000);
  table.server.tell({ type: "update", v: 3, host: { offered: [1, "draw"] } });
  assert.deepEqual(left(table), [59_000, 50_000]);
});

test("with a delay a clock stands still at first", () => {
  const told_ = clocks({ kind: "delay", extra_ms: 5000, free: [3000] });
  const table = begun({ clock: told_ });
  table.clock.pass(3000);
  assert.equal(left(table)[0], 60_000);
  table.clock.pass(250);
  assert.equal(left(table)[0], 59_750);
  table.server.tell({ type: "update", v: 3, clock: { left: [59_750, 50_000], running: [] } });
  assert.deepEqual(left(table), [59_750, 50_000]);
});

test("the own clock stands while a move is on its way, and goes on if the move comes back", async () => {
  const table = begun({ clock: clocks() });
  table.clock.pass(1000);
  const ending = table.match.play(1);
  table.clock.pass(400);
  assert.deepEqual([left(table)[0], running(table)[0]], [59_000, false]);
  table.server.tell({ type: "reject", c: 1, code: "illegal", why: "No.", last: 0 });
  await ending;
  assert.deepEqual([left(table)[0], running(table)[0]], [58_600, true]);
});

test("an answer that waits for others stops the own clock alone", () => {
  const table = begun({ clock: clocks({ running: [0, 1] }), moves: { 0: [0], 1: [0] } });
  table.clock.pass(1000);
  table.match.play(0);
  table.clock.pass(100);
  table.server.tell({ type: "ack", c: 1, v: 2 });
  table.clock.pass(900);
  assert.deepEqual(left(table), [59_000, 48_000]);
  assert.deepEqual(running(table), [false, true]);
});

test("at the end all clocks stand", () => {
  const table = begun({ clock: clocks() });
  table.server.tell({ type: "over", v: 3, result: { scores: [0, 2], reason: "flagged" }, seed: "00" });
  table.clock.pass(5000);
  assert.deepEqual(running(table), [false, false]);
});

test("a move tells the way there and back as it was measured, where a clock runs", () => {
  for (const [clock, lag] of [[clocks(), 80], [null, undefined]]) {
    const table = begun({ clock });
    table.clock.pass(80);
    table.server.tell({ type: "pong", at: table.clock.now() - 80, now: 5 });
    table.match.play(0);
    assert.equal(table.server.sent.at(-1).lag, lag);
  }
});

test("what is told is never changed", () => {
  const before = Object.freeze(told(null, clocks({ running: Object.freeze([0, 1]) }), 100));
  assert.equal(leftOf(before, 0, 600), 59_500);
  assert.deepEqual(stopped(before, 0, 600).left, [59_500, 50_000]);
  assert.equal(stopped(before, 5, 600), before);
  assert.deepEqual([before.running, still(before).running, still(null)], [[0, 1], [], null]);
});
