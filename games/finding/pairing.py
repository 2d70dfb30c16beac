"""Who of those who wait plays whom: given ratings and waits, the groups that should begin now. Pure and deterministic.

Called once a second for each queue, by the process that holds the queue's guard, with everyone who waits in it. It
knows no database and no clock, and keeps nothing. docs/finding.md tells its rules to players.

The oldest wish chooses first, and takes the nearest in rating whom its window admits. Windows widen with the wait:

    window = 100 + deviation / 2 + 5 a second waited; after a minute anyone

and two suit each other where their ratings differ by no more than the mean of their windows. Sorted once by rating,
each looks at a bounded number of neighbours who are still free: O(n log n).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations

import msgspec

WINDOW = 100
"""Rating points at once: the stronger wins two of three, which both call a fair match."""
PER_S = 5
"""Points more a second: half a minute later opponents may be 250 apart, where four of five are won."""
ANYONE_MS = 60_000
"""After a minute any match is better than none, also for the strongest of the site."""
ANYONE = 1_000_000
"""The window that admits everybody; more than any two ratings differ."""
RECENT_MS = 20_000
"""So long a wish passes over whom it met last: two who just played see somebody new, if there is anybody."""
LOOKED_AT = 40
"""Neighbours on each side, in the mean, that one wish looks at: nobody has blocked as many who are also the nearest."""


class Unit(msgspec.Struct, frozen=True):
    """A player or a party that waits. `id`: the seek; `players`: primary keys; `practice`: has waited for people as
    long as they wished, and would now play with practice opponents too."""

    id: int
    players: tuple[int, ...]
    rating: int
    deviation: int
    wait_ms: int
    blocked: frozenset[int] = frozenset()
    recent: frozenset[int] = frozenset()
    practice: bool = False


class Group(msgspec.Struct, frozen=True):
    """Seeks that begin a match together, the oldest first; `practice`: so many seats go to practice opponents."""

    seeks: tuple[int, ...]
    practice: int = 0


def window(wait_ms: int, deviation: int) -> int:
    """How far from the own rating an opponent may be after this wait."""
    return ANYONE if wait_ms >= ANYONE_MS else WINDOW + deviation // 2 + PER_S * wait_ms // 1000


def suit(one: Unit, other: Unit) -> bool:
    """Whether these two may sit at one table. Never with oneself, never where somebody blocked somebody."""
    reaches = window(one.wait_ms, one.deviation) + window(other.wait_ms, other.deviation)
    return 2 * abs(one.rating - other.rating) <= reaches and not _refuse(one, other)


def _refuse(one: Unit, other: Unit) -> bool:
    if one.players[0] in other.players or not one.blocked.isdisjoint(other.players):
        return True
    if not other.blocked.isdisjoint(one.players):
        return True
    met = not one.recent.isdisjoint(other.players) or not other.recent.isdisjoint(one.players)
    return met and max(one.wait_ms, other.wait_ms) < RECENT_MS


def groups(waiting: Sequence[Unit], seats: int) -> list[Group]:
    """Whole tables of `seats` players, each seek in one of them at most; those who found nobody are in none."""
    line = _Line(waiting, seats)
    for place in line.oldest_first():
        line.seat(place)
    return line.found + _with_practice([unit for unit in line.free() if unit.practice], seats)


class _Line:
    """Those who are free, in the order of their ratings, as a list linked both ways: who is taken costs nothing any
    more. A unit is known by its place in that order."""

    def __init__(self, waiting: Sequence[Unit], seats: int) -> None:
        self.found: list[Group] = []
        self._seats = seats
        self._units = sorted(waiting, key=lambda unit: (unit.rating, unit.id))
        self._windows = [window(unit.wait_ms, unit.deviation) for unit in self._units]
        count = len(self._units)
        # The place -1 and the place `count` stand for nobody; both lists hold one more, so that both can be written.
        self._before = [*range(-1, count - 1), count - 1, -1]
        self._after = [*range(1, count + 1), count, 0]
        self._reach = self._reaches()
        self._taken = [False] * count

    def oldest_first(self) -> list[int]:
        """All places. Equal waits by id: the same people are brought together the same way wherever it is computed."""
        units = self._units
        return sorted(range(len(units)), key=lambda place: (-units[place].wait_ms, units[place].id))

    def free(self) -> list[Unit]:
        """Who is left, the oldest wish first."""
        return [self._units[place] for place in self.oldest_first() if not self._taken[place]]

    def seat(self, place: int) -> None:
        """Find company for who stands at `place`, unless it was found already."""
        if self._taken[place]:
            return
        table = self._nearest(place) or self._exactly(place)
        if table is not None:
            self.found.append(Group(tuple(self._units[one].id for one in table)))
            for one in table:
                self._take(one)

    def _nearest(self, place: int) -> list[int] | None:
        """One after the other, the nearest first: this is how nearly all tables are found, after one look."""
        table, free_seats = [place], self._seats - len(self._units[place].players)
        if free_seats == 0:
            return table
        for near in self._near(place):
            size = len(self._units[near].players)
            if size <= free_seats and self._suits(near, table):
                table.append(near)
                free_seats -= size
                if free_seats == 0:
                    return table
        return None

    def _exactly(self, place: int) -> list[int] | None:
        """Where the nearest do not fill the table because parties are too large for what is left, others may."""
        if self._seats == 2:
            return None  # one is missing, and everyone near has been asked
        near = [one for one in self._near(place) if self._suits(one, [place])]
        return self._completed([place], near, self._seats - len(self._units[place].players))

    def _completed(self, table: list[int], near: Sequence[int], free_seats: int) -> list[int] | None:
        """`table` with company from `near` for exactly the free seats. Of those of one size only the nearest is tried
        in each place: parties have few sizes, so this ends soon."""
        if free_seats == 0:
            return table
        tried: set[int] = set()
        for index, one in enumerate(near):
            size = len(self._units[one].players)
            if size > free_seats or size in tried or not self._suits(one, table):
                continue
            tried.add(size)
            found = self._completed([*table, one], near[index + 1 :], free_seats - size)
            if found is not None:
                return found
        return None

    def _suits(self, place: int, table: Sequence[int]) -> bool:
        unit, reach = self._units[place], self._windows[place]
        for one in table:
            other = self._units[one]
            if 2 * abs(unit.rating - other.rating) > reach + self._windows[one] or _refuse(unit, other):
                return False
        return True

    def _take(self, place: int) -> None:
        self._taken[place] = True
        before, after = self._before[place], self._after[place]
        self._after[before] = after
        self._before[after] = before

    def _near(self, place: int) -> Iterator[int]:
        """Free neighbours within reach, the nearest in rating first; of two equally near the one who waits longer."""
        units, own, reach = self._units, self._units[place].rating, self._reach[place]
        low, high = self._before[place], self._after[place]
        for _ in range(2 * LOOKED_AT):
            down = own - units[low].rating if low >= 0 else ANYONE
            up = units[high].rating - own if high < len(units) else ANYONE
            if min(down, up) > reach or down == up == ANYONE:
                return
            if down < up or (down == up and units[low].wait_ms >= units[high].wait_ms):
                yield low
                low = self._before[low]
            else:
                yield high
                high = self._after[high]

    def _reaches(self) -> list[int]:
        """How far each needs to look: the mean of its window and the widest of those who wait no longer. Who waits
        longer has chosen before, and did not take it."""
        reaches = [0] * len(self._units)
        widest = 0
        for place in reversed(self.oldest_first()):
            widest = max(widest, self._windows[place])
            reaches[place] = (self._windows[place] + widest) // 2
        return reaches


def _with_practice(due: Sequence[Unit], seats: int) -> list[Group]:
    """Those who agreed to practice opponents and have waited: together as far as they suit, the rest of the table
    bots."""
    groups: list[Group] = []
    left = list(due)
    while left:
        table, free_seats = [left[0]], seats - len(left[0].players)
        for unit in left[1:]:
            if len(unit.players) <= free_seats and all(suit(unit, one) for one in table):
                table.append(unit)
                free_seats -= len(unit.players)
        seated = {unit.id for unit in table}
        groups.append(Group(tuple(unit.id for unit in table), practice=free_seats))
        left = [unit for unit in left if unit.id not in seated]
    return groups


def quality(units: Sequence[Unit]) -> int:
    """The largest difference of ratings at a table."""
    return max((abs(one.rating - other.rating) for one, other in combinations(units, 2)), default=0)
