"""What a connection does when its socket takes frames, when it does not, and when it is gone.

The server is a `Wire` that can be blocked; the last tests use uvicorn itself and clients that never read.
"""

from __future__ import annotations

import asyncio
import base64
import os
import socket
import time
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
import uvicorn
import uvloop
from hypothesis import given, settings
from hypothesis import strategies as st

from games import delivery, pending
from games.delivery import Connection, sweep
from games.pending import PENDING_BYTES, PENDING_EVENTS, PENDING_S
from games.protocol.codes import CLOSE_WHY, Close
from gameserver import server


class Wire:
    """A server's `send` that can be made to wait, and that fails the test when two sends run at once."""

    def __init__(self) -> None:
        self.sent: list[Any] = []
        self.free = asyncio.Event()
        self.free.set()
        self.one_by_one = False
        self.gone: Exception | None = None
        self.sending = False
        self.cancelled = False
        self.stopped = 0
        self.connection = Connection(self.send, self.stop)

    async def send(self, event: dict[str, Any]) -> None:
        assert not self.sending, "two sends at once"
        self.sending = True
        try:
            await self.free.wait()
            if self.gone is not None:
                raise self.gone
            self.sent.append(event["text"] if event["type"] == "websocket.send" else event["code"])
            if self.one_by_one:
                self.block()
        except asyncio.CancelledError:
            self.cancelled = True
            raise
        finally:
            self.sending = False

    def stop(self) -> None:
        self.stopped += 1

    def block(self) -> None:
        self.free.clear()

    async def unblock(self) -> None:
        self.free.set()
        await turns()


async def turns(count: int = 5) -> None:
    for _ in range(count):
        await asyncio.sleep(0)


def nothing_is_left() -> bool:
    """No writer runs on this test's event loop, and the sweep has nobody to look at."""
    return len(asyncio.all_tasks()) == 1 and not delivery._blocked


# ── while the socket takes them ─────────────────────────────────────────────────────────────────────────


async def test_frames_leave_at_once_in_order_and_without_a_task() -> None:
    wire = Wire()
    wire.connection.put(b"one", "event")
    wire.connection.put("둘".encode(), "state")
    wire.connection.put(b"three", "state")
    assert wire.sent == ["one", "둘", "three"]
    assert nothing_is_left()


async def test_a_close_leaves_at_once_with_its_reason_and_nothing_after_it() -> None:
    events: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        events.append(event)

    connection = Connection(send, stop=lambda: pytest.fail("nothing to abort"))
    connection.close(Close.REPLACED)
    connection.put(b"late", "event")
    connection.close(Close.RESTART)
    assert events == [{"type": "websocket.close", "code": 4000, "reason": CLOSE_WHY[Close.REPLACED]}]
    assert connection.closing


async def test_a_server_that_does_not_know_a_code_closes_without_one() -> None:
    events: list[dict[str, Any]] = []

    async def send(event: dict[str, Any]) -> None:
        if event.get("code", 4000) < 3000:
            raise ValueError("no such close code")
        events.append(event)

    connection = Connection(send, stop=lambda: pytest.fail("nothing to abort"))
    connection.close(Close.RESTART)
    assert events == [{"type": "websocket.close"}]


@pytest.mark.parametrize("code", Close)
def test_every_reason_fits_into_a_close_frame(code: Close) -> None:
    assert len(CLOSE_WHY[code].encode()) <= 123


async def test_an_awaitable_that_is_no_coroutine_is_sent_too() -> None:
    taken: list[Any] = []

    def send(event: Any) -> Awaitable[None]:
        future = asyncio.get_running_loop().create_future()
        taken.append((event["text"], future))
        return future

    connection = Connection(send, stop=lambda: None)
    connection.put(b"one", "event")
    connection.put(b"two", "event")
    assert [text for text, _ in taken] == ["one"]
    taken[0][1].set_result(None)
    await turns()
    assert [text for text, _ in taken] == ["one", "two"]
    taken[1][1].set_result(None)
    await turns()


