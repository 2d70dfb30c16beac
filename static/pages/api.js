/** Calls of the HTTP API by a page: with its cookie and its CSRF token; a refusal is an Error that says why. */
import { gettext } from "../text.js";

/** @param {string} method @param {string} path @param {any} [body] @returns {Promise<any>} */
export async function call(method, path, body) {
  const answer = await fetch(`/api${path}`, {
    method,
    headers: { "Content-Type": "application/json", "X-CSRFToken": token() },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  }).catch(() => { throw new Error(gettext("Not sent: the connection is lost. Try again in a moment.")); });
  const told = await answer.json().catch(() => ({}));
  if (!answer.ok) throw new Error(told.why ?? gettext("That did not work. Try again in a moment."));
  return told;
}

/** Every page has a form of ours in its header. */
function token() {
  return /** @type {HTMLInputElement | null} */ (document.querySelector("[name=csrfmiddlewaretoken]"))?.value ?? "";
}
