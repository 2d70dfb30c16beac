"""New game: everyone runs for a coin, and then for the next one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import msgspec

from games.rules.base import Env, Result, Rules
from games.rules.rng import Rng

Move = Literal["up", "right", "down", "left"]
WAYS: tuple[Move, ...] = ("up", "right", "down", "left")
_INTO: dict[Move, tuple[int, int]] = {"up": (0, -1), "right": (1, 0), "down": (0, 1), "left": (-1, 0)}

# Positions are whole numbers: a thousand across, so that a step of a tick is fine enough to look smooth.
SIZE = 1_000
_PER_TICK = 12
# As near as this is a catch: twice what a tick moves.
_REACH = 40
_HZ = 30


class Options(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    coins: Annotated[int, msgspec.Meta(ge=1, le=50, title="Coins to win")] = 10
    seconds: Annotated[int, msgspec.Meta(ge=10, le=300, title="Seconds at most")] = 90


class Runner(msgspec.Struct, frozen=True):
    """`way`: where it runs, None at rest; `coins`: what it has caught; `here`: False once it has left for good."""

    x: int
    y: int
    way: Move | None = None
    coins: int = 0
    here: bool = True


class State(msgspec.Struct, frozen=True):
    options: Options
    runners: tuple[Runner, ...]
    coin: tuple[int, int]
    tick: int = 0


class NewGame(Rules[State, Move]):
    """A move is a way to run, until another one. The first to catch enough coins wins, or who has most in the end."""

    name = "new-game"
    title = "New game"
    seats = range(2, 5)
    hz = _HZ
    state = State
    move = Move
    options = Options
    offers = frozenset()

    def setup(self, options: Options, seats: int, env: Env) -> State:
        runners = tuple(Runner(SIZE * (seat + 1) // (seats + 1), SIZE // 2) for seat in range(seats))
        return State(options, runners, _anywhere(env.rng))

    def turns(self, state: State) -> Mapping[int, tuple[Move, ...]]:
        # Who may act at the next tick. Nobody has to: who says nothing runs on.
        if self.result(state):
            return {}
        return {seat: WAYS for seat, runner in enumerate(state.runners) if runner.here}

    def step(self, state: State, moves: Mapping[int, Move], env: Env) -> State:
        runners = [_run(runner, moves.get(seat, runner.way)) for seat, runner in enumerate(state.runners)]
        near = [seat for seat, runner in enumerate(runners) if runner.here and _reaches(runner, state.coin)]
        coin = state.coin
        if near:
            seat = env.rng.choice(near)
            runners[seat] = msgspec.structs.replace(runners[seat], coins=runners[seat].coins + 1)
            coin = _anywhere(env.rng)
        return State(state.options, tuple(runners), coin, state.tick + 1)

    def result(self, state: State) -> Result | None:
        here = [runner.coins for runner in state.runners if runner.here]
        if len(here) > 1 and max(here) < state.options.coins and state.tick < state.options.seconds * _HZ:
            return None
        # Who has left comes after everyone who stayed.
        scores = tuple(runner.coins + 1 if runner.here else 0 for runner in state.runners)
        if len(scores) > 2:
            return Result(scores, "coins")
        first, second = scores
        return Result.draw(2, "coins") if first == second else Result.win(int(second > first), 2, "coins")

    def view(self, state: State, seat: int | None, shared: Any) -> Any:
        """Short names, for they are sent at every tick: `p` places, `c` coins caught, `at` the coin, `t` ticks left."""
        return {
            "size": SIZE,
            "p": {str(seat): _place(runner) for seat, runner in enumerate(state.runners)},
            "c": [runner.coins for runner in state.runners],
            "at": state.coin,
            "t": state.options.seconds * _HZ - state.tick,
        }

    def changes(self, old: State, new: State, seat: int | None, shared: Any) -> Any:
        """Only what is new; places are an object by seat and no array, for what moves singly is told singly."""
        pairs = enumerate(zip(old.runners, new.runners, strict=True))
        moved = {str(seat): _place(after) for seat, (before, after) in pairs if _place(before) != _place(after)}
        patch: dict[str, Any] = {"t": new.options.seconds * _HZ - new.tick}
        if moved:
            patch["p"] = moved
        if old.coin != new.coin:
            patch |= {"at": new.coin, "c": [runner.coins for runner in new.runners]}
        return patch

    def absent(self, state: State, seats: Sequence[int], why: str, env: Env) -> State:
        """They stand where they stood, and count for nobody; the others play on."""
        runners = tuple(
            msgspec.structs.replace(runner, here=False, way=None) if seat in seats else runner
            for seat, runner in enumerate(state.runners)
        )
        return msgspec.structs.replace(state, runners=runners)


def _anywhere(rng: Rng) -> tuple[int, int]:
    return rng.below(SIZE), rng.below(SIZE)


def _run(runner: Runner, way: Move | None) -> Runner:
    """The runner a tick later; the edge of the field stops it."""
    if way is None:
        return runner
    right, down = _INTO[way]
    x = min(max(runner.x + right * _PER_TICK, 0), SIZE)
    y = min(max(runner.y + down * _PER_TICK, 0), SIZE)
    return msgspec.structs.replace(runner, x=x, y=y, way=way)


def _reaches(runner: Runner, coin: tuple[int, int]) -> bool:
    return (runner.x - coin[0]) ** 2 + (runner.y - coin[1]) ** 2 <= _REACH**2


def _place(runner: Runner) -> tuple[int, int]:
    return runner.x, runner.y
