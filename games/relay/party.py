"""The remote connections of one live match, at its owner: what the host puts to them becomes items for their processes.

The host puts a frame to one connection after the other. The same frame put to many in a row is gathered, and when it
turns out that all of them, or all who watch, were given it, one item goes to all their processes at once. What belongs
to single connections goes to their own process and nowhere else.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable

from games.driver.live import Live
from games.host.effects import FrameKind
from games.protocol.codes import Close
from games.relay.publisher import Publisher
from games.relay.remote import RemoteConnection
from games.relay.wire import Began, Frame, Fresh, Seated, Shared, Shut, to_host, to_match

logger = logging.getLogger(__name__)


class Party:
    """`match`: public id; `live`: asks for the live match as it is now; `soon`: this party has something gathered.

    `hosts`: how many members are in each process; `arriving`: how many are on their way in.
    """

    def __init__(
        self, match: str, publisher: Publisher, *, live: Callable[[], Live], soon: Callable[[Party], None]
    ) -> None:
        self.match = match
        self.hosts: Counter[str] = Counter()
        self.members: set[RemoteConnection] = set()
        self.arriving = 0
        self._publisher = publisher
        self._live = live
        self._soon = soon
        self._frame: bytes | None = None
        self._kind: FrameKind = "event"
        self._takers: list[RemoteConnection] = []

    @property
    def live(self) -> Live:
        """The match, or the last that is known of it here."""
        return self._live()

    @property
    def epoch(self) -> int:
        """Of the live match, now."""
        return self._live().match.header.facts.epoch

    # ── what the host does to a connection ──────────────────────────────────────────────────────────────

    def put(self, one: RemoteConnection, frame: bytes, kind: FrameKind) -> None:
        """Give `one` a frame."""
        if not one.began:
            self.begin(one)
        if frame is not self._frame:
            self.gather()
            self._frame, self._kind = frame, kind
            self._soon(self)
        self._takers.append(one)

    def begin(self, one: RemoteConnection) -> None:
        """From now on `one` is given what all are given. The second call does nothing."""
        if one.began:
            return
        self.gather()
        one.began = True
        self.members.add(one)
        self.hosts[one.host] += 1
        after = self._publisher.last(to_match(self.match))
        self._tell(one, Began(one.n, self.epoch, after, one.seat))

    def seated(self, one: RemoteConnection) -> None:
        """The seat of `one` has changed."""
        self.gather()
        self._tell(one, Seated(one.n, one.seat))

    def fresh(self, one: RemoteConnection) -> None:
        """The next frame of `one` is the whole; what its process knows of it may be lost, too."""
        self.seated(one)
        self._tell(one, Fresh(one.n))

    def shut(self, one: RemoteConnection, code: Close) -> None:
        """Close `one`, after all that it was given."""
        self.leave(one)
        self._tell(one, Shut(one.n, int(code)))

    def leave(self, one: RemoteConnection) -> None:
        """Nothing more is for `one`."""
        self.gather()
        if one in self.members:
            self.members.remove(one)
            self.hosts[one.host] -= 1
            self.hosts += Counter()  # without those at zero
            if not self.hosts:
                self._publisher.end(to_match(self.match))

    # ── what becomes of it ──────────────────────────────────────────────────────────────────────────────

    def gather(self) -> None:
        """Send what has been put since the last call."""
        frame, takers = self._frame, self._takers
        if frame is None:
            return
        self._frame, self._takers = None, []
        try:
            self._send(frame, takers)
        except Exception:  # the host puts to others after us, and no fault of ours may keep it from that
            logger.exception("what match %s put for other processes is lost", self.match)
            for host in self.hosts:
                self._publisher.skip(to_host(host))

    def _send(self, frame: bytes, takers: list[RemoteConnection]) -> None:
        everybody, watching = self._is_shared(takers)
        if everybody or watching:
            self._share(Shared(self.match, self.epoch, frame, self._kind == "state", watching))
            return
        by_host: dict[str, list[int]] = {}
        for one in takers:
            by_host.setdefault(one.host, []).append(one.n)
        for host, ns in by_host.items():
            item = Frame(tuple(ns), self.match, self.epoch, frame, self._kind == "state")
            self._publisher.put(to_host(host), item, self.match)

    def _is_shared(self, takers: list[RemoteConnection]) -> tuple[bool, bool]:
        """Whether all were given it, or else all who watch. Of one connection it is not asked: it has its own way."""
        if len(takers) < 2 or len(set(takers)) < len(takers):
            return False, False
        if len(takers) == len(self.members):
            return True, False
        watchers = sum(one.seat is None for one in self.members)
        return False, len(takers) == watchers and all(one.seat is None for one in takers)

    def _share(self, item: Shared) -> None:
        """Where one process alone listens, its own stream carries it, together with what it is sent of others."""
        to = to_match(self.match) if len(self.hosts) > 1 else to_host(next(iter(self.hosts)))
        self._publisher.put(to, item, self.match)

    def _tell(self, one: RemoteConnection, item: Began | Seated | Fresh | Shut) -> None:
        self._publisher.put(to_host(one.host), item, self.match)
