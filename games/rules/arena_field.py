"""The arena's field: what stands on it, and how much of it each viewer is shown.

The arena's own: it calls this and nothing else does. Sight goes by squares: whoever stands in a square sees it and its
neighbours. What a square tells is made once for all who see it, and what is far away costs neither time nor bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from math import isqrt
from typing import Any

import msgspec

from games.rules.grid import Grid, grid

HZ = 20
# Lengths count sixteenths of a unit in the state, units where they are shown.
UNIT_BITS = 4
# Squares of 256 units: one sees that far at least, and no cell has a larger radius.
SQUARE_BITS = UNIT_BITS + 8
# A dot lies in the middle of a plot of 32 units: close enough to look scattered, and 64 plots make a square, so that
# its dots are the bits of one number.
PLOT_BITS = UNIT_BITS + 5
PLOTS = 1 << (SQUARE_BITS - PLOT_BITS)
MOST_MASS = 1_600
# The square of the radius is this many bits above the mass: 16 units², and sixteenths of a unit.
AREA_BITS = 2 * UNIT_BITS + 4
MIDDLE = 1 << (PLOT_BITS - 1)
# The plots of a square from one row to another, and from one column to another.
_ROWS = [[sum(0xFF << 8 * row for row in range(one, other + 1)) for other in range(PLOTS)] for one in range(PLOTS)]
_COLUMNS = [
    [sum(0x0101010101010101 << column for column in range(one, other + 1)) for other in range(PLOTS)]
    for one in range(PLOTS)
]
_RADII = tuple(isqrt(mass << AREA_BITS) for mass in range(MOST_MASS + 1))
# On the overview the radius of a cell counts steps of 16 units, so that it changes seldom.
_COARSE_BITS = 2
_UNITS_ACROSS = (1 << SQUARE_BITS - UNIT_BITS) - 1


class Cell(msgspec.Struct, frozen=True, array_like=True):
    """Where a seat's cell is, its mass (0: eaten, and not back yet) and its course (None: at rest).

    `square`: that of x and y, kept because everything asks for it; `since`: the tick at which it comes back, or from
    which it can be eaten; `heard`: the tick of the last input.
    """

    x: int
    y: int
    square: int
    mass: int
    course: int | None
    boost: bool
    since: int
    heard: int


class State(msgspec.Struct, frozen=True):
    """`across`: squares; `last`: the tick at which time is up; `dots`: of each square, bit 8 · row + column for each
    plot with a dot; `points`: the mass that each seat has eaten; `cells`: of the seats that are in; `gone`: those that
    left; `leaders`: seat and points of the best, once a second."""

    across: int
    last: int
    dots: tuple[int, ...]
    points: tuple[int, ...]
    cells: dict[int, Cell] = {}
    gone: tuple[int, ...] = ()
    leaders: tuple[tuple[int, int], ...] = ()
    tick: int = 0

    @property
    def grid(self) -> Grid:
        return grid(self.across, SQUARE_BITS)


def under(cell: Cell, across: int) -> Iterator[tuple[int, int]]:
    """The squares that the box around a cell touches, and the plots of each that lie in it."""
    radius, last = _RADII[cell.mass], across * PLOTS - 1
    left, right = max(cell.x - radius, 0) >> PLOT_BITS, min(cell.x + radius >> PLOT_BITS, last)
    top, bottom = max(cell.y - radius, 0) >> PLOT_BITS, min(cell.y + radius >> PLOT_BITS, last)
    for row in range(top // PLOTS, bottom // PLOTS + 1):
        rows = _ROWS[max(top - row * PLOTS, 0)][min(bottom - row * PLOTS, PLOTS - 1)]
        for column in range(left // PLOTS, right // PLOTS + 1):
            columns = _COLUMNS[max(left - column * PLOTS, 0)][min(right - column * PLOTS, PLOTS - 1)]
            yield row * across + column, rows & columns


Shown = tuple[int, ...]
"""x, y (units, within the square) and mass of a cell, and a 1 more while it cannot be eaten."""


class Sight:
    """What is seen after a step, and what it changed: made once a step, each square's patch when it is asked for."""

    def __init__(self, old: State | None, new: State) -> None:
        self.old, self.new = new if old is None else old, new
        self._blocks = new.grid.blocks
        self._patches: dict[tuple[int, int], dict[str, Any]] = {}
        # By square: all cells in it, and what changed of them; None: it is there no more.
        self._cells: list[dict[int, Shown]] = [{} for _ in new.dots]
        self._moved: dict[int, dict[int, Shown | None]] = {}
        self._look()

    def _look(self) -> None:
        before, after, tick = self.old.cells, self.new.cells, self.new.tick
        cells, moved = self._cells, self._moved
        for seat, cell in after.items():
            known, square = before.get(seat), cell.square
            if known is not None and known.mass and (known.square != square or not cell.mass):
                moved.setdefault(known.square, {})[seat] = None
            if cell.mass:
                x, y = cell.x >> UNIT_BITS & _UNITS_ACROSS, cell.y >> UNIT_BITS & _UNITS_ACROSS
                shown = (x, y, cell.mass, 1) if cell.since > tick else (x, y, cell.mass)
                cells[square][seat] = shown
                if cell != known or cell.since == tick:
                    moved.setdefault(square, {})[seat] = shown
        for seat in before.keys() - after.keys() if len(before) > len(after) else ():
            moved.setdefault(before[seat].square, {})[seat] = None

    def view(self, seat: int | None) -> dict[str, Any]:
        """What a seat that is in is shown; every other, and a spectator, is shown the leader and an overview."""
        state = self.new
        if seat is not None and seat in state.cells:
            return {"points": state.points[seat], **self._whole(state.cells[seat].square)}
        return {"far": _far(state), **self._whole(_watched(state))}

    def _whole(self, square: int) -> dict[str, Any]:
        block = self._blocks[square]
        cells = {near: self._cells[near] for near in block}
        dots = {near: _bitmap(self.new.dots[near]) for near in block}
        return {"across": self.new.across, **_told(self.new), "cells": cells, "dots": dots}

    def changes(self, seat: int | None) -> dict[str, Any] | None:
        """The patch to `view`; the same object for all who see the same. None: the seat came in or went out."""
        if seat is None:
            return self._overview
        before, after = self.old.cells.get(seat), self.new.cells.get(seat)
        if before is None or after is None:
            return self._overview if before is after else None
        patch, points = self._patch(before.square, after.square), self.new.points[seat]
        return patch if points == self.old.points[seat] else {**patch, "points": points}

    @cached_property
    def _overview(self) -> dict[str, Any]:
        before, after = _far(self.old), _far(self.new)
        patch = self._patch(_watched(self.old), _watched(self.new))
        return {**patch, "far": _changed(before, after)} if before != after else patch

    def _patch(self, before: int, after: int) -> dict[str, Any]:
        """From what was seen from the square `before` to what is seen from `after`."""
        known = self._patches.get((before, after))
        if known is None:
            known = self._patches[before, after] = self._news.copy()
            if cells := self._block(before, after, self._moved, self._cells):
                known["cells"] = cells
            if dots := self._block(before, after, self._sown, self._bitmaps):
                known["dots"] = dots
        return known

    def _block(self, before: int, after: int, changed: Mapping[int, Any], whole: Sequence[Any]) -> dict[int, Any]:
        """Of the squares in sight: what changed, where they were in sight before; else all that is in them."""
        here = self._blocks[after]
        if before == after:
            return {square: changed[square] for square in here if square in changed}
        there = self._blocks[before]
        told = {square: whole[square] for square in here if square not in there}
        told.update({square: changed[square] for square in here if square in there and square in changed})
        return told | {square: None for square in there if square not in here}

    @cached_property
    def _news(self) -> dict[str, Any]:
        return _changed(_told(self.old), _told(self.new))

    @cached_property
    def _sown(self) -> dict[int, str]:
        both = enumerate(zip(self.old.dots, self.new.dots, strict=True))
        return {square: _bitmap(now) for square, (before, now) in both if before != now}

    @cached_property
    def _bitmaps(self) -> list[str]:
        return [_bitmap(dots) for dots in self.new.dots]


def _bitmap(dots: int) -> str:
    """The dots of a square as 16 hexadecimal digits: a browser reads no whole number of 64 bits."""
    return f"{dots:016x}"


def _told(state: State) -> dict[str, Any]:
    """What everyone is told, about once a second."""
    return {"left": -(-(state.last - state.tick) // HZ), "leaders": state.leaders}


def _watched(state: State) -> int:
    """The square that spectators look at: the leader's, or the middle while nobody leads."""
    led = (state.cells[seat].square for seat, _ in state.leaders if seat in state.cells)
    return next(led, (state.across // 2) * (state.across + 1))


def _far(state: State) -> dict[int, tuple[int, int, int]]:
    """The overview: plot across, plot down, and coarse radius of every cell."""
    return {
        seat: (cell.x >> PLOT_BITS, cell.y >> PLOT_BITS, isqrt(cell.mass) >> _COARSE_BITS)
        for seat, cell in state.cells.items()
        if cell.mass
    }


def _changed(old: dict[Any, Any], new: dict[Any, Any]) -> dict[Any, Any]:
    """The patch from one map to the other; None: no longer there."""
    changed = {key: value for key, value in new.items() if old.get(key) != value}
    return changed | {key: None for key in old if key not in new}
