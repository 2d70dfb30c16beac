"""Geometry in whole numbers: sine and cosine from a table, lengths by the exact integer root.

Called by rules that move things about. Nothing here knows a float, whose last bit may differ between machines, so a
record folds to the same end on each of them.
"""

from __future__ import annotations

from math import isqrt

TURN = 256
"""Angles count 1/256 of a full turn, from the x axis towards the y axis; any integer is an angle."""
ONE = 1 << 14
"""What `sine` and `cosine` give for 1: a product with it fits 32 bits for any coordinate below 131,072."""

# The sine of each angle of the first quarter, 0…64, rounded to whole numbers.
# fmt: off
_QUARTER = (
    0, 402, 804, 1205, 1606, 2006, 2404, 2801, 3196, 3590, 3981, 4370, 4756, 5139, 5520, 5897, 6270,
    6639, 7005, 7366, 7723, 8076, 8423, 8765, 9102, 9434, 9760, 10080, 10394, 10702, 11003, 11297,
    11585, 11866, 12140, 12406, 12665, 12916, 13160, 13395, 13623, 13842, 14053, 14256, 14449,
    14635, 14811, 14978, 15137, 15286, 15426, 15557, 15679, 15791, 15893, 15986, 16069, 16143,
    16207, 16261, 16305, 16340, 16364, 16379, 16384,
)
# fmt: on
_SINES = (*_QUARTER, *_QUARTER[-2:0:-1], *(-one for one in _QUARTER), *(-one for one in _QUARTER[-2:0:-1]))


def sine(angle: int) -> int:
    """The sine of `angle`, times `ONE`."""
    return _SINES[angle % TURN]


def cosine(angle: int) -> int:
    """The cosine of `angle`, times `ONE`."""
    return _SINES[(angle + TURN // 4) % TURN]


def scaled(length: int, factor: int) -> int:
    """`length` times `factor` / `ONE`, to the nearest whole number; a half goes up."""
    return (length * factor + ONE // 2) // ONE


def distance(dx: int, dy: int) -> int:
    """The length of (dx, dy), rounded down. To compare lengths compare their squares: that is exact, and no root."""
    return isqrt(dx * dx + dy * dy)
