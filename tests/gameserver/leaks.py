"""Connections that come and go, and what they leave: `python -m tests.gameserver.leaks 100000` prints it as it goes
(with DJANGO_SETTINGS_MODULE=gameserver.settings).

A lean version of it is among the tests of the transport.
"""

from __future__ import annotations

import gc
import socket
import struct
import sys
import time
from pathlib import Path
from typing import Any

import django

if __name__ == "__main__":
    django.setup()

from tests.gameserver.raw import OP_TEXT, REQUEST, Peer, close, echo, frame, serving, wait_until

WAYS = ("close", "vanish", "reset", "break", "refuse")


def come_and_go(port: int, server: Any, times: int) -> None:
    """By turns in each way; returns when the server has noticed."""
    for turn in range(times):
        _once(port, WAYS[turn % len(WAYS)])
    wait_until(lambda: not server.server_state.connections and not server.server_state.tasks)
    time.sleep(0.05)  # what picows asks of the loop 10 ms after a failure


def _once(port: int, way: str) -> None:
    request = REQUEST.replace(b"13\r\n\r\n", b"12\r\n\r\n") if way == "refuse" else REQUEST
    with Peer(port, request) as peer:
        if way == "close":
            peer.send(frame(OP_TEXT, b"hi") + close())
            peer.rest()
        elif way == "break":
            peer.send(frame(0x3, b""))
            peer.rest()
        elif way == "reset":
            peer.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def alive() -> int:
    """Objects that Python's collector knows."""
    gc.collect()
    return len(gc.get_objects())


def resident_kib() -> int:
    """Of this process, in which the server is a thread."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def main(times: int) -> None:
    with serving(echo, ws_ping_interval=20.0) as (port, server):
        for done in range(0, times + 1, times // 10):
            print(f"{done:>7} connections: {alive():>6} objects, {resident_kib()} KiB", flush=True)
            come_and_go(port, server, times // 10)


if __name__ == "__main__":
    main(int(sys.argv[1]))
