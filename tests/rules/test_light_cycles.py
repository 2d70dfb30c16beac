"""Light cycles: who crashes, what a round is worth, and how few bytes a tick takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from games.protocol import codec, patch
from games.rules.base import Env, Result
from games.rules.laws.play import Play
from games.rules.light_cycles import CRASH, RIDING, WAYS, LightCycles, Options, State
from games.rules.rng import Rng

GAME = LightCycles()
# The wire's promise for a whole frame of eight riders.
FRAME_BYTES = 120


def begun(seats: int = 2, **options: Any) -> State:
    return GAME.setup(Options(**options), seats, env(0))


def env(n: int) -> Env:
    return Env(seed=bytes(32), n=n, ms=0)


def ticked(state: State, ticks: int = 1, moves: Any = None) -> State:
    """`ticks` ticks on; `moves` are applied at the first."""
    for n in range(ticks):
        state = GAME.step(state, moves if moves and not n else {}, env(n))
    return state


def riding(state: State) -> State:
    """Through the countdown, so that the next tick that is due rides."""
    return ticked(state, 3 * state.options.hz)


def at(state: State, *places: tuple[int, int, str]) -> State:
    """`state` with riders at (column, row) on an empty field, each riding its way."""
    stride = state.options.size + 2
    heads = tuple((row + 1) * stride + column + 1 for column, row, _ in places)
    fence = begun(len(places), size=state.options.size)
    walls = bytearray(fence.walls)
    for head in fence.heads:
        walls[head] = 0
    for head in heads:
        walls[head] = 1
    ways = tuple(WAYS.index(way) for _, _, way in places)
    return msgspec.structs.replace(state, walls=bytes(walls), heads=heads, ways=ways)


def places(state: State) -> list[tuple[int, int]]:
    stride = state.options.size + 2
    return [(head % stride - 1, head // stride - 1) for head in state.heads]


# ── riding ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seats", range(2, 9))
@pytest.mark.parametrize("size", [32, 33, 64, 96])
def test_riders_start_apart_inside_the_field_and_can_ride_for_a_while(seats: int, size: int) -> None:
    state = riding(begun(seats, size=size, speed=30))
    assert len(set(state.heads)) == seats
    assert ticked(state, 6).earned == (RIDING,) * seats


def test_nobody_rides_before_the_countdown_is_over() -> None:
    state = begun(speed=30)
    waited = riding(state)
    assert waited.heads == state.heads
    assert ticked(waited).heads != state.heads


@pytest.mark.parametrize(("hz", "speed", "ticks"), [(30, 30, 1), (30, 15, 2), (30, 10, 3), (60, 30, 2), (60, 10, 6)])
def test_a_cell_takes_as_many_ticks_as_speed_and_rate_say(hz: int, speed: int, ticks: int) -> None:
    state = at(riding(begun(hz=hz, speed=speed)), (10, 10, "right"), (10, 20, "right"))
    assert places(ticked(state, ticks - 1)) == [(10, 10), (10, 20)]
    assert places(ticked(state, ticks)) == [(11, 10), (11, 20)]
    assert GAME.hz_of(Options(hz=hz)) == hz


def test_a_turn_counts_from_the_next_cell() -> None:
    state = at(riding(begun(speed=30)), (10, 10, "right"), (10, 20, "right"))
    assert places(ticked(state, moves={0: "up"})) == [(10, 9), (11, 20)]


@pytest.mark.parametrize("move", ["left", "right"])
def test_straight_on_or_back_is_no_turn_so_nobody_rides_into_the_own_wall_by_it(move: str) -> None:
    state = at(riding(begun(speed=30)), (10, 10, "right"), (10, 20, "right"))
    assert ticked(state, moves={0: move}) == ticked(state)


def test_two_taps_within_one_cell_are_a_turn_back_beside_the_own_wall() -> None:
    state = at(riding(begun(speed=15)), (10, 10, "right"), (10, 20, "right"))
    state = ticked(ticked(state, moves={0: "up"}), moves={0: "left"})
    assert places(state)[0] == (10, 9)
    assert places(ticked(state, 2))[0] == (9, 9)
    assert ticked(state, 2).earned == (RIDING, RIDING)


def test_a_third_tap_within_one_cell_replaces_the_second() -> None:
    state = at(riding(begun(speed=10)), (10, 10, "right"), (10, 20, "right"))
    for tap in ("up", "left", "right"):
        state = ticked(state, moves={0: tap})
    assert places(ticked(state, 3))[0] == (11, 9)


# ── crashes and points ──────────────────────────────────────────────────────────────────────────────────


def test_who_meets_a_wall_is_out_and_the_other_has_the_point() -> None:
    state = at(riding(begun(speed=30)), (10, 10, "right"), (11, 20, "up"))
    state = msgspec.structs.replace(state, walls=marked(state, (11, 10)))
    crashed = ticked(state)
    assert crashed.earned == (0, 1)
    assert crashed.ended == crashed.tick
    assert places(crashed) == [(10, 10), (11, 19)]


def marked(state: State, place: tuple[int, int]) -> bytes:
    walls = bytearray(state.walls)
    walls[(place[1] + 1) * (state.options.size + 2) + place[0] + 1] = 1
    return bytes(walls)


@pytest.mark.parametrize(
    ("place", "way"), [((0, 30), "left"), ((63, 30), "right"), ((30, 0), "up"), ((30, 63), "down")]
)
def test_the_edge_of_the_field_is_a_wall(place: tuple[int, int], way: str) -> None:
    state = at(riding(begun(speed=30)), (*place, way), (31, 31, "right"))
    assert ticked(state).earned == (0, 1)


@pytest.mark.parametrize("gap", [1, 2])
def test_head_on_both_are_out_and_neither_has_the_point(gap: int) -> None:
    state = at(riding(begun(speed=30)), (10, 10, "right"), (10 + gap, 10, "left"))
    assert ticked(state).earned == (0, 0)


def test_those_who_crash_at_once_outlive_the_same_riders() -> None:
    state = at(riding(begun(4, speed=30)), (0, 50, "left"), (20, 20, "right"), (22, 20, "left"), (40, 40, "right"))
    state = msgspec.structs.replace(state, earned=(0, RIDING, RIDING, RIDING))
    assert ticked(state).earned == (0, 1, 1, 3)


def test_the_walls_of_a_round_are_gone_in_the_next_and_points_are_kept() -> None:
    state = at(riding(begun(speed=30)), (0, 30, "left"), (31, 31, "right"))
    over = ticked(state)
    assert GAME.turns(over)
    assert ticked(over, 60).round == 1
    fresh = ticked(over, 61)
    assert fresh == msgspec.structs.replace(begun(speed=30), points=(0, 1), round=2)


def test_the_match_is_over_as_soon_as_nobody_can_catch_up() -> None:
    ahead = at(
        riding(msgspec.structs.replace(begun(speed=30), points=(0, 1), round=2)), (0, 30, "left"), (31, 31, "up")
    )
    assert GAME.result(ahead) is None
    assert GAME.result(ticked(ahead)) == Result((0, 2), "points")
    level = msgspec.structs.replace(ahead, points=(1, 0))
    assert GAME.result(ticked(level)) is None


def test_the_last_round_decides_even_where_it_leaves_all_level() -> None:
    state = at(riding(begun(rounds=1, speed=30)), (10, 10, "right"), (11, 10, "left"))
    assert GAME.result(ticked(state)) == Result((1, 1), "points")


def test_who_left_is_out_for_every_round_and_comes_last() -> None:
    state = riding(begun(3, rounds=1, speed=30))
    state = msgspec.structs.replace(state, points=(5, 0, 0))
    left = GAME.absent(state, (0,), "left", env(1))
    assert 0 not in GAME.turns(left)
    assert ticked(left).earned == (0, RIDING, RIDING)
    edge = at(ticked(left), (1, 1, "up"), (63, 30, "right"), (31, 31, "right"))
    assert GAME.result(ticked(edge)) == Result((0, 2, 3), "points")


def test_the_last_one_who_stays_wins() -> None:
    state = begun(3)
    assert GAME.result(GAME.absent(state, (0, 2), "gone", env(1))) == Result((0, 1, 0), "last-rider")
    assert GAME.result(GAME.absent(begun(2), (1,), "resigned", env(1))) == Result((2, 0), "last-rider")


# ── what is sent ────────────────────────────────────────────────────────────────────────────────────────


class EightRiders(LightCycles):
    seats = range(8, 9)


def frames(seed: int) -> Iterator[tuple[Any, State]]:
    """Random matches of eight, each tick's frame as it is sent after a long match: late numbers are long ones."""
    play, n = Play(EightRiders(), seed.to_bytes(32, "big")), 0
    for position in play.walk(20_000):
        if position.n:
            n += 1
            by = [(seat, 1000 + n) for seat in position.moves]
            change = GAME.changes(position.old, position.state, None, None)
            yield ((200_000 + n, change, by) if by else (200_000 + n, change)), position.state


