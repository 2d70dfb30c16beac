"""Fleets on a square sea: where ships may lie, drawn at random, and drawn so that they fit what has been shot at.

A set of cells is an integer with a bit for each cell, row by row. Battleship calls this, and nothing else does.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import msgspec

from games.rules.rng import Rng

# Nearly all searches need fewer than 60 steps; one that goes astray in a crowded sea would take thousands.
_STEPS = 100

_Lengths = tuple[int, ...]
_Placed = tuple[int, int]
"""A length, and the cells of a ship of it."""
_Free = dict[int, list[int]]
"""By length, the places that are left."""


class Ship(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`at`: its first cell; from there it lies to the right, or down."""

    at: int
    down: bool


class Shots(msgspec.Struct, frozen=True):
    """What a sea was shot at: all cells, those that hit, and the ships that are sunk, by their index."""

    cells: int
    hits: int
    sunk: dict[int, Ship]


@cache
def places(size: int, length: int) -> dict[Ship, int]:
    """All places of a ship of `length`, two or more, each with the cells that it covers there."""
    across, down = (sum(1 << step * index for index in range(length)) for step in (1, size))
    found = {}
    for at in range(size * size):
        row, column = divmod(at, size)
        if column + length <= size:
            found[Ship(at, False)] = across << at
        if row + length <= size:
            found[Ship(at, True)] = down << at
    return found


@cache
def _ships(size: int, length: int) -> dict[int, Ship]:
    return {here: ship for ship, here in places(size, length).items()}


def cells(size: int, length: int, ship: Ship) -> int:
    """The cells that `ship` covers; 0 where it would lie beyond the edge."""
    return places(size, length).get(ship, 0)


def covered(size: int, lengths: Sequence[int], ships: Sequence[Ship]) -> int:
    """The cells of a whole fleet."""
    return sum(cells(size, length, ship) for length, ship in zip(lengths, ships, strict=True))


def fits(size: int, lengths: Sequence[int], ships: Sequence[Ship]) -> bool:
    """Whether these ships are this fleet, all within the sea, none on another; they may touch."""
    if len(ships) != len(lengths):
        return False
    taken = 0
    for length, ship in zip(lengths, ships, strict=True):
        here = cells(size, length, ship)
        if not here or taken & here:
            return False
        taken |= here
    return True


def drawn(size: int, lengths: Sequence[int], rng: Rng) -> tuple[Ship, ...]:
    """A fleet at random, in a sea with room for it."""
    found = None
    while found is None:
        found = drawn_again(size, lengths, Shots(0, 0, {}), rng)
    return found


def drawn_again(size: int, lengths: Sequence[int], shots: Shots, rng: Rng) -> tuple[Ship, ...] | None:
    """A fleet at random that would have answered all these shots alike; None where none was found at once."""
    sunk = sum(cells(size, lengths[index], ship) for index, ship in shots.sunk.items())
    taken = shots.cells & ~shots.hits | sunk
    afloat = tuple(length for index, length in enumerate(lengths) if index not in shots.sunk)
    # A ship that was hit everywhere would have been reported sunk.
    free = {
        length: [here for here in places(size, length).values() if not here & taken and here & ~shots.cells]
        for length in afloat
    }
    laid = _Search(rng).laid(afloat, free, shots.hits & ~sunk)
    if laid is None:
        return None
    found = {length: [_ships(size, length)[here] for one, here in laid if one == length] for length in afloat}
    return tuple(shots.sunk.get(index) or found[length].pop() for index, length in enumerate(lengths))


class _Search:
    """Lays ships where there is least choice first, and takes one back where the others find no place."""

    def __init__(self, rng: Rng) -> None:
        self._rng = rng
        self._steps = _STEPS

    def laid(self, afloat: _Lengths, free: _Free, open_hits: int) -> list[_Placed] | None:
        """A place for each ship `afloat` out of those that are `free`, together covering all `open_hits`, or None."""
        if not afloat:
            return None if open_hits else []
        choices = _fewest(free, open_hits)
        while choices and self._steps:
            self._steps -= 1
            # Drawn one by one: the first mostly does, and a shuffle would draw two hundred numbers.
            chosen = self._rng.below(len(choices))
            choices[chosen], choices[-1] = choices[-1], choices[chosen]
            length, here = choices.pop()
            left = _without(afloat, length)
            room = {one: [there for there in free[one] if not there & here] for one in left}
            found = self.laid(left, room, open_hits & ~here)
            if found is not None:
                return [(length, here), *found]
        return None


def _fewest(free: _Free, open_hits: int) -> list[_Placed]:
    """The choices for that ship, or that hit, which has the fewest."""
    length = min(free, key=lambda one: len(free[one]))
    least = [(length, here) for here in free[length]]
    while open_hits and least:
        bit = open_hits & -open_hits
        open_hits ^= bit
        through = [(length, here) for length in free for here in free[length] if here & bit]
        if len(through) < len(least):
            least = through
    return least


def _without(afloat: _Lengths, length: int) -> _Lengths:
    at = afloat.index(length)
    return afloat[:at] + afloat[at + 1 :]
