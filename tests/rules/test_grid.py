"""The grid: places lie in their squares, and what is near lies in the block."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.rules.grid import Grid, grid


@given(st.integers(1, 9), st.integers(0, 6), st.data())
def test_two_places_are_in_one_block_exactly_when_they_are_less_than_two_squares_apart(
    across: int, shift: int, data: st.DataObject
) -> None:
    cut = Grid(across, shift)
    coordinate = st.integers(0, (across << shift) - 1)
    x, y, other_x, other_y = (data.draw(coordinate) for _ in range(4))
    near = abs((x >> shift) - (other_x >> shift)) <= 1 and abs((y >> shift) - (other_y >> shift)) <= 1
    assert (cut.square(other_x, other_y) in cut.blocks[cut.square(x, y)]) == near


@pytest.mark.parametrize(
    ("square", "block"), [(4, (0, 1, 2, 3, 4, 5, 6, 7, 8)), (0, (0, 1, 3, 4)), (5, (1, 2, 4, 5, 7, 8))]
)
def test_a_block_is_a_square_and_its_neighbours_in_order(square: int, block: tuple[int, ...]) -> None:
    assert Grid(3, 8).blocks[square] == block


def test_the_grid_of_the_same_measures_is_made_once() -> None:
    assert grid(4, 8) is grid(4, 8)
