// Light cycles on Colyseus: the rules of games/rules/light_cycles.py with its usual field, five rounds, four riders. The
// state tells as little as there: walls by the turns that made them, so that most patches are one number.
import { Room } from "@colyseus/core";
import { schema, t } from "@colyseus/schema";

const HZ = 30;
const [SEATS, SIZE, CELL_TICKS, ROUNDS] = [4, 64, 2, 5];
const [LEAD, REST] = [3 * HZ, 2 * HZ];
const STRIDE = SIZE + 2;
const AHEAD = [-STRIDE, 1, STRIDE, -1]; // up, right, down, left
const CRASH = 4;
const QUEUED = 2;

// `turns`: tick * 20 + seat * 5 + way for each turn of the round, way 4 for a crash.
const Field = schema(
  { tick: t.uint16(), round: t.uint8(), turns: t.array("uint32"), points: t.array("uint8") },
  "Field",
);

const starts = Array.from({ length: SEATS }, (_, seat) => {
  const angle = (2 * Math.PI * seat) / SEATS;
  const [column, row] = [Math.cos(angle), Math.sin(angle)].map((part) => SIZE / 2 + Math.round((SIZE * 3 * part) / 8));
  return { head: (row + 1) * STRIDE + column + 1, way: (2 + seat) % 4 };
});

function fence() {
  const walls = new Uint8Array(STRIDE * STRIDE).fill(1);
  for (let row = 1; row <= SIZE; row++) walls.fill(0, row * STRIDE + 1, row * STRIDE + 1 + SIZE);
  return walls;
}

export class Cycles extends Room {
  maxClients = SEATS;
  state = new Field();
  patchRate = 1000 / HZ;

  onCreate() {
    this.seats = new Map();
    for (let seat = 0; seat < SEATS; seat++) this.state.points.push(0);
    this.place(1);
    this.onMessage("turn", (client, move) => this.turn(this.seats.get(client.sessionId), move));
  }

  onJoin(client, { seat }) {
    this.seats.set(client.sessionId, seat);
    if (this.seats.size === SEATS) this.setSimulationInterval(() => this.tick(), 1000 / HZ);
  }

  place(round) {
    const state = this.state;
    this.walls = fence();
    this.riders = starts.map(({ head, way }) => ({ head, way, queued: [], earned: null }));
    for (const rider of this.riders) this.walls[rider.head] = 1;
    this.ended = null;
    state.tick = 0;
    state.round = round;
    state.turns.clear();
  }

  turn(seat, move) {
    const rider = this.riders[seat];
    const way = move?.m;
    if (!rider || !Number.isInteger(way) || way < 0 || way > 3) return;
    const waiting = rider.queued.slice(0, QUEUED - 1);
    const before = waiting.length ? waiting.at(-1) : rider.way;
    if ((way - before) % 2) rider.queued = [...waiting, way];
  }

  tick() {
    const state = this.state;
    if (this.ended !== null && state.tick === this.ended + REST) {
      this.riders.forEach((rider, seat) => (state.points[seat] += rider.earned));
      if (state.round === ROUNDS) return this.disconnect();
      return this.place(state.round + 1);
    }
    state.tick++;
    const ridden = state.tick - LEAD;
    if (this.ended === null && ridden > 0 && ridden % CELL_TICKS === 0) this.ride();
  }

  ride() {
    const riding = this.riders.map((rider, seat) => ({ rider, seat })).filter(({ rider }) => rider.earned === null);
    const meeting = new Map();
    for (const one of riding) {
      const { rider } = one;
      one.way = rider.queued.length ? rider.queued.shift() : rider.way;
      one.to = rider.head + AHEAD[one.way];
      meeting.set(one.to, (meeting.get(one.to) ?? 0) + 1);
    }
    for (const one of riding) one.out = this.walls[one.to] === 1 || meeting.get(one.to) > 1;
    for (const { rider, seat, way, to, out } of riding) {
      if (out || way !== rider.way) this.state.turns.push(this.state.tick * 20 + seat * 5 + (out ? CRASH : way));
      rider.way = way;
      if (!out) this.walls[(rider.head = to)] = 1;
    }
    this.score(riding.filter(({ out }) => out).map(({ rider }) => rider));
  }

  // A point for each that was out before; whoever is left at the end has beaten all.
  score(crashed) {
    const beaten = this.riders.filter((rider) => rider.earned !== null).length;
    for (const rider of crashed) rider.earned = beaten;
    const left = this.riders.filter((rider) => rider.earned === null);
    if (left.length > 1) return;
    for (const rider of left) rider.earned = SEATS - 1;
    this.ended = this.state.tick;
  }
}
