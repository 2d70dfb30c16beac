/** The admin's few scripts: a menu that is closed on phones, and a dashboard that stays true while it is open. */

const PHONE = "(max-width: 900px)";
// The figures are written every five seconds; who looks at them waits for nothing longer than ten.
const FIGURES_MS = 10_000;

const places = /** @type {HTMLDetailsElement | null} */ (document.querySelector("[data-places]"));
if (places && matchMedia(PHONE).matches) places.open = false;

const figures = /** @type {HTMLElement | null} */ (document.querySelector("[data-figures]"));
if (figures)
  setInterval(async () => {
    if (document.visibilityState !== "visible" || figures.contains(document.activeElement)) return;
    const answer = await fetch(figures.dataset.figures ?? "").catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    figures.replaceChildren(...page.body.childNodes);
  }, FIGURES_MS);
