"""A live match on a virtual clock, with memory for a store: what performs the host's effects in tests.

`Table` and the simulation own one. It stores at once, or when it is told to; time passes only by `pass_ms`. Everything
that players would meet (checks, acks, ticks, clocks, bots) is the host's own.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import msgspec

from games.host.chat import HeardBy, Speech
from games.host.clock import Control
from games.host.effects import Append, Change, Effect, Grant, Keep, Put, Shut
from games.host.entries import FOLD, Entry, MatchId, Sit, genesis, seed_hash
from games.host.fold import Fold
from games.host.frames import view_shown
from games.host.greeting import Facts
from games.host.match import LiveMatch
from games.host.tail import Header
from games.rules.base import Rules

_EPOCH = 1
_MATCH = "this-match"


def seed_of(seed: int | bytes) -> bytes:
    """32 bytes: a seed as it is, or a number."""
    return seed if isinstance(seed, bytes) else seed.to_bytes(32, "big")


class House:
    """The match and all that belongs to it. `log`, `changes`: what is stored; `states`: the state that was shown
    at each version; `said`: the lines of chat that are kept."""

    def __init__(
        self,
        rules: Rules[Any, Any],
        *,
        seats: int | None = None,
        options: dict[str, Any] | None = None,
        seed: int | bytes = 0,
        clock: Control | None = None,
        now_ms: int = 0,
    ) -> None:
        self.rules = rules
        self.seats = min(rules.seats) if seats is None else seats
        if self.seats not in rules.seats:
            raise ValueError(f"{rules.name} is played by {rules.seats.start} to {rules.seats.stop - 1} seats")
        self.given = options or {}
        self.options = msgspec.convert(self.given, rules.options)
        self.seed, self.clock = seed_of(seed), clock
        self.now_ms = now_ms
        self.held = False
        self.log: list[Entry] = []
        self.changes: list[Change] = []
        self.answers: list[dict[str, Any]] = []
        self.states: dict[int, Any] = {}
        self.said: list[tuple[HeardBy, Speech]] = []
        self._pending: deque[Append] = deque()
        self._ticks_from: tuple[int, int] | None = None
        self.match = self.load()

    def load(self, epoch: int = _EPOCH, gap_ms: int = 0) -> LiveMatch:
        """The match as a process has it that takes it over now, when nobody had it for `gap_ms`."""
        players = {_player(seat): seat + 1 for seat in range(self.seats)}
        facts = Facts(_MATCH, epoch, self.given, seed_hash(self.seed))
        header = Header(MatchId(1), facts, listed=True, players=players, gap_ms=gap_ms)
        new_match = lambda: ("next-match", bytes(32))  # noqa: E731
        return LiveMatch(header, self.refolded(), now_ms=self.now_ms, new_match=new_match)

    def refolded(self, n: int | None = None) -> Fold:
        """The stored log, folded from its beginning; up to entry `n`, if given."""
        rules = self.rules
        start = genesis(
            game=rules.name,
            edition=rules.edition,
            fold=FOLD,
            options=self.given,
            seats=self.seats,
            hashed_seed=seed_hash(self.seed),
            clock=None if self.clock is None else msgspec.to_builtins(self.clock),
        )
        fold = Fold.begin(
            rules, options=self.options, seats=self.seats, seed=self.seed, genesis=start, control=self.clock
        )
        for entry in self.log[:n]:
            fold.apply(entry)
        return fold

    def sit(self, seat: int, *, bot: bool = False) -> bool:
        """Seat the player of this seat; False: the match does not let them in."""
        who = Sit(f"Player {seat}", None if bot else _player(seat), "practice" if bot else None)
        self.perform(self.match.sit(0, who, None if bot else seat + 1, seat, self.now_ms))
        return bool(self.answers and self.answers[-1]["ok"])

    # ── effects ─────────────────────────────────────────────────────────────────────────────────────────

    def perform(self, effects: list[Effect]) -> None:
        """Do what the host wishes, in order."""
        for effect in effects:
            match effect:
                case Put():
                    for connection in effect.connections:
                        connection.put(effect.frame, effect.kind)
                case Shut():
                    effect.connection.close(effect.code)
                case Grant():
                    self.answers.append(effect.answer)
                case Append():
                    self._pending.append(effect)
                case Keep():
                    self.said.append((effect.heard_by, effect.said))
        if not self.held:
            self.store()
        self.states[self.match.shown.v] = self.match.shown.state

    @property
    def unstored(self) -> int:
        """How many entries are on their way to the store."""
        return len(self._pending)

    def store(self, count: int | None = None) -> None:
        """The next `count` entries are stored, all by default."""
        if self._stored(len(self._pending) if count is None else count):
            self.perform(self.match.stored(self.log[-1].n, self.now_ms, self.now_ms))

    def fail(self, stored: int = 0) -> None:
        """The flush fails for good after `stored` entries reached the database; the match goes on from there."""
        self._stored(stored)
        self._pending.clear()
        self.perform(self.match.rewind(self.refolded(), self.now_ms, self.now_ms))

    def _stored(self, count: int) -> int:
        """So many entries, at most, reach the database; returns how many did."""
        stored = [self._pending.popleft() for _ in range(min(count, len(self._pending)))]
        self.log += [one.entry for one in stored]
        self.changes += [change for one in stored for change in one.changes]
        return len(stored)

    def close_book(self) -> None:
        """Everything that was played is in the log, ticks of a window that is still open too."""
        self.held = False
        self.perform(self.match.tail.gather())

    # ── time ────────────────────────────────────────────────────────────────────────────────────────────

    def next_ms(self) -> int | None:
        """When the match itself next has something to do: a tick, a flag, a bot, someone gone; None: nothing."""
        return min((at for at in (self.match.due_ms(), self._tick_ms()) if at is not None), default=None)

    def pass_ms(self, until_ms: int) -> None:
        """The clock goes on to `until_ms`, and what comes due meanwhile is done."""
        while (at := self.next_ms()) is not None and at <= until_ms:
            self.now_ms = max(self.now_ms, at)
            due = self.match.due_ms()
            if due is not None and due <= self.now_ms:
                self.perform(self.match.due(self.now_ms))
            elif not self._tick():
                break
        self.now_ms = max(self.now_ms, until_ms)

    def _tick_ms(self) -> int | None:
        """When the next tick is due. They are counted from the start, so that roundings do not add up."""
        fold = self.match.fold
        if not fold.hz or fold.status != "live" or fold.outcome is not None:
            return None
        if self._ticks_from is None:
            self._ticks_from = (self.now_ms, fold.ticks)
        began_ms, ticks = self._ticks_from
        return began_ms + (fold.ticks - ticks + 1) * 1000 // fold.hz

    def _tick(self) -> bool:
        """One tick; False: time stands still, for something must be stored first."""
        before = self.match.fold.ticks
        self.perform(self.match.tick(self.now_ms, self.now_ms))
        if self.match.fold.ticks > before:
            return True
        self._ticks_from = (self.now_ms, before)
        return False

    # ── what is true ────────────────────────────────────────────────────────────────────────────────────

    def fresh_view(self, seat: int | None, v: int | None = None) -> Any:
        """What somebody who comes just now is shown, as plain JSON; or what was shown at version `v`."""
        fold = self.shown_to(seat)
        if v is not None:
            fold = fold.copy()
            fold.v, fold.state = v, self.states[v]
        return msgspec.json.decode(msgspec.json.encode(view_shown(fold, seat)))

    def shown_to(self, seat: int | None) -> Fold:
        """The match as this viewer may know it now: spectators perhaps as it was a while ago."""
        late = self.match.audience.late if seat is None else None
        return self.match.shown if late is None else late.fold

    def inputs(self) -> Iterator[tuple[int, int]]:
        """(seat, number) of every input in the log, in order."""
        for entry in self.log:
            if entry.kind == "chunk":
                yield from ((seat, c) for _, seat, c, _ in msgspec.json.decode(entry.body)[2])
            elif entry.seat is not None and entry.c is not None:
                yield entry.seat, entry.c


def _player(seat: int) -> str:
    return f"player-{seat}"
