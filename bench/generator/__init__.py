"""The load generator, a small C program: compiled here when first needed, given a plan, and asked what it saw.

One core of it drives tens of thousands of inputs a second, where one of Python would itself be what is measured.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import struct
import subprocess
from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from bench.meters import Meter, rss_bytes
from bench.wire import frame, handshake_as
from tests.servers import ROOT, Unavailable, temporary_folder

_SOURCES = Path(__file__).parent
_OPTIONS = ("-std=gnu11", "-D_GNU_SOURCE", "-O2", "-Wall", "-Wextra", "-Werror", "-pedantic")
# To connect thousands of sockets takes seconds, on a busy machine a minute.
_PATIENCE_S = 120.0


class Expect(NamedTuple):
    """Of the opening of a socket: go on when a message has come that begins so. Bytes alone are a frame to send."""

    start: bytes


class Seat(NamedTuple):
    """One socket: its handshake's path and heads, and what must be said and heard before it counts as connected."""

    request: bytes
    opening: tuple[bytes | Expect, ...]


class Room(NamedTuple):
    """Some sockets that are all sent every input's update; `line`: the number of its line of inputs."""

    line: int
    seats: tuple[Seat, ...]


class Line(NamedTuple):
    """Inputs in their order, each the seat that sends it and the whole frame."""

    inputs: tuple[tuple[int, bytes], ...]


class Dialect(NamedTuple):
    """How a server's messages begin: what is an update, what a refusal, and the ping that is answered with `pong`."""

    update: bytes
    ills: tuple[bytes, ...] = ()
    ping: bytes = b""
    pong: bytes = b""


class Load(NamedTuple):
    """`rate`: inputs a second in all, spread evenly over `slots` rooms at a time. `endless`: lines begin again;
    `turns`: an input is sent only after its sender has seen the update of the one before."""

    rate: float
    warm_s: float
    measure_s: float
    slots: int
    lines: Sequence[Line]
    rooms: Sequence[Room]
    endless: bool = False
    turns: bool = True
    arriving: int = 64
    grace_s: float = 2.0


class Seen(msgspec.Struct, frozen=True):
    """What the generator tells at the end. Latencies from when an input was due."""

    inputs: int
    updates: int
    lost: int
    p50_ms: float
    p99_ms: float
    most_ms: float
    ills: tuple[str, ...]


class Measured(msgspec.Struct, frozen=True):
    """A trial: what was seen, and what it cost meanwhile."""

    seen: Seen
    measure_s: float
    server_s: float
    beside_s: float
    generator_s: float
    connection_bytes: float
    connections_per_s: float
    connection_s: float
    """CPU time of the server while everyone connected, for each socket."""
    connecting_p99_ms: float

    @property
    def inputs_per_s(self) -> float:
        return self.seen.inputs / self.measure_s

    @property
    def cpu_us(self) -> float:
        """Of the server, for each update that was delivered."""
        return 1e6 * self.server_s / max(self.seen.updates, 1)


def compiled() -> Path:
    """The program, compiled anew when its sources or their compiler's options have changed."""
    sources = sorted((*_SOURCES.glob("*.c"), *_SOURCES.glob("*.h")))
    mark = sha256(b"".join(one.read_bytes() for one in sources) + repr(_OPTIONS).encode()).hexdigest()[:16]
    program = ROOT / ".tools" / "generator" / mark
    if program.exists():
        return program
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None:
        raise Unavailable("no C compiler for the load generator: install one (Debian and Ubuntu: sudo apt install gcc)")
    program.parent.mkdir(parents=True, exist_ok=True)
    made = program.with_suffix(f".{os.getpid()}")
    units = [one for one in sources if one.suffix == ".c"]
    subprocess.run([compiler, *_OPTIONS, "-o", made, *units, "-lm"], check=True)
    return made.replace(program)


def upgrade(path: str, port: int, *heads: str) -> bytes:
    """A page's handshake at this port of 127.0.0.1."""
    return handshake_as(path, f"Host: 127.0.0.1:{port}", f"Origin: http://127.0.0.1:{port}", *heads)


