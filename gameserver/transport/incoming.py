"""From frames to messages: picows calls it for each whole frame, and it calls the application or gathers fragments.

`protocol.py` builds the connection on it, and says what becomes of a message that nobody can be called with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from picows import WSFrame, WSListener, WSMsgType, WSTransport

from gameserver.transport import frames

Hear = Callable[[str | bytes], None]

# A look-up in a class costs as much as picows' part of a frame.
_TEXT: Final = WSMsgType.TEXT


class Incoming(WSListener):
    """The receiving half of one connection."""

    __slots__ = ("_direct", "_hear", "_max_size", "_parts", "_size", "_text")

    def __init__(self, max_size: int) -> None:
        self._max_size = max_size
        self._hear: Hear | None = None
        # `_hear`, as long as a whole text frame may come next.
        self._direct: Hear | None = None
        # What has come of a message in fragments; whether it is text, and how many bytes it has.
        self._parts: list[bytes] | None = None
        self._text = False
        self._size = 0

    def on_ws_frame(self, _: WSTransport, frame: WSFrame) -> None:
        """picows' call, once for each frame."""
        direct = self._direct
        if direct is None or frame.msg_type is not _TEXT or not frame.fin or frame.rsv1 or frame.rsv2 or frame.rsv3:
            self._take(frame)
            return
        try:
            text = frame.get_payload_as_utf8_text()
        except UnicodeDecodeError:
            self._wrong(frames.NOT_UTF8, "invalid UTF-8")
        else:
            direct(text)

    def _take(self, frame: WSFrame) -> None:
        if self._deaf():
            if frame.msg_type is WSMsgType.CLOSE:
                self._close_came(frame.get_payload_as_bytes())
            return
        if frame.rsv1 or frame.rsv2 or frame.rsv3:
            self._wrong(frames.PROTOCOL_ERROR, "reserved bits must be 0")
            return
        payload = frame.get_payload_as_bytes()
        match frame.msg_type:
            case WSMsgType.PING:
                self._pinged(payload)
            case WSMsgType.PONG:
                self._ponged()
            case WSMsgType.CLOSE:
                self._close_came(payload)
            case kind:
                self._part(kind, payload, bool(frame.fin))

    def _part(self, kind: WSMsgType, payload: bytes, fin: bool) -> None:
        if (kind is WSMsgType.CONTINUATION) is (self._parts is None):
            self._wrong(
                frames.PROTOCOL_ERROR, "a continuation of nothing" if self._parts is None else "no continuation"
            )
            return
        if self._parts is None:
            self._parts, self._size, self._text = [], 0, kind is _TEXT
        self._parts.append(payload)
        self._size += len(payload)
        if self._size > self._max_size:
            self._wrong(frames.TOO_BIG, f"over size limit ({self._max_size} bytes)")
        elif fin:
            self._whole(b"".join(self._parts))
        else:
            self._settle()

    def _whole(self, payload: bytes) -> None:
        self._parts = None
        self._settle()
        if not self._text:
            self._received("bytes", payload)
            return
        try:
            text = payload.decode()
        except UnicodeDecodeError:
            self._wrong(frames.NOT_UTF8, "invalid UTF-8")
            return
        self._received("text", text)

    def _settle(self) -> None:
        """Whether a text frame may be heard as it comes; to be called after whatever could change that."""
        self._direct = self._hear if self._parts is None and not self._deaf() else None

    # ── what the connection makes of it ─────────────────────────────────────────────────────────────────

    def _deaf(self) -> bool:
        """Whether nothing of this peer counts any more, but the close that it owes."""
        raise NotImplementedError

    def _received(self, kind: str, message: str | bytes) -> None:
        """A whole message, by ASGI's name for its kind."""
        raise NotImplementedError

    def _wrong(self, code: int, reason: str) -> None:
        """The peer broke the protocol or a bound."""
        raise NotImplementedError

    def _pinged(self, payload: bytes) -> None:
        raise NotImplementedError

    def _ponged(self) -> None:
        raise NotImplementedError

    def _close_came(self, payload: bytes) -> None:
        raise NotImplementedError
