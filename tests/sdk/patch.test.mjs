import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { applyPatch, Misfit } from "../../static/sdk/madang.js";

const cases = JSON.parse(readFileSync(new URL("../protocol/patch_cases.json", import.meta.url), "utf8"));

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
