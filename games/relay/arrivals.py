"""A connection of this process finds its place at another's match.

`router.py` calls it when the lease says that another living process has the match.
"""

from __future__ import annotations

import asyncio
from itertools import count
from typing import Final, Protocol

from games.host.ports import Connection
from games.protocol.codes import Close
from games.protocol.messages import Hello
from games.relay.peers import Peer
from games.relay.relays import Post, Relay, RelayedLink
from games.relay.wire import Attach, to_host

# Loading a match takes milliseconds; an owner that needs longer is in trouble, or not there.
PLACED_S: Final = 2.0
# After that nobody else waits for this owner for a while: the lease may have a new one meanwhile.
MUTE_S: Final = 1.0


class Joined(Protocol):
    """Told that a relay begins or ends."""

    def __call__(self, relay: Relay, *, begins: bool) -> None: ...


class Arrivals:
    """The relays of this process by match (public id), and how they come to be."""

    def __init__(self, post: Post, *, joined: Joined) -> None:
        """`joined`: sees to it that a relay's stream is heard, or not any more."""
        self.relays: dict[str, Relay] = {}
        self.links: dict[int, RelayedLink] = {}
        self._post = post
        self._joined = joined
        self._numbers = count(1)

    def followed(self, match: str, hello: Hello) -> str | None:
        """The owner to which this match is relayed already, where that is good enough: no look at the lease is needed.

        Who has seen a later epoch elsewhere knows better than this relay.
        """
        relay = self.relays.get(match)
        if relay is None or not relay.reachable() or (hello.e is not None and hello.e > relay.epoch):
            return None
        return relay.peer.host

    async def place(self, connection: Connection, match: str, peer: Peer, hello: Hello) -> RelayedLink | Close:
        """Attach at the owner; or why not, where `BUSY` means that it did not answer."""
        now_s = asyncio.get_running_loop().time()
        if not self._post.up or peer.foreign or now_s < peer.mute_until_s:
            return Close.BUSY
        link = self._link(connection, match, peer)
        token = connection.token(match, None)
        self._post.publisher.put(to_host(peer.host), Attach(link.n, match, token, hello.e, hello.v, hello.k))
        try:
            async with asyncio.timeout(PLACED_S):
                refusal = await link.placed
        except TimeoutError:
            peer.mute_until_s = asyncio.get_running_loop().time() + MUTE_S
            return Close.BUSY
        finally:
            if not link.began:
                link.relay.leave(link)
        return link if refusal is None else refusal

    def here(self, peer: Peer) -> tuple[int, ...]:
        """The connections that should be at matches of `peer`."""
        return tuple(n for relay in self.relays.values() if relay.peer is peer for n in relay.links)

    def of(self, peer: Peer) -> list[Relay]:
        """The relays to `peer`."""
        return [relay for relay in self.relays.values() if relay.peer is peer]

    def _link(self, connection: Connection, match: str, peer: Peer) -> RelayedLink:
        relay = self.relays.get(match)
        if relay is None or relay.peer is not peer:
            if relay is not None:
                relay.close(Close.MOVED)  # of an owner that is none any more
            relay = self.relays[match] = Relay(match, peer, self._post, left=self._left)
            self._joined(relay, begins=True)
        link = RelayedLink(relay, next(self._numbers), connection)
        self.links[link.n] = relay.links[link.n] = link
        return link

    def _left(self, link: RelayedLink) -> None:
        del self.links[link.n]
        relay = link.relay
        if not relay.links and self.relays.get(relay.match) is relay:
            del self.relays[relay.match]
            self._joined(relay, begins=False)
