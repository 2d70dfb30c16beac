"""Handing a live match to another process: freeze, flush, one update of the lease, and close its connections.

Called by `Driver.give`. Until the update nothing is lost by giving up: the match thaws and goes on here.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from django.db import Error as DatabaseError

from games import store
from games.driver.live import Live
from games.protocol.codes import Close

if TYPE_CHECKING:
    from games.driver.core import Driver

logger = logging.getLogger(__name__)

# What is under way is stored within milliseconds; a journal that needs longer is no moment for a handover.
FLUSH_S = 2.0


async def give(driver: Driver, live: Live, to_host: str) -> bool:
    """Whether `to_host` owns the match now; its connections were then closed with `moved`."""
    if live.held or driver.stopping:
        return False
    live.giving = True
    try:
        given = await _flushed(driver, live) and await _handed_over(driver, live, to_host)
    finally:
        live.giving = False
    if driver.live.get(live.match.header.id) is not live:
        return given
    if given:
        driver.given += 1
        driver.drop(live, Close.MOVED)
    else:
        driver.thaw(live)
    return given


async def _flushed(driver: Driver, live: Live) -> bool:
    live.run(live.match.tail.gather)
    try:
        async with asyncio.timeout(FLUSH_S):
            await driver.journal.flushed()
            await driver.spoken.flush()
    except TimeoutError:
        return False
    return not live.match.tail.unstored and not live.refolding


async def _handed_over(driver: Driver, live: Live, to_host: str) -> bool:
    """An answer that never came leaves the lease to whom it may: if it is theirs, our next append is refused."""
    header = live.match.header
    try:
        return await driver.loading.threads.run(store.lease_give, header.id, driver.host, header.facts.epoch, to_host)
    except DatabaseError as error:
        logger.warning("match %s was not handed over: %s", header.facts.public_id, error)
        return False
