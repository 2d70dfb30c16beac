/**
 * The sheet of a person: press a name (`data-person`, `data-name`) and see their page, befriend, mute, block, report.
 * Reports need one click more, on the reason; the server attaches what was said and played. Tells the page of mutes and
 * blocks by `madang:unread` on the document, `{ id, unread }`.
 */
import { fill, gettext } from "../text.js";
import { call } from "./api.js";
import { all, one, say } from "./dom.js";

/** @typedef {{ id: string, name: string, line: string | null }} Person */

const sheet = /** @type {HTMLDialogElement | null} */ (document.querySelector("[data-sheet]"));
/** @type {Person | null} */ let person = null;

/** @param {HTMLElement} button */
async function open(button) {
  if (!sheet) return;
  const { person: id = "", name = "", line = null } = button.dataset;
  person = { id, name, line };
  say(one("[data-sheet-name]", sheet), name);
  /** @type {HTMLAnchorElement} */ (one("[data-sheet-profile]", sheet)).href = `/player/${encodeURIComponent(id)}/`;
  told("");
  show([]);
  unfold("report" in button.dataset);
  sheet.showModal();
  if (sheet.querySelector("[data-do]")) await attempt(async () => show((await call("GET", `/company/${id}`)).standing));
}

/** Which buttons fit how one stands to them: `asked` must hold, `-asked` must not. @param {string[]} standing */
function show(standing) {
  for (const button of all("[data-do]", sheet ?? undefined)) {
    const wanted = (button.dataset.when ?? "").split(" ").filter(Boolean);
    button.hidden = !wanted.every((one) => (one.startsWith("-") ? !standing.includes(one.slice(1)) : standing.includes(one)));
  }
}

/** The reasons take the place of all else: one thing at a time. @param {boolean} unfolded */
function unfold(unfolded) {
  const report = sheet?.querySelector("[data-sheet-report]");
  if (!report || !sheet) return;
  /** @type {HTMLElement} */ (report).hidden = !unfolded;
  one("[data-sheet-acts]", sheet).hidden = unfolded;
  if (unfolded && sheet.open) one("[data-report-text]", sheet).focus();
  say(one("[data-sheet-line]", sheet), person?.line ? fill(gettext("About: “%(line)s”"), { line: person.line }) : "");
}

/** @param {string} text */
const told = (text) => sheet && say(one("[data-sheet-said]", sheet), text);

/** @type {Record<string, [string, string, string]>} */
const CALLS = {
  friend: ["PUT", "/friends/", gettext("Done.")],
  unfriend: ["DELETE", "/friends/", gettext("Done.")],
  mute: ["PUT", "/mutes/", gettext("You will not see what they write.")],
  unmute: ["DELETE", "/mutes/", gettext("You see what they write again.")],
  block: ["PUT", "/blocks/", gettext("Blocked. They cannot challenge you, and you will not see what they write.")],
  unblock: ["DELETE", "/blocks/", gettext("Done.")],
};

/** @param {string} what */
async function act(what) {
  const known = CALLS[what];
  if (!person || !known) return unfold(true);
  const [method, path, done] = known;
  const { id } = person;
  await attempt(async () => {
    const { standing } = await call(method, path + id);
    show(standing);
    told(standing.includes("asked") && what === "friend" ? gettext("You have asked them.") : done);
    const unread = standing.includes("muted") || standing.includes("blocked");
    document.dispatchEvent(new CustomEvent("madang:unread", { detail: { id, unread } }));
  });
}

/** @param {string} reason */
async function report(reason) {
  if (!person) return;
  const { id, line } = person;
  const field = /** @type {HTMLInputElement} */ (one("[data-report-text]"));
  // On a page that goes on from match to match its address is the one that is played now.
  const [, match = null] = /^\/match\/([^/]+)\//.exec(location.pathname) ?? [];
  await attempt(async () => {
    await call("POST", "/reports", { player: id, reason, match, text: field.value.trim(), line });
    field.value = "";
    unfold(false);
    told(gettext("Thank you. The moderators will look at it, and you will find their answer under “Your reports”."));
  });
}

/** @param {() => Promise<void>} work */
async function attempt(work) {
  try {
    await work();
  } catch (error) {
    told(error instanceof Error ? error.message : String(error));
  }
}

document.addEventListener("click", ({ target }) => {
  const button = target instanceof Element ? /** @type {HTMLElement | null} */ (target.closest("[data-person], [data-do], [data-reason]")) : null;
  if (!button) return;
  if (button.dataset.person) open(button);
  else if (button.dataset.reason) report(button.dataset.reason);
  else if (button.dataset.do) act(button.dataset.do);
});
for (const button of all("[data-report][hidden]")) button.hidden = false;
