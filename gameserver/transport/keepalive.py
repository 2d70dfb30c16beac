"""Who is still there: every socket of a server is pinged in turn, and dropped where no answer comes. One timer for all.

Sockets wait equally long, so each of two lists is in the order of what is due. A timer and a task for every socket, as
servers usually have, would be half a kilobyte each.
"""

from __future__ import annotations

import asyncio
from itertools import takewhile
from typing import Final, Protocol

# Seconds between two looks; a ping is late by one at most.
LOOK_S: Final = 1.0


class Watched(Protocol):
    """A socket."""

    def ping(self) -> None:
        """Ask."""

    def silent(self) -> None:
        """There was no answer."""


class Keepalive:
    """Asks each socket `interval_s` after its last answer, and waits `timeout_s` for the next; None: for ever."""

    def __init__(self, interval_s: float, timeout_s: float | None) -> None:
        self._interval_s = interval_s
        self._timeout_s = timeout_s
        self._look_s = min(LOOK_S, interval_s / 4)
        self._loop = asyncio.get_running_loop()
        self._rests: dict[Watched, float] = {}
        self._asked: dict[Watched, float] = {}
        self._timer: asyncio.TimerHandle | None = None

    def add(self, socket: Watched) -> None:
        """Watch it from now on."""
        self._rests[socket] = self._loop.time() + self._interval_s
        if self._timer is None:
            self._timer = self._loop.call_later(self._look_s, self._look)

    def discard(self, socket: Watched) -> None:
        """Watch it no longer."""
        self._rests.pop(socket, None)
        self._asked.pop(socket, None)

    def answered(self, socket: Watched) -> None:
        """A pong came, whether it was asked for or not."""
        if self._asked.pop(socket, None) is not None:
            self.add(socket)

    def _look(self) -> None:
        now_s = self._loop.time()
        for socket in _due(self._asked, now_s):
            self.discard(socket)
            socket.silent()
        for socket in _due(self._rests, now_s):
            self.discard(socket)
            self._ask(socket, now_s)
        again = self._rests or self._asked
        self._timer = self._loop.call_later(self._look_s, self._look) if again else None

    def _ask(self, socket: Watched, now_s: float) -> None:
        if self._timeout_s is None:
            self._rests[socket] = now_s + self._interval_s
        else:
            self._asked[socket] = now_s + self._timeout_s
        socket.ping()


def _due(waiting: dict[Watched, float], now_s: float) -> list[Watched]:
    return [socket for socket, due_s in takewhile(lambda item: item[1] <= now_s, waiting.items())]