# ── while it does not ───────────────────────────────────────────────────────────────────────────────────


async def test_frames_wait_in_order_behind_one_that_the_server_does_not_take() -> None:
    wire = Wire()
    wire.block()
    for text in (b"0", b"1", b"2", b"3"):
        wire.connection.put(text, "event")
    await turns()
    assert wire.sent == []
    await wire.unblock()
    assert wire.sent == ["0", "1", "2", "3"]
    assert nothing_is_left()
    wire.connection.put(b"4", "event")
    assert wire.sent[-1] == "4"


async def test_a_send_that_waits_several_times_is_gone_on_with_where_it_stood() -> None:
    steps: list[str] = []

    async def send(event: dict[str, Any]) -> None:
        for _ in range(3):
            steps.append(event["text"])
            await asyncio.sleep(0)

    connection = Connection(send, stop=lambda: None)
    connection.put(b"a", "event")
    connection.put(b"b", "event")
    await turns(10)
    assert steps == ["a", "a", "a", "b", "b", "b"]


async def test_a_single_state_frame_waits_and_is_sent() -> None:
    wire = Wire()
    wire.connection.on_stale(lambda connection: pytest.fail("nothing was dropped"))
    wire.block()
    wire.connection.put(b"event", "event")
    wire.connection.put(b"state", "state")
    await wire.unblock()
    assert wire.sent == ["event", "state"]


async def test_state_frames_that_pile_up_become_one_full_view_behind_the_events() -> None:
    wire = Wire()
    wire.connection.on_stale(lambda connection: connection.put(b"welcome", "state"))
    stale = delivery.counts.stale
    wire.block()
    wire.connection.put(b"v1", "state")  # in the server's hands: it cannot be taken back
    for frame, kind in ((b"v2", "state"), (b"ack", "event"), (b"v3", "state"), (b"chat", "event"), (b"v4", "state")):
        wire.connection.put(frame, kind)
    await wire.unblock()
    assert wire.sent == ["v1", "ack", "chat", "welcome"]
    assert delivery.counts.stale == stale + 1
    wire.connection.put(b"v5", "state")
    assert wire.sent[-1] == "v5"


async def test_the_full_view_is_made_only_when_everything_before_it_has_left() -> None:
    wire = Wire()
    wire.connection.on_stale(lambda connection: connection.put(f"full after {len(wire.sent)}".encode(), "state"))
    wire.block()
    for _ in range(3):
        wire.connection.put(b"v", "state")
        wire.connection.put(b"event", "event")
    wire.one_by_one = True
    for _ in range(5):
        await wire.unblock()
    assert wire.sent == ["v", "event", "event", "event", "full after 4"]


async def test_nothing_is_owed_any_more_once_a_close_was_asked_for() -> None:
    wire = Wire()
    wire.connection.on_stale(lambda connection: pytest.fail("it is closing"))
    wire.block()
    for _ in range(4):
        wire.connection.put(b"v", "state")
    wire.connection.close(Close.MOVED)
    await wire.unblock()
    assert wire.sent == ["v", 4010]


async def test_a_full_view_that_fails_closes_this_connection_and_says_so(caplog: Any) -> None:
    wire = Wire()

    def fail(connection: Any) -> None:
        raise KeyError("no match")

    wire.connection.on_stale(fail)
    wire.block()
    for _ in range(3):
        wire.connection.put(b"v", "state")
    await wire.unblock()
    assert wire.sent == ["v", 1011]
    assert f"connection {wire.connection.number}" in caplog.text


