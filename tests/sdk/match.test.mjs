import assert from "node:assert/strict";
import { test } from "node:test";
import { begun, welcome } from "./fake.mjs";

const moved = (v, seat, c, column) => ({ type: "update", v, by: [[seat, c, column]], view: { last: column }, moves: { [1 - seat]: [0, 1] } });
const inputs = (server) => server.sent.filter((message) => "c" in message).map(({ type, c, m, on }) => [type, c, m, on]);

test("a move carries the next number and the version it answers", async () => {
  const { server, match } = begun({ c: 4, v: 9 });
  const done = match.play(1);
  assert.deepEqual(server.sent.at(-1), { type: "move", m: 1, on: 9, c: 5 });
  assert.equal(match.pending, 1);
  server.tell(moved(10, 0, 5, 1));
  assert.deepEqual(await done, { ok: true });
  assert.equal(match.pending, undefined);
  assert.deepEqual(match.turns, [1]);
});

test("a move that waits for the others closes the own turn until the step", () => {
  const { server, match } = begun({ moves: { 0: ["rock", "paper"], 1: ["rock", "paper"] } });
  match.play("rock");
  server.tell({ type: "ack", c: 1, v: 2 });
  assert.deepEqual([match.turns, match.moves, match.pending, match.answered], [[1], null, undefined, "rock"]);
  server.tell({ type: "update", v: 3, host: { offered: [1, "draw"] } });
  assert.deepEqual([match.turns, match.answered], [[1], "rock"]);
  server.tell({ type: "update", v: 4, by: [[0, 1, "rock"], [1, 1, "paper"]], view: {}, moves: { 0: ["rock"], 1: ["rock"] } });
  assert.deepEqual([match.turns, match.moves, match.answered], [[0, 1], ["rock"], undefined]);
});

test("after a new start of the page the own move that waits for the others is known", () => {
  const { server, match } = begun({ mine: [4, "rock"], c: 4, moves: { 1: ["rock", "paper"] } });
  assert.deepEqual([match.answered, match.pending, match.turns], ["rock", undefined, [1]]);
  server.tell({ type: "update", v: 3, by: [[1, 2, "paper"], [0, 4, "rock"]], view: {}, moves: { 0: ["rock"], 1: ["rock"] } });
  assert.equal(match.answered, undefined);
});

test("the late acknowledgement of a move whose step was seen closes no turn", () => {
  const { server, match } = begun();
  match.play(1);
  server.tell(moved(3, 0, 1, 1), moved(4, 1, 1, 0), { type: "ack", c: 1, v: 3 });
  assert.deepEqual([match.turns, match.answered], [[0], undefined]);
});

test("a double tap plays once", () => {
  const { server, match } = begun();
  const first = match.play(1);
  assert.equal(match.play(1), first);
  assert.equal(match.play(0), first);
  assert.equal(inputs(server).length, 1);
});

test("a refused move comes back with the reason and uses no number", async () => {
  const { server, match, heard } = begun();
  const done = match.play(9);
  server.tell({ type: "reject", c: 1, code: "illegal", why: "No.", last: 0 });
  assert.deepEqual(await done, { ok: false, code: "illegal", why: "No." });
  assert.deepEqual(heard.at(-1), ["returned", { input: { type: "move", m: 9, on: 2 }, code: "illegal", why: "No." }]);
  match.play(1);
  assert.deepEqual(inputs(server).at(-1), ["move", 1, 1, 2]);
});

test("a move that was not acknowledged is sent again on the next connection, with its number and version", async () => {
  const { server, clock, match } = begun();
  const done = match.play(1);
  server.shut(1012);
  assert.equal(match.pending, 1);
  clock.pass(250);
  server.open();
  assert.deepEqual(server.sent.map((message) => message.type), ["hello", "move"]);
  assert.deepEqual(inputs(server), [["move", 1, 1, 2]]);
  server.tell({ type: "ack", c: 1, v: 3 });
  assert.deepEqual(await done, { ok: true });
});

test("a move made while the line is down is sent when it is up", () => {
  const { server, clock, match } = begun();
  server.shut(1012);
  match.play(0);
  clock.pass(250);
  server.open();
  assert.deepEqual(inputs(server), [["move", 1, 0, 2]]);
});

