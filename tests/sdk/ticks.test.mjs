import assert from "node:assert/strict";
import { test } from "node:test";
import { Ticks } from "../../static/sdk/ticks.js";
import { begun, VirtualClock, welcome } from "./fake.mjs";

const HZ = 30;
const PERIOD_MS = 1000 / HZ;
const FRAME_MS = 1000 / 60;
const live = { hz: HZ, moves: null, view: { t: 0 }, v: 10 };

/** A generator of chances that is the same in every run. */
function chances(seed) {
  let state = seed;
  return () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
}

/** Arrivals of ticks, in order as over TCP: `share` of them `late_ms` late, all at least `way_ms`. */
function arrivals(count, { way_ms = 50, share = 0, late_ms = 0, period_ms = PERIOD_MS, seed = 7 } = {}) {
  const chance = chances(seed);
  let free_ms = 0;
  return Array.from({ length: count }, (_, index) => {
    free_ms = Math.max(free_ms, (index + 1) * period_ms + way_ms + (chance() < share ? late_ms : 0));
    return free_ms;
  });
}

/** Play `arrived` into `ticks` while a page draws 60 times a second; gives every moment that was drawn. */
function watched(ticks, arrived, until_ms = arrived.at(-1) + FRAME_MS) {
  const moments = [];
  let next = 0;
  for (let now = 0; now <= until_ms; now += FRAME_MS) {
    for (; arrived[next] <= now; next++) ticks.follow({ t: next + 1 }, { isTick: true, running: true }, arrived[next]);
    moments.push({ now, ...ticks.moment(now) });
  }
  return moments;
}

function started(hz = HZ) {
  const ticks = new Ticks(hz);
  ticks.begin({ t: 0 }, true, 0);
  return ticks;
}

const steps = (moments) => moments.slice(1).map((moment, index) => moment.tick - moments[index].tick);
const settled = (moments) => moments.filter(({ now }) => now > 2500);

test("on an even line what is shown moves evenly, one tick behind", () => {
  const moments = settled(watched(started(), arrivals(300)));
  for (const step of steps(moments)) assert.ok(Math.abs(step - 0.5) < 0.02, `a step of ${step}`);
  for (const { tick, newest } of moments) assert.ok(newest - tick > -0.05 && newest - tick <= 1.1, `${newest - tick} behind`);
});

test("with 5 % of ticks 80 ms late what is shown never stops, jumps or goes back", () => {
  const ticks = started();
  const moments = settled(watched(ticks, arrivals(900, { share: 0.05, late_ms: 80 })));
  assert.ok(ticks.behind_ms > 1.5 * PERIOD_MS && ticks.behind_ms <= 70, `${ticks.behind_ms} ms behind`);
  for (const step of steps(moments)) assert.ok(step > 0.3 && step < 0.7, `a step of ${step}`);
  // News is late for a moment; things go on for it, they are not stopped.
  const beyond = moments.filter(({ tick, newest }) => tick > newest).length;
  assert.ok(beyond / moments.length < 0.08, `${beyond} of ${moments.length} frames beyond the newest tick`);
});

test("what is shown lies behind by one tick to two, whatever the line is like", () => {
  for (const hz of [20, 30, 60]) {
    for (const late_ms of [0, 20, 80, 400]) {
      const ticks = started(hz);
      watched(ticks, arrivals(300, { share: 0.2, late_ms, period_ms: 1000 / hz }));
      assert.ok(ticks.behind_ms >= ticks.period_ms && ticks.behind_ms <= Math.max(70, 2 * ticks.period_ms));
    }
  }
});

test("between two ticks a board is given both views and the part of the way", () => {
  const moments = settled(watched(started(), arrivals(120)));
  for (const { before, after, part, tick, newest } of moments.filter((one) => one.tick < one.newest)) {
    assert.equal(before.t, Math.floor(tick));
    assert.equal(after.t, before.t + 1);
    assert.ok(Math.abs(before.t + part - tick) < 1e-9);
    assert.ok(after.t <= newest);
  }
});

test("while ticks are missing things go on for a moment and then wait", () => {
  const ticks = started();
  const arrived = arrivals(120);
  const end_ms = arrived.at(-1);
  const moments = watched(ticks, arrived, end_ms + 1000);
  assert.ok(moments.every(({ tick, newest }) => tick - newest <= 70 / PERIOD_MS + 1e-9));
  assert.ok(moments.at(-1).part > 1);
  assert.equal(moments.at(-1).after.t, 120);
});

test("after the end nothing goes beyond the newest tick", () => {
  const ticks = started();
  watched(ticks, arrivals(120));
  ticks.follow({ t: 120 }, { isTick: false, running: false }, 4100);
  assert.equal(ticks.moment(5000).tick, 120);
  assert.equal(ticks.moment(5000).part, 1);
});

test("a server that stood still is followed anew within a second", () => {
  const ticks = started();
  const arrived = arrivals(300).map((ms, index) => (index < 100 ? ms : ms + 300));
  const moments = watched(ticks, arrived);
  for (const { tick, newest } of moments.filter(({ now }) => now > 4800)) assert.ok(tick <= newest && newest - tick < 2.2);
  for (const step of steps(moments)) assert.ok(step >= 0, "never back");
});

test("a page that slept shows the present at once", () => {
  const ticks = started();
  const arrived = arrivals(600);
  watched(ticks, arrived.slice(0, 100));
  arrived.slice(100).forEach((at, index) => ticks.follow({ t: 101 + index }, { isTick: true, running: true }, at));
  const { tick, newest } = ticks.moment(arrived.at(-1) + 5);
  assert.ok(newest - tick < 2);
});

