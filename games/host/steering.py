"""Inputs that wait for the next tick, seat by seat. Pure.

`match.py` owns one for a real-time match: it adds what arrives and takes what applies at a tick.
"""

from __future__ import annotations

from collections import deque
from typing import Any

from games.host import bots
from games.host.fold import Fold

# A seat of a game that wants every input may be a second ahead at 30 ticks; who sends faster than ticks come is told to
# send again, rather than being seen later and later.
WAITING_INPUTS = 32


class Steering:
    """`every`: each input has a tick of its own; else the newest of a seat counts, and stands for those before it."""

    __slots__ = ("_every", "_waiting")

    def __init__(self, *, every: bool) -> None:
        self._every = every
        self._waiting: dict[int, deque[tuple[int, Any]]] = {}

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
        for seat, waiting in self._waiting.items():
            if waiting:
                c, move = waiting.popleft()
                if move in fold.turns.get(seat, ()):
                    moves[seat] = (c, move)
                else:
                    refused.append((seat, c))
        for seat in bots.to_steer(fold):
            moves[seat] = (fold.cs[seat] + 1, bots.choose(fold, seat))
        return moves, refused

    def drop(self) -> None:
        """Nothing waits any more."""
        self._waiting.clear()
