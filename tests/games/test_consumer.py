"""The WebSocket of a match on a gateway of this test: handshake, hello, frames in, answers out, and nothing left."""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from channels.routing import URLRouter

from games import delivery, here
from games.consumers.match import MatchConsumer
from games.delivery import sweep
from games.host.limits import FRAMES_BURST
from games.pending import PENDING_S
from games.protocol import codec
from games.protocol.codes import WHY, Close, Code
from games.protocol.messages import Hello, Move, Reject
from games.routing import websocket_urlpatterns
from players import identity, resume, revoked
from players.identity import Busy, Identity, Unproven
from tests.games.peer import ADA, OURS, Peer

MATCH = "8kVZ2mQpXw3a"


class Table:
    """A gateway and a link in one, which notes what it is told."""

    def __init__(self) -> None:
        self.decoder = codec.decoder_for(int)
        self.here: list[Any] = []
        self.hellos: list[tuple[str, Hello]] = []
        self.submitted: list[Any] = []
        self.answer: Any = self
        self.on_submit: Callable[[Any, Any], None] = lambda connection, message: None

    async def attach(self, connection: Any, match: str, hello: Hello) -> Any:
        self.hellos.append((match, hello))
        if isinstance(self.answer, Exception):
            raise self.answer
        if self.answer is self:
            self.here.append(connection)
            connection.put(b'{"type":"welcome"}', "state")
        return self.answer

    def submit(self, connection: Any, message: Any) -> None:
        self.submitted.append(message)
        self.on_submit(connection, message)

    def reject(self, connection: Any, c: int, code: Code) -> None:
        connection.put(codec.encode(Reject(c=c, code=code, why=WHY[code], last=41)), "event")

    def refresh(self, connection: Any) -> None:
        connection.put(b'{"type":"welcome"}', "state")

    def detach(self, connection: Any) -> None:
        self.here.remove(connection)


@pytest.fixture(autouse=True)
def origins(settings: Any) -> None:
    settings.MADANG_ORIGINS = [OURS]


def scope_of(table: Table, **changes: Any) -> dict[str, Any]:
    return {
        "type": "websocket",
        "path": f"/ws/match/{MATCH}",
        "headers": [(b"origin", OURS.encode())],
        "subprotocols": ["madang.v1"],
        "extensions": {"websocket.http.response": {}},
        "url_route": {"kwargs": {"match": MATCH}},
        "gateway": table,
        **changes,
    }


@asynccontextmanager
async def connected(table: Table, consumer: Any = None, **changes: Any) -> AsyncIterator[Peer]:
    """A peer whose consumer runs; afterwards the table has nobody."""
    peer = Peer()
    application = consumer or MatchConsumer.as_asgi()
    running = asyncio.create_task(application(scope_of(table, **changes), peer.receive, peer.send))
    try:
        yield peer
        peer.leave()
        async with asyncio.timeout(5):
            await running
    finally:
        running.cancel()
    assert not table.here


@pytest.fixture(autouse=True)
def nothing_is_left() -> Iterator[None]:
    opened = delivery.counts.open
    yield
    assert delivery.counts.open == opened
    assert not delivery._blocked
    assert revoked.watched() == 0
    assert here.players() == set()


# ── handshake ───────────────────────────────────────────────────────────────────────────────────────────


async def test_a_page_of_ours_is_accepted_with_the_subprotocol_it_offers() -> None:
    async with connected(Table(), subprotocols=["other", "madang.v1"]) as peer:
        await peer.until(lambda: peer.events)
    assert peer.events == [{"type": "websocket.accept", "subprotocol": "madang.v1"}]


async def test_who_offers_no_subprotocol_is_accepted_without_one() -> None:
    async with connected(Table(), subprotocols=[]) as peer:
        await peer.until(lambda: peer.events)
    assert peer.events == [{"type": "websocket.accept", "subprotocol": None}]


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"headers": [(b"origin", b"https://evil.example")]}, 403),
        ({"headers": [(b"origin", b"null")]}, 403),
        ({"headers": [(b"origin", b"http://127.0.0.1:8001")]}, 403),
        ({"subprotocols": ["graphql-ws"]}, 400),
    ],
)
async def test_who_may_not_connect_is_told_by_http_before_the_websocket_begins(changes: Any, status: int) -> None:
    table = Table()
    async with connected(table, **changes) as peer:
        await peer.until(lambda: len(peer.events) == 2)
    start, body = peer.events
    assert (start["type"], start["status"]) == ("websocket.http.response.start", status)
    assert body["body"].endswith(b".")
    assert table.hellos == []


