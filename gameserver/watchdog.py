"""The watchdog: a thread that sees a match whose step does not return, says so in its lease, and ends the process.

Owned by `process.py`. The driver notes the match that it calls; nothing can take the loop back from rules that hang, so
the other matches are better off with another process. A step inside one call of C that never lets Python's lock go is
beyond it: that process falls silent, and loses its leases after the TTL.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Callable

from django.db import Error as DatabaseError
from django.db import connection

from games import store
from games.driver import Driver
from games.driver.live import Live
from gameserver.heart import connect_apart

logger = logging.getLogger(__name__)

# A step is a millisecond; a quarter of a second is one that players of other matches feel.
SLOW_S = 0.25
# Beyond three seconds it will not end; with the takeover by others that makes less than eight.
HUNG_S = 3.0
# Five looks at a step before it counts as slow; a look takes microseconds.
LOOK_S = 0.05
# The database must learn whom we suspect; if it is away, the process ends all the same.
LAST_WORDS_S = 2.0
# sysexits' EX_SOFTWARE: a fault inside, and not in how it was called.
EXIT_CODE = 70


class Watchdog:
    """`slow_steps` is for metrics: steps that took longer than a quarter of a second."""

    def __init__(
        self,
        driver: Driver,
        *,
        beside: Callable[[], None],
        bites: bool = True,
        clock: Callable[[], float] = time.monotonic,
        end: Callable[[int], object] = os._exit,
    ) -> None:
        """`beside` is called at every look. `bites`: not under a debugger, where a step may last for ever."""
        self.slow_steps = 0
        self._driver = driver
        self._beside = beside
        self._bites = bites
        self._clock = clock
        self._end = end
        self._looked_s = clock()
        self._step = 0
        self._hung_s = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watchdog", daemon=True)

    def start(self) -> None:
        """Look from now on."""
        self._thread.start()

    def stop(self) -> None:
        """No more looks."""
        self._stop.set()
        self._thread.join()

    def look(self) -> None:
        """See whether the step of the last look still runs."""
        now = self._clock()
        # A process that was frozen finds a long time gone in which no step could run: that is not the step's.
        passed_s, self._looked_s = min(now - self._looked_s, 2 * LOOK_S), now
        step, live = self._driver.steps, self._driver.stepping
        if live is None or step != self._step:
            self._step, self._hung_s = step, 0.0
            return
        before, self._hung_s = self._hung_s, self._hung_s + passed_s
        if before < SLOW_S <= self._hung_s:
            self.slow_steps += 1
            logger.warning("match %s: a step of %s takes longer than 250 ms", *_named(live))
        if self._hung_s >= HUNG_S and self._bites:
            self._give_up(live)

    def _run(self) -> None:
        while not self._stop.wait(LOOK_S):
            self.look()
            self._beside()

    def _give_up(self, live: Live) -> None:
        logger.critical("match %s: a step of %s does not end; ending the process, so that others go on", *_named(live))
        # In a thread of its own: a database that does not answer must not keep this process from ending.
        words = threading.Thread(target=_suspect, args=(live, self._driver.host), daemon=True)
        words.start()
        words.join(LAST_WORDS_S)
        self._end(EXIT_CODE)


def _named(live: Live) -> tuple[str, str]:
    rules = live.match.fold.rules
    return live.match.header.facts.public_id, f"{rules.name} edition {rules.edition}"


def _suspect(live: Live, host: str) -> None:
    connect_apart()
    try:
        store.match_suspect(live.match.header.id, host)
    except DatabaseError:
        logger.exception("nobody could be told that match %s hangs", _named(live)[0])
    finally:
        connection.close()
