"""Battleship: fleets that fit, shots as OpenSpiel answers them, and seas that nobody sees before the end."""

from __future__ import annotations

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from games.rules import fleets
from games.rules.base import Env, Result, moves_of
from games.rules.battleship import FLEETS, Battleship, Fleet, Options, State
from games.rules.fleets import Ship
from games.rules.rng import Rng

RULES = Battleship()
SMALL = Options(6, "small")
ROWS = Fleet((Ship(0, False), Ship(6, False), Ship(12, False)))
"""The small fleet in the top left corner, a ship a row: cells 0…3, 6…8, 12 and 13."""

seeds = st.binary(min_size=32, max_size=32)
options = st.builds(Options, st.integers(6, 10), st.sampled_from(sorted(FLEETS)))


def env(n: int = 0) -> Env:
    return Env(seed=bytes(32), n=n, ms=0)


def placed(first: Fleet = ROWS, second: Fleet = ROWS, chosen: Options = SMALL) -> State:
    return RULES.step(RULES.setup(chosen, 2, env()), {0: first, 1: second}, env(1))


def shot(state: State, *cells: int) -> State:
    for cell in cells:
        ((seat, moves),) = RULES.turns(state).items()
        assert cell in moves_of(moves)
        state = RULES.step(state, {seat: cell}, env(2))
    return state


def drawn_match(chosen: Options, seed: bytes) -> list[State]:
    """All states of a match played at random, from the first shot on."""
    rng = Rng(seed, -1)
    first, second = (moves_of(moves).sample(rng) for moves in RULES.turns(RULES.setup(chosen, 2, env())).values())
    states = [placed(first, second, chosen)]
    while turns := RULES.turns(states[-1]):
        ((seat, moves),) = turns.items()
        states.append(RULES.step(states[-1], {seat: moves_of(moves).sample(rng)}, env(2)))
    return states


# ── placing ─────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("why", "ships"),
    [
        ("one is missing", ROWS.ships[:2]),
        ("one too many", (*ROWS.ships, Ship(20, False))),
        ("beyond the right edge", (Ship(3, False), Ship(6, False), Ship(12, False))),
        ("beyond the bottom", (Ship(18, True), Ship(7, False), Ship(13, False))),
        ("outside", (Ship(36, False), Ship(6, False), Ship(12, False))),
        ("before the first cell", (Ship(-1, False), Ship(6, False), Ship(12, False))),
        ("on another", (Ship(0, False), Ship(0, True), Ship(13, False))),
    ],
)
def test_a_fleet_that_does_not_fit_is_no_move(why: str, ships: tuple[Ship, ...]) -> None:
    for moves in RULES.turns(RULES.setup(SMALL, 2, env())).values():
        assert Fleet(ships) not in moves_of(moves), why
        assert ROWS in moves_of(moves)
        assert 3 not in moves_of(moves)


def test_ships_may_touch() -> None:
    assert fleets.fits(6, (4, 3, 2), (Ship(0, False), Ship(6, False), Ship(4, False)))


@given(chosen=options, seed=seeds)
@settings(max_examples=100, deadline=None)
def test_a_fleet_drawn_at_random_can_be_placed(chosen: Options, seed: bytes) -> None:
    for moves in RULES.turns(RULES.setup(chosen, 2, env())).values():
        assert moves_of(moves).sample(Rng(seed, 0)) in moves_of(moves)


def test_random_fleets_cover_the_whole_sea() -> None:
    rng, seen = Rng(bytes(32), 0), 0
    for _ in range(200):
        seen |= fleets.covered(8, FLEETS["classic"], fleets.drawn(8, FLEETS["classic"], rng))
    assert seen == (1 << 64) - 1


# ── shooting ────────────────────────────────────────────────────────────────────────────────────────────


def test_a_ship_is_shown_when_its_last_cell_is_hit() -> None:
    state = shot(placed(), 12, 35, 13, 34)
    for seat in (0, 1, None):
        sea = RULES.view(state, seat, None)["seas"]["1"]
        assert (sea["shots"], sea["hits"]) == ((12, 13), (12, 13))
        assert sea["sunk"] == {"2": Ship(12, False)}
        assert sea["ships"] == (ROWS.ships if seat == 1 else ())


def test_nobody_shoots_twice_at_a_cell() -> None:
    state = shot(placed(), 5, 5)
    ((seat, moves),) = RULES.turns(state).items()
    assert seat == 0
    assert 5 not in moves_of(moves)
    assert moves_of(moves).count() == 35


def test_whoever_sinks_the_last_ship_wins_and_all_ships_are_shown() -> None:
    cells = [0, 1, 2, 3, 6, 7, 8, 12, 13]
    state = shot(placed(), *(one for index, cell in enumerate(cells[:-1]) for one in (cell, 35 - index)), cells[-1])
    assert RULES.result(state) == Result((2, 0), "fleet")
    assert [sea["ships"] for sea in RULES.view(state, None, None)["seas"].values()] == [ROWS.ships, ROWS.ships]


def test_who_gives_up_has_lost_and_all_ships_are_shown() -> None:
    state = RULES.absent(shot(placed(), 5), (0,), "resigned", env(3))
    assert RULES.result(state) == Result((0, 2), "resigned")
    assert RULES.turns(state) == {}
    assert RULES.view(state, 0, None)["seas"]["1"]["ships"] == ROWS.ships


def test_a_match_given_up_before_the_fleets_are_placed_has_no_ships_to_show() -> None:
    state = RULES.absent(RULES.setup(SMALL, 2, env()), (1,), "gone", env(1))
    assert RULES.result(state) == Result((2, 0), "gone")
    assert [sea["ships"] for sea in RULES.view(state, 0, None)["seas"].values()] == [(), ()]


# ── what nobody sees ────────────────────────────────────────────────────────────────────────────────────


@given(chosen=options, seed=seeds)
@settings(max_examples=40, deadline=None)
def test_another_fleet_answers_every_shot_alike_and_is_mostly_another(chosen: Options, seed: bytes) -> None:
    rng, different = Rng(seed, -2), 0
    states = drawn_match(chosen, seed)[:-1]
    for state in states:
        for seat in (0, 1):
            other = RULES.unknown(state, seat, rng)
            ships = other.seas[1 - seat]
            assert other.seas[seat] == state.seas[seat]
            assert fleets.fits(chosen.size, state.lengths, ships)
            assert msgspec.json.encode(RULES.view(other, seat, None)) == msgspec.json.encode(
                RULES.view(state, seat, None)
            )
            different += ships != state.seas[1 - seat]
    assert different > len(states) / 2


def test_other_fleets_differ_wherever_they_can() -> None:
    """At the first shot nothing is known: a hundred draws put ships on every cell, and hardly two are the same."""
    state, rng = shot(placed(), 35), Rng(bytes(32), 0)
    drawn = [RULES.unknown(state, 0, rng).seas[1] for _ in range(100)]
    assert len(set(drawn)) > 90
    assert sum(1 << cell for cell in range(35)) == _union(drawn)


def _union(drawn: list[tuple[Ship, ...]]) -> int:
    seen = 0
    for ships in drawn:
        seen |= fleets.covered(6, FLEETS["small"], ships)
    return seen
