"""What an outcome looks like: an SVG of CPU per update, and one of p99, over the rate; both axes logarithmic.

Written directly, since a dozen lines need no plotting library. Readable on light and dark pages: the colours of the
page's scheme are chosen by the SVG's own style. Called by `__main__.py`; pure but for the files.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from statistics import median
from typing import NamedTuple

from bench.contest import SUSTAINED_P99_MS
from bench.outcome import Cost, Outcome

# Where a ladder of rates says more than a table.
PLOTTED = ("A", "B")
_WIDTH, _HEIGHT = 920, 460
_LEFT, _RIGHT, _TOP, _BOTTOM = 62, 330, 44, 48
_LEGEND_ROW = 22
# Of a decade, where lines of the grid are.
_STEPS = (1, 2, 5)
# Eight hues that differ for everybody (Okabe and Ito), each for a family of servers; members differ by their dashes.
_HUES = {
    "Madang": ("#c2410c", "#fb923c"),
    "bare picows": ("#57606a", "#9aa4af"),
    "Colyseus": ("#0072b2", "#56b4e9"),
    "boardgame.io": ("#8a6d00", "#e6c84c"),
    "Flask-SocketIO": ("#007a5a", "#2fc49b"),
    "stock Channels": ("#a03c78", "#e08bbd"),
}
_DASHES = ("", "7 4", "2 3", "9 3 2 3")
_STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.page { fill: #ffffff } .grid { stroke: #d0d7de; stroke-width: 1 } .bound { stroke: #cf222e; stroke-dasharray: 4 4 }
.line { fill: none; stroke-width: 2 } .ours { stroke-width: 3.5 }
@media (prefers-color-scheme: dark) {
text { fill: #e6edf3 } .page { fill: #0d1117 } .grid { stroke: #30363d } .bound { stroke: #ff7b72 }
}"""


