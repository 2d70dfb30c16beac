"""What is done at the desk: reports answered, players judged, everybody told, and each act written down."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from django.db.models.functions import Now
from django.test import Client
from django.urls import reverse

from games.models import HostMinute
from gameserver.gauges import Totals, minute_add
from moderation import acts, dashboard
from moderation.announcing import Board, board
from moderation.charts import chart
from moderation.models import Act, Announcement, Macro, Note, Notice, Report
from players.bans import ban_of
from players.models import Ban, Player
from players.services import player_ban
from tests.games.callers import client_of, page
from tests.games.played import guest, joined, opened
from tests.moderation.desks import desk

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def fresh() -> Any:
    board.forget()
    yield
    board.forget()


def report(about: Player, by: Player | None = None, **facts: Any) -> Report:
    return Report.objects.create(reporter=by or guest("Eve"), about=about, reason="chat", **facts)


def answer(client: Client, one: Report, macro: Macro, note: str = "") -> str:
    address = reverse("admin:moderation_report_answer", args=[one.pk])
    return client.post(address, {"macro": macro.pk, "note": note}, follow=True).content.decode()


# ── reports ─────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_macro_does_what_it_says_tells_both_and_shows_the_next_report() -> None:
    ada, eve = guest("Ada"), guest("Eve")
    first, second = report(ada, eve, match=joined(opened())), report(guest("Bob"))
    macro = Macro.objects.create(
        title="Insults", action="ban", reason="abuse", hours=24, text_en="Be kind.", text_ko="친절하게 대해 주세요."
    )
    told = answer(desk(), first, macro, note="The second time.")
    assert "Answered: Insults." in told
    assert f"/admin/moderation/report/{second.pk}/answer/" in told
    first.refresh_from_db()
    ban = ban_of(ada.pk)
    assert (first.state, first.outcome) == ("resolved", "acted")
    assert ban is not None
    assert (ban.reason, ban.words) == ("abuse", "Be kind.")
    assert Note.objects.get(player=ada).text == "The second time."
    assert "was right" in Notice.objects.get(player=eve).text
    assert set(Act.objects.values_list("what", flat=True)) == {"sign in", "ban", "note", "answer"}
    assert list(acts.faults()) == []


def test_a_player_is_told_in_the_language_that_they_read() -> None:
    ada = guest("Ada")
    Player.objects.filter(pk=ada.pk).update(language="ko")
    macro = Macro.objects.create(title="Warn", action="warn", text_en="Be kind.", text_ko="친절하게 대해 주세요.")
    answer(desk(), report(Player.objects.get(pk=ada.pk)), macro)
    assert Notice.objects.get(player=ada).text == "친절하게 대해 주세요."
    assert "친절하게" in client_of(ada).get("/").content.decode()


def test_of_two_who_answer_at_once_one_is_told_that_the_other_did() -> None:
    ada = guest("Ada")
    one, macro = report(ada), Macro.objects.create(title="Warn", action="warn", text_en="Be kind.")
    client = desk()
    answer(client, one, macro)
    assert "Somebody else has just answered" in answer(client, one, macro)
    assert Notice.objects.filter(player=ada).count() == 1


def test_an_answer_that_cannot_be_carried_out_leaves_the_report_open() -> None:
    warden = Player.objects.create(username="other", name="Other", is_staff=True)
    one = report(warden)
    macro = Macro.objects.create(title="Ban", action="ban", reason="abuse", text_en="Bye.")
    assert "keeps order here, too" in answer(desk(), one, macro)
    one.refresh_from_db()
    assert one.state == "open"
    assert not Act.objects.filter(what="answer").exists()


def test_the_queue_begins_with_who_waits_longest_and_says_how_many_wait() -> None:
    first = report(guest("Ada"))
    report(guest("Bob"))
    client = desk()
    assert client.get("/admin/moderation/report/next/")["Location"].endswith(f"/{first.pk}/change/")
    assert '<span class="badge" title="open">2</span>' in client.get("/admin/").content.decode()


def test_the_page_of_a_report_shows_the_talk_the_moment_and_what_is_known() -> None:
    ada, match = guest("Ada"), joined(opened())
    player_ban(player=ada, by=None, reason="spam", term=timedelta(hours=1))
    log = {
        "about": {"id": ada.public_id, "name": "Adalbert"},
        "match": {"id": match.public_id, "game": match.game, "n": 2, "seats": []},
        "chat": [
            {
                "at": "2026-01-01T10:00:00+00:00",
                "heard_by": "everyone",
                "seat": 0,
                "id": ada.public_id,
                "name": "Adalbert",
                "text": "You are a fish",
                "pointed": True,
            }
        ],
    }
    one = report(ada, match=match, log=log, text="Again!")
    text = desk().get(page(Report, "change", one.pk)).content.decode()
    for part in (
        "You are a fish",
        "pointed",
        "Again!",
        f"/admin/games/match/{match.pk}/change/?n=2",
        "Adalbert",
        "spam",
    ):
        assert part in text


# ── announcements and notices ───────────────────────────────────────────────────────────────────────────────


def test_an_announcement_stands_on_every_page_until_it_is_put_away() -> None:
    Announcement.objects.create(text_en="We restart at ten.", text_ko="열 시에 다시 시작합니다.", level="warning")
    client = Client(SERVER_NAME="localhost")
    assert "We restart at ten." in client.get("/").content.decode()
    (told,) = client.get("/announcements/").json()["announcements"]
    assert (told["level"], told["text"]) == ("warning", "We restart at ten.")
    assert client.post("/announcements/put-away/", {"key": told["key"], "next": "/tv/"})["Location"] == "/tv/"
    assert "We restart" not in client.get("/").content.decode()
    assert client.get("/announcements/").json() == {"announcements": []}


def test_only_what_holds_now_is_announced() -> None:
    hour = timedelta(hours=1)
    Announcement.objects.create(text_en="Over", begins_at=Now() - 2 * hour, ends_at=Now() - hour)
    Announcement.objects.create(text_en="Later", begins_at=Now() + hour)
    Announcement.objects.create(text_en="Now", ends_at=Now() + hour)
    assert [one.en for one in board.now()] == ["Now"]


def test_announcements_are_read_at_most_every_two_seconds(django_assert_num_queries: Any) -> None:
    now_s = 100.0
    kept = Board(lambda: now_s)
    with django_assert_num_queries(1):
        for _ in range(50):
            kept.now()
    Announcement.objects.create(text_en="Hello")
    assert kept.now() == ()
    now_s += 2
    assert [one.en for one in kept.now()] == ["Hello"]


def test_a_notice_stands_there_for_its_player_alone_until_it_is_read() -> None:
    ada = guest("Ada")
    Notice.objects.create(player=ada, kind="warning", text="Be kind.")
    client = client_of(ada)
    assert "Be kind." in client.get("/").content.decode()
    assert "Be kind." not in client_of(guest()).get("/").content.decode()
    client.post("/announcements/put-away/", {"next": "//evil.example/"})
    assert "Be kind." not in client.get("/").content.decode()


# ── the log of acts ─────────────────────────────────────────────────────────────────────────────────────────


def test_a_change_by_a_form_is_written_down_with_what_was_before(client: Client) -> None:
    macro = Macro.objects.create(title="Old", action="dismiss")
    form = {"title": "New", "action": "dismiss", "place": 3, "hours": ""}
    assert desk("administrator").post(page(Macro, "change", macro.pk), form).status_code == 302
    act = Act.objects.get(what="change")
    assert (act.before, act.after) == ({"title": "Old", "place": "0"}, {"title": "New", "place": "3"})
    assert (act.by_name, act.about, act.network) == ("The administrator", "New", "127.0.0.1")


def test_no_password_is_ever_written_down() -> None:
    root = Player.objects.create(username="root", name="Root", is_staff=True, is_superuser=True)
    ada = guest("Ada")
    secret = {"password1": "a-long-new-secret", "password2": "a-long-new-secret", "usable_password": "true"}
    client_of(root).post(reverse("admin:auth_user_password_change", args=[ada.pk]), secret)
    assert "a-long-new-secret" not in str(list(Act.objects.values()))


# ── the dashboard ───────────────────────────────────────────────────────────────────────────────────────────


def test_the_dashboard_adds_up_what_living_processes_wrote() -> None:
    minute_add("one", 10, Totals(moves=5, refused=1, slow=0), {"connect-four": 2})
    minute_add("one", 12, Totals(moves=7, refused=0, slow=1), {"connect-four": 3})
    minute_add("two", 30, Totals(moves=60, refused=0, slow=0), {"arena": 1, "connect-four": 1})
    minute_add("dead", 99, Totals(moves=0, refused=0, slow=0), {})
    HostMinute.objects.filter(host="dead").update(at=Now() - timedelta(minutes=1))
    shown = dashboard.board()
    assert (shown["people"], shown["refused"], shown["slow"]) == (42, 1, 1)
    assert [(title, held) for title, _going, held in shown["games"]] == [("Arena", 1), ("Connect Four", 4)]
    assert HostMinute.objects.get(host="one").moves == 12
    text = desk("observer").get("/admin/?span=day").content.decode()
    assert text.count("<svg") == 4
    assert "style=" not in text


def test_what_is_older_than_a_day_is_swept_out() -> None:
    HostMinute.objects.create(host="old", minute=Now() - timedelta(hours=26), at=Now() - timedelta(hours=26))
    minute_add("new", 1, Totals(0, 0, 0), {})
    assert list(HostMinute.objects.values_list("host", flat=True)) == ["new"]


@pytest.mark.parametrize(("highest", "top"), [(0, 1), (1, 1), (3, 5), (7, 10), (11, 20), (328, 500)])
def test_a_chart_has_an_edge_that_can_be_read(highest: int, top: int) -> None:
    from datetime import UTC, datetime

    at = datetime(2026, 1, 1, tzinfo=UTC)
    made = chart("x", [(at, 0), (at + timedelta(minutes=1), highest)])
    assert made.top == top
    assert made.line.startswith("M0.0,120.0 L600.0,")


def test_a_page_of_a_player_shows_everything_to_who_may_only_look() -> None:
    ada = guest("Ada")
    player_ban(player=ada, by=None, reason="cheating", term=None, words="An engine.")
    Note.objects.create(player=ada, text="Seen before.")
    text = desk("observer").get(page(Player, "change", ada.pk)).content.decode()
    assert "An engine." in text
    assert "Seen before." in text
    assert "/deed/" not in text
    assert Ban.objects.count() == 1


def test_the_first_report_of_a_new_site_can_be_answered() -> None:
    # What a migration has put there, tests with real transactions clear away.
    import_module("moderation.migrations.0005_first_macros").add(apps, None)
    ada = guest()
    one = report(ada)
    prepared = Macro.objects.get(action="ban", hours=None)
    answer(desk(), one, prepared)
    assert ban_of(ada.pk) is not None
    assert {macro.action for macro in Macro.objects.all()} == {"dismiss", "warn", "mute", "ban"}
