"""The pages of tournaments: each renders in every state, in both languages, and forms do what they say."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from players.models import Player
from tests.games.played import guest
from tests.tournaments.kit import created, end_all, fold_of, organiser, run, with_players
from tournaments import services
from tournaments.formats import due
from tournaments.models import Tournament

pytestmark = pytest.mark.django_db


def page(tournament: Tournament, player: Player | None = None, language: str = "en") -> str:
    asking = Client(headers={"Accept-Language": language})
    if player is not None:
        asking.force_login(player)
    answer = asking.get(f"/tournaments/{tournament.public_id}/")
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("format_", ["arena", "swiss", "round_robin"])
def test_a_tournament_has_its_page_before_during_and_after(
    format_: str, language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(due, "BREAK_MS", 0)
    tournament, (ann, *_) = with_players(3, format=format_, rounds=2, double=True, least_matches=0)
    assert "Player 0" in page(tournament, ann, language)
    for _ in range(8):
        run(tournament)
        assert "Player 0" in page(tournament, ann, language)
        end_all(tournament)
    if format_ == "arena":
        services.tournament_cancel(tournament=tournament, by=tournament.created_by or ann)
    run(tournament)
    assert fold_of(tournament).status in ("finished", "cancelled")
    assert "Player 0" in page(tournament, None, language)
    lists = Client(headers={"Accept-Language": language}).get("/tournaments/").content.decode()
    assert ("Cup" in lists) == (format_ != "arena")


def test_one_click_joins_also_a_stranger_and_leads_back() -> None:
    tournament = created()
    stranger = Client()
    answer = stranger.post(f"/tournaments/{tournament.public_id}/join/", follow=True)
    assert answer.redirect_chain == [(f"/tournaments/{tournament.public_id}/", 302)]
    assert len(fold_of(tournament).active) == 1
    stranger.post(f"/tournaments/{tournament.public_id}/withdraw/")
    assert fold_of(tournament).active == []
    Client().post(f"/tournaments/{tournament.public_id}/withdraw/")


def test_a_refused_wish_is_told_on_the_page() -> None:
    tournament = created(accounts_only=True)
    answer = Client().post(f"/tournaments/{tournament.public_id}/join/", follow=True)
    assert "This tournament is for accounts" in answer.content.decode()


FORM = {"name": "Friday", "game": "connect-four", "format": "arena", "minutes": "45", "clock": "3+2", "start": "10"}


def test_the_form_creates_a_tournament_for_who_may() -> None:
    olga = organiser()
    asking = Client()
    asking.force_login(olga)
    assert asking.get("/tournaments/new/").status_code == 200
    answer = asking.post("/tournaments/new/", FORM)
    made = Tournament.objects.get()
    assert answer["Location"] == f"/tournaments/{made.public_id}/"
    assert (made.minutes, made.clock, made.streaks) == (
        45,
        {"kind": "fischer", "base_ms": 180000, "extra_ms": 2000},
        False,
    )
    stranger = Client()
    assert stranger.get("/tournaments/new/").status_code == 403
    stranger.force_login(guest())
    assert stranger.post("/tournaments/new/", FORM).status_code == 403


def test_hours_of_the_form_are_those_of_who_writes_them() -> None:
    asking = Client()
    asking.force_login(organiser())
    day = timezone.now() + timedelta(days=2)
    written = {"start": "at", "start_at": f"{day:%Y-%m-%d}T20:00", "offset": "-540"}  # Seoul is nine hours ahead
    asking.post("/tournaments/new/", FORM | written)
    start = Tournament.objects.get().start_at
    assert (start.hour, start.date()) == (11, day.date())


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"clock": "custom", "clock_minutes": ""}, "Say how many minutes"),
        ({"start": "at", "start_at": ""}, "Say on which day"),
        ({"clock": "days-1"}, "Select a valid choice"),
        ({"minutes": "2"}, "greater than or equal to 5"),
        ({"format": "swiss", "rounds": ""}, "2 to 15 rounds"),
    ],
)
def test_a_form_that_is_not_whole_says_what_is_missing(wrong: dict[str, str], told: str) -> None:
    asking = Client()
    asking.force_login(organiser())
    answer = asking.post("/tournaments/new/", FORM | wrong)
    assert answer.status_code == 422
    assert told in answer.content.decode()


def test_a_match_of_a_tournament_leads_back_to_it_and_others_do_not() -> None:
    tournament, _players = with_players(2, format="swiss")
    run(tournament)
    match = tournament.pairings.get().match
    assert f"/tournaments/{tournament.public_id}/" in Client().get(f"/match/{match.public_id}/").content.decode()


def test_strange_addresses_are_not_found() -> None:
    for path in ("/tournaments/nothing/", "/tournaments/123456789ABC/"):
        assert Client().get(path).status_code == 404
    tournament = created()
    for page_number in ("0", "-1", "99999", "x", "²"):
        assert Client().get(f"/tournaments/{tournament.public_id}/?page={page_number}").status_code == 200
