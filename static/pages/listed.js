/** A line of the lobby's lists in words: who, what, and what to do. The server writes the same in `games/lobby/listed.py`. */
import { fill, gettext, ngettext } from "../text.js";
import { make } from "./dom.js";
import { calledOf } from "./words.js";

/** @typedef {import("../sdk/lobby.js").ListedMatch} ListedMatch */
/** @typedef {import("../sdk/lobby.js").ListedClock} ListedClock */
/** @typedef {Record<string, { title: string, entered: boolean }>} Games */

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
// As many names as fit a line; the rest is a number.
const NAMES = 2;

/** A whole number where it is one, else with at most two digits. @param {number} ms @param {number} unit_ms */
const amount = (ms, unit_ms) => String(Number((ms / unit_ms).toFixed(2)));

/** A time control as players call it. @param {ListedClock | null | undefined} clock */
export function clockOf(clock) {
  if (!clock) return "";
  const { kind, base_ms, extra_ms } = clock;
  const [minutes, extra] = [fill(gettext("%(minutes)s min"), { minutes: amount(base_ms, MINUTE_MS) }), amount(extra_ms, SECOND_MS)];
  if (kind === "move") return counted(ngettext("%(seconds)s second a move", "%(seconds)s seconds a move", base_ms / SECOND_MS), "seconds", amount(base_ms, SECOND_MS));
  if (kind === "correspondence" && base_ms < DAY_MS) return every(base_ms, HOUR_MS, "hours", ngettext("%(hours)d hour a move", "%(hours)d hours a move", Math.floor(base_ms / HOUR_MS)));
  if (kind === "correspondence") return every(base_ms, DAY_MS, "days", ngettext("%(days)d day a move", "%(days)d days a move", Math.floor(base_ms / DAY_MS)));
  if (kind === "delay") return fill(gettext("%(base)s, delay %(extra)s s"), { base: minutes, extra });
  if (kind === "bronstein") return fill(gettext("%(base)s, Bronstein %(extra)s s"), { base: minutes, extra });
  return `${amount(base_ms, MINUTE_MS)}+${extra}`;
}

/** @param {string} message @param {string} name @param {string | number} value */
const counted = (message, name, value) => fill(message, { [name]: value });

/** @param {number} ms @param {number} unit_ms @param {string} name @param {string} message */
const every = (ms, unit_ms, name, message) => counted(message, name, Math.floor(ms / unit_ms));

/** @param {number} count */
export const peopleOf = (count) => count === 0 ? "" : fill(ngettext("%(count)s player is here", "%(count)s players are here", count), { count });

/** @param {ListedMatch} match @param {Games} games */
function whatOf(match, games) {
  const ratings = first(match).map(({ rating, provisional }) => (rating ? `${rating}${provisional ? "?" : ""}` : "–"));
  const rated = match.rated ? `${gettext("rated")} ${ratings.join(" – ")}` : "";
  return [games[match.game]?.title ?? match.game, clockOf(match.clock), rated].filter(Boolean).join(" · ");
}

/** People first, as the server tells them. @param {ListedMatch} match */
const first = ({ sitting }) =>
  Object.values(sitting).sort((one, other) => Number(Boolean(one.bot)) - Number(Boolean(other.bot))).slice(0, NAMES);

/** @param {ListedMatch} match @param {Games} games @param {boolean} live */
function howOf({ game, taken, seats }, games, live) {
  if (!live) return gettext("Sit down");
  return games[game]?.entered && taken < seats ? gettext("Join") : gettext("Watch");
}

/** A new line. @param {string} id @param {ListedMatch} match @param {Games} games @param {boolean} live */
export function lineOf(id, match, games, live) {
  const line = make("li", {}, make("a", { href: `/match/${id}/` }, ...partsOf(match, games, live)));
  line.dataset.id = id;
  return line;
}

/** What stands in a line. @param {ListedMatch} match @param {Games} games @param {boolean} live */
export function partsOf(match, games, live) {
  const more = match.taken - Math.min(NAMES, Object.keys(match.sitting).length);
  const who = make("span", { className: "who" }, make("bdi", {}, first(match).map(calledOf).join(" – ")));
  if (more > 0) who.append(make("span", { className: "more" }, `+${more}`));
  return [
    who,
    make("span", { className: "what" }, whatOf(match, games)),
    make("span", { className: "how" }, howOf(match, games, live)),
  ];
}
