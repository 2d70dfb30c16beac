"""The servers that are measured, each started on one core: ours here, the others in `rivals.py`."""

from __future__ import annotations

import contextlib
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

import msgspec

from bench.generator import Dialect, Expect, Line, Room, Seat, say, upgrade
from bench.load import Script
from bench.ticking import Ride
from tests import servers

ROOT = Path(__file__).resolve().parent.parent
# To begin to prepare takes a second, each match another millisecond: enough for the repetitions.
_AHEAD = 3
# `rooms(count, watchers)`: their lines, and that many fresh rooms of two players with so many who only watch.
Rooms = Callable[[int, int], tuple[Sequence[Line], Sequence[Room]]]


class Target:
    """A server that runs. `more`: its other processes; `endless`: its rooms bear any number of inputs; else as many as
    their lines have."""

    def __init__(
        self,
        name: str,
        *,
        port: int,
        pid: int,
        beside: int | None,
        dialect: Dialect,
        rooms: Rooms,
        endless: bool = True,
        more: Sequence[int] = (),
    ) -> None:
        self.name, self.port, self.pids, self.beside = name, port, (pid, *more), beside
        self.dialect, self.rooms, self.endless = dialect, rooms, endless


class TickTarget(NamedTuple):
    """A server whose matches tick once their riders are connected; `speech`: how it speaks to them."""

    name: str
    port: int
    pid: int
    beside: int | None
    speech: str
    rides: tuple[Ride, ...]


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


@contextlib.contextmanager
def madang_on_sqlite(cores: Cores) -> Iterator[Target]:
    with _madang("Madang, SQLite", cores, {}, None) as target:
        yield target


@contextlib.contextmanager
def madang_without_journal(cores: Cores) -> Iterator[Target]:
    """Nothing is stored, as with the others that store nothing."""
    with _madang("Madang, nothing stored", cores, {}, None, module="bench.forgetful") as target:
        yield target


@contextlib.contextmanager
def madang_on_postgres(cores: Cores, entries: int = 0) -> Iterator[Target]:
    """`entries`: the lines that each record has already when its match is played."""
    with contextlib.ExitStack() as stack:
        with on_core(cores.others):
            url = stack.enter_context(servers.postgres(durable=True))
        yield stack.enter_context(
            _madang("Madang, PostgreSQL", cores, {"DATABASE_URL": url}, listener(urlsplit(url).port), entries=entries)
        )


MADANG = Dialect(b'{"type":"update"', (b'{"type":"reject"', b'{"type":"error"'))


@contextlib.contextmanager
def _madang(
    name: str,
    cores: Cores,
    environ: dict[str, str],
    beside: int | None,
    *,
    module: str = "gameserver",
    entries: int = 0,
) -> Iterator[Target]:
    with servers.temporary_folder("bench") as folder:
        server = servers.MadangServer(folder, environ)
        server.module = module
        scripts: list[Script] = []
        prepare(scripts, 1, server.environ, entries)
        with on_core(cores.server):
            server.start()

        def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
            prepare(scripts, count, server.environ, entries)
            return seated([scripts.pop() for _ in range(count)], watchers, server.port)

        try:
            yield Target(
                name, port=server.port, pid=server.pid, beside=beside, dialect=MADANG, rooms=rooms, endless=False
            )
        finally:
            server.close()


def prepare(scripts: list[Script], count: int, environ: dict[str, str], entries: int = 0) -> None:
    """So many matches at least that nobody has played, in the database of a server with this environment; with
    `entries` lines in each record."""
    if len(scripts) < count:
        more = count if entries else _AHEAD * count
        command = [sys.executable, "-m", "bench.prepare", "moves", str(more), str(entries)]
        done = subprocess.run(command, cwd=ROOT, env=environ, check=True, stdout=subprocess.PIPE)
        scripts += msgspec.json.decode(done.stdout, type=list[Script])


def seated(scripts: Sequence[Script], watchers: int, port: int) -> tuple[Sequence[Line], Sequence[Room]]:
    """Prepared matches as rooms; matches that are played alike share a line."""
    lines = {
        script.moves: number for number, script in enumerate({script.moves: script for script in scripts}.values())
    }
    welcome, strange = Expect(b'{"type":"welcome"'), say('{"type":"hello"}')
    rooms = []
    for script in scripts:
        request = upgrade(script.paths[0], port)
        players = (Seat(request, (say(hello), welcome)) for hello in script.hellos)
        rooms.append(Room(lines[script.moves], (*players, *[Seat(request, (strange, welcome))] * watchers)))
    return [Line(tuple((seat, say(move)) for seat, move in moves)) for moves in lines], rooms


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
