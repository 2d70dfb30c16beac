"""What applications rely on: handshake, refusals, disconnects and misuse, the same by our protocol and by uvicorn's.

Each test runs on both, by real connections; where they differ on purpose, that is said by the one that has its own.
"""

from __future__ import annotations

import asyncio
import queue
from collections.abc import Iterator
from typing import Any, NamedTuple

import pytest
from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from gameserver.transport import SocketProtocol, handshake
from tests.gameserver.raw import (
    ACCEPT,
    KEY,
    OP_TEXT,
    PATIENCE_S,
    REQUEST,
    Peer,
    close,
    frame,
    serving,
    wait_until,
)


class Stage:
    """An application that does what the test says, and keeps what it is told."""

    def __init__(self) -> None:
        self.acts: list[Any] = []
        self.told: queue.Queue[Any] = queue.Queue()
        self.port = 0
        self.server: Any = None

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.scope = scope
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": []})
            await send({"type": "http.response.body", "body": b"pages"})
            return
        for act in self.acts:
            try:
                if act == "receive":
                    self.told.put(await receive())
                elif act == "raise":
                    raise ZeroDivisionError
                elif isinstance(act, dict):
                    await send(act)
                else:
                    await asyncio.sleep(act)
            except (RuntimeError, OSError) as error:
                self.told.put(type(error))

    def heard(self) -> Any:
        return self.told.get(timeout=PATIENCE_S)


BOTH = [SocketProtocol, WebSocketsSansIOProtocol]
ACCEPTED = {"type": "websocket.accept"}
CONNECT = {"type": "websocket.connect"}
HELLO = {"type": "websocket.send", "text": "hello"}


@pytest.fixture(params=BOTH, ids=["ours", "uvicorn's"], scope="module")
def shared(request: pytest.FixtureRequest) -> Iterator[Stage]:
    stage = Stage()
    with serving(stage, request.param, root_path="/root", headers=[("x-own", "1")]) as (stage.port, stage.server):
        yield stage


@pytest.fixture
def stage(shared: Stage) -> Stage:
    shared.acts, shared.told = [], queue.Queue()
    return shared


def asked(*lines: bytes, without: bytes = b"-", path: bytes = b"/a%20b?c=d", method: bytes = b"GET") -> bytes:
    kept = [line for line in REQUEST.split(b"\r\n")[1:-2] if not line.startswith(without)]
    return b"\r\n".join([method + b" " + path + b" HTTP/1.1", *kept, *lines, b"", b""])


def test_the_scope_and_the_answer(stage: Stage) -> None:
    stage.acts = ["receive", {**ACCEPTED, "subprotocol": "two", "headers": [(b"X-Told", b"yes")]}, HELLO, "receive"]
    request = asked(b"Sec-WebSocket-Protocol: one, two", b"Cookie: a=b", b"X-Twice: 1", b"X-Twice: 2")
    with Peer(stage.port, request) as peer:
        first, *lines = peer.answer.split(b"\r\n")
        assert first == b"HTTP/1.1 101 Switching Protocols"
        answered = {name.lower(): value for name, _, value in (line.partition(b": ") for line in lines)}
        assert peer.next() == (0x81, b"hello")
    del answered[b"date"], answered[b"server"]
    assert answered == {
        b"upgrade": b"websocket",
        b"connection": b"Upgrade",
        b"sec-websocket-accept": ACCEPT,
        b"sec-websocket-protocol": b"two",
        b"x-own": b"1",
        b"x-told": b"yes",
    }
    assert stage.heard() == CONNECT
    scope = stage.scope
    assert scope["client"][0] == "127.0.0.1"
    assert scope["server"] == ("127.0.0.1", stage.port)
    assert (scope["type"], scope["http_version"], scope["scheme"]) == ("websocket", "1.1", "ws")
    assert (scope["root_path"], scope["path"], scope["raw_path"]) == ("/root", "/root/a b", b"/root/a%20b")
    assert (scope["query_string"], scope["subprotocols"]) == (b"c=d", ["one", "two"])
    assert [header for header in scope["headers"] if header[0] in (b"cookie", b"x-twice")] == [
        (b"cookie", b"a=b"),
        (b"x-twice", b"1"),
        (b"x-twice", b"2"),
    ]
    assert "websocket.http.response" in scope["extensions"]


class Handshake(NamedTuple):
    name: str
    request: bytes
    status: int


BAD_HANDSHAKES = [
    Handshake("no key", asked(without=b"sec-websocket-key"), 400),
    Handshake("two keys", asked(b"Sec-WebSocket-Key: " + KEY), 400),
    Handshake(
        "a key of 15 bytes", asked(b"Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAA", without=b"sec-websocket-key"), 400
    ),
    Handshake("a key that is not base64", asked(b"Sec-WebSocket-Key: ####", without=b"sec-websocket-key"), 400),
    Handshake("no version", asked(without=b"sec-websocket-version"), 400),
    Handshake("by POST", asked(method=b"POST"), 405),
    Handshake("two protocols", asked(b"Upgrade: websocket", without=b"-"), 426),
]


@pytest.mark.parametrize("row", BAD_HANDSHAKES, ids=lambda row: row.name)
def test_a_handshake_that_is_none_is_refused_before_the_application(row: Handshake, stage: Stage) -> None:
    with Peer(stage.port, row.request) as peer:
        assert peer.answer.startswith(b"HTTP/1.1 %d " % row.status)
        peer.until(b"nothing more")  # the connection ends
    assert stage.told.empty()


