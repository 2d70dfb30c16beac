/** The buttons of the match page: which of them make sense now, and what they do. */
import { offerOf } from "./around.js";
import { all, one } from "./dom.js";
import { wireInvitation } from "./invite.js";

/** @typedef {import("../sdk/madang.js").Match} Match */
/** @typedef {import("../sdk/state.js").State} State */

// From the second step on a match counts, and can be resigned but not called off.
const ABORTABLE_STEPS = 2;

/** The names of the buttons that can be used now. @param {Match} match @returns {Set<string>} */
function useful(match) {
  const { state, line } = match;
  if (!state) return new Set();
  if (line.state === "closed") return new Set(line.code === 4000 ? ["take-over"] : ["tournament", "record", "again"]);
  if (state.status === "over") return afterwards(match);
  if (state.seat === null) return new Set();
  if (state.status === "waiting") return new Set(["abort"]);
  if (state.out.includes(state.seat)) return new Set(["again"]);
  return new Set([...inPlay(match, state, state.seat), ...offers(state, state.seat)]);
}

/** What can be done beside playing. @param {Match} match @param {State} state @param {number} seat */
function inPlay(match, state, seat) {
  const shown = [];
  // Of more than two sides the others play on.
  const several = new Set(state.sides).size > 2;
  if (match.claimable_in_ms === 0 && !state.hz) shown.push(several ? "claim-rest" : "claim");
  if (state.may_pause) shown.push(state.paused ? "resume" : "pause");
  const serious = Boolean(state.hz) || state.step >= ABORTABLE_STEPS;
  if (state.may_offer.includes("takeback") && made().some((item) => item.dataset.by === String(seat))) shown.push("offer-takeback");
  if (state.may_offer.includes("draw") && serious) shown.push("offer-draw");
  // Whoever calls off a match of a tournament has lost it: nobody should do so by mistake.
  if (!serious && cup()) return shown;
  return [...shown, serious ? (several ? "leave" : "resign") : "abort"];
}

/** @param {State} state @param {number} seat */
function offers(state, seat) {
  const offer = offerOf(state);
  return offer && !offer.own && seat !== null ? [`yes-${offer.what}`, `no-${offer.what}`] : [];
}

/** The moves that are listed and stand: the page's own list, good enough to choose a button. */
const made = () => all("[data-moves] > :not(.undone)");

/** The way back to the tournament of which the match is one, if it is. */
const cup = () => document.querySelector('[data-act="tournament"]');

/** @param {Match} match */
function afterwards({ state, seat }) {
  // There the next opponent waits, and not the last one.
  if (cup()) return new Set(["tournament", "record"]);
  const shown = new Set(["record", "again"]);
  if (!state) return shown;
  const asked = state.offers.rematch ?? [];
  if (state.rematch) shown.add("next");
  else if (seat === null || state.seats.length < 2 || state.result?.reason === "aborted") return shown;
  else if (asked.length === 0 || asked.includes(seat)) shown.add("offer-rematch");
  else shown.add("yes-rematch").add("no-rematch");
  return shown;
}

/** While an offer is open nothing else can be offered; the buttons stay where they are, under a finger that taps twice. @param {Match} match @param {string} name */
const rests = ({ state }, name) => name.startsWith("offer-") && state !== null && offerOf(state) !== null;

/** @param {Match} match */
export function drawActions(match) {
  wire(match);
  const shown = useful(match);
  for (const button of all("[data-act]")) {
    const name = /** @type {string} */ (button.dataset.act);
    button.hidden = !shown.has(name);
    // Not `disabled`, which would take the focus away from who has just pressed it.
    button.setAttribute("aria-disabled", String(rests(match, name)));
  }
  // What was about to be confirmed may not be possible any more.
  for (const dialog of /** @type {HTMLDialogElement[]} */ (all("dialog[open][data-confirm]")))
    if (!shown.has(dialog.dataset.confirm ?? "")) dialog.close();
  const next = /** @type {HTMLAnchorElement} */ (one('[data-act="next"]'));
  if (match.state?.rematch) next.href = `/match/${encodeURIComponent(match.state.rematch)}/`;
  one("[data-invite]").hidden = !(match.state?.status === "waiting" && match.seat !== null);
  const sit = document.querySelector("[data-sit]");
  if (sit) /** @type {HTMLElement} */ (sit).hidden = !maySit(match.state);
}

/** Whether a seat is free for the viewer; the page has the button only where it may be so. @param {State | null} state */
function maySit(state) {
  return state !== null && state.seat === null && state.status !== "over" && state.seats.includes(null);
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
    "leave": () => confirmed("leave", () => current?.resign()),
    "abort": () => current?.abort(),
    "claim": () => current?.claim(),
    "claim-rest": () => current?.claim(),
    "pause": () => current?.pause(),
    "resume": () => current?.pause(),
    "take-over": () => current?.reconnect(),
  };
  for (const what of /** @type {const} */ (["draw", "takeback", "rematch"])) {
    does[`offer-${what}`] = () => current?.offer(what);
    does[`yes-${what}`] = () => current?.answer(what, true);
    does[`no-${what}`] = () => current?.answer(what, false);
  }
  for (const [name, act] of Object.entries(does)) {
    const button = one(`[data-act="${name}"]`);
    button.addEventListener("click", () => button.getAttribute("aria-disabled") === "true" || act());
  }
  wireInvitation();
}

/** @param {string} what @param {() => void} act */
function confirmed(what, act) {
  const dialog = /** @type {HTMLDialogElement} */ (one(`[data-confirm="${what}"]`));
  dialog.returnValue = "";
  dialog.addEventListener("close", () => dialog.returnValue === "yes" && act(), { once: true });
  dialog.showModal();
}
