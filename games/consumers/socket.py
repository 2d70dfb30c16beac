"""What every WebSocket of this server does: handshake, hello, introduction, limits, and a receive loop of its own.

`match.py` and `lobby.py` say what a socket is attached to and what is done with a frame. It must never touch the
database nor await anything for a message: Channels' own dispatch does both (on one thread for all sockets of the
process), which is why `__call__` is overridden.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping
from functools import partial
from time import monotonic
from typing import Any, Final

from channels.consumer import AsyncConsumer

from games.consumers import handshake
from games.consumers.answers import refuse
from games.consumers.ending import Ending
from games.consumers.handshake import Receive, Send
from games.consumers.introduction import admit
from games.consumers.renewal import RENEW_S
from games.delivery import EXTENSION, Connection
from games.host.limits import FRAMES_BURST, FRAMES_PER_SECOND, TokenBucket
from games.protocol import codec
from games.protocol.codes import Close, Code
from games.protocol.messages import Hello

logger = logging.getLogger(__name__)

Hear = Callable[[str | bytes], None]
"""Does what a frame asks for. Raises `codec.Refused` where it asks for nothing that exists."""

# A page says hello at once; ten seconds forgive the slowest phone, and a silent socket costs nobody more.
HELLO_S: Final = 10.0


class SocketConsumer(AsyncConsumer):  # type: ignore[misc]  # Channels has no types
    """One instance for each socket, as Channels makes them."""

    def __init__(self, hello_s: float = HELLO_S, renew_s: float = RENEW_S) -> None:
        self.hello_s = hello_s
        self.renew_s = renew_s
        self.bucket = TokenBucket(FRAMES_BURST, FRAMES_PER_SECOND, monotonic() * 1000)

    def place(self, scope: dict[str, Any]) -> str:
        """What the socket is for; resume tokens hold for this place alone."""
        raise NotImplementedError

    async def attach(self, connection: Connection, scope: dict[str, Any], hello: Hello, ending: Ending) -> Hear | None:
        """Give the connection what it came for, and undo that by `ending`; None: it was closed instead."""
        raise NotImplementedError

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One socket. Returns when it is closed, lost or given up, and then nothing of it is left anywhere; where the
        server can keep it by calls alone, already once it is attached: a task and its stack are 10 KiB for each."""
        await receive()  # websocket.connect
        answer = handshake.judge(scope)
        if isinstance(answer, handshake.Turned):
            await handshake.turn_away(scope, send, answer)
            return
        await send({"type": "websocket.accept", "subprotocol": answer.subprotocol})
        try:
            async with asyncio.timeout(None) as patience:
                socket = scope.get("extensions", {}).get(EXTENSION)
                connection = Connection(send, partial(patience.reschedule, 0), socket)
                await self._hold(connection, scope, receive, answer.cookies)
        except TimeoutError:  # of `stop` alone: all other exceptions end in _hold
            logger.debug("connection %d was too slow", connection.number)

    async def _hold(
        self, connection: Connection, scope: dict[str, Any], receive: Receive, cookies: Mapping[str, str]
    ) -> None:
        ending, stays = Ending(), False
        try:
            hear = await self._begin(connection, scope, receive, cookies, ending)
            if hear is not None:
                stays = connection.stay(partial(self._called, connection, hear), partial(_over, connection, ending))
                if not stays:
                    await self._listen(connection, hear, receive)
        except Exception:
            logger.exception("connection %d at %s failed", connection.number, self.place(scope))
            connection.close(Close.INTERNAL)
        finally:
            if not stays:
                ending.run()
                await connection.ended()

    async def _begin(
        self,
        connection: Connection,
        scope: dict[str, Any],
        receive: Receive,
        cookies: Mapping[str, str],
        ending: Ending,
    ) -> Hear | None:
        """Hello, who it is, and what it came for; None: it was closed instead."""
        hello = await self._hear_hello(connection, receive)
        if hello is not None and await admit(connection, self.place(scope), hello, cookies, ending):
            return await self.attach(connection, scope, hello, ending)
        return None

    async def _hear_hello(self, connection: Connection, receive: Receive) -> Hello | None:
        """What comes before hello is answered like any bad frame; the time for it does not begin anew."""
        try:
            async with asyncio.timeout(self.hello_s):
                while (frame := await self._next_frame(connection, receive)) is not None:
                    try:
                        return codec.hello_decoder.decode(frame)
                    except codec.Refused as refused:
                        refuse(connection, refused)
        except TimeoutError:
            connection.close(Close.NO_HELLO)
        return None

    async def _listen(self, connection: Connection, hear: Hear, receive: Receive) -> None:
        """The hot path on servers that know no calls."""
        while (frame := await self._next_frame(connection, receive)) is not None:
            hear(frame)

    def _called(self, connection: Connection, hear: Hear, frame: str | bytes) -> None:
        """The hot path on our own server, in whose code an exception would end."""
        if connection.closing:
            return
        if not self.bucket.take(monotonic() * 1000):
            self._flood(connection)
            return
        try:
            hear(frame)
        except Exception:
            logger.exception("connection %d failed", connection.number)
            connection.close(Close.INTERNAL)

    async def _next_frame(self, connection: Connection, receive: Receive) -> str | bytes | None:
        """A text frame, a binary one, or None when nothing more is to be read. A flood is cut off unread."""
        event = await receive()
        if event["type"] != "websocket.receive" or connection.closing or not self._within_limit(connection):
            return None
        text: str | None = event.get("text")
        return text if text is not None else bytes(event["bytes"])

    def _within_limit(self, connection: Connection) -> bool:
        """Count one frame; False: it was too many, and the connection is closed."""
        if self.bucket.take(monotonic() * 1000):
            return True
        self._flood(connection)
        return False

    @staticmethod
    def _flood(connection: Connection) -> None:
        refuse(connection, codec.Refused(Code.FLOOD))
        connection.close(Close.FLOOD)


def _over(connection: Connection, ending: Ending) -> None:
    """A socket that stayed has ended."""
    ending.run()
    connection.over()
