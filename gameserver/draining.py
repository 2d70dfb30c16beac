"""What `manage.py drain` tells this process: give all matches away, take none, and end if that is wanted too.

The process looks at its own row every second. First it says that it is not ready, so that a proxy sends nobody more;
then it lets go, a batch at a time, at a pace at which the others can take. Undone by telling it nothing again.
"""

from __future__ import annotations

import logging
import os
import signal

from games import hosts, store
from games.driver import Driver
from games.driver.leaving import leave

logger = logging.getLogger(__name__)

# An operator who drains a process waits for it; one row by its key costs the database nothing.
LOOK_S = 1.0
# Looks between "not ready" and the first match that goes: proxies ask every second or two.
NOTICE_LOOKS = 3
# Between batches of 50: 200 matches a second, each with a load and a few reconnects for the others.
PAUSE_S = 0.25


class Draining:
    """One process's. `look` is called every `LOOK_S`."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._looks = 0

    async def look(self) -> None:
        """Do what the host's row says."""
        driver = self._driver
        told = await driver.loading.threads.run(hosts.host_told, driver.host)
        if bool(told) != driver.draining:
            driver.draining = bool(told)
            self._looks = 0
            logger.warning("told to drain: no new matches here" if told else "not draining any more")
        if not driver.draining:
            return
        self._looks += 1
        if self._looks > NOTICE_LOOKS:
            await self._empty(told)

    async def _empty(self, told: str) -> None:
        driver = self._driver
        if driver.live:
            logger.info("drained of %d matches", await leave(driver, pause_s=PAUSE_S))
        elif not driver.loading.busy and not await driver.loading.threads.run(_left, driver.host) and told == "stop":
            os.kill(os.getpid(), signal.SIGTERM)  # the planned stop, as if a service manager wanted it


def _left(host: str) -> int:
    """Release what the database still calls this host's though nothing is in memory: a release that failed, or a match
    that was given to it. How many there were."""
    leases = store.leases_of(host)
    store.leases_release(host, leases)
    return len(leases)