test("the acknowledgement of a missed update settles the move, and a second one changes nothing", async () => {
  const { server, clock, match } = begun();
  const done = match.play(1);
  server.shut(1006);
  clock.pass(250);
  server.open();
  server.tell(moved(3, 0, 1, 1), { type: "ack", c: 1, v: 3 }, { type: "ack", c: 1, v: 3 });
  assert.deepEqual(await done, { ok: true });
  match.play(0);
  assert.equal(inputs(server).at(-1)[1], 2);
});

test("a number that another device used is replaced by the next one", async () => {
  const { server, match } = begun();
  const done = match.play(1);
  server.tell({ type: "reject", c: 1, code: "c_taken", why: "", last: 6 });
  assert.deepEqual(inputs(server), [["move", 1, 1, 2], ["move", 7, 1, 2]]);
  server.tell(moved(3, 0, 7, 1));
  assert.deepEqual(await done, { ok: true });
});

test("all inputs after a gap are numbered anew, in their order", () => {
  const { server, match } = begun();
  match.play(1);
  match.offer("draw");
  match.resign();
  server.tell({ type: "reject", c: 1, code: "illegal", why: "", last: 0 });
  server.tell({ type: "reject", c: 2, code: "c_gap", why: "", last: 0 }, { type: "reject", c: 3, code: "c_gap", why: "", last: 0 });
  const last = new Map(inputs(server).map(([type, c]) => [type, c]));
  assert.deepEqual([last.get("offer"), last.get("resign")], [1, 2]);
});

test("a server that never accepts a number gets no endless answers", async () => {
  const { server, match } = begun();
  const done = match.play(1);
  for (let time = 0; time < 20; time++) server.tell({ type: "reject", c: match.pending === undefined ? 0 : 1, code: "c_taken", why: "", last: 0 });
  assert.equal((await done).code, "c_taken");
  assert.ok(inputs(server).length <= 8);
});

test("an input that could not be stored is sent again after a moment", () => {
  const { server, clock, match } = begun();
  match.play(1);
  server.tell({ type: "reject", c: 1, code: "try_again", why: "", last: 0 });
  assert.equal(inputs(server).length, 1);
  clock.pass(1_400);
  assert.deepEqual(inputs(server), [["move", 1, 1, 2], ["move", 1, 1, 2]]);
});

test("what is pending comes back when the connection is closed for good", async () => {
  const { server, match } = begun();
  const done = match.play(1);
  server.shut(4000);
  assert.equal((await done).ok, false);
  assert.equal(match.pending, undefined);
});

test("a jump in versions is healed by a new connection that asks for what is missing", () => {
  const { server, clock, match } = begun();
  server.tell(moved(3, 0, 1, 1), moved(5, 0, 2, 0));
  assert.equal(match.state.v, 3);
  clock.pass(250);
  server.open();
  assert.deepEqual(server.sent[0], { type: "hello", token: "t1", e: 1, v: 3, k: 0 });
});

test("an update that was told before changes nothing", () => {
  const { server, match } = begun();
  server.tell(moved(3, 0, 1, 1));
  const { state } = match;
  server.tell(moved(3, 0, 1, 0), moved(2, 0, 1, 0));
  assert.equal(match.state, state);
});

test("patches make the next view, and one that does not fit asks for the whole", () => {
  const { server, clock, match } = begun({ view: { log: [1], cells: { a: 1 } } });
  server.tell({ type: "update", v: 3, d: { "log+": [2], cells: { a: null, b: 2 } } });
  assert.deepEqual(match.state.view, { log: [1, 2], cells: { b: 2 } });
  server.tell({ type: "update", v: 4, d: { "cells+": [1] } });
  clock.pass(250);
  server.open();
  assert.deepEqual(server.sent[0], { type: "hello", token: "t1" });
});

test("after resync only the welcome counts, and unanswered moves go out once more", () => {
  const { server, match } = begun();
  match.play(1);
  server.tell({ type: "resync" }, moved(3, 1, 1, 0));
  assert.equal(match.state.v, 2);
  server.tell(welcome({ e: 2, v: 8 }));
  assert.equal(match.state.v, 8);
  assert.equal(inputs(server).length, 2);
});

