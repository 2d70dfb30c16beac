"""Peers that vanish, that do not read, that say too much; an application that does not receive. Real connections."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import socket
import ssl
import struct
import threading
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from games.delivery import EXTENSION
from tests.gameserver import leaks
from tests.gameserver.raw import (
    OP_BINARY,
    OP_PING,
    OP_PONG,
    OP_TEXT,
    REQUEST,
    Peer,
    close,
    echo,
    frame,
    serving,
    wait_until,
)

READY = frame(OP_BINARY, b"x" * 16_000, masked=False)


class Held:
    """An application that accepts and keeps the socket for the test."""

    def __init__(self) -> None:
        self.ended = threading.Event()
        self.told: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "websocket.accept"})
        self.socket, self.receive, self.send = scope["extensions"][EXTENSION], receive, send
        self.loop = asyncio.get_running_loop()
        await self.act()
        while not self.told or self.told[-1]["type"] == "websocket.receive":
            self.told.append(await receive())
        self.ended.set()

    async def act(self) -> None:
        """What a test wants done first."""


def test_a_silent_peer_is_dropped_and_one_that_answers_stays() -> None:
    held = Held()
    with serving(held, ws_ping_interval=0.2, ws_ping_timeout=0.2) as (port, server), Peer(port) as dead:
        with Peer(port) as alive:
            for _ in range(4):
                assert alive.next() == (0x89, b"")
                alive.send(frame(OP_PONG, b""))
            assert dead.rest() == [(0x89, b""), (0x88, struct.pack("!H", 1011) + b"keepalive ping timeout")]
            dead.socket.close()
            wait_until(lambda: len(server.server_state.connections) == 1)
            alive.send(close())
        wait_until(lambda: not server.server_state.connections)


class Pours(Held):
    """Sends until it would have to wait; then waits."""

    async def act(self) -> None:
        while self.socket.write(READY) is not False:
            pass
        self.full = True
        await self.send({"type": "websocket.send", "text": "at last"})
        self.took = True


def test_a_peer_that_reads_late_gets_everything_in_order() -> None:
    held = Pours()
    held.full = held.took = False
    with serving(held) as (port, _), Peer(port) as peer:
        wait_until(lambda: held.full)
        time.sleep(0.05)
        assert not held.took
        while (told := peer.next()) == (0x82, b"x" * 16_000):
            pass
        assert told == (0x81, b"at last")
        wait_until(lambda: held.took)


@pytest.mark.parametrize("how", ["abort", "keepalive", "close"])
def test_a_peer_that_never_reads_is_freed(how: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gameserver.transport.line.CLOSE_S", 0.3)
    monkeypatch.setattr("gameserver.transport.line.LINGER_S", 0.3)
    held = Pours()
    held.full = False
    options = {"ws_ping_interval": 0.2, "ws_ping_timeout": 0.2} if how == "keepalive" else {}
    with serving(held, **options) as (port, server), Peer(port):
        wait_until(lambda: held.full)
        if how == "abort":
            held.loop.call_soon_threadsafe(held.socket.abort)
        elif how == "close":
            held.loop.call_soon_threadsafe(held.socket.close, 4000, "")
        wait_until(lambda: not server.server_state.connections)
        wait_until(lambda: not server.server_state.tasks)


class Deaf(Held):
    """Receives nothing until it is told to."""

    async def act(self) -> None:
        self.released = asyncio.Event()
        await self.released.wait()


def test_an_application_that_does_not_receive_stops_its_peer() -> None:
    held = Deaf()
    with serving(held, ws_max_queue=4, ws_max_size=16_384) as (port, _), Peer(port) as peer:
        peer.socket.settimeout(0.5)
        message, sent = frame(OP_TEXT, b"x" * 1000), 0
        with contextlib.suppress(TimeoutError):
            while sent < 100_000:
                peer.socket.sendall(message)
                sent += 1
        assert sent < 100_000
        assert len(held.socket._events) < 4 + 2 * 65_536 // 1000
        peer.socket.settimeout(10)
        held.loop.call_soon_threadsafe(held.released.set)
        assert peer.socket.shutdown(socket.SHUT_WR) is None
        held.ended.wait(10)
        assert len(held.told) > sent


def test_a_stream_of_pings_that_nobody_reads_the_answers_of_is_not_kept() -> None:
    held = Held()
    with serving(held) as (port, _), Peer(port) as peer:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        pings = frame(OP_PING, b"p" * 125) * 1000
        for _ in range(200):  # 26 MB
            peer.send(pings)
        assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 10_000


def test_what_a_flood_may_take_of_memory_is_bounded_by_what_the_kernel_holds() -> None:
    stays = Stays()
    with serving(stays, ws_max_size=16_384) as (port, _), Peer(port) as peer:
        wait_until(lambda: hasattr(stays, "socket"))
        pongs = frame(OP_PONG, b"") * 100_000
        for _ in range(10):  # 6 MB
            peer.send(pongs)
        peer.send(frame(OP_TEXT, b"still here"))
        wait_until(lambda: stays.heard == ["still here"])
        assert len(stays.socket._transport.get_protocol().get_buffer(-1)) < 200_000


@pytest.mark.parametrize("payload", [b"", b"x" * 16_000])
def test_who_breaks_the_protocol_amid_sending_reads_why(payload: bytes) -> None:
    with serving(echo, ws_max_size=16_384) as (port, _), Peer(port) as peer:
        peer.send(frame(OP_TEXT, b"fine") + frame(OP_TEXT, payload, masked=False))
        for _ in range(50):
            peer.send(b"y" * 16_384)
        assert [(first, payload[:4]) for first, payload in peer.rest()] == [
            (0x81, b"fine"),
            (0x88, b"\x03\xea" + b"Re"),
        ]
        assert not peer.reset  # on some systems that throws away what was not read


class Stays(Held):
    """Lets the socket live on by calls, after it has looked away for a while."""

    def __init__(self, away_s: float = 0.0, before_s: float = 0.0) -> None:
        super().__init__()
        self.away_s, self.before_s = away_s, before_s
        self.heard: list[Any] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await receive()
        await asyncio.sleep(self.before_s)
        await send({"type": "websocket.accept"})
        await asyncio.sleep(self.away_s)
        self.socket = scope["extensions"][EXTENSION]
        self.socket.stay(self.heard.append, self.ended.set)


@pytest.mark.parametrize("away_s", [0.0, 0.1])
def test_a_socket_stays_without_a_task_and_hears_everything_in_order(away_s: float) -> None:
    stays = Stays(away_s)
    with serving(stays) as (port, server), Peer(port) as peer:
        peer.send(frame(OP_TEXT, b"one") + frame(OP_BINARY, b"two") + frame(OP_TEXT, b"th", fin=False))
        wait_until(lambda: hasattr(stays, "socket"))
        peer.send(frame(0, b"ree") + frame(OP_TEXT, b"four"))
        wait_until(lambda: len(stays.heard) == 4)
        assert stays.heard == ["one", b"two", "three", "four"]
        assert not server.server_state.tasks
        assert not stays.ended.is_set()
        peer.send(close())
        assert peer.rest() == [(0x88, b"\x03\xe8")]
        assert stays.ended.wait(10)


@pytest.mark.parametrize("away_s", [0.0, 0.3])
def test_one_that_stays_is_told_of_its_end_whenever_that_comes(away_s: float) -> None:
    stays = Stays(away_s)
    with serving(stays) as (port, _):
        with Peer(port):
            time.sleep(0.1)
        assert stays.ended.wait(10)


def test_frames_that_come_before_the_answer_wait_for_it() -> None:
    stays = Stays(before_s=0.2)
    with serving(stays) as (port, _), socket.create_connection(("127.0.0.1", port)) as eager:
        eager.sendall(REQUEST)
        time.sleep(0.1)
        eager.sendall(frame(OP_TEXT, b"early"))
        wait_until(lambda: stays.heard == ["early"])


def test_the_server_stops_with_1012() -> None:
    held = Held()
    with serving(held) as (port, server), Peer(port) as peer:
        wait_until(lambda: hasattr(held, "socket"))
        server.should_exit = True
        assert peer.rest() == [(0x88, struct.pack("!H", 1012))]
        assert held.ended.wait(10)
    assert held.told == [{"type": "websocket.disconnect", "code": 1012, "reason": ""}]


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([])
    made = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    now = datetime.now(UTC)
    signed = made.not_valid_before(now).not_valid_after(now + timedelta(days=1)).sign(key, hashes.SHA256())
    plain = serialization.NoEncryption()
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_the_same_over_tls(certificate: Path) -> None:
    context = ssl.create_default_context(cafile=str(certificate))
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    options = {"ssl_certfile": str(certificate), "ssl_keyfile": str(certificate)}
    with serving(echo, **options) as (port, _):
        for last in (close(), frame(OP_TEXT, b"\xff")):
            with Peer(port, wrap=context.wrap_socket) as peer:
                for size in (5, 100, 70_000):
                    peer.send(frame(OP_TEXT, b"x" * size))
                    assert peer.next() == (0x81, b"x" * size)
                peer.send(last)
                assert [told[0] for told in peer.rest()] == [0x88]


def test_the_same_on_asyncios_own_loop() -> None:
    with serving(echo, run=asyncio.run) as (port, _), Peer(port) as peer:
        peer.send(frame(OP_TEXT, b"one") + frame(OP_TEXT, b"two"), chop=3)
        assert [peer.next(), peer.next()] == [(0x81, b"one"), (0x81, b"two")]
        peer.send(frame(0x3, b""))
        assert [told[0] for told in peer.rest()] == [0x88]


def test_what_a_proxy_says_of_its_client_is_believed() -> None:
    held = Scoped()
    request = REQUEST.replace(b"\r\n\r\n", b"\r\nx-forwarded-for: 203.0.113.7\r\nx-forwarded-proto: wss\r\n\r\n")
    with serving(held, proxy_headers=True, forwarded_allow_ips="127.0.0.1") as (port, _), Peer(port, request):
        wait_until(lambda: hasattr(held, "scope"))
        assert (held.scope["client"][0], held.scope["scheme"]) == ("203.0.113.7", "wss")


class Scoped(Held):
    """Keeps the scope, and refuses."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        await send({"type": "websocket.close"})


def test_two_thousand_that_come_and_go_leave_nothing() -> None:
    with serving(echo, ws_ping_interval=20.0) as (port, server):
        leaks.come_and_go(port, server, 500)
        before = leaks.alive()
        leaks.come_and_go(port, server, 2000)
        assert leaks.alive() - before < 200
