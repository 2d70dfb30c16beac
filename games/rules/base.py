"""What a game author writes, and the types that pass between rules and host.

Owns the `Rules` base class, `Env`, `Moves` and `Result`. The host calls rules; rules call nothing
but their own functions and `Env.rng`. Rules never see seconds, sockets, players or other games, and
never change an argument: a step returns a new state and the old one stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, ClassVar, Generic, Literal, NewType, Protocol, TypeVar, runtime_checkable

import msgspec

from games.rules.rng import Rng

Seat = NewType("Seat", int)
"""Index 0…n-1 of a place at a match. Rules know only seats, never players."""

S = TypeVar("S", bound=msgspec.Struct)
M = TypeVar("M")
M_co = TypeVar("M_co", covariant=True)


class Env:
    """All that a step may know besides the state and the moves.

    `rng` is a counter stream keyed by the match's seed and `n`; `n` is the step's number (0 for
    `setup`; ticks count; never reused, not even after a takeback); `ms` is the charged time since the
    match began, in milliseconds, as logged.
    """

    __slots__ = ("_rng", "_seed", "ms", "n")

    def __init__(self, *, seed: bytes, n: int, ms: int) -> None:
        self._seed = seed
        self._rng: Rng | None = None
        self.n = n
        self.ms = ms

    @property
    def rng(self) -> Rng:
        """Chance; made when it is first asked for, since most steps draw nothing."""
        if self._rng is None:
            self._rng = Rng(self._seed, self.n)
        return self._rng


@runtime_checkable
class Moves(Protocol[M_co]):
    """The moves open to one seat, perhaps too many to list.

    `sample` draws one legal move; `count` is None where counting is not worth its cost. A move space
    that can be listed also has `__iter__`. Tuples are wrapped by `moves_of`, so a game may return them.
    """

    def __contains__(self, move: object) -> bool: ...
    def sample(self, rng: Rng) -> M_co: ...
    def count(self) -> int | None: ...


class Listed(Generic[M]):
    """`Moves` over a tuple: what most games return."""

    __slots__ = ("all",)

    def __init__(self, moves: tuple[M, ...]) -> None:
        self.all = moves

    def __contains__(self, move: object) -> bool:
        # `True == 1` in Python: without the type test a boolean would pass for a column. A plain loop, for it is asked
        # once for every move on the server and takes a third of the time of `any`.
        kind = type(move)
        for one in self.all:  # noqa: SIM110
            if one == move and type(one) is kind:
                return True
        return False

    def __iter__(self) -> Iterator[M]:
        return iter(self.all)

    def sample(self, rng: Rng) -> M:
        return self.all[rng.below(len(self.all))]

    def count(self) -> int:
        return len(self.all)


class Result(msgspec.Struct, frozen=True):
    """The end of a match: an integer score per side, higher is better, and a reason as a slug.

    For two sides scores are in half points: win 2, draw 1, loss 0.
    """

    scores: tuple[int, ...]
    reason: str

    @classmethod
    def win(cls, side: int, of: int, reason: str) -> Result:
        """`side` scores 2, every other of the `of` sides 0."""
        return cls(tuple(2 if one == side else 0 for one in range(of)), reason)

    @classmethod
    def draw(cls, of: int, reason: str) -> Result:
        """Every one of the `of` sides scores 1."""
        return cls((1,) * of, reason)


class NoOptions(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The options of a game that has none."""


