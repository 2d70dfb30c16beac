"""What others are told of ratings."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from players import services
from players.models import Pool, Rating
from players.ratings.selectors import NEW, Shown, ratings_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def guests():
    return [services.guest_create(language="en") for _ in range(3)]


def rate(player, pool, **facts):
    given = {"rating": 1623.4567, "deviation": 60.0, "volatility": 0.06, "matches": 40, "last_seq": 1}
    return Rating.objects.create(player=player, pool=pool, **(given | {"last_at": timezone.now()} | facts))


def test_everyone_asked_for_is_told_in_one_query(guests):
    pool = Pool.objects.create(game="connect-four", name="blitz")
    rate(guests[0], pool)
    rate(guests[1], Pool.objects.create(game="connect-four", name="rapid"))
    with CaptureQueriesContext(
        connection,
    ) as queries:
        told = ratings_of([one.pk for one in guests], game="connect-four", pool="blitz")
    assert len(queries) == 1
    assert told == {
        guests[0].pk: Shown(1623, 60, provisional=False, matches=40),
        guests[1].pk: NEW,
        guests[2].pk: NEW,
    }


def test_who_was_long_away_is_less_certain_and_then_provisional(guests):
    pool = Pool.objects.create(game="connect-four", name="blitz")
    rate(guests[0], pool, last_at=timezone.now() - timedelta(days=6))
    rate(guests[1], pool, last_at=timezone.now() - timedelta(days=500))
    told = ratings_of([guests[0].pk, guests[1].pk], game="connect-four", pool="blitz")
    assert told[guests[0].pk].deviation == 61
    assert told[guests[1].pk].provisional
    assert told[guests[1].pk].rating == 1623
