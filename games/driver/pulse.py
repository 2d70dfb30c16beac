"""How sure this host may be that it is alive for the others, and that they are alive for it.

The heartbeat's thread (`gameserver/heart.py`) writes it, the event loop stamps it, the driver asks it at every input
and tick: by comparing times, since after a process was frozen timers fire before any task could act. Decides nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable

# A heartbeat every 2 s against a lease of 6 s: two may be lost before others may think this host dead.
BEAT_S = 2.0
TTL_S = 6.0
# Two seconds before others may take what is ours we stop: more than a heartbeat and its answer take on their way.
PAUSE_S = 4.0
# Beats sent further apart than this were not in a row: the process, or the database, stood still between them.
ROW_GAP_S = 1.5 * BEAT_S
# A loop that has not come by for a second serves nobody; its host should not look alive.
STAMP_S = 1.0


class Pulse:
    """`beats`, `missed` and `pauses` are for metrics. All times are monotonic seconds."""

    __slots__ = ("_clock", "_row_since_s", "_sent_s", "beats", "missed", "pauses", "renewed_s", "stamped_s", "stood_s")

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """As if a renewal had just been sent: whoever registers a host has just done that."""
        self._clock = clock
        self.renewed_s = self.stamped_s = self._sent_s = clock()
        self.stood_s = 0.0
        """When the loop stood still since the last renewal, from when on; else 0."""
        self._row_since_s: float | None = None
        self.beats = self.missed = self.pauses = 0

    @property
    def lapsed(self) -> bool:
        """Whether nothing may be accepted or shown now: others may soon believe this host dead."""
        return self.lapsed_at(self._clock())

    def lapsed_at(self, now_s: float) -> bool:
        """The same, for who has just looked at the monotonic clock."""
        return now_s - self.renewed_s > PAUSE_S

    @property
    def may_expire(self) -> bool:
        """Whether leases may be taken from hosts whose TTL is over: our own heartbeats have come through in a row for
        at least one TTL, so an outage of the database expires nobody."""
        row = self._row_since_s
        return row is not None and self._sent_s - row >= TTL_S and not self.lapsed

    def stamp(self) -> None:
        """The loop is alive. Called on it several times a second."""
        now = self._clock()
        if now - self.stamped_s > STAMP_S and not self.stood_s:
            self.stood_s = self.stamped_s
        self.stamped_s = now

    @property
    def stamped(self) -> bool:
        """Whether the loop has come by within the last second."""
        return self._clock() - self.stamped_s <= STAMP_S

    def beat(self, sent_s: float) -> None:
        """A heartbeat that was sent then has come through; three of them over a TTL make a row."""
        self.beats += 1
        if self._row_since_s is None or sent_s - self._sent_s > ROW_GAP_S:
            self._row_since_s = sent_s
        self._sent_s = sent_s

    def miss(self) -> None:
        """A heartbeat failed: what others did meanwhile is unknown, the row begins anew."""
        self.missed += 1
        self._row_since_s = None

    def renew(self, sent_s: float) -> bool:
        """Others believe this host alive, counted from when the renewal was sent; whether that suffices."""
        self.renewed_s = max(self.renewed_s, sent_s)
        self.stood_s = 0.0
        return not self.lapsed
