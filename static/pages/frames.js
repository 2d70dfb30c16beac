/** The frames of a match as the API tells them: what a spectator saw after each version. */

/** @typedef {{ v: number, n: number, by: any[][], view: any, turns: number[], status: string, result: any }} Frame */
/** @typedef {import("./moves.js").Made} Made */

// The API gives 1,000 at once: this is a whole record of any game that is played by hand.
const MOST_ANSWERS = 5;

/** Raises an Error with the server's sentence. @param {string} id @returns {Promise<Frame[]>} */
export async function fetchFrames(id) {
  /** @type {Frame[]} */
  const frames = [];
  for (let answers = 0, more = true; more && answers < MOST_ANSWERS; answers++) {
    const after = frames.at(-1)?.v ?? -1;
    const answer = await fetch(`/api/matches/${encodeURIComponent(id)}/frames?after=${after}`);
    const told = await answer.json();
    if (!answer.ok) throw new Error(told.why);
    frames.push(...told.frames);
    more = told.more;
  }
  return frames;
}

/** The moves of these frames, in order. @param {Frame[]} frames @returns {Made[]} */
export const movesOf = (frames) => frames.flatMap(({ v, by }) => by.map(([seat, , move]) => ({ v, seat, move })));
