"""picows' server-side parser, made to stand behind an HTTP server that has done the handshake already.

picows' own server writes to the socket itself: its handshake, which refuses the `Connection: keep-alive, Upgrade` of
Firefox, and a close frame where a stream is wrong. Here it is shown a handshake that never was, and writes into a
`_Wire`, which sends nothing. What is used of it is not documented API: the version is pinned, and tests cover it.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any, Final

from picows import WSAutoPingStrategy, WSListener
from picows.picows import WSProtocol  # type: ignore[attr-defined]  # not public

from gameserver.transport import frames

Failed = Callable[[int, str], None]
"""Called with the code and the reason to close with, once the stream makes no sense any more."""

# The least that picows takes; it doubles when a frame needs more.
_BUFFER_BYTES: Final = 2048
_REQUEST: Final = (
    b"GET / HTTP/1.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
)


def parser(listener: WSListener, failed: Failed, max_size: int) -> Any:
    """A buffered protocol (`asyncio.BufferedProtocol`) that calls `listener.on_ws_frame` for each whole frame.

    After `failed` it calls for one frame more, where that came whole before the wrong one.
    """
    made = WSProtocol(
        None,  # no host and no path: those are a client's
        None,
        False,  # not a client
        lambda _: listener,
        _quiet,
        False,  # does not disconnect where the listener raises
        None,  # no time for the handshake: it is over
        False,  # sends no pings
        0,
        0,
        WSAutoPingStrategy.PING_WHEN_IDLE,
        False,  # answers none
        max_size,
        None,
        _BUFFER_BYTES,
    )
    made.connection_made(_Wire(failed))
    made.get_buffer(-1)[: len(_REQUEST)] = _REQUEST
    made.buffer_updated(len(_REQUEST))
    # What picows keeps of the handshake is a kilobyte for each socket.
    made.transport.request.headers = made.transport.response.headers = None
    return made


class _Wire:
    """What picows takes for its transport: of what it writes, a close frame says that the stream is wrong."""

    __slots__ = ("_failed",)

    def __init__(self, failed: Failed) -> None:
        self._failed = failed

    def write(self, data: bytes) -> None:
        if data[0] == frames.CLOSE:
            self._failed(int.from_bytes(data[2:4]), data[4:].decode())

    def get_write_buffer_size(self) -> int:
        return 1  # so that picows does not write past it, to the socket

    def get_extra_info(self, name: str) -> Any:
        return _no_socket if name == "socket" else None

    def close(self) -> None:
        """Said 10 ms after a failure, which has long been dealt with."""


class _NoSocket:
    """The options that picows sets and reads, for its log."""

    def fileno(self) -> int:
        return -1

    def setsockopt(self, *_: int) -> None:
        pass

    def getsockopt(self, *_: int) -> int:
        return 0


class _Quiet:
    """picows' logger. It tells of each connection and of each wrong frame: whoever sends those could fill the disk."""

    def isEnabledFor(self, _: int) -> bool:  # noqa: N802 - logging's name
        return False

    def info(self, *_: Any) -> None:
        pass

    debug = warning = error = info

    exception = staticmethod(logging.getLogger("uvicorn.error").exception)
    """Something here or in the application has raised."""


_no_socket: Final = _NoSocket()
_quiet: Final = _Quiet()
