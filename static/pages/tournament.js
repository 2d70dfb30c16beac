/**
 * The page of a tournament: asks how it stands every few seconds, which also tells the house that this player is here, and
 * leads to the next match. A match that somebody came back from is not gone to a second time by itself.
 */
import { fill, gettext } from "../text.js";
import { all, one, say } from "./dom.js";
import { drawBoards, drawStandings, pointsOf } from "./standings.js";
import { isThis, remember, remembered } from "./tabs.js";

// In the background nobody reads, but a player must be here for their next match.
const HIDDEN_S = 8;
// Enough to read who the opponent is, and to stay.
const READY_S = 3;
// After an answer that did not come: the server may be starting again.
const AGAIN_S = 4;
// The match to which this tab has gone, as `calls.js` keeps it.
const WENT = "madang.went";

/** @typedef {{ joined: boolean, withdrawn: string, place: number | null, points: number | null, match: string | null, why_not: string }} You */

const place = one("[data-tournament]");
const id = place.dataset.tournament ?? "";
const own = place.dataset.player ?? "";
const start = JSON.parse(place.dataset.live ?? "{}");
const title = document.title;

let n = 0;
let page = /** @type {number} */ (start.page);
let you = /** @type {You} */ (start.you);
/** @type {import("./standings.js").Tournament | null} */ let told = null;
/** @type {any} */ let next = null;
/** @type {any} */ let going = null;
// How far the server's clock is ahead of this one.
let ahead_ms = 0;
let offered = "";

async function ask() {
  clearTimeout(next);
  let again_s = AGAIN_S;
  try {
    const answer = await fetch(`/api/tournaments/${id}/live?n=${n}&page=${page}`, { headers: { Accept: "application/json" } });
    const said = await answer.json();
    if (answer.ok) {
      again_s = document.hidden ? HIDDEN_S : said.again_s;
      hear(said);
    }
  } catch {
    // The line is lost: the next question tells.
  }
  // What is over does not change any more.
  if (!told || told.status === "coming" || told.status === "running") next = setTimeout(ask, again_s * 1000);
}

/** @param {{ n: number, now_ms: number, you: You, tournament: import("./standings.js").Tournament | null }} said */
function hear(said) {
  ahead_ms = said.now_ms - Date.now();
  you = said.you;
  if (said.tournament) {
    told = said.tournament;
    n = said.n;
    drawStandings(told, own);
    drawBoards(told, own);
  }
  draw();
}

function draw() {
  if (!told) return;
  say(one("[data-say]"), sentence(told));
  for (const [name, shown] of /** @type {[string, boolean][]} */ ([["[data-join]", !you.joined && !you.why_not], ["[data-withdraw]", you.joined]]))
    for (const form of all(name)) form.hidden = !shown || over(told);
  for (const line of all("[data-why-not]")) say(line, over(told) ? "" : you.why_not);
  drawReady();
}

/** @param {{ status: string }} tournament */
const over = ({ status }) => status === "finished" || status === "cancelled";

/** How it stands, for who looks. @param {import("./standings.js").Tournament} told */
function sentence(told) {
  if (told.status === "cancelled") return told.why === "few" ? gettext("It did not take place: too few had joined.") : gettext("It was called off.");
  const stands = you.place !== null && you.points
    ? fill(gettext("You: place %(place)d with %(points)s points."), { place: you.place, points: pointsOf(you.points) }) : "";
  if (told.status === "finished") return [winners(told), stands].filter(Boolean).join(" ");
  if (you.withdrawn === "absent") return gettext("You did not come to two matches, so you are not paired any more. Come back when you are here.");
  if (you.withdrawn) return stands;
  if (!you.joined) return "";
  if (told.status === "coming") return gettext("You are in. Stay on this page: it leads you to your first match.");
  return [stands, you.match ? "" : waiting(told)].filter(Boolean).join(" ");
}

/** @param {import("./standings.js").Tournament} told */
function waiting(told) {
  if (told.format === "arena") return gettext("You are paired as soon as somebody suitable is free.");
  return told.round === 0 || told.playing > 0 ? gettext("The next round begins when this one is over.") : gettext("The next round begins in a moment.");
}

/** @param {import("./standings.js").Tournament} told */
function winners(told) {
  if (told.page !== 1) return "";
  const names = told.standings.filter((one) => one.place === 1).map((one) => one.player.name);
  return names.length ? fill(gettext("Won by %(names)s."), { names: names.join(", ") }) : "";
}

