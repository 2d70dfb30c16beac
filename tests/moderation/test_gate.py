from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from players.models import Player
from players.services import key_create, player_ban, player_unban
from tests.games.callers import by_key, client_of
from tests.games.played import guest

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada() -> Player:
    return guest("Ada")


@pytest.fixture
def client(ada: Player) -> Client:
    return client_of(ada)


def ban(player: Player) -> None:
    player_ban(player=player, by=None, reason="abuse", term=timedelta(hours=2), words="Be kind.")


@pytest.mark.parametrize("address", ["/", "/new/connect-four/", "/no/such/page/"])
def test_every_page_says_why_and_until_when(ada: Player, client: Client, address: str) -> None:
    ban(ada)
    answer = client.get(address)
    if address == "/no/such/page/":
        assert answer.status_code == 404
        return
    assert answer.status_code == 403
    text = answer.content.decode()
    assert "insults or threats" in text
    assert "Be kind." in text
    assert "(UTC)" in text
    assert ada.public_id in text


def test_a_banned_guest_does_not_become_a_new_one_by_starting_a_match(ada: Player, client: Client) -> None:
    ban(ada)
    before = Player.objects.count()
    assert client.post("/play/", {"game": "connect-four", "opponent": "practice"}).status_code == 403
    assert Player.objects.count() == before


def test_the_page_is_told_in_the_language_that_was_chosen(ada: Player, client: Client) -> None:
    ban(ada)
    assert client.post("/me/", {"language": "ko", "next": "/"}).status_code == 302
    assert "이용이 정지" in client.get("/").content.decode()


def test_programs_are_told_in_their_own_shape(ada: Player, client: Client) -> None:
    key = key_create(player=ada)
    ban(ada)
    page = client.get("/api/me")
    assert (page.status_code, page.json()["code"]) == (403, "banned")
    program = by_key(ada)
    program.headers["Authorization"] = f"Bearer {key}"
    status, told = program.call("GET", "/me")
    assert (status, told["code"]) == (403, "banned")
    assert "insults" in told["why"]


def test_whoever_is_let_in_again_finds_everything_as_it_was(ada: Player, client: Client) -> None:
    ban(ada)
    player_unban(player=ada, by=None)
    assert "Ada" in client.get("/").content.decode()


def test_strangers_and_players_who_are_not_banned_cost_no_query(client: Client) -> None:
    for one in (client, Client(SERVER_NAME="localhost")):
        with CaptureQueriesContext(connection) as asked:
            one.get("/")
        assert not [query for query in asked.captured_queries if "players_ban" in query["sql"]]
