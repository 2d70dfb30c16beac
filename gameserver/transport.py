"""uvicorn's WebSocket protocol with two short cuts: text frames in by a call, and ready frames out by a call.

`server.py` gives it to uvicorn. A consumer finds it in its scope, as the extension `madang.socket`; without it (daphne,
plain uvicorn) everything goes by `receive` and `send`. Handshake, control frames, fragments, keepalive, closing and
whatever is not a whole, masked, valid text frame stay uvicorn's: this class only cuts the stream into frames.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import apply_mask  # type: ignore[attr-defined]  # in C where it was built, else in Python
from websockets.protocol import State

from games.delivery import EXTENSION

# First byte: the last frame of a message, no extension, text. Second byte: the mask's bit and 7 bits of length.
_TEXT: Final = 0x81
_MASKED: Final = 0x80
_LENGTH: Final = 0x7F
# Lengths that say: the length follows, in two bytes, or in eight.
_TWO_BYTES: Final = 126
# A short frame's head: the two bytes and the mask; and a whole one at its longest.
_SHORT_HEAD: Final = 6
_MOST_SHORT: Final = _SHORT_HEAD + _TWO_BYTES - 1


class SocketProtocol(WebSocketsSansIOProtocol):
    """One socket. `hear` is called with each text frame while nothing else waits to be received before it."""

    hear: Callable[[str], None] | None = None
    _rest = b""
    _given_up = False

    def handle_connect(self, event: Any) -> None:
        super().handle_connect(event)
        if not self.handshake_complete:  # else the request was refused, and no application runs
            self.scope["extensions"][EXTENSION] = self  # type: ignore[assignment]  # typed for empty ones

    # ── in ──────────────────────────────────────────────────────────────────────────────────────────────

    def data_received(self, data: bytes) -> None:
        size = len(data)
        # One whole short frame that is masked, as nearly all arrive: it need not be cut first.
        alone = _SHORT_HEAD <= size <= _MOST_SHORT and data[1] ^ _MASKED == size - _SHORT_HEAD
        if alone and not (self._rest or self._given_up) and self._heard(data, 0, _SHORT_HEAD, size):
            return
        if not self.handshake_initiated or self._given_up:
            super().data_received(data)
            return
        if self._rest:
            data = self._rest + data
        at = 0
        while (cut := _cut(data, at)) is not None:
            head, stop = cut
            if stop - head > self.config.ws_max_size:
                # Never waited for: uvicorn gets it as it comes, and refuses it by its head.
                self._given_up, self._rest = True, b""
                super().data_received(data[at:])
                return
            if stop > len(data):
                break
            if not self._heard(data, at, head, stop):
                super().data_received(data[at:stop])
                if self.transport.is_closing():
                    return  # what follows a close is nobody's
            at = stop
        self._rest = data[at:]

    def _heard(self, data: bytes, at: int, head: int, stop: int) -> bool:
        """Whether this frame was taken by the short cut."""
        hear, conn = self.hear, self.conn
        if (
            hear is None
            or data[at] != _TEXT
            or not data[at + 1] & _MASKED
            or conn.state is not State.OPEN
            or conn.current_size is not None  # amid a message in fragments: an error, and uvicorn's to tell
            or not self.queue.empty()
        ):
            return False
        try:
            text = apply_mask(data[head:stop], data[head - 4 : head]).decode()
        except UnicodeDecodeError:
            return False
        hear(text)
        return True

    # ── out ─────────────────────────────────────────────────────────────────────────────────────────────

    def write(self, ready: bytes) -> bool:
        """Send whole frames; False, and nothing was sent, where `send` would wait or raise."""
        if self.close_sent or not self.handshake_complete or not self.writable.is_set() or self.transport.is_closing():
            return False
        self.transport.write(ready)
        return True

    def abort(self) -> None:
        """Drop the socket with whatever it has not taken."""
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self.hear = None
        super().connection_lost(exc)


def _cut(data: bytes, at: int) -> tuple[int, int] | None:
    """Where the payload of the frame at `at` begins, and where it ends; None where its head has not arrived whole."""
    if len(data) - at < 2:
        return None
    second = data[at + 1]
    length, head = second & _LENGTH, at + 2
    if length >= _TWO_BYTES:
        wide = 2 if length == _TWO_BYTES else 8
        if len(data) - head < wide:
            return None
        length = int.from_bytes(data[head : head + wide])
        head += wide
    if second & _MASKED:
        head += 4
    return head, head + length
