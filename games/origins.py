"""Which pages may open a WebSocket here: the full Origin, scheme, host and port, against `MADANG_ORIGINS`.

Asked by consumers before a handshake is accepted. A browser sends cookies with a socket that any page opens, so this is
what stands between a foreign page and a player's seat; `ALLOWED_HOSTS` knows neither scheme nor port.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from enum import Enum


class Origin(Enum):
    """Where a handshake comes from."""

    OURS = "ours"
    FOREIGN = "foreign"
    NONE = "none"
    """A program: browsers always say. It may connect, but its cookies prove nothing."""


def origin_of(headers: Iterable[tuple[bytes, bytes]], ours: Collection[str]) -> Origin:
    """Judge the Origin headers of a handshake.

    Compared as browsers write it (lower case, no default port), since nobody honest writes it otherwise; `null`, which
    sandboxed pages send, is foreign, and so are two headers.
    """
    found = [value for name, value in headers if name.lower() == b"origin"]
    if not found:
        return Origin.NONE
    return Origin.OURS if len(found) == 1 and found[0].decode("latin-1") in ours else Origin.FOREIGN
