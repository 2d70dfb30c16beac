"""The end with the sockets: their relays to the owners of other processes, and what comes back for them.

A `Relay` of a match hears its own stream; a `RelayedLink` is what a consumer holds in place of the live match. Frames
pass through unread. It must never show a frame of a lower epoch, nor go on after a gap without a full view.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any, Final

from games.host.ports import Connection
from games.protocol import codec
from games.protocol.codes import WHY, Close, Code
from games.protocol.messages import INPUTS, Error, Reject, Resync
from games.relay.counts import Counts
from games.relay.peers import Peer, Stream, Unanswered
from games.relay.publisher import Publisher
from games.relay.wire import Detach, Refresh, Said, Unread, to_host

# Moves pass through as they are; the owner reads them with the types of its game.
ANY_GAME: Final = codec.Decoder(Any)
# A full view that was asked for comes within milliseconds; it is asked for again with the next beat but one.
ASK_AGAIN_S: Final = 1.5

_RESYNC: Final = codec.encode(Resync())
_TRY_AGAIN: Final = codec.encode(Error(Code.TRY_AGAIN, WHY[Code.TRY_AGAIN]))


class Post:
    """What relays send by, and when they should not. `up`: the layer has proved to work, just now."""

    def __init__(self, publisher: Publisher, counts: Counts) -> None:
        self.publisher, self.counts = publisher, counts
        self.up = False


class RelayedLink:
    """Connection `n` of this process at a match of another. Implements `games.host.ports.Link`."""

    __slots__ = ("began", "connection", "decoder", "n", "placed", "relay", "stale_s")

    def __init__(self, relay: Relay, n: int, connection: Connection) -> None:
        self.decoder = ANY_GAME
        self.relay, self.n, self.connection = relay, n, connection
        self.began = False
        # When a full view was asked for last; None: none is owed.
        self.stale_s: float | None = None
        self.placed: asyncio.Future[Close | None] = asyncio.get_running_loop().create_future()

    # ── ports.Link ──────────────────────────────────────────────────────────────────────────────────────

    def submit(self, connection: Connection, message: Any) -> None:
        """Send it to the owner, who answers; or answer "try again" where it could not arrive."""
        if not self.relay.reachable():
            self.refuse(message.c) if isinstance(message, INPUTS) else connection.put(_TRY_AGAIN, "event")
            return
        s = self.relay.send(Said(self.n, codec.encode(message)))
        self.relay.post.counts.forwarded += 1
        if isinstance(message, INPUTS):
            self.relay.peer.unanswered.append(Unanswered(s, self, message.c, _now_s()))

    def reject(self, connection: Connection, c: int, code: Code) -> None:
        """The owner knows the seat's last number."""
        if self.relay.reachable():
            self.relay.send(Unread(self.n, c, code))
        else:
            self._answer(c, code)

    def refresh(self, connection: Connection) -> None:
        """The socket has caught up after frames were dropped: ask for the whole."""
        self.relay.ask([self])

    def detach(self, connection: Connection) -> None:
        """The socket is gone."""
        self.relay.leave(self)

    # ── what comes back ─────────────────────────────────────────────────────────────────────────────────

    def show(self, frame: bytes, *, state: bool) -> None:
        """A frame of the owner. While a full view is owed, what would not fit to the last one is left out."""
        if self.began and not (state and self.stale_s is not None):
            self.connection.put(frame, "state" if state else "event")

    def shut(self, code: Close) -> None:
        """The end, or the refusal of the beginning."""
        self.relay.leave(self)
        if self.placed.done():
            self.connection.close(code)
        else:
            self.placed.set_result(code)  # whoever waits for the place decides: there may be another owner

    def refuse(self, c: int) -> None:
        """Input `c` is not known to have arrived: the same once more is safe, since its number is the same."""
        self.relay.post.counts.unanswered += 1
        self._answer(c, Code.TRY_AGAIN)

    def _answer(self, c: int, code: Code) -> None:
        # The last number that could have been stored without it; only the owner knows the true one.
        answer = Reject(c=c, code=code, why=WHY[code], last=max(0, c - 1))
        self.connection.put(codec.encode(answer), "event")


class Relay:
    """One match of another process. `epoch`: the highest that was shown here."""

    def __init__(self, match: str, peer: Peer, post: Post, *, left: Callable[[RelayedLink], None]) -> None:
        self.match, self.peer, self.post = match, peer, post
        self.epoch = 0
        self.stream = Stream()
        self.joined = False
        """Whether this process hears the match's own stream."""
        self.links: dict[int, RelayedLink] = {}
        self._left = left

    def reachable(self) -> bool:
        """Whether what is sent now should arrive."""
        return self.post.up and not self.peer.silent(_now_s())

    def send(self, item: Said | Unread | Detach | Refresh) -> int:
        """To the owner; the number of the packet."""
        return self.post.publisher.put(to_host(self.peer.host), item)

    # ── items of the owner ──────────────────────────────────────────────────────────────────────────────

    def begin(self, link: RelayedLink, epoch: int, after: int, seat: int | None) -> None:
        """`link` has its place; the match's stream stands at `after`."""
        if not self.raised_to(epoch):
            link.shut(Close.MOVED)
            return
        if self.stream.last is not None and self.stream.last < after:
            self.lose()  # the others here have missed something, too
        self.stream.last = after
        link.began = True
        link.connection.seat = seat
        if not link.placed.done():
            link.placed.set_result(None)

    def raised_to(self, epoch: int) -> bool:
        """Whether something of this epoch may be shown: none of a later one was."""
        if epoch < self.epoch:
            self.post.counts.lower_epochs += 1
            return False
        self.epoch = epoch
        return True

    def show(self, frame: bytes, *, state: bool, watching: bool) -> None:
        """A frame for all, or for all who watch."""
        for link in tuple(self.links.values()):
            if not watching or link.connection.seat is None:
                link.show(frame, state=state)

    def lose(self) -> None:
        """Something was lost: nobody can go on from what they hold, and everyone is owed the whole."""
        lost = [link for link in self.links.values() if link.began]
        for link in lost:
            link.connection.put(_RESYNC, "event")
        self.ask(lost)

    def ask(self, links: list[RelayedLink]) -> None:
        """Ask for the whole."""
        if links:
            for link in links:
                link.stale_s = _now_s()
            self.post.counts.resyncs += len(links)
            self.send(Refresh(tuple(link.n for link in links)))

    def ask_again(self) -> None:
        """For full views that did not come. Called with each beat."""
        before_s = _now_s() - ASK_AGAIN_S
        self.ask([link for link in self.links.values() if link.stale_s is not None and link.stale_s < before_s])

    # ── coming to an end ────────────────────────────────────────────────────────────────────────────────

    def leave(self, link: RelayedLink) -> None:
        """The socket is gone: the owner need not think of it any more. The second call does nothing."""
        if self.links.get(link.n) is link:
            del self.links[link.n]
            self.send(Detach(link.n))
            self._left(link)

    def close(self, code: Close) -> None:
        """Send all away."""
        for link in tuple(self.links.values()):
            link.shut(code)


def _now_s() -> float:
    return asyncio.get_running_loop().time()
