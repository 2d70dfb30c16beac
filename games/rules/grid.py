"""A square field cut into equal squares, so that what is near is found without looking at what is far.

Called by rules, mostly from `shared`. It knows where squares are and which are neighbours; what stands in them is the
caller's.
"""

from __future__ import annotations

from functools import cache


class Grid:
    """`across` × `across` squares with sides of 2^`shift`, numbered by rows from 0."""

    __slots__ = ("across", "blocks", "shift")

    def __init__(self, across: int, shift: int) -> None:
        self.across, self.shift = across, shift
        self.blocks: tuple[tuple[int, ...], ...] = tuple(self._block(one) for one in range(across * across))
        """Of each square: itself and its neighbours, 9 or at the edge fewer, in order of their numbers."""

    def square(self, x: int, y: int) -> int:
        """The square that holds (x, y), for 0 ≤ x, y < `across` · 2^`shift`."""
        return (y >> self.shift) * self.across + (x >> self.shift)

    def _block(self, square: int) -> tuple[int, ...]:
        row, column = divmod(square, self.across)
        rows = range(max(row - 1, 0), min(row + 2, self.across))
        columns = range(max(column - 1, 0), min(column + 2, self.across))
        return tuple(y * self.across + x for y in rows for x in columns)


@cache
def grid(across: int, shift: int) -> Grid:
    """The grid of these measures; made once, for it never changes."""
    return Grid(across, shift)
