from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from games import services
from games.finding.services.seeks import seek_create
from games.models import GameSetting, Match
from games.offers import Offers, offers
from players.errors import ServiceError
from tests.games.callers import by_key, page
from tests.games.played import guest, joined, opened
from tests.moderation.desks import superdesk

pytestmark = pytest.mark.django_db

GAME = "connect-four"


@pytest.fixture(autouse=True)
def fresh() -> Any:
    offers.forget()
    yield
    offers.forget()


def offered(**facts: Any) -> None:
    GameSetting.objects.create(game=GAME, **facts)
    offers.forget()


def begin(**wish: Any) -> Match:
    return services.match_create(**{"game": GAME, "options": {}, "by": guest()} | wish)


def refused(code: str, **wish: Any) -> None:
    with pytest.raises(ServiceError) as refusal:
        begin(**wish)
    assert refusal.value.code == code


def test_a_game_that_is_switched_off_is_begun_by_nobody_and_stands_on_no_page() -> None:
    offered(playable=False)
    refused("switched_off")
    with pytest.raises(ServiceError, match="switched off"):
        services.match_arrange(game=GAME, players=[guest(), guest()])
    with pytest.raises(ServiceError, match="switched off"):
        seek_create(by=guest(), game=GAME, pool="blitz")
    status, told = by_key().call("POST", "/matches", {"game": GAME})
    assert (status, told["code"]) == (409, "switched_off")
    client = Client(SERVER_NAME="localhost")
    assert f'data-game="{GAME}"' not in client.get("/").content.decode()
    assert client.get(f"/new/{GAME}/").status_code == 302


def test_what_was_agreed_on_before_still_begins() -> None:
    offered(playable=False)
    assert services.match_arrange(game=GAME, players=[guest(), guest()], agreed=True).status == "live"


def test_only_what_is_offered_can_be_chosen() -> None:
    offered(rated=False, practice=False)
    refused("not_rated_here", rated=True, clock={"kind": "fischer", "base_ms": 60_000, "extra_ms": 0})
    refused("no_practice_here", opponent="practice")
    begin()
    text = Client(SERVER_NAME="localhost").get(f"/new/{GAME}/").content.decode()
    assert 'value="practice"' not in text


def test_a_limit_holds_until_a_match_is_over() -> None:
    joined(opened())
    offered(most_live=1)
    refused("too_many_live")
    Match.objects.update(status="waiting")
    begin()


def test_only_allowed_values_of_an_option_are_taken() -> None:
    GameSetting.objects.create(game="rock-paper-scissors", allowed={"best_of": [3, 5]})
    offers.forget()
    begin(game="rock-paper-scissors", options={"best_of": 5})
    with pytest.raises(ServiceError, match="only these are offered: 3, 5"):
        begin(game="rock-paper-scissors", options={"best_of": 7})


def test_settings_are_read_at_most_every_two_seconds(django_assert_num_queries: Any) -> None:
    now_s = 100.0
    kept = Offers(lambda: now_s)
    with django_assert_num_queries(1):
        for _ in range(50):
            kept.of(GAME)
    GameSetting.objects.create(game=GAME, playable=False)
    assert kept.of(GAME).playable
    now_s += 2
    assert not kept.of(GAME).playable


@pytest.mark.parametrize(
    ("allowed", "told"),
    [({"colour": [1]}, "has no option"), ({"best_of": []}, "at least one value"), ({"best_of": [4]}, "Invalid enum")],
)
def test_an_admin_cannot_offer_what_the_game_does_not_take(allowed: Any, told: str) -> None:
    form = {"game": "rock-paper-scissors", "playable": "on", "rated": "on", "practice": "on"}
    answer = superdesk().post(page(GameSetting, "add"), {**form, "allowed": json.dumps(allowed)})
    assert answer.status_code == 200
    assert not GameSetting.objects.exists()