@given(st.lists(st.sampled_from(["state", "event", "block", "unblock", "turn"]), max_size=60))
@settings(deadline=None, max_examples=200)
def test_whatever_blocks_when_a_client_gets_every_event_and_no_gap_of_versions(actions: list[str]) -> None:
    async def play() -> None:
        wire, version, events = Wire(), 0, 0
        wire.connection.on_stale(lambda connection: connection.put(f"full {version}".encode(), "state"))
        for action in actions:
            if action == "state":
                version += 1
                wire.connection.put(f"v {version}".encode(), "state")
            elif action == "event":
                events += 1
                wire.connection.put(f"event {events}".encode(), "event")
            elif action == "block":
                wire.block()
            elif action == "unblock":
                wire.free.set()
            else:
                await asyncio.sleep(0)
        wire.free.set()
        await turns(20)
        seen, heard = 0, 0
        for kind, number in (text.split() for text in wire.sent):
            if kind == "event":
                assert int(number) == heard + 1
                heard += 1
            else:
                assert int(number) == seen + 1 if kind == "v" else int(number) >= seen
                seen = int(number)
        assert (seen, heard) == (version, events)

    asyncio.run(play())


# ── when it is too much ─────────────────────────────────────────────────────────────────────────────────


async def test_the_last_event_that_may_wait_and_the_first_that_may_not() -> None:
    wire = Wire()
    wire.block()
    for _ in range(PENDING_EVENTS):
        wire.connection.put(b"x", "event")
    assert not wire.connection.closing
    wire.connection.put(b"x", "event")
    assert wire.connection.closing
    assert wire.stopped == 1


async def test_the_last_byte_that_may_wait_and_the_first_that_may_not() -> None:
    wire = Wire()
    wire.block()
    wire.connection.put(b"x" * (PENDING_BYTES - 1), "event")
    wire.connection.put(b"x", "event")
    assert not wire.connection.closing
    wire.connection.put(b"x", "event")
    assert wire.stopped == 1


async def test_what_has_left_or_was_dropped_does_not_count() -> None:
    wire = Wire()
    for _ in range(3):
        wire.block()
        for _ in range(PENDING_EVENTS):
            wire.connection.put(b"x" * 100, "event")
        for _ in range(3):
            wire.connection.put(b"x" * (PENDING_BYTES - 100 * PENDING_EVENTS), "state")
        assert not wire.connection.closing
        await wire.unblock()
    assert len(wire.sent) == 3 * PENDING_EVENTS


async def test_state_frames_alone_never_close_a_connection_before_its_time() -> None:
    wire = Wire()
    wire.block()
    for _ in range(10_000):
        wire.connection.put(b"x" * 200, "state")
    assert not wire.connection.closing
    await wire.unblock()


