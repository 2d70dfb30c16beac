"""Inputs that wait for the next tick, seat by seat. Pure.

`match.py` owns one for a real-time match: it adds what arrives and takes what applies at a tick.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from games.host import bots
from games.host.entries import Sit
from games.host.fold import Fold

# A seat of a game that wants every input may be a second ahead at 30 ticks; who sends faster than ticks come is told to
# send again, rather than being seen later and later.
WAITING_INPUTS = 32


class Steering:
    """`every`: each input has a tick of its own; else the newest of a seat counts, and stands for those before it."""

    __slots__ = ("_bots", "_every", "_sitting", "_waiting")

    def __init__(self, *, every: bool) -> None:
        self._every = every
        # Of seats for which something waits, and of no others: most ticks have nothing to look at.
        self._waiting: dict[int, deque[tuple[int, Any]]] = {}
        self._sitting: Mapping[int, Sit] = {}
        self._bots: list[int] = []

    def add(self, seat: int, c: int, move: Any) -> bool:
        """Keep an input for a tick; False: too many wait. One whose number is not above the last is passed over."""
        waiting = self._waiting.get(seat)
        if waiting is None:
            waiting = self._waiting[seat] = deque()
        if waiting and waiting[-1][0] >= c:
            return True
        if not self._every:
            waiting.clear()
        elif len(waiting) >= WAITING_INPUTS:
            return False
        waiting.append((c, move))
        return True

    def take(self, fold: Fold) -> tuple[dict[int, tuple[int, Any]], list[tuple[int, int]]]:
        """What applies at the next tick of `fold`, `{seat: (c, move)}`, and what is illegal there, `[(seat, c)]`."""
        moves: dict[int, tuple[int, Any]] = {}
        refused: list[tuple[int, int]] = []
        for seat in tuple(self._waiting):
            waiting = self._waiting[seat]
            c, move = waiting.popleft()
            if not waiting:
                del self._waiting[seat]
            if move in fold.turns.get(seat, ()):
                moves[seat] = (c, move)
            else:
                refused.append((seat, c))
        if fold.sitting is not self._sitting:
            self._sitting, self._bots = fold.sitting, bots.seats_of(fold.sitting)
        if self._bots:
            for seat in bots.to_steer(fold, self._bots):
                moves[seat] = (fold.cs[seat] + 1, bots.choose(fold, seat))
        return moves, refused

    def drop(self) -> None:
        """Nothing waits any more."""
        self._waiting.clear()
