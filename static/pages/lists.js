/**
 * The first page's lists, live: open seats and matches under way come and go in place. A line keeps its place until it is
 * gone; another takes that place. While somebody is about to click in a list nothing in it moves: what is gone only says so.
 */
import { gettext } from "../text.js";
import { all, one, say } from "./dom.js";
import { lineOf, partsOf, peopleOf } from "./listed.js";
import { lobby } from "./lobby.js";

/** @typedef {import("../sdk/lobby.js").ListedMatch} ListedMatch */

const place = one("[data-lobby]");
const { you, lines } = place.dataset;
const MOST = Number(lines);
/** @type {import("./listed.js").Games} */
const games = JSON.parse(place.dataset.games ?? "{}");

// A finger hovers over nothing, though browsers say so of what was touched last.
const HELD = matchMedia("(hover: hover)").matches ? ":hover, :focus-within" : ":focus-within";

/** @param {ListedMatch} match */
const isMine = ({ sitting }) => Boolean(you) && Object.values(sitting).some(({ player }) => player === you);

class List {
  /** @type {Map<string, ListedMatch>} */ #wanted = new Map();
  #section;
  #live;
  #rows;

  /** @param {HTMLElement} section */
  constructor(section) {
    this.#section = section;
    this.#live = section.dataset.list === "live";
    this.#rows = one(".rows", section);
    for (const type of ["pointerleave", "focusout"])
      this.#rows.addEventListener(type, () => setTimeout(() => this.#settle()));
  }

  /** @param {Record<string, ListedMatch>} matches @param {number} count in all */
  show(matches, count) {
    const others = Object.entries(matches).filter(([, match]) => !isMine(match));
    others.sort(([one, { at }], [other, { at: later }]) => later - at || (one < other ? 1 : -1));
    this.#wanted = new Map(others.slice(0, MOST));
    say(one("[data-count]", this.#section), count ? String(count) : "");
    for (const line of this.#lines()) {
      const match = matches[line.dataset.id ?? ""];
      line.classList.toggle("gone", !match);
      if (match) this.#redraw(line, match);
    }
    this.#settle();
  }

  #lines() {
    return all("li", this.#rows);
  }

  /** @param {HTMLElement} line @param {ListedMatch} match */
  #redraw(line, match) {
    const parts = partsOf(match, games, this.#live);
    const link = one("a", line);
    if (parts.map((part) => part.textContent).join() !== [...link.children].map((part) => part.textContent).join()) link.replaceChildren(...parts);
  }

  #settle() {
    const held = this.#rows.matches(HELD);
    const missing = [...this.#wanted].filter(([id]) => !this.#lines().some((line) => line.dataset.id === id));
    for (const line of this.#lines()) {
      if (held || this.#wanted.has(line.dataset.id ?? "")) continue;
      const next = missing.shift();
      if (next) line.replaceWith(this.#line(...next));
      else line.remove();
    }
    for (const [id, match] of missing)
      if (this.#lines().length < MOST) this.#rows.append(this.#line(id, match));
    for (const line of this.#lines())
      if (line.classList.contains("gone")) say(one(".how", line), this.#live ? gettext("over") : gettext("taken"));
    one(".empty", this.#section).hidden = this.#rows.childElementCount > 0;
  }

  /** @param {string} id @param {ListedMatch} match */
  #line(id, match) {
    const line = lineOf(id, match, games, this.#live);
    line.classList.add("arrived");
    return line;
  }
}

const lists = all("[data-list]", place).map((section) => new List(section));

lobby.addEventListener("change", () => {
  const { picture } = lobby;
  if (!picture) return;
  say(one("[data-people]", place), peopleOf(picture.counts.people));
  const [open, live] = lists;
  open?.show(picture.open, picture.counts.open);
  live?.show(picture.live, picture.counts.live);
});
