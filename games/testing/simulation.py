"""A whole match over a bad network, on a virtual clock: `simulate(Pig(), seed=7)`. Milliseconds of real time.

Everyone plays at random, or as the test says, while frames are late, lost, overtaken and connections cut. Every picture
that a client ever has must be what the host showed at that version; in the end everyone must see the same as somebody
who comes fresh, and every input must have been stored once or refused in words.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Callable
from typing import Any

import msgspec

from games.protocol import codec
from games.protocol.messages import Hello, Pong
from games.rules.base import Moves, Result, Rules, moves_of
from games.rules.rng import Rng
from games.testing.house import House
from games.testing.network import PERFECT, Chances, Network
from games.testing.visitors import Chooses, Socket, Visitor, as_connection

# Streams of the match's seed that neither steps (from 0 on) nor bots (a few below 0) use.
_NETWORK, _PLAYING = -2_000_000, -3_000_000
# A turn-based match of a thousand moves over a bad line takes about half an hour; one at ticks is cut off.
_SECONDS_OF_TURNS, _SECONDS_OF_TICKS = 3_600, 30
# In a healed network: twice a client's patience, so that every input has been sent again where it must.
_SETTLES_MS = 6_000


class Story(msgspec.Struct):
    """What happened. `gaps`: how often a client missed something and asked for the whole; `welcomes`: wholes sent."""

    frames: int = 0
    lost: int = 0
    cuts: int = 0
    gaps: int = 0
    welcomes: int = 0
    inputs: int = 0
    refused: int = 0
    steps: int = 0
    virtual_ms: int = 0
    result: Result | None = None


def simulate(
    rules: Rules[Any, Any],
    *,
    seed: int | bytes = 0,
    seats: int | None = None,
    options: dict[str, Any] | None = None,
    network: Network = Network(),  # noqa: B008 - frozen
    chooses: Chooses | None = None,
    seconds: int | None = None,
) -> Story:
    """One match, to its end or for so many virtual seconds; fails where a promise is broken, naming the seed.

    `chooses(seat, view, moves)` makes each move; by default one is drawn from the legal ones.
    """
    simulation = Simulation(House(rules, seats=seats, options=options, seed=seed), network, chooses)
    try:
        return simulation.run(seconds or (_SECONDS_OF_TICKS if rules.hz else _SECONDS_OF_TURNS))
    except AssertionError as broken:
        raise AssertionError(f"{rules.name}, seed {seed!r}: {broken}") from broken


class Simulation:
    """The events under way, the earliest first; and those who play and watch."""

    def __init__(self, house: House, network: Network, chooses: Chooses | None) -> None:
        self.house, self.network = house, network
        self.chances = Chances(Rng(house.seed, _NETWORK))
        self.story = Story()
        self.healed = self.frozen = False
        self._rng = Rng(house.seed, _PLAYING)
        self._events: list[tuple[int, int, Callable[[], None]]] = []
        self._count = 0
        self._storing = 0
        self._stored_ms = 0
        players = [Visitor(self, f"player-{seat}", chooses or self._draws) for seat in range(house.seats)]
        self.visitors = [*players, Visitor(self, None, None)]

    def run(self, seconds: int) -> Story:
        """Play, then let everything arrive, then judge."""
        for visitor in self.visitors:
            visitor.connect()
        for seat in range(self.house.seats):
            assert self.house.sit(seat), f"seat {seat} is not let in: {self.house.answers[-1]}"
        self.house.held = True
        self._go_on(seconds * 1000)
        self._heal()
        self._judge()
        fold = self.house.match.shown
        self.story.steps, self.story.result, self.story.virtual_ms = fold.step, fold.outcome, self.house.now_ms
        self.story.welcomes = sum(one.client.welcomes for one in self.visitors)
        return self.story

    def _draws(self, seat: int, view: Any, moves: Moves[Any]) -> Any:
        return moves.sample(self._rng)

    def moves_at(self, v: int, seat: int) -> Moves[Any] | None:
        """What this seat could do at version `v`, for clients that are not told or only how many moves there are."""
        state = self.house.states.get(v, self.house.match.shown.state)
        moves = self.house.rules.turns(state).get(seat)
        return None if moves is None else moves_of(moves)

    # ── events ──────────────────────────────────────────────────────────────────────────────────────────

    def later(self, ms: int, what: Callable[[], None]) -> None:
        """Do `what` in `ms` milliseconds."""
        self._at(self.house.now_ms + ms, what)

    def after_away(self, what: Callable[[], None]) -> None:
        """Do `what` when a client that lost its connection would come back."""
        self.later(self.chances.within(self.network.away_ms), what)

    def _at(self, at_ms: int, what: Callable[[], None]) -> None:
        self._count += 1  # equal times in the order in which they were made
        heapq.heappush(self._events, (at_ms, self._count, what))

    def _go_on(self, until_ms: int) -> None:
        """Until the match is over, or until this time; frozen, until nothing is under way."""
        while self.frozen or not (self.house.match.shown.over or self.house.now_ms > until_ms):
            due_ms = None if self.frozen else self.house.next_ms()
            if due_ms is not None and (not self._events or due_ms < self._events[0][0]):
                self.house.pass_ms(due_ms)
            elif self._events:
                at_ms, _, what = heapq.heappop(self._events)
                self.house.now_ms = max(self.house.now_ms, at_ms)
                what()
            elif self.frozen:
                return
            else:
                raise AssertionError("the match stands still: nobody is on their way, and nobody acts")
            self._store_soon()

    def _store_soon(self) -> None:
        while self._storing < self.house.unstored:
            self._storing += 1
            self._stored_ms = max(self._stored_ms, self.house.now_ms + self.chances.within(self.network.store_ms))
            self._at(self._stored_ms, self._store_one)

    def _store_one(self) -> None:
        self._storing -= 1
        self.house.store(1)

    # ── the network ─────────────────────────────────────────────────────────────────────────────────────

    def send_up(self, socket: Socket, arrives: Callable[[], None]) -> None:
        """In order, or not at all once the connection is cut."""
        self._perhaps_cut(socket)
        socket.up_ms = max(socket.up_ms, self.house.now_ms + self.chances.way_ms(self.network))
        self._at(socket.up_ms, lambda: None if socket.broken else arrives())

    def send_down(self, socket: Socket, frame: bytes) -> None:
        """A frame to a client: late, lost, overtaken, or as it should be."""
        self.story.frames += 1
        self._perhaps_cut(socket)
        if self.chances.hit(self.network.lost):
            self.story.lost += 1
            return
        at_ms = self.house.now_ms + self.chances.way_ms(self.network)
        if self.chances.hit(self.network.swapped):
            at_ms += self.network.late_ms
        else:
            at_ms = socket.down_ms = max(socket.down_ms, at_ms)
        self._at(at_ms, lambda: None if socket.broken else socket.visitor.hear(socket, frame))

    def close_down(self, socket: Socket) -> None:
        """The host closes a connection: a newer one has its seat, so whoever still holds it comes back."""
        self._at(socket.down_ms, lambda: socket.visitor.come_back(socket))

    def hang_up(self, socket: Socket) -> None:
        """The client is done with a connection; the host notices after a while."""
        socket.broken = True
        self.later(self.chances.within(self.network.notice_ms), lambda: self._detach(socket))

    def _perhaps_cut(self, socket: Socket) -> None:
        if not socket.broken and self.chances.hit(self.network.cut):
            self.story.cuts += 1
            socket.broken = True
            notice_ms = self.network.notice_ms
            self.later(self.chances.within(notice_ms), lambda: socket.visitor.come_back(socket))
            self.later(self.chances.within(notice_ms), lambda: self._detach(socket))

    # ── at the host ─────────────────────────────────────────────────────────────────────────────────────

    def attach(self, socket: Socket, hello: Hello) -> None:
        """A hello has arrived, and a ping with it: a spectator who missed nothing would hear nothing."""
        socket.attached = True
        house = self.house
        house.perform(house.match.attach(as_connection(socket), hello, house.now_ms, house.now_ms))
        self.send_down(socket, codec.encode(Pong(0, house.now_ms)))

    def submit(self, socket: Socket, message: Any) -> None:
        """An input has arrived; it is read as the server reads it."""
        text = codec.encode(message).decode()
        decoded = codec.decoder_for(self.house.rules.move).decode(text)
        self.house.perform(self.house.match.submit(as_connection(socket), decoded, self.house.now_ms))

    def _detach(self, socket: Socket) -> None:
        if socket.attached:
            socket.attached = False
            self.house.perform(self.house.match.detach(as_connection(socket), self.house.now_ms))

    # ── judging ─────────────────────────────────────────────────────────────────────────────────────────

    def check(self, visitor: Visitor) -> None:
        """What this client shows is what the host showed at that version."""
        client = visitor.client
        if client.v in self.house.states:
            shown = self.house.fresh_view(client.seat, client.v)
            assert client.view == shown, f"{_who(visitor)} sees {client.view} at {client.v}, and not {shown}"

    def _heal(self) -> None:
        """From now on nothing is late or lost, and nobody acts: what is under way is settled, and everyone looks."""
        self.healed, self.network = True, PERFECT
        if self.house.match.fold.hz:
            self._all_come_back()
            self._go_on(self.house.now_ms + _SETTLES_MS)  # inputs are answered by ticks
        self.frozen = True
        self._go_on(0)
        self._all_come_back()
        self._go_on(0)
        self.house.close_book()

    def _all_come_back(self) -> None:
        for visitor in self.visitors:
            if visitor.socket is None:
                visitor.connect()
            else:
                visitor.come_back(visitor.socket)

    def _judge(self) -> None:
        logged = Counter(self.house.inputs())
        twice = [one for one, count in logged.items() if count > 1]
        assert not twice, f"inputs are in the log twice: {twice}"
        for visitor in self.visitors:
            self._judge_picture(visitor)
            if visitor.client.seat is not None:
                self._judge_inputs(visitor, {c for seat, c in logged if seat == visitor.client.seat})
        again = self.house.refolded()
        assert _bytes(again.state) == _bytes(self.house.match.shown.state), "the log folds to another end"

    def _judge_picture(self, visitor: Visitor) -> None:
        client = visitor.client
        shown = self.house.shown_to(client.seat)
        assert client.v == shown.v, f"{_who(visitor)} is at version {client.v}, the match at {shown.v}"
        fresh = self.house.fresh_view(client.seat)
        assert client.view == fresh, f"{_who(visitor)} sees {client.view}, who comes now sees {fresh}"

    def _judge_inputs(self, visitor: Visitor, logged: set[int]) -> None:
        client, rules = visitor.client, self.house.rules
        newest = max(logged, default=0) if rules.hz and not rules.every_input else 0
        lost = [c for c in client.stored if c not in logged and c > newest]
        assert not lost, f"{_who(visitor)} was told that inputs {lost} are stored; they are not in the log"
        assert not client.waiting, f"{_who(visitor)} never heard of inputs {sorted(client.waiting)}"
        answered = len(client.stored) + len(client.refusals)
        assert visitor.sent == answered, f"{_who(visitor)} sent {visitor.sent} inputs and had {answered} answers"
        self.story.inputs += visitor.sent
        self.story.refused += len(client.refusals)


def _who(visitor: Visitor) -> str:
    return "the spectator" if visitor.player is None else visitor.player


def _bytes(state: Any) -> bytes:
    return msgspec.json.encode(state)
