"""How each server's frames of Light cycles are read, and how a rider's turns are said to it. Pure.

Called by `ticking.py` for each rider: a speech knows its seat's frames so far.
"""

from __future__ import annotations

from typing import Protocol

from bench.wire import BINARY, frame
from games.rules.light_cycles import WAYS, Move


class Speech(Protocol):
    """`steady`: ticks are meant to come by an exact clock, so that each has its moment; `round_at`: the tick at which
    the round under way began."""

    steady: bool
    round_at: int

    def opening(self, hello: str) -> bytes:
        """The frame to send after the handshake."""

    def tick(self, payload: bytes) -> int:
        """The number of the tick that a frame tells; -1 where it tells none."""

    def answer(self, payload: bytes) -> bytes:
        """What to say to a frame that tells no tick."""

    def ill(self, payload: bytes) -> bool:
        """Whether it says that something went wrong."""

    def turn(self, c: int, way: Move) -> bytes:
        """The frame of input number `c`."""


class Madang:
    """Frames as JSON: `[version, changes]`; a round begins where the changes have an `n`."""

    steady = True
    ills = (b'{"type":"reject"', b'{"type":"error"', b'{"type":"over"')

    def __init__(self) -> None:
        self.round_at = 4  # four entries seat the riders, so the first tick makes version 5

    def opening(self, hello: str) -> bytes:
        return frame(hello.encode())

    def tick(self, payload: bytes) -> int:
        if payload[0] != ord("["):
            return -1
        number = int(payload[1 : payload.index(b",")])
        if b'"n":' in payload:
            self.round_at = number
        return number

    def answer(self, payload: bytes) -> bytes:
        return b""

    def ill(self, payload: bytes) -> bool:
        return payload.startswith(self.ills)

    def turn(self, c: int, way: Move) -> bytes:
        return frame(b'{"type":"move","c":%d,"m":"%s"}' % (c, way.encode()))


class Picows(Madang):
    """The same frames, without a word before them."""

    def opening(self, hello: str) -> bytes:
        return b""


class Colyseus:
    """Patches of a schema state, of which the tick within the round is the first field: little-endian, 16 bits."""

    # Node's timers know whole milliseconds, and begin anew after each tick: no tick has a moment at which it is due.
    steady = False
    _JOIN, _DATA, _ERROR, _PATCH = 0x0A, 0x0D, 0x0B, 0x0F
    # Of the root state, field 0: added or replaced.
    _TICK = (0x80, 0x00)

    def __init__(self) -> None:
        self.round_at = self._last = 0

    def opening(self, hello: str) -> bytes:
        return b""

    def tick(self, payload: bytes) -> int:
        if payload[0] != self._PATCH or payload[1] not in self._TICK:
            return -1
        within = payload[2] | payload[3] << 8
        if within < self._last:
            self.round_at += self._last + 1
        self._last = within
        return self.round_at + within

    def answer(self, payload: bytes) -> bytes:
        return frame(bytes([self._JOIN]), BINARY) if payload[0] == self._JOIN else b""

    def ill(self, payload: bytes) -> bool:
        return payload[0] in (self._ERROR, self._DATA)

    def turn(self, c: int, way: Move) -> bytes:
        number = b"\xce" + c.to_bytes(4, "big")
        said = b"\xa4turn\x82\xa1c" + number + b"\xa1m" + bytes([WAYS.index(way)])
        return frame(bytes([self._DATA]) + said, BINARY)


SPEECHES: dict[str, type[Speech]] = {"madang": Madang, "picows": Picows, "colyseus": Colyseus}