test("a page is told how much play a crash has undone, and only where there was some", () => {
  const { server, match } = begun();
  const undone = [];
  match.addEventListener("undone", (event) => undone.push(event.detail));
  server.tell({ type: "resync" }, welcome({ e: 2, v: 8 }));
  server.tell({ type: "resync", lost_ms: 400 }, welcome({ e: 3, v: 7 }));
  assert.deepEqual(undone, [400]);
  assert.equal(match.state.v, 7);
});

test("seats, start, offers and rematch follow the host", () => {
  const { server, match } = begun({ status: "waiting", seats: [{ name: "Ann" }, null], moves: {} });
  server.tell({ type: "update", v: 3, moves: { 0: [0] }, host: { sat: [1, { name: "Bo", here: true }], started: true } });
  assert.equal(match.state.status, "live");
  assert.equal(match.state.seats[1].name, "Bo");
  server.tell({ type: "update", v: 4, host: { offered: [1, "draw"] } });
  assert.deepEqual(match.state.offers, { draw: [1] });
  server.tell({ type: "update", v: 5, host: { answered: [0, "draw", false] } });
  assert.deepEqual(match.state.offers, {});
  server.tell({ type: "over", v: 6, result: { scores: [0, 2], reason: "line" }, seed: "ff" });
  assert.deepEqual([match.state.status, match.state.result.reason, match.turns], ["over", "line", []]);
  const told = [];
  match.addEventListener("rated", ({ detail }) => told.push(detail.seats[0][1]));
  server.tell({ type: "rated", seats: [[1500, 1338, true], [1500, 1662, true]], why: null });
  assert.deepEqual([told, match.state.rated.seats[1], match.state.v], [[1338], [1500, 1662, true], 6]);
  server.tell({ type: "update", v: 7, host: { offered: [1, "rematch"] } });
  server.tell({ type: "update", v: 8, host: { answered: [0, "rematch", true], rematch: "m2" } });
  assert.equal(match.state.rematch, "m2");
});

test("an offer that moving answers lapses", () => {
  const { server, match } = begun({ offers: { draw: [1] } });
  server.tell({ type: "update", v: 3, by: [[0, 1, 1]], view: {}, host: { lapsed: ["draw"] } });
  assert.deepEqual(match.state.offers, {});
});

test("presence changes who is here and how many watch, without a version", () => {
  const { server, match } = begun();
  server.tell({ type: "presence", here: [true, false], away: [null, 5000], spectators: 3 });
  assert.deepEqual([match.state.seats.map((one) => one.here), match.state.spectators, match.state.v], [[true, false], 3, 2]);
});

test("chat lines come once, and a missing one is asked for", () => {
  const { server, clock, match } = begun();
  const line = (k) => ({ type: "chat", k, seat: 0, name: "Ann", text: `line ${k}` });
  server.tell(line(1), line(1), line(2));
  assert.deepEqual(match.state.chat.map((one) => one.k), [1, 2]);
  server.tell(line(4));
  clock.pass(250);
  server.open();
  assert.deepEqual(server.sent[0], { type: "hello", token: "t1" });
});

test("a number of moves instead of a list is asked for", () => {
  const { server, match } = begun({ moves: { 0: 4672 } });
  assert.equal(match.moves, null);
  assert.deepEqual(server.sent.at(-1), { type: "moves?" });
  server.tell({ type: "moves", v: 2, moves: [7, 8] });
  assert.deepEqual(match.moves, [7, 8]);
});

test("a spectator has no moves of their own", () => {
  const { match } = begun({ seat: null });
  assert.equal(match.moves, null);
  assert.deepEqual(match.turns, [0]);
});

test("nothing is played before the first welcome", async () => {
  const { match } = begun();
  match.state = null;
  assert.equal((await match.play(1)).ok, false);
});

test("at most eight inputs wait for an answer", async () => {
  const { server, match } = begun();
  for (const what of ["a", "b", "c", "d", "e", "f", "g", "h"]) match.offer(what);
  assert.equal((await match.resign()).code, "flood");
  assert.equal(inputs(server).length, 8);
});

