"""Arena: who eats whom, who is in, and how little of the field each seat is told."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import msgspec
import pytest

from games.protocol import codec, patch
from games.rules.arena import COURSES, DOT_MASS, START_MASS, Arena, Options, Steer
from games.rules.arena_field import HZ, MOST_MASS, SQUARE_BITS, UNIT_BITS, Cell, State
from games.rules.base import Env, Result, moves_of
from games.rules.rng import Rng

GAME = Arena()
RIGHT, DOWN, LEFT, UP = range(0, COURSES, COURSES // 4)


def env(n: int) -> Env:
    return Env(seed=bytes(32), n=n, ms=0)


def field(*cells: Cell, seats: int = 8, dots: bool = False, **facts: Any) -> State:
    """A field with these cells, of seats 0 and on; without dots, and none are sown, unless asked for."""
    empty = GAME.setup(Options(), seats, env(0))
    bare = empty.dots if dots else (0,) * len(empty.dots)
    return msgspec.structs.replace(empty, dots=bare, cells=dict(enumerate(cells)), **facts)


def cell(x: int, y: int, mass: int = START_MASS, course: int | None = None, **facts: Any) -> Cell:
    """A cell at (x, y) units, on a field four squares across."""
    x, y = x << UNIT_BITS, y << UNIT_BITS
    square = (y >> SQUARE_BITS) * 4 + (x >> SQUARE_BITS)
    return msgspec.structs.replace(Cell(x, y, square, mass, course, boost=False, since=0, heard=0), **facts)


class Barren(Arena):
    """No dots are sown, so nothing but what a test lays out is eaten."""

    def step(self, state: State, moves: Any, env: Env) -> State:
        after = super().step(state, moves, env)
        return msgspec.structs.replace(
            after, dots=tuple(one & other for one, other in zip(state.dots, after.dots, strict=True))
        )


def ticked(state: State, ticks: int = 1, moves: Any = None) -> State:
    """`ticks` ticks on; `moves` are applied at the first."""
    for n in range(1, ticks + 1):
        state = Barren().step(state, moves if moves and n == 1 else {}, env(n))
    return state


def shown(state: State, seat: int | None) -> dict[str, Any]:
    """The view as a client reads it."""
    return msgspec.json.decode(codec.encode(GAME.view(state, seat, GAME.shared(None, state))))


def change(old: State, new: State, seat: int | None) -> Any:
    return msgspec.json.decode(codec.encode(GAME.changes(old, new, seat, GAME.shared(old, new))))


# ── moving ──────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(("course", "by"), [(RIGHT, (240, 0)), (DOWN, (0, 240)), (LEFT, (-240, 0)), (UP, (0, -240))])
def test_a_cell_of_the_start_goes_240_units_a_second_where_it_is_steered(course: int, by: tuple[int, int]) -> None:
    after = ticked(field(cell(500, 500)), HZ, {0: Steer(course)}).cells[0]
    assert (after.x >> UNIT_BITS, after.y >> UNIT_BITS) == (500 + by[0], 500 + by[1])
    assert after.square == (after.y >> SQUARE_BITS) * 4 + (after.x >> SQUARE_BITS)


def test_the_pace_falls_with_the_mass_and_never_to_nothing() -> None:
    ways = [ticked(field(cell(500, 500, mass, RIGHT))).cells[0].x - (500 << UNIT_BITS) for mass in (20, 320, 1600)]
    assert ways == [192, 96, 63]


def test_a_course_is_kept_until_the_next_and_none_is_rest() -> None:
    moving = ticked(field(cell(500, 500)), 3, {0: Steer(DOWN)})
    resting = ticked(moving, 2, {0: Steer(None)})
    assert resting.cells[0].y == moving.cells[0].y


@pytest.mark.parametrize(("course", "corner"), [(RIGHT, (1023, 500)), (UP, (500, 0))])
def test_the_edge_of_the_field_stops_a_cell(course: int, corner: tuple[int, int]) -> None:
    after = ticked(field(cell(500, 500)), 5 * HZ, {0: Steer(course)}).cells[0]
    assert (after.x >> UNIT_BITS, after.y >> UNIT_BITS) == corner


def test_a_boost_is_faster_and_burns_mass_down_to_that_of_the_start() -> None:
    plain, boosted = (ticked(field(cell(100, 500, 100, RIGHT, boost=boost)), 10) for boost in (False, True))
    assert boosted.cells[0].x > plain.cells[0].x
    # On ticks 4 and 8: 1 + 1/64, rounded down.
    assert (plain.cells[0].mass, boosted.cells[0].mass) == (100, 96)
    assert ticked(boosted, 20 * HZ, {0: Steer(RIGHT, boost=True)}).cells[0].mass == START_MASS


def test_a_cell_of_the_start_has_nothing_to_boost_with() -> None:
    state = field(cell(100, 500, course=RIGHT))
    assert ticked(state, 1, {0: Steer(RIGHT, boost=True)}).cells[0].x == ticked(state).cells[0].x


def test_every_course_is_open_and_nothing_else() -> None:
    moves = moves_of(GAME.turns(field(cell(1, 1)))[0])
    assert all(Steer(to, boost=boost) in moves for to in (None, *range(COURSES)) for boost in (False, True))
    assert not any(move in moves for move in (Steer(COURSES), Steer(-1), 3, None, "up"))
    assert moves.count() == 2 * (COURSES + 1)


# ── eating ──────────────────────────────────────────────────────────────────────────────────────────────


def test_a_cell_eats_the_dots_that_it_covers_and_no_others() -> None:
    # Plots 0 and 1 have their middles at (16, 16) and (48, 16); a radius of 4·√20 is just short of 18.
    dots = (0b11, *(0,) * 15)
    eaten = ticked(msgspec.structs.replace(field(cell(16, 30)), dots=dots), 2)
    assert eaten.dots[0] == 0b10
    assert (eaten.cells[0].mass, eaten.points[0]) == (START_MASS + DOT_MASS, DOT_MASS)
    assert ticked(msgspec.structs.replace(field(cell(16, 34)), dots=dots), 2).dots == dots


def test_dots_across_the_border_of_a_square_are_eaten_too() -> None:
    # Around (256, 256) four squares meet: of each the plot in that corner.
    dots = [0] * 16
    for square, plot in ((0, 63), (1, 56), (4, 7), (5, 0)):
        dots[square] = 1 << plot
    after = ticked(msgspec.structs.replace(field(cell(256, 256, 100)), dots=tuple(dots)), 2)
    assert not any(after.dots)
    assert after.points[0] == 4 * DOT_MASS


def test_dots_at_the_very_edge_of_the_field_are_eaten() -> None:
    for x, square, plot in ((1010, 15, 63), (10, 0, 0)):
        dots = tuple(1 << plot if one == square else 0 for one in range(16))
        assert ticked(msgspec.structs.replace(field(cell(x, x, 100)), dots=dots), 2).points[0] == DOT_MASS


def test_a_cell_eats_on_every_second_tick() -> None:
    state = field(cell(500, 500, 100), cell(700, 700, 100), cell(505, 500), cell(705, 700))
    assert [ticked(state, ticks).points[:2] for ticks in (1, 2)] == [(20, 0), (20, 20)]


def test_dots_are_sown_anew_until_there_are_as_many_as_in_the_beginning() -> None:
    state = field()
    for n in range(300):
        state = GAME.step(state, {}, env(n))
    sown = sum(map(int.bit_count, state.dots))
    assert 1024 // 6 <= sown < 1024 // 6 + 8
    assert sum(map(int.bit_count, GAME.setup(Options(), 8, env(0)).dots)) > 1024 // 8


@pytest.mark.parametrize(("mass", "eaten"), [(24, False), (25, True)])
def test_a_cell_eats_another_with_five_quarters_of_its_mass(mass: int, eaten: bool) -> None:
    after = ticked(field(cell(500, 500, mass), cell(505, 500)), 2)
    assert (after.cells[1].mass == 0) == eaten
    assert after.points[0] == (START_MASS if eaten else 0)
    assert after.cells[0].mass == mass + after.points[0]


def test_only_a_cell_whose_centre_is_covered_is_eaten() -> None:
    # 4·√100 units are 40.
    assert ticked(field(cell(500, 500, 100), cell(541, 500)), 2).cells[1].mass
    assert not ticked(field(cell(500, 500, 100), cell(539, 500)), 2).cells[1].mass


def test_the_largest_eats_first_and_who_is_eaten_eats_no_more() -> None:
    # Seats 0 and 2 eat on the same ticks.
    after = ticked(field(cell(500, 500, 50), cell(500, 505), cell(505, 500, 100)), 2)
    assert [one.mass for one in after.cells.values()] == [0, 0, 170]
    assert after.points[:3] == (0, 0, 70)


def test_nobody_grows_beyond_the_bound() -> None:
    after = ticked(field(cell(500, 500, MOST_MASS), cell(505, 500, 100)), 2)
    assert after.cells[0].mass == MOST_MASS
    assert after.points[0] == 100


def test_who_was_eaten_is_back_after_two_seconds_and_cannot_be_eaten_for_two_more() -> None:
    state = field(cell(500, 500, 400, heard=10**6), cell(505, 500, heard=10**6))
    eaten = ticked(state, 2)
    away = ticked(eaten, 2 * HZ - 2)
    assert away.cells[1].mass == 0
    back = ticked(away, 2)
    assert back.cells[1].mass == START_MASS
    assert back.points == eaten.points
    near = msgspec.structs.replace(back.cells[1], x=back.cells[0].x, y=back.cells[0].y, square=back.cells[0].square)
    beside = msgspec.structs.replace(back, cells={**back.cells, 1: near})
    assert ticked(beside, 2 * HZ - 4).cells[1].mass
    assert not ticked(beside, 2 * HZ + 2).cells[1].mass


def test_large_cells_shrink_a_little_each_second_and_small_ones_do_not() -> None:
    after = ticked(field(cell(100, 100, 1280), cell(900, 900, 127)), HZ)
    assert [one.mass for one in after.cells.values()] == [1270, 127]


# ── coming and going ────────────────────────────────────────────────────────────────────────────────────


def test_a_seat_enters_once_and_never_after_it_left() -> None:
    state = GAME.enter(GAME.setup(Options(), 8, env(0)), 3, env(1))
    assert state.cells[3].mass == START_MASS
    assert list(GAME.turns(state)) == [3]
    assert GAME.enter(state, 3, env(2)) is None
    assert GAME.enter(state, 8, env(2)) is None
    both = GAME.enter(state, 0, env(2))
    left = GAME.absent(both, (3,), "left", env(3))
    assert list(left.cells) == [0]
    assert GAME.enter(left, 3, env(4)) is None


def test_who_enters_has_nobody_around_while_there_is_room() -> None:
    state = field(cell(500, 500, 400), seats=64)
    for n in range(1, 20):
        newcomer = GAME.enter(state, 1, env(n)).cells[1]
        assert newcomer.square not in state.grid.blocks[state.cells[0].square]


def test_who_sends_nothing_for_half_a_minute_is_out_and_others_are_not() -> None:
    state = field(cell(100, 100), cell(900, 900))
    state = ticked(state, 20 * HZ)
    state = ticked(state, 10 * HZ, {1: Steer(None)})
    assert list(ticked(state, HZ).cells) == [1]
    assert ticked(state, HZ).gone == (0,)
    assert GAME.carried(ticked(state, HZ), [0, 1]) == [1]


def test_time_ends_the_match_with_the_points_as_scores() -> None:
    state = field(cell(100, 100), cell(900, 900), seats=3, last=50, points=(7, 9, 0))
    assert GAME.result(ticked(state, 49)) is None
    over = ticked(state, 50)
    assert GAME.result(over) == Result((7, 9, 0), "time")
    assert GAME.turns(over) == {}
    assert GAME.enter(over, 2, env(1)) is None


def test_between_two_the_points_say_only_who_won() -> None:
    for points, scores in (((7, 9), (0, 2)), ((9, 7), (2, 0)), ((7, 7), (1, 1))):
        assert GAME.result(field(seats=2, last=0, points=points)) == Result(scores, "time")


def test_a_field_that_all_have_left_is_over_and_one_that_nobody_entered_is_not() -> None:
    state = field(cell(100, 100), cell(900, 900), seats=3, points=(1, 2, 3))
    assert GAME.result(GAME.absent(state, (0, 1), "gone", env(1))) == Result((1, 2, 3), "empty")
    assert GAME.result(GAME.setup(Options(), 3, env(0))) is None


def test_the_best_five_are_told_once_a_second() -> None:
    state = field(*[cell(100 * n + 50, 100) for n in range(8)], points=(5, 0, 9, 9, 1, 2, 3, 4))
    assert ticked(state, HZ - 1).leaders == ()
    assert ticked(state, HZ).leaders == ((2, 9), (3, 9), (0, 5), (7, 4), (6, 3))


# ── what is sent ────────────────────────────────────────────────────────────────────────────────────────


def test_a_seat_is_shown_its_square_and_the_neighbours_and_nothing_beyond() -> None:
    state = field(cell(100, 100, course=RIGHT), cell(500, 500, since=9), cell(520, 500), cell(1000, 1000))
    view = shown(state, 0)
    assert sorted(view["cells"]) == sorted(view["dots"]) == ["0", "1", "4", "5"]
    assert view["cells"]["0"] == {"0": [100, 100, 20]}
    assert view["cells"]["5"] == {"1": [244, 244, 20, 1]}
    assert "far" not in view


def test_spectators_and_who_has_left_are_shown_the_leader_and_all_cells_coarsely() -> None:
    state = field(cell(100, 100), cell(900, 900, 400), leaders=((1, 50),), gone=(2,))
    view = shown(state, None)
    assert view == shown(state, 2) == shown(state, 5)
    assert view["far"] == {"0": [3, 3, 1], "1": [28, 28, 5]}
    assert sorted(view["cells"]) == ["10", "11", "14", "15"]
    assert "points" not in view


def test_while_nobody_leads_spectators_look_at_the_middle() -> None:
    assert "10" in shown(field(cell(1, 1)), None)["cells"]


def crowd(seed: int) -> Iterator[tuple[State, State]]:
    """Old and new states of a small crowded field, in which cells of all sizes meet and seats come and go."""
    rng = Rng(bytes(32), seed)
    places = [cell(300 + rng.below(400), 300 + rng.below(400), 20 + rng.below(150)) for _ in range(8)]
    state = field(*places, seats=24, dots=True)
    state = msgspec.structs.replace(state, across=4, dots=field(seats=8, dots=True).dots)
    for n in range(1, 400):
        if not rng.below(40):
            new = GAME.enter(state, rng.below(24), env(n)) or state
        elif not rng.below(80) and len(state.cells) > 2:
            new = GAME.absent(state, (rng.choice(sorted(state.cells)),), "left", env(n))
        else:
            moves = {
                seat: Steer(rng.below(COURSES), boost=not rng.below(3)) for seat in state.cells if not rng.below(9)
            }
            new = GAME.step(state, moves, env(n))
        yield state, new
        state = new


@pytest.mark.parametrize("seed", range(6))
def test_a_client_that_is_told_patches_alone_sees_what_a_newcomer_sees(seed: int) -> None:
    viewers = (None, *range(24))
    views, eaten, crossed = {}, 0, 0
    for old, new in crowd(seed):
        for seat in viewers:
            told = change(old, new, seat)
            before = views.get(seat) or shown(old, seat)
            views[seat] = shown(new, seat) if told is None else patch.apply(before, told)
            assert views[seat] == shown(new, seat)
            assert (told is None) == (seat is not None and (seat in old.cells) != (seat in new.cells))
        both = [(old.cells[seat], new.cells[seat]) for seat in old.cells.keys() & new.cells.keys()]
        eaten += sum(bool(was.mass and not now.mass) for was, now in both)
        crossed += sum(was.square != now.square for was, now in both)
    assert eaten
    assert crossed > 20


def near(state: State, square: int) -> dict[str, Any]:
    """What is seen from a square, found the slow way: every cell and every square of the field is looked at."""
    across, side = state.across, SQUARE_BITS
    row, column = divmod(square, across)
    sight = [one for one in range(across * across) if abs(one // across - row) < 2 and abs(one % across - column) < 2]
    cells: dict[str, dict[str, list[int]]] = {str(one): {} for one in sight}
    for seat, one in state.cells.items():
        if one.mass and max(abs((one.y >> side) - row), abs((one.x >> side) - column)) < 2:
            within = [(at & (1 << side) - 1) >> UNIT_BITS for at in (one.x, one.y)]
            place = str((one.y >> side) * across + (one.x >> side))
            cells[place][str(seat)] = [*within, one.mass, *([1] if one.since > state.tick else [])]
    return {"cells": cells, "dots": {str(one): f"{state.dots[one]:016x}" for one in sight}}


@pytest.mark.parametrize("seed", range(3))
def test_what_the_grid_finds_is_all_that_is_near_and_nothing_else(seed: int) -> None:
    for _, new in crowd(seed):
        for seat, one in new.cells.items():
            view = shown(new, seat)
            assert {"cells": view["cells"], "dots": view["dots"]} == near(new, one.square)


def full(players: int) -> list[State]:
    """Three seconds of a field for 64: seats 0 to 3 roam one corner, all others are in the far half."""
    rng = Rng(bytes(32), 5)
    empty = GAME.setup(Options(), 64, env(0))
    state = empty
    for seat in range(players):
        state = GAME.enter(state, seat, env(seat))
    for seat in range(players):
        # The near ones to the corner at the top left, the others at least three squares away from where those can be.
        x, y = (200 + 40 * seat, 300) if seat < 4 else (1300 + rng.below(600), rng.below(1900))
        placed = cell(x, y, course=RIGHT if seat < 4 else rng.choice((UP, DOWN)), since=10**6)
        square = state.grid.square(placed.x, placed.y)
        state = msgspec.structs.replace(
            state, cells={**state.cells, seat: msgspec.structs.replace(placed, square=square)}
        )
    states = [msgspec.structs.replace(state, dots=(0,) * 64)]
    for n in range(60):
        states.append(msgspec.structs.replace(GAME.step(states[-1], {}, env(n)), dots=(0,) * 64))
    return states


def test_the_bytes_of_a_viewer_do_not_grow_with_the_players_far_away() -> None:
    frames = {
        players: [len(codec.encode((100_000, change(old, new, 0)))) for old, new in pairwise(full(players))]
        for players in (8, 32, 64)
    }
    assert frames[8] == frames[32] == frames[64]
    assert 40 < sum(frames[64]) / 60 < 120


def test_all_who_stand_in_one_square_are_told_one_and_the_same_patch() -> None:
    old = field(cell(100, 100, course=RIGHT), cell(150, 150), cell(700, 700))
    new = ticked(old)
    shared = GAME.shared(old, new)
    patches = [GAME.changes(old, new, seat, shared) for seat in range(3)]
    assert patches[0] is patches[1]
    assert patches[0] is not patches[2]


def test_a_tick_of_64_players_with_all_their_patches_takes_little_time() -> None:
    """The aim is half a millisecond of an idle core; the bound here leaves room for a slow and busy machine."""
    state = GAME.setup(Options(), 64, env(0))
    for seat in range(64):
        state = GAME.enter(state, seat, env(seat))
    rng, spent = Rng(bytes(32), 9), []
    for n in range(100):
        moves = {seat: Steer(rng.below(COURSES)) for seat in state.cells if not rng.below(10)}
        began = time.process_time_ns()
        new = GAME.step(state, moves, env(n))
        shared = GAME.shared(state, new)
        for seat in new.cells:
            GAME.changes(state, new, seat, shared)
        spent.append(time.process_time_ns() - began)
        state = new
    assert sorted(spent)[10] < 2_000_000
