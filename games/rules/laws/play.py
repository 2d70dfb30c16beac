"""Matches played at random from a seed, and the one exception by which a law says that a game breaks it.

Every law walks such a match from its beginning and stops at the first fault, so the log that it names is the shortest
of that seed. The same seed gives the same match, as long as the game keeps the laws. Called by the laws only.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import wraps
from typing import Any, Protocol

import msgspec

from games.rules.base import Env, Moves, Rules, moves_of
from games.rules.laws.draws import options_drawn
from games.rules.laws.seating import Seating
from games.rules.rng import Rng

# Streams of a match's seed that no step uses (steps count from 0): one plays, the other is for the laws' own draws.
_PLAYING, _JUDGING = -1, -2

# A law that looks at every step of a match looks at this many at most; only `ends` walks to the end. A match of chess
# drawn at random is shorter, and a quarter of a minute of ticks shows what a rule does.
WALKED_STEPS, WALKED_TICKS = 1_000, 400
# On a tick one seat in so many acts: in some matches wildly, in others each course is kept for a while.
_ACTS_ONE_IN = (2, 8, 32)
# Milliseconds that a turn takes in these matches where the game has no ticks.
_TURN_MS = 1_000


class Log(msgspec.Struct, frozen=True):
    """All that a match is folded from: the seed (hex), the seats, the options, and the moves of each step by seat; a
    step in which a seat came or went is that seat under "enter" or "absent"."""

    seed: str
    seats: int
    options: Any
    steps: tuple[Mapping[Any, Any], ...]


class Broken(Exception):
    """A game breaks a law: which one, the match that shows it (None where the declaration alone does), and why."""

    def __init__(self, law: str, seed: bytes | None, log: Log | None, why: str) -> None:
        super().__init__(f"{law}: {why}")
        self.law, self.seed, self.log, self.why = law, seed, log, why


class Refuted(Exception):
    """Raised inside a law with a sentence that says what is wrong; leaves the law as `Broken`."""


class Position(msgspec.Struct, frozen=True):
    """One step of a match: `state` came from `old` by `moves`, or as a seat came or went; at `n` 0 from `setup`."""

    n: int
    old: Any
    moves: dict[int, Any]
    state: Any
    came: int | None = None
    went: int | None = None


def happened(rules: Rules[Any, Any], position: Position, env: Env) -> Any:
    """The state that comes of a position's `old`, by its moves or as a seat comes or goes; None: the rules refuse."""
    if position.came is not None:
        return rules.enter(position.old, position.came, env)
    if position.went is not None:
        return rules.absent(position.old, (position.went,), "left", env)
    return rules.step(position.old, position.moves, env)


class Law(Protocol):
    """Plays a match of `rules` from `seed`; raises Broken where the game breaks this law."""

    __name__: str

    def __call__(self, rules: Rules[Any, Any], seed: bytes) -> None: ...


