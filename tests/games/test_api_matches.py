from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from games import commands
from games.models import Command, Match, Seat
from games.protocol.codes import WHY
from games.rules.connect_four import ConnectFour
from games.services import MOST_WAITING
from tests.games.callers import Caller, by_key
from tests.games.played import aborted, guest, joined, opened, played

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_throttles")]


# ── matches ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_games_are_told_with_the_shapes_of_options_and_moves() -> None:
    _, told = Caller().call("GET", "/games")
    four = next(game for game in told["games"] if game["name"] == "connect-four")
    assert (four["seats"], four["hz"], four["secret"]) == ([2, 2], 0, False)
    assert four["move"] == {"type": "integer"}


def test_a_match_is_created_and_found_again() -> None:
    player = guest("Ada")
    status, told = by_key(player).call("POST", "/matches", {"game": "connect-four", "seat": 1})
    assert status == 201
    ada = {"seat": 1, "name": "Ada", "player": player.public_id, "bot": None, "score": None, "rating": None}
    assert (told["status"], told["seats"], told["result"]) == ("waiting", [None, ada], None)
    assert told["socket"] == f"/ws/match/{told['id']}"
    assert Caller().call("GET", f"/matches/{told['id']}") == (200, told)
    assert Caller().call("GET", "/matches") == (200, {"matches": [told], "page": 1, "more": False})


def test_a_rated_match_tells_its_pool_and_what_became_of_ratings() -> None:
    clock = {"kind": "fischer", "base_ms": 180_000, "extra_ms": 2000}
    wish = {"game": "connect-four", "seat": 0, "rated": True, "clock": clock}
    _, made = by_key().call("POST", "/matches", wish)
    assert (made["rated"], made["pool"], made["uncounted"]) == (True, "blitz", None)
    Match.objects.filter(public_id=made["id"]).update(uncounted="short")
    Seat.objects.filter(index=0).update(rating_before=1500.4, rating_after=1662.3109, deviation_after=290.3)
    _, told = Caller().call("GET", f"/matches/{made['id']}")
    assert told["uncounted"] == "short"
    assert told["seats"][0]["rating"] == {"before": 1500, "after": 1662, "provisional": True}


@pytest.mark.parametrize("changes", [{"clock": None}, {"opponent": "practice"}, {"game": "arena", "clock": None}])
def test_what_cannot_be_rated_is_refused_with_what_to_do(changes: dict[str, Any]) -> None:
    clock = {"kind": "fischer", "base_ms": 180_000, "extra_ms": 2000}
    wish = {"game": "connect-four", "rated": True, "clock": clock} | changes
    status, told = by_key().call("POST", "/matches", wish)
    assert (status, told["code"]) == (422, "cannot_be_rated")


def test_a_match_against_practice_is_live_at_once() -> None:
    _, told = by_key().call("POST", "/matches", {"game": "tic-tac-toe", "seat": 0, "opponent": "practice"})
    assert (told["status"], told["seats"][1]["bot"], told["seats"][1]["player"]) == ("live", "practice", None)


def test_too_many_waiting_matches_are_a_conflict() -> None:
    caller = by_key()
    statuses = [caller.call("POST", "/matches", {"game": "connect-four"})[0] for _ in range(MOST_WAITING + 1)]
    assert statuses == [201] * MOST_WAITING + [409]


def test_lists_come_by_status_and_game_in_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.api.matches.PER_PAGE", 2)
    waiting = [opened().public_id for _ in range(3)]
    opened(listed=False)
    over, called_off = played(), aborted()

    def ids(query: str) -> tuple[list[str], bool]:
        _, told = Caller().call("GET", f"/matches?{query}")
        return [match["id"] for match in told["matches"]], told["more"]

    assert ids("status=waiting") == ([waiting[2], waiting[1]], True)
    assert ids("page=2") == ([waiting[0]], False)
    assert ids("page=3") == ([], False)
    assert ids("status=over&game=connect-four") == ([over.public_id], False)
    assert ids("status=aborted") == ([called_off.public_id], False)
    assert ids("status=over&game=tic-tac-toe") == ([], False)


def test_a_list_takes_two_queries() -> None:
    for _ in range(3):
        opened()
    with CaptureQueriesContext(connection) as captured:
        Caller().call("GET", "/matches")
    assert len(captured) == 2


def test_a_private_match_is_found_by_its_id_alone() -> None:
    match = opened(listed=False)
    assert Caller().call("GET", f"/matches/{match.public_id}")[0] == 200


@pytest.mark.parametrize("seat", [None, 1])
def test_joining_asks_the_owner_of_the_match(answers: list[Any], seat: int | None) -> None:
    match, player = opened(), guest()
    answers.append({"ok": True, "seat": 1})
    assert by_key(player).call("POST", f"/matches/{match.public_id}/join", {"seat": seat}) == (200, {"seat": 1})
    (asked,) = answers
    assert asked == {"match": match, "kind": "sit", "by": player, "body": {"seat": seat}}


@pytest.mark.parametrize("code", ["seat_taken", "over"])
def test_a_refused_seat_is_a_conflict_with_its_code(answers: list[Any], code: str) -> None:
    answers.append({"ok": False, "code": code, "why": WHY[code]})  # type: ignore[index]
    assert by_key().call("POST", f"/matches/{opened().public_id}/join") == (409, {"code": code, "why": WHY[code]})  # type: ignore[index]


def test_a_match_that_does_not_answer_is_told_as_not_yet(answers: list[Any]) -> None:
    answers.append(None)
    status, told = by_key().call("POST", f"/matches/{opened().public_id}/join")
    assert (status, told["code"]) == (202, "not_yet")


@pytest.mark.django_db(transaction=True)
def test_without_an_owner_the_wish_stands_in_its_row(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commands, "WAIT_S", 0.2)
    match = opened()
    assert by_key().call("POST", f"/matches/{match.public_id}/join", {"seat": 1})[0] == 202
    command = Command.objects.get()
    assert (command.match, command.kind, command.body, command.done_at) == (match, "sit", {"seat": 1}, None)


def test_a_record_can_be_downloaded_while_the_match_lasts_and_after() -> None:
    match = joined(opened())
    status, live = Caller().call("GET", f"/matches/{match.public_id}/record")
    assert (status, live["seed"], live["status"]) == (200, None, "live")
    played(match)
    status, over = Caller().call("GET", f"/matches/{match.public_id}/record")
    assert (over["seed"], over["digest"]) == (match.seed, over["entries"][-1]["digest"])


def test_frames_come_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("games.selectors.FRAMES_PER_ANSWER", 4)
    path = f"/matches/{played().public_id}/frames"
    told: list[Any] = []
    more = True
    while more:
        _, answer = Caller().call("GET", f"{path}?after={told[-1]['v'] if told else -1}")
        assert len(answer["frames"]) <= 4
        told, more = told + answer["frames"], answer["more"]
    assert [frame["v"] for frame in told] == list(range(11))


@pytest.mark.parametrize("what", ["record", "frames"])
def test_a_secret_game_tells_nothing_before_its_end(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ConnectFour, "secret", True)
    match = joined(opened())
    status, told = Caller().call("GET", f"/matches/{match.public_id}/{what}")
    assert (status, told["code"]) == (409, "secret")
    played(match)
    assert Caller().call("GET", f"/matches/{match.public_id}/{what}")[0] == 200
