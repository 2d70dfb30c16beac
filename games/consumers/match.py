"""The WebSocket of a match: from its handshake to its end, with a receive loop of its own.

It turns frames into messages and hands them to the live match; answers come back through the `Connection`. It must
never touch the database nor await anything for a message: Channels' own dispatch does both (on one thread for all
sockets of the process), which is why `__call__` is overridden.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections.abc import Mapping
from contextlib import AsyncExitStack
from functools import partial
from typing import Any, Final

from channels.consumer import AsyncConsumer

from games.consumers import handshake
from games.consumers.handshake import Receive, Send
from games.consumers.introduction import admit
from games.consumers.renewal import RENEW_S, Renewal
from games.counts import raised
from games.delivery import EXTENSION, Connection, counts
from games.host.limits import FRAMES_BURST, FRAMES_PER_SECOND, TokenBucket
from games.host.ports import Gateway, Link
from games.protocol import codec
from games.protocol.codes import WHY, Close, Code
from games.protocol.messages import Error, Hello, Ping, Pong
from players import hour
from players.ids import ALPHABET, ID_LENGTH

logger = logging.getLogger(__name__)

# A page says hello at once; ten seconds forgive the slowest phone, and a silent socket costs nobody more.
HELLO_S: Final = 10.0

_MATCH_ID: Final = re.compile(f"[{ALPHABET}]{{{ID_LENGTH}}}")
_ERRORS: Final = {code: codec.encode(Error(code=code, why=WHY[code])) for code in Code}


class MatchConsumer(AsyncConsumer):  # type: ignore[misc]  # Channels has no types
    """One instance for each socket, as Channels makes them."""

    def __init__(self, hello_s: float = HELLO_S, renew_s: float = RENEW_S) -> None:
        self.hello_s = hello_s
        self.renew_s = renew_s
        self.bucket = TokenBucket(FRAMES_BURST, FRAMES_PER_SECOND, _now_ms())

    async def __call__(self, scope: dict[str, Any], receive: Receive, send: Send) -> None:
        """One socket. Returns when it is closed, lost or given up, and then nothing of it is left anywhere."""
        await receive()  # websocket.connect
        answer = handshake.judge(scope)
        if isinstance(answer, handshake.Turned):
            await handshake.turn_away(scope, send, answer)
            return
        await send({"type": "websocket.accept", "subprotocol": answer.subprotocol})
        try:
            async with asyncio.timeout(None) as patience, AsyncExitStack() as ending:
                socket = scope.get("extensions", {}).get(EXTENSION)
                connection = Connection(send, partial(patience.reschedule, 0), socket)
                ending.push_async_callback(connection.ended)
                await self._hold(connection, scope, receive, answer.cookies, ending)
        except TimeoutError:  # of `stop` alone: all other exceptions end in _hold
            logger.debug("connection %d was too slow", connection.number)

    async def _hold(
        self,
        connection: Connection,
        scope: dict[str, Any],
        receive: Receive,
        cookies: Mapping[str, str],
        ending: AsyncExitStack,
    ) -> None:
        match = scope["url_route"]["kwargs"]["match"]
        try:
            hello = await self._hear_hello(connection, receive)
            if hello is not None and await admit(connection, match, hello, cookies, ending):
                link = await self._attach(connection, scope["gateway"], match, hello, ending)
                if link is not None:
                    await self._listen(connection, link, receive)
        except Exception:
            logger.exception("connection %d of match %s failed", connection.number, match)
            connection.close(Close.INTERNAL)

    async def _hear_hello(self, connection: Connection, receive: Receive) -> Hello | None:
        """What comes before hello is answered like any bad frame; the time for it does not begin anew."""
        try:
            async with asyncio.timeout(self.hello_s):
                while (frame := await self._next_frame(connection, receive)) is not None:
                    try:
                        return codec.hello_decoder.decode(frame)
                    except codec.Refused as refused:
                        _refuse(connection, refused)
        except TimeoutError:
            connection.close(Close.NO_HELLO)
        return None

    async def _attach(
        self, connection: Connection, gateway: Gateway, match: str, hello: Hello, ending: AsyncExitStack
    ) -> Link | None:
        # A path may hold anything; what cannot be an id is not looked up.
        link = await gateway.attach(connection, match, hello) if _MATCH_ID.fullmatch(match) else Close.NO_SUCH_MATCH
        if isinstance(link, Close):
            connection.close(link)
            return None
        ending.callback(link.detach, connection)
        connection.on_stale(link.refresh)
        if connection.player is not None:
            ending.callback(Renewal(connection, match, self.renew_s).stop)
        return link

    async def _listen(self, connection: Connection, link: Link, receive: Receive) -> None:
        """The hot path. Where the server calls for each frame, only what cannot go that way is awaited here."""
        connection.on_frame(partial(self._called, connection, link))
        while (frame := await self._next_frame(connection, receive)) is not None:
            self._hear(connection, link, frame)

    def _called(self, connection: Connection, link: Link, frame: str) -> None:
        """`_hear` where an exception would end in the server's own code."""
        if connection.closing or not self._within_limit(connection):
            return
        try:
            self._hear(connection, link, frame)
        except Exception:
            logger.exception("connection %d failed", connection.number)
            connection.close(Close.INTERNAL)

    def _hear(self, connection: Connection, link: Link, frame: str | bytes) -> None:
        try:
            message = link.decoder.decode(frame)
        except codec.Refused as refused:
            _refuse(connection, refused, link)
            return
        if isinstance(message, Ping):
            connection.put(codec.encode(Pong(at=message.at, now=hour.now_ms())), "event")
        else:
            link.submit(connection, message)

    async def _next_frame(self, connection: Connection, receive: Receive) -> str | bytes | None:
        """A text frame, a binary one, or None when nothing more is to be read. A flood is cut off unread."""
        event = await receive()
        if event["type"] != "websocket.receive" or connection.closing or not self._within_limit(connection):
            return None
        text: str | None = event.get("text")
        return text if text is not None else bytes(event["bytes"])

    def _within_limit(self, connection: Connection) -> bool:
        """Count one frame; False: it was too many, and the connection is closed."""
        if self.bucket.take(_now_ms()):
            return True
        raised(counts.refused, Code.FLOOD)
        connection.put(_ERRORS[Code.FLOOD], "event")
        connection.close(Close.FLOOD)
        return False


def _refuse(connection: Connection, refused: codec.Refused, link: Link | None = None) -> None:
    raised(counts.refused, refused.code)
    if refused.code is Code.TOO_LARGE:  # as uvicorn closes by itself; daphne lets such frames through
        connection.close(Close.TOO_LARGE)
    elif refused.c is not None and link is not None:
        link.reject(connection, refused.c, refused.code)
    else:
        connection.put(_ERRORS[refused.code], "event")


def _now_ms() -> float:
    return time.monotonic() * 1000
