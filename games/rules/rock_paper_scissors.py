"""Rock paper scissors: both choose at once, over several rounds; the smallest game of simultaneous moves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

import msgspec

from games.rules.base import Env, Result, Rules

Throw = Literal["rock", "paper", "scissors"]
THROWS: tuple[Throw, ...] = ("rock", "paper", "scissors")

# Two machines that always throw the same would never end. Ten times the rounds that count: two who throw at random
# reach this in one match of 60,000 at most (3 to the power of 10, best of one); whoever is ahead then has won.
_ROUNDS_FOR_ONE = 10


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    best_of: Annotated[Literal[1, 3, 5, 7, 9], msgspec.Meta(title="Best of how many rounds")] = 3


class State(msgspec.Struct, frozen=True, gc=False):
    """`rounds`: what seat 0 and seat 1 threw, round by round."""

    best_of: int
    rounds: tuple[tuple[Throw, Throw], ...] = ()


class RockPaperScissors(Rules[State, Throw]):
    """A move is one of three throws; both seats are asked at once. Equal throws count for nobody."""

    name = "rock-paper-scissors"
    title = "Rock paper scissors"
    seats = range(2, 3)
    state = State
    move = Throw
    options = Options
    offers = frozenset()

    def setup(self, options: Options, seats: int, env: Env) -> State:
        return State(options.best_of)

    def turns(self, state: State) -> Mapping[int, tuple[Throw, ...]]:
        return {} if self.result(state) else {0: THROWS, 1: THROWS}

    def step(self, state: State, moves: Mapping[int, Throw], env: Env) -> State:
        return State(state.best_of, (*state.rounds, (moves[0], moves[1])))

    def result(self, state: State) -> Result | None:
        first, second = wins(state)
        last = len(state.rounds) == _ROUNDS_FOR_ONE * state.best_of
        if 2 * max(first, second) < state.best_of and not last:
            return None
        return Result.draw(2, "rounds") if first == second else Result.win(int(second > first), 2, "rounds")

    def view(self, state: State, seat: int | None, shared: Any) -> Any:
        return {"best_of": state.best_of, "wins": wins(state), "rounds": state.rounds}

    def changes(self, old: State, new: State, seat: int | None, shared: Any) -> Any:
        return {"wins": wins(new), "rounds+": new.rounds[len(old.rounds) :]}


def winner(first: Throw, second: Throw) -> int | None:
    """0 or 1: the seat whose throw beats the other's; None: they are equal. Each throw beats the one before it."""
    ahead = (THROWS.index(first) - THROWS.index(second)) % len(THROWS)
    return (None, 0, 1)[ahead]


def wins(state: State) -> tuple[int, int]:
    """The rounds that each seat has won."""
    won = [winner(*throws) for throws in state.rounds]
    return won.count(0), won.count(1)
