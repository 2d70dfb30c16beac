"""The servers that are measured, each started on one core, and the matches that are played on them."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from bench.load import Script
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
# The peer's matches have no end: each script is as long as any trial needs.
Matches = Callable[[int, int], list[Script]]


class Target:
    """A server that runs. `matches(count, moves)` gives `count` matches that can bear `moves` moves each."""

    def __init__(
        self, name: str, *, port: int, pid: int, beside: int | None, updates: str, ready: str, matches: Matches
    ) -> None:
        self.name, self.port, self.pid, self.beside = name, port, pid, beside
        self.updates, self.ready, self.matches = updates, ready, matches


@contextlib.contextmanager
def on_core(core: int) -> Iterator[None]:
    """What is started inside the block runs on this core alone, with all its threads and children."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


class Cores:
    """The server has one to itself; the generator, databases and Redis share another."""

    def __init__(self) -> None:
        mine = sorted(os.sched_getaffinity(0))
        self.server, self.others = mine[0], mine[-1]


# ── Madang ──────────────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def madang_on_sqlite(cores: Cores, supply: int) -> Iterator[Target]:
    with _madang("Madang, SQLite", cores, supply, {}, None) as target:
        yield target


@contextlib.contextmanager
def madang_on_postgres(cores: Cores, supply: int) -> Iterator[Target]:
    with contextlib.ExitStack() as stack:
        with on_core(cores.others):
            url = stack.enter_context(servers.postgres(durable=True))
        yield stack.enter_context(
            _madang("Madang, PostgreSQL", cores, supply, {"DATABASE_URL": url}, listener(urlsplit(url).port))
        )


@contextlib.contextmanager
def _madang(name: str, cores: Cores, supply: int, environ: dict[str, str], beside: int | None) -> Iterator[Target]:
    with servers.temporary_folder("bench") as folder:
        server = servers.MadangServer(folder, environ)
        command = [sys.executable, "-m", "bench.prepare", "moves", str(supply)]
        prepared = subprocess.run(command, cwd=ROOT, env=server.environ, check=True, stdout=subprocess.PIPE)
        scripts = msgspec.json.decode(prepared.stdout, type=list[Script])
        with on_core(cores.server):
            server.start()
        try:
            yield Target(
                name,
                port=server.port,
                pid=server.pid,
                beside=beside,
                updates='{"type":"update"',
                ready='{"type":"welcome"',
                matches=lambda count, moves: [scripts.pop() for _ in range(count)],
            )
        finally:
            server.close()


def listener(port: int | None) -> int:
    """The process that listens on a port of ours: PostgreSQL's parent process, or Redis."""
    inode = {
        line.split()[9]
        for line in Path("/proc/net/tcp").read_text().splitlines()[1:]
        if line.split()[3] == "0A" and int(line.split()[1].split(":")[1], 16) == port
    }
    for fd in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if fd.readlink().name.removeprefix("socket:[").removesuffix("]") in inode:
                return int(fd.parts[2])
    raise RuntimeError(f"nobody listens on port {port}")


# ── stock Channels ──────────────────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def stock_in_memory(cores: Cores, supply: int) -> Iterator[Target]:
    with _stock("stock Channels, in-memory layer", cores, {}, None) as target:
        yield target


@contextlib.contextmanager
def stock_on_redis(cores: Cores, supply: int) -> Iterator[Target]:
    with contextlib.ExitStack() as stack:
        with on_core(cores.others):
            url = stack.enter_context(servers.redis())
        beside = listener(urlsplit(url).port)
        yield stack.enter_context(_stock("stock Channels, Redis pub/sub", cores, {"REDIS_URL": url}, beside))


@contextlib.contextmanager
def _stock(name: str, cores: Cores, environ: dict[str, str], beside: int | None) -> Iterator[Target]:
    port = servers.free_port()
    options = ["--port", str(port), "--log-level", "warning", "--lifespan", "off"]
    command = [sys.executable, "-m", "uvicorn", "bench.peers.stock_channels.asgi:application", *options]
    with servers.temporary_folder("stock") as folder:
        log = folder / "log"
        with log.open("wb") as output, on_core(cores.server):
            changes = {"PYTHONPATH": str(ROOT), **environ}
            env = servers.environment(folder, changes)
            child = subprocess.Popen(command, cwd=folder, env=env, stdout=output, stderr=output)
        try:
            servers.wait_until(lambda: servers.listens(port), name, child, log)
            yield Target(
                name, port=port, pid=child.pid, beside=beside, updates='{"type": "update"', ready="", matches=_relayed
            )
        finally:
            servers.end(child)


def _relayed(count: int, moves: int) -> list[Script]:
    played = tuple((n % 2, f'{{"type":"move","c":{n // 2 + 1},"m":{n % 7}}}') for n in range(moves))
    return [Script((f"/ws/match/m{number}/0", f"/ws/match/m{number}/1"), (), played) for number in range(count)]


TARGETS = (madang_on_sqlite, madang_on_postgres, stock_in_memory, stock_on_redis)
