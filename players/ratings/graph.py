"""The graph of a rating, as numbers for an SVG: a line through time, and what stands beside it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

WIDTH, HEIGHT = 320, 96
"""Units of the picture; it is scaled to its place."""
_MARGIN = 6
# Points on the line: more than the picture has room for.
MOST = 120
# A rating that hardly moved is not drawn as mountains.
_LEAST_SPAN = 50.0


class Graph(NamedTuple):
    """`line`: points of a polyline; `last`: the newest; `low` and `high`: what the picture's edges stand for."""

    line: str
    last: tuple[float, float]
    low: int
    high: int


def drawn(points: Sequence[tuple[int, float]]) -> Graph | None:
    """Of (time, rating) in order, the time in any unit; None where there are fewer than two."""
    if len(points) < 2:
        return None
    points = _thinned(points)
    ratings = [rating for _, rating in points]
    middle = (min(ratings) + max(ratings)) / 2
    half = max(max(ratings) - min(ratings), _LEAST_SPAN) / 2
    began, lasted = points[0][0], max(1, points[-1][0] - points[0][0])
    placed = [
        (
            round(_MARGIN + (at - began) / lasted * (WIDTH - 2 * _MARGIN), 1),
            round(_MARGIN + (middle + half - rating) / (2 * half) * (HEIGHT - 2 * _MARGIN), 1),
        )
        for at, rating in points
    ]
    line = " ".join(f"{x:g},{y:g}" for x, y in placed)
    return Graph(line, placed[-1], round(middle - half), round(middle + half))


def _thinned(points: Sequence[tuple[int, float]]) -> Sequence[tuple[int, float]]:
    """Every n-th, and the newest always."""
    step = -(-len(points) // MOST)
    return points if step == 1 else [*points[:-1:step], points[-1]]
