/** Ratings as a match shows them: beside each name, and at the end what became of them. Words, and one small element. */
import { fill, gettext } from "../text.js";
import { make } from "./dom.js";

/** @typedef {import("../sdk/state.js").State} State */

/** The rating beside a name: as it was when they sat down, and after the end with what it gained; null where the match is not rated. @param {State} state @param {number} seat */
export function ratingOf({ seats, rated }, seat) {
  const info = seats[seat];
  const [before, after, provisional] = rated?.seats[seat] ?? [info?.rating, info?.rating, info?.provisional];
  if (after == null || before == null) return null;
  const element = make("span", { className: "rating" }, make("span", { className: "unseen" }, gettext("Rating")), " ", number(after, provisional));
  if (provisional) element.title = gettext("Provisional: so few matches tell little, or it was long ago.");
  if (rated?.seats[seat]) element.append(" ", make("span", { className: `gain ${tone(after - before)}` }, signed(after - before)));
  return element;
}

/** What the match did to the viewer's rating, or why it did nothing, in a sentence. @param {State} state */
export function ratedOf({ rated, seat, result }) {
  if (!rated || result?.reason === "aborted") return "";
  if (rated.why) return notCounted(rated.why);
  const own = seat === null ? null : rated.seats[seat];
  if (!own) return "";
  const [before, after, provisional] = own;
  return fill(gettext("Your rating: %(rating)s (%(gain)s)"), { rating: number(after, provisional), gain: signed(after - before) });
}

/** @param {number} rating @param {boolean | undefined} provisional */
const number = (rating, provisional) => `${rating}${provisional ? "?" : ""}`;

/** With a sign that reads as one. @param {number} gain */
const signed = (gain) => (gain < 0 ? `−${-gain}` : gain > 0 ? `+${gain}` : "±0");

/** @param {number} gain */
const tone = (gain) => (gain < 0 ? "down" : gain > 0 ? "up" : "same");

/** @param {string} why */
function notCounted(why) {
  const known = new Map([
    ["short", gettext("Not rated: it ended before it had properly begun.")],
    ["repeated", gettext("Not rated: two of you have met in ten rated matches within a day.")],
    ["bots", gettext("Not rated: a practice opponent took part.")],
    ["alone", gettext("Not rated: nobody played against you.")],
    ["unknown", gettext("Not rated: a player is gone.")],
  ]);
  return known.get(why) ?? gettext("Not rated.");
}
