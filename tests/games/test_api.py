from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from games.api import api, shapes
from games.api.errors import STATUS
from games.models import Match
from games.selectors import match_get
from players.models import Player
from tests.games.callers import JSON, Caller, by_key
from tests.games.played import joined, opened, played

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("fresh_throttles")]


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
    assert endpoints >= {
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
        ("GET", "/api/friends"),
        ("PUT", "/api/friends/{player}"),
        ("DELETE", "/api/friends/{player}"),
        ("GET", "/api/blocks"),
        ("PUT", "/api/blocks/{player}"),
        ("DELETE", "/api/blocks/{player}"),
        ("PUT", "/api/mutes/{player}"),
        ("DELETE", "/api/mutes/{player}"),
        ("GET", "/api/company/{player}"),
        ("POST", "/api/reports"),
        ("GET", "/api/reports"),
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
