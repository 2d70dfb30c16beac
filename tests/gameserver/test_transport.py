"""The same bytes lead to the same events and the same answers as by uvicorn's own protocol.

uvicorn's class is the oracle. Frames of every kind, right and wrong, arrive in pieces of every size.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import Iterator
from itertools import accumulate, pairwise
from typing import Any

import pytest
import uvicorn
from hypothesis import example, given, settings
from hypothesis import strategies as st
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from uvicorn.server import ServerState

from games.delivery import EXTENSION
from games.protocol.framing import framed
from gameserver import server
from gameserver.transport import SocketProtocol
from tests.gameserver.raw import MASK, OP_BINARY, OP_CLOSE, OP_CONT, OP_PING, OP_PONG, OP_TEXT, REQUEST, frame

LIMIT = 1000


class Wire:
    """A transport that keeps what is written, and gives what arrives to whichever protocol stands behind it."""

    def __init__(self, protocol: Any) -> None:
        self.protocol = protocol
        self.written = self.waiting = b""
        self.closing = self.aborted = self.reading_paused = False
        protocol.connection_made(self)

    def arrive(self, data: bytes) -> None:
        """All of it, in as many reads as a buffer makes of it, while reading is not paused."""
        self.waiting += data
        while self.waiting and not self.closing and not self.reading_paused:
            data, self.waiting = self.waiting, b""
            if not hasattr(self.protocol, "get_buffer"):
                self.protocol.data_received(data)
                return
            buffer = self.protocol.get_buffer(-1)
            size = min(len(buffer), len(data))
            buffer[:size], self.waiting = data[:size], data[size:]
            self.protocol.buffer_updated(size)

    def set_protocol(self, protocol: Any) -> None:
        self.protocol = protocol

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.closing = True

    def setsockopt(self, *_: int) -> None:
        pass

    def write(self, data: bytes) -> None:
        self.written += data

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = self.aborted = True

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.reading_paused = True

    def resume_reading(self) -> None:
        self.reading_paused = False
        asyncio.get_running_loop().call_soon(self.arrive, b"")

    def get_extra_info(self, name: str) -> Any:
        return self if name == "socket" else None

    def getpeername(self) -> tuple[str, int]:
        return "127.0.0.1", 1

    getsockname = getpeername


class Side:
    """One protocol, the application above it, and what it was told."""

    def __init__(self, kind: type[WebSocketsSansIOProtocol], *, hears: bool) -> None:
        self.told: list[Any] = []
        self.hears, self.called, self.hung_up = hears, 0, False
        configured = uvicorn.Config(
            self.application,
            interface="asgi3",
            ws_max_size=LIMIT,
            ws_per_message_deflate=False,
            ws_ping_interval=None,
            log_config=None,
        )
        configured.load()
        self.protocol: Any = kind(configured, ServerState(), {}, asyncio.get_running_loop())
        self.wire = Wire(self.protocol)

    async def application(self, scope: Any, receive: Any, send: Any) -> None:
        assert (await receive())["type"] == "websocket.connect"
        await send({"type": "websocket.accept"})
        if self.hears:
            scope["extensions"][EXTENSION].stay(self.hear, self.ended)
            return
        while True:
            event = await receive()
            self.told.append(event.get("text", event.get("bytes", event)))
            if event["type"] != "websocket.receive":
                return

    def hear(self, message: str | bytes) -> None:
        self.called += 1
        self.told.append(message)

    def ended(self) -> None:
        self.told.append(self.protocol._end)

    async def feed(self, data: bytes) -> None:
        self.wire.arrive(data)
        for _ in range(6):
            await asyncio.sleep(0)


async def both(sent: list[bytes], cuts: list[int]) -> tuple[Side, Side]:
    """uvicorn's protocol and ours after the same stream, cut at the same places.

    For uvicorn's also between frames: where a wrong frame arrives in one piece with those before it, it drops them.
    """
    stream, ends = b"".join(sent), accumulate(map(len, sent))
    sides = Side(WebSocketsSansIOProtocol, hears=False), Side(SocketProtocol, hears=True)
    places = {0, len(stream), *(cut % (len(stream) + 1) for cut in cuts)}
    for side, cut_at in zip(sides, (places.union(ends), places), strict=True):
        await side.feed(REQUEST)
        for begin, end in pairwise(sorted(cut_at)):
            await side.feed(stream[begin:end])
        side.hung_up = side.wire.closing
        if not side.wire.closing:
            side.wire.protocol.connection_lost(None)
            await asyncio.sleep(0)
    return sides


texts = st.text(max_size=200).map(lambda text: frame(OP_TEXT, text.encode()))
frames = st.one_of(
    texts,
    texts,
    texts,
    st.sampled_from([125, 126, 127, LIMIT]).map(lambda size: frame(OP_TEXT, b"x" * size)),
    st.binary(max_size=40).map(lambda data: frame(OP_BINARY, data)),
    st.binary(max_size=40).map(lambda data: frame(OP_PING, data)),
    st.binary(max_size=4).map(lambda data: frame(OP_PONG, data)),
    st.tuples(st.binary(max_size=9), st.booleans()).map(lambda part: frame(OP_TEXT, part[0], fin=part[1])),
    st.tuples(st.binary(max_size=9), st.booleans()).map(lambda part: frame(OP_CONT, part[0], fin=part[1])),
    st.sampled_from([OP_TEXT, OP_CONT]).flatmap(
        lambda opcode: st.booleans().map(lambda fin: frame(opcode, b"z" * (LIMIT * 3 // 5), fin=fin))
    ),
    st.sampled_from([1000, 1001, 1005, 4000]).map(lambda code: frame(OP_CLOSE, struct.pack("!H", code))),
    st.just(frame(OP_TEXT, b"\xff\xfe")),
    st.just(frame(OP_TEXT, b"bare", masked=False)),
    st.just(frame(OP_TEXT, b"reserved", rsv=0x40)),
    st.just(frame(0x3, b"")),
    st.just(struct.pack("!BBH", 0x81, 0xFE, LIMIT + 1) + MASK + b"y" * 100),
    st.just(struct.pack("!BBQ", 0x81, 0xFF, 1 << 62) + MASK),
)


@settings(max_examples=400, deadline=None)
@example([frame(OP_TEXT, b"z" * 600, fin=False), frame(OP_CONT, b"z" * 600)], [])  # too large by its last fragment
@given(st.lists(frames, max_size=8), st.lists(st.integers(min_value=0), max_size=12))
def test_whatever_arrives_the_application_and_the_peer_see_what_they_would_of_uvicorn(
    sent: list[bytes], cuts: list[int]
) -> None:
    theirs, ours = asyncio.run(both(without_close_amid_fragments(sent), cuts))
    assert [*map(known, ours.told)] == [*map(known, theirs.told)]
    assert [*read(ours.wire.written)] == [*read(theirs.wire.written)]
    assert ours.hung_up == theirs.hung_up


def without_close_amid_fragments(sent: list[bytes]) -> list[bytes]:
    """The RFC and Autobahn's case 7.1.5 allow it, uvicorn's does not."""
    kept, amid = [], False
    for one in sent:
        amid = one[0] in (OP_TEXT, OP_BINARY) or (amid and one[0] != 0x80 | OP_CONT)
        if not (amid and one[0] == 0x80 | OP_CLOSE):
            kept.append(one)
    return kept


# A line that broke is 1005 for uvicorn, and 1006 for the RFC. A message both too large and out of place is either.
SAME = {1005: 1006, 1009: 1002}


def known(told: Any) -> Any:
    """An event but for the server's own wording."""
    if not isinstance(told, dict):
        return told
    return {**told, "reason": "", "code": SAME.get(told["code"], told["code"])}


