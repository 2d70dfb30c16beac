"""What ticks cost: 100 matches of Light cycles, four connected riders each, 30 ticks a second, in one process.

Called by `__main__.py`. Each trial has a server and a database of its own, since a match that has begun ticks on
wherever it is; all matches are there before the server starts, and outlast the trial.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from statistics import median
from urllib.parse import urlsplit

import msgspec

from bench import riders, rivals, table
from bench.outcome import Outcome, tick_cost
from bench.targets import ROOT, Cores, TickTarget, listener, on_core
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
SHORT = TickCourse(matches=100, warm_s=4, measure_s=6, repetitions=3)
QUICK = TickCourse(matches=10, warm_s=4, measure_s=1, repetitions=1)
_COLUMNS = (
    "server",
    "late p50 ms: min / median / max",
    "late p99 ms",
    "worst ms",
    "ticks a second",
    "let go",
    "CPU share",
    "CPU µs per tick",
    "CPU µs per frame",
    "beside",
    "bytes per viewer and s",
    "bytes per frame",
    "inputs per rider and s",
)


Start = Callable[[Cores, int], contextlib.AbstractContextManager[TickTarget]]


@contextlib.contextmanager
def madang_ticks_on_sqlite(cores: Cores, matches: int) -> Iterator[TickTarget]:
    with _madang("Madang, SQLite", cores, matches, {}, None) as target:
        yield target


@contextlib.contextmanager
def madang_ticks_on_postgres(cores: Cores, matches: int) -> Iterator[TickTarget]:
    with contextlib.ExitStack() as stack:
        with on_core(cores.others):
            url = stack.enter_context(servers.postgres(durable=True))
        beside = listener(urlsplit(url).port)
        yield stack.enter_context(_madang("Madang, PostgreSQL", cores, matches, {"DATABASE_URL": url}, beside))


@contextlib.contextmanager
def _madang(name: str, cores: Cores, matches: int, environ: dict[str, str], beside: int | None) -> Iterator[TickTarget]:
    with servers.temporary_folder("ticks") as folder:
        server = servers.MadangServer(folder, environ)
        command = [sys.executable, "-m", "bench.prepare", "ticks", str(matches)]
        prepared = subprocess.run(command, cwd=ROOT, env=server.environ, check=True, stdout=subprocess.PIPE)
        rides = msgspec.json.decode(prepared.stdout, type=tuple[Ride, ...])
        try:
            with on_core(cores.server):
                server.start()
            yield TickTarget(name, port=server.port, pid=server.pid, beside=beside, speech="madang", rides=rides)
        finally:
            server.close()


STARTS: tuple[Start, ...] = (
    madang_ticks_on_postgres,
    madang_ticks_on_sqlite,
    rivals.picows_ticks,
    rivals.colyseus_cycles,
)
# For a smoke run: what is installed with the project's own development packages.
AT_HAND: tuple[Start, ...] = (madang_ticks_on_postgres, madang_ticks_on_sqlite)


def run(course: TickCourse, cores: Cores, starts: Sequence[Start]) -> Outcome:
    """Measure by turns and print a table."""
    found, ills = dict[str, list[Ticked]](), list[str]()
    for start in tuple(starts) * course.repetitions:
        try:
            with start(cores, course.matches) as target:
                one = trial(target, course, cores)
                found.setdefault(target.name, []).append(one)
        except servers.Unavailable as why:
            print(f"left out: {why}", flush=True)
        except (RuntimeError, OSError, subprocess.SubprocessError) as why:
            ills.append(f"{start.__name__}: {why}")
            print(f"left out: {ills[-1]}", flush=True)
    _print(course, found)
    frames_per_s = course.matches * RIDERS * riders.HZ
    return Outcome(
        "C",
        "real time: four riders in each room",
        {(frames_per_s, name): [tick_cost(one) for one in trials] for name, trials in found.items()},
        {},
        {},
        {},
        max((one.generator_share for trials in found.values() for one in trials), default=0.0),
        ills,
    )


def trial(target: TickTarget, course: TickCourse, cores: Cores) -> Ticked:
    plan = TickPlan(
        port=target.port,
        speech=target.speech,
        warm_s=course.warm_s,
        measure_s=course.measure_s,
        server=target.pid,
        beside=target.beside,
        core=cores.others,
        rides=target.rides,
    )
    with servers.temporary_folder("ticks") as folder:
        (folder / "plan").write_bytes(msgspec.json.encode(plan))
        command = [sys.executable, "-m", "bench.ticking", str(folder / "plan")]
        done = subprocess.run(
            command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            check=True,
            timeout=course.warm_s + course.measure_s + _PATIENCE_S,
        )
    ticked = msgspec.json.decode(done.stdout, type=Ticked)
    if ticked.ills:
        raise RuntimeError(f"went wrong: {ticked.ills}")
    return ticked


# ── the table ───────────────────────────────────────────────────────────────────────────────────────────────


def _print(course: TickCourse, found: dict[str, list[Ticked]]) -> None:
    what = f"{course.matches} matches of Light cycles, {RIDERS} riders each, {riders.HZ} ticks a second"
    print(f"\n{what}: {course.matches * RIDERS} sockets\n")
    print(f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}")
    for name, trials in found.items():
        print(f"| {name} | {' | '.join(_row(trials))} |")
    print(f"\n{course.repetitions} repetitions of {course.measure_s:g} s, by turns; load {table.load()} after them.")


def _row(trials: Sequence[Ticked]) -> tuple[str, ...]:
    viewer_s = [one.matches * RIDERS * one.measure_s for one in trials]
    return (
        _spread([one.p50_ms for one in trials]),
        _spread([one.p99_ms for one in trials]),
        _spread([one.worst_ms for one in trials], digits=0),
        f"{median(one.ticks / one.matches / one.measure_s for one in trials):.1f}",
        _let_go(trials),
        _spread([100 * one.server_s / one.measure_s for one in trials], digits=0, unit=" %"),
        _spread([1e6 * one.server_s / one.ticks for one in trials], digits=0),
        _spread([1e6 * one.server_s / one.frames for one in trials]),
        f"{median(100 * one.beside_s / one.measure_s for one in trials):.0f} %",
        f"{median(one.bytes / each for one, each in zip(trials, viewer_s, strict=True)):.0f}",
        f"{median(one.bytes / one.frames for one in trials):.1f}",
        f"{median(one.sent / each for one, each in zip(trials, viewer_s, strict=True)):.1f}",
    )


def _let_go(trials: Sequence[Ticked]) -> str:
    counted = [one.let_go for one in trials if one.let_go is not None]
    return f"{sum(counted)} of {sum(one.due for one in trials):.0f}" if counted else "–"


def _spread(values: list[float], *, digits: int = 1, unit: str = "") -> str:
    low, middle, high = (f"{value:.{digits}f}" for value in (min(values), median(values), max(values)))
    return f"{low} / **{middle}** / {high}{unit}"
