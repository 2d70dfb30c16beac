"""What a bench prints: the machine, all versions, and a table of min / median / max for each rate."""

from __future__ import annotations

import os
import platform
import sysconfig
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bench.generator import Measured
    from bench.targets import Cores
    from bench.workloads import Workload

_PACKAGES = (
    "django",
    "channels",
    "channels-redis",
    "daphne",
    "uvicorn",
    "uvloop",
    "picows",
    "websockets",
    "msgspec",
    "psycopg",
)
_OPTIMISATIONS = ("--enable-optimizations", "--with-lto")
# Beyond this share of its core the generator sends late, and the latencies are partly its own.
GENERATOR_SHARE = 0.7


def head(cores: Cores) -> None:
    print(f"{_processor()}, {os.cpu_count()} cores; load {load()} before the run")
    print(f"server on core {cores.server}; generator, database and Redis on core {cores.others}")
    print(f"Linux {platform.release()}, Python {platform.python_version()} configured {built()}")
    print(", ".join(f"{name} {version(name)}" for name in _PACKAGES), flush=True)


def built() -> str:
    """How this interpreter was configured, since a tenth of all CPU time hangs on it. Debian's is optimised by profile
    without saying so here."""
    said = str(sysconfig.get_config_var("CONFIG_ARGS"))
    return " ".join(f"{'with' if option in said else 'without'} {option}" for option in _OPTIMISATIONS)


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def load() -> str:
    return f"{os.getloadavg()[0]:.1f}"


_COLUMNS = (
    "server",
    "CPU µs per update: min / median / max",
    "per input",
    "beside it",
    "p50 ms",
    "p99 ms: min / median / max",
)
_MOST = (
    "server",
    "inputs/s",
    "CPU µs per update: min / median / max",
    "p99 ms: min / median / max",
    "p50 ms at half",
    "p99 ms at half",
)
_CONNECTING = ("server", "kB per connection", "connections/s", "CPU µs each", "p99 ms to be ready")


def contest(workload: Workload, rows: Mapping[tuple[int, str], Sequence[Measured]]) -> None:
    """One table for each rate."""
    seats = 2 + workload.watchers
    for rate in sorted({rate for rate, _ in rows}):
        print(f"\n{workload.title}: {rate:,} inputs/s due, {rate * seats:,} updates/s\n")
        print(f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}")
        for (at, name), trials in rows.items():
            if at == rate:
                print(f"| {name} | {' | '.join(_row(trials))} |")


def most(workload: Workload, rates: Mapping[str, int], rows: Mapping[tuple[int, str], Sequence[Measured]]) -> None:
    """The most that each server sustained, and how late updates are at half of it."""
    print(f"\n{workload.title}: the most with p99 below 50 ms, and latencies at half of it\n")
    print(f"| {' | '.join(_MOST)} |\n|{'---|' * len(_MOST)}")
    for name, rate in rates.items():
        at_most, at_half = rows.get((rate, name), ()), rows.get((rate // 2, name), ())
        if at_most and at_half:
            print(f"| {name} | {rate:,} | {' | '.join(_halved(at_most, at_half))} |")


def connecting(workload: Workload, trials: Mapping[str, Sequence[tuple[int, Measured]]]) -> None:
    """What the connections of each server cost, those that do not sustain any rate included."""
    print(f"\n{workload.title}: what connecting costs\n")
    print(f"| {' | '.join(_CONNECTING)} |\n|{'---|' * len(_CONNECTING)}")
    for name, found in trials.items():
        print(f"| {name} | {' | '.join(_connected([one for _, one in found]))} |")
    print(flush=True)


def _halved(at_most: Sequence[Measured], at_half: Sequence[Measured]) -> tuple[str, ...]:
    cpu, *_, p99 = _row(at_most)
    return (
        cpu,
        p99,
        f"{median(one.seen.p50_ms for one in at_half):.1f}",
        f"{median(one.seen.p99_ms for one in at_half):.1f}",
    )


def _connected(trials: Sequence[Measured]) -> tuple[str, ...]:
    """Memory by the first trial alone: later ones are given what it left behind."""
    return (
        f"{trials[0].connection_bytes / 1000:.0f}",
        f"{median(one.connections_per_s for one in trials):.0f}",
        f"{median(one.connection_s for one in trials) * 1e6:.0f}",
        f"{median(one.connecting_p99_ms for one in trials):.0f}",
    )


def _row(trials: Sequence[Measured]) -> tuple[str, ...]:
    cpu = [one.cpu_us for one in trials]
    beside = median(1e6 * one.beside_s / max(one.seen.updates, 1) for one in trials)
    p99 = [one.seen.p99_ms for one in trials]
    return (
        f"{min(cpu):.1f} / **{median(cpu):.1f}** / {max(cpu):.1f}",
        f"{median(1e6 * one.server_s / max(one.seen.inputs, 1) for one in trials):.0f}",
        f"{beside:.1f}" if beside else "–",
        f"{median(one.seen.p50_ms for one in trials):.1f}",
        f"{min(p99):.1f} / {median(p99):.1f} / {max(p99):.1f}",
    )


def foot(seconds: float, generator: float | None) -> None:
    """`generator`: the most of its core that the load took, where one was counted."""
    print(f"\nAll in {seconds:.0f} s; load {load()} after the run.")
    if generator is not None:
        limit = "it was not the limit" if generator < GENERATOR_SHARE else "IT MAY HAVE BEEN THE LIMIT"
        print(f"The generator was busy for at most {generator:.0%} of its core: {limit}.")