async def test_a_server_without_http_answers_turns_away_by_closing() -> None:
    async with connected(Table(), headers=[(b"origin", b"null")], extensions={}) as peer:
        await peer.until(lambda: peer.events)
    assert peer.events == [{"type": "websocket.close"}]


async def test_an_address_that_is_none_is_not_found_and_no_exception() -> None:
    router = URLRouter(websocket_urlpatterns)
    for path in ("/", "/ws", f"/ws/match/{MATCH}/more", "/ws/match/", "/\0"):
        async with connected(Table(), router, path=path) as peer:
            await peer.until(lambda: len(peer.events) == 2)
        assert peer.events[0]["status"] == 404


async def test_the_address_of_a_match_leads_to_it() -> None:
    table = Table()
    async with connected(table, URLRouter(websocket_urlpatterns), url_route={}) as peer:
        peer.say({"type": "hello"})
        await peer.until(lambda: peer.frames)
    assert table.hellos == [(MATCH, Hello())]


# ── hello ───────────────────────────────────────────────────────────────────────────────────────────────


async def test_hello_attaches_with_what_was_last_seen() -> None:
    table = Table()
    async with connected(table) as peer:
        peer.say({"type": "hello", "e": 3, "v": 17})
        await peer.until(lambda: peer.frames)
    assert table.hellos == [(MATCH, Hello(e=3, v=17))]
    assert peer.frames == [{"type": "welcome"}]


async def test_who_says_nothing_is_closed() -> None:
    async with connected(Table(), MatchConsumer.as_asgi(hello_s=0.01)) as peer:
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.NO_HELLO


async def test_talking_about_other_things_does_not_lengthen_the_time_for_hello() -> None:
    table = Table()
    async with connected(table, MatchConsumer.as_asgi(hello_s=0.05)) as peer:
        began = time.monotonic()
        while not peer.closed:
            peer.say({"type": "ping", "at": 1})
            await asyncio.sleep(0.01)
            assert time.monotonic() < began + 0.5
    assert peer.closed == Close.NO_HELLO
    assert table.hellos == []


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ('{"type":"ping","at":1}', Code.HELLO_FIRST),
        ('{"type":"move","c":1,"on":0,"m":3}', Code.HELLO_FIRST),
        ('{"type":"hello","seat":1}', Code.BAD_MESSAGE),
        ("hello", Code.BAD_JSON),
    ],
)
async def test_what_comes_before_hello_is_refused_and_hello_may_follow(frame: str, code: Code) -> None:
    table = Table()
    async with connected(table) as peer:
        peer.say(frame)
        peer.say({"type": "hello"})
        await peer.until(lambda: len(peer.frames) == 2)
    assert peer.frames == [{"type": "error", "code": code, "why": WHY[code]}, {"type": "welcome"}]
    assert table.submitted == []


# ── who it is ───────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the readers of identities are asked, in place of a database."""
    questions: list[Any] = []

    async def from_cookie(cookies: Any) -> Identity | None:
        questions.append(dict(cookies))
        return ADA if cookies else None

    async def redeem_ticket(token: str) -> Identity:
        questions.append(token)
        if token == "ticket-good":
            return ADA
        raise Busy if token == "ticket-later" else Unproven

    monkeypatch.setattr(identity, "from_cookie", from_cookie)
    monkeypatch.setattr(identity, "redeem_ticket", redeem_ticket)
    monkeypatch.setattr(revoked, "_since_ms", {})
    return questions


COOKIE = (b"cookie", b"theme=dark; sessionid=abc")


async def player_of(table: Table, hello: Any, **changes: Any) -> str | None:
    async with connected(table, **changes) as peer:
        peer.say({"type": "hello", **hello})
        await peer.until(lambda: peer.frames)
        return str(table.here[0].name) if table.here[0].player else None


async def test_a_page_of_ours_is_who_its_cookie_says(asked: list[Any]) -> None:
    assert await player_of(Table(), {}, headers=[(b"origin", OURS.encode()), COOKIE]) == "Ada"
    assert asked == [{"theme": "dark", "sessionid": "abc"}]


