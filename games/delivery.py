"""The one place that sends: frames to sockets by plain calls, and what happens to those who do not read.

The driver performs the host's `Put` and `Shut` here, consumers open and end connections here, the process sweeps once a
second. It must never decide what a frame says, and no match ever waits for a socket in it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable
from itertools import count
from typing import Final, Protocol

from games.counts import raised
from games.host import ports
from games.host.effects import FrameKind
from games.pending import PENDING_S, Event, Pending, Waiting
from games.protocol.codes import CLOSE_WHY, Close, Code
from games.protocol.framing import framed
from games.started import Started
from players import resume, silenced
from players.identity import Identity

logger = logging.getLogger(__name__)

Send = Callable[[Event], Awaitable[None]]

# The ASGI extension of `gameserver/transport`: the socket itself, as a `Socket`.
EXTENSION: Final = "madang.socket"


class Socket(Protocol):
    """What our own server offers beside ASGI's `send` and `receive`: the same by plain calls."""

    write: Callable[[bytes], bool | None]
    """Send whole frames, ready for the wire; False, and nothing was sent, where `send` would wait or raise. Never kept:
    what it is changes with what may be sent."""

    def stay(self, hear: Callable[[str | bytes], None], ended: Callable[[], None]) -> None:
        """Live on when the application has returned: `hear` is called with each message, `ended` once at the end."""

    def abort(self) -> None:
        """Drop the socket with whatever it has not taken."""


class Counts:
    """Plain integers for operators: sockets open now and ever, full views in place of updates, closes by code, frames
    refused by code before they reached a match."""

    __slots__ = ("closed", "open", "opened", "refused", "slow", "stale")

    def __init__(self) -> None:
        self.open = self.opened = self.stale = self.slow = 0
        self.closed: dict[Close, int] = {}
        self.refused: dict[Code, int] = {}


counts = Counts()
_blocked: set[Connection] = set()
_numbers = count(1)


def sweep(now_s: float) -> None:
    """Close as `slow` whose oldest frame has waited too long by the monotonic `now_s`. To be called once a second."""
    for connection in tuple(_blocked):
        if connection.waiting_since_s < now_s - PENDING_S:
            connection.close(Close.SLOW)


