"""uvicorn's WebSocket protocol on picows' parser: text frames in by a call, and ready frames out by a call.

`server.py` gives `SocketProtocol` to uvicorn. What lies below knows uvicorn, picows and ASGI, and nothing of this
server: [`handshake`](handshake.py) reads and answers requests, [`parser`](parser.py) has picows cut the stream,
[`incoming`](incoming.py) makes messages of frames, [`keepalive`](keepalive.py) asks who is still there, and
[`protocol`](protocol.py) is the connection.
"""

from __future__ import annotations

from typing import ClassVar

from games.delivery import EXTENSION
from gameserver.transport.protocol import WebSocketProtocol


class SocketProtocol(WebSocketProtocol):
    """One socket; a consumer finds it in its scope, and other servers have no such extension."""

    __slots__ = ()
    extension: ClassVar[str] = EXTENSION