async def test_a_program_may_connect_but_its_cookies_prove_nothing(asked: list[Any]) -> None:
    assert await player_of(Table(), {}, headers=[COOKIE]) is None
    assert asked == [{}]


async def test_a_ticket_says_who_a_program_is(asked: list[Any]) -> None:
    assert await player_of(Table(), {"token": "ticket-good"}, headers=[]) == "Ada"


async def test_a_resume_token_needs_neither_database_nor_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    # Without pytest's mark for it, the database is out of reach in this whole file; here threads are, too.
    table = Table()

    def no_thread(*_: Any) -> None:
        pytest.fail("a thread is asked")

    monkeypatch.setattr(asyncio.get_running_loop(), "run_in_executor", no_thread)
    async with connected(table) as peer:
        peer.say({"type": "hello", "token": resume.issue(ADA, MATCH, 1)})
        for c in range(1, 20):
            peer.say({"type": "move", "c": c, "on": 0, "m": 3})
            peer.say({"type": "ping", "at": c})
        await peer.until(lambda: len(peer.frames) == 20)
        assert (table.here[0].player, table.here[0].name) == (ADA.public_id, "Ada")
    assert len(table.submitted) == 19


@pytest.mark.parametrize(
    ("token", "code"),
    [
        ("ticket-used", Close.TOKEN),
        ("ticket-later", Close.BUSY),
        ("forged", Close.TOKEN),
        (resume.issue(ADA, "9kVZ2mQpXw3b", 0), Close.TOKEN),
    ],
)
async def test_a_token_that_proves_nothing_closes_even_where_a_cookie_would_do(
    asked: list[Any], token: str, code: Close
) -> None:
    table = Table()
    async with connected(table, headers=[(b"origin", OURS.encode()), COOKIE]) as peer:
        peer.say({"type": "hello", "token": token})
        await peer.until(lambda: peer.closed)
    assert peer.closed == code
    assert table.hellos == []


async def test_a_resume_token_of_a_session_that_has_ended_is_signed_out(asked: list[Any]) -> None:
    revoked.revoke_session(ADA.session)
    async with connected(Table()) as peer:
        peer.say({"type": "hello", "token": resume.issue(ADA, MATCH, 0)})
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.SIGNED_OUT


@pytest.mark.parametrize("revoke", ["session", "player"])
async def test_signing_out_closes_the_live_sockets_of_that_proof_and_no_others(asked: list[Any], revoke: str) -> None:
    table = Table()
    async with connected(table, headers=[(b"origin", OURS.encode()), COOKIE]) as mine, connected(Table()) as other:
        for peer in (mine, other):
            peer.say({"type": "hello"})
            await peer.until(lambda: peer.frames)  # noqa: B023
        call = (revoked.revoke_session, ADA.session) if revoke == "session" else (revoked.revoke_player, ADA.player)
        await asyncio.to_thread(*call)
        await mine.until(lambda: mine.closed)
        assert mine.closed == Close.SIGNED_OUT
        assert other.closed is None


async def test_a_sign_out_while_the_match_is_being_loaded_is_not_missed(asked: list[Any]) -> None:
    class Slow(Table):
        async def attach(self, connection: Any, match: str, hello: Hello) -> Any:
            revoked.revoke_session(ADA.session)
            await asyncio.sleep(0)
            return await super().attach(connection, match, hello)

    table = Slow()
    async with connected(table, headers=[(b"origin", OURS.encode()), COOKIE]) as peer:
        peer.say({"type": "hello"})
        peer.say({"type": "move", "c": 1, "on": 0, "m": 3})
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.SIGNED_OUT
    assert table.submitted == []


async def test_a_player_is_handed_fresh_resume_tokens_and_a_spectator_none() -> None:
    consumer = MatchConsumer.as_asgi(renew_s=0.01)
    async with connected(Table(), consumer) as player, connected(Table(), consumer) as spectator:
        player.say({"type": "hello", "token": resume.issue(ADA, MATCH, 1)})
        spectator.say({"type": "hello"})
        await player.until(lambda: len(player.frames) >= 3)
    tokens = [frame["token"] for frame in player.frames if frame["type"] == "token"]
    assert len(tokens) >= 2
    assert all(resume.read(token, MATCH).player == ADA.player for token in tokens)
    assert spectator.frames == [{"type": "welcome"}]


