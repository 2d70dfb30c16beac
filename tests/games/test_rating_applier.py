"""Finished matches are rated once each, in the order in which they ended, whatever dies in between."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.utils import timezone

from games.models import Match, Seat
from games.rating import applier, recompute, records
from games.rating.applier import pools_behind, rate_finished
from games.rating.horizon import Horizon
from players.bans import player_ban
from players.models import Pool, Rating, RatingChange
from players.ratings import services
from players.ratings.book import Line
from players.ratings.counting import MOST_MEETINGS, Why
from players.ratings.scale import Standing
from tests.games.rated import DRAWN, GAME, LOST, POOL, WON, finished, people, season
from tests.games.worlds import PostgresWorld, World


def rows() -> list[tuple]:
    fields = "player_id", "pool__name", "rating", "deviation", "volatility", "matches", "last_at", "last_seq"
    return list(Rating.objects.order_by("pool__name", "player_id").values_list(*fields))


def seats(match: Match) -> list[tuple]:
    kept = Seat.objects.filter(match=match).order_by("index")
    return list(kept.values_list("rating_before", "rating_after", "deviation_after"))


def rate_all() -> int:
    horizon, count = Horizon(), 0
    while more := rate_finished(horizon):
        count += more
    return count


@pytest.fixture
def two(orm: World) -> list:
    return people(2)


def test_two_play_and_the_rows_tell_before_and_after(two):
    match = finished(two, WON)
    assert rate_finished(Horizon()) == 1
    assert seats(match) == [(1500.0, 1662.3109, 290.319), (1500.0, 1337.6891, 290.319)]
    kept = Rating.objects.get(player=two[0])
    assert (kept.rating, kept.deviation, kept.matches, kept.last_seq) == (1662.3109, 290.319, 1, match.finished_seq)
    change = RatingChange.objects.get(player=two[1])
    assert (change.seq, change.rating) == (match.finished_seq, 1337.6891)
    assert Pool.objects.get().applied_seq == match.finished_seq
    assert rate_finished(Horizon()) == 0


def test_matches_are_rated_in_the_order_in_which_they_ended(two):
    for scores in (WON, DRAWN, LOST, WON, WON):
        finished(two, scores)
    assert rate_all() == 5
    afterwards = list(Seat.objects.filter(player=two[0]).order_by("match__finished_seq"))
    assert [one.rating_before for one in afterwards[1:]] == [one.rating_after for one in afterwards[:-1]]


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"status": "aborted", "scores": ()}, Why.ABORTED),
        ({"steps": 1}, Why.SHORT),
        ({}, Why.BOTS),
        ({"sides": (0, 0), "scores": (2,)}, Why.ALONE),
        ({"pool": "live", "lasted": timedelta(seconds=2)}, Why.SHORT),
    ],
    ids=lambda one: str(one) if isinstance(one, Why) else "",
)
def test_what_does_not_count_keeps_its_reason(two, facts, why):
    company = [two[0], None] if why is Why.BOTS else two
    match = finished(company, **({"scores": WON} | facts))
    assert rate_all() == 1
    match.refresh_from_db()
    assert match.uncounted == why
    assert {one[1] for one in seats(match)} == {None}
    assert not Rating.objects.exists()


def test_the_eleventh_match_of_a_pair_within_a_day_does_not_count(two):
    now = timezone.now()
    for n in range(MOST_MEETINGS + 1):
        match = finished(two, at=now + timedelta(minutes=n))
        rate_all()
    match.refresh_from_db()
    assert match.uncounted == Why.REPEATED
    assert Rating.objects.get(player=two[0]).matches == MOST_MEETINGS
    late = finished(two, at=now + timedelta(days=1, minutes=3))
    rate_all()
    late.refresh_from_db()
    assert late.uncounted == ""


def test_one_pool_does_not_touch_another(two):
    finished(two, WON)
    finished(two, LOST, pool="rapid")
    rate_all()
    won = dict(Rating.objects.filter(player=two[0]).values_list("pool__name", "rating"))
    assert won["blitz"] > 1500 > won["rapid"]


def test_a_process_that_dies_while_it_rates_has_rated_nothing_and_the_next_look_does(two, monkeypatch):
    for _ in range(3):
        match = finished(two)

    def die(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    for module, dies_in in ((services, "book_open"), (services, "changes_of"), (records, "write")):
        with monkeypatch.context() as patch:
            patch.setattr(module, dies_in, die)
            with pytest.raises(KeyboardInterrupt):
                rate_finished(Horizon())
    assert not Rating.objects.exists()
    assert not RatingChange.objects.exists()
    assert Pool.objects.get().applied_seq == 0
    assert rate_all() == 3
    assert Rating.objects.get(player=two[0]).last_seq == match.finished_seq


def test_a_pool_that_cannot_be_rated_keeps_no_other_from_it(two, monkeypatch, caplog):
    finished(two)
    finished(two, pool="rapid")
    rate = applier.pool_rate

    def broken(pool: int, *, upto: int) -> int:
        if Pool.objects.get(pk=pool).name == "blitz":
            raise ZeroDivisionError
        return rate(pool, upto=upto)

    monkeypatch.setattr(applier, "pool_rate", broken)
    assert rate_finished(Horizon()) == 1
    assert "cannot be rated" in caplog.text


def test_a_backlog_is_rated_in_batches(two, monkeypatch):
    monkeypatch.setattr(applier, "BATCH", 2)
    monkeypatch.setattr(applier, "BATCHES", 2)
    for _ in range(7):
        finished(two)
    horizon = Horizon()
    assert [rate_finished(horizon) for _ in range(3)] == [4, 3, 0]
    assert Rating.objects.get(player=two[0]).matches == 7


# ── several processes, on a database that has several writers ───────────────────────────────────────────────


@pytest.fixture
def postgres(postgres_world: PostgresWorld, django_db_blocker) -> Iterator[PostgresWorld]:
    from tests.games.worlds import django_on

    with django_db_blocker.unblock(), django_on(postgres_world):
        yield postgres_world


class Sealing:
    """A seal on a connection of its own, step by step: begun, its finish number drawn, committed."""

    def __init__(self, world: PostgresWorld, match: Match) -> None:
        Match.objects.filter(pk=match.pk).update(status="live", finished_seq=None)
        self._match = match.pk
        self._connection = psycopg.connect(world.url)
        # As the journal does: the end's entry first, which gives the transaction its number.
        entry = (
            "INSERT INTO games_entry (match_id, n, kind, at, ms, body, digest) VALUES (%s, 99, 'end', now(), 0, '', '')"
        )
        self._connection.execute(entry, [match.pk])

    def draw(self) -> Sealing:
        seal = "UPDATE games_match SET status = 'over', finished_seq = nextval('games_finished_seq') WHERE id = %s"
        self._connection.execute(seal, [self._match])
        return self

    def commit(self) -> None:
        self._connection.commit()
        self._connection.close()


def test_a_number_that_is_still_to_come_holds_up_those_behind_it(postgres):
    two = people(2)
    early = finished(two, WON)
    sealing = Sealing(postgres, early).draw()
    late = finished(two, LOST)
    horizon = Horizon()
    assert rate_finished(horizon) == 0
    # More may end meanwhile: they wait for their turn, too.
    finished(two, DRAWN)
    assert rate_finished(horizon) == 0
    sealing.commit()
    early.refresh_from_db()
    assert early.finished_seq < late.finished_seq
    assert sum(rate_finished(horizon) for _ in range(2)) == 3
    order = Seat.objects.filter(player=two[0]).order_by("match__finished_seq")
    kept = list(order.values_list("rating_before", "rating_after"))
    assert [one[0] for one in kept[1:]] == [one[1] for one in kept[:-1]]
    assert Rating.objects.get(player=two[0]).matches == 3


def test_who_began_first_may_draw_last_and_still_waits_for_who_drew_before(postgres):
    """The upper end of a snapshot is no help here: it lies below the transaction that is under way."""
    early, late = finished(people(2)), finished(people(2))
    first, second = Sealing(postgres, late), Sealing(postgres, early)
    second.draw()
    first.draw().commit()
    horizon = Horizon()
    assert rate_finished(horizon) == 0
    second.commit()
    assert rate_finished(horizon) == 2


def test_without_the_horizon_the_early_match_would_be_passed_over(postgres):
    """What the horizon is for: the highest number that can be seen is not the one up to which all can be seen."""
    two = people(2)
    early = finished(two, WON)
    sealing = Sealing(postgres, early).draw()
    late = finished(two, LOST)
    assert applier.pool_rate(Pool.objects.get().pk, upto=late.finished_seq) == 1
    sealing.commit()
    early.refresh_from_db()
    assert rate_all() == 0
    assert Seat.objects.filter(match=early, rating_after=None).count() == 2


def test_the_horizon_reaches_all_where_nothing_is_under_way(postgres):
    assert Horizon().look() == 0
    match = finished(people(2))
    assert Horizon().look() == match.finished_seq


def test_many_sealers_and_raters_at_once_rate_each_match_once_and_in_order(postgres):
    company, going = people(6), threading.Event()

    def seal(seed: int) -> None:
        for n in range(12):
            with transaction.atomic():
                finished([company[(seed + n) % 6], company[(seed + n + 1 + n % 3) % 6]], (WON, LOST, DRAWN)[n % 3])
        connection.close()

    def rate() -> None:
        horizon = Horizon()
        while not going.is_set():
            rate_finished(horizon)
        connection.close()

    sealers = [threading.Thread(target=seal, args=(seed,)) for seed in range(4)]
    raters = [threading.Thread(target=rate) for _ in range(2)]
    for one in sealers + raters:
        one.start()
    for one in sealers:
        one.join()
    going.set()
    for one in raters:
        one.join()
    rate_all()
    assert pools_behind(10**9) == []
    [done] = [recompute.pool_recompute(pool, replace=False) for pool in recompute.pools()]
    assert (done.matches, done.differences) == (48, ())


# ── once more from the beginning ────────────────────────────────────────────────────────────────────────────


def test_reckoning_all_anew_gives_the_same_to_the_last_digit(orm):
    company = people(8)
    for part in range(4):
        season(company, 60, seed=part, days_ago=400 - 100 * part)
        while pools_behind(Horizon().look()):
            applier.rate_finished(Horizon())
        services.rating_reset(player=company[part], game=GAME, pool=POOL)
    stored = rows()
    [done] = [recompute.pool_recompute(pool, replace=False) for pool in recompute.pools()]
    assert (done.matches, done.differences) == (240, ())
    whys = set(Match.objects.values_list("uncounted", flat=True))
    assert whys == {"", Why.ABORTED, Why.BOTS, Why.SHORT, Why.REPEATED}, "the season has all that can happen"
    # And made anew from nothing.
    Rating.objects.all().delete()
    RatingChange.objects.filter(seq__gt=100).delete()
    Seat.objects.update(rating_after=None)
    Match.objects.filter(uncounted=Why.SHORT).update(uncounted="")
    [done] = [recompute.pool_recompute(pool, replace=True) for pool in recompute.pools()]
    assert done.differences
    assert rows() == stored
    [done] = [recompute.pool_recompute(pool, replace=False) for pool in recompute.pools()]
    assert done.differences == ()


def test_the_command_tells_what_differs_and_mends_it(two, capsys):
    finished(two)
    rate_all()
    call_command("recomputeratings", check=True)
    assert "1 matches, 2 ratings, 0 differences" in capsys.readouterr().out
    Rating.objects.filter(player=two[0]).update(rating=2000)
    with pytest.raises(CommandError, match="1 differences"):
        call_command("recomputeratings", check=True)
    call_command("recomputeratings")
    assert Rating.objects.get(player=two[0]).rating == 1662.3109
    call_command("recomputeratings", check=True)


def test_who_is_shut_out_while_their_last_match_ends_is_on_no_list(two):
    finished(two)
    player_ban(player=two[0], by=None, reason="cheating", term=None)
    pool = Pool.objects.get()
    known = Line(Standing(1600, 60), matches=50, last_ms=0, last_seq=1)
    services.ratings_save(pool=pool, lines={one.pk: known for one in two})
    assert list(Rating.objects.filter(listed=True).values_list("player", flat=True)) == [two[1].pk]


def test_a_reset_begins_anew_and_is_kept_in_order(two):
    finished(two, WON)
    rate_all()
    services.rating_reset(player=two[0], game=GAME, pool=POOL)
    assert not Rating.objects.filter(player=two[0]).exists()
    after = finished(two, WON)
    rate_all()
    assert seats(after)[0][0] == 1500.0
    [done] = [recompute.pool_recompute(pool, replace=False) for pool in recompute.pools()]
    assert done.differences == ()
