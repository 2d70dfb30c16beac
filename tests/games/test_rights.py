"""Every message by everyone, over real sockets: taken or refused as `games/protocol/rights.py` promises, cell by
cell."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, get_args

import pytest

from games.protocol.codes import WHY, Close, Code
from games.protocol.messages import ClientMessage
from games.protocol.rights import RIGHTS, Standing
from tests import servers
from tests.games.wire import Guest, Place, Table, close_code_after_hello

pytestmark = pytest.mark.slow

MESSAGES = [getattr(one, "__origin__", one) for one in get_args(ClientMessage)]
"""As the union of the protocol has them, so that a new message must be given its row."""
FIELDS: dict[str, dict[str, Any]] = {
    "offer": {"what": "draw"},
    "answer": {"what": "draw", "yes": True},
    "chat": {"text": "hello"},
    "ping": {"at": 1},
}
TAKEN = {"ack", "update", "over", "chat", "moves", "pong"}
"""What answers a message that was taken."""


@pytest.fixture(scope="module")
def server() -> Iterator[servers.MadangServer]:
    # Each cell has a match of its own, and so many guests come from one address only here.
    with servers.madang({"MADANG_GUESTS_PER_MINUTE": "1000"}) as running:
        yield running


@pytest.fixture
def people(server: servers.MadangServer) -> list[Guest]:
    return [Guest(server) for _ in range(3)]


@pytest.fixture
def table(people: list[Guest], standing: Standing) -> Iterator[Table]:
    made = Table(people[:2], "connect-four", sitting=1 if standing is Standing.WAITING else 2)
    yield made
    made.close()


def sender(table: Table, people: list[Guest], standing: Standing) -> Place:
    if standing is Standing.STRANGER:
        return table.spectator
    if standing is Standing.SPECTATOR:
        return Place(table.server, table.match, people[2].post("tickets", {})["ticket"])
    if standing is Standing.ENDED:
        table.seats[1].put(json.dumps({"type": "resign", "c": 1}))
        table.seats[0].hear("over")
    return table.seats[standing is Standing.NOT_ASKED]


def frame(message: type, place: Place) -> str:
    tag = message.__struct_config__.tag
    body = {"type": tag, **FIELDS.get(tag, {})}
    if "c" in message.__struct_fields__:
        body["c"] = place.c + 1
    if tag == "move":
        body |= {"m": 3, "on": place.v}
    return json.dumps(body)


def answer(place: Place, tag: str) -> Any:
    """What comes back for it; what comes by itself is passed over."""
    heard = place.hear("error", "reject", *({"over"} if tag in ("resign", "abort") else ()), *TAKEN)
    return heard["code"] if heard["type"] in ("error", "reject") else None


@pytest.mark.parametrize("standing", Standing)
@pytest.mark.parametrize("message", MESSAGES, ids=lambda one: one.__name__)
def test_a_message_is_taken_or_refused_as_promised(
    message: type, standing: Standing, table: Table, people: list[Guest]
) -> None:
    place = sender(table, people, standing)
    place.say(frame(message, place))
    assert answer(place, message.__struct_config__.tag) == RIGHTS[message].get(standing)


def test_who_is_banned_sends_nothing_any_more(people: list[Guest], server: servers.MadangServer) -> None:
    table = Table(people[:2], "connect-four")
    place, token = table.seats[0], table.seats[0].welcome["token"]
    ban = f"""
from players.bans import player_ban
from players.models import Player
player_ban(player=Player.objects.get(public_id="{people[0].player}"), by=None, reason="spam", term=None)
"""
    server.command("shell", "--no-imports", "-c", ban)
    assert place.close_code() == Close.BANNED
    assert close_code_after_hello(server, table.match, token) == Close.BANNED
    table.seats[1].close()
    table.spectator.close()


def test_the_table_names_every_message_and_only_codes_with_a_sentence() -> None:
    assert list(RIGHTS) == MESSAGES
    assert {code for row in RIGHTS.values() for code in row.values()} <= set(WHY)
    assert Code.NOT_SEATED in RIGHTS[MESSAGES[1]].values()