async def test_no_token_is_issued_for_a_socket_that_has_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    issued: list[int] = []
    async with connected(Table(), MatchConsumer.as_asgi(renew_s=0.01)) as peer:
        peer.say({"type": "hello", "token": resume.issue(ADA, MATCH, 1)})
        await peer.until(lambda: peer.frames)
    monkeypatch.setattr(resume, "issue", lambda *_: issued.append(1))
    await asyncio.sleep(0.05)
    assert issued == []


async def test_no_token_is_ever_logged(asked: list[Any], caplog: Any) -> None:
    caplog.set_level(logging.DEBUG)
    tokens = ["ticket-good", "ticket-used", resume.issue(ADA, MATCH, 0), resume.issue(ADA, MATCH, 0)[:-2] + "xx"]
    for token in tokens:
        table = Table()
        table.answer = RuntimeError("the gateway fails")
        async with connected(table) as peer:
            peer.say({"type": "hello", "token": token})
            await peer.until(lambda: peer.closed)
    assert "the gateway fails" in caplog.text
    assert not [token for token in tokens if token in caplog.text]


async def test_a_token_in_the_address_is_not_looked_at(asked: list[Any]) -> None:
    token = resume.issue(ADA, MATCH, 0)
    assert await player_of(Table(), {}, headers=[], query_string=f"token={token}".encode()) is None


# ── which match ─────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("match", ["x", "\0" * 12, "0" * 12, MATCH + "1", "마" * 12, "'; drop table"])
async def test_what_cannot_be_a_match_is_no_such_match_and_is_not_looked_up(match: str) -> None:
    table = Table()
    async with connected(table, url_route={"kwargs": {"match": match}}) as peer:
        peer.say({"type": "hello"})
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.NO_SUCH_MATCH
    assert table.hellos == []


@pytest.mark.parametrize("code", [Close.NO_SUCH_MATCH, Close.BUSY, Close.MOVED])
async def test_what_the_gateway_answers_is_what_the_socket_is_closed_with(code: Close) -> None:
    table = Table()
    table.answer = code
    async with connected(table) as peer:
        peer.say({"type": "hello"})
        await peer.until(lambda: peer.closed)
    assert peer.closed == code


# ── frames ──────────────────────────────────────────────────────────────────────────────────────────────


@asynccontextmanager
async def watching(table: Table) -> AsyncIterator[Peer]:
    async with connected(table) as peer:
        peer.say({"type": "hello"})
        await peer.until(lambda: peer.frames)
        peer.events.clear()
        yield peer


async def test_messages_reach_the_match_in_order_typed_with_its_move() -> None:
    table = Table()
    async with watching(table) as peer:
        for c in range(1, 6):
            peer.say({"type": "move", "c": c, "on": 0, "m": c * 2})
        peer.leave()
        await asyncio.sleep(0.01)
    assert table.submitted == [Move(c=c, m=c * 2, on=0) for c in range(1, 6)]


async def test_a_ping_is_answered_here_with_the_time() -> None:
    table = Table()
    async with watching(table) as peer:
        before = time.time_ns() // 1_000_000
        peer.say({"type": "ping", "at": 12345})
        await peer.until(lambda: peer.frames)
    (pong,) = peer.frames
    assert (pong["type"], pong["at"]) == ("pong", 12345)
    assert before <= pong["now"] <= time.time_ns() // 1_000_000
    assert table.submitted == []


async def test_a_bad_frame_is_answered_and_the_next_is_read() -> None:
    table = Table()
    async with watching(table) as peer:
        peer.say("{")
        peer.inbox.put_nowait({"type": "websocket.receive", "bytes": b"{}"})
        peer.inbox.put_nowait({"type": "websocket.receive", "bytes": None, "text": '{"type":"move","c":7,"m":"x"}'})
        peer.say({"type": "resign", "c": 1})
        await peer.until(lambda: table.submitted and len(peer.frames) == 3)
    assert [(frame["type"], frame["code"]) for frame in peer.frames] == [
        ("error", "bad_json"),
        ("error", "not_text"),
        ("reject", "illegal"),
    ]
    assert (peer.frames[2]["c"], peer.frames[2]["last"]) == (7, 41)


async def test_a_frame_that_is_too_large_closes_where_the_server_lets_it_through() -> None:
    async with watching(Table()) as peer:
        peer.say("x" * (codec.MAX_FRAME_BYTES + 1))
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.TOO_LARGE


