/** The panel of quick match on the first page: what to look for, and while somebody waits how long, how wide, and a way out. */
import { fill, gettext, ngettext } from "../text.js";
import { one, say } from "./dom.js";
import { wishWords } from "./names.js";
import { onYou, wish } from "./you.js";

/** @typedef {import("./you.js").Personal} Personal @typedef {import("./you.js").Seeking} Seeking */

const panel = one("[data-finding]");
const form = /** @type {HTMLFormElement} */ (one("[data-seek]", panel));
const calls = /** @type {HTMLElement | null} */ (document.querySelector("[data-calls]"));
const CHOSEN = "madang.seek";
/** @type {any} */ let ticking = null;

/** @param {string} name */
const field = (name) => /** @type {HTMLSelectElement & HTMLInputElement} */ (form.elements.namedItem(name));

// ── choosing ────────────────────────────────────────────────────────────────────────────────────────────────

/** @param {number} count */
const seatsWords = (count) => fill(ngettext("%(count)s player", "%(count)s players", count), { count });

/** Times and seats are those of the chosen game; what was chosen before stays where the game has it too. */
function narrow() {
  const { choices = "{}" } = field("game").selectedOptions[0]?.dataset ?? {};
  for (const [name, listed] of Object.entries(JSON.parse(choices))) {
    const select = field(name);
    const before = select.value;
    select.replaceChildren(...listed.map((/** @type {string[]} */ [value, text]) => new Option(name === "seats" ? seatsWords(Number(value)) : text, value)));
    choose(select, before);
    // One way to play is no choice; but something must stand beside the game.
    select.hidden = listed.length < 2 && name === "seats";
  }
}

/** @param {HTMLSelectElement} select @param {unknown} value */
function choose(select, value) {
  const option = [...select.options].find((option) => option.value === value);
  if (option) option.selected = true;
}

/** What was chosen the last time is chosen again. */
function recall() {
  /** @type {Record<string, unknown>} */ let chosen = {};
  try {
    chosen = JSON.parse(localStorage.getItem(CHOSEN) ?? "{}");
  } catch {
    // Without storage, or with another's words in it, the form begins as it came.
  }
  choose(field("game"), chosen.game);
  narrow();
  for (const name of ["pool", "seats", "practice_after"]) choose(field(name), chosen[name]);
  field("rated").checked = chosen.rated === true;
}

function keep() {
  const chosen = Object.fromEntries(["game", "pool", "seats", "practice_after"].map((name) => [name, field(name).value]));
  try {
    localStorage.setItem(CHOSEN, JSON.stringify({ ...chosen, rated: field("rated").checked }));
  } catch {
    // Without storage it is chosen anew.
  }
}

/** The wish as the API takes it. */
function chosen() {
  const after = field("practice_after").value;
  return {
    game: field("game").value,
    pool: field("pool").value,
    seats: Number(field("seats").value) || null,
    rated: field("rated").checked,
    practice_after: after === "" ? null : Number(after),
    party: !one("[data-with-party]").hidden && field("party").checked,
  };
}

field("game").addEventListener("change", narrow);
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = one("button.main", form);
  if (button.getAttribute("aria-disabled") === "true") return;
  button.setAttribute("aria-disabled", "true");
  keep();
  const refused = await wish("POST", "seeks", chosen());
  button.removeAttribute("aria-disabled");
  const told = one("[data-refused]", form);
  told.hidden = !refused;
  say(told, refused);
  // A stranger is a guest now: the page is theirs from here on, with all that hears what concerns them.
  if (!refused && !calls) location.reload();
});

// ── waiting ─────────────────────────────────────────────────────────────────────────────────────────────────

/** @param {number} ms */
function clock(ms) {
  const s = Math.floor(ms / 1000);
  return `${Math.floor(s / 60)}:${String(s % 60).padStart(2, "0")}`;
}

/** @param {Seeking} seek @param {number} waited_ms */
function estimate({ estimate_ms }, waited_ms) {
  if (estimate_ms === null) return gettext("Too few have looked here lately to say how long it takes.");
  if (waited_ms > Math.max(estimate_ms, 5000)) return gettext("It takes longer than usual.");
  if (estimate_ms >= 60_000) return gettext("Usually longer than a minute.");
  const seconds = Math.max(5, Math.round(estimate_ms / 5000) * 5);
  return fill(ngettext("Usually about %(seconds)s second.", "Usually about %(seconds)s seconds.", seconds), { seconds });
}

/** @param {Seeking} seek */
function width({ window, practice_after_s }) {
  const people = window === null ? gettext("By now any opponent will do.") : fill(gettext("Opponents up to %(points)s points away."), { points: window });
  return practice_after_s === null ? people : `${people} ${fill(gettext("After %(seconds)s s a practice opponent plays."), { seconds: practice_after_s })}`;
}

/** @param {Personal} told */
function draw(told) {
  const { seek } = told;
  clearInterval(ticking);
  const waiting = one("[data-waiting]", panel);
  const before = !waiting.hidden;
  waiting.hidden = !seek;
  form.hidden = Boolean(seek);
  drawParty(told);
  if (Boolean(seek) !== before) say(one("[data-told]", panel), seek ? gettext("Looking for an opponent.") : "");
  if (!seek) return;
  say(one("[data-what]", panel), wishWords(seek));
  say(one("[data-window]", panel), width(seek));
  const since = performance.now() - seek.waited_ms;
  const count = () => {
    const waited_ms = performance.now() - since;
    say(one("[data-passed]", panel), clock(waited_ms));
    say(one("[data-estimate]", panel), estimate(seek, waited_ms));
  };
  count();
  ticking = setInterval(count, 1000);
}

/** Who leads a party may look together with it. @param {Personal} told */
function drawParty({ party }) {
  const label = one("[data-with-party]", form);
  label.hidden = !(party && party.leader === calls?.dataset.you && party.members.length > 1);
  if (party) say(one("span", label), fill(gettext("With my party (%(count)s)"), { count: party.members.length }));
}

one("[data-cancel]", panel).addEventListener("click", () => wish("DELETE", "seeks/mine"));
recall();
onYou(draw);
