"""The API of tournaments: shapes, refusals, presence, and what a page is told again and again."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from players.models import Player
from players.services import key_create
from tests.games.played import guest
from tests.tournaments.kit import created, end_all, organiser, run, with_players
from tournaments import presence
from tournaments.api_shapes import Live, TournamentLine, TournamentShown

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def wide(fresh_throttles: None) -> None:
    """Tests do not wait for each other."""


def client(player: Player | None = None) -> Client:
    made = Client()
    if player is not None:
        made.force_login(player)
    return made


WISH: dict[str, Any] = {
    "name": "Evening cup",
    "format": "swiss",
    "game": "connect-four",
    "clock": {"kind": "fischer", "base_ms": 60000},
    "rounds": 3,
}


def post(player: Player, body: dict[str, Any]) -> Any:
    headers = {"Authorization": f"Bearer {key_create(player=player)}"}
    start = {"start_at": timezone.now().isoformat()}
    return Client().post("/api/tournaments", start | body, content_type="application/json", headers=headers)


def test_a_program_creates_a_tournament_if_it_may() -> None:
    answer = post(organiser(), WISH)
    assert answer.status_code == 201, answer.content
    TournamentLine.model_validate(answer.json())
    (listed,) = client().get("/api/tournaments").json()["tournaments"]
    assert (listed["id"], listed["clock"]["extra_ms"]) == (answer.json()["id"], 0)
    for wrong, code, status in (
        ({"rounds": 99}, "bad_length", 422),
        ({"clock": None}, "bad_clock", 422),
        ({"start_at": "2001-01-01T00:00:00Z"}, "bad_start", 422),
        ({"start_at": "2001-01-01T00:00:00"}, "bad_request", 422),
        ({"format": "knockout"}, "bad_request", 422),
    ):
        answer = post(organiser(), WISH | wrong)
        assert (answer.json()["code"], answer.status_code) == (code, status)
    answer = post(guest(), WISH)
    assert (answer.json()["code"], answer.status_code) == ("not_allowed_here", 403)


def test_who_joins_is_here_and_is_told_their_match() -> None:
    tournament = created()
    ann, bo = guest("Ann"), guest("Bo")
    address = f"/api/tournaments/{tournament.public_id}"
    for player in (ann, bo):
        answer = client(player).post(f"{address}/join")
        assert answer.status_code == 200, answer.content
        assert answer.json()["you"]["joined"]
    run(tournament)
    said = client(ann).get(f"{address}/live").json()
    Live.model_validate(said)
    match = tournament.pairings.get().match.public_id
    assert said["you"]["match"] == match
    assert [place["match"] for place in said["tournament"]["standings"]] == [match, match]
    assert client(ann).get(f"{address}/live?n={said['n']}").json()["tournament"] is None
    end_all(tournament)
    run(tournament)
    said = client().get(f"{address}/live?n={said['n']}").json()
    assert [place["points"] for place in said["tournament"]["standings"]] == [2, 0]
    assert said["you"] == {
        "joined": False,
        "withdrawn": "",
        "place": None,
        "points": None,
        "match": None,
        "why_not": "",
    }


def test_a_stranger_who_joins_becomes_a_guest_and_one_who_only_looks_does_not() -> None:
    tournament = created()
    stranger, before = Client(), Player.objects.count()
    assert stranger.get(f"/api/tournaments/{tournament.public_id}/live").status_code == 200
    assert Player.objects.count() == before
    assert stranger.post(f"/api/tournaments/{tournament.public_id}/join").json()["you"]["joined"]
    assert Player.objects.count() == before + 1


def test_while_nothing_changes_the_answer_is_short() -> None:
    tournament, _players = with_players(3, format="round_robin")
    address = f"/api/tournaments/{tournament.public_id}"
    first = client().get(address)
    TournamentShown.model_validate(first.json())
    again = client().get(address, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    run(tournament)
    assert client().get(address, headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_a_question_costs_a_handful_of_queries_however_many_play(django_assert_max_num_queries: Any) -> None:
    tournament, (ann, *_) = with_players(12)
    run(tournament)
    asking = client(ann)
    asking.get(f"/api/tournaments/{tournament.public_id}/live")
    presence._seen.clear()
    with django_assert_max_num_queries(5):
        asking.get(f"/api/tournaments/{tournament.public_id}/live")
    assert presence._seen == {(tournament.pk, ann.pk)}


def test_only_who_may_starts_and_calls_off() -> None:
    tournament, (ann, *_) = with_players(2)
    address = f"/api/tournaments/{tournament.public_id}"
    assert client(ann).post(f"{address}/start").json()["code"] == "not_yours"
    keeper = guest()
    keeper.user_permissions.add(Permission.objects.get(codename="change_tournament"))
    assert client(keeper).post(f"{address}/start").status_code == 200
    assert client(ann).post(f"{address}/cancel").status_code == 409
    assert client(tournament.created_by).post(f"{address}/cancel").json()["tournament"]["status"] == "cancelled"
    assert client(ann).post(f"{address}/withdraw").json()["code"] == "tournament_over"


def test_what_is_not_there_is_told_in_the_usual_shape() -> None:
    for path in ("", "/live"):
        answer = client().get(f"/api/tournaments/nothing{path}")
        assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
