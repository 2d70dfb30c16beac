"""What comes from other processes: numbers are checked, gaps healed, items handed to the end that they are for.

`core.py` gives it each packet. A packet that comes twice or late is not looked into.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from games import hints
from games.driver import Driver
from games.host.entries import MatchId
from games.protocol.codes import Close
from games.relay import wire
from games.relay.arrivals import Arrivals
from games.relay.handover import Handover
from games.relay.owner import Owner
from games.relay.peers import Peer
from games.relay.relays import Post, RelayedLink
from games.relay.wire import AnyItem, Packet, to_host
from players import revoked

logger = logging.getLogger(__name__)


class Hearing:
    """Between the streams of others and the two ends."""

    def __init__(self, owner: Owner, arrivals: Arrivals, handover: Handover, post: Post, driver: Driver) -> None:
        self._owner, self._arrivals, self._handover = owner, arrivals, handover
        self._post, self._driver = post, driver
        self._hand = self._handlers()

    def take(self, peer: Peer, packet: Packet, now_s: float) -> None:
        """One packet of `peer`."""
        if packet.items is None:
            self._post.counts.foreign_wire += 1
            peer.foreign = True
            return
        peer.foreign, peer.heard_s = False, now_s
        if packet.to in (wire.EVERYONE, wire.HINTS):
            self._hand_all(peer, packet.items)  # not numbered: whoever needs these asks the database, too
        elif packet.to.startswith("host."):
            self._single(peer, packet, packet.items)
        else:
            self._shared(peer, packet, packet.items)

    def _single(self, peer: Peer, packet: Packet, items: list[AnyItem]) -> None:
        if peer.stream.is_old(packet.s):
            return
        missing = peer.stream.missing(packet.s)
        if missing is not None:
            self._post.counts.gaps += 1
            self._post.publisher.put(to_host(peer.host), wire.Missed(*missing))
            # What says that an input of ours was lost may be lost itself.
            self._refuse(peer, 0, packet.heard)
            for relay in self._arrivals.of(peer):
                relay.lose()
        self._hand_all(peer, items)
        peer.received(packet.heard)

    def _shared(self, peer: Peer, packet: Packet, items: list[AnyItem]) -> None:
        """Of the stream of one match; before anybody has a place there, it says nothing to us."""
        relay = self._arrivals.relays.get(packet.to.removeprefix("match."))
        if relay is None or relay.peer is not peer or relay.stream.last is None or relay.stream.is_old(packet.s):
            return
        if relay.stream.missing(packet.s) is not None:
            self._post.counts.gaps += 1
            relay.lose()
        self._hand_all(peer, items)

    def _hand_all(self, peer: Peer, items: list[AnyItem]) -> None:
        for item in items:
            try:
                self._hand[type(item)](peer, item)
            except Exception:  # one item's fault is no other's
                logger.exception("%s of host %s failed", type(item).__name__, peer.host)

    def _handlers(self) -> dict[type[AnyItem], Callable[[Peer, Any], None]]:
        owner = self._owner
        return {
            wire.Said: lambda peer, item: owner.said(peer.host, item),
            wire.Attach: lambda peer, item: owner.attach(peer.host, item),
            wire.Detach: lambda peer, item: owner.detach(peer.host, item),
            wire.Unread: lambda peer, item: owner.unread(peer.host, item),
            wire.Refresh: lambda peer, item: owner.refresh(peer.host, item),
            wire.Wake: lambda _, item: self._driver.granting.wake(MatchId(item.match)),
            wire.Given: lambda _, item: self._handover.given(item.match),
            wire.Hint: lambda _, item: hints.hear(item.topic, item.subject),
            wire.Revoked: lambda _, item: revoked.hear(item.session, item.player, item.since_ms, banned=item.banned),
            wire.Missed: lambda peer, item: self._refuse(peer, item.first, item.last),
            wire.Beat: self._beat,
            wire.Frame: self._show,
            wire.Shared: self._show_all,
            wire.Began: self._place,
            wire.Seated: self._place,
            wire.Fresh: self._place,
            wire.Shut: self._place,
        }

    # ── for connections here ────────────────────────────────────────────────────────────────────────────

    def _link(self, peer: Peer, n: int) -> RelayedLink | None:
        link = self._arrivals.links.get(n)
        return link if link is not None and link.relay.peer is peer else None

    def _place(self, peer: Peer, item: wire.Began | wire.Seated | wire.Fresh | wire.Shut) -> None:
        link = self._link(peer, item.n)
        if link is None:
            return  # it has left meanwhile
        match item:
            case wire.Began():
                link.relay.begin(link, item.e, item.after, item.seat)
            case wire.Seated():
                link.connection.seat = item.seat
            case wire.Fresh():
                link.stale_s = None
            case wire.Shut():
                link.shut(Close(item.code))

    def _show(self, peer: Peer, item: wire.Frame) -> None:
        relay = self._arrivals.relays.get(item.match)
        if relay is None or relay.peer is not peer or not relay.raised_to(item.e):
            return
        for n in item.ns:
            link = relay.links.get(n)
            if link is not None:
                link.show(item.frame, state=item.state)

    def _show_all(self, peer: Peer, item: wire.Shared) -> None:
        relay = self._arrivals.relays.get(item.match)
        if relay is not None and relay.peer is peer and relay.raised_to(item.e):
            relay.show(item.frame, state=item.state, watching=item.watching)

    # ── keeping in step ─────────────────────────────────────────────────────────────────────────────────

    def _beat(self, peer: Peer, beat: wire.Beat) -> None:
        peer.plays = beat.plays
        self._owner.reconcile(peer.host, beat.there)
        for match, epoch, last in beat.here:
            relay = self._arrivals.relays.get(match)
            if relay is None or relay.peer is not peer or not relay.raised_to(epoch) or relay.stream.last is None:
                continue
            if relay.stream.last < last:
                self._post.counts.gaps += 1
                relay.stream.last = last
                relay.lose()

    def _refuse(self, peer: Peer, first: int, last: int) -> None:
        for one in peer.lost(first, last):
            one.link.refuse(one.c)
