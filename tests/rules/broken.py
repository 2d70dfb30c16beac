"""Games that are wrong on purpose, each in one way, under the law that must find it.

Each spoils one function of a game of `fair.py`, so that nothing but the fault can be what a law finds.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Mapping
from typing import Any

import msgspec

from games.rules.base import Env, Listed, Moves, Result, Rules
from games.rules.rng import Rng
from tests.rules.fair import FirstCome, Pile, Race, Reach, Sticks

BROKEN: list[tuple[str, type[Rules[Any, Any]]]] = []


def breaks(law: str) -> Any:
    """Lists a game under the law that it breaks."""

    def listed(game: type[Rules[Any, Any]]) -> type[Rules[Any, Any]]:
        BROKEN.append((law, game))
        return game

    return listed


class Tally(msgspec.Struct, frozen=True):
    left: int
    mover: int
    counts: dict[str, int]


@breaks("arguments_unchanged")
class ChangesItsState(Sticks):
    state = Tally

    def setup(self, options: Any, seats: int, env: Env) -> Any:
        return Tally(options.sticks, 0, {})

    def step(self, state: Any, moves: Mapping[int, int], env: Env) -> Any:
        ((seat, number),) = moves.items()
        state.counts[str(number)] = state.counts.get(str(number), 0) + 1
        return Tally(state.left - number, 1 - seat, state.counts)

    def view(self, state: Any, seat: int | None, shared: Any) -> Any:
        return {"left": state.left}

    def changes(self, old: Any, new: Any, seat: int | None, shared: Any) -> Any:
        return None


@breaks("arguments_unchanged")
class MarksItsStateOnce(ChangesItsState):
    """A second call changes nothing more, so only the bytes from before the first one show it."""

    def step(self, state: Any, moves: Mapping[int, int], env: Env) -> Any:
        ((seat, number),) = moves.items()
        state.counts["begun"] = 1
        return Tally(state.left - number, 1 - seat, {})


@breaks("arguments_unchanged")
class EmptiesTheMoves(Sticks):
    def step(self, state: Pile, moves: Any, env: Env) -> Pile:
        seat, number = moves.popitem()
        return Pile(state.left - number, 1 - seat, (*state.taken, number))


@breaks("same_again")
class ReadsTheClock(Sticks):
    def step(self, state: Pile, moves: Mapping[int, int], env: Env) -> Pile:
        after = super().step(state, moves, env)
        return msgspec.structs.replace(after, taken=(*after.taken, time.perf_counter_ns()))


@breaks("same_again")
class RemembersOtherMatches(Sticks):
    counter = itertools.count()

    def setup(self, options: Any, seats: int, env: Env) -> Pile:
        return Pile(options.sticks, 0, (next(self.counter),))


@breaks("same_elsewhere")
class FollowsTheOrderOfASet(Sticks):
    def setup(self, options: Any, seats: int, env: Env) -> Pile:
        return Pile(options.sticks, 0, tuple(map(len, {"a" * length for length in range(1, 9)})))


@breaks("whole_values")
class HalvesAStick(Sticks):
    def step(self, state: Pile, moves: Mapping[int, int], env: Env) -> Pile:
        after = super().step(state, moves, env)
        return msgspec.structs.replace(after, taken=(*state.taken, 0.5))


@breaks("whole_values")
class ShowsAHugeNumber(Sticks):
    def view(self, state: Pile, seat: int | None, shared: Any) -> Any:
        return {"left": state.left, "taken": state.taken, "big": 1 << 53}


@breaks("result_when_done")
class GoesOnAfterTheResult(Sticks):
    def result(self, state: Pile) -> Result | None:
        return Result.win(0, 2, "early") if len(state.taken) >= 2 else super().result(state)


@breaks("result_when_done")
class StopsWithoutAResult(Sticks):
    def result(self, state: Pile) -> Result | None:
        return None


@breaks("result_when_done")
class ScoresTooManySides(Sticks):
    def result(self, state: Pile) -> Result | None:
        return None if state.left else Result.win(0, 3, "last-stick")


@breaks("result_when_done")
class NumbersItsSidesFromOne(Sticks):
    def sides(self, options: Any, seats: int) -> tuple[int, ...]:
        return (1, 2)


@breaks("ends")
class NeverEnds(Sticks):
    def step(self, state: Pile, moves: Mapping[int, int], env: Env) -> Pile:
        return Pile(state.left, 1 - state.mover)

    def changes(self, old: Pile, new: Pile, seat: int | None, shared: Any) -> Any:
        return None


@breaks("ends")
class IsNeverReady(FirstCome):
    def ready(self, state: Any, pool: Mapping[int, Any]) -> bool:
        return False


@breaks("ends")
class Stumbles(Sticks):
    def step(self, state: Pile, moves: Mapping[int, int], env: Env) -> Pile:
        return Pile(state.left - moves[0], 1, (*state.taken, moves[0]))


class OneMove(Listed[int]):
    """The move 1, told falsely in one respect or another."""

    def __init__(self, *, sample: int = 1, count: int = 1, raises: bool = False) -> None:
        super().__init__((1,))
        self._sample, self._count, self._raises = sample, count, raises

    def __contains__(self, move: object) -> bool:
        if self._raises and move != 1:
            raise KeyError(move)
        return super().__contains__(move)

    def sample(self, rng: Rng) -> int:
        return self._sample

    def count(self) -> int:
        return self._count


@breaks("moves_told_truly")
class SamplesAnIllegalMove(Sticks):
    def turns(self, state: Pile) -> Any:
        return {state.mover: OneMove(sample=2)} if state.left else {}


@breaks("moves_told_truly")
class Miscounts(Sticks):
    def turns(self, state: Pile) -> Any:
        return {state.mover: OneMove(count=2)} if state.left else {}


@breaks("moves_told_truly")
class RaisesOnAnIllegalMove(Sticks):
    def turns(self, state: Pile) -> Any:
        if len(state.taken) == 1:
            return {state.mover: OneMove(raises=True)} if state.left else {}
        return super().turns(state)


@breaks("moves_told_truly")
class AsksASeatWithoutMoves(Sticks):
    def turns(self, state: Pile) -> Mapping[int, Moves[int] | tuple[int, ...]]:
        return {state.mover: (), 1 - state.mover: ()} if len(state.taken) == 1 else super().turns(state)


@breaks("moves_told_truly")
class ListsAMoveTwice(Sticks):
    def turns(self, state: Pile) -> Any:
        return {seat: moves * 2 for seat, moves in super().turns(state).items()}


@breaks("moves_told_truly")
class AsksASeatThatIsNotThere(Sticks):
    def turns(self, state: Pile) -> Any:
        return {2: (1,)} if state.left else {}


@breaks("moves_readable")
class OffersMovesOfAnotherType(Sticks):
    move = str


@breaks("absences_end")
class AsksWhoHasGone(Race):
    def absent(self, state: Reach, seats: Any, why: str, env: Env) -> Reach:
        return state


@breaks("absences_end")
class LeavesThreeSidesUndecided(Race):
    def absent(self, state: Reach, seats: Any, why: str, env: Env) -> Any:
        return None


@breaks("survives_storage")
class HoldsWhatItDoesNotDeclare(Sticks):
    def setup(self, options: Any, seats: int, env: Env) -> Pile:
        return Pile(options.sticks, 0, ("text",))  # type: ignore[arg-type]
