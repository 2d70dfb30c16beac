"""The API of finding a match: who may ask, what is answered, and that it is what the description says."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from games.api import finding_shapes
from games.finding import services, told
from games.models import Seek
from players.models import Player
from tests.games.callers import Caller, by_key, is_problem
from tests.games.played import guest

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("fresh_throttles")]

WISH = {"game": "connect-four", "pool": "blitz"}
NOTHING = msgspec.json.decode(msgspec.json.encode(told.Personal()))


def found() -> tuple[Caller, Caller, str]:
    """Two who were found for each other, and the pairing."""
    one, other = by_key(), by_key()
    for caller in (one, other):
        assert caller.call("POST", "/seeks", WISH)[0] == 200
    services.queues_pass()
    return one, other, one.call("GET", "/you")[1]["pairing"]["id"]


@pytest.mark.parametrize("name", ["Someone", "Seeking", "Found", "Offer", "PartyTold", "Personal"])
def test_what_is_described_is_what_is_told(name: str) -> None:
    described: Any = getattr(finding_shapes, name)
    assert list(described.model_fields) == list(getattr(told, name).__struct_fields__)


def test_a_program_looks_is_found_and_is_told_where_to_go() -> None:
    one, other, pairing = found()
    assert one.call("POST", f"/pairings/{pairing}", {"yes": True})[1]["pairing"]["ready"] == 1
    status, you = other.call("POST", f"/pairings/{pairing}", {"yes": True})
    assert (status, you["seek"], you["pairing"]) == (200, None, None)
    assert one.call("GET", "/you")[1]["go"] == you["go"] is not None
    assert one.call("GET", f"/matches/{you['go']}")[1]["status"] == "live"


def test_a_wish_is_withdrawn_and_asking_keeps_it_alive() -> None:
    caller = by_key()
    assert caller.call("POST", "/seeks", WISH | {"practice_after": 30})[1]["seek"]["practice_after_s"] == 30
    assert caller.call("GET", "/you")[1]["seek"]["mine"]
    assert caller.call("DELETE", "/seeks/mine") == (200, NOTHING)


def test_a_stranger_on_a_page_becomes_a_guest_and_a_forged_request_does_not() -> None:
    assert Caller().call("POST", "/seeks", WISH)[1]["code"] == "csrf"
    assert Player.objects.count() == 0
    stranger = Caller(csrf=True)
    assert stranger.call("POST", "/seeks", WISH)[0] == 200
    assert Player.objects.get().is_guest
    assert stranger.call("GET", "/you")[1]["seek"]["game"] == "connect-four"
    assert Caller(key="nobody").call("POST", "/seeks", WISH)[0] == 401
    assert Caller().call("GET", "/you")[0] == 401


@pytest.mark.parametrize(
    ("method", "path", "body", "expected"),
    [
        ("POST", "/seeks", {"game": "nonesuch", "pool": "blitz"}, (422, "unknown_game")),
        ("POST", "/seeks", {"game": "arena", "pool": "live"}, (422, "bad_pool")),
        ("POST", "/seeks", WISH | {"practice_after": 7}, (422, "bad_wait")),
        ("POST", "/seeks", WISH | {"party": True}, (409, "no_party")),
        ("POST", "/seeks", {"game": "\x00"}, (422, "bad_request")),
        ("POST", "/pairings/23456789ABCD", {"yes": True}, (409, "too_late")),
        ("POST", "/pairings/%00", {"yes": True}, (422, "bad_request")),
        ("POST", "/challenges", {"game": "connect-four", "player": "23456789ABCD"}, (404, "not_found")),
        ("POST", "/challenges/23456789ABCD", {"yes": True}, (404, "not_found")),
        ("DELETE", "/challenges/23456789ABCD", None, (404, "not_found")),
        ("POST", "/parties/23456789ABCD/join", None, (404, "not_found")),
        ("DELETE", "/parties/mine", None, (409, "no_party")),
        ("POST", "/parties/mine/away", {"player": "23456789ABCD"}, (409, "no_party")),
        ("POST", "/parties/mine/play", {"game": "arena"}, (409, "no_party")),
    ],
)
def test_what_cannot_be_is_refused_in_the_one_shape(
    method: str, path: str, body: Any, expected: tuple[int, str]
) -> None:
    status, problem = by_key().call(method, path, body)
    assert (status, problem["code"]) == expected
    assert is_problem(problem) or problem["code"] == "bad_request"


def test_a_challenge_travels_by_the_api() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    one, other = by_key(ada), by_key(ben)
    offer = {"player": ben.public_id, "game": "connect-four", "rated": False, "seat": 0}
    made = one.call("POST", "/challenges", offer)[1]["outgoing"][0]["id"]
    assert other.call("GET", "/you")[1]["incoming"][0]["who"] == {"id": ada.public_id, "name": "Ada"}
    assert one.call("DELETE", f"/challenges/{made}") == (200, NOTHING)
    made = one.call("POST", "/challenges", offer)[1]["outgoing"][0]["id"]
    assert other.call("POST", f"/challenges/{made}", {"yes": False}) == (200, NOTHING)


def test_a_party_travels_by_the_api() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    one, other = by_key(ada), by_key(ben)
    party = one.call("POST", "/parties")[1]["party"]["id"]
    assert [m["name"] for m in other.call("POST", f"/parties/{party}/join")[1]["party"]["members"]] == ["Ada", "Ben"]
    assert one.call("POST", "/parties/mine/play", {"game": "light-cycles"})[1]["go"]
    assert one.call("POST", "/parties/mine/away", {"player": ben.public_id})[1]["party"]["members"][1:] == []
    assert one.call("DELETE", "/parties/mine")[1]["party"] is None


def test_wishes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    caller = by_key()
    statuses = {caller.call("POST", "/seeks", WISH)[0] for _ in range(11)}
    assert statuses == {200, 429}
    assert int(caller.response["Retry-After"]) > 0
    assert Seek.objects.count() == 1