async def test_the_sweep_closes_who_has_waited_too_long_and_nobody_else(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr(pending.time, "monotonic", lambda: now[0])
    stuck, slow, quick = Wire(), Wire(), Wire()
    stuck.block()
    slow.block()
    slow_before = delivery.counts.slow
    for wire in (stuck, slow, quick):
        wire.connection.put(b"1", "event")
    now[0] += 5
    stuck.connection.put(b"2", "event")
    slow.connection.put(b"2", "event")
    slow.free.set()
    await turns()
    slow.block()
    slow.connection.put(b"3", "event")
    sweep(1000.0 + PENDING_S)
    assert not stuck.connection.closing
    sweep(1000.0 + PENDING_S + 0.001)
    assert (stuck.stopped, slow.stopped, quick.stopped) == (1, 0, 0)
    assert delivery.counts.slow == slow_before + 1
    await turns()
    assert stuck.cancelled
    await slow.unblock()
    quick.connection.put(b"2", "event")
    assert (stuck.sent, slow.sent, quick.sent) == ([], ["1", "2", "3"], ["1", "2"])


async def test_a_close_that_nobody_takes_ends_by_the_sweep() -> None:
    wire = Wire()
    wire.block()
    wire.connection.close(Close.RESTART)
    ending = asyncio.create_task(wire.connection.ended())
    await turns()
    assert not ending.done()
    sweep(time.monotonic() + PENDING_S + 1)
    await asyncio.wait_for(ending, 1)
    assert wire.stopped == 1


@pytest.mark.parametrize("waited", [0, 1, 5])
async def test_slow_aborts_what_waits_whether_or_not_its_writer_has_begun(waited: int) -> None:
    wire = Wire()
    wire.block()
    wire.connection.put(b"never", "event")
    await turns(waited)
    wire.connection.close(Close.SLOW)
    wire.connection.close(Close.SLOW)
    await wire.unblock()
    assert wire.sent == []
    assert (wire.sending, wire.stopped) == (False, 1)
    await wire.connection.ended()
    assert nothing_is_left()


# ── when it is gone ─────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("blocked", [False, True])
async def test_a_socket_that_is_gone_is_a_closed_connection_and_no_exception(blocked: bool) -> None:
    wire = Wire()
    if blocked:
        wire.block()
        wire.connection.put(b"1", "event")
        wire.connection.put(b"2", "state")
    wire.gone = OSError("the client has gone")
    await wire.unblock()
    wire.connection.put(b"3", "event")
    await turns()
    assert wire.connection.closing
    assert wire.sent == []
    await wire.connection.ended()
    assert nothing_is_left()


async def test_the_end_lets_a_close_leave_that_was_asked_for() -> None:
    wire, opened = Wire(), delivery.counts.open
    wire.block()
    wire.connection.put(b"bye", "event")
    wire.connection.close(Close.REPLACED)
    ending = asyncio.create_task(wire.connection.ended())
    await turns()
    await wire.unblock()
    await ending
    assert wire.sent == ["bye", 4000]
    assert delivery.counts.open == opened - 1


async def test_the_end_of_a_lost_socket_waits_for_nothing() -> None:
    wire = Wire()
    wire.block()
    wire.connection.put(b"never", "event")
    await asyncio.wait_for(wire.connection.ended(), 1)
    assert wire.cancelled


async def test_an_end_that_is_cancelled_leaves_no_writer() -> None:
    wire = Wire()
    wire.block()
    wire.connection.close(Close.RESTART)
    ending = asyncio.create_task(wire.connection.ended())
    await turns()
    ending.cancel()
    await asyncio.wait([ending])
    await turns()
    assert wire.cancelled
    assert nothing_is_left()


# ── on uvicorn, with clients that do not read ───────────────────────────────────────────────────────────


class Feed:
    """An application that puts the same frames to all its sockets; its connections by arrival."""

    def __init__(self) -> None:
        self.connections: list[Connection] = []
        self.ended = 0

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "lifespan":
            for _ in range(2):
                await send({"type": f"{(await receive())['type']}.complete"})
            return
        await receive()
        await send({"type": "websocket.accept"})
        try:
            async with asyncio.timeout(None) as patience:
                connection = Connection(send, stop=lambda: patience.reschedule(0))
                self.connections.append(connection)
                while (await receive())["type"] != "websocket.disconnect":
                    pass
        except TimeoutError:
            pass
        await connection.ended()
        self.ended += 1


def on_uvicorn(play: Callable[[Feed, uvicorn.Server, int], Awaitable[None]]) -> None:
    """Run `play` beside a real server, with the production server's loop, configuration and listening socket."""

    async def run() -> None:
        feed = Feed()
        with server.listening_socket("127.0.0.1", 0) as listener:
            running = uvicorn.Server(server.config(feed))
            serving = asyncio.create_task(running.serve(sockets=[listener]))
            await until(lambda: running.started)
            try:
                await play(feed, running, listener.getsockname()[1])
            finally:
                running.should_exit = True
                await serving

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(run())


async def until(true: Callable[[], bool], seconds: float = 10) -> None:
    async with asyncio.timeout(seconds):
        while not true():  # noqa: ASYNC110 - what is waited for happens in the kernel
            await asyncio.sleep(0.01)


async def websocket(port: int, *, takes_bytes: int = 1 << 20) -> socket.socket:
    """A socket after its handshake; the kernel takes so many bytes for it, and then only what is read."""
    loop, client = asyncio.get_running_loop(), socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, takes_bytes)
    client.setblocking(False)
    await loop.sock_connect(client, ("127.0.0.1", port))
    key = base64.b64encode(os.urandom(16)).decode()
    lines = "GET / HTTP/1.1", "Host: x", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"
    await loop.sock_sendall(client, "\r\n".join((*lines, f"Sec-WebSocket-Key: {key}", "", "")).encode())
    answer = b""
    while b"\r\n\r\n" not in answer:
        answer += await loop.sock_recv(client, 1)
    return client


