"""What every process does for those who look for a match: bring them together, and end what has lapsed.

Runs beside the connections (`gameserver/beside.py`) on the event loop; the work itself is on the process's database
threads. It decides nothing: services do.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Event

from games import hints
from games.finding import services
from players.threads import DatabaseThreads

LOOK_S = 0.1
"""How soon somebody who has just come is looked at: before anyone notices, and without a query when nobody came."""
PASS_S = 1.0
"""Windows widen by a few points a second; and so long a process sleeps over what happened in another one."""
TIDY_S = 60.0
"""What nobody sees: challenges beyond their time are not shown anyway."""


class Finder:
    """One for each process, made when it starts."""

    def __init__(self, threads: DatabaseThreads, now_s: Callable[[], float] = time.monotonic) -> None:
        self._threads = threads
        self._now_s = now_s
        self._woken = Event()
        self._pass_at_s = self._tidy_at_s = 0.0
        # For as long as the process lives.
        hints.listen(hints.SEEKS, lambda _: self._woken.set())

    async def look(self) -> None:
        """Look at the queues, if somebody has come or it is time."""
        now_s = self._now_s()
        if now_s < self._pass_at_s and not self._woken.is_set():
            return
        self._woken.clear()
        self._pass_at_s = now_s + PASS_S
        await self._threads.run(_pass)
        if now_s >= self._tidy_at_s:
            self._tidy_at_s = now_s + TIDY_S
            await self._threads.run(_tidy)


def _pass() -> None:
    services.seeks_sweep()
    services.pairings_expire()
    services.queues_pass()


def _tidy() -> None:
    services.challenges_expire()
    services.parties_expire()
    services.traces_sweep()