def read(written: bytes) -> Iterator[tuple[int, bytes | int]]:
    """First byte and payload of the frames that were sent after the handshake; of a close frame only the code."""
    frames = written.partition(b"\r\n\r\n")[2]
    while frames:
        first, size = frames[0], frames[1]
        code = int.from_bytes(frames[2:4])
        yield first, SAME.get(code, code) if first == 0x80 | OP_CLOSE else frames[2 : 2 + size]
        frames = frames[2 + size :]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.binary(min_size=1, max_size=60), max_size=8))
def test_noise_ends_a_connection_or_waits_for_more_and_never_raises(noise: list[bytes]) -> None:
    async def run() -> Side:
        side = Side(SocketProtocol, hears=True)
        for data in [REQUEST, *noise]:
            await side.feed(data)
        return side

    side = asyncio.run(run())
    assert all(isinstance(told, str | bytes) or told["type"] == "websocket.disconnect" for told in side.told)
    assert side.wire.closing == any(isinstance(told, dict) for told in side.told)


async def test_text_takes_the_short_cut_also_byte_by_byte() -> None:
    _, ours = await both([frame(OP_TEXT, b"one"), frame(OP_TEXT, "마당".encode())], list(range(100)))
    assert ours.told[:2] == ["one", "마당"]
    assert ours.called == 2


@pytest.mark.parametrize("size", [0, 1, 125, 126, 127, 65_535, 65_536, 70_000])
async def test_a_ready_frame_is_the_one_that_uvicorn_would_send(size: int) -> None:
    theirs, ours = Side(WebSocketsSansIOProtocol, hears=False), Side(SocketProtocol, hears=True)
    for side in (theirs, ours):
        await side.feed(REQUEST)
    before = ours.wire.written
    await theirs.protocol.send({"type": "websocket.send", "text": "x" * size})
    assert ours.protocol.write(framed(b"x" * size)) is not False
    assert ours.wire.written.removeprefix(before) == theirs.wire.written.partition(b"\r\n\r\n")[2]
    assert ours.wire.written != before


async def test_nothing_is_written_where_send_would_wait_or_raise() -> None:
    for hinder in ("pause_writing", "lost", "sent"):
        side = Side(SocketProtocol, hears=True)
        await side.feed(REQUEST)
        if hinder == "pause_writing":
            side.wire.protocol.pause_writing()
        elif hinder == "lost":
            side.wire.protocol.connection_lost(None)
        else:
            await side.protocol.send({"type": "websocket.close", "code": 1000})
        written = side.wire.written
        assert side.protocol.write(framed(b"late")) is False
        assert side.wire.written == written


async def test_a_refused_handshake_is_uvicorns() -> None:
    side = Side(SocketProtocol, hears=True)
    await side.feed(REQUEST.replace(b"version: 13", b"version: 7"))
    assert side.wire.written.startswith(b"HTTP/1.1 4")
    assert side.told == []


async def test_the_server_runs_on_it() -> None:
    assert server.config("gameserver.asgi:application").ws is SocketProtocol
