/** The form of a new tournament: hours are those of who writes them, and the server is told how far they are from UTC. */
import { one } from "./dom.js";

const form = one("[data-new-tournament]");
const offset = /** @type {HTMLInputElement} */ (one('[name="offset"]', form));
const at = /** @type {HTMLInputElement} */ (one('[name="start_at"]', form));

function tell() {
  const chosen = at.value ? new Date(at.value) : new Date();
  offset.value = String(chosen.getTimezoneOffset());
}

// The next full hour, as a beginning.
if (!at.value) {
  const soon = new Date(Date.now() + 3_600_000);
  soon.setMinutes(-soon.getTimezoneOffset(), 0, 0);
  at.value = soon.toISOString().slice(0, 16);
}
at.addEventListener("change", tell);
tell();
