import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { TickPlayer } from "../../static/pages/player.js";

const TICK_MS = 50;
const LIMIT = 100;
const LENGTH = 350;

/** Plays the server: a record in which tick n has the view {t: n}, told in stretches of a hundred frames. */
function serve() {
  const asked = [];
  globalThis.fetch = async (address) => {
    const at = Number(new URL(address, "http://server").searchParams.get("at"));
    asked.push(at);
    const first = Math.min(LENGTH, Math.floor(at / TICK_MS));
    const ticks = Array.from({ length: Math.min(LIMIT, LENGTH - first + 1) }, (_, index) => first + index);
    const frames = ticks.map((t, index) => ({ v: t, ms: t * TICK_MS, status: t === LENGTH ? "over" : "live", result: null, ...(index ? { d: { t } } : { view: { t } }) }));
    if (frames.length > 2) frames.splice(2, 0, { ...frames[1], d: {}, host: { out: [[1, "gone"]] } });
    return { ok: true, json: async () => ({ hz: 20, ms: LENGTH * TICK_MS, frames, more: ticks.at(-1) < LENGTH }) };
  };
  return asked;
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));
const real = globalThis.fetch;
afterEach(() => (globalThis.fetch = real));

test("a moment lies between the two ticks around it", async () => {
  serve();
  const player = new TickPlayer("m", () => {});
  await player.begin(120);
  const { before, after, part } = player.moment();
  assert.deepEqual([before.t, after.t, part], [2, 3, 0.4]);
  assert.equal(player.length_ms, LENGTH * TICK_MS);
});

test("playing on, the next stretch is there before it is needed, and nothing is asked for twice", async () => {
  const asked = serve();
  const player = new TickPlayer("m", () => {});
  await player.begin(0);
  for (let at = 0; at <= LENGTH * TICK_MS; at += 16) {
    assert.ok(player.show(at), `nothing to show at ${at}`);
    const { before, part } = player.moment();
    assert.ok(Math.abs((before.t + part) * TICK_MS - at) < 1e-6 || before.t === LENGTH);
    await settled();
  }
  assert.ok(player.show(LENGTH * TICK_MS));
  assert.deepEqual(asked, [0, 4950, 9900, 14850]);
  assert.equal(player.step.status, "over");
});

test("a seek shows what it finds as soon as it is there", async () => {
  serve();
  let changes = 0;
  const player = new TickPlayer("m", () => changes++);
  await player.begin(0);
  assert.equal(player.show(12_000), false);
  const before = changes;
  await settled();
  assert.ok(changes > before);
  assert.equal(player.moment().before.t, 240);
});

test("beyond the end the end is shown", async () => {
  serve();
  const player = new TickPlayer("m", () => {});
  await player.begin(1e9);
  assert.deepEqual([player.moment().after.t, player.moment().part], [LENGTH, 1]);
});

test("a record that may not be seen says why", async () => {
  globalThis.fetch = async () => ({ ok: false, json: async () => ({ code: "secret", why: "Not yet." }) });
  await assert.rejects(new TickPlayer("m", () => {}).begin(0), /Not yet/);
});
