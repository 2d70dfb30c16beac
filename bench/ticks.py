"""What ticks cost: 100 matches of Light cycles, four connected riders each, 30 ticks a second, in one process.

Called by `__main__.py`. Each trial has a server and a database of its own, since a match that has begun ticks on
wherever it is; all matches are there before the server starts, and outlast the trial.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from statistics import median
from urllib.parse import urlsplit

import msgspec

from bench import riders, table
from bench.targets import ROOT, Cores, listener, on_core
from bench.ticking import RIDERS, Ride, Ticked, TickPlan
from tests import servers

# Beside its window a trial connects 400 sockets: seconds, on a busy machine several times that.
_PATIENCE_S = 60


class TickCourse(msgspec.Struct, frozen=True):
    """How much. A match lasts 144 s if everyone rides to the end, 26 s at the very least; trials are shorter."""

    matches: int
    warm_s: float
    measure_s: float
    repetitions: int


FULL = TickCourse(matches=100, warm_s=4, measure_s=12, repetitions=3)
QUICK = TickCourse(matches=10, warm_s=4, measure_s=1, repetitions=1)
_STORES = ("SQLite", "PostgreSQL")
_COLUMNS = (
    "server",
    "late p50 ms: min / median / max",
    "late p99 ms",
    "worst ms",
    "let go",
    "CPU share",
    "CPU µs per tick",
    "CPU µs per frame",
    "beside",
    "bytes per viewer and s",
    "bytes per frame",
    "inputs per rider and s",
)


def run(course: TickCourse, cores: Cores) -> float:
    """Measure and print a table; the generator's largest share of its core."""
    found: dict[str, list[Ticked]] = {store: [] for store in _STORES}
    for store in _STORES * course.repetitions:
        try:
            found[store].append(_trial(store, course, cores))
        except servers.Unavailable as why:
            print(f"left out: {why}")
    _print(course, found)
    return max(one.generator_share for trials in found.values() for one in trials)


def _trial(store: str, course: TickCourse, cores: Cores) -> Ticked:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(servers.temporary_folder("ticks"))
        environ, beside = {}, None
        if store == "PostgreSQL":
            with on_core(cores.others):
                environ["DATABASE_URL"] = url = stack.enter_context(servers.postgres(durable=True))
            beside = listener(urlsplit(url).port)
        server = servers.MadangServer(folder, environ)
        command = [sys.executable, "-m", "bench.prepare", "ticks", str(course.matches)]
        prepared = subprocess.run(command, cwd=ROOT, env=server.environ, check=True, stdout=subprocess.PIPE)
        with on_core(cores.server):
            server.start()
        stack.callback(server.close)
        plan = TickPlan(
            port=server.port,
            warm_s=course.warm_s,
            measure_s=course.measure_s,
            server=server.pid,
            beside=beside,
            core=cores.others,
            rides=msgspec.json.decode(prepared.stdout, type=tuple[Ride, ...]),
        )
        (folder / "plan").write_bytes(msgspec.json.encode(plan))
        return _ticked(store, [sys.executable, "-m", "bench.ticking", str(folder / "plan")], course)


def _ticked(store: str, command: list[str], course: TickCourse) -> Ticked:
    patience_s = course.warm_s + course.measure_s + _PATIENCE_S
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True, timeout=patience_s)
    ticked = msgspec.json.decode(done.stdout, type=Ticked)
    if ticked.ills:
        raise SystemExit(f"{store}, ticks: went wrong: {ticked.ills}")
    return ticked


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────


def _print(course: TickCourse, found: dict[str, list[Ticked]]) -> None:
    what = f"{course.matches} matches of Light cycles, {RIDERS} riders each, {riders.HZ} ticks a second"
    print(f"\n{what}: {course.matches * RIDERS} sockets\n")
    print(f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}")
    for store, trials in found.items():
        if trials:
            print(f"| Madang, {store} | {' | '.join(_row(trials))} |")
    print(f"\n{course.repetitions} repetitions of {course.measure_s:g} s, by turns; load {table.load()} after them.")


def _row(trials: Sequence[Ticked]) -> tuple[str, ...]:
    viewer_s = [one.matches * RIDERS * one.measure_s for one in trials]
    return (
        _spread([one.p50_ms for one in trials]),
        _spread([one.p99_ms for one in trials]),
        _spread([one.worst_ms for one in trials], digits=0),
        f"{sum(one.let_go for one in trials)} of {sum(one.due for one in trials):.0f}",
        _spread([100 * one.server_s / one.measure_s for one in trials], digits=0, unit=" %"),
        _spread([1e6 * one.server_s / one.ticks for one in trials], digits=0),
        _spread([1e6 * one.server_s / one.frames for one in trials]),
        f"{median(100 * one.beside_s / one.measure_s for one in trials):.0f} %",
        f"{median(one.bytes / each for one, each in zip(trials, viewer_s, strict=True)):.0f}",
        f"{median(one.bytes / one.frames for one in trials):.1f}",
        f"{median(one.sent / each for one, each in zip(trials, viewer_s, strict=True)):.1f}",
    )


def _spread(values: list[float], *, digits: int = 1, unit: str = "") -> str:
    low, middle, high = (f"{value:.{digits}f}" for value in (min(values), median(values), max(values)))
    return f"{low} / **{middle}** / {high}{unit}"
