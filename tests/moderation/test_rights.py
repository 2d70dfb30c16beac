"""Who may do what, as docs/moderation.md has it: every group at every page and every act."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse

from games import commands
from games.models import GameSetting, Match
from moderation import groups
from moderation.models import Act, Announcement, Macro, Report
from players.models import Key, Player, Pool, Ticket
from tests.games.callers import page
from tests.games.played import guest, joined, opened
from tests.moderation.desks import desk, warden

pytestmark = pytest.mark.django_db

OBSERVER, MODERATOR, ADMINISTRATOR = groups.OBSERVER, groups.MODERATOR, groups.ADMINISTRATOR
EVERYONE = {OBSERVER, MODERATOR, ADMINISTRATOR}
KEEPERS = {MODERATOR, ADMINISTRATOR}

Wish = tuple[str, dict[str, Any]]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What would be asked of a match's owner."""
    kinds: list[str] = []

    async def execute(*, match: Match, kind: str, by: Player | None, body: dict[str, Any]) -> dict[str, Any]:
        kinds.append(kind)
        return {"ok": True}

    monkeypatch.setattr(commands, "execute", execute)
    return kinds


@pytest.fixture
def scene(asked: list[str]) -> dict[str, Any]:
    match = joined(opened())
    ada = guest("Ada")
    report = Report.objects.create(reporter=guest("Eve"), about=ada, reason="chat", match=match)
    macro = Macro.objects.create(title="Be kind", action="warn", text_en="Be kind.")
    return {"match": match, "ada": ada, "report": report, "macro": macro}


def deed(scene: dict[str, Any], name: str, /, **said: Any) -> Wish:
    return reverse("admin:players_player_deed", args=[scene["ada"].pk, name]), said


def wish(scene: dict[str, Any], name: str, /, **said: Any) -> Wish:
    return reverse("admin:games_match_decide", args=[scene["match"].pk, name]), said


ACTS: dict[str, tuple[Any, set[str]]] = {
    "ban": (lambda s: deed(s, "ban", reason="abuse", hours="24"), KEEPERS),
    "mute": (lambda s: deed(s, "mute", hours="24", words="Insults."), KEEPERS),
    "warn": (lambda s: deed(s, "warn", words="Be kind."), KEEPERS),
    "rename": (lambda s: deed(s, "rename", name="Grace", words="Offensive."), KEEPERS),
    "reset a rating": (
        lambda s: deed(s, "rate", pool=Pool.objects.create(game="connect-four", name="blitz").pk, words="Sold."),
        {ADMINISTRATOR},
    ),
    "note": (lambda s: deed(s, "note", text="Seen before."), KEEPERS),
    "call off": (lambda s: wish(s, "call-off", words="The hall closes."), KEEPERS),
    "rule": (lambda s: wish(s, "rule", words="An engine.", side_0=0, side_1=2), KEEPERS),
    "say": (lambda s: wish(s, "say", words="Hello."), KEEPERS),
    "answer": (
        lambda s: (reverse("admin:moderation_report_answer", args=[s["report"].pk]), {"macro": s["macro"].pk}),
        KEEPERS,
    ),
    "announce": (
        lambda s: (
            page(Announcement, "add"),
            {"text_en": "Hello", "level": "info", "begins_at_0": "2026-01-01", "begins_at_1": "00:00"},
        ),
        {ADMINISTRATOR},
    ),
    "switch a game": (
        lambda s: (
            page(GameSetting, "add"),
            {"game": "connect-four", "rated": "on", "practice": "on", "allowed": "{}"},
        ),
        {ADMINISTRATOR},
    ),
    "write a macro": (
        lambda s: (page(Macro, "add"), {"title": "New", "action": "dismiss", "place": 0}),
        {ADMINISTRATOR},
    ),
}


@pytest.mark.parametrize("group", [None, *sorted(EVERYONE)])
@pytest.mark.parametrize("act", ACTS)
def test_an_act_is_done_by_who_may_and_refused_to_all_others(
    scene: dict[str, Any], group: str | None, act: str
) -> None:
    make, allowed = ACTS[act]
    client = desk(group)
    before = Act.objects.exclude(what="sign in").count()
    address, said = make(scene)
    answer = client.post(address, said)
    done = Act.objects.exclude(what="sign in").count() - before
    assert (answer.status_code, bool(done)) == ((302, True) if group in allowed else (403, False)), (
        answer.content.decode()[:3000]
    )


def lists() -> list[type[Any]]:
    ours = ("games", "players", "moderation", "tournaments", "auth")
    return [model for model in admin.site._registry if model._meta.app_label in ours]


ONLY_ADMINISTRATORS = {Key, Ticket}


@pytest.mark.parametrize("group", [None, *sorted(EVERYONE)])
def test_lists_are_open_to_who_may_see_them(group: str | None) -> None:
    client = desk(group)
    for model in lists():
        allowed = (
            EVERYONE
            if model not in (Act, Group, *ONLY_ADMINISTRATORS)
            else KEEPERS
            if model is Act
            else {ADMINISTRATOR}
        )
        if model is Group:
            allowed = set()
        status = client.get(page(model, "changelist")).status_code
        assert status == (200 if group in allowed else 403), model


@pytest.mark.parametrize("group", sorted(EVERYONE))
def test_nobody_of_the_groups_changes_a_player_by_the_form_or_gives_rights(group: str) -> None:
    ada, client = guest("Ada"), desk(group)
    form = {"name": "Eve", "username": ada.username, "is_staff": "on", "is_superuser": "on"}
    assert client.post(page(Player, "change", ada.pk), form).status_code == 403
    assert client.post(page(Group, "add"), {"name": "mine"}).status_code == 403
    ada.refresh_from_db()
    assert (ada.name, ada.is_staff) == ("Ada", False)


def test_the_log_of_acts_is_changed_by_nobody(client: Client) -> None:
    from tests.moderation.desks import superdesk

    root = superdesk()
    act = Act.objects.get(what="sign in")
    assert root.get(page(Act, "change", act.pk)).status_code == 200
    assert root.post(page(Act, "change", act.pk), {"words": "x"}).status_code == 403
    assert root.post(page(Act, "delete", act.pk), {"post": "yes"}).status_code == 403
    assert root.post(page(Act, "add"), {}).status_code == 403
    assert root.post(
        page(Act, "changelist"), {"action": "delete_selected", "_selected_action": [act.pk]}
    ).status_code in (200, 302)
    assert Act.objects.filter(pk=act.pk).exists()


def test_groups_are_made_anew_exactly() -> None:
    group = Group.objects.get(name=OBSERVER)
    before = set(group.permissions.values_list("codename", flat=True))
    group.permissions.add(Permission.objects.get(codename="delete_player"))
    group.permissions.remove(Permission.objects.get(codename="view_match"))
    groups.make()
    assert set(group.permissions.values_list("codename", flat=True)) == before


@pytest.mark.parametrize("name", ["ban", "mute", "rename"])
def test_those_who_keep_order_are_spared_by_each_other(scene: dict[str, Any], name: str) -> None:
    other = warden(ADMINISTRATOR)
    scene["ada"] = other
    address, said = ACTS[name][0](scene)
    told = desk(MODERATOR).post(address, said, follow=True).content.decode()
    assert "keeps order here, too" in told
    other.refresh_from_db()
    assert (other.name, other.is_active) == ("The administrator", True)
