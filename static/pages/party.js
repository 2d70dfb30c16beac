/** The page of a party: its link, and anew when somebody comes or goes. The way to its match is in calls.js. */
import { one } from "./dom.js";
import { wireInvitation } from "./invite.js";
import { onYou } from "./you.js";

const place = one("[data-party]");
if (document.querySelector("[data-copy]")) wireInvitation();

/** @type {string | null} */ let shown = null;
onYou(({ party }) => {
  const now = party?.id === place.dataset.party ? party?.members.map(({ id }) => id).join() ?? "" : "";
  // Somebody who fills in a form is left alone until they are done.
  const typing = document.activeElement?.matches("input:not([readonly]), select");
  if (shown !== null && now !== shown && !typing) location.reload();
  shown = now;
});
