from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games import commands
from games.api import api, auth, shapes
from games.api.errors import STATUS
from games.models import Command, Match
from games.protocol.codes import WHY
from games.rules.connect_four import ConnectFour
from games.selectors import match_get
from games.services import MOST_WAITING
from players import services
from players.models import Key, Player, Ticket
from players.services import key_create
from players.throttle import Throttle
from tests.games.played import aborted, guest, joined, opened, played

pytestmark = pytest.mark.django_db

JSON = "application/json"


@pytest.fixture(autouse=True)
def fresh_throttles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests must not wait for each other's buckets."""
    wide = {"burst": 10_000, "per_minute": 1}
    monkeypatch.setattr(services, "_guests", Throttle(**wide))
    monkeypatch.setattr(auth, "_changes", Throttle(**wide))
    monkeypatch.setattr(auth, "_replays", Throttle(**wide))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stands for the owner of a match: gives the first of the list, and appends what was asked."""
    listed: list[Any] = []

    async def execute(**asked: Any) -> Any:
        answer = listed.pop(0)
        listed.append(asked)
        return answer

    monkeypatch.setattr(commands, "execute", execute)
    return listed


class Caller:
    """A client of the API. `call("POST", "/matches", …)` gives status and body."""

    def __init__(self, *, key: str | None = None, cookie: Player | None = None, csrf: bool = False) -> None:
        self.client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
        self.headers: dict[str, str] = {}
        if key is not None:
            self.headers["Authorization"] = f"Bearer {key}"
        if cookie is not None:
            self.client.force_login(cookie, backend="django.contrib.auth.backends.ModelBackend")
        if csrf:
            self.client.cookies["csrftoken"] = "t" * 32
            self.headers["X-CSRFToken"] = "t" * 32

    def call(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None) -> tuple[int, Any]:
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        self.response = self.client.generic(method, f"/api{path}", content, content_type=JSON, headers=self.headers)
        assert self.response["Content-Type"].startswith(JSON)
        return self.response.status_code, self.response.json()


def by_key(player: Player | None = None) -> Caller:
    return Caller(key=key_create(player=player or guest()))


def is_problem(told: Any) -> bool:
    return set(told) == {"code", "why"} and bool(told["code"]) and told["why"][-1] in ".!"


# ── errors have one shape ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("method", "path", "raw", "status", "code"),
    [
        ("GET", "/", None, 404, "not_found"),
        ("GET", "/nothing", None, 404, "not_found"),
        ("PUT", "/nothing/at/all", None, 404, "not_found"),
        ("GET", "/matches/", None, 404, "not_found"),
        ("GET", "/matches/aaaaaaaaaaaa", None, 404, "not_found"),
        ("GET", "/matches/%00", None, 404, "not_found"),
        ("GET", "/matches/aaaaaaaaaaaa/record", None, 404, "not_found"),
        ("GET", "/matches/aaaaaaaaaaaa/frames", None, 404, "not_found"),
        ("POST", "/matches/aaaaaaaaaaaa/join", None, 404, "not_found"),
        ("DELETE", "/games", None, 405, "not_allowed"),
        ("PUT", "/matches", None, 405, "not_allowed"),
        ("GET", "/matches/aaaaaaaaaaaa/join", None, 405, "not_allowed"),
        ("GET", "/matches?page=0", None, 422, "bad_request"),
        ("GET", "/matches?page=501", None, 422, "bad_request"),
        ("GET", "/matches?page=x", None, 422, "bad_request"),
        ("GET", "/matches?status=paused", None, 422, "bad_request"),
        ("GET", "/matches?game=%00", None, 422, "bad_request"),
        ("POST", "/matches", b"", 422, "bad_request"),
        ("POST", "/matches", b"[]", 422, "bad_request"),
        ("POST", "/matches", b'{"game":1}', 422, "bad_request"),
        ("POST", "/matches", b'{"game":"connect-four","seat":"1"}', 422, "bad_request"),
        ("POST", "/matches", b'{"game":"connect-four","seat":true}', 422, "bad_request"),
        ("POST", "/matches", b'{"game":"connect-four","seat":1.0}', 422, "bad_request"),
        ("POST", "/matches", b'{"game":"connect-four","listed":"yes"}', 422, "bad_request"),
        ("POST", "/matches", b'{"game":"connect-four","opponent":"god"}', 422, "bad_request"),
        ("POST", "/matches", b'{"game":"connect-four","by":1}', 422, "bad_request"),
        ("POST", "/matches", b'{"game":"no-such-game"}', 422, "unknown_game"),
        ("POST", "/matches", b'{"game":"connect-four","seat":2}', 422, "bad_seat"),
        ("POST", "/matches", b'{"game":"connect-four","seats":9}', 422, "bad_seats"),
        ("POST", "/matches", b'{"game":"connect-four","options":{"size":9}}', 422, "bad_options"),
        ("POST", "/matches", b"{", 400, "bad_json"),
        ("POST", "/matches", b'{"game":NaN}', 400, "bad_json"),
        ("POST", "/matches", b'{"game":"\xff"}', 400, "bad_json"),
        ("POST", "/matches", b'{"game":"\\ud800"}', 400, "bad_json"),
        ("POST", "/matches", b"[" * 100_000, 400, "bad_json"),
        ("POST", "/matches", b'{"seat":' + b"9" * 5000 + b"}", 400, "bad_json"),
        ("POST", "/matches", b'{"game":"' + b"x" * 3_000_000 + b'"}', 413, "too_large"),
        ("PATCH", "/me", b'{"name":"x"}', 422, "bad_name"),
        ("PATCH", "/me", b'{"name":"admin"}', 422, "bad_name"),
        ("PATCH", "/me", b'{"name":"a\\u0000b"}', 422, "bad_name"),
        ("PATCH", "/me", b'{"language":"tlh"}', 422, "bad_language"),
        ("PATCH", "/me", b'{"is_staff":true}', 422, "bad_request"),
        ("POST", "/players", b'{"name":"admin"}', 422, "bad_name"),
        ("POST", "/players", b'{"language":"tlh"}', 422, "bad_language"),
    ],
)
def test_every_error_is_a_code_and_a_sentence(
    method: str, path: str, raw: bytes | None, status: int, code: str
) -> None:
    caller = by_key()
    before = (Player.objects.count(), Match.objects.count())
    answered, told = caller.call(method, path, raw=raw)
    assert (answered, told["code"]) == (status, code)
    assert set(told) == {"code", "why"}
    assert len(told["why"]) > 10
    assert (Player.objects.count(), Match.objects.count()) == before
    if status == 405:
        assert caller.response["Allow"]


def test_what_nobody_expected_is_told_without_its_insides(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: Any) -> None:
        raise RuntimeError("secret insides")

    monkeypatch.setattr("games.selectors.matches_listed", broken)
    status, told = Caller().call("GET", "/matches")
    assert (status, told["code"]) == (500, "fault")
    assert "insides" not in json.dumps(told)


def test_sentences_come_in_the_language_that_the_caller_reads(settings: Any) -> None:
    caller = Caller()
    caller.headers["Accept-Language"] = "en"
    _, told = caller.call("GET", "/nothing")
    assert told["why"] == "There is nothing here; check the address."
    assert caller.response["Content-Language"] == "en"


@pytest.mark.parametrize("told", [None, "what", "[", {"a": 1}], ids=repr)
@given(status=st.text(max_size=8), page=st.text(max_size=8))
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_query_and_no_body_brings_the_api_down(told: Any, status: str, page: str) -> None:
    caller = Caller()
    response = caller.client.get("/api/matches", {"status": status, "page": page, "game": page})
    assert response.status_code in (200, 422)
    response = caller.client.get("/api/matches/x/frames", {"after": page})
    assert response.status_code in (404, 422)


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
    ada = {"seat": 1, "name": "Ada", "player": player.public_id, "bot": None, "score": None}
    assert (told["status"], told["seats"], told["result"]) == ("waiting", [None, ada], None)
    assert told["socket"] == f"/ws/match/{told['id']}"
    assert Caller().call("GET", f"/matches/{told['id']}") == (200, told)
    assert Caller().call("GET", "/matches") == (200, {"matches": [told], "page": 1, "more": False})


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


@pytest.mark.parametrize("code", ["seat_taken", "already_seated", "over"])
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


# ── what is never told ──────────────────────────────────────────────────────────────────────────────────────

FAR = 7_000_000
"""Primary keys of this test begin here, so that one in an answer cannot be a count."""


def _count_matches_from(pk: int) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT setval(pg_get_serial_sequence('games_match', 'id'), %s)", [pk])
    else:
        Match.objects.create(pk=pk, game="connect-four", edition=1, fold=1, seats=2, seed="", seed_hash="")


def test_no_answer_holds_a_primary_key_or_a_living_seed(answers: list[Any]) -> None:
    player, other = (Player.objects.create(pk=FAR + n, name=f"Far {n}", username=f"far-{n}") for n in (1, 2))
    _count_matches_from(FAR)
    match = joined(opened(player), other)
    caller = by_key(player)
    answers.append({"ok": True, "seat": 1})
    told = [
        caller.call("GET", "/me"),
        caller.call("POST", "/matches", {"game": "connect-four"}),
        caller.call("POST", f"/matches/{match.public_id}/join"),
        *[caller.call("GET", f"/matches?status={status}") for status in ("waiting", "live", "over")],
        caller.call("GET", f"/matches/{match.public_id}"),
        caller.call("GET", f"/matches/{match.public_id}/record"),
        caller.call("GET", f"/matches/{match.public_id}/frames"),
    ]
    text = json.dumps(told)
    assert match.pk > FAR
    assert player.public_id in text
    for told_pk in (player.pk, other.pk, match.pk):
        assert str(told_pk) not in text
    assert match.seed not in text


# ── what is described ───────────────────────────────────────────────────────────────────────────────────────


def test_the_description_names_every_endpoint_with_its_errors() -> None:
    status, told = Caller().call("GET", "/openapi.json")
    assert status == 200
    endpoints = {(method.upper(), path) for path, methods in told["paths"].items() for method in methods}
    assert endpoints == {
        ("GET", "/api/games"),
        ("GET", "/api/matches"),
        ("POST", "/api/matches"),
        ("GET", "/api/matches/{public_id}"),
        ("POST", "/api/matches/{public_id}/join"),
        ("GET", "/api/matches/{public_id}/record"),
        ("GET", "/api/matches/{public_id}/frames"),
        ("POST", "/api/players"),
        ("GET", "/api/me"),
        ("PATCH", "/api/me"),
        ("POST", "/api/tickets"),
    }
    for methods in told["paths"].values():
        for operation in methods.values():
            for answered, what in operation["responses"].items():
                if int(answered) >= 400:
                    assert what["content"][JSON]["schema"] == {"$ref": "#/components/schemas/Problem"}


def test_every_code_has_a_status() -> None:
    assert set(STATUS.values()) <= {400, 401, 403, 404, 405, 409, 413, 422, 429, 500}


def test_what_is_told_of_a_match_is_what_is_described() -> None:
    match = match_get(played().public_id)
    assert match is not None
    assert set(shapes.match_shown(match)) == set(shapes.MatchShown.model_fields)
    assert api.docs_url is None
