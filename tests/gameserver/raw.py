"""WebSockets by hand: frames byte by byte, a server in a thread, and a peer that reads what is really on the wire."""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import uvicorn
import uvloop

from gameserver.transport import SocketProtocol

KEY = b"dGhlIHNhbXBsZSBub25jZQ=="
ACCEPT = b"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
REQUEST = (
    b"GET /ws/match/x HTTP/1.1\r\nhost: here\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
    b"sec-websocket-key: " + KEY + b"\r\nsec-websocket-version: 13\r\n\r\n"
)
OP_CONT, OP_TEXT, OP_BINARY, OP_CLOSE, OP_PING, OP_PONG = 0x0, 0x1, 0x2, 0x8, 0x9, 0xA
MASK = b"\x05\xfa\x10\x99"
# An answer that takes longer is none.
PATIENCE_S = 10.0


def frame(opcode: int, payload: bytes, *, fin: bool = True, rsv: int = 0, masked: bool = True) -> bytes:
    first = (0x80 if fin else 0) | rsv | opcode
    size, bit = len(payload), 0x80 if masked else 0
    if size < 126:
        head = struct.pack("!BB", first, bit | size)
    elif size < 1 << 16:
        head = struct.pack("!BBH", first, bit | 126, size)
    else:
        head = struct.pack("!BBQ", first, bit | 127, size)
    if not masked:
        return head + payload
    mask = (MASK * (size // 4 + 1))[:size]
    return head + MASK + (int.from_bytes(payload) ^ int.from_bytes(mask)).to_bytes(size)


def close(code: int | None = 1000, reason: bytes = b"") -> bytes:
    return frame(OP_CLOSE, b"" if code is None else struct.pack("!H", code) + reason)


@contextlib.contextmanager
def serving(
    application: Any, kind: Any = SocketProtocol, run: Any = uvloop.run, **options: Any
) -> Iterator[tuple[int, uvicorn.Server]]:
    """`application` behind uvicorn in a thread of its own; yields the port and the server."""
    settings = {"ws_ping_interval": None, "ws_max_size": 1 << 20, "lifespan": "off", "log_config": None, **options}
    config = uvicorn.Config(application, interface="asgi3", ws=kind, ws_per_message_deflate=False, **settings)
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0), backlog=200) as listener:
        thread = threading.Thread(target=lambda: run(server.serve([listener])))
        thread.start()
        try:
            yield listener.getsockname()[1], server
        finally:
            server.should_exit = True
            thread.join()


async def echo(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Says what it hears, by the extension where there is one and the path does not ask for plain ASGI."""
    await receive()
    await send({"type": "websocket.accept"})
    direct = scope["extensions"].get("madang.socket")
    if direct is not None and scope["path"] != "/plain":
        direct.stay(lambda message: direct.write(framed(message)), lambda: None)
        return
    while (event := await receive())["type"] == "websocket.receive":
        await send({"type": "websocket.send", "text": event.get("text"), "bytes": event.get("bytes")})


def framed(message: str | bytes) -> bytes:
    """As a server sends it."""
    if isinstance(message, str):
        return frame(OP_TEXT, message.encode(), masked=False)
    return frame(OP_BINARY, message, masked=False)


class Peer:
    """The client's side of one connection."""

    def __init__(
        self, port: int, request: bytes = REQUEST, wrap: Callable[[socket.socket], socket.socket] = lambda s: s
    ):
        self.socket = wrap(socket.create_connection(("127.0.0.1", port), PATIENCE_S))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.unread = b""
        self.reset = False
        self.send(request)
        self.answer = self.until(b"\r\n\r\n")

    def send(self, data: bytes, chop: int | None = None) -> None:
        """`chop`: in pieces of so many bytes. Sending to who has hung up is no failure of the test."""
        with contextlib.suppress(ConnectionError):
            for at in range(0, len(data), chop or len(data) or 1):
                self.socket.sendall(data[at : at + chop] if chop else data)

    def until(self, mark: bytes) -> bytes:
        while mark not in self.unread:
            if not self._more():
                break
        found, _, self.unread = self.unread.partition(mark)
        return found

    def next(self) -> tuple[int, bytes] | None:
        """First byte and payload of the next frame; None at the end."""
        while (cut := self._cut()) is None:
            if not self._more():
                return None
        return cut

    def rest(self) -> list[tuple[int, bytes]]:
        """All frames until the end."""
        return [*iter(self.next, None)]

    def _cut(self) -> tuple[int, bytes] | None:
        data = self.unread
        if len(data) < 2:
            return None
        head = {126: 4, 127: 10}.get(data[1], 2)
        size = data[1] if head == 2 else int.from_bytes(data[2:head])
        if len(data) < head + size:
            return None
        self.unread = data[head + size :]
        return data[0], data[head : head + size]

    def _more(self) -> bool:
        try:
            more = self.socket.recv(1 << 16)
        except ConnectionError:
            self.reset = True
            return False
        self.unread += more
        return bool(more)

    def __enter__(self) -> Peer:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()


def wait_until(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)
