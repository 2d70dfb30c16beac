"""The picture of a real database: what is listed is shown, what is not never is."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

import pytest
from django.db.models import F
from django.utils import timezone

from games import store
from games.finding.told import Personal
from games.lobby import reading, tv
from games.lobby.personal import personals_of
from games.lobby.reading import NAMES, ROWS, picture
from games.lobby.services import watched_set
from games.lobby.tv import Candidate, best, chosen
from games.models import Match, Missed, Status
from games.protocol import codec
from games.services import match_arrange
from players.models import Pool, Rating
from tests.games.played import guest, joined, opened, played

pytestmark = pytest.mark.django_db


def test_open_seats_and_live_matches_are_told_with_who_sits_there() -> None:
    waiting = opened(guest("Ada"), clock={"kind": "fischer", "base_ms": 180_000, "extra_ms": 2000})
    live = joined(opened(guest("Bob")), guest("Eve"))
    read = picture({})
    assert list(read.open) == [waiting.public_id]
    row = read.open[waiting.public_id]
    assert (row.game, row.seats, row.taken, row.rated) == ("connect-four", 2, 1, False)
    assert row.clock is not None
    assert row.clock.base_ms == 180_000
    assert [seat.name for seat in row.sitting.values()] == ["Ada"]
    assert {key: seat.name for key, seat in read.live[live.public_id].sitting.items()} == {"0": "Bob", "1": "Eve"}
    assert (read.counts.open, read.counts.live) == (1, 1)


def test_a_match_that_is_over_is_gone() -> None:
    played()
    read = picture({})
    assert (read.open, read.live, read.tv, read.counts.live) == ({}, {}, {}, 0)


@pytest.mark.parametrize("rated", [False, True])
def test_what_is_not_listed_is_nowhere(rated: bool) -> None:
    secret = [opened(guest("Hidden"), listed=False), joined(opened(guest("Hidden"), listed=False), guest("Hidden"))]
    Match.objects.update(rated=rated)
    told = codec.encode(picture({"connect-four": secret[1].public_id})).decode()
    assert "Hidden" not in told
    assert not any(match.public_id in told for match in secret)
    assert '"open":0,"live":0' in told


def test_nothing_of_a_games_state_is_told() -> None:
    """The rows have these members and no others; a new one is to be thought about here."""
    assert set(reading.ListedMatch.__struct_fields__) == {"game", "seats", "taken", "at", "sitting", "clock", "rated"}


def test_a_crowd_is_a_few_names_people_first() -> None:
    match_arrange(game="arena", players=[guest("Ada"), guest("Bob")], practice=20)
    (row,) = picture({}).live.values()
    assert (row.taken, len(row.sitting)) == (22, NAMES)
    assert [seat.name for seat in row.sitting.values()][:2] == ["Ada", "Bob"]


def test_lists_are_bounded_and_cost_the_same_however_long(django_assert_max_num_queries: object) -> None:
    one = opened()
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        picture({})
    Match.objects.filter(pk=one.pk).update(status=Status.ABORTED, result={}, finished_seq=1, end_n=1)
    Match.objects.bulk_create(
        Match(game="connect-four", edition=1, fold=1, seats=2, seed="", seed_hash="") for _ in range(ROWS + 5)
    )
    with django_assert_max_num_queries(10):  # type: ignore[operator]
        read = picture({})
    assert (len(read.open), read.counts.open) == (ROWS, ROWS + 5)


def test_at_a_rated_match_it_is_told_how_strong_they_are() -> None:
    ada, bob = guest("Ada"), guest("Bob")
    pool = Pool.objects.create(game="connect-four", name="blitz")
    facts = {"deviation": 60, "volatility": 0.06, "matches": 40, "last_at": timezone.now(), "last_seq": 1}
    Rating.objects.create(player=ada, pool=pool, rating=1720.4, **facts)
    clock = {"kind": "fischer", "base_ms": 180_000, "extra_ms": 2000}
    match = match_arrange(game="connect-four", players=[ada, bob], clock=clock, rated=True)
    row = picture({}).live[match.public_id]
    assert row.rated
    told = {seat.name: (seat.rating, seat.provisional) for seat in row.sitting.values()}
    assert told == {"Ada": (1720, False), "Bob": (1500, True)}
    weaker = match_arrange(game="connect-four", players=[bob, guest()], clock=clock, rated=True)
    joined(opened())
    assert chosen({}) == {"connect-four": match.public_id}
    Match.objects.filter(pk=match.pk).update(listed=False)
    assert chosen({}) == {"connect-four": weaker.public_id}


# ── television ──────────────────────────────────────────────────────────────────────────────────────────


def test_the_rule_of_what_is_watched() -> None:
    plain = Candidate("go", 0, 1, 0, 1.0, "plain")
    later = plain._replace(began=2.0, match="later")
    watched = plain._replace(spectators=1, match="watched")
    people = plain._replace(people=2, match="people")
    rated = plain._replace(rating=900.0, match="rated")
    better = rated._replace(rating=900.5, match="better")
    order = [plain, later, watched, people, rated, better]
    for worse, one in pairwise(order):
        assert best([one, worse]) == best([worse, one]) == {"go": one.match}
    assert best([plain, later._replace(game="chess")]) == {"go": "plain", "chess": "later"}


def test_what_is_shown_stays_until_it_is_over() -> None:
    first = joined(opened())
    assert chosen({}) == {"connect-four": first.public_id}
    second = joined(opened())
    watched_set(host=store.host_register("one"), spectators={second.pk: 9})
    assert chosen({"connect-four": first.public_id}) == {"connect-four": first.public_id}
    assert chosen({}) == {"connect-four": second.public_id}
    played(first)
    assert chosen({"connect-four": first.public_id}) == {"connect-four": second.public_id}


@pytest.mark.parametrize("what", ["unlisted", "correspondence", "begun long ago", "waiting"])
def test_what_is_never_watched(what: str) -> None:
    if what == "waiting":
        opened()
    else:
        match = joined(opened(listed=what != "unlisted"))
        if what == "correspondence":
            Match.objects.filter(pk=match.pk).update(pool="correspondence")
        elif what == "begun long ago":
            Match.objects.update(started_at=timezone.now() - tv.RECENT - timedelta(minutes=1))
    assert chosen({}) == {}


def test_spectators_of_a_process_that_is_gone_do_not_count() -> None:
    first, second = joined(opened()), joined(opened())
    host = store.host_register("one")
    watched_set(host=host, spectators={first.pk: 9})
    assert chosen({}) == {"connect-four": first.public_id}
    store.host_stop(host)
    Match.objects.filter(pk=second.pk).update(started_at=F("started_at") + timedelta(seconds=1))
    assert chosen({}) == {"connect-four": second.public_id}


# ── what concerns one alone ─────────────────────────────────────────────────────────────────────────────


def test_who_waits_for_nothing_costs_no_question_of_their_own(django_assert_max_num_queries: object) -> None:
    people = [guest() for _ in range(20)]
    Missed.objects.create(player=people[0], until=timezone.now() + timedelta(minutes=1))
    with django_assert_max_num_queries(8 + 8):  # type: ignore[operator]
        told = personals_of([*(one.public_id for one in people), "nobody"])
    assert set(told) == {one.public_id for one in people}
    assert told[people[1].public_id] == Personal()
    assert told[people[0].public_id].rest_ms > 0
