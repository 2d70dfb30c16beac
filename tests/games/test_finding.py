"""Seeks and ready checks through the real services, each test on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db.models.functions import Now

from games import offers
from games.finding import queues, services
from games.finding.services import pairings
from games.finding.told import Personal
from games.models import GameSetting, Match, Missed, Pairing, Seek, Seeker
from players.models import Block
from tests.games.played import guest
from tests.games.seeking import later, paired, refused, seek, you
from tests.games.worlds import World

pytestmark = pytest.mark.usefixtures("orm")


# ── seeks ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_two_who_look_for_the_same_are_asked_and_play_when_both_are_ready(hinted: list[str]) -> None:
    ada, ben = guest("Ada"), guest("Ben")
    pairing = paired(ada, ben)
    found = you(ada).pairing
    assert found is not None
    assert (found.id, found.ready, found.players, found.yes) == (pairing, 0, 2, False)
    assert 10_000 < found.left_ms <= 12_000
    assert services.pairing_answer(by=ada, pairing=pairing, yes=True) is None
    assert services.pairing_answer(by=ada, pairing=pairing, yes=True) is None, "a second tap changes nothing"
    assert (you(ben).pairing.ready, you(ben).pairing.yes, you(ada).pairing.yes) == (1, False, True)
    hinted.clear()
    match = services.pairing_answer(by=ben, pairing=pairing, yes=True)
    assert (match.status, match.pool, match.rated, match.clock) == ("live", "blitz", False, queues.CLOCKS["blitz"])
    assert {seat.player for seat in match.sitting.all()} == {ada, ben}
    assert you(ada) == you(ben) == Personal(go=match.public_id)
    assert set(hinted) == {ada.public_id, ben.public_id}
    assert Seek.objects.count() == Seeker.objects.count() == Pairing.objects.count() == 0


def test_whoever_waits_is_told_how_long_and_how_wide() -> None:
    ada = guest()
    seek(ada, practice_after_s=30)
    later(20)
    told = you(ada).seek
    assert told is not None
    assert (told.game, told.pool, told.rated, told.seats, told.size, told.mine) == (
        *("connect-four", "blitz", False, 2, 1, True),
    )
    assert 20_000 <= told.waited_ms < 25_000
    assert (told.estimate_ms, told.practice_after_s) == (None, 30)
    assert 375 <= told.window < 400, "a new player's uncertainty counts too"
    later(45)
    assert you(ada).seek.window is None


def test_the_estimate_is_made_of_those_who_were_found_before() -> None:
    for _ in range(2):
        pair = guest(), guest()
        pairing = paired(*pair)
        later(10)
        for one in pair:
            services.pairing_answer(by=one, pairing=pairing, yes=True)
    ada = guest()
    seek(ada)
    assert 10_000 <= you(ada).seek.estimate_ms < 13_000


def test_different_wishes_do_not_meet() -> None:
    seek(guest())
    seek(guest(), pool="rapid")
    seek(guest(), rated=True)
    seek(guest(), game="tic-tac-toe")
    seek(guest(), game="light-cycles", pool="live", seats=3)
    seek(guest(), game="light-cycles", pool="live")
    assert services.queues_pass() == 0


def test_a_new_wish_takes_the_place_of_the_old_one_and_withdrawing_leaves_nothing() -> None:
    ada = guest()
    seek(ada)
    seek(ada, pool="rapid")
    assert you(ada).seek.pool == "rapid"
    assert services.seek_withdraw(by=ada)
    assert not services.seek_withdraw(by=ada)
    assert Seek.objects.count() == Seeker.objects.count() == 0
    assert you(ada) == Personal()


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        ({"game": "nonesuch"}, "unknown_game"),
        ({"pool": "correspondence"}, "bad_pool"),
        ({"game": "arena", "pool": "live"}, "bad_pool"),
        ({"seats": 3}, "bad_seats"),
        ({"practice_after_s": 1}, "bad_wait"),
        ({"party": True}, "no_party"),
    ],
)
def test_a_wish_that_cannot_be_is_refused_with_its_reason(wish: dict[str, Any], code: str) -> None:
    assert refused(seek, by=guest(), **wish) == code
    assert Seek.objects.count() == 0


def test_who_is_not_seen_for_eight_seconds_is_gone_and_nobody_is_paired_with_them(hinted: list[str]) -> None:
    ada, ben, cleo = guest(), guest(), guest()
    for one in (ada, ben, cleo):
        seek(one)
    Seeker.objects.exclude(player=cleo).update(seen_at=Now() - timedelta(seconds=9))
    services.seekers_seen([ben.pk, guest().pk])
    assert services.queues_pass() == 1
    assert you(ada).pairing is None
    assert you(ben).pairing == you(cleo).pairing or you(cleo).pairing is not None
    hinted.clear()
    assert services.seeks_sweep() == 1
    assert hinted == [ada.public_id]
    assert Seek.objects.count() == 2, "a ready check ends by its own deadline"


def test_no_one_meets_whom_they_have_blocked_also_when_they_did_so_while_waiting() -> None:
    ada, ben, cleo = guest(), guest(), guest()
    Block.objects.create(player=ben, blocked=ada)
    seek(ada)
    seek(ben)
    assert services.queues_pass() == 0
    seek(cleo)
    Block.objects.create(player=ada, blocked=cleo)
    later(2)
    services.queues_pass()
    services.queues_pass()
    assert you(ada).pairing is None
    assert you(ben).pairing is not None
    assert you(cleo).pairing is not None


def test_practice_opponents_come_when_the_player_agreed_and_only_then() -> None:
    ada, ben = guest(), guest()
    seek(ada, practice_after_s=15, rated=True)
    seek(ben, pool="rapid")
    assert services.queues_pass() == 0
    later(16)
    assert services.queues_pass() == 1
    match = Match.objects.get(public_id=you(ada).go)
    assert (match.rated, match.status, match.pool) == (False, "live", "blitz")
    assert sorted(seat.bot for seat in match.sitting.all()) == ["", "practice"]
    assert you(ben).seek is not None


@pytest.fixture
def house(orm: World) -> Iterator[GameSetting]:
    """How Connect Four is offered; without limits until a test says otherwise."""
    setting = GameSetting.objects.create(game="connect-four")
    yield setting
    setting.delete()
    offers.offers.forget()


def test_what_the_house_does_not_offer_is_not_looked_for_and_holds_up_nobody(house: GameSetting) -> None:
    ada, ben, cleo = guest(), guest(), guest()
    seek(ada, practice_after_s=15)
    house.practice = False
    house.save()
    offers.offers.forget()
    later(16)
    services.queues_pass()
    assert (you(ada).go, you(ada).seek is not None) == (None, True), "they wait on for people"
    assert refused(seek, by=ben, practice_after_s=15) == "no_practice_here"
    house.playable = False
    house.save()
    offers.offers.forget()
    assert refused(seek, by=ben) == "switched_off"
    seek(ben, game="tic-tac-toe")
    seek(cleo, game="tic-tac-toe")
    assert services.queues_pass() == 1
    assert you(cleo).pairing is not None


# ── the ready check ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_no_sends_the_other_back_with_their_wait_and_lets_who_said_it_rest() -> None:
    ada, ben = guest("Ada"), guest()
    pairing = paired(ada, ben)
    later(30)
    services.pairing_answer(by=ben, pairing=pairing, yes=True)
    assert services.pairing_answer(by=ada, pairing=pairing, yes=False) is None
    assert (you(ben).pairing, you(ben).seek.waited_ms // 1000) == (None, 30)
    assert you(ada).seek is None
    assert 9_000 < you(ada).rest_ms <= 10_000
    assert refused(seek, by=ada) == "resting"
    assert not Seeker.objects.get(player=ben).ready, "the next check asks anew"


def test_silence_is_out_and_rests_longer_each_time_while_the_willing_wait_on() -> None:
    ada, ben = guest(), guest()
    for rest in pairings.RESTS:
        pairing = paired(ada) if Seeker.objects.filter(player=ben).exists() else paired(ada, ben)
        services.pairing_answer(by=ben, pairing=pairing, yes=True)
        Pairing.objects.update(deadline=Now())
        assert refused(services.pairing_answer, by=ada, pairing=pairing, yes=True) == "too_late"
        assert services.pairings_expire() == 1
        assert you(ben).seek is not None
        assert you(ada).seek is None
        assert rest.total_seconds() - 2 < you(ada).rest_ms / 1000 <= rest.total_seconds()
        Missed.objects.update(until=Now())
    Missed.objects.update(at=Now() - timedelta(hours=2))
    pairing = paired(ada)
    services.pairing_answer(by=ada, pairing=pairing, yes=False)
    assert you(ada).rest_ms <= 10_000, "an hour later it is forgotten"


def test_leaving_during_the_check_is_a_no() -> None:
    ada, ben = guest(), guest()
    paired(ada, ben)
    assert refused(seek, by=ada, pool="rapid") == "ready_check"
    assert services.seek_withdraw(by=ada)
    assert (you(ada).seek, you(ben).pairing, you(ben).seek is not None) == (None, None, True)


def test_nobody_answers_for_others() -> None:
    pairing = paired()
    assert refused(services.pairing_answer, by=guest(), pairing=pairing, yes=True) == "too_late"
