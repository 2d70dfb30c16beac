"""Courses that keep riders of Light cycles alive for long, known beforehand. Pure.

Called by `ticking.py`, which steers hundreds and has no time to look at their fields, and by `seek.py`. Rows lie side
by side, each beyond the one before, so that a turn that comes a cell too late harms nobody.
"""

from __future__ import annotations

from collections.abc import Iterator

from games.rules.light_cycles import WAYS, Move

LEAD_S, HZ = 3, 30
# For `rows`: the game's own defaults. 22 rows of 15 cells lie between a rider of four and the middle.
SPEED = 15
_ROW_CELLS, _ROWS = 15, 22
# For `halves`: 35 rows towards the middle, once across the field, and 33 rows in the other quarter of this half. Both
# crash at the same tick, so no round decides the match before the last.
LONG = {"size": 96, "speed": 10, "rounds": 5}
_LONG_SPEED, _LONG_CELLS, _INWARDS, _OUTWARDS = 10, 47, 35, 33


def rows(seat: int) -> Iterator[tuple[int, tuple[Move, Move]]]:
    """For one of four in the default field: the tick of the round at which to send two turns, and the turns.

    Two inputs a second, for 23 s; then the rider goes straight on until it crashes.
    """
    down, inwards = seat + 2, seat + 3  # seat 0 rides down on the right, the others each a quarter further
    cell_ticks = HZ // SPEED
    for row in range(1, _ROWS + 1):
        # At this tick the cell before the turn has just been entered: the turn has one tick to spare.
        yield LEAD_S * HZ + (row * _ROW_CELLS - 1) * cell_ticks, (_way(inwards), _way(down + 2 * row))


def halves(seat: int) -> Iterator[tuple[int, Move]]:
    """For one of two with the options `LONG`: the tick of the round at which to turn, and the turn. For 333 s."""
    down, left = 2 * seat + 2, 2 * seat + 3  # of seat 0; seat 1 is opposite in everything
    cell_ticks, cell = HZ // _LONG_SPEED, 0
    for row in range(1, _INWARDS + _OUTWARDS + 1):
        crossing = row == _INWARDS + 1
        cell += 2 * _LONG_CELLS if crossing else _LONG_CELLS
        tick = LEAD_S * HZ + cell * cell_ticks
        yield tick, _way(left if row <= _INWARDS else left + 2)
        yield tick + cell_ticks, _way(down + 2 * row)


def _way(quarters: int) -> Move:
    return WAYS[quarters % 4]
