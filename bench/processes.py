"""Two server processes on two cores beside one, both behind the project's own proxy. Called by `growth.py`.

HAProxy runs with `deploy/haproxy.cfg`, of which only the addresses are replaced: all sockets of a match meet in one
process. PostgreSQL and Redis are shared by both processes.
"""

from __future__ import annotations

import contextlib
import os
import re
import secrets
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from bench.contest import Contest, Unfit
from bench.generator import Line, Measured, Room
from bench.load import Script
from bench.meters import Meter
from bench.targets import MADANG, ROOT, Cores, Target, listener, on_core, prepare, seated
from bench.workloads import Pace, Workload
from tests import servers


class Course(NamedTuple):
    """`ladder`: moves a second, from the lowest until one is not sustained."""

    slots: int
    ladder: tuple[int, ...]
    pace: Pace


FULL = Course(500, (1000, 2000, 4000, 6000, 8000, 10000, 12000, 14000, 16000, 20000), Pace(0.5, 1.5, 2.0, 3))
_COLUMNS = ("processes", "moves/s", "CPU µs per update, all of them", "of the proxy", "p50 ms", "p99 ms", "sustained")


def run(course: Course, cores: Cores) -> None:
    """Measure, and print a table: each climbs until it fails."""
    if (program := shutil.which("haproxy")) is None:
        print("\nleft out: two processes behind the proxy: no haproxy on PATH", flush=True)
        return
    print(
        "\nProcesses behind the proxy, rooms of two: a core each, of which the second has the load and databases too\n"
    )
    print(f"| {' | '.join(_COLUMNS)} |\n|{'---|' * len(_COLUMNS)}")
    for count in (1, 2):
        with _behind(count, program, cores) as (target, proxy):
            try:
                _climb(target, proxy, course, cores)
            except Unfit as why:
                print(f"left out: {why}", flush=True)


def _climb(target: Target, proxy: int, course: Course, cores: Cores) -> None:
    contest = Contest(Workload("processes", course.slots, 0, course.ladder, ()), course.pace, cores)
    for rate in course.ladder:
        sustained = False
        for _ in range(2):  # twice, where it must be, as in `Contest.most`
            meter = Meter(proxy)
            meter.begin()
            found = contest.trial(target, rate, course.pace.measure_s)
            if sustained := contest.sustained(found, rate, course.pace.measure_s):
                break
        row = _row(found, rate, 1e6 * meter.spent_s() / (2 * rate * (course.pace.warm_s + course.pace.measure_s)))
        print(f"| {len(target.pids)} | {' | '.join(row)} | {'yes' if sustained else 'no'} |", flush=True)
        if not sustained:
            return


def _row(found: Measured, rate: int, proxy_us: float) -> tuple[str, ...]:
    seen = found.seen
    return f"{rate:,}", f"{found.cpu_us:.1f}", f"{proxy_us:.0f}", f"{seen.p50_ms:.1f}", f"{seen.p99_ms:.1f}"


@contextlib.contextmanager
def _behind(count: int, program: str, cores: Cores) -> Iterator[tuple[Target, int]]:
    """So many processes as one target at the proxy's port, and the proxy's process id."""
    port, scripts = servers.free_port(), list[Script]()
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(servers.temporary_folder("processes"))
        with on_core(cores.others):
            url, redis = stack.enter_context(servers.postgres(durable=True)), stack.enter_context(servers.redis())
        environ = _environ(url, redis, port)
        prepare(scripts, 1, servers.environment(folder, environ))
        webs = [stack.enter_context(_web(folder / f"{core}", environ, core)) for core in _cores(count, cores)]
        proxy = stack.enter_context(_proxy(program, folder, port, [web.port for web in webs], cores))

        def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
            prepare(scripts, count, webs[0].environ)
            return seated([scripts.pop() for _ in range(count)], watchers, port)

        (pid, *more), beside = [web.pid for web in webs], listener(urlsplit(url).port)
        name = f"Madang, {count} processes"
        yield (
            Target(name, port=port, pid=pid, more=more, beside=beside, dialect=MADANG, rooms=rooms, endless=False),
            proxy,
        )


def _cores(count: int, cores: Cores) -> tuple[int, ...]:
    return (cores.server, cores.others)[:count]


def _environ(url: str, redis: str, port: int) -> dict[str, str]:
    return {
        "DATABASE_URL": url,
        "REDIS_URL": redis,
        "MADANG_SECRET_KEY": secrets.token_urlsafe(48),
        "MADANG_ORIGINS": f"http://127.0.0.1:{port}",
        "MADANG_PROXIES": "127.0.0.1",
    }


@contextlib.contextmanager
def _web(folder: Path, environ: dict[str, str], core: int) -> Iterator[servers.MadangServer]:
    folder.mkdir()
    web = servers.MadangServer(folder, environ)
    try:
        with on_core(core):
            web.start()
        yield web
    finally:
        web.close()


@contextlib.contextmanager
def _proxy(program: str, folder: Path, port: int, webs: Sequence[int], cores: Cores) -> Iterator[int]:
    """HAProxy on the load's core; its worker's process id."""
    path, log = folder / "haproxy.cfg", folder / "haproxy.log"
    path.write_text(configured((ROOT / "deploy" / "haproxy.cfg").read_text(), port, webs))
    environ = {**os.environ, "MADANG_FRONT": "127.0.0.1"}
    with on_core(cores.others), log.open("wb") as output:
        child = subprocess.Popen([program, "-db", "-f", str(path)], env=environ, stdout=output, stderr=output)
    try:
        servers.wait_until(lambda: servers.listens(port), "HAProxy", child, log)
        yield child.pid
    finally:
        servers.end(child)


def configured(text: str, port: int, webs: Sequence[int]) -> str:
    """The proxy's configuration for processes at these ports of this machine instead of those that DNS knows."""
    text = re.sub(r"^resolvers engine\n(?: .*\n)+", "", text, flags=re.MULTILINE)
    text = re.sub(r"^ *default-server resolvers .*\n", "", text, flags=re.MULTILINE)
    here = "\n".join(f"    server web{number} 127.0.0.1:{web}" for number, web in enumerate(webs))
    text = re.sub(r"^ *server-template web .*$", here, text, flags=re.MULTILINE)
    # By number instead of address, as older versions hash: none comes or goes here.
    text = text.replace("hash-key addr ", "").replace("bind :8000", f"bind 127.0.0.1:{port}")
    return text.replace("bind 127.0.0.1:8404", f"bind 127.0.0.1:{servers.free_port()}")
