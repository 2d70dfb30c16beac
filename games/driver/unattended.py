"""What a match needs while nobody looks at it: whether it stays in memory, and when somebody must have it again.

The driver asks before it lets a match go, and its sweep brings back what has fallen due. A clock for one sitting runs
on in memory to its flag, since a gap of ownership is charged to nobody; correspondence goes on without memory, by the
database's clock.
"""

from __future__ import annotations

import logging
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
    if control is None or not _running(match):
        return None
    flag_at_ms = match.alarms.flag_at_ms()
    if flag_at_ms is None or control.kind != "correspondence":
        return COMES_BACK_MS
    return max(0, flag_at_ms - now_ms)


def _running(match: LiveMatch) -> bool:
    return match.fold.status == "live" and match.fold.outcome is None


async def bring_back(driver: Driver) -> None:
    """Load what has fallen due, and what runs though nobody has it. Called every few seconds."""
    if driver.pulse.lapsed:
        return
    found = await driver.loading.threads.run(_wanting, driver.host, list(driver.live), driver.pulse.may_expire)
    for match in found:
        if driver.stopping:
            return
        if isinstance(await driver.loading.by_id(match), Live):
            driver.brought_back += 1
            logger.info("match %s goes on: its time runs, and nobody had it", match)


def _wanting(host: str, here: list[MatchId], may_expire: bool) -> list[MatchId]:
    """One call, so one connection. The same match may be found twice; it is loaded once."""
    ticking = [rules.name for rules in every_game() if rules.hz]
    due = sweeps.matches_due(AT_ONCE, may_expire=may_expire)
    lost = sweeps.matches_orphaned(ticking, AT_ONCE, may_expire=may_expire)
    return [*due, *lost, *sweeps.matches_stray(host, here, AT_ONCE)]
