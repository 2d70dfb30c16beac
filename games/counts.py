"""Plain numbers that the hot path raises and operators read: a histogram without a lock, and two ways to sum.

The journal, the ticker and the driver own some; `gameserver/metrics.py` reads them when it is asked. Everything here
belongs to the event loop's thread. It must never cost more than a few additions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Hashable, Mapping
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


class Buckets:
    """How often a value was at most each of `bounds`, and beyond them all; and the sum of the values."""

    __slots__ = ("bounds", "counts", "sum")

    def __init__(self, *bounds: float) -> None:
        self.bounds = bounds
        self.counts = [0] * (len(bounds) + 1)
        self.sum = 0.0

    def add(self, value: float) -> None:
        """One more value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    @property
    def count(self) -> int:
        """How many values there were."""
        return sum(self.counts)


def raised(counts: dict[Key, int], key: Key, by: int = 1) -> None:
    """`counts[key]` grows by `by`, from 0 where it was missing."""
    counts[key] = counts.get(key, 0) + by


def merged(into: dict[Key, int], other: Mapping[Key, int]) -> None:
    """All of `other` is added."""
    for key, number in other.items():
        into[key] = into.get(key, 0) + number
