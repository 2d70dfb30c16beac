/** The link to a match that waits: copied with one click, or handed to whatever a phone sends links with. */
import { one } from "./dom.js";

// As long as it takes to see that it was done; then the button says again what it does.
const SHOWN_MS = 2500;

/** @type {any} */ let shown = null;

/** Once, when the page has its buttons. */
export function wireInvitation() {
  const button = one("[data-copy]");
  const { textContent: words } = button;
  button.addEventListener("click", async () => {
    const done = await copied(link());
    button.textContent = (done ? button.dataset.copied : button.dataset.selected) ?? "";
    clearTimeout(shown);
    shown = setTimeout(() => (button.textContent = words), SHOWN_MS);
  });
  const share = one("[data-share]");
  share.hidden = !("share" in navigator && matchMedia("(pointer: coarse)").matches);
  // Who closes the sheet again has changed their mind.
  share.addEventListener("click", () => navigator.share({ url: link().value, title: document.title }).catch(() => {}));
}

const link = () => /** @type {HTMLInputElement} */ (one("[data-link]"));

/** Whether the link is in the clipboard. Where it cannot be, over plain HTTP, it stays selected. @param {HTMLInputElement} field */
async function copied(field) {
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
    return true;
  } catch {
    return document.execCommand("copy");
  }
}
