"""A match as a fold over its log: the state, who sits, what was offered, how it ended, after each entry.

Live matches, replays, verification and the admin all fold with this one class, so they cannot disagree. It decides
nothing: entries say what happened, and whoever makes them (`match.py`) has checked that it may. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import msgspec

from games.host import clock as clocks
from games.host.clock import Clock, Control
from games.host.entries import FOLD, Entry, Sit
from games.host.kinds import KINDS, Change
from games.host.remembered import REMEMBERED_INPUTS, Input, Past
from games.rules.base import Env, Moves, Result, Rules, moves_of

Status = Literal["waiting", "live", "over", "aborted"]

# So many steps can be taken back in a row; beyond that people want another match.
KEPT_PAST = 16

_NO_MOVES: Mapping[int, Moves[Any]] = {}
_NOTHING: Mapping[int, Any] = {}
# Of a tick at which no input applied, as most are.
_TICKED = Change(raised=True, stepped=True)


class Fold(msgspec.Struct, kw_only=True, gc=False):
    """The match after entry `n`. `apply` folds in place; `after` leaves this fold as it is and returns the next.

    Folds share their mappings and lists, so none is ever changed: whoever changes a fold gives it a new one.

    `turn_v`: the version that opened the turn which is open now; `pool`: moves that wait for the step, as `{seat: (c,
    move)}`; `cs`: each seat's last stored input; `recent`: those that can be compared with one sent again; `offers`:
    who has said yes to what, while not all have; `offered_at`: the step of each seat's last offer, by "what/seat";
    `out`: seats that are out for good; `outcome`: set as soon as the match is decided, the `end` entry that seals it
    follows; `house`: what the house told of it, where it decided; `rematch`: the public id of the next match; `hz`:
    ticks per second with these options, 0 without; `ticks`: how many there were; `control`, `clock`: None where
    nobody's time is measured; `past`: positions that can be returned to, where the game allows it; `paused_by`: who
    stopped the time, `pauses`: how often each did.
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
    pool: Mapping[int, tuple[int, Any]] = {}
    sitting: Mapping[int, Sit] = {}
    offers: Mapping[str, tuple[int, ...]] = {}
    offered_at: Mapping[str, int] = {}
    out: tuple[int, ...] = ()
    control: Control | None = None
    clock: Clock | None = None
    past: tuple[Past, ...] = ()
    paused_by: int | None = None
    pauses: Mapping[int, int] = {}
    outcome: Result | None = None
    house: str = ""
    rematch: str | None = None
    _turns: Mapping[int, Moves[Any]] | None = None
    _given: Mapping[int, Any] | None = None
    _wrapped: Mapping[int, Moves[Any]] = _NO_MOVES

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
        if self.status != "live" or self.outcome is not None or self.paused_by is not None:
            return _NO_MOVES
        return self._asked() if self._turns is None else self._turns

    def _asked(self) -> Mapping[int, Moves[Any]]:
        """Whom the rules ask in this state, whatever the host says."""
        turns = self._turns
        if turns is None:
            given = self.rules.turns(self.state)
            if given is not self._given:  # rules may give the very same map again and again, as most do at ticks
                self._given = given
                self._wrapped = {seat: moves_of(moves) for seat, moves in given.items()}
            turns = self._turns = self._wrapped
        return turns

    @property
    def over(self) -> bool:
        """The record is sealed."""
        return self.status in ("over", "aborted")

    @property
    def entered(self) -> bool:
        """Whether seats come in by `Rules.enter`, while the match runs too."""
        return self.rules.entered

    @property
    def begins_with_next(self) -> bool:
        """Whether one more who sits down makes the match begin."""
        return self.status == "waiting" and len(self.sitting) + 1 >= self.needed

    @property
    def needed(self) -> int:
        """With how many the match begins."""
        return min(self.rules.seats) if self.entered else self.seats

    @property
    def may_offer(self) -> frozenset[str]:
        """What a seat may offer in play. What was seen cannot be unseen, so secret games know no takeback."""
        if self.seats < 2:
            return frozenset()
        return self.rules.offers - {"takeback"} if self.rules.secret or self.hz else self.rules.offers

    @property
    def keeps_past(self) -> bool:
        # The game's own word first: most know no takeback, and it is asked at every step.
        return "takeback" in self.rules.offers and "takeback" in self.may_offer

    def admits(self, seat: int) -> bool:
        """Whether `seat` may sit down now: it was never given, and the rules let it in."""
        if seat in self.sitting or self.outcome is not None:
            return False
        return not self.entered or self.rules.enter(self.state, seat, self.next_env(self.ms)) is not None

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
        twin: Fold = self.__copy__()  # type: ignore[attr-defined]  # at once, without the detour of copy.copy
        return twin

    def noted(self, entry: Entry) -> Fold:
        """This fold with `entry` at the end of its log: a chunk of ticks that are folded already."""
        fold = self.copy()
        fold.n, fold.digest = entry.n, entry.digest
        return fold

    def after(self, entry: Entry, move: Any = None) -> tuple[Fold, Change]:
        """The fold after `entry`, and what changed. `move`: its decoded move, where the caller has it already."""
        fold: Fold = self.__copy__()  # type: ignore[attr-defined]  # as `copy`, a call less for each move
        return fold, fold.apply(entry, move)

    def apply(self, entry: Entry, move: Any = None) -> Change:
        """Fold `entry` in place; raises ValueError where it does not continue this log."""
        if entry.n != self.n + 1:
            raise ValueError(f"entry {entry.n} cannot follow entry {self.n}")
        self.n, self.ms, self.digest = entry.n, entry.ms, entry.digest
        fold_in = KINDS.get(entry.kind)
        if fold_in is None:
            raise ValueError(f"fold edition {FOLD} knows no entry of kind {entry.kind!r}")
        change = fold_in(self, entry, move)
        if change.raised:
            self.v += 1
            if change.stepped or (change.host is not None and change.host.started):
                self.turn_v = self.v
        if self.control is not None and self.clock is not None:
            self._turn_clock(self.control, self.clock, entry, change)
        seat, c = entry.seat, entry.c
        if seat is not None and c is not None:
            self._remember(seat, Input(c, entry.kind, entry.body, self.v))
        return change

    def _turn_clock(self, control: Control, clock: Clock, entry: Entry, change: Change) -> None:
        if entry.kind == "move" and entry.seat is not None:
            clock = clocks.answer(clock, entry.seat, entry.ms)
        if change.whole and self.clock is not None:
            clock = self.clock
        opened = change.raised and self.turn_v == self.v
        if opened or self.outcome is not None:
            clock = clocks.turn(control, clock, self.turns, entry.ms)
        self.clock = clock

    def _remember(self, seat: int, one: Input) -> None:
        cs, recent = self.cs, self.recent = self.cs.copy(), self.recent.copy()
        cs[seat] = one.c
        last = recent[seat]
        recent[seat] = (*last, one) if len(last) < REMEMBERED_INPUTS else (*last[1 - REMEMBERED_INPUTS :], one)

    # ── what the kinds of entries do it with ────────────────────────────────────────────────────────────

    def ready(self, moves: Mapping[int, Any]) -> bool:
        """Whether the moves gathered so far make a step."""
        rules = self.rules
        if type(rules).ready is Rules.ready:
            # The default asks `turns` once more; here they are at hand.
            return self.turns.keys() <= moves.keys()
        return rules.ready(self.state, moves)

    def next_env(self, ms: int) -> Env:
        """What the next new state may know; its number is used once."""
        return Env(seed=self.seed, n=self.step + 1, ms=ms)

    def step_with(self, moves: Mapping[int, Any], ms: int) -> None:
        """One step of the rules; the pool is empty afterwards."""
        if self.keeps_past:
            self.past = (*self.past[-KEPT_PAST + 1 :], Past(tuple(moves), self.state, self.clock))
        state = self.rules.step(self.state, moves, self.next_env(ms))
        self.pool = _NOTHING
        self.put(state)

    def put(self, state: Any) -> None:
        """A new state. Nobody to move means that the rules have a result."""
        self.state, self.step = state, self.step + 1
        self._turns = None
        # Not `turns`: seats leave and moves are taken back in a pause, too.
        if self.status == "live" and not self._asked():
            self.outcome = self.rules.result(state)
            if self.outcome is None:
                raise ValueError(f"{self.rules.name}: nobody may move, yet there is no result")

    def tick(self, moves: Mapping[int, tuple[int, Any]]) -> Change:
        """One step on the clock, in place, with the inputs that apply at it: `{seat: (c, move)}`, each legal."""
        self.ticks += 1
        self.ms = self.ticks * 1000 // self.hz
        self.v += 1
        if not moves:
            self.put(self.rules.step(self.state, _NOTHING, self.next_env(self.ms)))
            return _TICKED
        applied = {seat: move for seat, (_, move) in moves.items()}
        self.put(self.rules.step(self.state, applied, self.next_env(self.ms)))
        self.cs = self.cs.copy()
        for seat, (c, _) in moves.items():
            self.cs[seat] = c
        return Change(raised=True, stepped=True, by=tuple([(seat, c, move) for seat, (c, move) in moves.items()]))

    def take_back(self, seat: int) -> None:
        """To the last position in which `seat` moved, with the clocks as they were. Steps are counted on."""
        index = max(index for index, one in enumerate(self.past) if seat in one.movers)
        back = self.past[index]
        self.past, self.pool, self.clock = self.past[:index], {}, back.clock
        if self.clock is not None:
            self.clock = clocks.standing(self.clock)
        self.put(back.state)
