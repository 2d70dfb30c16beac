"""Colyseus: moves broadcast as messages, and as patches of a schema state."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from bench import installing
from bench.generator import Dialect, Expect, Line, Room, Seat, upgrade
from bench.rivals.started import TURNS, posted, started
from bench.targets import Cores, Target
from bench.wire import BINARY, frame
from tests import servers

# Reservations are kept for a minute, so that all can be made before the sockets connect.
RESERVED = {"COLYSEUS_SEAT_RESERVATION_TIME": "60"}
_JOIN, _DATA, _PATCH = b"\x0a", b"\x0d", b"\x0f"


@contextlib.contextmanager
def _colyseus(kind: str, name: str, update: bytes, cores: Cores) -> Iterator[Target]:
    port = servers.free_port()
    joined = frame(_JOIN, BINARY)
    line = Line(
        tuple(
            (by, frame(_DATA + b"\xa4move\x82\xa1c" + _uint32(c) + b"\xa1m" + bytes([m]), BINARY)) for by, c, m in TURNS
        )
    )

    def seat(method: str, room: str) -> tuple[str, Seat]:
        number, path = reserved(port, method, room, {})
        return number, Seat(upgrade(path, port), (Expect(_JOIN), joined))

    def room(watchers: int) -> Room:
        number, first = seat("create", kind)
        return Room(0, (first, *(seat("joinById", number)[1] for _ in range(1 + watchers))))

    def rooms(count: int, watchers: int) -> tuple[Sequence[Line], Sequence[Room]]:
        return [line], [room(watchers) for _ in range(count)]

    command = ["node", installing.node("colyseus"), str(port)]
    with started(
        name, command, port, cores, Dialect(update, (_DATA + b"\xa5error",)), rooms, environ=RESERVED
    ) as target:
        yield target


def reserved(port: int, method: str, room: str, options: dict[str, int]) -> tuple[str, str]:
    """A seat, by one of the matchmaker's methods: the room's id, and the path of the seat's socket."""
    told = posted(f"http://127.0.0.1:{port}/matchmake/{method}/{room}", options)
    return told["roomId"], f"/{told['processId']}/{told['roomId']}?sessionId={told['sessionId']}"


def _uint32(value: int) -> bytes:
    return b"\xce" + value.to_bytes(4, "big")


@contextlib.contextmanager
def colyseus_messages(cores: Cores) -> Iterator[Target]:
    with _colyseus("relay", "Colyseus, message broadcast", _DATA + b"\xa6update", cores) as target:
        yield target


@contextlib.contextmanager
def colyseus_patches(cores: Cores) -> Iterator[Target]:
    with _colyseus("board", "Colyseus, state patch", _PATCH, cores) as target:
        yield target
