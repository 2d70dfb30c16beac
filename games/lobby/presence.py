"""Tells the database who is at this process and which of its matches are watched, as far as that has changed; and that
whoever looks for a match is still there.

`gameserver/beside.py` runs it every two seconds. Nothing is refreshed: that this process is alive says its heartbeat,
and when that is over so are its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Final

from games import here
from games.driver import Driver
from games.finding.services import seekers_seen
from games.lobby.services import presence_change, watched_set
from players.threads import DatabaseThreads

# Whoever goes from one page to the next is away for less, and mostly not written at all.
WRITE_S: Final = 2.0
# At once: two statements of a few milliseconds. A storm of arrivals is written down within some seconds.
MOST: Final = 2000
# Spectators come and go, and only a choice hangs on their number: every ten seconds, and of the matches with most.
WATCHED_EVERY: Final = 5
MOST_WATCHED: Final = 50


class Presence:
    """What was written of this process."""

    def __init__(self, host: str, threads: DatabaseThreads, driver: Driver) -> None:
        self._host, self._threads, self._driver = host, threads, driver
        self._written: set[int] = set()
        self._watched: Mapping[int, int] = {}
        self._writes = 0

    async def write(self) -> None:
        """To be called every `WRITE_S`. What fails is tried again with the next call."""
        self._writes += 1
        now = here.players()
        left, came = _some(self._written - now), _some(now - self._written)
        if left or came:
            await self._threads.run(partial(presence_change, host=self._host, came=came, left=left))
            self._written = self._written - left | came
        if now:
            await self._threads.run(seekers_seen, now)
        if self._writes % WATCHED_EVERY == 0:
            await self._write_watched(self._spectators())

    async def _write_watched(self, spectators: dict[int, int]) -> None:
        if spectators != self._watched:
            await self._threads.run(partial(watched_set, host=self._host, spectators=spectators))
            self._watched = spectators

    def _spectators(self) -> dict[int, int]:
        """By match (primary key), wherever their sockets are: those of other processes are relayed here."""
        lives = self._driver.live.items()
        counted = {int(match): len(live.match.audience.spectators) for match, live in lives}
        most = sorted((match for match, count in counted.items() if count), key=counted.__getitem__, reverse=True)
        return {match: counted[match] for match in most[:MOST_WATCHED]}


def _some(players: set[int]) -> set[int]:
    return set(list(players)[:MOST])
