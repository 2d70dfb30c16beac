"""The line to one peer once its socket is open: what waits to be received, when nothing may be sent, and how it ends.

`protocol.py` opens it and speaks ASGI over it. Every end is bounded: whoever neither reads nor answers is dropped.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable
from enum import Enum, auto
from typing import Any, Final

from gameserver.transport import frames
from gameserver.transport.incoming import Hear, Incoming
from gameserver.transport.keepalive import Keepalive
from gameserver.transport.parser import parser

Event = dict[str, Any]
Write = Callable[[bytes], bool | None]

# Seconds for a peer to answer a close, as uvicorn gives; and, where it broke the protocol, to take what it is told.
CLOSE_S: Final = 10.0
LINGER_S: Final = 2.0


class State(Enum):
    """In this order, some left out, and never back."""

    ASKED = auto()
    """The application is to accept or to refuse."""
    REFUSING = auto()
    """It refuses, and has not said all of its answer."""
    OPEN = auto()
    CLOSING = auto()
    """The application has closed, and the peer has not answered."""
    ENDING = auto()
    """Nothing more is said or heard; the transport is to end."""
    LOST = auto()


def refuse(_: bytes) -> bool:
    """In the place of the transport's `write` wherever that may not be called."""
    return False


class Line(Incoming):
    """What lies between the transport and ASGI."""

    __slots__ = (
        "_end", "_events", "_keepalive", "_loop", "_most_events", "_over", "_paused", "_state", "_timer", "_transport",
        "_waiter", "_writable", "write",
    )  # fmt: skip

    write: Write
    """Send whole frames, ready for the wire; False, and nothing was sent, where `send` would wait or raise."""

    def __init__(self, loop: asyncio.AbstractEventLoop, max_size: int, most_events: int) -> None:
        super().__init__(max_size)
        self._loop = loop
        self._most_events = most_events
        self._state = State.ASKED
        self._transport: asyncio.Transport
        self._keepalive: Keepalive | None = None
        # A list, and neither a queue nor an asyncio.Event: those are a kilobyte for each socket, and mostly empty.
        self._events: list[Event] = []
        self._end: Event | None = None
        self._over: Callable[[], None] | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._writable: asyncio.Event | None = None
        self._paused = False
        self._timer: asyncio.TimerHandle | None = None
        self.write = refuse

    def _open(self, keepalive: Keepalive | None) -> None:
        """The answer was sent; from now on the stream is frames."""
        self._state = State.OPEN
        self._settle()
        if self._writable is None:
            self.write = self._transport.write
        # picows reads as much as its buffer holds, and doubles it whenever it was full: what the kernel keeps for a
        # socket bounds that buffer. Two of the largest messages, and as much again for the kernel's own.
        self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2 * self._max_size)
        # uvloop takes to a buffered protocol only where reading begins.
        self._transport.set_protocol(parser(self, self._parse_failed, self._max_size))
        self._transport.resume_reading()
        self._keepalive = keepalive
        if keepalive is not None:
            keepalive.add(self)

    # ── in ──────────────────────────────────────────────────────────────────────────────────────────────

    async def receive(self) -> Event:
        """ASGI's `receive`. After the end it tells the end again."""
        while not self._events:
            if self._end is not None:
                return self._end
            if self._waiter is not None:
                raise RuntimeError("receive() is already waiting: one task receives from a WebSocket.")
            self._waiter = self._loop.create_future()
            try:
                await self._waiter
            finally:
                self._waiter = None
        event = self._events.pop(0)
        if not self._events:
            self._read_on()
        return event

    def stay(self, hear: Hear, ended: Callable[[], None]) -> None:
        """The application returns, and the socket lives on by calls: of `hear` with each message, text or binary, which
        must not raise, and of `ended`, once. What came before is heard at once."""
        self._hear, self._over = hear, ended
        events, self._events = self._events, []
        for event in events:
            if self._state is State.OPEN:
                hear(event["text"] if "text" in event else event["bytes"])
        self._settle()
        self._read_on()
        if self._end is not None:
            self._loop.call_soon(ended)

    def _received(self, kind: str, message: str | bytes) -> None:
        if self._hear is not None:
            self._hear(message)
            return
        self._events.append({"type": "websocket.receive", kind: message})
        if len(self._events) >= self._most_events and not self._paused:
            self._paused = True
            self._transport.pause_reading()
        self._wake()

    def _ended(self, code: int, reason: str) -> None:
        """Tell the application, behind what has come before; the first reason is the one."""
        if self._end is None:
            self._end = {"type": "websocket.disconnect", "code": code, "reason": reason}
            self._wake()
            if self._over is not None:
                # Not from here: the application may be amid something that it is to end.
                self._loop.call_soon(self._over)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    def _read_on(self) -> None:
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    def _deaf(self) -> bool:
        return self._state is not State.OPEN

    def _pinged(self, payload: bytes) -> None:
        self.write(frames.frame(frames.PONG, payload))  # not to those who do not read: they could ask for ever

    def _ponged(self) -> None:
        if self._keepalive is not None:
            self._keepalive.answered(self)

    # ── out ─────────────────────────────────────────────────────────────────────────────────────────────

    def pause_writing(self) -> None:
        """The transport holds more than its high-water mark."""
        self.write = refuse
        if self._writable is None:
            self._writable = asyncio.Event()

    def resume_writing(self) -> None:
        """It holds less than its low-water mark; or it is lost, and nobody need wait any longer."""
        if self._state is State.OPEN:
            self.write = self._transport.write
        if self._writable is not None:
            self._writable.set()
            self._writable = None

    def ping(self) -> None:
        """Ask whether somebody is there. Whoever has not read for so long cannot be asked, and will not answer."""
        if self._writable is None:
            self._transport.write(frames.PING)

    # ── the end ─────────────────────────────────────────────────────────────────────────────────────────

    def close(self, code: int, reason: str) -> None:
        """The application's close; the peer is to answer it. Raises ValueError for a code that nobody may send."""
        farewell = frames.close(code, reason)
        self._ended(code, reason)
        self._become(State.CLOSING)
        self._transport.write(farewell)
        self._read_on()
        self._timer = self._loop.call_later(CLOSE_S, self.abort)

    def silent(self) -> None:
        """No answer to a ping."""
        self._wrong(frames.FAILED, "keepalive ping timeout")

    def abort(self) -> None:
        """Drop the peer with whatever it has not taken."""
        self._transport.abort()

    def _close_came(self, payload: bytes) -> None:
        if self._state is State.OPEN:
            try:
                code, reason = frames.read_close(payload)
            except ValueError as error:
                mistold = isinstance(error, UnicodeDecodeError)
                self._wrong(frames.NOT_UTF8 if mistold else frames.PROTOCOL_ERROR, "invalid close frame")
                return
            self._ended(code, reason)
            self._transport.write(frames.frame(frames.CLOSE, payload))
        if self._state in (State.OPEN, State.CLOSING):
            self._hang_up()

    def _parse_failed(self, code: int, reason: str) -> None:
        """Said before the last frame that was right is heard: it still counts."""
        self._transport.pause_reading()
        self._loop.call_soon(self._wrong, code, reason)

    def _wrong(self, code: int, reason: str) -> None:
        """Tell the peer, and hear no more of it. It is let finish what it is sending: else it would never read why."""
        if self._state not in (State.OPEN, State.CLOSING):
            return
        if self._state is State.OPEN:
            self._ended(code, reason)
            self._transport.write(frames.close(code, reason))
        self._hang_up(linger=True)

    def _hang_up(self, *, linger: bool = False) -> None:
        """End the transport once it has sent what it holds, within a bound."""
        self._become(State.ENDING)
        transport = self._transport
        if linger and transport.can_write_eof() and not transport.is_closing():
            transport.pause_reading()
            transport.set_protocol(self)  # type: ignore[arg-type]  # has all of asyncio.Protocol
            transport.write_eof()
            transport.resume_reading()
        else:
            transport.close()
        self._timer = self._loop.call_later(LINGER_S if linger else CLOSE_S, transport.abort)

    def _become(self, state: State) -> None:
        self._state = state
        self.write = refuse
        self._settle()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._keepalive is not None:
            self._keepalive.discard(self)

    def _lose(self) -> None:
        self._become(State.LOST)
        self._ended(frames.ABNORMAL, "")
        self._parts = self._hear = self._over = None
        self.resume_writing()