class Play:
    """One match drawn from a seed: seats and options at once, moves as `walk` goes on."""

    def __init__(self, rules: Rules[Any, Any], seed: bytes) -> None:
        self.rules, self.seed = rules, seed
        self.judging = Rng(seed, _JUDGING)
        self._playing = Rng(seed, _PLAYING)
        self.seats = self._playing.choice(rules.seats)
        self.options = options_drawn(rules.options, self._playing)
        self.steps: list[Mapping[Any, Any]] = []
        self._seating = Seating(rules, self.seats, self._playing)
        self._acts_one_in = self._playing.choice(_ACTS_ONE_IN) if rules.hz else 1

    @property
    def viewers(self) -> tuple[int | None, ...]:
        """Every seat, or of many a few, and the spectator."""
        return self._seating.viewers(self.judging)

    def log(self) -> Log:
        """What has been played so far."""
        return Log(self.seed.hex(), self.seats, self.options, tuple(self.steps))

    def env(self, n: int) -> Env:
        """What step `n` is given."""
        hz = self.rules.hz_of(self.options)
        return Env(seed=self.seed, n=n, ms=n * 1000 // hz if hz else n * _TURN_MS)

    def walk(self, steps: int | None = None) -> Iterator[Position]:
        """The positions of the match, the first included, until its end or for `steps` steps."""
        if steps is None:
            steps = WALKED_TICKS if self.rules.hz else WALKED_STEPS
        state = self.rules.setup(self.options, self.seats, self.env(0))
        yield Position(0, None, {}, state)
        for n in range(1, steps + 1):
            asked = self.asked(state)
            if not asked:
                return
            position = self._next(n, state, asked)
            yield position
            state = position.state

    def _next(self, n: int, state: Any, asked: Mapping[int, Moves[Any]]) -> Position:
        """What follows `state`: somebody comes, or goes, or those who are asked move."""
        if (came := self._seating.comes()) is not None:
            position = self._happens(Position(n, state, {}, None, came=came), {"enter": came})
            if position.state is not None:
                return position
            if n <= min(self.rules.seats):
                raise Refuted(f"enter() refused seat {came}: with fewer than {min(self.rules.seats)} nothing begins")
            self.steps.pop()
            self._seating.refused(came)
        if (went := self._seating.goes(asked)) is not None:
            position = self._happens(Position(n, state, {}, None, went=went), {"absent": went})
            if position.state is not None:
                return position
            self.steps.pop()  # there the host would end the match
        moves = self._gathered(state, asked)
        return self._happens(Position(n, state, moves, None), moves)

    def _happens(self, position: Position, told: Mapping[Any, Any]) -> Position:
        """`position` with the state that comes of it. Into the log first: then what the rules raise is found there."""
        self.steps.append(told)
        # A copy, so that rules which empty it do not empty the log.
        given = msgspec.structs.replace(position, moves=dict(position.moves))
        return msgspec.structs.replace(position, state=happened(self.rules, given, self.env(position.n)))

    def asked(self, state: Any) -> dict[int, Moves[Any]]:
        """`turns`, each with the whole interface of `Moves`."""
        return {seat: moves_of(moves) for seat, moves in self.rules.turns(state).items()}

    def _gathered(self, state: Any, asked: Mapping[int, Moves[Any]]) -> dict[int, Any]:
        """A pool that makes a step: seats answer in any order until `ready`; on a tick each acts or does not."""
        pool: dict[int, Any] = {}
        for seat in self._playing.shuffled(sorted(asked)):
            if self.rules.hz and self._playing.below(self._acts_one_in):
                continue
            pool[seat] = asked[seat].sample(self._playing)
            if not self.rules.hz and self.rules.ready(state, pool):
                return pool
        if not self.rules.hz:
            raise Refuted("every seat in turns has moved, and ready() still says no: the match would wait for ever")
        return pool


def law(judge: Callable[[Play], None]) -> Law:
    """Makes a law of a function that walks a play: what it refutes, or the rules raise, leaves as `Broken`."""

    @wraps(judge)
    def judged(rules: Rules[Any, Any], seed: bytes) -> None:
        play = Play(rules, seed)
        try:
            judge(play)
        except Refuted as found:
            raise Broken(judge.__name__, seed, play.log(), str(found)) from None
        except Exception as fault:
            raise Broken(judge.__name__, seed, play.log(), _told(fault)) from fault

    return judged


def listed(moves: Moves[Any]) -> list[Any] | None:
    """The moves of one seat; None where they are too many to list."""
    return list(moves) if isinstance(moves, Iterable) else None


def viewer(seat: int | None) -> str:
    """A viewer in a sentence."""
    return "a spectator" if seat is None else f"seat {seat}"


def _told(fault: Exception) -> str:
    """An exception as one sentence with the place it came from."""
    last = traceback.extract_tb(fault.__traceback__)[-1]
    place = f"{last.filename.rsplit('/', 1)[-1]}, line {last.lineno}, in {last.name}"
    return f"{type(fault).__name__} ({place}): {fault}"
