from __future__ import annotations

from typing import Any

import pytest

from games.api import auth
from players import services
from players.models import Key, Player, Ticket
from players.throttle import Throttle
from tests.games.callers import Caller, by_key, is_problem
from tests.games.played import guest, opened, played

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_throttles")]


# ── who may do what ─────────────────────────────────────────────────────────────────────────────────────────

SIGNED_IN = [
    ("POST", "/matches", {"game": "connect-four"}, 201),
    ("GET", "/me", None, 200),
    ("PATCH", "/me", {"name": "Ada"}, 200),
    ("POST", "/tickets", None, 201),
]


@pytest.mark.parametrize(("method", "path", "body", "status"), SIGNED_IN)
def test_what_acts_for_a_player_needs_one(method: str, path: str, body: Any, status: int) -> None:
    player = guest()
    assert by_key(player).call(method, path, body)[0] == status
    assert Caller(cookie=player, csrf=True).call(method, path, body)[0] == status
    strangers = [
        Caller(),
        Caller(csrf=True),
        Caller(key="wrong"),
        Caller(key=""),
        Caller(key="wrong", cookie=player, csrf=True),  # a wrong key is not healed by a cookie
    ]
    for stranger in strangers:
        answered, told = stranger.call(method, path, body)
        assert (answered, told["code"]) == (401, "not_signed_in")
        assert is_problem(told)
        assert stranger.response["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path", "body", "status"), SIGNED_IN)
def test_a_cookie_alone_changes_nothing(method: str, path: str, body: Any, status: int) -> None:
    answered, told = Caller(cookie=guest()).call(method, path, body)
    if method == "GET":
        assert answered == status
    else:
        assert (answered, told["code"]) == (403, "csrf")
        assert is_problem(told)


def test_a_token_of_another_page_is_no_token() -> None:
    caller = Caller(cookie=guest(), csrf=True)
    caller.headers["X-CSRFToken"] = "u" * 32
    assert caller.call("POST", "/tickets")[0] == 403


def test_joining_needs_a_player_and_a_token(answers: list[Any]) -> None:
    path = f"/matches/{opened().public_id}/join"
    assert Caller().call("POST", path)[0] == 401
    assert Caller(cookie=guest()).call("POST", path)[0] == 403
    answers.append({"ok": True, "seat": 1})
    assert Caller(cookie=guest(), csrf=True).call("POST", path) == (200, {"seat": 1})


def test_anyone_may_read_what_is_public() -> None:
    match = played()
    for path in ("/games", "/matches", f"/matches/{match.public_id}", f"/matches/{match.public_id}/record"):
        assert Caller().call("GET", path)[0] == 200


def test_the_inactive_are_strangers() -> None:
    player = guest()
    callers = by_key(player), Caller(cookie=player, csrf=True)
    Player.objects.update(is_active=False)
    assert [caller.call("GET", "/me")[0] for caller in callers] == [401, 401]


def test_a_revoked_key_opens_nothing() -> None:
    caller = by_key()
    Key.objects.all().delete()
    assert caller.call("GET", "/me")[0] == 401


def test_everyone_changes_only_themselves() -> None:
    ada, bob = guest("Ada"), guest("Bob")
    by_key(bob).call("PATCH", "/me", {"name": "Robert"})
    names = set(Player.objects.filter(pk__in=[ada.pk, bob.pk]).values_list("name", flat=True))
    assert names == {"Ada", "Robert"}


# ── players ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_program_makes_itself_a_guest_and_acts_by_its_key() -> None:
    caller = Caller()
    status, told = caller.call("POST", "/players", {"name": "Deep Green", "language": "ko"})
    assert status == 201
    assert (told["name"], told["guest"], told["language"]) == ("Deep Green", True, "ko")
    assert not caller.client.cookies
    status, me = Caller(key=told.pop("key")).call("GET", "/me")
    assert (status, me) == (200, told)


def test_a_guest_needs_to_say_nothing() -> None:
    status, told = Caller().call("POST", "/players")
    assert status == 201
    assert " " in told["name"]


def test_one_address_makes_only_so_many_guests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_guests", Throttle(burst=2, per_minute=2))
    caller = Caller()
    assert [caller.call("POST", "/players")[0] for _ in range(3)] == [201, 201, 429]
    assert is_problem(caller.call("POST", "/players")[1])
    assert 0 < int(caller.response["Retry-After"]) <= 30
    assert Player.objects.count() == Key.objects.count() == 2


def test_a_refused_guest_leaves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_guests", Throttle(burst=1, per_minute=1))
    caller = Caller()
    assert caller.call("POST", "/players", {"name": "admin"})[0] == 422
    assert caller.call("POST", "/players", {"name": "Ada"})[0] == 201


def test_one_player_changes_things_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_changes", Throttle(burst=1, per_minute=1))
    caller, other = by_key(), by_key()
    assert [caller.call("POST", "/tickets")[0] for _ in range(2)] == [201, 429]
    assert caller.call("GET", "/me")[0] == 200
    assert other.call("POST", "/tickets")[0] == 201


def test_one_address_reads_records_only_so_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(auth, "_replays", Throttle(burst=1, per_minute=1))
    path = f"/matches/{played().public_id}/record"
    assert [Caller().call("GET", path)[0] for _ in range(2)] == [200, 429]


def test_a_ticket_is_told_and_kept_only_as_a_digest() -> None:
    status, told = by_key().call("POST", "/tickets")
    assert status == 201
    assert told["expires_s"] == 30
    assert told["ticket"] not in Ticket.objects.get().digest
