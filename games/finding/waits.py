"""How long people wait in a queue: what is kept of it, and what is told to the next one. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low

KEPT = 30
"""Waits that a queue remembers: enough that one who was away for long does not change the median."""
FRESH_S = 60 * 60
"""An hour: who was there this morning says nothing about tonight."""
ENOUGH = 3
"""Of fewer waits nothing is concluded; an honest "unknown" is better than a number that one pair made."""

Waits = Sequence[Sequence[int]]
"""[Unix seconds, waited ms], oldest first: as the queue's row keeps it."""


def added(waits: Waits, now_s: int, *waited_ms: int) -> list[list[int]]:
    """The row's new value after these were brought together."""
    return [*map(list, waits), *([now_s, one] for one in waited_ms)][-KEPT:]


def estimate_ms(waits: Waits, now_s: int) -> int | None:
    """The median of the last hour's waits; None where too few were brought together to say anything."""
    fresh = [waited_ms for at_s, waited_ms in waits if now_s - at_s <= FRESH_S]
    return median_low(fresh) if len(fresh) >= ENOUGH else None
