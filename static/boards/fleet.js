/** Fleets on a square sea: where ships lie and how they are moved about before they are placed. Pure; cells row by row. */

/** @typedef {{ at: number, down: boolean }} Ship `at`: its first cell; from there it lies to the right, or down */

/** The cells of a ship that lies within the sea. @param {number} size @param {number} length @param {Ship} ship */
export const cellsOf = (size, length, { at, down }) => Array.from({ length }, (_, index) => at + index * (down ? size : 1));

/** The ship with its first cell as near to this place as the sea allows. @param {number} size @param {number} length @param {Ship} ship @param {number} row @param {number} column @returns {Ship} */
export function moved(size, length, { down }, row, column) {
  const [lastRow, lastColumn] = down ? [size - length, size - 1] : [size - 1, size - length];
  return { at: clamp(row, lastRow) * size + clamp(column, lastColumn), down };
}

/** @param {number} size @param {number} length @param {Ship} ship */
export function turned(size, length, { at, down }) {
  return moved(size, length, { at, down: !down }, Math.floor(at / size), at % size);
}

/** The ships that lie on one another, by index. @param {number} size @param {readonly number[]} lengths @param {readonly Ship[]} ships */
export function clashing(size, lengths, ships) {
  /** @type {Map<number, number>} */
  const taken = new Map();
  /** @type {Set<number>} */
  const clashes = new Set();
  ships.forEach((ship, index) => {
    for (const cell of cellsOf(size, lengths[index] ?? 0, ship)) {
      const other = taken.get(cell);
      if (other !== undefined) clashes.add(other).add(index);
      taken.set(cell, index);
    }
  });
  return clashes;
}

/** A fleet at random, no ship on another. @param {number} size @param {readonly number[]} lengths @param {() => number} chance 0…1 @returns {Ship[]} */
export function shuffled(size, lengths, chance) {
  for (;;) {
    const ships = tried(size, lengths, chance);
    if (ships) return ships;
  }
}

/** One attempt, the longest first as they come; null where one of them found no place. @param {number} size @param {readonly number[]} lengths @param {() => number} chance */
function tried(size, lengths, chance) {
  /** @type {Ship[]} */
  const ships = [];
  for (const length of lengths) {
    const free = placesOf(size, length).filter((ship) => clashing(size, lengths, [...ships, ship]).size === 0);
    const ship = free[Math.floor(chance() * free.length)];
    if (!ship) return null;
    ships.push(ship);
  }
  return ships;
}

/** @param {number} size @param {number} length @returns {Ship[]} */
function placesOf(size, length) {
  const all = Array.from({ length: size * size }, (_, at) => [{ at, down: false }, { at, down: true }]).flat();
  return all.filter((ship) => moved(size, length, ship, Math.floor(ship.at / size), ship.at % size).at === ship.at);
}

/** @param {number} value @param {number} last */
const clamp = (value, last) => Math.max(0, Math.min(last, value));
