/** `<board-battleship>`: place a fleet, then shoot at the other sea. Takes the rules' view as it is. */
import { fill, gettext } from "../text.js";
import { Board, svg } from "./board.js";
import { cellsOf, shuffled } from "./fleet.js";
import { Placing } from "./placing.js";
import { Sea, nameOf } from "./sea.js";

/** @typedef {import("./fleet.js").Ship} Ship */
/** @typedef {{ shots: number[], hits: number[], sunk: Record<string, Ship>, ships: Ship[] }} Waters */
/** @typedef {{ size: number, lengths: number[], turns: number[], placed: boolean, seas: Record<string, Waters> }} View */

// What a finger hits without aiming; smaller cells are aimed at first, and a second tap or the button shoots.
const TAP_PX = 44;
// The example on pages where nobody plays is always the same.
const EXAMPLE = 5;

class BattleshipBoard extends Board {
  /** @type {Sea} */ #front = new Sea({
    choose: (cell) => this.#chosen(cell),
    visit: (cell) => this.#visit(cell),
    key: (event) => this.#free && this.#placing.key(event),
  });
  #back = new Sea({ choose: () => {} });
  /** @type {Placing} */ #placing = new Placing(this.#front, () => this.paint());
  #whose = [element("p", "whose"), element("p", "whose")];
  #told = element("p", "told");
  #fleet = element("ul", "fleet");
  #turn = button(gettext("Turn the ship"), () => this.#placing.turn());
  #shuffle = button(gettext("Shuffle"), () => { this.#placing.shuffle(); this.speak(gettext("The ships lie anew.")); });
  #ready = button(gettext("Ready"), () => this.choose({ ships: this.#placing.ships }), "main");
  #shoot = button(gettext("Shoot"), () => this.#shootAt(this.#aim), "main");
  /** @type {number | null} */ #aim = null;
  #known = -1;
  #fleetShown = "";

  build() {
    const acts = element("div", "acts", this.#turn, this.#shuffle, this.#ready, this.#shoot);
    const panel = element("div", "panel", this.#told, this.#fleet, acts);
    const side = element("div", "side", element("div", "back", this.#back.element, ...this.#whose.slice(1)), panel);
    this.append(element("div", "front", this.#front.element, ...this.#whose.slice(0, 1)), side);
    this.#front.element.addEventListener("pointerdown", (event) => this.#free && this.#placing.drag(/** @type {PointerEvent} */ (event)));
  }

  get turns() {
    const { turns } = /** @type {View} */ (this.view);
    return turns.filter((seat) => seat !== this.seat || this.asked);
  }

  /** @returns {{ v: number, seat: number, move: number }[]} */
  get made() {
    const { seas } = /** @type {View} */ (this.view);
    const [first, second] = [seas[1]?.shots ?? [], seas[0]?.shots ?? []];
    const shots = first.flatMap((cell, index) => [{ seat: 0, move: cell }, { seat: 1, move: second[index] ?? 0 }]);
    return shots.slice(0, first.length + second.length).map((shot, v) => ({ v, ...shot }));
  }

  /** @param {any} move a cell, or a whole fleet */
  open(move) {
    return typeof move === "object" ? this.asked && this.pending === undefined : super.open(move);
  }

  /** @param {any} move */
  describe(move) { return typeof move === "number" ? nameOf(this.view.size, move) : gettext("fleet placed"); }

  /** @param {number} seat */
  mark(seat) {
    const shape = seat === 0 ? svg("circle", { class: "body", r: 38 }) : svg("path", { class: "body", d: "M0-46 42 0 0 46-42 0Z" });
    return svg("g", { class: `piece seat-${seat}` }, shape);
  }

  paint() {
    const view = /** @type {View} */ (this.view);
    if (this.#places) this.#placing.begin(view.size, view.lengths);
    if (this.#places && this.pending?.ships) this.#placing.ships = this.pending.ships;
    this.classList.toggle("placing", this.#places);
    this.classList.toggle("both", this.seat === null);
    const far = 1 - (this.seat ?? 0);
    if (this.#places) this.#paintDraft(view);
    else this.#paintSea(this.#front, view, far);
    this.#paintSea(this.#back, view, 1 - far);
    this.#paintPanel(view, far);
    if (this.seat === null) this.#whose.forEach((place, index) => this.#paintWhose(place, index === 0 ? far : 1 - far));
    this.#tell(view);
  }

  /** Who watches reads under each sea whose it is. @param {HTMLElement} place @param {number} seat */
  #paintWhose(place, seat) {
    const name = this.nameOf(seat);
    if (place.textContent !== name) place.replaceChildren(svg("svg", { viewBox: "-50 -50 100 100", "aria-hidden": "true" }, this.mark(seat)), name);
  }

  // ── placing ──────────────────────────────────────────────────────────────────────────────────────────

  /** Whether this viewer's fleet is not at sea yet. */
  get #places() { return this.seat !== null && !this.view.placed && this.view.turns.length > 0; }

  /** Whether it may still be moved about. */
  get #free() { return this.#places && this.open({}); }

  /** @param {View} view */
  #paintDraft({ size, lengths }) {
    const free = this.#free;
    const { clashes, picked } = this.#placing;
    this.#front.paint(size, {
      label: gettext("Your sea"), seat: this.seat ?? 0, shots: [], hits: [], last: null, aim: null, pending: false,
      ships: this.#laid.map((ship, index) => ({
        ship, length: lengths[index] ?? 0,
        kind: free ? `draft ${index === picked ? "picked" : ""} ${clashes.has(index) ? "clash" : ""}` : "",
      })),
      open: () => free,
      name: (cell) => this.#placingName(cell),
    });
  }

  /** The ships as this viewer laid them, sent already or not. @returns {Ship[]} */
  get #laid() { return this.pending?.ships ?? (this.asked ? this.#placing.ships : []); }

  /** @param {number} cell */
  #placingName(cell) {
    const place = nameOf(this.view.size, cell);
    const index = this.#laid.length > 0 ? this.#placing.shipAt(cell) : null;
    if (index === null) return fill(gettext("%(place)s: %(content)s"), { place, content: gettext("water") });
    const name = fill(gettext("ship of %(length)s"), { length: this.view.lengths[index] });
    return fill(gettext("%(place)s: %(content)s"), { place, content: index === this.#placing.picked ? `${name}, ${gettext("picked")}` : name });
  }

  // ── shooting ─────────────────────────────────────────────────────────────────────────────────────────

  /** @param {Sea} sea @param {View} view @param {number} seat */
  #paintSea(sea, { size, lengths, placed }, seat) {
    const { shots, hits, sunk, ships } = this.#waters(seat);
    const lying = ships.length > 0 ? ships.map((ship, index) => ({ ship, index })) : Object.entries(sunk).map(([index, ship]) => ({ ship, index: Number(index) }));
    const target = sea === this.#front && this.seat !== null;
    sea.paint(size, {
      label: fill(gettext("The sea of %(name)s"), { name: this.nameOf(seat) }), seat, shots, hits, last: shots.at(-1) ?? null,
      ships: lying.map(({ ship, index }) => ({ ship, length: lengths[index] ?? 0, kind: sunk[index] ? "sunk" : "" })),
      aim: target ? (typeof this.pending === "number" ? this.pending : this.#aim) : null,
      pending: target && this.pending !== undefined,
      open: (cell) => target && placed && this.open(cell),
      name: (cell) => fill(gettext("%(place)s: %(content)s"), { place: nameOf(size, cell), content: this.#content(seat, cell) }),
    });
  }

  /** A sea as the view tells it; where nobody plays yet, an example. @param {number} seat @returns {Waters} */
  #waters(seat) {
    const { size, lengths, placed, seas } = /** @type {View} */ (this.view);
    const waters = /** @type {Waters} */ (seas[seat]);
    return this.hasAttribute("inert") && !placed ? { ...waters, ships: example(size, lengths) } : waters;
  }

  /** @param {number} seat @param {number} cell */
  #content(seat, cell) {
    const { size, lengths } = /** @type {View} */ (this.view);
    const { shots, hits, sunk, ships } = this.#waters(seat);
    const lies = (/** @type {Ship} */ ship, /** @type {number} */ index) => cellsOf(size, lengths[index] ?? 0, ship).includes(cell);
    if (Object.entries(sunk).some(([index, ship]) => lies(ship, Number(index)))) return gettext("sunk");
    if (hits.includes(cell)) return gettext("hit");
    if (shots.includes(cell)) return gettext("miss");
    if (ships.some(lies)) return gettext("ship");
    return ships.length > 0 ? gettext("water") : gettext("unknown");
  }

  /** @param {number} cell */
  #chosen(cell) {
    if (this.#places) {
      if (this.#free) this.#placing.choose(cell);
    } else if (this.#front.pointer !== "touch" || this.#front.cell_px >= TAP_PX || this.#aim === cell) this.#shootAt(cell);
    else this.#aimAt(cell);
  }

  /** @param {number | null} cell */
  #visit(cell) {
    // A finger visits a cell by tapping it, and takes its aim away by nothing.
    if (this.#places || (this.#front.pointer === "touch" && (cell === null || this.#front.cell_px < TAP_PX))) return;
    this.#aimAt(cell);
  }

  /** @param {number | null} cell */
  #aimAt(cell) {
    const aim = cell !== null && this.open(cell) ? cell : null;
    if (aim === this.#aim) return;
    this.#aim = aim;
    this.paint();
  }

  /** @param {number | null} cell */
  #shootAt(cell) {
    if (cell !== null && this.choose(cell)) this.#aim = null;
  }

  // ── beside the sea ───────────────────────────────────────────────────────────────────────────────────

  /** @param {View} view @param {number} far */
  #paintPanel(view, far) {
    const places = this.#places;
    const clashes = this.#free && this.#placing.clashes.size > 0;
    this.#told.textContent = places ? this.#placingHint(clashes) : gettext("To be sunk");
    for (const act of [this.#turn, this.#shuffle, this.#ready]) act.hidden = !places;
    this.#shoot.hidden = places || view.turns.length === 0;
    this.#turn.disabled = !this.#free || this.#placing.picked === null;
    this.#shuffle.disabled = !this.#free;
    this.#ready.disabled = !this.#free || clashes;
    this.#shoot.disabled = this.#aim === null;
    this.#shoot.textContent = this.#aim === null ? gettext("Shoot") : fill(gettext("Shoot at %(place)s"), { place: nameOf(view.size, this.#aim) });
    this.#paintFleet(places || this.seat === null ? [] : view.lengths, view.seas[far]?.sunk ?? {});
  }

  /** @param {boolean} clashes */
  #placingHint(clashes) {
    if (!this.#free) return gettext("Your fleet is placed. Now the other one.");
    if (clashes) return gettext("Ships may touch, but not lie on one another.");
    return gettext("Drag the ships, tap one twice to turn it, or begin as they are.");
  }

  /** The ships to be sunk, those that are sunk struck out. @param {readonly number[]} lengths @param {Record<string, Ship>} sunk */
  #paintFleet(lengths, sunk) {
    const key = JSON.stringify([lengths, Object.keys(sunk)]);
    if (key === this.#fleetShown) return;
    this.#fleetShown = key;
    this.#fleet.replaceChildren(...lengths.map((length, index) => {
      const item = document.createElement("li");
      const squares = Array.from({ length }, (_, at) => svg("rect", { x: at * 22 + 2, y: 2, width: 18, height: 18, rx: 4 }));
      const picture = svg("svg", { viewBox: `0 0 ${length * 22} 22`, role: "img" }, ...squares);
      const name = fill(gettext("ship of %(length)s"), { length });
      picture.setAttribute("aria-label", sunk[index] ? `${name}, ${gettext("sunk")}` : name);
      picture.style.setProperty("--length", String(length));
      item.classList.toggle("sunk", Boolean(sunk[index]));
      if (sunk[index]) picture.append(svg("path", { d: `M0 11H${length * 22}` }));
      item.append(picture);
      return item;
    }));
  }

  /** Says what the last shot did. @param {View} view */
  #tell({ seas, placed, size }) {
    const made = this.made;
    const grown = made.length === this.#known + 1;
    const began = placed && this.#known === -1 && made.length === 0;
    this.#known = placed ? made.length : -1;
    const last = made.at(-1);
    if (began) this.speak(gettext("Both fleets are at sea."));
    if (!grown || !last || !seas) return;
    this.speak(fill(gettext("%(name)s: %(place)s, %(content)s"), {
      name: this.nameOf(last.seat), place: nameOf(size, last.move), content: this.#content(1 - last.seat, last.move),
    }));
  }
}

/** @param {string} tag @param {string} name @param {...Node} children */
function element(tag, name, ...children) {
  const made = document.createElement(tag);
  made.className = name;
  made.append(...children);
  return made;
}

/** @param {string} text @param {() => void} act */
function button(text, act, kind = "") {
  const made = document.createElement("button");
  made.type = "button";
  made.className = kind;
  made.textContent = text;
  made.addEventListener("click", act);
  return made;
}

/** @type {Map<string, Ship[]>} */
const examples = new Map();

/** @param {number} size @param {readonly number[]} lengths */
function example(size, lengths) {
  const key = `${size}/${lengths}`;
  let seed = EXAMPLE;
  const chance = () => (seed = (seed * 16807) % 2147483647) / 2147483647;
  const ships = examples.get(key) ?? shuffled(size, lengths, chance);
  examples.set(key, ships);
  return ships;
}

customElements.define("board-battleship", BattleshipBoard);
