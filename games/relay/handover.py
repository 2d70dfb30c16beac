"""Matches follow their players: one whose sockets come through another process is given to that process.

Asked by `core.py` with each beat, at the owner. Without it a restart would leave matches relayed for ever.
"""

from __future__ import annotations

import asyncio
import zlib
from collections import Counter
from typing import Final

from games.driver import Driver
from games.driver.live import Live
from games.host.entries import FOLD
from games.relay.counts import Counts
from games.relay.owner import Owner
from games.relay.party import Party
from games.relay.peers import Peer
from games.relay.publisher import Publisher
from games.relay.remote import RemoteConnection
from games.relay.wire import Given, to_host
from games.rules.catalog import every_game

# A reload or a second device must not move a match; after five seconds its players are where they are.
SETTLED_S: Final = 5.0
# Each costs its players a reconnection and two processes a load: a thousand matches take under a minute.
AT_ONCE: Final = 20
# A match whose players sit in two processes must not go back and forth.
AGAIN_S: Final = 60.0


def plays() -> int:
    """A checksum of the games and editions that this process has: a match is given only to who can read it."""
    return zlib.crc32(repr((FOLD, sorted((rules.name, rules.edition) for rules in every_game()))).encode())


class Handover:
    """Which matches should go where."""

    def __init__(
        self, driver: Driver, owner: Owner, publisher: Publisher, peers: dict[str, Peer], counts: Counts
    ) -> None:
        self._driver, self._owner, self._publisher = driver, owner, publisher
        self._peers, self._counts = peers, counts
        self._since: dict[str, tuple[str, float]] = {}
        self._moved_s: dict[str, float] = {}

    def given(self, match: str) -> None:
        """`match` was given to this process just now."""
        self._moved_s[match] = asyncio.get_running_loop().time()

    def look(self, now_s: float) -> None:
        """Give away what has been another's for long enough. Once a second."""
        self._moved_s = {match: at_s for match, at_s in self._moved_s.items() if at_s > now_s - AGAIN_S}
        self._since = {match: self._steady(party, now_s) for match, party in self._owner.parties.items()}
        ready = [match for match, (host, since_s) in self._since.items() if host and since_s <= now_s - SETTLED_S]
        for match in [match for match in ready if match not in self._moved_s][:AT_ONCE]:
            live = self._owner.parties[match].live
            self._moved_s[match] = now_s
            self._driver.spawn(self._give(match, live, self._since[match][0]))

    def _steady(self, party: Party, now_s: float) -> tuple[str, float]:
        """The process through which most seats come, "" for none that could have the match; and since when."""
        host = self._most(party)
        before = self._since.get(party.match)
        return before if before is not None and before[0] == host else (host, now_s)

    def _most(self, party: Party) -> str:
        seated = party.live.match.audience.seated.values()
        by_host = Counter(one.host for one in seated if isinstance(one, RemoteConnection))
        host, count = by_host.most_common(1)[0] if by_host else ("", 0)
        peer = self._peers.get(host)
        return host if count * 2 > len(seated) and peer is not None and peer.plays == plays() else ""

    async def _give(self, match: str, live: Live, host: str) -> None:
        if await self._driver.give(live.match.header.id, host):
            self._counts.handovers += 1
            self._publisher.put(to_host(host), Given(match))
