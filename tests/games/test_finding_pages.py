"""The pages of finding a match: the panel, challenging somebody, a party."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from games.finding import services
from games.finding.selectors import personal_of
from games.models import Challenge, Match, Party
from players.models import Block, TakenName
from tests.games.callers import client_of
from tests.games.played import guest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_throttles")]


def test_the_first_page_offers_what_can_be_looked_for_and_strangers_hear_no_calls() -> None:
    html = Client().get("/").content.decode()
    panel = html[html.index("data-seek") : html.index("data-waiting")]
    assert "connect-four" in panel
    assert "Blitz 3+2" in panel
    assert "arena" not in panel, "there Play joins at once"
    assert "data-calls" not in html
    assert f'data-you="{(ada := guest()).public_id}"' in client_of(ada).get("/").content.decode()


def test_somebody_is_challenged_from_their_page() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    client = client_of(ada)
    address = f"/player/{ben.public_id}/challenge/"
    assert f'href="{address}"' in client.get(f"/player/{ben.public_id}/").content.decode()
    assert address not in client_of(ben).get(f"/player/{ben.public_id}/").content.decode(), "not oneself"
    assert "Challenge <bdi>Ben</bdi>" in client.get(address).content.decode()
    answer = client.post(address, {"game": "connect-four", "clock": "3+2", "rated": "on", "seat": "1"}, follow=True)
    assert "Ben is asked" in answer.content.decode()
    made = Challenge.objects.get()
    assert (made.challenger, made.challenged, made.seat, made.rated) == (ada, ben, 1, True)
    assert made.clock["base_ms"] == 180_000


def test_a_game_on_the_clock_is_challenged_without_one() -> None:
    client_of(guest()).post(f"/player/{guest().public_id}/challenge/", {"game": "light-cycles", "clock": "5+0"})
    assert Challenge.objects.get().clock is None


def test_a_challenge_that_cannot_be_is_told_on_the_page() -> None:
    ada, ben = guest(), guest()
    Block.objects.create(player=ben, blocked=ada)
    answer = client_of(ada).post(f"/player/{ben.public_id}/challenge/", {"game": "connect-four"})
    assert answer.status_code == 422
    assert "There is no such player" in answer.content.decode()
    assert Client().get("/player/nobody/challenge/").status_code == 404


def test_an_account_is_found_by_its_name_and_a_guest_is_not() -> None:
    ben = guest("Ben")
    assert Client().get("/challenge/", {"name": "Ben"}).headers["Location"] == "/"
    TakenName.objects.give(ben)
    assert Client().get("/challenge/", {"name": " ben "}).headers["Location"] == f"/player/{ben.public_id}/challenge/"
    assert Client().get("/challenge/", {"name": "\x00"}).headers["Location"] == "/"


def test_a_party_is_made_joined_played_and_ended_by_its_pages() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    one, other = client_of(ada), client_of(ben)
    address = one.post("/party/").headers["Location"]
    assert one.post("/party/").headers["Location"] == address, "one party is enough"
    assert "Join the party" in other.get(address).content.decode()
    assert other.post(f"{address}join/").headers["Location"] == address
    assert "Leave the party" in other.get(address).content.decode()
    assert other.post(address, {"game": "light-cycles"}).status_code == 200, "only the leader starts"
    assert Match.objects.count() == 0
    begun = one.post(address, {"game": "light-cycles", "practice": "1"}).headers["Location"]
    assert re.fullmatch(r"/match/\w{12}/", begun)
    assert personal_of(ben.pk).go == Match.objects.get().public_id
    one.post(f"{address}away/", {"player": ben.public_id})
    assert other.post(f"{address}join/").headers["Location"] == "/"
    assert one.post(f"{address}leave/").headers["Location"] == "/"
    assert Party.objects.count() == 0
    assert one.get(address).status_code == 404


def test_a_party_too_small_for_its_game_is_told_so() -> None:
    ada = guest()
    party = services.party_create(by=ada)
    answer = client_of(ada).post(f"/party/{party.public_id}/", {"game": "connect-four"})
    assert answer.status_code == 422
    assert "This game is for 2 to 2 players." in answer.content.decode()
