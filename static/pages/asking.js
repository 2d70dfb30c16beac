/** The quiet number beside the way to one's friends: how many people wait for a word. Kept right on every page. */
import { one, say } from "./dom.js";
import { onYou } from "./you.js";

const place = one("[data-asking]");
onYou(({ asking }) => {
  say(one("[data-asking-count]", place), String(asking));
  place.hidden = asking === 0;
});