class Connection:
    """One accepted socket; implements `games.host.ports.Connection` over ASGI's `send`, or over a `Socket`.

    Where there is a `Socket` and nothing waits, `put` is one call of it. Elsewhere, while the server takes frames at
    once, there is no task and no queue: `put` steps the server's coroutine to its end itself. When one waits, a writer
    task takes it over where it stands, and later frames queue behind it (`Pending`) until the writer has caught up. So
    frames leave in the order of their `put`, and two sends never run at once.
    """

    __slots__ = (
        "_closing",
        "_gone",
        "_identity",
        "_pending",
        "_refresh",
        "_send",
        "_socket",
        "_stop",
        "_writer",
        "name",
        "number",
        "player",
        "seat",
    )

    def __init__(self, send: Send, stop: Callable[[], None], socket: Socket | None = None) -> None:
        """`stop` ends the consumer where waiting for a socket to close in good order would be waiting for ever."""
        self.number = next(_numbers)
        self.player: str | None = None
        self.name = ""
        self.seat: int | None = None
        self._send = send
        self._socket = socket
        self._stop = stop
        self._refresh: Callable[[ports.Connection], None] = _owes_nothing
        self._identity: Identity | None = None
        self._pending = Pending()
        self._closing = self._gone = False
        self._writer: asyncio.Task[None] | None = None
        counts.open += 1
        counts.opened += 1

    @property
    def closing(self) -> bool:
        """Nothing more is put or read: a close was asked for, or the socket is gone."""
        return self._closing

    @property
    def waiting_since_s(self) -> float:
        """When the oldest pending frame was put, by the monotonic clock. Only of a connection that is blocked."""
        return self._pending.first.since_s

    def identify(self, identity: Identity) -> None:
        """Who this is, from now on."""
        self._identity = identity
        self.player, self.name = identity.public_id, identity.name

    def on_stale(self, refresh: Callable[[ports.Connection], None]) -> None:
        """What puts a full view when state frames had to be dropped."""
        self._refresh = refresh

    def stay(self, hear: Callable[[str | bytes], None], ended: Callable[[], None]) -> bool:
        """Whether the server keeps the socket by calls: of `hear` for each frame, which must not raise, and of `ended`,
        from where `over` is to be called. The consumer then returns."""
        if self._socket is None:
            return False
        self._stop = _nothing
        self._socket.stay(hear, ended)
        return True

    def silenced(self) -> bool:
        """Whether a moderator has taken the chat from this player."""
        return self.player is not None and silenced.is_silenced(self.player)

    def token(self, match: str, seat: int | None) -> str | None:
        """A resume token for this match (public id) and seat; None for an anonymous spectator."""
        return resume.issue(self._identity, match, seat) if self._identity else None

    def put(self, frame: bytes, kind: FrameKind) -> None:
        """Send one text frame now, or queue it behind what waits. Never raises; after `close` it does nothing."""
        if self._closing:
            return
        if self._writer is None:
            if self._socket is None or self._socket.write(framed(frame)) is False:
                self._start(_event(frame), len(frame), kind)
            return
        self._pending.add(Waiting(_event(frame), len(frame), kind))
        if self._pending.too_much:
            self._give_up()

    def close(self, code: Close) -> None:
        """Close after all that was put before, or at once for `SLOW`. A second call does nothing, but `SLOW` aborts."""
        if code is Close.SLOW:
            self._give_up()
        elif not self._closing:
            self._closing = True
            raised(counts.closed, code)
            event = {"type": "websocket.close", "code": int(code), "reason": CLOSE_WHY[code]}
            if self._writer is not None:
                self._pending.add(Waiting(event, 0, "event"))
                return
            self._start(event, 0, "event")
            if self._gone:  # or daphne, which closes with 1000 and private codes only: better so than not at all
                self._start({"type": "websocket.close"}, 0, "event")

    def over(self) -> None:
        """The end of one that stayed. A close that was asked for may still be on its way, by the writer."""
        counts.open -= 1
        if not self._closing or self._writer is None:
            self._drop()

    async def ended(self) -> None:
        """Let a close that was asked for leave; drop everything where the socket is gone. The consumer's last call.

        Bounded: whoever does not take the close in time is given up by `sweep`.
        """
        counts.open -= 1
        if not self._closing:
            self._drop()
        try:
            if self._writer is not None:
                await asyncio.wait([self._writer])
        finally:
            self._drop()

    def _start(self, event: Event, size_bytes: int, kind: FrameKind) -> None:
        """Step the server's `send` outside of any task: it ends at once, or waits on a future and a task goes on.

        Measured on uvicorn: 18.2 µs a frame where waking a sleeping writer takes 20.2, and no task per connection. It
        needs a `send` that awaits nothing but futures, as those of uvicorn and daphne do.
        """
        steps = self._send(event).__await__()
        try:
            waits_on = next(steps)
        except StopIteration:
            return
        except Exception:  # noqa: BLE001 - _lost says why
            self._lost()
            return
        self._pending.add(Waiting(event, size_bytes, kind))
        self._writer = asyncio.get_running_loop().create_task(self._write(Started(steps, waits_on)))
        # A task that is cancelled before its first step would leave the server's coroutine hanging where it waits.
        self._writer.add_done_callback(lambda _: steps.close())
        _blocked.add(self)

    async def _write(self, sending: Awaitable[None]) -> None:
        """Send the queue, the first of which has been started, until nothing is pending and nothing owed."""
        try:
            while True:
                try:
                    await sending
                except Exception:  # noqa: BLE001 - _lost says why
                    self._lost()
                if not self._next():
                    return
                sending = self._send(self._pending.first.event)
        finally:
            self._writer = None
            _blocked.discard(self)

    def _next(self) -> bool:
        """The first of the queue has left; whether there is another."""
        if self._pending:
            self._pending.left()
        if not self._pending and self._pending.stale and not self._closing:
            self._catch_up()
        return bool(self._pending)

    def _catch_up(self) -> None:
        """Only now, behind all that waited, is a full view made: so it is newer than everything before it."""
        self._pending.stale = False
        counts.stale += 1
        try:
            self._refresh(self)
        except Exception:
            logger.exception("no full view for connection %d", self.number)
            self.close(Close.INTERNAL)

    def _give_up(self) -> None:
        """Abort. ASGI has no call for it: there the consumer ends, and the kernel drops a peer that takes nothing."""
        if not self._gone:
            counts.slow += 1
            if not self._closing:
                raised(counts.closed, Close.SLOW)
            self._drop()
            if self._socket is not None:
                self._socket.abort()
            self._stop()

    def _lost(self) -> None:
        """Whatever a server raises from `send` means one thing: this socket is gone, and `receive` will say so."""
        logger.debug("connection %d is gone", self.number)
        self._drop()

    def _drop(self) -> None:
        self._closing = self._gone = True
        self._pending.clear()
        _blocked.discard(self)
        if self._writer is not None:
            self._writer.cancel()


def put_to_all(connections: Iterable[ports.Connection], frame: bytes, kind: FrameKind) -> None:
    """`put` to each, in order. Where sockets take ready bytes the frame is framed once, and nothing else is called."""
    ready = b""
    for one in connections:
        # What a subclass or another process's connection does with it is its own.
        if type(one) is Connection and one._socket is not None and one._writer is None and not one._closing:
            ready = ready or framed(frame)
            if one._socket.write(ready) is not False:
                continue
        one.put(frame, kind)


_last: tuple[bytes, Event] = (b"", {})


def _event(frame: bytes) -> Event:
    """The ASGI event of a frame. A frame for many is put to one after the other, so the last one is kept."""
    global _last  # noqa: PLW0603 - a memo of one, on the loop's thread alone
    if _last[0] is not frame:
        _last = frame, {"type": "websocket.send", "text": frame.decode()}
    return _last[1]


def _nothing() -> None:
    """In the place of what would end a consumer that has returned."""


def _owes_nothing(connection: ports.Connection) -> None:
    """Before a connection is attached, there is no view of anything."""
