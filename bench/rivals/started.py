"""What all rivals share: a program that is started on the server's core, and inputs of rooms that go on for ever."""

from __future__ import annotations

import contextlib
import json
import subprocess
import urllib.request
from collections.abc import Iterator, Sequence
from pathlib import Path

from bench.generator import Dialect
from bench.targets import Cores, Rooms, Target, on_core
from tests import servers

# One line for all rooms: by turns, column after column. (seat, number of the input, column)
TURNS = tuple((n % 2, n // 2 + 1, n % 7) for n in range(1400))


@contextlib.contextmanager
def started(
    name: str,
    command: Sequence[str | Path],
    port: int,
    cores: Cores,
    dialect: Dialect,
    rooms: Rooms,
    *,
    environ: dict[str, str] | None = None,
    beside: int | None = None,
    endless: bool = True,
) -> Iterator[Target]:
    with running(name, command, port, cores, environ) as pid:
        yield Target(name, port=port, pid=pid, beside=beside, dialect=dialect, rooms=rooms, endless=endless)


@contextlib.contextmanager
def running(
    name: str, command: Sequence[str | Path], port: int, cores: Cores, environ: dict[str, str] | None = None
) -> Iterator[int]:
    """The process id of a server that listens."""
    with servers.temporary_folder("peer") as folder:
        log, env = folder / "log", servers.environment(folder, {"NODE_ENV": "production", **(environ or {})})
        with log.open("wb") as output, on_core(cores.server):
            child = subprocess.Popen(list(map(str, command)), cwd=folder, env=env, stdout=output, stderr=output)
        try:
            servers.wait_until(lambda: servers.listens(port), name, child, log)
            yield child.pid
        finally:
            servers.end(child)


def posted(url: str, body: object) -> dict[str, str]:
    """The answer of a server of ours to a JSON body."""
    request = urllib.request.Request(url, json.dumps(body).encode(), {"Content-Type": "application/json"})  # noqa: S310
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
        found: dict[str, str] = json.load(answer)
    return found