def test_firefox_keeps_alive_and_upgrades(stage: Stage) -> None:
    stage.acts = [ACCEPTED, HELLO, "receive"]
    with Peer(stage.port, asked(b"Connection: keep-alive, Upgrade", without=b"connection")) as peer:
        assert peer.next() == (0x81, b"hello")


def test_pages_are_served_on_the_same_port(stage: Stage) -> None:
    with Peer(stage.port, b"GET / HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n") as peer:
        assert peer.answer.startswith(b"HTTP/1.1 200 ")
        assert b"pages" in peer.until(b"nothing more") + peer.unread


BODY = {"type": "websocket.http.response.body", "body": b"not "}
REFUSALS = [
    ("closed", [{"type": "websocket.close", "code": 4000}], 403, b""),
    (
        "answered",
        [
            {"type": "websocket.http.response.start", "status": 418, "headers": [(b"x-why", b"tea")]},
            {**BODY, "more_body": True},
            {**BODY, "body": b"here"},
        ],
        418,
        b"not here",
    ),
    ("raised", ["raise"], 500, b"Internal Server Error"),
    ("returned", [], 500, b"Internal Server Error"),
]


@pytest.mark.parametrize(("acts", "status", "body"), [row[1:] for row in REFUSALS], ids=[row[0] for row in REFUSALS])
def test_an_application_refuses_with_a_status(acts: list[Any], status: int, body: bytes, stage: Stage) -> None:
    stage.acts = ["receive", *acts, "receive"] if acts and acts != ["raise"] else ["receive", *acts]
    with Peer(stage.port) as peer:
        assert peer.answer.startswith(b"HTTP/1.1 %d " % status)
        said = peer.until(b"nothing more")
    assert (said + peer.unread).startswith(body)
    assert stage.heard() == CONNECT
    if stage.acts[-1] == "receive" and len(stage.acts) > 1:
        assert stage.heard() == {"type": "websocket.disconnect", "code": 1006} | stage_reason(stage)


def stage_reason(stage: Stage) -> dict[str, str]:
    """Ours says a reason in each disconnect, as ASGI has it; uvicorn's leaves it out where there is none."""
    return {"reason": ""} if "madang.socket" in stage.scope["extensions"] else {}


@pytest.mark.parametrize(
    ("sent", "code", "reason"),
    [(close(1001, b"bye"), 1001, "bye"), (close(4321), 4321, ""), (close(None), 1005, "")],
)
def test_the_peers_close_is_told_and_answered(sent: bytes, code: int, reason: str, stage: Stage) -> None:
    stage.acts = [ACCEPTED, "receive", "receive", 0.05, HELLO]
    with Peer(stage.port) as peer:
        peer.send(sent)
        assert peer.rest() == [(0x88, b"" if code == 1005 else code.to_bytes(2) + reason.encode())]
    assert [stage.heard() for _ in range(3)] == [
        CONNECT,
        {"type": "websocket.disconnect", "code": code, "reason": reason},
        ClientDisconnected,
    ]


def test_the_applications_close_waits_for_the_peers(stage: Stage) -> None:
    stage.acts = [ACCEPTED, "receive", {"type": "websocket.close", "code": 4001, "reason": "over"}, "receive", HELLO]
    with Peer(stage.port) as peer:
        assert peer.next() == (0x88, (4001).to_bytes(2) + b"over")
        peer.send(frame(OP_TEXT, b"too late") + close(4001))
        assert peer.rest() == []
    assert [stage.heard() for _ in range(3)] == [
        CONNECT,
        {"type": "websocket.disconnect", "code": 4001, "reason": "over"},
        RuntimeError,
    ]


@pytest.mark.parametrize(
    "acts",
    [
        [HELLO],
        [{"type": "websocket.http.response.body", "body": b""}],
        [ACCEPTED, ACCEPTED],
        [ACCEPTED, {"type": "websocket.http.response.start", "status": 200}],
        [{"type": "websocket.http.response.start", "status": 403}, ACCEPTED],
    ],
)
def test_misuse_raises(acts: list[Any], stage: Stage) -> None:
    stage.acts = acts
    with Peer(stage.port):
        assert stage.heard() is RuntimeError


# Uvicorn's own lets it through.
@pytest.mark.parametrize("shared", [SocketProtocol], indirect=True)
@pytest.mark.parametrize("header", [(b"x-a\r\nx-b", b"1"), (b"x-a", b"1\r\nx-b: 2"), (b"x a", b"1")])
def test_a_header_that_would_be_two_is_never_sent(header: tuple[bytes, bytes], stage: Stage) -> None:
    stage.acts = [{**ACCEPTED, "headers": [header]}]
    with Peer(stage.port) as peer:
        assert peer.answer.startswith(b"HTTP/1.1 500 ")
    assert stage.heard() is RuntimeError


def test_a_peer_that_is_lost_is_told_once_and_leaves_nothing(stage: Stage) -> None:
    stage.acts = [ACCEPTED, "receive", "receive", HELLO]
    with Peer(stage.port):
        assert stage.heard() == CONNECT
    told = stage.heard()
    assert told["type"] == "websocket.disconnect"
    assert told["code"] == (1006 if stage.server.config.ws is SocketProtocol else 1005)
    assert stage.heard() is ClientDisconnected
    wait_until(lambda: not stage.server.server_state.connections and not stage.server.server_state.tasks)


@pytest.mark.parametrize("lines", [[b"x-a: b"] * 130, [b"x-a: " + b"b" * 70_000]])
def test_a_request_beyond_all_measure_is_no_handshake(lines: list[bytes]) -> None:
    with pytest.raises(handshake.Refused) as refused:
        handshake.read(asked(*lines))
    assert refused.value.answer.startswith(b"HTTP/1.1 431 ")
