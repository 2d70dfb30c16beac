from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from games.models import Audience, ChatLine
from moderation import services
from moderation.models import Report
from players.throttle import Throttle
from tests.games.callers import Caller, by_key, client_of, is_problem
from tests.games.played import guest, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_reports", Throttle(burst=1000, per_minute=1))


def test_a_report_is_one_call_with_the_log_attached() -> None:
    ada, troll = guest("Ada"), guest("Troll")
    match = opened(by=ada)
    ChatLine.objects.create(match=match, audience=Audience.EVERYONE, player=troll, name="Troll", text="boo")
    wish = {"player": troll.public_id, "reason": "chat", "match": match.public_id, "line": "boo", "text": "again"}
    caller = by_key(ada)
    status, told = caller.call("POST", "/reports", wish)
    assert (status, told["state"], told["about"]) == (201, "open", {"id": troll.public_id, "name": "Troll"})
    made = Report.objects.get()
    assert made.log["chat"][0]["pointed"]
    services.report_resolve(report=made, by=guest("Warden"), outcome="acted", answer="Thank you.")
    [shown] = caller.call("GET", "/reports")[1]["reports"]
    assert (shown["state"], shown["outcome"], shown["answer"]) == ("resolved", "acted", "Thank you.")
    assert by_key(troll).call("GET", "/reports")[1] == {"reports": []}
    assert "log" not in shown


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"reason": "mood"}, 422),
        ({"text": "x" * 1001}, 422),
        ({"text": "\x00"}, 422),
        ({"player": "1" * 12}, 404),
        ({"match": "1" * 12}, 404),
        ({"log": {}}, 422),
    ],
)
def test_what_is_no_report_is_refused(wrong: dict[str, Any], status: int) -> None:
    answered, told = by_key().call("POST", "/reports", {"player": guest().public_id, "reason": "other"} | wrong)
    assert answered == status
    assert told["code"] in ("bad_request", "not_found", "bad_json")


def test_strangers_report_nobody() -> None:
    answered, told = Caller().call("POST", "/reports", {"player": guest().public_id, "reason": "other"})
    assert (answered, is_problem(told)) == (401, True)


def test_who_reported_sees_what_became_of_it_on_a_page() -> None:
    ada, troll = guest("Ada"), guest("<b>Troll</b>")
    made = services.report_create(reporter=ada, about=troll, reason="name")
    page = client_of(ada).get("/reports/").content.decode()
    assert "Waits for a moderator." in page
    assert "&lt;b&gt;Troll" in page
    services.report_resolve(report=made, by=guest(), outcome="nothing", answer="A fine name.")
    page = client_of(ada).get("/reports/").content.decode()
    assert "A fine name." in page
    assert "You have reported nobody" in Client().get("/reports/").content.decode()
