"""What a row of the table is: a promise, what was measured, and whether it was kept."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterable
from typing import NamedTuple


class Figure(NamedTuple):
    """`measured` says with units what was seen; `breaches`: what was lost, doubled or shown wrongly meanwhile."""

    promise: str
    limit: str
    measured: str
    kept: bool
    breaches: tuple[str, ...] = ()

    @property
    def held(self) -> bool:
        return self.kept and not self.breaches

    def row(self, name: str) -> str:
        verdict = "kept" if self.held else "**broken**"
        return f"| {self.promise} | {self.limit} | {self.measured} | {verdict} | `python -m tests.faults {name}` |"


HEAD = "| promise | limit | measured | | command |\n|---|---|---|---|---|"

Row = Callable[[], Awaitable[Figure]]


def load() -> str:
    """Of the machine: figures say what else it did."""
    one, five, _ = os.getloadavg()
    return f"{os.cpu_count()} cores, load {one:.1f} (1 min) {five:.1f} (5 min)"


def ms(seconds: float) -> str:
    return f"{seconds * 1000:.0f} ms"


def some(breaches: Iterable[str], most: int = 20) -> tuple[str, ...]:
    """The first ones: a fault that breaks everything need not be told a thousand times."""
    return tuple(breaches)[:most]
