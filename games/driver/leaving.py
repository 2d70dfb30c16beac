"""Giving all matches of a process back, a batch at a time: for the planned stop, and where an operator says `drain`.

Of each batch: frozen, stored, the leases released, and only then its connections closed, so that whoever comes back
finds a match that is free. `Driver.close` and `gameserver/draining.py` call it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from games.driver.live import Live
from games.protocol.codes import Close

if TYPE_CHECKING:
    from games.driver.core import Driver

logger = logging.getLogger(__name__)

# Matches in one batch stand still together, for one flush and one update of leases: some 20 ms.
AT_ONCE = 50
# A database that needs longer for a batch is away: what is left is let go as it is, since a stop must end. Nothing that
# was acknowledged is lost, and the leases lapse with this process.
BATCH_S = 2.0


async def leave(driver: Driver, *, pause_s: float = 0.0) -> int:
    """Let go of every match that is in memory now, with a pause after each batch; how many there were."""
    loop, lives = asyncio.get_running_loop(), list(driver.live.values())
    for start in range(0, len(lives), AT_ONCE):
        began_s = loop.time()
        await _give_back(driver, [live for live in lives[start : start + AT_ONCE] if _here(driver, live)])
        if loop.time() - began_s > BATCH_S:
            logger.warning("the database is too slow for a handover: matches are let go as they are")
            _drop(driver, lives)
        await asyncio.sleep(pause_s)
    return len(lives)


async def _give_back(driver: Driver, lives: Sequence[Live]) -> None:
    if not lives:
        return
    for live in lives:
        live.run(live.match.tail.gather)
        live.giving = True
    try:
        async with asyncio.timeout(BATCH_S):
            await driver.journal.flushed()
            await driver.spoken.flush()
    except TimeoutError:
        logger.warning("%d matches have inputs that were not stored in time", len(lives))
    # A flush that failed, or a fence that refused, has taken some of them away meanwhile.
    left = [live for live in lives if _here(driver, live)]
    held = {live.match.header.id: live.match.header.facts.epoch for live in left}
    await driver.loading.release(held, driver.dues(*left))
    _drop(driver, left)


def _drop(driver: Driver, lives: Sequence[Live]) -> None:
    for live in lives:
        if _here(driver, live):
            driver.drop(live, Close.RESTART)


def _here(driver: Driver, live: Live) -> bool:
    return driver.live.get(live.match.header.id) is live
