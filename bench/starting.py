"""How soon a server is there: `python -m bench start`.

From the process's start until it has answered a page and accepted a WebSocket, with a new data folder (tables are made,
static files collected) and with the same one again. The code is compiled, as after the first start of all.
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Final, NamedTuple

from bench.meters import cpu_s, rss_bytes
from bench.targets import ROOT
from tests import servers

FULL: Final = 5
QUICK: Final = 1
# Between two looks whether the server listens, which it does from early on; then it answers as soon as it can.
LOOK_S: Final = 0.002
PATIENCE_S: Final = 60.0


class Start(NamedTuple):
    """One start: seconds on the clock and of CPU, and the resident memory afterwards."""

    wall_s: float
    cpu_s: float
    rss_bytes: int


def run(times: int) -> None:
    """Measure, and print the table."""
    first, again = [], []
    for _ in range(times):
        with servers.temporary_folder("starting") as folder:
            first.append(_start(folder))
            again.append(_start(folder))
    print(f"\nuntil a page and a WebSocket are there; median of {times}\n")
    print("| start | seconds | CPU seconds | MB of memory |\n|---|---|---|---|")
    for name, starts in (("first: new database, static files", first), ("again", again)):
        shown = [f"{median(one.wall_s for one in starts):.2f}", f"{median(one.cpu_s for one in starts):.2f}"]
        print(f"| {name} | {' | '.join(shown)} | {median(one.rss_bytes for one in starts) / 1e6:.0f} |", flush=True)


def _start(folder: Path) -> Start:
    port, began = servers.free_port(), time.monotonic()
    with _server(folder, port) as child:
        _answer(port, "GET / HTTP/1.1\r\n", "HTTP/1.1 200")
        upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
        key = f"Sec-WebSocket-Key: bWFkYW5nLm1hZGFuZy4xMg==\r\nOrigin: http://127.0.0.1:{port}\r\n"
        _answer(port, f"GET /ws/lobby HTTP/1.1\r\n{upgrade}{key}", "HTTP/1.1 101")
        return Start(time.monotonic() - began, cpu_s(child.pid), rss_bytes(child.pid))


@contextmanager
def _server(folder: Path, port: int) -> Iterator[subprocess.Popen[bytes]]:
    environ = servers.environment(folder / "data", {"PORT": str(port)})
    environ.pop("PYTHONDONTWRITEBYTECODE", None)
    with (folder / "log").open("ab") as log:
        child = subprocess.Popen([sys.executable, "-m", "gameserver"], stdout=log, stderr=log, env=environ, cwd=ROOT)
    try:
        yield child
    finally:
        servers.end(child)


def _answer(port: int, request: str, wanted: str) -> None:
    """Send the request as soon as anybody listens, and wait for the answer."""
    with _connected(port) as connection:
        connection.sendall(f"{request}Host: 127.0.0.1:{port}\r\n\r\n".encode())
        said = connection.recv(4096).decode(errors="replace")
    if not said.startswith(wanted):
        raise SystemExit(f"The server answered {said.splitlines()[:1]} instead of {wanted}.")


def _connected(port: int) -> socket.socket:
    deadline = time.monotonic() + PATIENCE_S
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        except OSError:
            if time.monotonic() > deadline:
                raise
            time.sleep(LOOK_S)
