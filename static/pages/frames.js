/** The frames of a match as the API tells them: what a spectator saw after each version. */

/** @typedef {{ v: number, n: number, ms: number, kind: string | null, by: any[][], spent: number[], host: any, view: any, turns: number[], clock: { left: number[], running: number[], free?: number[] } | null, status: string, result: any }} Frame */
/** @typedef {import("./moves.js").Made} Made */

// The API gives 1,000 at once: twenty thousand moves by hand are days of play.
const MOST_ANSWERS = 20;

/** Raises an Error with the server's sentence. @param {string} id @param {string} [seat] by whose eyes, when it is over @returns {Promise<Frame[]>} */
export async function fetchFrames(id, seat = "") {
  /** @type {Frame[]} */
  const frames = [];
  for (let answers = 0, more = true; more && answers < MOST_ANSWERS; answers++) {
    const after = frames.at(-1)?.v ?? -1;
    const answer = await fetch(`/api/matches/${encodeURIComponent(id)}/frames?after=${after}${seat && `&seat=${seat}`}`);
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.why);
    frames.push(...told.frames);
    more = told.more;
  }
  return frames;
}

/** The moves of these frames, in order, with those marked that were taken back later. @param {Frame[]} frames @param {number} seats @returns {Made[]} */
export function movesOf(frames, seats) {
  /** @type {Made[]} */ const made = [];
  /** @type {number[]} who has asked for a takeback, and who has agreed */ let agreed = [];
  for (const { v, by, spent, host } of frames) {
    made.push(...by.map(([seat, , move], index) => ({ v, seat, move, spent_ms: spent[index] ?? 0 })));
    if (host?.offered?.[1] === "takeback") agreed = [host.offered[0]];
    if (host?.answered?.[1] !== "takeback" || !host.answered[2]) continue;
    agreed.push(host.answered[0]);
    if (agreed.length === seats) takeBack(made, /** @type {number} */ (agreed[0]));
  }
  return made;
}

/** Back to where the asker was to move: their last move is undone, and what came after it. @param {Made[]} made @param {number} asker */
function takeBack(made, asker) {
  const last = made.findLast(({ seat, undone }) => seat === asker && !undone);
  for (const one of made) if (last && one.v >= last.v) one.undone = true;
}
