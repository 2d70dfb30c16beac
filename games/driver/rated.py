"""Ratings beside the matches of a process: what has ended is rated, and who was at it is told.

Whichever process rates a match, its owner tells: for a minute after the end it looks each second whether that has
happened. Called on the loop; all that needs the database runs on the driver's threads.
"""

from __future__ import annotations

import asyncio
import logging
import time
from typing import TYPE_CHECKING

from django.db import Error as DatabaseError

from games.driver.live import Live
from games.host.entries import MatchId
from games.rating.applier import BATCH, rate_finished
from games.rating.horizon import Horizon
from games.rating.told import ratings_told
from players.ratings.services import ratings_unlist
from players.threads import DatabaseThreads

if TYPE_CHECKING:
    from games.driver.core import Driver

logger = logging.getLogger(__name__)

# Who is still there a minute after the end looks at the record or has left; the rating is on either page.
AWAITED_S = 60.0
# Nobody sees so short a wait, and on a busy server several ends are rated in one transaction.
GATHER_S = 0.05


class Ratings:
    """`count`: matches that this process has rated, for operators."""

    def __init__(self, driver: Driver, *, threads: DatabaseThreads) -> None:
        self._driver = driver
        self._threads = threads
        self._horizon = Horizon()
        self._awaited: dict[MatchId, float] = {}
        self._looking = self._again = False
        self._timer: asyncio.TimerHandle | None = None
        self.count = 0

    def ended(self, live: Live) -> None:
        """The end of a match is stored: rate it, and tell."""
        if live.match.header.rated and not self._driver.stopping:
            self._awaited[live.match.header.id] = time.monotonic() + AWAITED_S
            if self._timer is None:
                self._timer = asyncio.get_running_loop().call_later(GATHER_S, self._look_now)

    def loaded(self, live: Live) -> None:
        """A match is in memory; where it was over and not rated yet, its players wait for that here now."""
        if live.match.shown.over and live.match.tail.rated is None:
            self.ended(live)

    async def look(self) -> None:
        """Rate what has ended, here or elsewhere, and tell. Raises DatabaseError; the next look makes up for it."""
        if self._looking:
            self._again = True  # the horizon is for one thread at a time
            return
        self._looking = self._again = True
        try:
            while self._again:
                self._again = False
                rated = await self._threads.run(rate_finished, self._horizon)
                self.count += rated
                self._again |= rated >= BATCH  # there may be more
                await self._tell()
        finally:
            self._looking = False

    async def unlist(self) -> None:
        """Who has not played for long leaves the leaderboards. Raises DatabaseError."""
        await self._threads.run(ratings_unlist)

    def _look_now(self) -> None:
        self._timer = None
        if not self._driver.stopping:
            self._driver.spawn(self._look_or_warn())

    async def _look_or_warn(self) -> None:
        try:
            await self.look()
        except DatabaseError as error:
            logger.warning("ratings wait: %s", str(error).strip().partition("\n")[0])

    async def _tell(self) -> None:
        now_s = time.monotonic()
        self._awaited = {
            match: until_s for match, until_s in self._awaited.items() if until_s > now_s and match in self._driver.live
        }
        for match, rated in (await self._threads.run(ratings_told, list(self._awaited))).items():
            self._awaited.pop(match, None)
            live = self._driver.live.get(match)
            if live is not None:
                live.run(live.match.rated, rated)
