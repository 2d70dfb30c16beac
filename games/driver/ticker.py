"""One ticker for all real-time matches of the process: fixed steps by the monotonic clock, many matches in one wake-up.

The driver adds a match when it begins to tick; one that stops ticking falls out by itself. A late tick is caught up
within a bound; beyond it time is let go, counted, and logged: a server that cannot keep up should say so, not spiral.
"""

from __future__ import annotations

import asyncio
import logging
import time

from games.counts import Buckets
from games.driver.live import Live, unix_ms

logger = logging.getLogger(__name__)

# Ticks in a row for a beat that is late: a pause of the collector or of a noisy machine is made up for within them.
CATCH_UP_TICKS = 5
# Then sockets are heard before the next tick. A few milliseconds more or less are seen by nobody, but a process with
# many matches, or with large fields of which one takes a millisecond or two, shall not hold up the moves of all others.
TURN_NS = 5_000_000
SECOND_NS = 1_000_000_000
# One line a second at most: overload must not be made worse by telling of it.
LOG_EVERY_S = 1.0
# Seconds: a millisecond is the grain of timers, a tick of 30 in a second takes 33 ms, more than 5 ticks are let go.
LATE_S = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0)


class Beat:
    """All matches of one rate: a wake-up with cold caches costs as much as several ticks, so they share it.

    `number`: of the next tick, as if they had ticked since the clock's zero, so that rates of which one is a multiple
    of another wake together, too; `due_ns`: when it is; `at`: how many have made it already.
    """

    __slots__ = ("at", "due_ns", "hz", "lives", "number")

    def __init__(self, hz: int, now_ns: int) -> None:
        self.hz = hz
        self.lives: list[Live] = []
        self.at = 0
        self.begin(now_ns * hz // SECOND_NS + 1)

    def begin(self, number: int) -> None:
        """This tick is the next."""
        self.number, self.due_ns = number, number * SECOND_NS // self.hz

    def behind(self, now_ns: int) -> int:
        """How many ticks are due."""
        return now_ns * self.hz // SECOND_NS - self.number + 1


class Ticker:
    """`late` and `skipped` are for metrics: how late each tick was done, in seconds, and ticks let go.

    The last of a beat is as late as the ticks of all others take; always so, and players see no difference.
    """

    def __init__(self) -> None:
        self.skipped = 0
        self.late = Buckets(*LATE_S)
        self._loop = asyncio.get_running_loop()
        self._beats: dict[int, Beat] = {}
        self._held: set[Live] = set()
        self._wake: asyncio.Handle | None = None
        self._said_at_s = 0.0

    def add(self, live: Live) -> None:
        """Tick `live` from now on, for as long as it wants. A second call changes nothing."""
        if live not in self._held and live.ticking:
            self._held.add(live)
            hz = live.match.fold.hz
            beat = self._beats.get(hz)
            if beat is None:
                beat = self._beats[hz] = Beat(hz, time.monotonic_ns())
                self._plan()
            beat.lives.append(live)

    def stop(self) -> None:
        """No more ticks."""
        self._beats.clear()
        self._held.clear()
        self._plan()

    def _next(self) -> Beat | None:
        # There are as many beats as rates: two or three.
        return min(self._beats.values(), key=lambda beat: beat.due_ns, default=None)

    def _plan(self) -> None:
        if self._wake is not None:
            self._wake.cancel()
        beat = self._next()
        # uvloop's timers count whole milliseconds, to the nearest: one that fired too early would be set again and
        # again until its time has come, and burn the core meanwhile.
        self._wake = None if beat is None else self._loop.call_at(-(-beat.due_ns // 1_000_000) / 1000, self._run)

    def _run(self) -> None:
        self._wake = None
        now_ns = time.monotonic_ns()
        until_ns = now_ns + TURN_NS
        while (beat := self._next()) is not None and beat.due_ns <= now_ns:
            now_ns = self._ticked(beat, now_ns, until_ns)
            if beat.at < len(beat.lives):
                break  # the time is up, and what is due already goes on when sockets have been heard
            self._go_on(beat, now_ns)
        self._plan()

    def _ticked(self, beat: Beat, now_ns: int, until_ns: int) -> int:
        """Tick those whose turn it is, until all have or the time is up; when that was."""
        lives, due_ns, wall_ms = beat.lives, beat.due_ns, unix_ms()
        while beat.at < len(lives) and now_ns < until_ns:
            live = lives[beat.at]
            if live.ticking_at(now_ns / SECOND_NS):
                self.late.add((now_ns - due_ns) / SECOND_NS)
                now_ns = live.tick(now_ns, wall_ms)
                beat.at += 1
            else:
                del lives[beat.at]
                self._held.discard(live)
        return now_ns

    def _go_on(self, beat: Beat, now_ns: int) -> None:
        """All have ticked: when the next tick is due, so that no more than some must be made up for."""
        beat.at = 0
        beat.begin(beat.number + 1)
        beyond = beat.behind(now_ns) - CATCH_UP_TICKS
        if beyond > 0:
            beat.begin(beat.number + beyond)
            self._overloaded(beyond * len(beat.lives))
        if not beat.lives:
            self._beats.pop(beat.hz, None)

    def _overloaded(self, ticks: int) -> None:
        self.skipped += ticks
        if self._loop.time() - self._said_at_s >= LOG_EVERY_S:
            self._said_at_s = self._loop.time()
            logger.warning("overload: %d ticks let go so far; fewer matches here, or a faster machine", self.skipped)
