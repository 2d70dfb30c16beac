"""New game: seats add in turn; whoever reaches the target wins."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import msgspec

from games.rules.base import Env, Result, Rules

# The most that one move adds.
_MOST = 3


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    target: Annotated[int, msgspec.Meta(ge=5, le=100, title="Target")] = 21


class State(msgspec.Struct, frozen=True):
    """`mover`: the seat in turn; `last`: what was added last, None before the first move."""

    target: int
    total: int = 0
    mover: int = 0
    last: int | None = None


class NewGame(Rules[State, int]):
    """A move is what to add, from 1 to 3. Seat 0 begins."""

    name = "new-game"
    title = "New game"
    seats = range(2, 3)
    state = State
    move = int
    options = Options

    def setup(self, options: Options, seats: int, env: Env) -> State:
        return State(options.target)

    def turns(self, state: State) -> Mapping[int, tuple[int, ...]]:
        if self.result(state):
            return {}
        return {state.mover: tuple(range(1, min(_MOST, state.target - state.total) + 1))}

    def step(self, state: State, moves: Mapping[int, int], env: Env) -> State:
        ((seat, number),) = moves.items()
        return State(state.target, state.total + number, 1 - seat, number)

    def result(self, state: State) -> Result | None:
        # Who moved last is not in turn any more.
        return Result.win(1 - state.mover, 2, "target") if state.total == state.target else None

    def view(self, state: State, seat: int | None, shared: Any) -> State:
        return state
