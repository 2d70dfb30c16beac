/** The buttons of the match page: which of them make sense now, and what they do. */
import { all, one } from "./dom.js";

/** @typedef {import("../sdk/madang.js").Match} Match */

// Until both have moved once a match may be called off; the server knows best, this only chooses which button is shown.
const ABORTABLE_MOVES = 2;

/** The names of the buttons that can be used now. @param {Match} match @returns {Set<string>} */
function useful(match) {
  const { state, line } = match;
  if (!state) return new Set();
  if (line.state === "closed") return new Set(line.code === 4000 ? ["take-over"] : ["record", "again"]);
  if (state.status === "over") return afterwards(match);
  if (state.seat === null) return new Set();
  if (state.status === "waiting") return new Set(["abort"]);
  // At ticks a match has begun in earnest after two of them.
  const shown = new Set(made() < ABORTABLE_MOVES && !state.hz ? ["abort"] : ["resign"]);
  const draw = state.offers.draw ?? [];
  if (draw.length > 0 && !draw.includes(state.seat)) shown.add("yes-draw").add("no-draw");
  else if (draw.length === 0 && state.may_offer.includes("draw") && !shown.has("abort")) shown.add("offer-draw");
  return shown;
}

/** @param {Match} match */
function afterwards({ state, seat }) {
  const shown = new Set(["record", "again"]);
  if (!state) return shown;
  const asked = state.offers.rematch ?? [];
  if (state.rematch) shown.add("next");
  else if (seat === null || state.seats.length < 2 || state.result?.reason === "aborted") return shown;
  else if (asked.length === 0) shown.add("offer-rematch");
  else if (!asked.includes(seat)) shown.add("yes-rematch").add("no-rematch");
  return shown;
}

/** How many moves are listed: the page's own count, good enough to choose a button. */
const made = () => one("[data-moves]").childElementCount;

/** @param {Match} match */
export function drawActions(match) {
  wire(match);
  const shown = useful(match);
  if (match.claimable_in_ms === 0) shown.add("claim");
  for (const button of all("[data-act]")) button.hidden = !shown.has(/** @type {string} */ (button.dataset.act));
  const next = /** @type {HTMLAnchorElement} */ (one('[data-act="next"]'));
  if (match.state?.rematch) next.href = `/match/${encodeURIComponent(match.state.rematch)}/`;
  const waiting = match.state?.status === "waiting";
  one("[data-invite]").hidden = !(waiting && match.seat !== null);
  const sit = document.querySelector("[data-sit]");
  if (sit) /** @type {HTMLElement} */ (sit).hidden = !(waiting && match.seat === null);
}

/** @type {Match | null} the match that the buttons are about */
let current = null;

/** @param {Match} newest */
function wire(newest) {
  const wired = current !== null;
  current = newest;
  if (wired) return;
  /** @type {Record<string, () => void>} */
  const does = {
    "resign": () => confirmed("resign", () => current?.resign()),
    "abort": () => current?.abort(),
    "claim": () => current?.claim(),
    "offer-draw": () => current?.offer("draw"),
    "yes-draw": () => current?.answer("draw", true),
    "no-draw": () => current?.answer("draw", false),
    "offer-rematch": () => current?.offer("rematch"),
    "yes-rematch": () => current?.answer("rematch", true),
    "no-rematch": () => current?.answer("rematch", false),
    "take-over": () => current?.reconnect(),
  };
  for (const [name, act] of Object.entries(does)) one(`[data-act="${name}"]`).addEventListener("click", act);
  one("[data-copy]").addEventListener("click", copy);
}

/** @param {string} what @param {() => void} act */
function confirmed(what, act) {
  const dialog = /** @type {HTMLDialogElement} */ (one(`[data-confirm="${what}"]`));
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && act(), { once: true });
  dialog.showModal();
}

async function copy() {
  const field = /** @type {HTMLInputElement} */ (one("[data-link]"));
  const button = one("[data-copy]");
  field.select();
  // Over plain HTTP there is no clipboard: the link stays selected, ready to be copied by hand.
  await navigator.clipboard?.writeText(field.value);
  if (navigator.clipboard) button.textContent = button.dataset.copied ?? "";
}
