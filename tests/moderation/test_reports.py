from __future__ import annotations

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from games.models import Audience, ChatLine
from moderation import logs, services
from moderation.models import Report
from moderation.selectors import reports_by
from players.errors import ServiceError
from players.models import Player
from players.throttle import Throttle
from tests.games.played import guest, opened

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def unhurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(services, "_reports", Throttle(burst=1000, per_minute=1))


def report(**facts: Any) -> Report:
    return services.report_create(**{"reason": "chat"} | facts)


def said(match: Any, by: Player, text: str, **facts: Any) -> ChatLine:
    same = {"audience": Audience.EVERYONE, "seat": None, "name": by.name}
    return ChatLine.objects.create(match=match, player=by, text=text, **same | facts)


def test_a_report_carries_the_log_of_its_moment() -> None:
    ada, troll = guest("Ada"), guest("Troll")
    match = opened(by=ada)
    said(match, troll, "you lose", audience=Audience.SPECTATORS)
    said(match, ada, "please stop", seat=0)
    said(match, troll, "never")
    made = report(reporter=ada, about=troll, match=match, line="you lose", text="all the time")
    Player.objects.filter(pk=troll.pk).update(name="Angel")
    ChatLine.objects.all().delete()
    made.refresh_from_db()
    assert made.log["about"] == {"id": troll.public_id, "name": "Troll"}
    assert made.log["match"] == {
        "id": match.public_id,
        "game": match.game,
        "status": "waiting",
        "n": 1,
        "seats": [{"seat": 0, "name": "Ada", "id": ada.public_id}],
    }
    assert [(line["name"], line["text"]) for line in made.log["chat"]] == [
        ("Troll", "you lose"),
        ("Ada", "please stop"),
        ("Troll", "never"),
    ]
    assert [line.get("pointed", False) for line in made.log["chat"]] == [True, False, False]
    assert made.text == "all the time"


def test_words_that_were_never_said_are_not_attached() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    match = opened(by=ada)
    said(match, ada, "hello")
    made = report(reporter=ada, about=ben, match=match, line="hello")
    assert [line.get("pointed") for line in made.log["chat"]] == [None]


def test_the_log_is_bounded_and_keeps_what_the_accused_said_long_before(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "NEWEST", 2)
    monkeypatch.setattr(logs, "NEWEST_OF_ACCUSED", 1)
    ada, troll = guest("Ada"), guest("Troll")
    match = opened(by=ada)
    said(match, troll, "first")
    said(match, troll, "second")
    for index in range(4):
        said(match, ada, f"line {index}")
    made = report(reporter=ada, about=troll, match=match)
    assert [line["text"] for line in made.log["chat"]] == ["second", "line 2", "line 3"]


def test_a_second_click_is_the_first_report() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    match = opened(by=ada)
    first = report(reporter=ada, about=ben, match=match)
    assert report(reporter=ada, about=ben, match=match, reason="stalling") == first
    assert report(reporter=ada, about=ben) != first
    assert report(reporter=ada, about=ben) == report(reporter=ada, about=ben)
    services.report_resolve(report=first, by=ben, outcome="nothing")
    assert report(reporter=ada, about=ben, match=match) != first


def test_the_database_refuses_a_second_open_report_and_one_about_oneself() -> None:
    ada, ben = guest("Ada"), guest("Ben")
    match = opened(by=ada)
    for facts in ({"match": match}, {}):
        Report.objects.create(reporter=ada, about=ben, reason="chat", **facts)
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.create(reporter=ada, about=ben, reason="other", **facts)
    for wrong in ({"about": ada}, {"about": ben, "state": "resolved"}, {"about": guest("Cy"), "reason": "mood"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Report.objects.create(**{"reporter": ada, "reason": "chat"} | wrong)


def test_the_reporter_is_told_what_became_of_it_once() -> None:
    ada, ben, warden = guest("Ada"), guest("Ben"), guest("Warden")
    made = report(reporter=ada, about=ben)
    assert services.report_resolve(report=made, by=warden, outcome="acted", answer="Thank you.")
    assert not services.report_resolve(report=made, by=ben, outcome="nothing")
    [shown] = reports_by(ada)
    assert (shown.state, shown.outcome, shown.answer, shown.resolved_by) == ("resolved", "acted", "Thank you.", warden)
    assert shown.resolved_at is not None
    assert reports_by(ben) == []


@pytest.mark.parametrize(
    ("facts", "code"),
    [({"reason": "mood"}, "bad_reason"), ({"text": "x" * 1001}, "too_long"), ({"text": "\x00"}, "too_long")],
)
def test_what_cannot_be_reported_is_refused_with_a_sentence(facts: dict[str, str], code: str) -> None:
    with pytest.raises(ServiceError) as refused:
        report(reporter=guest("Ada"), about=guest("Ben"), **facts)
    assert refused.value.code == code
    assert refused.value.why.endswith(".")


def test_reports_are_bounded_and_throttled(monkeypatch: pytest.MonkeyPatch) -> None:
    ada = guest("Ada")
    monkeypatch.setattr(services, "MOST_OPEN", 1)
    report(reporter=ada, about=guest("Ben"))
    with pytest.raises(ServiceError) as refused:
        report(reporter=ada, about=guest("Cy"))
    assert refused.value.code == "too_many_reports"
    monkeypatch.setattr(services, "MOST_OPEN", 9)
    monkeypatch.setattr(services, "_reports", Throttle(burst=0, per_minute=1))
    with pytest.raises(ServiceError) as refused:
        report(reporter=ada, about=guest("Cy"))
    assert refused.value.code == "rate_limited"
    assert refused.value.retry_s
