/** Reads matches that the rules played (`test_foresight.py`) and tells where the boards' own sums differ from them. */
import { readFileSync } from "node:fs";
import { courseOf, foreseen, placeAt } from "../../static/boards/cycles.js";
import { ahead, cellsOf } from "../../static/boards/field.js";

const told = JSON.parse(readFileSync(0, "utf8"));
const wrong = [];
let checked = 0;

/** What rode: heads after every tick, and the own rider as it is foreseen from every tick for some ticks more. */
for (const { seat, ticks, inputs } of told.cycles) {
  ticks.forEach(({ view, heads }, now) => {
    const course = courseOf(view);
    const tick = course.told + view.t;
    const known = course.riders.map((rider) => placeAt(rider.corners, Math.min(course.stepAt(tick), course.lastOf(rider))));
    checked++;
    if (JSON.stringify(known) !== JSON.stringify(heads)) wrong.push(`heads at ${now}: ${known}, not ${heads}`);
    for (let later = now + 1; later <= Math.min(now + told.horizon, ticks.length - 1); later++) {
      const { view: then, heads: truth } = ticks[later];
      if (then.n !== view.n || courseOf(then).riders[seat].out !== null || courseOf(then).ended < Infinity) break;
      const until = tick + later - now;
      const { corners, last } = foreseen(course, seat, tick, until, inputs.map((input) => ({ ...input, tick: input.at - now + tick })));
      const place = placeAt(corners, Math.min(last, course.stepAt(until)));
      checked++;
      if (String(place) !== String(truth[seat])) wrong.push(`seat ${seat} at ${now} + ${later - now}: ${place}, not ${truth[seat]}`);
    }
  });
}

/** What roamed: the own cell, from every tick for some ticks more, to within what whole units lose. */
for (const { seat, ticks, inputs } of told.arena) {
  ticks.forEach(({ view }, now) => {
    const cell = cellsOf(view).get(seat);
    const later = Math.min(now + told.horizon, ticks.length - 1);
    const truth = cellsOf(ticks[later].view).get(seat);
    // Who grew or was eaten meanwhile is slower, or elsewhere: that is for the server to say.
    if (!cell || !truth || truth.mass !== cell.mass) return;
    const [x, y] = ahead(cell, view.across * 256, now, later, inputs.map(({ move, at }) => ({ move, tick: at })));
    checked++;
    if (Math.hypot(x - truth.x, y - truth.y) > told.units) wrong.push(`cell ${seat} at ${now}: ${[x, y]}, not ${[truth.x, truth.y]}`);
  });
}

console.log(JSON.stringify({ checked, wrong: wrong.slice(0, 20) }));
