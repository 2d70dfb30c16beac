"""New game: both choose a number at once; the higher scores, unless by one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from games.rules.base import Env, Result, Rules

_NUMBERS = (1, 2, 3, 4, 5)
# Two machines that always choose the same would never end.
_MOST_ROUNDS = 100


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    target: Annotated[int, msgspec.Meta(ge=5, le=100, title="Points to win")] = 20


class State(msgspec.Struct, frozen=True):
    """`chosen`: the numbers of the round before, by seat; empty before the first."""

    target: int
    scores: tuple[int, int] = (0, 0)
    round: int = 1
    chosen: tuple[int, ...] = ()


class NewGame(Rules[State, int]):
    """A move is a number from 1 to 5. The higher scores its number; if it is higher by 1, the lower scores both."""

    name = "new-game"
    title = "New game"
    seats = range(2, 3)
    state = State
    move = int
    options = Options

    def setup(self, options: Options, seats: int, env: Env) -> State:
        return State(options.target)

    def turns(self, state: State) -> Mapping[int, tuple[int, ...]]:
        # Both are asked: the host keeps the first answer to itself until the second has come.
        return {} if self.result(state) else {0: _NUMBERS, 1: _NUMBERS}

    def step(self, state: State, moves: Mapping[int, int], env: Env) -> State:
        chosen = moves[0], moves[1]
        first, second = state.scores
        gained = _gained(*chosen)
        return State(state.target, (first + gained[0], second + gained[1]), state.round + 1, chosen)

    def result(self, state: State) -> Result | None:
        first, second = state.scores
        if max(first, second) < state.target and state.round <= _MOST_ROUNDS:
            return None
        return Result.draw(2, "points") if first == second else Result.win(int(second > first), 2, "points")

    def view(self, state: State, seat: int | None, shared: Any) -> State:
        return state


def _gained(first: int, second: int) -> tuple[int, int]:
    """What each seat scores in a round."""
    if first == second:
        return 0, 0
    if abs(first - second) == 1:
        both = first + second
        return (both, 0) if first < second else (0, both)
    return (first, 0) if first > second else (0, second)