def say(text: str | bytes) -> bytes:
    """The frame of a text."""
    return frame(text.encode() if isinstance(text, str) else text)


def packed(port: int, dialect: Dialect, load: Load) -> bytes:
    """The plan as `plan.c` reads it."""
    numbers = (port, load.slots, load.arriving, load.endless, load.turns)
    head = struct.pack("<5I4d", *numbers, load.rate, load.warm_s, load.measure_s, load.grace_s)
    parts = [head, *map(_bytes, (dialect.update, dialect.ping, dialect.pong)), _number(len(dialect.ills))]
    parts += map(_bytes, dialect.ills)
    parts.append(_number(len(load.lines)))
    for line in load.lines:
        parts.append(_number(len(line.inputs)))
        parts += (_number(seat) + _bytes(whole) for seat, whole in line.inputs)
    parts.append(_number(len(load.rooms)))
    for room in load.rooms:
        parts += (_number(room.line), _number(len(room.seats)))
        parts += map(_seat, room.seats)
    return b"".join(parts)


def _seat(seat: Seat) -> bytes:
    parts = [_bytes(seat.request), _number(len(seat.opening))]
    for step in seat.opening:
        sent = isinstance(step, bytes)
        parts += (_number(sent), _bytes(step if isinstance(step, bytes) else step.start))
    return b"".join(parts)


def _number(value: int) -> bytes:
    return struct.pack("<I", value)


def _bytes(value: bytes) -> bytes:
    return struct.pack("<I", len(value)) + value


class Trial:
    """A generator at work. Everybody is connected when `trial` yields it."""

    def __init__(self, child: subprocess.Popen[str], connecting: tuple[float, float]) -> None:
        self._child = child
        self.pid = child.pid
        self.connecting_s, self.connecting_p99_ms = connecting

    def play(self, meters: Sequence[Meter]) -> tuple[Seen, list[float]]:
        """Let it play; what it saw, and what each meter counted within its window."""
        assert self._child.stdin is not None
        self._child.stdin.write("\n")
        self._child.stdin.flush()
        _await(self._child, "begin")
        for meter in meters:
            meter.begin()
        _await(self._child, "end")
        spent = [meter.spent_s() for meter in meters]
        output, _ = self._child.communicate(timeout=_PATIENCE_S)
        return msgspec.json.decode(output, type=Seen), spent


def _await(child: subprocess.Popen[str], word: str) -> list[str]:
    assert child.stdout is not None
    line = child.stdout.readline()
    if not line.startswith(word):
        raise RuntimeError(f"the load generator failed before {word!r}: {line}{child.stdout.read()}")
    return line.split()


@contextlib.contextmanager
def trial(port: int, dialect: Dialect, load: Load, core: int) -> Iterator[Trial]:
    """Connect all rooms from that core."""
    with temporary_folder("plan") as folder:
        plan = folder / "plan"
        plan.write_bytes(packed(port, dialect, load))
        command = ["taskset", "-c", str(core), str(compiled()), str(plan)]
        with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
            try:
                _, _, seconds, p99 = _await(child, "connected")
                yield Trial(child, (float(seconds), float(p99)))
            finally:
                child.kill()


def measured(
    port: int, dialect: Dialect, load: Load, *, core: int, server: Sequence[int], beside: int | None
) -> Measured:
    """One trial on the server with these process ids; `beside`: of its database or Redis."""
    count = sum(len(room.seats) for room in load.rooms)
    before, connecting = sum(map(rss_bytes, server)), Meter(*server)
    connecting.begin()
    with trial(port, dialect, load, core) as one:
        connection_s = connecting.spent_s() / count
        grown = (sum(map(rss_bytes, server)) - before) / count
        meters = [Meter(*server), Meter(beside, children=True), Meter(one.pid)]
        seen, (server_s, beside_s, generator_s) = one.play(meters)
    return Measured(
        seen=seen,
        measure_s=load.measure_s,
        server_s=server_s,
        beside_s=beside_s,
        generator_s=generator_s,
        connection_bytes=grown,
        connections_per_s=count / max(one.connecting_s, 1e-9),
        connection_s=connection_s,
        connecting_p99_ms=one.connecting_p99_ms,
    )
