"""Creating, joining, leaving, calling off: who may, and what they are told who may not."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from players.errors import ServiceError
from players.models import Player
from tests.games.played import guest
from tests.tournaments.kit import created, fold_of, organiser, run, wish, with_players
from tournaments import limits, log, services
from tournaments.formats.entries import Join, PlayerId
from tournaments.models import Entry, Tournament

pytestmark = pytest.mark.django_db


def refused(call: Any, **facts: Any) -> str:
    with pytest.raises(ServiceError) as error, transaction.atomic():
        call(**facts)
    assert error.value.why.endswith(".")
    return error.value.code


def test_who_may_creates_a_tournament_and_its_facts_are_the_first_entry() -> None:
    tournament = created(name="  The   Cup ", format="swiss", rounds=5)
    assert (tournament.name, tournament.status, tournament.minutes) == ("The Cup", "coming", 0)
    fold = fold_of(tournament)
    assert (fold.facts.format, fold.facts.rounds, fold.facts.minutes) == ("swiss", 5, 0)


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"name": "x"}, "bad_name"),
        ({"name": "two\u202elines"}, "bad_name"),
        ({"game": "arena"}, "unknown_game"),
        ({"game": "chess"}, "unknown_game"),
        ({"options": {"nonsense": 1}}, "bad_options"),
        ({"clock": None}, "bad_clock"),
        ({"clock": {"kind": "correspondence", "base_ms": 86_400_000}}, "bad_clock"),
        ({"minutes": 4}, "bad_length"),
        ({"format": "swiss", "rounds": 16}, "bad_length"),
        ({"start_at": timezone.now() - timedelta(hours=1)}, "bad_start"),
        ({"start_at": timezone.now() + timedelta(days=100)}, "bad_start"),
        ({"least_matches": -1}, "bad_conditions"),
    ],
)
def test_what_no_tournament_can_be_is_refused_and_leaves_nothing(wrong: dict[str, Any], code: str) -> None:
    assert refused(services.tournament_create, by=organiser(), wish=wish(**wrong)) == code
    assert not Tournament.objects.exists()


def test_a_game_on_the_clock_needs_no_time_control() -> None:
    assert created(game="light-cycles", clock=None).clock is None


def test_without_the_permission_nobody_creates_one_and_nobody_has_more_than_a_few_open() -> None:
    assert refused(services.tournament_create, by=guest(), wish=wish()) == "not_allowed_here"
    olga = organiser()
    for _ in range(limits.MOST_OPEN):
        created(by=olga)
    assert refused(services.tournament_create, by=olga, wish=wish()) == "too_many_open"


def test_joining_twice_is_joining_once_and_leaving_can_be_taken_back() -> None:
    tournament, (ann, *_) = with_players(2)
    services.tournament_join(tournament=tournament, by=ann)
    assert fold_of(tournament).n == 3
    for _ in range(2):
        services.tournament_withdraw(tournament=tournament, by=ann)
    assert [one.id for one in fold_of(tournament).active] != [ann.public_id]
    services.tournament_join(tournament=tournament, by=ann)
    assert len(fold_of(tournament).active) == 2
    assert [entry.kind for entry in tournament.entries.order_by("n")][3:] == ["withdraw", "return"]
    tournament.refresh_from_db()
    assert tournament.players == 2


def test_who_was_taken_out_stays_out() -> None:
    tournament, (ann, bo) = with_players(2)
    olga = tournament.created_by
    assert olga is not None
    assert refused(services.tournament_remove, tournament=tournament, player=ann, by=bo) == "not_yours"
    assert refused(services.tournament_remove, tournament=tournament, player=olga, by=olga) == "not_in"
    services.tournament_withdraw(tournament=tournament, by=ann)
    services.tournament_remove(tournament=tournament, player=ann, by=olga)
    services.tournament_remove(tournament=tournament, player=ann, by=olga)
    assert refused(services.tournament_join, tournament=tournament, by=ann) == "taken_out"


def test_conditions_are_asked_of_who_joins() -> None:
    for_accounts, for_players = created(accounts_only=True), created(least_matches=5)
    assert refused(services.tournament_join, tournament=for_accounts, by=guest()) == "accounts_only"
    account = organiser()
    services.tournament_join(tournament=for_accounts, by=account)
    assert refused(services.tournament_join, tournament=for_players, by=account) == "more_matches"


def test_rounds_are_closed_once_they_have_begun_and_an_arena_is_open() -> None:
    for format_, code in (("swiss", "joining_closed"), ("arena", None)):
        tournament, _players = with_players(2, format=format_)
        run(tournament)
        assert tournament.status == "running"
        if code:
            assert refused(services.tournament_join, tournament=tournament, by=guest()) == code
        else:
            services.tournament_join(tournament=tournament, by=guest())


def test_a_full_one_is_full(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(limits.MOST_PLAYERS, "arena", 2)
    tournament, _players = with_players(2)
    assert refused(services.tournament_join, tournament=tournament, by=guest()) == "tournament_full"


def test_an_organiser_starts_early_and_calls_off() -> None:
    later = timezone.now() + timedelta(hours=1)
    tournament, (ann, *_) = with_players(1, start_at=later)
    olga = tournament.created_by
    assert refused(services.tournament_start, tournament=tournament, by=ann) == "not_yours"
    assert refused(services.tournament_start, tournament=tournament, by=olga) == "too_few"
    services.tournament_join(tournament=tournament, by=guest())
    services.tournament_start(tournament=tournament, by=olga)
    assert refused(services.tournament_start, tournament=tournament, by=olga) == "under_way"
    tournament.refresh_from_db()
    assert (tournament.status, tournament.started_at is not None) == ("running", True)
    assert refused(services.tournament_cancel, tournament=tournament, by=ann) == "not_yours"
    services.tournament_cancel(tournament=tournament, by=olga)
    tournament.refresh_from_db()
    assert (tournament.status, tournament.due_at) == ("cancelled", None)
    for call in (services.tournament_cancel, services.tournament_start):
        assert refused(call, tournament=tournament, by=olga) == "tournament_over"
    assert refused(services.tournament_join, tournament=tournament, by=guest()) == "tournament_over"
    assert refused(services.tournament_withdraw, tournament=tournament, by=ann) == "tournament_over"


def test_what_was_given_up_is_not_remembered() -> None:
    tournament, _players = with_players(1)
    with transaction.atomic():
        services.tournament_join(tournament=tournament, by=guest())
        assert len(fold_of(tournament).players) == 2  # read within the transaction, and kept in memory
        transaction.set_rollback(True)
    services.tournament_join(tournament=tournament, by=guest("Bo"))
    names = {Player.objects.get(public_id=one).name for one in fold_of(tournament).players}
    assert "Bo" in names
    assert len(names) == 2


def test_the_database_refuses_a_second_line_of_the_same_number() -> None:
    tournament = created()
    with pytest.raises(IntegrityError), transaction.atomic():
        log.append(tournament, 0, [Join(PlayerId("somebody"))])
    assert Entry.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Entry.objects.create(tournament=tournament, n=2, kind="result", body="{}")
