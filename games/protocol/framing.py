"""A text frame as it stands on the wire (RFC 6455, 5.2), for servers that take ready bytes. Pure.

`delivery.py` frames what it sends once, however many sockets it goes to.
"""

from __future__ import annotations

import struct
from typing import Final

# First byte: the only frame of its message, no extension, text.
_TEXT: Final = 0x81
# The second byte holds lengths below 126; 126 and 127 say that two or eight bytes of length follow.
_TWO_BYTES: Final = 126
_EIGHT_BYTES: Final = 127


_head = struct.Struct("!BBH").pack


def framed(payload: bytes) -> bytes:
    """One unmasked text frame, as servers send them. `payload` is valid UTF-8."""
    size = len(payload)
    if size < _TWO_BYTES:
        return bytes((_TEXT, size)) + payload
    if size < 1 << 16:
        return _head(_TEXT, _TWO_BYTES, size) + payload
    return struct.pack("!BBQ", _TEXT, _EIGHT_BYTES, size) + payload