class Axis(NamedTuple):
    """Logarithmic, from `low` to `high`, over pixels from `begin` to `end`."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, value: float) -> float:
        share = math.log(value / self.low) / math.log(self.high / self.low)
        return round(self.begin + share * (self.end - self.begin), 1)

    def marks(self) -> list[float]:
        decades = range(math.floor(math.log10(self.low)), math.ceil(math.log10(self.high)) + 1)
        values = [step * 10.0**decade for decade in decades for step in _STEPS]
        return [one for one in values if self.low <= one <= self.high]


def write(outcome: Outcome, folder: Path) -> list[Path]:
    """Both plots of a workload of `PLOTTED` that was measured at several rates; none of another."""
    if outcome.key not in PLOTTED or len({rate for trials in outcome.climbed.values() for rate, _ in trials}) < 2:
        return []
    folder.mkdir(parents=True, exist_ok=True)
    wanted: tuple[tuple[str, str, Callable[[Cost], float], float | None], ...] = (
        ("cpu", "server CPU µs per update, while p99 is below 50 ms", lambda one: one.cpu_us, None),
        ("p99", "p99 ms, from due to delivered", lambda one: one.p99_ms, SUSTAINED_P99_MS),
    )
    paths = []
    for name, what, figure, bound in wanted:
        path = folder / f"bench-{outcome.key.lower()}-{name}.svg"
        path.write_text(_plot(outcome, what, figure, bound))
        paths.append(path)
    return paths


def _plot(outcome: Outcome, what: str, figure: Callable[[Cost], float], bound: float | None) -> str:
    climbed = outcome.climbed if bound else {name: _in_time(trials) for name, trials in outcome.climbed.items()}
    lines = {name: _points(trials, figure) for name, trials in climbed.items()}
    rates = [rate for points in lines.values() for rate, _ in points]
    values = [value for points in lines.values() for _, value in points]
    across = Axis(min(rates) / 1.15, max(rates) * 1.15, _LEFT, _WIDTH - _RIGHT)
    up = Axis(min(values) / 1.2, max(values) * 1.2, _HEIGHT - _BOTTOM, _TOP)
    title = escape(f"{outcome.title}: {what}")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" role="img" aria-label="{title}">',
        f"<title>{title}</title><style>{_STYLE}{''.join(_colours())}\n</style>",
        f'<rect class="page" width="{_WIDTH}" height="{_HEIGHT}" rx="6"/>',
        f'<text x="{_LEFT}" y="26" font-weight="600">{title}</text>',
        *_grid(across, up),
    ]
    if bound is not None and up.low < bound < up.high:
        y = up.at(bound)
        parts.append(f'<line class="bound" x1="{across.begin}" x2="{across.end}" y1="{y}" y2="{y}"/>')
    for row, (name, points) in enumerate(lines.items()):
        parts += _line(name, points, across, up, _TOP + 8 + row * _LEGEND_ROW, _dash(name, list(lines)))
    return "\n".join((*parts, "</svg>", ""))


def _in_time(trials: Sequence[tuple[int, Cost]]) -> list[tuple[int, Cost]]:
    """Without the rates at which a server was behind: a backlog flatters. The lowest stays in any case."""
    late = {rate for rate, p99_ms in _points(trials, lambda one: one.p99_ms) if p99_ms >= SUSTAINED_P99_MS}
    lowest = min(rate for rate, _ in trials)
    return [(rate, one) for rate, one in trials if rate == lowest or rate not in late]


def _points(trials: Sequence[tuple[int, Cost]], figure: Callable[[Cost], float]) -> list[tuple[int, float]]:
    """The median of all trials at each rate."""
    rates = sorted({rate for rate, _ in trials})
    return [(rate, median(max(figure(one), 0.01) for at, one in trials if at == rate)) for rate in rates]


def _family(name: str) -> str:
    return next((family for family in _HUES if name.startswith(family)), "bare picows")


def _dash(name: str, names: Sequence[str]) -> str:
    kin = [one for one in names if _family(one) == _family(name)]
    return _DASHES[kin.index(name) % len(_DASHES)]


def _colours() -> list[str]:
    light = [f".h{number} {{ stroke: {pair[0]} }}" for number, pair in enumerate(_HUES.values())]
    dark = [f".h{number} {{ stroke: {pair[1]} }}" for number, pair in enumerate(_HUES.values())]
    return ["\n", *light, "\n@media (prefers-color-scheme: dark) { ", *dark, " }"]


def _grid(across: Axis, up: Axis) -> list[str]:
    parts = []
    for value in across.marks():
        x = across.at(value)
        parts.append(f'<line class="grid" x1="{x}" x2="{x}" y1="{up.end}" y2="{up.begin}"/>')
        parts.append(f'<text x="{x}" y="{up.begin + 19}" text-anchor="middle">{value:,.0f}</text>')
    for value in up.marks():
        y = up.at(value)
        parts.append(f'<line class="grid" x1="{across.begin}" x2="{across.end}" y1="{y}" y2="{y}"/>')
        parts.append(f'<text x="{across.begin - 8}" y="{y + 4}" text-anchor="end">{value:,g}</text>')
    middle = (across.begin + across.end) / 2
    parts.append(f'<text x="{middle}" y="{up.begin + 38}" text-anchor="middle">inputs a second</text>')
    return parts


def _line(
    name: str, points: Sequence[tuple[int, float]], across: Axis, up: Axis, legend_y: float, dash: str
) -> list[str]:
    drawn = " ".join(f"{across.at(rate)},{up.at(value)}" for rate, value in points)
    ours = " ours" if name.startswith("Madang") else ""
    style = f'class="line{ours} h{list(_HUES).index(_family(name))}"' + (f' stroke-dasharray="{dash}"' if dash else "")
    x = across.end + 16
    return [
        f'<polyline {style} points="{drawn}"/>',
        f'<line {style} x1="{x}" x2="{x + 30}" y1="{legend_y}" y2="{legend_y}"/>',
        f'<text x="{x + 38}" y="{legend_y + 4}">{escape(name)}</text>',
    ]
