"""Lines over time as the points of an SVG, with words for who cannot see them. Pure.

The template draws; colours and sizes are the style sheet's. Values are whole numbers or hundredths.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, HEIGHT = 600, 120


@dataclass(frozen=True, slots=True)
class Chart:
    """`line` and `area` are paths in a box of WIDTH × HEIGHT; `top` is the value at its upper edge."""

    title: str
    line: str
    area: str
    top: float
    now: float
    highest: float
    highest_at: datetime | None
    since: datetime | None


def chart(title: str, values: Sequence[tuple[datetime, float]]) -> Chart:
    """A chart of `values` in the order of time."""
    highest = max((value for _, value in values), default=0.0)
    top = _round_up(highest)
    points = [
        f"{x:.1f},{HEIGHT * (1 - value / top):.1f}" for x, (_, value) in zip(_xs(len(values)), values, strict=True)
    ]
    line = "M" + " L".join(points) if points else ""
    return Chart(
        title=title,
        line=line,
        area=f"{line} L{WIDTH},{HEIGHT} L0,{HEIGHT} Z" if points else "",
        top=top,
        now=values[-1][1] if values else 0.0,
        highest=highest,
        highest_at=next((at for at, value in values if value == highest), None),
        since=values[0][0] if values else None,
    )


def _xs(count: int) -> list[float]:
    return [WIDTH * at / max(count - 1, 1) for at in range(count)]


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, 50, …: an edge that can be read."""
    edge = 1.0
    while True:
        for step in (1, 2, 5):
            if value <= edge * step:
                return edge * step
        edge *= 10