async def read(client: socket.socket, size: int) -> bytes:
    taken = b""
    while len(taken) < size:
        taken += await asyncio.wait_for(asyncio.get_running_loop().sock_recv(client, 65536), 10)
    return taken


def framed(text: bytes) -> bytes:
    return b"\x81\x7e" + len(text).to_bytes(2) + text


def test_on_uvicorn_a_client_that_does_not_read_is_gone_and_another_misses_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivery, "PENDING_S", 1.0)
    monkeypatch.setattr(server, "TCP_USER_TIMEOUT_MS", 1000)

    async def play(feed: Feed, running: uvicorn.Server, port: int) -> None:
        deaf, reader = await websocket(port, takes_bytes=4096), await websocket(port)
        await until(lambda: len(feed.connections) == 2)
        for number in range(10_000):
            frame = str(number).zfill(1000).encode()
            for connection in feed.connections:
                connection.put(frame, "state")
            assert await read(reader, 1004) == framed(frame)
            if feed.connections[0]._writer is not None:
                break  # the deaf one takes no more
        began = time.monotonic()
        while feed.ended < 1:
            sweep(time.monotonic())
            await asyncio.sleep(0.05)
        await until(lambda: len(running.server_state.connections) == 1)
        assert time.monotonic() - began < 6
        feed.connections[1].put(b"x" * 200, "event")
        assert await read(reader, 204) == framed(b"x" * 200)
        deaf.close()
        reader.close()

    on_uvicorn(play)


def test_on_uvicorn_a_client_that_reads_again_gets_what_waited_in_order_and_one_full_view() -> None:
    async def play(feed: Feed, running: uvicorn.Server, port: int) -> None:
        client = await websocket(port, takes_bytes=4096)
        await until(lambda: len(feed.connections) == 1)
        connection = feed.connections[0]
        connection.on_stale(lambda same: same.put(b"W" * 1000, "state"))
        left = 0
        while connection._writer is None:
            connection.put(b"S" * 1000, "state")
            left += 1
            await asyncio.sleep(0)
        for number in range(100):
            connection.put(b"S" * 1000, "state")
            connection.put(str(number).zfill(1000).encode(), "event")
        expected = [b"S" * 1000] * left + [str(number).zfill(1000).encode() for number in range(100)] + [b"W" * 1000]
        assert await read(client, 1004 * len(expected)) == b"".join(map(framed, expected))
        await until(lambda: connection._writer is None)
        client.close()

    on_uvicorn(play)


def test_on_uvicorn_frames_to_sockets_that_close_meanwhile_are_lost_without_a_word(caplog: Any) -> None:
    async def play(feed: Feed, running: uvicorn.Server, port: int) -> None:
        clients = [await websocket(port) for _ in range(20)]
        await until(lambda: len(feed.connections) == 20)
        for index, client in enumerate(clients):
            if index % 2:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")  # reset
            client.close()
            for _ in range(50):
                for connection in feed.connections:
                    connection.put(b"x" * 1000, "event")
            await asyncio.sleep(0)
        await until(lambda: feed.ended == 20)

    on_uvicorn(play)
    assert not [record for record in caplog.records if record.levelname in ("WARNING", "ERROR")]
