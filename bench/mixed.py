"""How late ticks are while the same process is busy with moves: real time and rooms of two at once.

`python -m bench mixed`. 100 matches of Light cycles with four riders each; beside them Connect Four at growing rates.
Ticks must not wait for moves, nor moves for ticks: both latencies are told.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import msgspec

from bench import table, ticks
from bench.generator import Load, Seen, trial
from bench.load import Script
from bench.prepare import MOVES_AT_LEAST
from bench.targets import MADANG, ROOT, Cores, TickTarget, listener, on_core, prepare, seated
from bench.ticking import Ride, Ticked
from bench.ticks import TickCourse
from tests import servers

_SLOTS = 500
# Moves begin when the riders have connected, and go on until their window has closed.
_RIDERS_COME_S, _BEYOND_S = 2.0, 3.0


class MixedCourse(msgspec.Struct, frozen=True):
    """`rates`: moves a second beside the ticks."""

    ticking: TickCourse
    rates: tuple[int, ...]


FULL = MixedCourse(TickCourse(matches=100, warm_s=4, measure_s=10, repetitions=1), (0, 500, 1000, 2000))
QUICK = MixedCourse(TickCourse(matches=10, warm_s=3, measure_s=1, repetitions=1), (0, 100))


def run(course: MixedCourse, cores: Cores) -> None:
    """Measure and print."""
    matches = course.ticking.matches
    print(f"\nload {table.load()} before the run; {matches} matches of Light cycles, 30 ticks a second, PostgreSQL\n")
    print("| moves a second | ticks late p50 ms | p99 | worst | let go | moves p50 ms | p99 | CPU share |")
    print(f"|{'---|' * 8}")
    for rate in course.rates:
        ticked, seen = _trial(course.ticking, rate, cores)
        moves = f"{seen.p50_ms:.1f} | {seen.p99_ms:.1f}" if seen else "– | –"
        share = 100 * ticked.server_s / ticked.measure_s
        print(
            f"| {rate} | {ticked.p50_ms:.1f} | {ticked.p99_ms:.1f} | {ticked.worst_ms:.0f} | {ticked.let_go} "
            f"| {moves} | {share:.0f} % |",
            flush=True,
        )


def _trial(course: TickCourse, rate: int, cores: Cores) -> tuple[Ticked, Seen | None]:
    lasts_s = course.warm_s + course.measure_s + _BEYOND_S
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(servers.temporary_folder("mixed"))
        with on_core(cores.others):
            url = stack.enter_context(servers.postgres(durable=True))
        server = servers.MadangServer(folder, {"DATABASE_URL": url})
        rides, scripts = _prepared(course.matches, int(rate * lasts_s) // MOVES_AT_LEAST, server.environ)
        with on_core(cores.server):
            server.start()
        stack.callback(server.close)
        beside = listener(urlsplit(url).port)
        target = TickTarget("Madang", port=server.port, pid=server.pid, beside=beside, speech="madang", rides=rides)
        if not rate:
            return ticks.trial(target, course, cores), None
        lines, rooms = seated(scripts, 0, server.port)
        load = Load(rate=rate, warm_s=0.5, measure_s=lasts_s - 0.5, slots=_SLOTS, lines=lines, rooms=rooms)
        play = stack.enter_context(trial(server.port, MADANG, load, cores.others))
        pool = stack.enter_context(ThreadPoolExecutor(1))
        ticking = pool.submit(ticks.trial, target, course, cores)
        time.sleep(_RIDERS_COME_S)
        seen, _ = play.play([])
        return ticking.result(), seen


def _prepared(matches: int, rooms: int, environ: dict[str, str]) -> tuple[tuple[Ride, ...], list[Script]]:
    """Matches in the database before the server is there: those that tick, and those that are moved in."""
    command = [sys.executable, "-m", "bench.prepare", "ticks", str(matches)]
    prepared = subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.PIPE)
    scripts: list[Script] = []
    if rooms:
        # Beside what is played, all rooms that are open at the end have moves left.
        prepare(scripts, (rooms + _SLOTS) // 3 + 1, environ)
    return msgspec.json.decode(prepared.stdout, type=tuple[Ride, ...]), scripts