class Rules(Generic[S, M]):
    """A game. Subclass it, set the facts, write the five functions; override the rest where the default does not suit.

    States, moves, options and results hold integers, strings, bytes, booleans, None, enums, tuples, frozen structs and
    maps; no float and no set, so that a log folds to the same bytes on every Python. `laws` holds every game to this
    and to all that is promised below. A subclass takes no arguments: what varies belongs into its options.
    """

    name: ClassVar[str]
    """The slug under which records are filed: lower-case letters, digits and hyphens."""
    title: ClassVar[str]
    """What people read, in English; translated through gettext."""
    edition: ClassVar[int] = 1
    """Raised whenever an old log would fold to another end."""
    seats: ClassVar[range]
    """How many may sit at once."""
    hz: ClassVar[int] = 0
    """0: steps when those asked have answered; n: steps n times a second (`hz_of` where an option decides)."""
    secret: ClassVar[bool] = False
    """True: seats may not know everything; `unknown` proves that they do not."""
    every_input: ClassVar[bool] = False
    """Where a tick finds several moves of one seat. False: the newest counts; True: each has a tick, in order."""
    state: ClassVar[type[Any]]
    """Frozen msgspec.Struct: what a snapshot decodes into."""
    move: ClassVar[Any]
    """What the wire decodes into: `int`, a Literal, a frozen Struct that forbids unknown fields."""
    options: ClassVar[type[Any]] = NoOptions
    """Frozen msgspec.Struct with a default and bounds for every field: players choose them. Every value that decodes
    must be playable; what depends on two fields is refused by `__post_init__`, with a ValueError."""
    offers: ClassVar[frozenset[str]] = frozenset({"draw", "takeback"})
    """What one seat may offer the other, besides a rematch: "draw", "takeback". Empty in a game of chance."""

    pauses: ClassVar[bool] = False
    """Whether players may stop the time now and then."""
    chain: ClassVar[bool] = False
    """Whether the match goes on in another when it ends, with all who are still in: an endless world."""
    grace_s: ClassVar[int] = 60
    """Seconds that a player may be away: then the others may claim the match; at ticks the seat is out by itself."""

    chat: ClassVar[Literal["open", "quick", "none"]] = "open"
    """What seats may say to each other while the match is played: anything, quick phrases alone, or nothing.

    For games whose secrets a seat could give away by words. The host enforces it; spectators talk among themselves.
    """
    spectator_delay_s: ClassVar[int] = 0
    """By how many seconds later spectators see everything: 0, they see it as it happens, with `view` for None."""

    @property
    def entered(self) -> bool:
        """Whether players may come in while the match runs: true of a game that overrides `enter`."""
        return type(self).enter is not Rules.enter

    @property
    def per_seat(self) -> bool:
        """Whether seats see different things; False: one view serves everyone and is encoded once.

        Default: where `secret`. A game writes `per_seat = True` where views differ only to be small: what is out of
        sight is left out, but nobody may rely on its being hidden, and `unknown` need not be written.
        """
        return self.secret

    # ── what every game writes ──────────────────────────────────────────────────────────────────────

    def setup(self, options: Any, seats: int, env: Env) -> S:
        """The first state, for `seats` seats."""
        raise NotImplementedError

    def turns(self, state: S) -> Mapping[int, Moves[M] | tuple[M, ...]]:
        """Who may act, and with what. Empty: the rules are done."""
        raise NotImplementedError

    def step(self, state: S, moves: Mapping[int, M], env: Env) -> S:
        """The next state. `moves` is `{seat: move}`, each checked against `turns`."""
        raise NotImplementedError

    def result(self, state: S) -> Result | None:
        """Score per side and the reason; None while the match lasts."""
        raise NotImplementedError

    def view(self, state: S, seat: int | None, shared: Any) -> Any:
        """All that this seat may know; `seat` is None for a spectator."""
        raise NotImplementedError

    # ── only where the default does not suit ────────────────────────────────────────────────────────

    def hz_of(self, options: Any) -> int:
        """Ticks a second of a match with these options. Default: `hz`. More than 0 exactly where `hz` is."""
        return self.hz

    def ready(self, state: S, pool: Mapping[int, M]) -> bool:
        """Whether the moves gathered so far make a step. Default: every seat asked has moved."""
        return all(seat in pool for seat in self.turns(state))

    def shared(self, old: S | None, new: S) -> Any:
        """Computed once per step and handed to every `view` and `changes` of that step (a grid, say)."""
        return None

    def delayed_view(self, state: S) -> Any:
        """All that spectators may know when `spectator_delay_s` have passed. Default: what `view` shows to None.

        Nothing keeps a player from watching the own match with a second account, and from waiting where no tick comes;
        so what this shows must be worthless after the delay, however long a turn takes.
        """
        return self.view(state, None, self.shared(None, state))

    def changes(self, old: S, new: S, seat: int | None, shared: Any) -> Any:
        """A patch from the seat's old view to its new one (`protocol/patch.py`); None: send the whole view."""
        return None

    def absent(self, state: S, seats: Sequence[int], why: str, env: Env) -> S | None:
        """The state after seats resigned, flagged or left for good. None: they come last (two sides only)."""
        return None

    def enter(self, state: S, seat: int, env: Env) -> S | None:
        """The state after someone sits down. None: refused; default: whoever comes after the start.

        A game that overrides it starts as soon as its fewest seats are taken. Its `setup` seats nobody: `enter` is
        called once for every seat that is taken, before the start and after it.
        """
        return None

    def carried(self, state: S, seats: Sequence[int]) -> Sequence[int]:
        """In a chain: which of `seats`, all who sit and have not left, go on in the next match. Default: every one."""
        return seats

    def sides(self, options: Any, seats: int) -> tuple[int, ...]:
        """The side of each seat. Default: each seat its own."""
        return tuple(range(seats))

    def unknown(self, state: S, seat: int | None, rng: Rng) -> S:
        """Another state that `seat` cannot tell from this one; required where `secret`."""
        return state


def moves_of(moves: Moves[M] | tuple[M, ...]) -> Moves[M]:
    """`moves` with the whole `Moves` interface: tuples are wrapped, everything else is returned as it is."""
    return Listed(moves) if isinstance(moves, tuple) else moves
