"""Commands of HTTP and admin: read when woken, put to the match, answered in their row and to whoever waits here.

`games/commands.py` wakes it. A command is executed once while its answer is on the way; after a crash it is executed
again, which the match's entries make harmless.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.db import Error as DatabaseError

from games import commands, store
from games.driver.live import Live, now_ms
from games.host.entries import MatchId, Sit
from players.threads import DatabaseThreads

if TYPE_CHECKING:
    from games.driver.core import Driver

logger = logging.getLogger(__name__)


class Granting:
    """The wishes of one process's matches."""

    def __init__(self, driver: Driver, *, threads: DatabaseThreads) -> None:
        self._driver = driver
        self._threads = threads
        self.under_way: set[int] = set()
        self.pass_on: Callable[[str, MatchId], None] | None = None
        """Wakes another host that has the match, where there is a way to it."""

    def wake(self, match: MatchId) -> None:
        """There may be commands for `match`. On the loop's thread."""
        if not self._driver.stopping:
            self._driver.spawn(self._grant_all(match))

    async def poll(self) -> None:
        """What was not woken for: commands of live matches, left by a process that could not reach this one."""
        for match in await self._threads.run(store.matches_with_commands, list(self._driver.live)):
            self.wake(MatchId(match))

    async def _grant_all(self, match: MatchId) -> None:
        try:
            live = await self._driver.loading.by_id(match)
            if isinstance(live, store.Elsewhere) and self.pass_on is not None:
                self.pass_on(live.host, match)
            if not isinstance(live, Live):
                return  # the owner, or a later poll, will see the row
            wishes = await self._threads.run(store.commands_open, match)
        except DatabaseError:
            logger.exception("commands of match %s cannot be read", match)
            return
        for wish in wishes:
            if wish.id not in self.under_way and not live.refolding:
                self.under_way.add(wish.id)
                self._grant(live, wish)

    def _grant(self, live: Live, wish: store.Wish) -> None:
        if wish.kind == "sit" and wish.by is not None:
            live.run(live.match.sit, wish.id, _sit(wish.by), wish.by.id, wish.body.get("seat"), now_ms())
        elif wish.kind in ("abort", "rule", "say"):
            live.run(live.match.decide, wish.id, wish.kind, wish.body, now_ms())
        else:
            self.answer(wish.id, {"ok": False, "code": "bad_message", "why": "Nobody can grant this command."})

    def answer(self, command: int, answer: dict[str, Any]) -> None:
        """The answer to a command; to its row, and to the page that waits for it."""
        self._driver.spawn(self._write(command, answer))
        commands.answered(command, answer)

    async def _write(self, command: int, answer: dict[str, Any]) -> None:
        try:
            await self._threads.run(store.command_answer, command, answer)
        except DatabaseError:
            logger.exception("the answer to command %s was not stored", command)
        finally:
            self.under_way.discard(command)


def _sit(by: store.Wisher) -> Sit:
    """With the rating that the player has now, where the match is rated."""
    if by.rating is None:
        return Sit(by.name, by.public_id)
    return Sit(by.name, by.public_id, rating=by.rating.rating, provisional=by.rating.provisional)
