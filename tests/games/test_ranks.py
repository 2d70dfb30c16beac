"""Leaderboards and histories: who is on a list, where, and what pages and programs are told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from players.bans import player_ban
from players.models import Player, Pool, Rating, RatingChange
from players.ratings import boards, graph, services
from players.services import guest_create
from tests.games.callers import Caller, by_key

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_throttles")]


def rated(pool: Pool, rating: float, **facts: Any) -> Player:
    player = guest_create(language="en")
    kept = {"deviation": 60.0, "volatility": 0.06, "matches": 40, "last_at": timezone.now(), "last_seq": 1}
    Rating.objects.create(player=player, pool=pool, rating=rating, **(kept | {"listed": True} | facts))
    return player


@pytest.fixture
def pool() -> Pool:
    return Pool.objects.create(game="connect-four", name="blitz")


def test_the_best_come_first_and_equals_share_a_place(pool):
    for rating in (1500.0, 1900.4, 1700.0, 1700.0, 1400.0):
        rated(pool, rating)
    places = boards.page(pool, 1).places
    assert [(one.rank, one.rating) for one in places] == [(1, 1900), (2, 1700), (2, 1700), (4, 1500), (5, 1400)]


def test_who_is_gone_shut_out_provisional_or_long_away_is_on_no_list(pool):
    here = rated(pool, 1500)
    gone = rated(pool, 1800)
    player_ban(player=gone, by=None, reason="cheating", term=None)
    rated(pool, 1900, listed=False)
    away = rated(pool, 2000, last_at=timezone.now() - timedelta(days=31))
    assert services.ratings_unlist() == 1
    assert [one.player for one in boards.page(pool, 1).places] == [here.public_id]
    assert boards.place_of(pool, here).rank == 1
    assert boards.place_of(pool, away) is None
    assert boards.around(pool, away) == []


def test_pages_follow_each_other_and_cost_the_same(pool):
    players = [rated(pool, 1500 + n) for n in range(7)]
    told: list[str] = []
    for number in (1, 2, 3):
        with CaptureQueriesContext(connection) as queries:
            page = boards.page(pool, number, per_page=3)
        assert len(queries) == 2
        assert page.more == (number < 3)
        told += [one.player for one in page.places]
    assert told == [one.public_id for one in reversed(players)]


def test_around_me_are_the_next_above_and_below(pool):
    players = [rated(pool, 1500 + n) for n in range(20)]
    around = boards.around(pool, players[10])
    assert [one.rank for one in around] == list(range(5, 16))
    assert around[5].player == players[10].public_id
    top = boards.around(pool, players[-1])
    assert [one.rank for one in top] == list(range(1, 7))


def test_a_rank_behind_all_that_are_counted_is_not_told(pool, monkeypatch):
    players = [rated(pool, 1500 + n) for n in range(5)]
    monkeypatch.setattr(boards, "RANKED", 3)
    assert boards.place_of(pool, players[0]).rank is None
    assert boards.place_of(pool, players[-1]).rank == 1
    assert {one.rank for one in boards.around(pool, players[0])} == {None}


def test_the_pages_show_the_list_and_oneself_on_it(pool, client: Client):
    me = rated(pool, 1650)
    rated(pool, 1700)
    client.force_login(me)
    page = client.get("/ranks/connect-four/blitz/").content.decode()
    assert "You are number 2." in page
    assert page.count('aria-current="true"') == 1
    assert me.name in client.get("/ranks/connect-four/blitz/?around").content.decode()
    assert "/ranks/connect-four/blitz/" in client.get("/ranks/").content.decode()


def test_lists_without_anybody_say_what_to_do(client: Client):
    assert "about ten rated matches" in client.get("/ranks/").content.decode()
    assert "New match" in client.get("/ranks/connect-four/rapid/").content.decode()
    assert "You are not on this list" in client.get("/ranks/connect-four/rapid/?around").content.decode()


@pytest.mark.parametrize(
    "path", ["/chess-in-space/blitz/", "/connect-four/live/", "/connect-four/soon/", "/light-cycles/blitz/"]
)
def test_lists_that_cannot_be_are_not_there(client: Client, path):
    assert client.get(f"/ranks{path}").status_code == 404


@pytest.mark.parametrize("page", ["0", "201", "-1", "x", "²", "9" * 30])
def test_pages_that_cannot_be_are_not_there(client: Client, pool, page):
    assert client.get("/ranks/connect-four/blitz/", {"page": page}).status_code == 404


def test_programs_read_lists_places_ratings_and_histories(pool):
    me, other = rated(pool, 1650), rated(pool, 1700)
    now = timezone.now()
    for n in range(3):
        at = now - timedelta(days=3 - n)
        RatingChange.objects.create(player=me, pool=pool, seq=n, at=at, rating=1600.4 + n, deviation=70)
    assert Caller().call("GET", "/ranks") == (200, {"pools": [{"game": "connect-four", "pool": "blitz"}]})
    _, told = Caller().call("GET", "/ranks/connect-four/blitz")
    assert told["more"] is False
    assert told["places"][1] == {
        "rank": 2,
        "player": {"id": me.public_id, "name": me.name},
        "rating": 1650,
        "deviation": 60,
        "matches": 40,
    }
    _, around = by_key(me).call("GET", "/ranks/connect-four/blitz/around")
    assert [one["player"]["id"] for one in around["places"]] == [other.public_id, me.public_id]
    _, ratings = Caller().call("GET", f"/players/{me.public_id}/ratings")
    assert ratings["ratings"] == [
        {
            "game": "connect-four",
            "pool": "blitz",
            "rating": 1650,
            "deviation": 60,
            "provisional": False,
            "matches": 40,
        }
    ]
    _, history = Caller().call("GET", f"/players/{me.public_id}/ratings/connect-four/blitz")
    assert [one["rating"] for one in history["points"]] == [1600, 1601, 1602]


@pytest.mark.parametrize(
    "path",
    ["/ranks/connect-four/rapid", "/ranks/a%00/blitz", "/players/nobody/ratings", "/players/nobody/ratings/a/b"],
)
def test_what_is_not_there_is_told_as_everywhere(path):
    status, told = Caller().call("GET", path)
    assert (status, told["code"]) == (404, "not_found")


def test_a_players_page_draws_the_graph_and_says_the_same_in_numbers(pool, client: Client):
    me = rated(pool, 1650)
    for n in range(5):
        at = timezone.now() - timedelta(days=5 - n)
        RatingChange.objects.create(player=me, pool=pool, seq=n, at=at, rating=1600 + n, deviation=70)
    page = client.get(f"/player/{me.public_id}/").content.decode()
    assert "<polyline" in page
    assert "style=" not in page
    assert page.count("<time datetime") >= 5


def test_a_graph_fits_its_picture_and_ends_where_the_rating_is():
    drawn = graph.drawn([(n, 1500.0 + n) for n in range(1000)])
    assert drawn is not None
    points = [tuple(map(float, point.split(","))) for point in drawn.line.split()]
    assert len(points) <= graph.MOST + 1
    assert all(0 <= x <= graph.WIDTH and 0 <= y <= graph.HEIGHT for x, y in points)
    assert points[-1] == drawn.last
    assert points == sorted(points, key=lambda one: (one[0], -one[1]))
    assert (drawn.low, drawn.high) == (1500, 2499)


def test_one_match_is_no_graph_yet_and_a_still_rating_is_a_level_line():
    assert graph.drawn([(0, 1500.0)]) is None
    level = graph.drawn([(0, 1500.0), (1, 1500.0)])
    assert level is not None
    assert {point.split(",")[1] for point in level.line.split()} == {"48"}


def test_admins_look_at_ratings_and_change_none(pool, client: Client):
    me = rated(pool, 1650)
    services.rating_reset(player=guest_create(language="en"), game="connect-four", pool="blitz")
    row = Rating.objects.get(player=me)
    root = Player.objects.create(username="root", name="Root", is_staff=True, is_superuser=True)
    client.force_login(root)
    for model in ("rating", "pool", "ratingreset"):
        assert client.get(f"/admin/players/{model}/").status_code == 200
    assert client.get(f"/admin/players/rating/{row.pk}/change/").status_code == 200
    assert client.post(f"/admin/players/rating/{row.pk}/change/", {"rating": 3000}).status_code == 403
    assert client.post(f"/admin/players/rating/{row.pk}/delete/", {"post": "yes"}).status_code == 403
