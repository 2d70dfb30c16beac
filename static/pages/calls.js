/**
 * What is said to one person alone, on every page: challenges, the ready check, and the way to a match that has begun.
 */
import { fill, gettext } from "../text.js";
import { make, one, say } from "./dom.js";
import { offerWords, wishWords } from "./names.js";
import { isThis, remember, remembered } from "./tabs.js";
import { begin, onYou, playing, wish, you } from "./you.js";

/** @typedef {import("./you.js").Personal} Personal @typedef {import("./you.js").Offer} Offer @typedef {import("./you.js").Found} Found */

const place = one("[data-calls]");
const check = /** @type {HTMLDialogElement} */ (one("[data-check]"));
const title = document.title;
/** @type {any} */ let ticking = null;
// Pressed a moment ago: a second tap asks for nothing more.
let answering = false;
// Said on this page, and not withdrawn.
let ready = false;

// ── challenges ──────────────────────────────────────────────────────────────────────────────────────────────

/** @param {string} id @param {string} text @param {string} more @param {...HTMLElement} acts */
function call(id, text, more, ...acts) {
  const call = make("div", { className: "call" }, make("p", { textContent: text }), make("p", { className: "why", textContent: more }));
  call.dataset.call = id;
  call.append(make("div", { className: "acts" }, ...acts));
  return call;
}

/** @param {string} text @param {string} className @param {() => Promise<string>} act */
function button(text, className, act) {
  const made = make("button", { type: "button", textContent: text, className });
  made.addEventListener("click", async () => {
    made.setAttribute("aria-disabled", "true");
    const refused = await act();
    made.removeAttribute("aria-disabled");
    if (refused) say(one(".why", /** @type {HTMLElement} */ (made.closest(".call"))), refused);
  });
  return made;
}

/** @param {Offer} offer */
function incoming(offer) {
  const text = fill(gettext("%(name)s challenges you"), { name: offer.who.name });
  return call(offer.id, text, offerWords(offer),
    button(gettext("Accept"), "main", () => wish("POST", `challenges/${offer.id}`, { yes: true })),
    button(gettext("Decline"), "", () => wish("POST", `challenges/${offer.id}`, { yes: false })));
}

/** @param {Offer} offer */
function outgoing(offer) {
  const text = fill(gettext("You have challenged %(name)s"), { name: offer.who.name });
  return call(offer.id, text, offerWords(offer), button(gettext("Withdraw"), "", () => wish("DELETE", `challenges/${offer.id}`)));
}

/** Those that are new are added and those that are over go; what stands is not touched, so a focus stays. @param {Personal} told */
function drawCalls(told) {
  const wanted = [
    ...told.incoming.map((offer) => /** @type {const} */ ([offer.id, () => incoming(offer)])),
    ...told.outgoing.map((offer) => /** @type {const} */ ([offer.id, () => outgoing(offer)])),
    ...(told.go && !followed(told.go) && !leads() ? [/** @type {const} */ ([told.go, () => way(/** @type {string} */ (told.go))])] : []),
  ];
  const ids = new Set(wanted.map(([id]) => id));
  for (const old of /** @type {HTMLElement[]} */ ([...place.children])) if (!ids.has(old.dataset.call ?? "")) old.remove();
  const there = new Set(/** @type {HTMLElement[]} */ ([...place.children]).map((child) => child.dataset.call));
  for (const [id, make] of wanted) if (!there.has(id)) place.append(make());
}

// ── going ───────────────────────────────────────────────────────────────────────────────────────────────────

const address = (/** @type {string} */ match) => `/match/${encodeURIComponent(match)}/`;

/** Whether this tab has been taken there, or is there. @param {string} match */
const followed = (match) => remembered("madang.went") === match || location.pathname === address(match);

/** @param {string} match */
function way(match) {
  const link = make("a", { className: "button main", href: address(match), textContent: gettext("To the match") });
  return call(match, gettext("Your match has begun"), "", link);
}

/** A page that leads to its matches by itself, and gives time to read against whom. */
const leads = () => document.querySelector("[data-ready]") !== null;

/** Nobody is torn away from a match unless they said that they are ready; and of several tabs one goes. @param {string} match */
function go(match) {
  if (followed(match) || ((playing() || leads()) && !ready) || !isThis()) return;
  remember("madang.went", match);
  location.assign(address(match));
}

// ── the ready check ─────────────────────────────────────────────────────────────────────────────────────────

/** @param {Found | null} found */
function drawCheck(found) {
  clearInterval(ticking);
  if (!found) {
    document.title = title;
    if (check.open) check.close();
    return;
  }
  document.title = `● ${found.yes ? gettext("Waiting") : gettext("Ready?")} – ${title}`;
  say(one("[data-check-what]"), wishWords(found));
  say(one("[data-check-ready]"), found.ready ? fill(gettext("%(ready)d of %(all)d are ready"), { ready: found.ready, all: found.players }) : "");
  one("[data-check-yes]").hidden = found.yes;
  const ends = performance.now() + found.left_ms;
  const count = () => say(one("[data-check-left]"), String(Math.max(0, Math.ceil((ends - performance.now()) / 1000))));
  count();
  ticking = setInterval(count, 250);
  if (!check.open) check.showModal();
}

// Esc closes what is open; a match is not declined by a key that was meant for something else.
check.addEventListener("cancel", (event) => event.preventDefault());
one("[data-check-form]").addEventListener("submit", async (event) => {
  event.preventDefault();
  const found = you()?.pairing;
  const { submitter } = /** @type {SubmitEvent} */ (event);
  if (!found || answering) return;
  answering = true;
  ready = submitter?.getAttribute("value") === "yes";
  const refused = await wish("POST", `pairings/${found.id}`, { yes: ready });
  answering = false;
  if (refused) say(one("[data-check-ready]"), refused);
});

onYou((told) => {
  drawCheck(told.pairing);
  drawCalls(told);
  if (told.go) go(told.go);
});
begin();
