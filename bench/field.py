"""What a tick of the arena costs as players grow from 4 to 256: the rules' step, and the frames of all who play.

`python -m bench field`. Each player looks at its own part of the field, so the cost shall grow with the players and
their neighbours, not with the square of the players. The game takes 64; beyond it the field alone is larger.
"""

from __future__ import annotations

import time
from collections.abc import Iterator

import msgspec

from bench import table
from games.host import frames
from games.host.fold import Fold
from games.host.kinds import Change
from games.rules.arena import COURSES, Arena, Options, Steer
from games.rules.arena_field import State
from games.rules.base import Env
from games.rules.rng import Rng

# Players, and squares across: the game's own fields as far as they go, and one as thinly filled beyond.
FIELDS = ((4, 4), (16, 6), (64, 8), (256, 16))
# Many in the game's smallest field: here everyone is a neighbour.
CROWDS = ((4, 4), (16, 4), (64, 4), (256, 4))
_TICKS = 200
# A person changes course about twice a second.
_STEERS_OF = 10
_SEED = bytes(32)


class Spent(msgspec.Struct):
    """Of all ticks: nanoseconds of CPU time, bytes of all frames, frames that differ."""

    step_ns: int = 0
    frames_ns: int = 0
    bytes: int = 0
    encoded: int = 0


def run(*, quick: bool) -> None:
    """Measure and print."""
    print(f"\nload {table.load()} before the run; a tick, {_TICKS} of them each\n")
    print("| players | squares | step µs | frames µs | µs a player | bytes a viewer | frames that differ |")
    print("|---|---|---|---|---|---|---|")
    for players, across in (*FIELDS, *CROWDS[1:]):
        ticks = _TICKS // 10 if quick else _TICKS
        spent = _spent(players, across, ticks)
        step, told = spent.step_ns / ticks / 1000, spent.frames_ns / ticks / 1000
        size, differ = spent.bytes / ticks / players, spent.encoded / ticks
        print(
            f"| {players} | {across} × {across} | {step:.0f} | {told:.0f} | {(step + told) / players:.1f} "
            f"| {size:.0f} | {differ:.0f} |"
        )


def _spent(players: int, across: int, ticks: int) -> Spent:
    spent, game = Spent(), Arena()
    fold = Fold.begin(game, options=Options(), seats=64, seed=_SEED, genesis="")
    fold.state = _filled(game, players, across)
    for moves in _steering(players, ticks):
        began_ns = time.process_time_ns()
        after = fold.copy()
        after.ticks, after.v = after.ticks + 1, after.v + 1
        after.put(game.step(fold.state, moves, after.next_env(0)))
        stepped_ns = time.process_time_ns()
        change = Change(raised=True, stepped=True, by=tuple((seat, after.v, move) for seat, move in moves.items()))
        told = frames.tick_frames(fold, after, change, lambda: range(players))
        spent.frames_ns += time.process_time_ns() - stepped_ns
        spent.step_ns += stepped_ns - began_ns
        assert isinstance(told, dict)
        spent.bytes += sum(map(len, told.values()))
        spent.encoded += len({id(one) for one in told.values()})
        fold = after
    return spent


def _filled(game: Arena, players: int, across: int) -> State:
    """A field that everyone has entered, with as many dots as belong there."""
    rng = Rng(_SEED, 0)
    sown = tuple(rng.word() & rng.word() & rng.word() for _ in range(across * across))
    state = State(across, 1 << 30, sown, (0,) * players)
    for seat in range(players):
        entered = game.enter(state, seat, Env(seed=_SEED, n=seat, ms=0))
        assert entered is not None
        state = entered
    return state


def _steering(players: int, ticks: int) -> Iterator[dict[int, Steer]]:
    rng = Rng(_SEED, 1)
    for _ in range(ticks):
        yield {seat: Steer(rng.below(COURSES)) for seat in range(players) if not rng.below(_STEERS_OF)}
