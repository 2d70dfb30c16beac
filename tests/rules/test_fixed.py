"""Whole-number geometry against the floating one of the standard library, and the grid against measuring."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from games.rules.fixed import ONE, TURN, cosine, distance, scaled, sine


def test_sine_and_cosine_are_the_rounded_ones_at_every_angle() -> None:
    for angle in range(-TURN, 2 * TURN):
        turned = 2 * math.pi * angle / TURN
        assert sine(angle) == round(ONE * math.sin(turned))
        assert cosine(angle) == round(ONE * math.cos(turned))


def test_the_quarters_mirror_each_other_exactly() -> None:
    for angle in range(TURN):
        assert sine(angle) == -sine(-angle) == sine(TURN // 2 - angle)
        assert cosine(angle) == cosine(-angle)
    assert all(one < other for one, other in pairwise(sine(angle) for angle in range(TURN // 4 + 1)))


@pytest.mark.parametrize(
    ("length", "factor", "wanted"), [(10, ONE, 10), (10, -ONE, -10), (7, ONE // 2, 4), (0, ONE, 0)]
)
def test_a_length_is_scaled_to_the_nearest_whole_number(length: int, factor: int, wanted: int) -> None:
    assert scaled(length, factor) == wanted


def test_a_distance_is_rounded_down_and_exact_where_floats_are_not() -> None:
    assert distance(3, -4) == 5
    assert distance(1, 1) == 1
    long = 10**20
    assert distance(long, 0) == long
    assert distance(long - 1, 1) == long - 1
