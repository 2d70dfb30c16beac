/**
 * The page after a sign-out somewhere else. Signing up or in gives a browser a new session and ends the old one, in every
 * tab: once this browser is somebody again, the page starts anew and plays on.
 */

// The new session's cookie comes a moment after the old one has ended; whoever takes longer comes back to this tab.
const ASK_AFTER_MS = [700, 3_000];

let waits = false;

/** Wait until this browser is somebody; the second call does nothing. */
export function startAnewWhenSignedIn() {
  if (waits) return;
  waits = true;
  for (const ms of ASK_AFTER_MS) setTimeout(ask, ms);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) ask(); });
}

async function ask() {
  const page = await fetch("/me/").then((answer) => answer.text(), () => "");
  if (page.includes('<body data-you="')) location.reload();
}
