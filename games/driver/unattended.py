"""What a match needs while nobody looks at it: whether it stays in memory, and when somebody must have it again.

The driver asks before it lets a match go, and its sweep brings back what has fallen due. A clock for one sitting runs
on in memory to its flag, since a gap of ownership is charged to nobody; correspondence goes on without memory, by the
database's clock.
"""

from __future__ import annotations

import logging
import time
from datetime import timedelta
from typing import TYPE_CHECKING

from games import sweeps
from games.driver.live import Live
from games.host.entries import MatchId
from games.host.match import LiveMatch
from games.rules.catalog import every_game

if TYPE_CHECKING:
    from games.driver.core import Driver

logger = logging.getLogger(__name__)

# After a planned stop players come back within seconds, and the process they reach should own the match; only then may
# another's sweep take it.
COMES_BACK_MS = 10_000
# Matches brought back in one sweep, each a load of milliseconds; the others wait for the next one.
AT_ONCE = 50
# A match that was found and could not be loaded is looked for again for so long.
AGAIN = timedelta(minutes=5)


def stays(match: LiveMatch) -> bool:
    """Whether its time runs by this process alone."""
    control = match.fold.control
    if control is None or not _running(match):
        return False
    # The end of a pause is this process's to see, too.
    return control.kind != "correspondence" or match.fold.paused_by is not None


def due_in_ms(match: LiveMatch, now_ms: int) -> int | None:
    """In how many milliseconds somebody must have the match again; None: not before somebody looks."""
    control = match.fold.control
    if not _running(match):
        return None
    if control is None:
        return COMES_BACK_MS if match.fold.hz else None
    flag_at_ms = match.alarms.flag_at_ms()
    if flag_at_ms is None or control.kind != "correspondence":
        return COMES_BACK_MS
    return max(0, flag_at_ms - now_ms)


def _running(match: LiveMatch) -> bool:
    return match.fold.status == "live" and match.fold.outcome is None


class Sweep:
    """Called every few seconds. Remembers when it last came through, so that an outage hides nothing from it."""

    def __init__(self, driver: Driver) -> None:
        self._driver = driver
        self._done_s: float | None = None

    async def bring_back(self) -> None:
        """Load what has fallen due, and what runs though nobody has it. Raises DatabaseError."""
        driver, now_s = self._driver, time.monotonic()
        if driver.pulse.lapsed:
            return
        within = None if self._done_s is None else timedelta(seconds=now_s - self._done_s) + AGAIN
        found = await driver.loading.threads.run(
            _wanting, driver.host, list(driver.live), driver.pulse.may_expire, within
        )
        for match in found:
            if driver.stopping:
                return
            if isinstance(await driver.loading.by_id(match), Live):
                driver.brought_back += 1
                logger.info("match %s goes on: its time runs, and nobody had it", match)
        self._done_s = now_s


def _wanting(host: str, here: list[MatchId], may_expire: bool, begun_within: timedelta | None) -> list[MatchId]:
    """One call, so one connection. The same match may be found twice; it is loaded once."""
    ticking = [rules.name for rules in every_game() if rules.hz]
    due = sweeps.matches_due(AT_ONCE, may_expire=may_expire)
    lost = sweeps.matches_orphaned(ticking, AT_ONCE, may_expire=may_expire, begun_within=begun_within)
    return [*due, *lost, *sweeps.matches_stray(host, here, AT_ONCE)]
