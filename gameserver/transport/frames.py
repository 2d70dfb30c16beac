"""Frames as servers send them (RFC 6455, 5.2 and 5.5): unmasked, whole, without extensions. Pure."""

from __future__ import annotations

import struct
from typing import Final

TEXT: Final = 0x81
BINARY: Final = 0x82
CLOSE: Final = 0x88
PONG: Final = 0x8A
"""First bytes: the only frame of its message, and its kind."""

PING: Final = b"\x89\x00"
"""A whole ping. It says nothing: any answer shows that somebody is there."""

NORMAL: Final = 1000
PROTOCOL_ERROR: Final = 1002
NO_STATUS: Final = 1005
"""What is reported where a close frame has no code; never sent."""
ABNORMAL: Final = 1006
"""What is reported where no close frame came; never sent."""
NOT_UTF8: Final = 1007
TOO_BIG: Final = 1009
FAILED: Final = 1011
RESTART: Final = 1012

# The second byte holds lengths below 126; 126 and 127 say that two or eight bytes of length follow.
_TWO_BYTES: Final = 126
_EIGHT_BYTES: Final = 127
# A control frame holds 125 bytes at most, and a close frame begins with two of code.
_MOST_REASON: Final = 123


def frame(first: int, payload: bytes) -> bytes:
    """A whole frame whose first byte is `first`."""
    size = len(payload)
    if size < _TWO_BYTES:
        return bytes((first, size)) + payload
    if size < 1 << 16:
        return struct.pack("!BBH", first, _TWO_BYTES, size) + payload
    return struct.pack("!BBQ", first, _EIGHT_BYTES, size) + payload


def close(code: int, reason: str = "") -> bytes:
    """A whole close frame. Raises ValueError where no endpoint may send that code; a long reason is cut."""
    if code == NO_STATUS:
        return frame(CLOSE, b"")
    if not sendable(code):
        raise ValueError(f"A WebSocket cannot be closed with code {code}: use 1000 or one of 3000 to 4999.")
    said = reason.encode()[:_MOST_REASON].decode(errors="ignore").encode()
    return frame(CLOSE, struct.pack("!H", code) + said)


def read_close(payload: bytes) -> tuple[int, str]:
    """Code and reason of a close frame. Raises ValueError with what is wrong; UnicodeDecodeError is one."""
    if not payload:
        return NO_STATUS, ""
    code = int.from_bytes(payload[:2])
    if len(payload) < 2 or not sendable(code):
        raise ValueError("invalid close code")
    return code, payload[2:].decode()


def sendable(code: int) -> bool:
    """Whether a close frame may hold this code (RFC 6455, 7.4, and IANA's registry)."""
    return 3000 <= code <= 4999 or (1000 <= code <= 1014 and code not in (1004, NO_STATUS, ABNORMAL))
