"""The load generator in C, against a server of a few lines: what it connects, sends, counts and tells."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest
from websockets.asyncio.server import ServerConnection, serve

from bench.generator import Dialect, Expect, Line, Load, Room, Seat, compiled, measured, say, trial, upgrade
from tests.servers import Unavailable

DIALECT = Dialect(b"update", (b"no",), b"are you there", say("yes"))
Answer = Callable[[list[ServerConnection], str], list[str]]


@pytest.fixture(autouse=True)
def _a_compiler() -> None:
    try:
        compiled()
    except Unavailable as why:
        pytest.skip(str(why))


def plain(room: list[ServerConnection], text: str) -> list[str]:
    return [f"update {text} {'x' * 200}"]


@contextmanager
def server(answer: Answer) -> Iterator[tuple[int, list[str]]]:
    """Sockets of one path are a room; what one of them sends is answered to all. Its port, and what came in."""
    rooms: dict[str, list[ServerConnection]] = {}
    heard: list[str] = []
    ports: list[int] = []
    up, stop = threading.Event(), asyncio.Event()
    loop = asyncio.new_event_loop()

    async def hold(socket: ServerConnection) -> None:
        assert socket.request is not None
        room = rooms.setdefault(socket.request.path, [])
        room.append(socket)
        await socket.send("hello")
        async for text in socket:
            heard.append(str(text))
            if text == "here":
                await socket.send("welcome")
                continue
            for told in answer(room, str(text)):
                for one in room:
                    await one.send(told)

    async def run() -> None:
        async with serve(hold, "127.0.0.1", 0) as made:
            ports.append(made.sockets[0].getsockname()[1])
            up.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(run(),))
    thread.start()
    try:
        assert up.wait(10)
        yield ports[0], heard
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


def load(
    port: int, *, rooms: int = 4, size: int = 3, rate: float = 100, inputs: int = 10, endless: bool = True
) -> Load:
    opening = (Expect(b"hello"), say("here"), Expect(b"welcome"))
    made = [Room(0, tuple(Seat(upgrade(f"/{n}", port), opening) for _ in range(size))) for n in range(rooms)]
    line = Line(tuple((n % 2, say(f"move {n}")) for n in range(inputs)))
    return Load(rate, 0.1, 0.5, min(rooms, 2), [line], made, endless=endless, arriving=2)


def run(port: int, what: Load) -> tuple[int, int, int, tuple[str, ...]]:
    core = max(os.sched_getaffinity(0))
    seen = measured(port, DIALECT, what, core=core, server=[os.getpid()], beside=None).seen
    return seen.inputs, seen.updates, seen.lost, seen.ills


def test_inputs_fall_due_by_the_clock_and_reach_everyone_in_the_room() -> None:
    with server(plain) as (port, heard):
        inputs, updates, lost, ills = run(port, load(port))
    assert ills == ()
    assert lost == 0
    assert 49 <= inputs <= 51
    assert updates > 0.5 * 3 * inputs  # a busy machine delivers the last of them after the window
    assert heard.count("here") == 12
    assert sum(one.startswith("move") for one in heard) == 60


def test_a_room_whose_line_is_over_makes_way_for_the_next() -> None:
    with server(plain) as (port, heard):
        _, _, lost, ills = run(port, load(port, rooms=8, inputs=9, endless=False))
    assert (lost, ills) == (0, ())
    assert heard.count("move 0") == 8
    assert heard.count("move 8") >= 4


def test_who_is_never_answered_waits_for_the_turn_and_everything_counts_as_lost() -> None:
    with server(lambda room, text: []) as (port, heard):
        inputs, updates, lost, ills = run(port, load(port)._replace(grace_s=0.1))
    assert (updates, ills) == (0, ())
    assert lost == 3 * inputs
    assert sum(one.startswith("move") for one in heard) == 2


def test_without_turns_inputs_wait_for_nobody() -> None:
    with server(lambda room, text: []) as (port, heard):
        run(port, load(port)._replace(grace_s=0.1, turns=False))
    assert sum(one.startswith("move") for one in heard) == 60


def test_a_ping_is_answered_and_a_refusal_is_told() -> None:
    def refusing(room: list[ServerConnection], text: str) -> list[str]:
        return [] if text == "yes" else ["are you there", 'no "way"']

    with server(refusing) as (port, heard):
        _, _, _, ills = run(port, load(port))
    assert "no  way " in ills
    assert "yes" in heard


def test_a_refused_handshake_ends_the_trial_with_what_the_server_said() -> None:
    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 403 Forbidden\r\n\r\n")
        writer.close()

    async def go() -> None:
        made = await asyncio.start_server(refuse, "127.0.0.1", 0)
        async with made:
            port = made.sockets[0].getsockname()[1]
            with pytest.raises(RuntimeError, match="403"):
                await asyncio.to_thread(lambda: trial(port, DIALECT, load(port), 0).__enter__())

    asyncio.run(go())
