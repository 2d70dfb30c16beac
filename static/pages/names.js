/** What people call games, pools and clocks, in the page's language: the server told it in `data-names`. */
import { gettext } from "../text.js";

/** @type {{ games?: Record<string, string>, pools?: Record<string, string>, controls?: Record<string, string> }} */
const names = JSON.parse(/** @type {HTMLElement | null} */ (document.querySelector("[data-names]"))?.dataset.names ?? "{}");

/** @param {string} game @param {string} time @param {boolean} rated */
const joined = (game, time, rated) => [names.games?.[game] ?? game, time, rated ? gettext("rated") : ""].filter(Boolean).join(" · ");

/** What somebody looks for. @param {{ game: string, pool: string, rated: boolean }} wish */
export const wishWords = ({ game, pool, rated }) => joined(game, names.pools?.[pool] ?? pool, rated);

/** What somebody is asked to play. @param {import("./you.js").Offer} offer */
export const offerWords = ({ game, clock, rated }) => joined(game, clockWords(clock), rated);

/** One of the house by its name, another as players write it: minutes+seconds. @param {any} clock */
function clockWords(clock) {
  if (!clock) return "";
  const { base_ms, extra_ms, kind } = clock;
  return names.controls?.[`${kind} ${base_ms} ${extra_ms}`] ?? `${Math.round(base_ms / 6000) / 10}+${extra_ms / 1000}`;
}