/* ── the next match ────────────────────────────────────────────────────────────────────────────────────────── */

function drawReady() {
  const box = one("[data-ready]");
  box.hidden = you.match === null;
  document.title = you.match === null || location.hash === "#stay" ? title : `● ${gettext("Your match is ready")} – ${title}`;
  if (you.match === null) return stay();
  const link = /** @type {HTMLAnchorElement} */ (one("[data-go]"));
  link.href = `/match/${encodeURIComponent(you.match)}/`;
  if (offered === you.match) return;
  offered = you.match;
  say(one("[data-ready-why]"), against());
  if (remembered(WENT) !== you.match) count(READY_S);
}

/** Who the opponent is, where the board is among those shown. */
function against() {
  const board = told?.boards.find((one) => one.match === you.match);
  const opponent = board?.players.find((one) => one.id !== own);
  return opponent ? fill(gettext("Against %(name)s."), { name: opponent.name }) : "";
}

/** @param {number} seconds */
function count(seconds) {
  one("[data-stay]").hidden = false;
  say(one("[data-go]"), fill(gettext("To the match (%(seconds)d)"), { seconds }));
  // Whoever looks at another page is not taken away from it: the title calls them.
  if (document.hidden || !isThis()) document.addEventListener("visibilitychange", () => count(READY_S), { once: true });
  else if (seconds === 0) go();
  else going = setTimeout(() => count(seconds - 1), 1000);
}

function stay() {
  went();
  clearTimeout(going);
  one("[data-stay]").hidden = true;
  say(one("[data-go]"), gettext("To the match"));
}

function go() {
  if (you.match === null) return;
  went();
  location.assign(`/match/${encodeURIComponent(you.match)}/`);
}

/** This match has been shown: no page of this tab goes to it by itself again. */
const went = () => you.match !== null && remember(WENT, you.match);

/* ── the time ──────────────────────────────────────────────────────────────────────────────────────────────── */

/** 1:02:03, 4:05. @param {number} ms */
function time(ms) {
  const seconds = Math.max(0, Math.ceil(ms / 1000));
  const parts = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60];
  if (!parts[0]) parts.shift();
  return parts.map((part, index) => (index ? String(part).padStart(2, "0") : String(part))).join(":");
}

function tick() {
  if (!told) return;
  const now = Date.now() + ahead_ms;
  const left = one("[data-left]");
  if (told.status === "coming") say(left, told.starts_ms - now > 86_400_000 ? when(told.starts_ms) : fill(gettext("Starts in %(time)s"), { time: time(told.starts_ms - now) }));
  else if (told.status !== "running") say(left, when(told.ends_ms ?? told.starts_ms));
  else if (told.format === "arena") say(left, fill(gettext("%(time)s left"), { time: time((told.ends_ms ?? now) - now) }));
  else say(left, told.round ? fill(gettext("Round %(round)d of %(rounds)d"), { round: told.round, rounds: told.rounds }) : gettext("The first round begins."));
}

/** @param {number} ms */
const when = (ms) => new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "medium", timeStyle: "short" }).format(ms);

one("[data-go]").addEventListener("click", went);
one("[data-stay]").addEventListener("click", stay);
for (const button of all("[data-page]"))
  button.addEventListener("click", () => {
    if (button.getAttribute("aria-disabled") === "true") return;
    [n, page] = [0, page + Number(button.dataset.page)];
    history.replaceState(null, "", page === 1 ? location.pathname : `?page=${page}`);
    ask();
  });
for (const form of /** @type {HTMLFormElement[]} */ (all("[data-cancel]")))
  form.addEventListener("submit", (event) => {
    const dialog = /** @type {HTMLDialogElement} */ (one('[data-confirm="cancel"]'));
    event.preventDefault();
    dialog.returnValue = "";
    dialog.addEventListener("close", () => dialog.returnValue === "yes" && form.submit(), { once: true });
    dialog.showModal();
  });
document.addEventListener("visibilitychange", () => document.hidden || ask());
// The lobby tells of a match sooner than the next question would.
document.addEventListener("madang:you", (event) => /** @type {CustomEvent} */ (event).detail.go && ask());
setInterval(tick, 500);
ask().then(tick);
