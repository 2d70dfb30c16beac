import assert from "node:assert/strict";
import { test } from "node:test";
import { cellsOf, clashing, moved, shuffled, turned } from "../../static/boards/fleet.js";

const LENGTHS = [5, 4, 3, 3, 2];

test("a ship never leaves the sea, wherever it is moved and however it is turned", () => {
  for (const down of [false, true])
    for (let row = -3; row < 9; row++)
      for (let column = -3; column < 9; column++)
        for (const ship of [moved(6, 4, { at: 0, down }, row, column), turned(6, 4, moved(6, 4, { at: 0, down }, row, column))]) {
          const cells = cellsOf(6, 4, ship);
          assert.ok(cells.every((cell) => cell >= 0 && cell < 36));
          assert.equal(new Set(cells.map((cell) => (ship.down ? cell % 6 : Math.floor(cell / 6)))).size, 1);
        }
});

test("ships that lie on one another are named, ships that touch are not", () => {
  const across = (at) => ({ at, down: false });
  assert.deepEqual([...clashing(6, [3, 2, 2], [across(0), across(2), across(6)])].sort(), [0, 1]);
  assert.equal(clashing(6, [3, 2, 2], [across(0), across(3), across(6)]).size, 0);
});

test("a shuffled fleet has every ship within the sea and none on another", () => {
  const fleets = new Set();
  for (let index = 0; index < 100; index++) {
    const ships = shuffled(6, LENGTHS, Math.random);
    assert.equal(clashing(6, LENGTHS, ships).size, 0);
    ships.forEach((ship, at) => assert.equal(moved(6, LENGTHS[at], ship, Math.floor(ship.at / 6), ship.at % 6).at, ship.at));
    fleets.add(JSON.stringify(ships));
  }
  assert.ok(fleets.size > 90);
});
