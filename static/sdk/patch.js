/**
 * Applies the wire's one form of patch: JSON Merge Patch (RFC 7396), and a member `k+` that appends to the array `k`.
 * The server's `games/protocol/patch.py` runs the same table of cases, `tests/protocol/patch_cases.json`.
 */

const APPEND = "+";

/** A patch that cannot have been made for this view: it appends something to what is no array. */
export class Misfit extends Error {}

/** @param {unknown} value @returns {value is Record<string, unknown>} */
const isObject = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The view after `patch`; neither argument is changed. Raises `Misfit`.
 * @param {unknown} target
 * @param {unknown} patch
 * @returns {any}
 */
export function applyPatch(target, patch) {
  if (!isObject(patch)) return patch;
  // A Map, then fromEntries: a member named `__proto__` stays a member.
  const members = new Map(Object.entries(isObject(target) ? target : {}));
  const changes = Object.entries(patch);
  for (const [key, value] of changes.filter(([key]) => !key.endsWith(APPEND))) {
    if (value === null) members.delete(key);
    else members.set(key, applyPatch(members.get(key), value));
  }
  for (const [key, items] of changes.filter(([key]) => key.endsWith(APPEND))) append(members, key.slice(0, -1), items);
  return Object.fromEntries(members);
}

/** @param {Map<string, unknown>} members @param {string} key @param {unknown} items */
function append(members, key, items) {
  const before = members.has(key) ? members.get(key) : [];
  if (!Array.isArray(before) || !Array.isArray(items)) throw new Misfit(`${key} is not an array`);
  members.set(key, [...before, ...items]);
}