def test_a_whole_frame_of_eight_riders_fits_the_promise_over_random_matches() -> None:
    sizes = [len(codec.encode(frame)) for seed in range(20) for frame, _ in frames(seed)]
    assert len(sizes) > 5_000
    assert max(sizes) <= FRAME_BYTES


def test_a_frame_in_which_all_turn_or_crash_and_all_have_input_fits_the_promise() -> None:
    old = msgspec.structs.replace(begun(8), turns=(99, "0"), since=98)
    new = msgspec.structs.replace(old, turns=(*old.turns, 99, "05:?DINS"), since=0)
    by = [(seat, 9999) for seat in range(8)]
    assert len(codec.encode((249_999, GAME.changes(old, new, None, None), by))) <= FRAME_BYTES
    fresh = msgspec.structs.replace(begun(8), points=(28,) * 8, round=5)
    assert len(codec.encode((249_999, GAME.changes(old, fresh, None, None), by))) <= FRAME_BYTES


def test_a_quiet_tick_takes_about_twenty_bytes() -> None:
    old = msgspec.structs.replace(begun(8), since=1000)
    assert len(codec.encode((100_000, GAME.changes(old, ticked(old), None, None)))) <= 20


def test_the_points_of_a_longest_match_fit_their_digits() -> None:
    fresh = msgspec.structs.replace(begun(8, rounds=5), points=(35,) + (0,) * 7)
    assert GAME.view(fresh, None, None)["p"] == "z0000000"