test("a chat line goes out at once or not at all", () => {
  const { server, match } = begun();
  assert.equal(match.say("hello"), true);
  assert.deepEqual(server.sent.at(-1), { type: "chat", text: "hello" });
  server.shut(1006);
  assert.equal(match.say("lost"), false);
});

test("who stayed may claim when the grace of the other is over", async () => {
  const { server, match } = begun({ grace: 60_000 });
  assert.equal(match.claimable_in_ms, null);
  server.tell({ type: "presence", here: [true, false], away: [null, 5_000], spectators: 0 });
  assert.equal(match.claimable_in_ms, 55_000);
  server.tell({ type: "presence", here: [true, false], away: [null, 61_000], spectators: 0 });
  assert.equal(match.claimable_in_ms, 0);
  const done = match.claim();
  assert.deepEqual(server.sent.at(-1), { type: "claim", c: 1 });
  server.tell({ type: "reject", c: 1, code: "not_gone", why: "Here.", last: 0 });
  assert.equal((await done).code, "not_gone");
});

test("a spectator and one whose opponents are here have nothing to claim", () => {
  for (const [seat, away] of [[null, [null, 90_000]], [0, [90_000, null]]]) {
    const { server, match } = begun({ grace: 60_000, seat });
    server.tell({ type: "presence", here: [true, true], away, spectators: 0 });
    assert.equal(match.claimable_in_ms, null);
  }
});

test("ticks come in short form, and at ticks several moves may wait", () => {
  const { server, match } = begun({ hz: 30, moves: null, view: { at: { a: 1 } } });
  match.play("left");
  match.play("up");
  assert.deepEqual(inputs(server).map(([, c, m, on]) => [c, m, on]), [[1, "left", undefined], [2, "up", undefined]]);
  server.tell([3, { at: { a: 2 } }], [4, { at: { a: 3 } }, [[0, 2]]]);
  assert.deepEqual([match.state.v, match.state.view, match.pending], [4, { at: { a: 3 } }, undefined]);
});

test("who is away is told by how long, longest first; who has left is missed by nobody", () => {
  const seats = [{ name: "Ann" }, { name: "Bo" }, { name: "Cy" }];
  const { server, clock, match } = begun({ seats, sides: [0, 1, 2], grace: 60_000 });
  server.tell({ type: "presence", here: [true, false, false], away: [null, 5_000, 9_000], spectators: 0 });
  clock.pass(1_000);
  assert.deepEqual(match.away, [{ seat: 2, ms: 10_000 }, { seat: 1, ms: 6_000 }]);
  server.tell({ type: "update", v: 3, host: { out: [[2, "gone"]] }, view: {} });
  assert.deepEqual([match.state.out, match.away.map(({ seat }) => seat), match.claimable_in_ms], [[2], [1], 54_000]);
  server.tell({ type: "update", v: 4, host: { out: [[0, "resigned"]] }, view: {} });
  assert.equal(match.claimable_in_ms, null);
});

test("a pause is one input that stops the time and lets it go on", () => {
  const { server, match } = begun({ may_pause: true });
  match.pause();
  assert.deepEqual(inputs(server).at(-1).slice(0, 2), ["pause", 1]);
  server.tell({ type: "update", v: 3, moves: {}, host: { paused: 0 } }, { type: "ack", c: 1, v: 3 });
  assert.deepEqual([match.state.paused, match.turns], [true, []]);
  match.pause();
  assert.equal(inputs(server).at(-1)[1], 2);
  server.tell({ type: "update", v: 4, moves: { 0: [1] }, host: { resumed: true } });
  assert.deepEqual([match.state.paused, match.turns], [false, [0]]);
});

test("steps are counted as the rules make them, and nothing else is", () => {
  const { server, match } = begun({ step: 3 });
  server.tell(moved(3, 0, 1, 1), { type: "update", v: 4, host: { offered: [1, "draw"] } }, { type: "update", v: 5, by: [[1, 1]], d: {} });
  assert.equal(match.state.step, 5);
});
