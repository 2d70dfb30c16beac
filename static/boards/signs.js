/** The signs of seats where there are many of them: eight shapes, each in a colour of its own, and patterns for lines. */
import { svg } from "./board.js";

export const SIGNS = 8;

/** Within a square of 100, looking up where they look anywhere. */
const SHAPES = [
  "M0-38A38 38 0 1 1 0 38 38 38 0 1 1 0-38Z",
  "M0-46 42 0 0 46-42 0Z",
  "M0-44 42 32-42 32Z",
  "M-34-34H34V34H-34Z",
  "M0-42 37-21V21L0 42-37 21V-21Z",
  "M-15-42H15V-15H42V15H15V42H-15V15H-42V-15H-15Z",
  "M0-42 42 34 0 14-42 34Z",
  "M0-48 13-17 46-15 21 7 29 40 0 22-29 40-21 7-46-15-13-17Z",
];

/** Lengths of dashes and gaps in a line's middle, in widths of the line; none: the line is plain. @type {(readonly number[] | null)[]} */
export const DASHES = [null, [], [1.6, 1.6], [0.3, 1.3], [5, 1.6], [3, 1, 0.4, 1], [0.8, 4], [0.7, 0.7]];

/** @type {Map<number, Path2D>} */
const paths = new Map();

/** The shape of a seat for a canvas, around the origin, 100 across. @param {number} seat */
export function shapeOf(seat) {
  const sign = seat % SIGNS;
  let path = paths.get(sign);
  if (!path) paths.set(sign, (path = new Path2D(SHAPES[sign])));
  return path;
}

/** The sign of a seat as SVG. @param {number} seat */
export const signOf = (seat) => svg("g", { class: `piece seat-${seat % SIGNS}` }, svg("path", { class: "body", d: SHAPES[seat % SIGNS] ?? "" }));

/** The custom properties of the seats' colours. */
export const SEAT_COLOURS = Array.from({ length: SIGNS }, (_, seat) => `--seat-${seat}`);
