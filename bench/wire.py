"""A WebSocket client that costs next to nothing: frames are built beforehand, and read only as far as to count them.

The load generator has hundreds of these. What it sends is masked with zeros, which the protocol allows, so that a
frame can be written as it was built.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import cast

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
_NO_MASK = bytes(4)


def frame(payload: bytes, opcode: int = TEXT) -> bytes:
    """One whole client frame. Nothing here is larger than 64 KiB."""
    size = len(payload)
    length = bytes([0x80 | size]) if size < 126 else bytes([0x80 | 126]) + size.to_bytes(2, "big")
    return bytes([0x80 | opcode]) + length + _NO_MASK + payload


def handshake(path: str, port: int) -> bytes:
    """As a page of the server at this port of 127.0.0.1 would."""
    return handshake_as(path, f"Host: 127.0.0.1:{port}", f"Origin: http://127.0.0.1:{port}")


def handshake_as(path: str, *heads: str) -> bytes:
    """With these lines; without an Origin it is a program's."""
    # The key is the protocol's own example: its answer is not checked, since the server is ours.
    lines = (
        f"GET {path} HTTP/1.1",
        *heads,
        "Connection: Upgrade",
        "Upgrade: websocket",
        "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    )
    return "\r\n".join((*lines, "", "")).encode()


class Socket(asyncio.Protocol):
    """One connection. `heard` is called with each payload; `lost` with a reason, when it ends unasked."""

    def __init__(self, request: bytes, heard: Callable[[bytes], None], lost: Callable[[str], None]) -> None:
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._request, self._heard, self._lost = request, heard, lost
        self._rest = b""
        self._open = self._ended = False
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Not asked by isinstance: uvloop's transports are no subclasses of asyncio's.
        self._transport = cast("asyncio.WriteTransport", transport)
        self._transport.write(self._request)

    def send(self, whole_frame: bytes) -> None:
        assert self._transport is not None
        self._transport.write(whole_frame)

    def end(self) -> None:
        """Close in good order; what comes now is of no interest."""
        if not self._ended and self._transport is not None:
            self._ended = True
            self._transport.write(frame((1000).to_bytes(2, "big"), CLOSE))
            self._transport.close()

    def connection_lost(self, error: Exception | None) -> None:
        self._end(f"connection lost: {error}")

    def _end(self, why: str) -> None:
        if not self._ended:
            self._ended = True
            self._lost(why)
        if not self.opened.done():
            self.opened.set_exception(ConnectionError(why))

    def data_received(self, data: bytes) -> None:
        if self._rest:
            data = self._rest + data
        at = 0 if self._open else self._answer(data)
        size = len(data)
        while size - at >= 2 and self._open:
            length, start = data[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(data[at + 2 : at + 4], "big"), at + 4
            elif length == 127:
                length, start = int.from_bytes(data[at + 2 : at + 10], "big"), at + 10
            if start + length > size:
                break
            self._frame(data[at] & 15, data[start : start + length])
            at = start + length
        self._rest = data[at:]

    def _answer(self, data: bytes) -> int:
        """Where the frames begin; 0 while the answer to the handshake is not whole."""
        end = data.find(b"\r\n\r\n")
        if end < 0:
            return 0
        if not data.startswith(b"HTTP/1.1 101"):
            self._end(data[:200].decode(errors="replace"))
            return 0
        self._open = True
        self.opened.set_result(None)
        return end + 4

    def _frame(self, opcode: int, payload: bytes) -> None:
        if opcode in (TEXT, BINARY):
            self._heard(payload)
        elif opcode == PING:
            self.send(frame(payload, PONG))
        elif opcode == CLOSE:
            code = int.from_bytes(payload[:2], "big")
            self._end(f"closed with {code}: {payload[2:].decode(errors='replace')}")