test("an own input is expected where it will count, and the expectation learns", () => {
  const ticks = started();
  const way_ticks = 3; // there and back: 100 ms
  let c = 0;
  const wrong = [];
  for (let tick = 1; tick <= 400; tick++) {
    const now = tick * PERIOD_MS;
    const due = ticks.inputs.find((input) => input.tick === null && input.sent === tick - way_ticks - 1);
    ticks.follow({ t: tick }, { isTick: true, running: true, c: due?.c }, now);
    if (due) wrong.push(due.tick - due.due);
    if (tick % 20 === 0) {
      ticks.sent(++c, "left", now + 5);
      ticks.inputs.at(-1).sent = tick;
    }
  }
  assert.ok(wrong.length > 15);
  for (const off of wrong.slice(8)) assert.ok(Math.abs(off) < 0.6, `off by ${off} ticks`);
});

test("the own seat is shown ahead of everyone else by the way there and back, within a bound", () => {
  for (const [latency_ms, least, most] of [[0, 1, 3], [100, 4, 6.5], [2000, 8, 12]]) {
    const ticks = started();
    ticks.measured(latency_ms);
    const { own, tick } = watched(ticks, arrivals(120)).at(-1);
    assert.ok(own - tick > least && own - tick < most, `${own - tick} ticks ahead at ${latency_ms} ms`);
  }
});

test("a frame in short form is a tick: its patch, its acknowledgement, and no change of the page", async () => {
  const { server, match, heard, clock } = begun(live);
  let changes = 0;
  match.addEventListener("change", () => changes++);
  match.addEventListener("tick", (event) => heard.push(["tick", event.detail]));
  const done = match.play("left");
  match.play("up");
  assert.deepEqual(server.sent.filter(({ type }) => type === "move"), [{ type: "move", m: "left", c: 1 }, { type: "move", m: "up", c: 2 }]);
  clock.pass(40);
  server.tell([11, { t: 1 }], [12, { t: 2 }, [[1, 7], [0, 1]]]);
  assert.deepEqual(await done, { ok: true });
  assert.equal(changes, 0);
  assert.equal(heard.at(-1)[0], "tick");
  assert.deepEqual(match.state.view, { t: 2 });
  assert.equal(match.ticks.newest, 2);
  assert.deepEqual(match.ticks.inputs.map(({ c, tick }) => [c, tick]), [[1, 2], [2, null]]);
});

test("what the host decides between ticks is no tick", () => {
  const { server, match } = begun(live);
  let changes = 0;
  match.addEventListener("change", () => changes++);
  server.tell([11, { t: 1 }], { type: "update", v: 12, d: { t: 1 }, host: { out: [[1, "gone"]] } }, [13, { t: 2 }]);
  assert.equal(match.ticks.newest, 2);
  assert.equal(changes, 1);
});

test("a whole view at a tick is a tick", () => {
  const { server, match } = begun(live);
  server.tell({ type: "update", v: 11, view: { t: 1 } });
  assert.equal(match.ticks.newest, 1);
});

test("an input that a tick refused is forgotten", () => {
  const { server, match } = begun(live);
  match.play("left");
  server.tell({ type: "reject", c: 1, code: "illegal", why: "No.", last: 0 });
  assert.deepEqual(match.ticks.inputs, []);
});

test("a gap in ticks is healed by asking for what is missing, and nothing is counted twice", () => {
  const { server, clock, match } = begun(live);
  server.tell([11, { t: 1 }], [13, { t: 3 }]);
  clock.pass(300);
  server.open();
  assert.equal(server.sent[0].v, 11);
  server.tell([11, { t: 1 }], [12, { t: 2 }], [13, { t: 3 }]);
  assert.equal(match.ticks.newest, 3);
});

test("while ticks come the way there and back is measured every two seconds", () => {
  const { server, clock, match } = begun(live);
  for (let n = 1; n <= 120; n++) {
    clock.pass(33);
    server.tell([10 + n, { t: n }]);
  }
  const pings = server.newest.said.filter(({ type }) => type === "ping");
  assert.equal(pings.length, 3);
  server.tell({ type: "pong", at: pings.at(-1).at, now: 0 });
  assert.ok(match.ticks.round_trip_ms >= 0);
});

test("a test delay slows both ways and keeps the order", () => {
  const late = new VirtualClock();
  const chance = chances(3);
  late.random = chance;
  // As real timers do, these go off a little late, each by a little of its own.
  const exact = late.set;
  late.set = (call, ms) => exact(call, ms + chance() * 2);
  const { server, match } = begun({}, { clock: late, testDelay: { ms: 100, share: 0.3, extraMs: 80 } });
  assert.equal(match.state, null);
  late.pass(49);
  assert.equal(server.newest.said.length, 0);
  late.pass(250);
  assert.equal(server.newest.said[0].type, "hello");
  assert.equal(match.state.v, 2);
  const seen = [];
  match.addEventListener("update", ({ detail }) => seen.push([detail.v, late.now()]));
  const began_ms = late.now();
  for (let v = 3; v < 103; v++) {
    server.tell({ type: "update", v });
    late.pass(10);
  }
  late.pass(200);
  assert.deepEqual(seen.map(([v]) => v), Array.from({ length: 100 }, (_, index) => index + 3));
  const ways = seen.map(([v, at]) => at - began_ms - (v - 3) * 10);
  assert.ok(Math.min(...ways) >= 50 && Math.min(...ways) < 52 && Math.max(...ways) >= 130 && Math.max(...ways) < 133);
  assert.ok(welcome().hz === 0);
});
