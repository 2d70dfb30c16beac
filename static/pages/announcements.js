/** Announcements on pages that stay open: looked for when the page is looked at again, and once a minute while it is. */
import { gettext } from "../text.js";
import { all, make } from "./dom.js";

// A minute late is soon enough for news; a page that was hidden catches up when it is seen.
const LOOK_MS = 60_000;
// Who switches between tabs need not ask each time.
const PATIENCE_MS = 5_000;

/** @typedef {{ key: string, level: string, text: string }} Told */

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-announcements]"));
let looked_ms = Date.now();

/** @param {Told} told @param {string} token */
function banner({ key, level, text }, token) {
  const form = make("form", { className: `banner ${level}`, action: "/announcements/put-away/", method: "post" });
  form.dataset.key = key;
  for (const [name, value] of Object.entries({ csrfmiddlewaretoken: token, next: location.pathname + location.search, key }))
    form.append(make("input", { type: "hidden", name, value }));
  form.append(make("p", {}, text), make("button", { className: "quiet" }, gettext("Put away")));
  return form;
}

/** @param {Told[]} announcements */
function show(announcements) {
  if (!place) return;
  const token = /** @type {HTMLInputElement | null} */ (document.querySelector('input[name="csrfmiddlewaretoken"]'));
  const wanted = new Set(announcements.map(({ key }) => key));
  const there = new Set();
  for (const form of all("[data-key]", place)) {
    if (wanted.has(form.dataset.key ?? "")) there.add(form.dataset.key);
    else form.remove();
  }
  for (const told of announcements) if (!there.has(told.key)) place.append(banner(told, token?.value ?? ""));
}

async function look() {
  if (document.visibilityState !== "visible" || !place || Date.now() - looked_ms < PATIENCE_MS) return;
  looked_ms = Date.now();
  const answer = await fetch(place.dataset.announcements ?? "").catch(() => null);
  if (answer?.ok) show((await answer.json()).announcements);
}

document.addEventListener("visibilitychange", look);
setInterval(look, LOOK_MS);
