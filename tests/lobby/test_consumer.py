"""The WebSocket of the lobby: who may open one, what may be said, and what is left when it ends."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.routing import URLRouter

from games import delivery, here
from games.consumers.lobby import PLACE, LobbyConsumer
from games.host.limits import FRAMES_BURST
from games.protocol.codes import Close, Code
from games.routing import websocket_urlpatterns
from players import identity, resume, revoked
from players.identity import Identity
from tests.games.peer import ADA, OURS, Peer
from tests.protocol.bad_input import FRAMES, INPUTS


class Hall:
    """A hub that notes who is there."""

    def __init__(self) -> None:
        self.present: list[Any] = []
        self.refreshed: list[Any] = []

    def attach(self, connection: Any) -> None:
        self.present.append(connection)
        connection.put(b'{"type":"lobby"}', "state")

    def detach(self, connection: Any) -> None:
        self.present.remove(connection)

    def refresh(self, connection: Any) -> None:
        self.refreshed.append(connection)


@pytest.fixture(autouse=True)
def origins(settings: Any) -> None:
    settings.MADANG_ORIGINS = [OURS]


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    opened = delivery.counts.open
    yield
    assert delivery.counts.open == opened
    assert revoked.watched() == 0
    assert here.players() == set()


@pytest.fixture
def signed_in(monkeypatch: pytest.MonkeyPatch) -> None:
    async def from_cookie(cookies: Any) -> Identity | None:
        return ADA

    monkeypatch.setattr(identity, "from_cookie", from_cookie)


@asynccontextmanager
async def connected(hall: Hall, consumer: Any = None, hello: Any = None, **changes: Any) -> AsyncIterator[Peer]:
    peer = Peer()
    scope = {
        "type": "websocket",
        "path": "/ws/lobby",
        "headers": [(b"origin", OURS.encode())],
        "subprotocols": ["madang.v1"],
        "extensions": {"websocket.http.response": {}},
        "lobby": hall,
        **changes,
    }
    application = consumer or URLRouter(websocket_urlpatterns)
    running = asyncio.create_task(application(scope, peer.receive, peer.send))
    try:
        if hello is not None:
            peer.say(hello)
            await peer.until(lambda: peer.frames)
        yield peer
        peer.leave()
        async with asyncio.timeout(5):
            await running
    finally:
        running.cancel()
    assert not hall.present


HELLO = {"type": "hello"}


async def test_a_stranger_may_look() -> None:
    hall = Hall()
    async with connected(hall, hello=HELLO) as peer:
        assert [one.player for one in hall.present] == [None]
        peer.say({"type": "ping", "at": 12})
        await peer.until(lambda: len(peer.frames) == 2)
    assert peer.frames[0] == {"type": "lobby"}
    assert (peer.frames[1]["type"], peer.frames[1]["at"]) == ("pong", 12)


@pytest.mark.usefixtures("signed_in")
async def test_a_player_is_here_while_the_socket_is_open_and_gets_a_token_for_the_lobby_alone() -> None:
    hall = Hall()
    async with connected(hall, hello=HELLO) as peer:
        await peer.until(lambda: len(peer.frames) == 2)
        assert here.players() == {ADA.player}
        token = peer.frames[1]["token"]
        with pytest.raises(identity.Unproven):
            resume.read(token, "8kVZ2mQpXw3a")
    assert resume.read(token, PLACE).public_id == ADA.public_id
    async with connected(Hall(), hello={**HELLO, "token": token}) as peer:
        assert peer.frames[0] == {"type": "lobby"}


@pytest.mark.usefixtures("signed_in")
async def test_fresh_tokens_follow() -> None:
    async with connected(Hall(), LobbyConsumer.as_asgi(renew_s=0.01), HELLO) as peer:
        await peer.until(lambda: sum(frame["type"] == "token" for frame in peer.frames) == 3)


@pytest.mark.usefixtures("signed_in")
async def test_a_proof_that_is_taken_back_closes_the_lobby(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(revoked, "_since_ms", {})
    async with connected(Hall(), hello=HELLO) as peer:
        revoked.revoke_player(ADA.player)
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.SIGNED_OUT


async def test_a_foreign_page_is_turned_away() -> None:
    hall = Hall()
    async with connected(hall, headers=[(b"origin", b"https://evil.example")]) as peer:
        await peer.until(lambda: len(peer.events) == 2)
    assert peer.events[0]["status"] == 403


async def test_who_says_nothing_is_closed() -> None:
    async with connected(Hall(), LobbyConsumer.as_asgi(hello_s=0.01)) as peer:
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.NO_HELLO


async def test_a_flood_is_cut_off() -> None:
    async with connected(Hall(), hello=HELLO) as peer:
        for _ in range(2 * FRAMES_BURST):
            peer.say("x")
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.FLOOD
    assert peer.frames[-1]["code"] == Code.FLOOD


def said(row: Any) -> Any:
    """As a server hands it over."""
    if isinstance(row.frame, bytes):
        return {"bytes": row.frame} if not getattr(row, "as_text", False) else None
    return {"text": row.frame.replace("<v>", "0")}


ROWS = [row for row in (*FRAMES, *INPUTS) if said(row) is not None]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
async def test_what_no_client_should_send_is_refused_and_the_lobby_stays(row: Any) -> None:
    """Frames that no match takes have the same answer here; a match's own messages are none of the lobby's."""
    answer = getattr(row, "answer", Code.BAD_MESSAGE)
    expected = Code.BAD_MESSAGE if getattr(row, "c", None) is not None else answer
    async with connected(Hall(), hello=HELLO) as peer:
        peer.inbox.put_nowait({"type": "websocket.receive", **said(row)})
        if expected is Close.TOO_LARGE:
            await peer.until(lambda: peer.closed)
            assert peer.closed == expected
        else:
            await peer.until(lambda: len(peer.frames) == 2)
            assert (peer.frames[1]["type"], peer.frames[1]["code"]) == ("error", expected)
            peer.say({"type": "ping", "at": 1})
            await peer.until(lambda: len(peer.frames) == 3)
            assert peer.frames[2]["type"] == "pong"


async def test_who_could_not_keep_up_is_told_the_whole_instead_of_every_change() -> None:
    hall = Hall()
    async with connected(hall, hello=HELLO) as peer:
        peer.free.clear()
        for version in range(5):
            hall.present[0].put(b'{"v":%d}' % version, "state")
        peer.free.set()
        await peer.until(lambda: hall.refreshed)
        assert hall.refreshed == hall.present
    assert peer.frames == [{"type": "lobby"}, {"v": 0}]
