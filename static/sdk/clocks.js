/**
 * The clocks of a match as a viewer may show them: pure functions over what the server told last. The time is passed in,
 * in milliseconds of one clock of this machine, and that of the server is never compared with it.
 */

/**
 * What the server tells, and `at_ms`: when this machine heard it. `left`: milliseconds by seat; `running`: whose clocks run;
 * `free`: with a delay, for how long each of those stands still yet.
 * @typedef {object} Clocks
 * @property {"fischer" | "delay" | "bronstein" | "move" | "correspondence"} kind
 * @property {number} base_ms
 * @property {number} extra_ms
 * @property {number[]} left
 * @property {number[]} running
 * @property {number[]} [free]
 * @property {number} at_ms
 */

/** After a message that tells clocks; a turn's update leaves the control out. @param {any} before @param {any} told @param {number} now_ms @returns {Clocks | null} */
export function told(before, told, now_ms) {
  return told ? { ...before, free: undefined, ...told, at_ms: now_ms } : null;
}

/** What `seat` has left; it goes down only while its clock runs, and not below zero. @param {Clocks} clocks @param {number} seat @param {number} now_ms */
export function leftOf({ left, running, free, at_ms }, seat, now_ms) {
  const index = running.indexOf(seat);
  if (index < 0) return left[seat] ?? 0;
  const used_ms = now_ms - at_ms - (free?.[index] ?? 0);
  return Math.max(0, (left[seat] ?? 0) - Math.max(0, used_ms));
}

/** `seat` has answered: its clock stands, the others run on. @param {Clocks} clocks @param {number} seat @param {number} now_ms @returns {Clocks} */
export function stopped(clocks, seat, now_ms) {
  const { running, free, left } = clocks;
  const index = running.indexOf(seat);
  if (index < 0) return clocks;
  /** @param {number[]} list */
  const others = (list) => list.filter((_, one) => one !== index);
  const stands = left.map((ms, one) => (one === seat ? leftOf(clocks, seat, now_ms) : ms));
  return { ...clocks, left: stands, running: others(running), free: free && others(free) };
}

/** The match is over: all stand. @param {Clocks | null} clocks @returns {Clocks | null} */
export const still = (clocks) => clocks && { ...clocks, running: [], free: undefined };