async def test_the_last_frame_of_a_burst_is_read_and_the_first_of_a_flood_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("games.consumers.socket.monotonic", lambda: 1.0)
    table = Table()
    async with watching(table) as peer:  # the hello was the first of the burst
        for c in range(1, FRAMES_BURST):
            peer.say({"type": "resign", "c": c})
        await asyncio.sleep(0.01)
        assert len(table.submitted) == FRAMES_BURST - 1
        assert peer.events == []
        peer.say("not even JSON")
        peer.say({"type": "resign", "c": 1})
        await peer.until(lambda: peer.closed)
    assert len(table.submitted) == FRAMES_BURST - 1
    assert [frame["code"] for frame in peer.frames] == ["flood"]
    assert peer.closed == Close.FLOOD


async def test_a_flood_before_hello_is_a_flood() -> None:
    async with connected(Table()) as peer:
        for _ in range(FRAMES_BURST + 20):
            peer.say("x")
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.FLOOD


async def test_nothing_is_read_after_the_host_has_closed() -> None:
    table = Table()
    table.on_submit = lambda connection, message: connection.close(Close.REPLACED)
    async with watching(table) as peer:
        peer.say({"type": "resign", "c": 1})
        peer.say({"type": "resign", "c": 2})
        await peer.until(lambda: peer.closed)
    assert peer.closed == Close.REPLACED
    assert len(table.submitted) == 1


# ── ends ────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("where", ["attach", "submit"])
async def test_an_exception_closes_this_socket_alone_and_is_logged_with_its_match(where: str, caplog: Any) -> None:
    table, other = Table(), Table()

    def fail(connection: Any, message: Any) -> None:
        raise KeyError("unforeseen")

    if where == "attach":
        table.answer = KeyError("unforeseen")
    table.on_submit = fail
    async with connected(table) as peer, watching(other) as neighbour:
        peer.say({"type": "hello"})
        peer.say({"type": "resign", "c": 1})
        await peer.until(lambda: peer.closed)
        neighbour.say({"type": "ping", "at": 1})
        await neighbour.until(lambda: neighbour.frames)
    assert peer.closed == Close.INTERNAL
    assert MATCH in caplog.text
    assert "unforeseen" in caplog.text
    assert "unforeseen" not in json.dumps(peer.events)


async def test_a_detach_that_fails_still_ends_the_connection(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Table):
        def detach(self, connection: Any) -> None:
            super().detach(connection)
            raise KeyError("unforeseen")

    peer, table = Peer(), Broken()
    peer.say({"type": "hello"})
    peer.leave()
    open_before = delivery.counts.open
    await MatchConsumer.as_asgi()(scope_of(table), peer.receive, peer.send)
    assert delivery.counts.open == open_before
    assert "was not given back" in caplog.text


async def test_a_consumer_that_the_server_cancels_leaves_nothing() -> None:
    table, peer = Table(), Peer()
    running = asyncio.create_task(MatchConsumer.as_asgi()(scope_of(table), peer.receive, peer.send))
    peer.say({"type": "hello", "token": resume.issue(ADA, MATCH, 1)})
    await peer.until(lambda: table.here)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert table.here == []


async def test_a_reader_that_is_too_slow_is_given_up_and_others_go_on() -> None:
    stuck, fine = Table(), Table()
    async with watching(stuck) as deaf, watching(fine) as reader:
        deaf.free.clear()
        for table in (stuck, fine):
            for _ in range(10):
                table.here[0].put(b'{"v":1}', "event")
        sweep(time.monotonic() + PENDING_S + 1)
        async with asyncio.timeout(5):
            while stuck.here:  # noqa: ASYNC110 - the consumer's end is what is waited for
                await asyncio.sleep(0)
        assert len(reader.frames) == 10
        reader.say({"type": "ping", "at": 1})
        await reader.until(lambda: len(reader.frames) == 11)
    assert deaf.frames == []


async def test_who_catches_up_after_frames_were_dropped_gets_the_whole_from_the_match() -> None:
    table = Table()
    async with watching(table) as peer:
        peer.free.clear()
        for version in range(5):
            table.here[0].put(f'{{"v":{version}}}'.encode(), "state")
        peer.free.set()
        await peer.until(lambda: len(peer.frames) == 2)
    assert peer.frames == [{"v": 0}, {"type": "welcome"}]
