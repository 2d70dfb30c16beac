"""Thousands of light connections, those that do not read, floods, and a probe that measures what others feel of them.

The connections are the bench's own, which cost next to nothing, so that what is measured is the server.
"""

from __future__ import annotations

import asyncio
import json
import resource
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Any

import msgspec

from bench.load import Script
from bench.wire import Socket, frame, handshake
from tests.servers import ROOT, MadangServer

# A process and its clients need one descriptor each for every connection, and some for files.
DESCRIPTORS = 16_384
# Handshakes under way at once, while a crowd gathers in peace.
ARRIVING = 100
# A receive buffer of the smallest size: the server's side fills at once.
SMALL_BUFFER_BYTES = 4096
# The version of a match of two before its first move: two entries seated them.
SEATED_V = 2


def raise_descriptors() -> int:
    """As many as allowed, for this process and those that it starts; how many that are."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if most == resource.RLIM_INFINITY else min(DESCRIPTORS, most)
    resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
    return wanted


def prepared(server: MadangServer, matches: int) -> list[Script]:
    """That many matches of two in the database, with tokens for their seats and moves to play."""
    command = [sys.executable, "-m", "bench.prepare", "moves", str(matches)]
    done = subprocess.run(command, env=server.environ, cwd=ROOT, check=True, capture_output=True)
    return msgspec.json.decode(done.stdout, type=list[Script])


class Duel:
    """One match of two connections. `played` is set when both have seen a move made after both were welcomed."""

    def __init__(self, script: Script) -> None:
        self.script, self.move = script, 0
        self.played = asyncio.Event()
        self._settled = asyncio.Event()  # played, or a connection was lost
        self._sockets: list[Socket] = []
        self._welcomed: set[int] = set()
        self._seen: set[int] = set()

    async def connect(self, port: int, seat: int) -> None:
        loop, request = asyncio.get_running_loop(), handshake(self.script.paths[seat], port)
        _, made = await loop.create_connection(
            lambda: Socket(request, lambda told: self._heard(seat, told), self._lost), "127.0.0.1", port
        )
        self._sockets.append(made)
        await made.opened
        made.send(frame(self.script.hellos[seat].encode()))

    def _heard(self, seat: int, told: bytes) -> None:
        if told.startswith(b'{"type":"welcome"'):
            self._welcomed.add(seat)
            mover, message = self.script.moves[self.move]
            if json.loads(told)["v"] > self.move + SEATED_V:
                self._saw(seat)  # it was stored before its sender was lost
            elif len(self._welcomed) == 2:
                self._sockets[mover].send(frame(message.encode()))
        elif told.startswith(b'{"type":"update"') and len(self._welcomed) == 2:
            self._saw(seat)

    def _saw(self, seat: int) -> None:
        self._seen.add(seat)
        if len(self._seen) == 2:
            self.played.set()
            self._settled.set()

    def _lost(self, why: str) -> None:
        self._settled.set()

    async def arrive(self, port: int, patience_s: float) -> None:
        """Both at once; a refused or busy answer is tried again, as clients do, but at once and without mercy."""
        deadline = time.monotonic() + patience_s
        while not self.played.is_set() and time.monotonic() < deadline:
            self._begin()
            try:
                for seat in (0, 1):
                    await self.connect(port, seat)
                await asyncio.wait_for(self._settled.wait(), max(0.1, deadline - time.monotonic()))
            except (OSError, TimeoutError):
                await asyncio.sleep(0.1)

    def _begin(self) -> None:
        self.leave()
        self._sockets = []
        self._settled.clear()
        self._welcomed.clear()
        self._seen.clear()

    def next(self) -> None:
        """Everyone has gone, and will come back for the next move."""
        self.leave()
        self.played.clear()
        self.move += 1

    def leave(self) -> None:
        for one in self._sockets:
            one.end()


async def arrive(duels: list[Duel], port: int, patience_s: float, *, at_once: int) -> float:
    """Everyone, `at_once` matches at a time; after how many seconds the last match was being played."""
    gate, began = asyncio.Semaphore(at_once), time.monotonic()

    async def one(duel: Duel) -> None:
        async with gate:
            await duel.arrive(port, patience_s)

    await asyncio.gather(*map(one, duels))
    missing = sum(not duel.played.is_set() for duel in duels)
    if missing:
        raise AssertionError(f"{missing} of {len(duels)} matches are not being played after {patience_s} s")
    return time.monotonic() - began


class Probe:
    """A spectator that pings twenty times a second. `rtts_s`: what its answers took, since `clear`."""

    EVERY_S = 0.05

    def __init__(self, server: MadangServer, path: str) -> None:
        self.rtts_s: list[float] = []
        self.lost: list[str] = []
        self._port, self._path = server.port, path
        self._sent: dict[int, float] = {}
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Probe:
        loop, request = asyncio.get_running_loop(), handshake(self._path, self._port)
        _, self._socket = await loop.create_connection(
            lambda: Socket(request, self._heard, self.lost.append), "127.0.0.1", self._port
        )
        await self._socket.opened
        self._socket.send(frame(b'{"type":"hello"}'))
        self._task = loop.create_task(self._ping())
        return self

    async def __aexit__(self, *error: object) -> None:
        assert self._task is not None
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        self._socket.end()

    def clear(self) -> None:
        self.rtts_s.clear()

    @property
    def unanswered(self) -> int:
        """Pings older than a second without an answer."""
        return sum(time.monotonic() - sent_s > 1 for sent_s in self._sent.values())

    async def _ping(self) -> None:
        number = 0
        while not self.lost:
            number += 1
            self._sent[number] = time.monotonic()
            self._socket.send(frame(b'{"type":"ping","at":%d}' % number))
            await asyncio.sleep(self.EVERY_S)

    def _heard(self, told: bytes) -> None:
        if told.startswith(b'{"type":"pong"'):
            sent_s = self._sent.pop(json.loads(told)["at"], None)
            if sent_s is not None:
                self.rtts_s.append(time.monotonic() - sent_s)


def deaf(server: MadangServer, path: str) -> socket.socket:
    """A connection that watches and never reads a byte."""
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, SMALL_BUFFER_BYTES)
    made.connect(("127.0.0.1", server.port))
    made.sendall(handshake(path, server.port) + frame(b'{"type":"hello"}'))
    return made


async def flood(server: MadangServer, path: str, frames: int) -> str:
    """As many pings as the line takes; how the server ended it."""
    ended: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def lost(why: str) -> None:
        if not ended.done():
            ended.set_result(why)

    request = handshake(path, server.port)
    _, made = await asyncio.get_running_loop().create_connection(
        lambda: Socket(request, lambda told: None, lost), "127.0.0.1", server.port
    )
    await made.opened
    made.send(frame(b'{"type":"hello"}') + frame(b'{"type":"ping","at":1}') * frames)
    return await asyncio.wait_for(ended, 10)


async def page_s(server: MadangServer, path: str = "/") -> float:
    """How long a page takes; raises where it does not come."""

    def ask() -> float:
        began = time.monotonic()
        with urllib.request.urlopen(server.url + path, timeout=30) as answer:
            answer.read()
        return time.monotonic() - began

    return await asyncio.to_thread(ask)


def spectated(played: Any) -> str:
    """The path of a match of a field."""
    return f"/ws/match/{played.public_id}"
