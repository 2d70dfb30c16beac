"""One ticker for all real-time matches of the process: fixed steps by the monotonic clock.

The driver adds a match when it begins to tick; one that stops ticking falls out by itself. A late tick is caught up
within a bound; beyond it time is let go, counted, and logged: a server that cannot keep up should say so, not spiral.
"""

from __future__ import annotations

import asyncio
import heapq
import logging
from itertools import count

from games.counts import Buckets
from games.driver.live import Live

logger = logging.getLogger(__name__)

# Ticks in a row for one match that is late: a pause of the collector or of a noisy machine is made up for within them.
CATCH_UP_TICKS = 5
# One line a second at most: overload must not be made worse by telling of it.
LOG_EVERY_S = 1.0
# Seconds: a millisecond is the grain of timers, a tick of 30 in a second takes 33 ms, more than 5 ticks are let go.
LATE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)


class Ticker:
    """`late` and `skipped` are for metrics: how late each tick was done, in seconds, and ticks let go."""

    def __init__(self) -> None:
        self.skipped = 0
        self.late = Buckets(*LATE_S)
        self._loop = asyncio.get_running_loop()
        self._due: list[tuple[float, int, Live]] = []
        self._held: set[Live] = set()
        self._order = count()
        self._timer: asyncio.TimerHandle | None = None
        self._said_at_s = 0.0

    def add(self, live: Live) -> None:
        """Tick `live` from now on, for as long as it wants. A second call changes nothing."""
        if live.ticking and live not in self._held:
            self._held.add(live)
            self._push(self._loop.time() + 1 / live.match.fold.hz, live)
            self._plan()

    def stop(self) -> None:
        """No more ticks."""
        self._due.clear()
        self._held.clear()
        self._plan()

    def _push(self, due_s: float, live: Live) -> None:
        heapq.heappush(self._due, (due_s, next(self._order), live))

    def _plan(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._due[0][0], self._run) if self._due else None

    def _run(self) -> None:
        self._timer = None
        while self._due and self._due[0][0] <= self._loop.time():
            due_s, _, live = heapq.heappop(self._due)
            if not live.ticking:
                self._held.discard(live)
                continue
            self._push(self._tick(live, due_s), live)
        self._plan()

    def _tick(self, live: Live, due_s: float) -> float:
        """Do what is due for one match; when its next tick is."""
        period_s = 1 / live.match.fold.hz
        for _ in range(CATCH_UP_TICKS):
            late_s = self._loop.time() - due_s
            if late_s < 0 or not live.ticking:
                return due_s
            self.late.add(late_s)
            live.tick()
            due_s += period_s
        behind = int((self._loop.time() - due_s) / period_s)
        if behind > 0:
            self._overloaded(behind)
            due_s += behind * period_s
        return due_s

    def _overloaded(self, ticks: int) -> None:
        self.skipped += ticks
        if self._loop.time() - self._said_at_s >= LOG_EVERY_S:
            self._said_at_s = self._loop.time()
            logger.warning("overload: %d ticks let go so far; fewer matches here, or a faster machine", self.skipped)
