import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { applyPatch, Misfit } from "../../static/sdk/madang.js";

const cases = JSON.parse(readFileSync(new URL("../protocol/patch_cases.json", import.meta.url), "utf8"));

// A case without a result is a patch that does not fit.
for (const { name, view, patch, ...told } of cases)
  test(`case: ${name}`, () => {
    if ("result" in told) assert.deepEqual(applyPatch(view, patch), told.result);
    else assert.throws(() => applyPatch(view, patch), Misfit);
  });

test("the table of cases is there", () => {
  assert.ok(cases.length > 20);
});

test("a member named __proto__ is a member like any other", () => {
  const view = applyPatch(JSON.parse('{"__proto__": {"a": 1}}'), JSON.parse('{"__proto__": {"b": 2}}'));
  assert.equal(JSON.stringify(view), '{"__proto__":{"a":1,"b":2}}');
  assert.equal({}.b, undefined);
});

test("neither argument is changed", () => {
  const view = { a: [1], b: { c: 1 } };
  applyPatch(view, { "a+": [2], b: { c: null } });
  assert.deepEqual(view, { a: [1], b: { c: 1 } });
});
