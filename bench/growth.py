"""What an update costs as everything around it grows ten and a hundred times: `python -m bench growth`.

Madang alone, on PostgreSQL. One thing grows and all else stays: the inputs a second in all, or with spectators the
updates. Then two processes on two cores behind the proxy beside one (`processes.py`).
"""

from __future__ import annotations

import contextlib
from statistics import median
from typing import NamedTuple

from bench import processes
from bench.contest import Contest, Unfit
from bench.generator import Measured
from bench.targets import Cores, Target, madang_on_postgres
from bench.workloads import Pace, Workload

_COLUMNS = (
    "what grows",
    "to",
    "CPU µs per update: min / median / max",
    "beside it",
    "p50 ms",
    "CPU µs to connect one",
    "kB of each socket, its part of the match included",
)


class Step(NamedTuple):
    """One size of what grows, at inputs a second; `entries`: lines that each record has already."""

    size: int
    workload: Workload
    rate: int
    entries: int = 0


class Growth(NamedTuple):
    pace: Pace
    axes: dict[str, list[Step]]
    processes: processes.Course | None


def _rooms(slots: int, watchers: int = 0, idle: int = 0, arriving: int = 64) -> Workload:
    return Workload("growth", slots, watchers, (), (), idle=idle, arriving=arriving)


def _axes(sizes: tuple[int, ...]) -> dict[str, list[Step]]:
    """Of 20 matches none is over within a trial at 240 inputs a second; 100 at 1,000 likewise."""
    return {
        "live matches, 240 moves/s in all": [Step(20 * n, _rooms(20 * n), 240) for n in sizes],
        "idle sockets beside 1,000 moves/s": [Step(50 * n, _rooms(100, idle=25 * n), 1000) for n in sizes],
        # A hundred matches, ten, and one: the same 10,000 updates a second.
        "spectators of a match, 10,000 updates/s in all": [
            Step(10 * n, _rooms(max(sizes) // n, watchers=10 * n), round(10_000 / (10 * n + 2))) for n in sizes
        ],
        # One match after another, so that memory is what it keeps, and not what many loads take at once.
        "lines of each record, 240 moves/s in all": [Step(40 * n, _rooms(20, arriving=2), 240, 40 * n) for n in sizes],
    }


FULL = Growth(Pace(0.5, 1.0, 2.5, 3), _axes((1, 10, 100)), processes.FULL)
QUICK = Growth(Pace(0.2, 0.3, 0.5, 1), _axes((1,)), None)


def run(growth: Growth, cores: Cores) -> None:
    """Measure by turns, and print the tables."""
    with contextlib.ExitStack() as stack:
        lengths = {step.entries for steps in growth.axes.values() for step in steps}
        targets = {length: stack.enter_context(madang_on_postgres(cores, length)) for length in sorted(lengths)}
        print(f"\n| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}")
        for what, steps in growth.axes.items():
            found: dict[int, list[Measured]] = {step.size: [] for step in steps}
            for _ in range(growth.pace.repetitions):
                for step in steps:
                    try:
                        found[step.size].append(_trial(step, targets[step.entries], growth.pace, cores))
                    except Unfit as why:
                        print(f"left out: {step.size:,} {what}: {why}", flush=True)
            _print(what, {step: trials for step in steps if (trials := found[step.size])})
    if growth.processes:
        processes.run(growth.processes, cores)


def _trial(step: Step, target: Target, pace: Pace, cores: Cores) -> Measured:
    return Contest(step.workload, pace, cores).trial(target, step.rate, pace.measure_s)


def _print(what: str, found: dict[Step, list[Measured]]) -> None:
    for step, trials in found.items():
        cpu = [one.cpu_us for one in trials]
        row = (
            what,
            f"{step.size:,}",
            f"{min(cpu):.1f} / **{median(cpu):.1f}** / {max(cpu):.1f}",
            f"{median(1e6 * one.beside_s / max(one.seen.updates, 1) for one in trials):.1f}",
            f"{median(one.seen.p50_ms for one in trials):.1f}",
            f"{median(one.connection_s for one in trials) * 1e6:.0f}",
            # Only where the server is fresh: later trials are given what the first left behind.
            f"{trials[0].connection_bytes / 1000:.0f}" if step.entries else "–",
        )
        print(f"| {' | '.join(row)} |", flush=True)
