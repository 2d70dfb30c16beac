/** What every page has: the switch of colours without a reload, menus that close, and the list of keys under `?`. */
import { all } from "./dom.js";

const A_YEAR_S = 31_536_000;

/** @param {string} theme */
function wear(theme) {
  document.documentElement.dataset.theme = theme;
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `theme=${theme}; Path=/; Max-Age=${A_YEAR_S}; SameSite=Lax${secure}`;
  for (const button of all('button[name="theme"]')) button.setAttribute("aria-pressed", String(button.getAttribute("value") === theme));
}

for (const form of all("[data-theme-form]"))
  form.addEventListener("submit", (event) => {
    const { submitter } = /** @type {SubmitEvent} */ (event);
    if (!submitter) return;
    event.preventDefault();
    wear(/** @type {HTMLButtonElement} */ (submitter).value);
  });
const worn = document.documentElement.dataset.theme ?? "auto";
for (const button of all('button[name="theme"]')) button.setAttribute("aria-pressed", String(button.getAttribute("value") === worn));

const menus = /** @type {HTMLDetailsElement[]} */ (all("[data-menu]"));
document.addEventListener("click", (event) => {
  for (const menu of menus) if (menu.open && !menu.contains(/** @type {Node} */ (event.target))) menu.open = false;
});
document.addEventListener("keydown", (event) => {
  const typing = /** @type {HTMLElement} */ (event.target).matches?.("input, textarea, select");
  const keys = /** @type {HTMLDialogElement | null} */ (document.querySelector("[data-keys]"));
  if (event.key === "?" && keys && !typing && !keys.open) keys.showModal();
  if (event.key !== "Escape") return;
  for (const menu of menus.filter((one) => one.open)) {
    menu.open = false;
    menu.querySelector("summary")?.focus();
  }
});