def drawn(view: dict[str, Any]) -> tuple[set[tuple[int, int]], list[tuple[int, int]]]:
    """Walls and heads as a client draws them, from nothing but the view."""
    pairs = list(zip(view["w"][::2], view["w"][1::2], strict=True))
    marks, tick = {}, 0
    for gap, told in pairs:
        tick += gap
        marks[tick] = [divmod(ord(mark) - ord("0"), 5) for mark in told]
    heads = [(column, row) for column, row, _ in view["starts"]]
    ways = [way for _, _, way in view["starts"]]
    walls, out = set(heads), set()
    over = False
    for now in range(view["lead"] + 1, tick + view["t"] + 1):
        if (now - view["lead"]) % view["cells"] or over:
            continue
        for seat, mark in marks.get(now, []):
            if mark == CRASH:
                out.add(seat)
            else:
                ways[seat] = mark
        for seat, (column, row) in enumerate(heads):
            if seat not in out:
                right, down = ((0, -1), (1, 0), (0, 1), (-1, 0))[ways[seat]]
                heads[seat] = (column + right, row + down)
        walls |= set(heads)
        over = len(out) >= len(heads) - 1
    return walls, heads


@pytest.mark.parametrize("seed", range(12))
def test_a_client_draws_every_wall_from_patches_alone(seed: int) -> None:
    """Every seventh tick is compared, and riders leave in mid-round."""
    rng = Rng(bytes(32), seed)
    state = GAME.setup(Options(size=32, speed=rng.choice((10, 15, 30))), 2 + seed % 7, env(0))
    view = msgspec.json.decode(codec.encode(GAME.view(state, None, None)))
    for n in range(1, 1_200):
        if not (asked := GAME.turns(state)):
            break
        if rng.below(300):
            moves = {seat: rng.choice(WAYS) for seat in asked if not rng.below(12)}
            new = GAME.step(state, moves, env(n))
        else:
            new = GAME.absent(state, (rng.choice(sorted(asked)),), "gone", env(n))
        change = msgspec.json.decode(codec.encode(GAME.changes(state, new, None, None)))
        state, view = new, patch.apply(view, change)
        if not n % 7:
            stride = state.options.size + 2
            cells = [divmod(cell, stride) for cell, wall in enumerate(state.walls) if wall]
            inside = {(x - 1, y - 1) for y, x in cells if 0 < x < stride - 1 and 0 < y < stride - 1}
            assert drawn(view) == (inside, places(state))
    assert n > 100
