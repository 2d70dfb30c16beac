"""All relaying of one process: it hears the layer, hands items to both ends, keeps time with the other processes.

`gameserver/process.py` makes, starts and stops it; the router and the driver's commands call it. The layer may lose,
double, delay or refuse anything at any time, and nothing here may wait for it but the tasks of this package.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable, Collection
from typing import Any, Final

from django.db import Error as DatabaseError

from games import hints
from games.driver import Driver
from games.host.entries import MatchId
from games.host.ports import Connection
from games.hosts import hosts_living
from games.protocol.codes import Close
from games.protocol.messages import Hello
from games.relay import quiet, wire
from games.relay.arrivals import Arrivals
from games.relay.counts import Counts
from games.relay.handover import Handover, plays
from games.relay.hearing import Hearing
from games.relay.hinting import Hinting
from games.relay.owner import Owner
from games.relay.peers import GONE_S, Peer, Unanswered
from games.relay.publisher import Publisher
from games.relay.relays import Post, Relay, RelayedLink
from games.relay.subscription import Subscription
from games.relay.wire import EVERYONE, Beat, to_host
from players import revoked

logger = logging.getLogger(__name__)

# Often enough that an input without receipt is answered in time; beats are every fourth.
TICK_S: Final = 0.25
TICKS_PER_BEAT: Final = 4
# Two beats and a half of our own that did not come back: the layer is away, or deaf to us.
ECHO_S: Final = 2.5
# So long without an echo of beats that Redis took: our subscription is lost, and is made anew. The library does so by
# itself after a restart of Redis, but may wait ten seconds before.
DEAF_S: Final = 1.5
# An owner that cannot reach the database is paused, and beats all the same; once its lease is over others may have its
# matches. Every two seconds, in one question for all owners.
LOOK_BEATS: Final = 2
# The goodbyes of a planned stop.
GOODBYE_S: Final = 1.0
# A task ends at once where its cancellation arrives at all.
CANCEL_AGAIN_S: Final = 0.2
# Of a process that nothing is relayed to or from, nothing is remembered after ten minutes: deploys make new ones.
FORGET_S: Final = 600.0


class Relaying:
    """`up`: the layer works, as our own beat has just proved."""

    def __init__(self, driver: Driver, *, host: str, make_layer: Callable[[], Any]) -> None:
        self.counts = Counts()
        self.host = host
        self.peers: dict[str, Peer] = {}
        self._driver = driver
        self._subscription = Subscription(host, make_layer, take=self._take)
        self._publisher = self._subscription.publisher = Publisher(
            self._subscription.publish,
            host,
            self.counts,
            gather=self._gather,
            heard=self._heard,
            failed=self._layer_failed,
        )
        self._post = Post(self._publisher, self.counts)
        self._owner = Owner(driver, self._publisher)
        self._arrivals = Arrivals(self._post, joined=self._joined)
        self._subscription.relays = self._arrivals.relays
        self._handover = Handover(driver, self._owner, self._publisher, self.peers, self.counts)
        self._hearing = Hearing(self._owner, self._arrivals, self._handover, self._post, driver)
        self._tasks: list[asyncio.Task[None]] = []
        self._echo_s = self._unheard_s = 0.0
        self._related: set[str] = set()
        self._ticks = 0

    @property
    def up(self) -> bool:
        """Whether the layer works."""
        return self._post.up

    @property
    def relayed(self) -> int:
        """Connections of this process at matches of others."""
        return sum(len(relay.links) for relay in self._arrivals.relays.values())

    @property
    def matches(self) -> int:
        """Matches of others that are relayed here."""
        return len(self._arrivals.relays)

    @property
    def remote(self) -> int:
        """Connections of others at matches of this process."""
        return len(self._owner.guests)

    # ── life ────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> None:
        """Begin; whether the layer answers is seen later, by `up`."""
        quiet.install()
        self._loop = asyncio.get_running_loop()
        self._driver.granting.pass_on = self.wake
        revoked.tell(self._revoked)
        hints.tell(Hinting(self._publisher, self.counts, self._loop).tell)
        self._tasks = [self._loop.create_task(work) for work in (self._publisher.run(), self._keep_time())]
        self._subscription.start()

    async def stop(self) -> None:
        """Sockets of others' matches are sent away, and what was said last is still sent."""
        revoked.tell(None)
        hints.tell(None)
        self._driver.granting.pass_on = None
        for relay in tuple(self._arrivals.relays.values()):
            relay.close(Close.RESTART)
        await self._owner.close()
        self._owner.gather()
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(GOODBYE_S):
                await self._publisher.do(_nothing)
        await self._subscription.stop()
        await _ended(self._tasks)

    # ── for the router and the driver ───────────────────────────────────────────────────────────────────

    def followed(self, match: str, hello: Hello) -> str | None:
        """The owner to which this match (public id) is relayed already."""
        return self._arrivals.followed(match, hello)

    async def attach(self, connection: Connection, match: str, host: str, hello: Hello) -> RelayedLink | Close:
        """A place at a match that `host` has."""
        return await self._arrivals.place(connection, match, self._peer(host), hello)

    def wake(self, host: str, match: MatchId) -> None:
        """A command was written for a match of `host`."""
        self._publisher.put(to_host(host), wire.Wake(match))

    def _revoked(self, subject: revoked.Subject, since_ms: int, banned: bool) -> None:
        """On any thread."""
        kind, name = subject
        session, player = (str(name), None) if kind == "session" else (None, int(name))
        item = wire.Revoked(session, player, since_ms, banned)
        with contextlib.suppress(RuntimeError):  # the loop is closed
            self._loop.call_soon_threadsafe(self._publisher.put, EVERYONE, item)

    # ── hearing ─────────────────────────────────────────────────────────────────────────────────────────

    def _take(self, message: dict[str, Any]) -> None:
        try:
            packet = wire.unpack(message)
        except Exception as error:  # noqa: BLE001 - others may say what they like
            self.counts.foreign_wire += 1
            logger.warning("a packet cannot be read: %s: %s", type(error).__name__, error)
            return
        if packet.host != self.host:
            self._hearing.take(self._peer(packet.host), packet, self._loop.time())
        elif packet.to == to_host(self.host):
            self._heard_myself()

    def _joined(self, relay: Relay, *, begins: bool) -> None:
        if begins:
            self._subscription.join(relay)
        else:
            self._subscription.part(relay.match)

    # ── keeping time ────────────────────────────────────────────────────────────────────────────────────

    async def _keep_time(self) -> None:
        while True:
            try:
                self._tick(self._loop.time())
            except Exception:
                logger.exception("relaying failed at its tick")
            await asyncio.sleep(TICK_S)

    def _tick(self, now_s: float) -> None:
        self._ticks += 1
        if self._post.up and now_s - self._echo_s > ECHO_S:
            self._layer_failed()
        if self._is_deaf():
            self._unheard_s = 0.0
            logger.info("Redis answers, but nothing is heard: subscribing anew")
            self._subscription.renew()
        for peer in self.peers.values():
            self._refuse(peer.overdue(now_s))
        if not self._post.up:
            self._publisher.put(to_host(self.host), Beat((), (), None))
        elif self._ticks % TICKS_PER_BEAT == 0:
            self._beat(now_s)

    def _beat(self, now_s: float) -> None:
        self._publisher.put(to_host(self.host), Beat((), (), None))
        self._related = {relay.peer.host for relay in self._arrivals.relays.values()} | self._owner.hosts()
        for peer in [self.peers[host] for host in self._related if host in self.peers]:
            self._keep_up(peer, now_s)
        self._handover.look(now_s)
        owners = {relay.peer.host for relay in self._arrivals.relays.values()}
        if owners and self._ticks % (TICKS_PER_BEAT * LOOK_BEATS) == 0:
            self._driver.spawn(self._leave_lapsed(owners))
        for host in [host for host, peer in self.peers.items() if now_s - peer.heard_s > FORGET_S]:
            if host not in self._related:
                del self.peers[host]

    def _keep_up(self, peer: Peer, now_s: float) -> None:
        """Beat, ask again for what did not come; and let go of a process that is not heard of any more."""
        if now_s - peer.heard_s > GONE_S:
            logger.warning("host %s is not heard of any more", peer.host)
            for relay in self._arrivals.of(peer):
                relay.close(Close.MOVED)
            self._owner.lose(peer.host)
            return
        mine = None if self._driver.stopping or self._driver.draining else plays()
        beat = Beat(self._owner.here(peer.host), self._arrivals.here(peer), mine)
        self._publisher.put(to_host(peer.host), beat)
        for relay in self._arrivals.of(peer):
            relay.ask_again()
            if not relay.joined:
                self._subscription.join(relay)

    async def _leave_lapsed(self, owners: set[str]) -> None:
        """Send players away from owners whose lease is over; whoever comes back finds a new one."""
        if not self._driver.pulse.may_expire:
            return  # perhaps it is us whom the database does not hear
        try:
            living = await self._driver.loading.threads.run(hosts_living, owners)
        except DatabaseError:
            return
        lapsed = {relay for relay in self._arrivals.relays.values() if relay.peer.host in owners - living}
        for relay in lapsed:
            relay.close(Close.MOVED)
        if lapsed:
            logger.warning("%d matches were relayed to hosts whose lease is over", len(lapsed))

    def _refuse(self, unanswered: list[Unanswered]) -> None:
        for one in unanswered:
            one.link.refuse(one.c)

    # ── the layer comes and goes ────────────────────────────────────────────────────────────────────────

    def _heard_myself(self) -> None:
        self._echo_s = now_s = self._loop.time()
        if not self._post.up:
            self._post.up = True
            logger.info("Redis answers: matches of other processes can be reached")
            for peer in self.peers.values():
                peer.heard_s = now_s  # while we heard nothing, nobody's silence meant anything

    def _layer_failed(self) -> None:
        if self._post.up:
            self._post.up = False
            logger.warning("Redis does not answer: matches of other processes cannot be reached until it does")

    def _is_deaf(self) -> bool:
        """Redis takes what is said, and nothing comes back."""
        waits = not self._post.up and self._subscription.channel is not None and self._publisher.working
        self._unheard_s = self._unheard_s + TICK_S if waits else 0.0
        return self._unheard_s >= DEAF_S

    # ── the rest ────────────────────────────────────────────────────────────────────────────────────────

    def _gather(self) -> None:
        self._owner.gather()

    def _heard(self, to: str) -> int:
        """The receipt that goes with a packet to `to`."""
        peer = self.peers.get(to.removeprefix("host."))
        return 0 if peer is None else peer.stream.last or 0

    def _peer(self, host: str) -> Peer:
        now_s = self._loop.time()
        peer = self.peers.get(host)
        if peer is None:
            peer = self.peers[host] = Peer(host, now_s)
        elif host not in self._related:
            peer.heard_s = now_s  # it had no reason to beat for us
        return peer


async def _nothing() -> None:
    """Comes after all that was put before."""


async def _ended(tasks: Collection[asyncio.Task[None]]) -> None:
    """Cancel, again if need be: a Redis client that is just writing may swallow a cancellation."""
    pending = set(tasks)
    while pending:
        for task in pending:
            task.cancel()
        _, pending = await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)
