"""What loads in Python share: a script of moves, matches played by open loop, and how late each update came.

Used by `loadtest.py`, and by tests that need a crowd. A player moves only after the move before has arrived, as people
do; a move that is late for that reason keeps the time at which it was due, so that a slow server cannot hide its
latency behind the load that it held up.
"""

from __future__ import annotations

import time
from collections.abc import Sequence

import msgspec

from bench.wire import Socket

# Handshakes under way at once: enough to keep a server busy, and below any backlog.
ARRIVING = 64
# What was sent within the window may still arrive so much later; then it counts as lost.
GRACE_S = 2.0
# uvloop's timers have a grain of 1 ms: up to so much of each latency is the generator's own.
GRAIN_S = 0.001


class Script(msgspec.Struct, frozen=True):
    """One match: the paths and first messages of both seats, and all moves as (seat, message)."""

    paths: tuple[str, str]
    hellos: tuple[str, ...]
    moves: tuple[tuple[int, str], ...]


class Tally:
    """What has arrived, and how late."""

    def __init__(self) -> None:
        self.window = (float("inf"), float("inf"))
        self.arrived = 0
        self.latencies_s: list[float] = []
        self.due = 0
        self.ills: list[str] = []

    def note(self, due_s: float, now_s: float) -> None:
        begin, end = self.window
        if begin <= now_s < end:
            self.arrived += 1
        if begin <= due_s < end:
            self.latencies_s.append(now_s - due_s)


class Play:
    """One match under way: what was due, what was sent, what each seat has seen."""

    __slots__ = ("_moves", "_sent", "_tally", "due_s", "seen", "sockets")

    def __init__(self, moves: Sequence[tuple[int, bytes]], tally: Tally) -> None:
        self._moves, self._tally = moves, tally
        self._sent = 0
        self.due_s: list[float] = []
        self.seen = [0, 0]
        self.sockets: list[Socket] = []

    @property
    def sent(self) -> int:
        """Moves so far, of both seats by turns."""
        return self._sent

    @property
    def all_due(self) -> bool:
        return len(self.due_s) == len(self._moves)

    def fall_due(self, due_s: float) -> None:
        """One more move is due."""
        self.due_s.append(due_s)
        self._send()

    def arrived(self, seat: int) -> None:
        """An update has come to `seat`: the next in order, since WebSockets keep it."""
        number = self.seen[seat]
        self.seen[seat] = number + 1
        self._tally.note(self.due_s[number], time.monotonic())
        self._send()

    def _send(self) -> None:
        """Whatever is due, as soon as its mover has seen all that came before."""
        while self._sent < len(self.due_s):
            seat, message = self._moves[self._sent]
            if self.seen[seat] < self._sent:
                return
            self._sent += 1
            self.sockets[seat].send(message)


def quantile(ordered: Sequence[float], share: float) -> float:
    """The value below which `share` of them lie; 0 of none."""
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0
