"""What a workload has shown, in the few figures that ratios, targets and plots are made of. Pure.

Made by `contest.py` and `ticks.py`; read by `ratios.py` and `plots.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from statistics import median
from typing import NamedTuple

from bench.generator import Measured
from bench.ticking import Ticked


class Cost(NamedTuple):
    """One trial: server CPU for each update delivered, and how late updates came."""

    cpu_us: float
    p50_ms: float
    p99_ms: float


class Outcome(NamedTuple):
    """`rows`: the repetitions at each rate of each server, taken by turns; `climbed`: all its trials with their rates;
    `most`: the highest rate that it sustained, where that was looked for."""

    key: str
    title: str
    rows: dict[tuple[int, str], list[Cost]]
    climbed: dict[str, list[tuple[int, Cost]]]
    most: dict[str, int]
    connection_bytes: dict[str, float]
    generator_share: float
    """The most of its core that the load took."""
    ills: list[str]
    """Which trials failed, and why."""

    def at(self, rate: int, server: str) -> list[Cost]:
        return self.rows.get((rate, server), [])


class Ratio(NamedTuple):
    """Of medians, and of each pair of repetitions the lowest and the highest."""

    low: float
    middle: float
    high: float


def cost(one: Measured) -> Cost:
    return Cost(one.cpu_us, one.seen.p50_ms, one.seen.p99_ms)


def tick_cost(one: Ticked) -> Cost:
    """Each tick is an update to each of its riders."""
    return Cost(1e6 * one.server_s / one.frames, one.p50_ms, one.p99_ms)


def middle_us(costs: Iterable[Cost]) -> float:
    return median(one.cpu_us for one in costs)


def ratio(ours: Sequence[Cost], theirs: Sequence[Cost]) -> Ratio:
    """Ours to theirs. The repetitions were by turns: what the machine did meanwhile, both have felt."""
    each = [one.cpu_us / other.cpu_us for one, other in zip(ours, theirs, strict=False)]
    return Ratio(min(each), middle_us(ours) / middle_us(theirs), max(each))
