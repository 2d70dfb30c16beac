"""The owner's end: connections of other processes at the matches of this one.

`core.py` hands it the items that other processes send, and asks each second who is still there. It calls the driver and
the live match as a consumer does; it never reads nor changes what a match is.
"""

from __future__ import annotations

import asyncio
import logging
from typing import NamedTuple

from games.driver import Driver
from games.driver.live import Live
from games.host.ports import Link
from games.protocol import codec
from games.protocol.codes import WHY, Close, Code
from games.protocol.messages import Error, Hello
from games.relay.party import Party
from games.relay.publisher import Publisher
from games.relay.remote import RemoteConnection
from games.relay.wire import Attach, Detach, Refresh, Said, Shut, Unread, to_host, to_match
from players import resume
from players.identity import Identity, Unproven

logger = logging.getLogger(__name__)

Key = tuple[str, int]
"""A connection: the host of its socket, and its number there."""


class Guest(NamedTuple):
    """A remote connection at its place."""

    connection: RemoteConnection
    link: Link
    party: Party


class Owner:
    """All remote connections of this process's matches."""

    def __init__(self, driver: Driver, publisher: Publisher) -> None:
        self.parties: dict[str, Party] = {}
        self.guests: dict[Key, Guest] = {}
        self._driver = driver
        self._publisher = publisher
        self._arriving: dict[Key, asyncio.Task[None]] = {}
        self._gathering: list[Party] = []

    def gather(self) -> None:
        """Send what was put to the parties in this turn of the loop."""
        gathering, self._gathering = self._gathering, []
        for party in gathering:
            party.gather()

    # ── items of a process with relays ──────────────────────────────────────────────────────────────────

    def attach(self, host: str, item: Attach) -> None:
        """Someone arrives; loading the match may take its time."""
        key = host, item.n
        if key in self._arriving or key in self.guests:
            return
        task = asyncio.get_running_loop().create_task(self._attach(key, item))
        self._arriving[key] = task
        task.add_done_callback(lambda _: self._arriving.pop(key, None))

    def detach(self, host: str, item: Detach) -> None:
        """Someone is gone."""
        self._leave((host, item.n))

    def said(self, host: str, item: Said) -> None:
        """A frame of someone who is here, read as the consumer reads it."""
        guest = self._guest(host, item.n)
        if guest is None:
            return
        connection, link, _ = guest
        try:
            message = link.decoder.decode(item.frame.decode())
        except codec.Refused as refused:
            if refused.c is not None:
                link.reject(connection, refused.c, refused.code)
            else:
                connection.put(codec.encode(Error(refused.code, WHY[refused.code])), "event")
            return
        link.submit(connection, message)

    def unread(self, host: str, item: Unread) -> None:
        """An input that could not even be read where it arrived."""
        guest = self._guest(host, item.n)
        if guest is not None:
            guest.link.reject(guest.connection, item.c, Code(item.code))

    def refresh(self, host: str, item: Refresh) -> None:
        """The whole once more, for those whose frames were lost."""
        for n in item.ns:
            guest = self._guest(host, n)
            if guest is not None:
                guest.party.fresh(guest.connection)
                guest.link.refresh(guest.connection)

    # ── who is here ─────────────────────────────────────────────────────────────────────────────────────

    def reconcile(self, host: str, there: tuple[int, ...]) -> None:
        """Only these connections of `host` are there still: others left, and the word of it was lost."""
        living = set(there)
        known = {n for at, n in (*self.guests, *self._arriving) if at == host}
        for n in known - living:
            self._leave((host, n))
        for n in living - known:
            self._refuse(host, n, Close.MOVED)
        for n in living & known:
            self._is_closed(host, n)

    def lose(self, host: str) -> None:
        """That process is gone, and its sockets with it."""
        for key in [key for key in (*self.guests, *self._arriving) if key[0] == host]:
            self._leave(key)

    def here(self, host: str) -> tuple[tuple[str, int, int], ...]:
        """The matches at which connections of `host` are: public id, epoch, last number of its stream."""
        last = self._publisher.last
        found = [party for party in self.parties.values() if party.hosts.get(host)]
        return tuple((party.match, party.epoch, last(to_match(party.match))) for party in found)

    def hosts(self) -> set[str]:
        """The processes that have connections here."""
        return {host for host, _ in self.guests}

    async def close(self) -> None:
        """Nobody arrives any more."""
        tasks = tuple(self._arriving.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # ── the rest ────────────────────────────────────────────────────────────────────────────────────────

    async def _attach(self, key: Key, item: Attach) -> None:
        host, n = key
        try:
            identity = None if item.token is None else resume.read(item.token, item.match)
            await self._sit_down(key, item, identity)
        except Unproven:
            logger.warning(
                "tokens of host %s are not good here: processes need one secret key, and the same hour", host
            )
            self._refuse(host, n, Close.TOKEN)
        except Exception:
            logger.exception("connection %d of host %s could not be attached to match %s", n, host, item.match)
            self._refuse(host, n, Close.INTERNAL)

    async def _sit_down(self, key: Key, item: Attach, identity: Identity | None) -> None:
        host, n = key
        found = await self._driver.loading.by_public_id(item.match)
        if not isinstance(found, Live):
            self._refuse(host, n, found if isinstance(found, Close) else Close.MOVED)
            return
        party = self._party(item.match, found)
        party.arriving += 1
        try:
            connection = RemoteConnection(party, host, n, identity)
            link = await self._driver.attach(connection, item.match, Hello(None, item.e, item.v, item.k))
            if isinstance(link, Live):
                party.begin(connection)  # where nothing was to be said to it
                self.guests[key] = Guest(connection, link, party)
            else:
                connection.close(link if isinstance(link, Close) else Close.MOVED)
        finally:
            party.arriving -= 1
            self._forget(party)

    def _party(self, match: str, live: Live) -> Party:
        party = self.parties.get(match)
        if party is None:
            party = self.parties[match] = Party(match, self._publisher, live=_Now(self._driver, live), soon=self._soon)
        return party

    def _soon(self, party: Party) -> None:
        self._gathering.append(party)
        self._publisher.soon()

    def _guest(self, host: str, n: int) -> Guest | None:
        guest = self.guests.get((host, n))
        if guest is None and (host, n) not in self._arriving:
            self._refuse(host, n, Close.MOVED)
        return None if self._is_closed(host, n) else guest

    def _is_closed(self, host: str, n: int) -> bool:
        """Whether the match has closed it; then its process is told once more, for the word of it was lost."""
        guest = self.guests.get((host, n))
        if guest is None or guest.connection.closed is None:
            return False
        self._refuse(host, n, guest.connection.closed)
        return True

    def _leave(self, key: Key) -> None:
        task = self._arriving.get(key)
        if task is not None:
            # It may be attached already, in this turn of the loop: so look again when it has ended.
            task.cancel()
            task.add_done_callback(lambda _: self._leave(key))
            return
        guest = self.guests.pop(key, None)
        if guest is not None:
            guest.connection.closed = Close.GOING_AWAY
            guest.party.leave(guest.connection)
            guest.link.detach(guest.connection)
            self._forget(guest.party)

    def _forget(self, party: Party) -> None:
        if not party.hosts and not party.arriving:
            self.parties.pop(party.match, None)

    def _refuse(self, host: str, n: int, code: Close) -> None:
        self._publisher.put(to_host(host), Shut(n, int(code)))


class _Now:
    """A match that may be loaded anew, or not be here any more: then the last that is known of it."""

    def __init__(self, driver: Driver, live: Live) -> None:
        self._driver, self._live = driver, live

    def __call__(self) -> Live:
        self._live = self._driver.live.get(self._live.match.header.id, self._live)
        return self._live
