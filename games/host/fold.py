"""A match as a fold over its log: the state, who sits, what was offered, how it ended, after each entry.

Live matches, replays, verification and the admin all fold with this one class, so they cannot disagree. It decides
nothing: entries say what happened, and whoever makes them (`match.py`) has checked that it may. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from typing import Any, Literal

import msgspec

from games.host import clock as clocks
from games.host.clock import Clock, Control
from games.host.entries import Aborted, Answered, Chunk, Ended, Entry, Gone, Offered, Sit
from games.protocol.messages import HostUpdate, SeatInfo
from games.rules.base import Env, Moves, Result, Rules, moves_of

Status = Literal["waiting", "live", "over", "aborted"]

# How many inputs of a seat can be compared with one sent again: a client resends what was not acknowledged, and the SDK
# keeps at most 8 of those, so 16 is never too few.
REMEMBERED_INPUTS = 16

ABORTED = "aborted"
"""The reason of a match that was called off; it counts for nobody."""

_NO_MOVES: Mapping[int, Moves[Any]] = {}


class Input(msgspec.Struct, frozen=True, array_like=True):
    """A stored input as it is remembered: number, kind, body, and the version after it."""

    c: int
    kind: str
    body: str
    v: int


class Change(msgspec.Struct, frozen=True):
    """What one entry changed. `raised`: `v` went up; `stepped`: the state is new; `by`: the inputs of that step."""

    raised: bool
    stepped: bool = False
    by: tuple[tuple[int, int, Any], ...] = ()
    host: HostUpdate | None = None


class Fold(msgspec.Struct, kw_only=True):
    """The match after entry `n`. `apply` folds in place; `after` leaves this fold as it is and returns the next.

    `turn_v`: the version that opened the turn which is open now; `pool`: moves that wait for the step, as
    `{seat: (c, move)}`; `cs`: each seat's last stored input; `recent`: those that can be compared with one sent again;
    `offers`: who has said yes to what, while not all have; `offered_at`: the step of each seat's last offer, by
    "what/seat"; `out`: seats that are out for good; `outcome`: set as soon as the match is decided, the `end` entry
    that seals it follows; `rematch`: the public id of the next match; `hz`: ticks per second with these options, 0
    without; `ticks`: how many there were; `control`, `clock`: None where nobody's time is measured.
    """

    rules: Rules[Any, Any]
    options: Any
    seats: int
    seed: bytes
    sides: tuple[int, ...]
    hz: int
    state: Any
    digest: str
    cs: list[int]
    recent: list[tuple[Input, ...]]
    n: int = 0
    v: int = 0
    turn_v: int = 0
    step: int = 0
    ticks: int = 0
    ms: int = 0
    status: Status = "waiting"
    pool: dict[int, tuple[int, Any]] = {}
    sitting: dict[int, Sit] = {}
    offers: dict[str, tuple[int, ...]] = {}
    offered_at: dict[str, int] = {}
    out: tuple[int, ...] = ()
    control: Control | None = None
    clock: Clock | None = None
    outcome: Result | None = None
    rematch: str | None = None
    _turns: Mapping[int, Moves[Any]] | None = None

    @classmethod
    def begin(
        cls,
        rules: Rules[Any, Any],
        *,
        options: Any,
        seats: int,
        seed: bytes,
        genesis: str,
        control: Control | None = None,
    ) -> Fold:
        """The fold before the first entry."""
        return cls(
            rules=rules,
            options=options,
            seats=seats,
            seed=seed,
            sides=tuple(rules.sides(options, seats)),
            hz=rules.hz_of(options),
            state=rules.setup(options, seats, Env(seed=seed, n=0, ms=0)),
            digest=genesis,
            cs=[0] * seats,
            recent=[()] * seats,
            control=control,
            clock=None if control is None else clocks.begin(control, seats),
        )

    # ── reading ─────────────────────────────────────────────────────────────────────────────────────────

    @property
    def turns(self) -> Mapping[int, Moves[Any]]:
        """Who may act now, and with what; nobody before the start and after the end."""
        if self.status != "live" or self.outcome is not None:
            return _NO_MOVES
        if self._turns is None:
            self._turns = {seat: moves_of(moves) for seat, moves in self.rules.turns(self.state).items()}
        return self._turns

    @property
    def over(self) -> bool:
        """The record is sealed."""
        return self.status in ("over", "aborted")

    def remembered(self, seat: int, c: int) -> Input | None:
        """The stored input `c` of `seat`, if it is recent enough to be compared."""
        return next((one for one in self.recent[seat] if one.c == c), None)

    def seat_of(self, player: str | None) -> int | None:
        """Where the player with this public id sits."""
        if player is None:
            return None
        return next((seat for seat, sit in self.sitting.items() if sit.player == player), None)

    # ── folding ─────────────────────────────────────────────────────────────────────────────────────────

    def copy(self) -> Fold:
        """A fold that can be applied to without changing this one."""
        twin = copy(self)
        twin.pool = self.pool.copy()
        twin.sitting = self.sitting.copy()
        twin.cs = self.cs.copy()
        twin.recent = self.recent.copy()
        twin.offers = self.offers.copy()
        twin.offered_at = self.offered_at.copy()
        return twin

    def noted(self, entry: Entry) -> Fold:
        """This fold with `entry` at the end of its log: a chunk of ticks that are folded already."""
        fold = self.copy()
        fold.n, fold.digest = entry.n, entry.digest
        return fold

    def after(self, entry: Entry, move: Any = None) -> tuple[Fold, Change]:
        """The fold after `entry`, and what changed. `move`: its decoded move, where the caller has it already."""
        fold = self.copy()
        return fold, fold.apply(entry, move)

    def apply(self, entry: Entry, move: Any = None) -> Change:
        """Fold `entry` in place; raises ValueError where it does not continue this log."""
        if entry.n != self.n + 1:
            raise ValueError(f"entry {entry.n} cannot follow entry {self.n}")
        self.n, self.ms, self.digest = entry.n, entry.ms, entry.digest
        change = self._fold(entry, move)
        if change.raised:
            self.v += 1
            if change.stepped or (change.host is not None and change.host.started):
                self.turn_v = self.v
        if self.control is not None and self.clock is not None:
            self._turn_clock(self.control, self.clock, entry, change)
        if entry.seat is not None and entry.c is not None:
            self._remember(entry.seat, Input(entry.c, entry.kind, entry.body, self.v))
        return change

    def _turn_clock(self, control: Control, clock: Clock, entry: Entry, change: Change) -> None:
        if entry.kind == "move" and entry.seat is not None:
            clock = clocks.answer(clock, entry.seat, entry.ms)
        if self.turn_v == self.v or self.outcome is not None:
            clock = clocks.turn(control, clock, self.turns, entry.ms)
        self.clock = clock

    def _remember(self, seat: int, one: Input) -> None:
        self.cs[seat] = one.c
        self.recent[seat] = (*self.recent[seat][-REMEMBERED_INPUTS + 1 :], one)

    def _fold(self, entry: Entry, move: Any) -> Change:
        match entry.kind:
            case "move":
                return self._move(entry, move)
            case "sit":
                return self._sit(entry)
            case "resign":
                return self._withdraw(self._own(entry), "resigned", entry.ms)
            case "flag":
                return self._withdraw(self._own(entry), "flagged", entry.ms)
            case "gone":
                return self._withdraw(msgspec.json.decode(entry.body, type=Gone).seats, "gone", entry.ms)
            case "offer":
                return self._offer(entry)
            case "answer":
                return self._answer(entry)
            case "abort":
                return self._abort(entry)
            case "chunk":
                return self._chunk(entry)
            case "end":
                return self._end(entry)
            case _:
                raise ValueError(f"fold edition knows no entry of kind {entry.kind!r}")

    def _move(self, entry: Entry, move: Any) -> Change:
        assert entry.seat is not None
        assert entry.c is not None
        if move is None:
            move = msgspec.json.decode(entry.body, type=self.rules.move)
        self.pool[entry.seat] = (entry.c, move)
        moves = {seat: one for seat, (_, one) in self.pool.items()}
        if not self._ready(moves):
            return Change(raised=False)
        return self._step(moves, entry.ms)

    def _ready(self, moves: Mapping[int, Any]) -> bool:
        rules = self.rules
        if type(rules).ready is Rules.ready:
            # The default asks `turns` once more; here they are at hand.
            return all(seat in moves for seat in self.turns)
        return rules.ready(self.state, moves)

    def _step(self, moves: Mapping[int, Any], ms: int) -> Change:
        by = tuple((seat, c, move) for seat, (c, move) in self.pool.items())
        step = self.step + 1
        self.state = self.rules.step(self.state, moves, Env(seed=self.seed, n=step, ms=ms))
        self.step, self.pool = step, {}
        lapsed = self._lapse(by)
        self._decide()
        return Change(raised=True, stepped=True, by=by, host=HostUpdate(lapsed=lapsed) if lapsed else None)

    def tick(self, moves: Mapping[int, tuple[int, Any]]) -> Change:
        """One step on the clock, in place, with the inputs that apply at it: `{seat: (c, move)}`, each legal."""
        self.ticks += 1
        self.ms = self.ticks * 1000 // self.hz
        by = tuple((seat, c, move) for seat, (c, move) in moves.items())
        step = self.step + 1
        env = Env(seed=self.seed, n=step, ms=self.ms)
        self.state = self.rules.step(self.state, {seat: move for seat, (_, move) in moves.items()}, env)
        self.step = step
        self._decide()
        self.v += 1
        for seat, c, _ in by:
            self.cs[seat] = c
        return Change(raised=True, stepped=True, by=by)

    def _chunk(self, entry: Entry) -> Change:
        """The ticks of a stretch of time. They raised their versions one by one."""
        chunk = msgspec.json.decode(entry.body, type=Chunk)
        if chunk.first != self.ticks + 1:
            raise ValueError(f"tick {chunk.first} cannot follow tick {self.ticks}")
        inputs: dict[int, dict[int, tuple[int, Any]]] = {}
        for at, seat, c, body in chunk.runs:
            inputs.setdefault(at, {})[seat] = (c, msgspec.json.decode(body, type=self.rules.move))
        for at in range(chunk.first, chunk.first + chunk.ticks):
            self.tick(inputs.get(at, {}))
        return Change(raised=False)

    def _lapse(self, by: tuple[tuple[int, int, Any], ...]) -> str | None:
        """A draw offer stands until one who was asked moves instead of answering."""
        said_yes = self.offers.get("draw")
        if said_yes is None or all(seat in said_yes for seat, _, _ in by):
            return None
        del self.offers["draw"]
        return "draw"

    def _decide(self) -> None:
        """After a new state: nobody to move means that the rules have a result."""
        self._turns = None
        if not self.turns and self.status == "live":
            self.outcome = self.rules.result(self.state)
            if self.outcome is None:
                raise ValueError(f"{self.rules.name}: nobody may move, yet there is no result")

    def _sit(self, entry: Entry) -> Change:
        assert entry.seat is not None
        sit = msgspec.json.decode(entry.body, type=Sit)
        self.sitting[entry.seat] = sit
        started = self.status == "waiting" and len(self.sitting) >= self._needed()
        if started:
            self.status = "live"
        info = SeatInfo(name=sit.name, player=sit.player, bot=sit.bot)
        host = HostUpdate(sat=(entry.seat, info), started=started)
        if not self.entered:
            return Change(raised=True, host=host)
        state = self.rules.enter(self.state, entry.seat, self._env(entry.ms))
        if state is None:
            raise ValueError(f"{self.rules.name}: seat {entry.seat} cannot enter")
        self._put(state)
        return Change(raised=True, stepped=True, host=host)

    @property
    def entered(self) -> bool:
        """Whether seats come in by `Rules.enter`, while the match runs too."""
        return type(self.rules).enter is not Rules.enter

    @property
    def begins_with_next(self) -> bool:
        """Whether one more who sits down makes the match begin."""
        return self.status == "waiting" and len(self.sitting) + 1 >= self._needed()

    def admits(self, seat: int) -> bool:
        """Whether `seat` may sit down now: it was never given, and the rules let it in."""
        if seat in self.sitting or self.outcome is not None:
            return False
        return not self.entered or self.rules.enter(self.state, seat, self._env(self.ms)) is not None

    def _needed(self) -> int:
        """With how many the match begins."""
        return min(self.rules.seats) if self.entered else self.seats

    def _env(self, ms: int) -> Env:
        return Env(seed=self.seed, n=self.step + 1, ms=ms)

    def _put(self, state: Any) -> None:
        """A new state that no move made."""
        self.state, self.step = state, self.step + 1
        self._decide()

    def _own(self, entry: Entry) -> tuple[int, ...]:
        assert entry.seat is not None
        return (entry.seat,)

    def _withdraw(self, seats: tuple[int, ...], why: str, ms: int) -> Change:
        """Seats are out for good. Where the rules cannot go on without them, their sides have lost."""
        state = self.rules.absent(self.state, seats, why, self._env(ms))
        self.out += seats
        for seat in seats:
            self.pool.pop(seat, None)
        if state is None:
            lost = {self.sides[seat] for seat in seats}
            scores = tuple(0 if side in lost else 2 for side in range(max(self.sides) + 1))
            self.outcome = Result(scores, why)
        else:
            self._put(state)
        host = HostUpdate(out=tuple((seat, why) for seat in seats))
        return Change(raised=True, stepped=state is not None, host=host)

    def _offer(self, entry: Entry) -> Change:
        assert entry.seat is not None
        what = msgspec.json.decode(entry.body, type=Offered).what
        self.offers[what] = (entry.seat,)
        self.offered_at[f"{what}/{entry.seat}"] = self.step
        return Change(raised=True, host=HostUpdate(offered=(entry.seat, what)))

    def _answer(self, entry: Entry) -> Change:
        assert entry.seat is not None
        answer = msgspec.json.decode(entry.body, type=Answered)
        host = HostUpdate(answered=(entry.seat, answer.what, answer.yes), rematch=answer.match)
        if not answer.yes:
            del self.offers[answer.what]
            return Change(raised=True, host=host)
        said_yes = tuple(sorted((*self.offers[answer.what], entry.seat)))
        if len(said_yes) < self.seats:
            self.offers[answer.what] = said_yes
            return Change(raised=True, host=host)
        del self.offers[answer.what]
        if answer.what == "draw":
            self.outcome = Result.draw(max(self.sides) + 1, "agreement")
        elif answer.what == "rematch":
            self.rematch = answer.match
        return Change(raised=True, host=host)

    def _abort(self, entry: Entry) -> Change:
        why = msgspec.json.decode(entry.body, type=Aborted).why
        self.outcome = Result((0,) * (max(self.sides) + 1), ABORTED)
        return Change(raised=True, host=HostUpdate(aborted=why))

    def _end(self, entry: Entry) -> Change:
        ended = msgspec.json.decode(entry.body, type=Ended)
        self.outcome = Result(ended.scores, ended.reason)
        self.status = "aborted" if ended.reason == ABORTED else "over"
        self.offers, self.pool = {}, {}
        return Change(raised=True)
