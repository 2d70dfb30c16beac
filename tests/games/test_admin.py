from __future__ import annotations

from typing import Any

import pytest
from django.contrib import admin
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from games.models import ChatLine, Command, Entry, GameSetting, Host, Lease, Match, Seat, Snapshot, Status
from players import paging
from players.models import Ban, Key, Player, Pool, Rating, RatingReset, Ticket
from players.ratings.services import pool_ensure
from players.services import key_create
from tests.games.callers import client_of, page, staff
from tests.games.played import guest, played

pytestmark = pytest.mark.django_db

HISTORY = (Match, Seat, Entry, Snapshot, Host, Lease, Command, ChatLine, Ban)
RATINGS = (Pool, Rating, RatingReset)
ALL = (*HISTORY, *RATINGS, GameSetting, Player, Key, Ticket)


@pytest.fixture
def client() -> Client:
    return client_of(staff())


@pytest.fixture
def rows() -> dict[type[Any], Any]:
    """One row of every model."""
    match = played()
    host = Host.objects.create(name="here", started_at=timezone.now(), beat_at=timezone.now())
    Lease.objects.filter(match=match).update(host=host, suspect=1)
    Snapshot.objects.create(match=match, n=3, state=b"\x00" * 100)
    Command.objects.create(match=match, kind="sit", by=guest())
    ChatLine.objects.create(match=match, audience="everyone", name="Ada", text="Hello.")
    Ban.objects.create(player=guest(), reason="spam")
    GameSetting.objects.create(game="connect-four")
    pool = pool_ensure(game="connect-four", pool="blitz")
    Rating.objects.create(
        pool=pool,
        player=guest(),
        rating=1500,
        deviation=350,
        volatility=0.06,
        matches=1,
        last_at=timezone.now(),
        last_seq=1,
    )
    RatingReset.objects.create(pool=pool, player=guest(), after_seq=0)
    key_create(player=guest())
    Ticket.objects.create(player=guest(), digest="d", expires_at=timezone.now())
    return {model: model.objects.order_by("pk").first() for model in ALL}


def test_every_model_of_ours_is_registered() -> None:
    assert {model for model in admin.site._registry if model._meta.app_label in ("games", "players")} == set(ALL)


@pytest.mark.parametrize("model", ALL)
def test_every_list_and_every_page_opens(client: Client, rows: dict[type[Any], Any], model: type[Any]) -> None:
    for address in (
        page(model, "changelist"),
        page(model, "changelist") + "?q=ada",
        page(model, "change", rows[model].pk),
        page(model, "history", rows[model].pk),
    ):
        assert client.get(address).status_code == 200, address


@pytest.mark.parametrize("model", HISTORY)
def test_history_is_neither_added_nor_changed_nor_deleted(
    client: Client, rows: dict[type[Any], Any], model: type[Any]
) -> None:
    before = list(model.objects.values())
    pk = rows[model].pk
    assert client.get(page(model, "add")).status_code == 403
    assert client.post(page(model, "add"), {}).status_code == 403
    assert client.post(page(model, "change", pk), {"name": "x", "body": "x"}).status_code == 403
    assert client.get(page(model, "delete", pk)).status_code == 403
    assert client.post(page(model, "delete", pk), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [str(pk)], "post": "yes"}
    client.post(page(model, "changelist"), action)
    assert list(model.objects.values()) == before


def test_nobody_is_deleted(client: Client) -> None:
    player = guest()
    assert client.post(page(Player, "delete", player.pk), {"post": "yes"}).status_code == 403
    action = {"action": "delete_selected", "_selected_action": [str(player.pk)], "post": "yes"}
    client.post(page(Player, "changelist"), action)
    assert Player.objects.filter(pk=player.pk).exists()


@pytest.mark.parametrize("model", [Key, Ticket])
def test_secrets_are_revoked_but_neither_made_nor_changed(
    client: Client, rows: dict[type[Any], Any], model: type[Any]
) -> None:
    pk = rows[model].pk
    assert client.get(page(model, "add")).status_code == 403
    assert client.post(page(model, "change", pk), {"digest": "x"}).status_code == 403
    assert client.post(page(model, "delete", pk), {"post": "yes"}).status_code == 302
    assert not model.objects.filter(pk=pk).exists()


def test_a_whole_digest_is_never_shown(client: Client, rows: dict[type[Any], Any]) -> None:
    key = rows[Key]
    assert key.digest not in client.get(page(Key, "change", key.pk)).content.decode()


# ── players ─────────────────────────────────────────────────────────────────────────────────────────────────


def form_of(player: Player, **changes: Any) -> dict[str, Any]:
    same = {"name": player.name, "language": player.language, "username": player.username, "is_active": "on"}
    return same | changes


def test_a_name_given_by_an_admin_keeps_the_same_rules(client: Client) -> None:
    player = guest("Ada")
    address = page(Player, "change", player.pk)
    assert b"kept for the house" in client.post(address, form_of(player, name="Admin")).content
    assert client.post(address, form_of(player, name=" Grace  Hopper ")).status_code == 302
    player.refresh_from_db()
    assert player.name == "Grace Hopper"


def test_facts_about_a_player_are_not_edited(client: Client) -> None:
    player = guest()
    client.post(page(Player, "change", player.pk), form_of(player, public_id="x", is_guest="", date_joined="x"))
    after = Player.objects.get(pk=player.pk)
    assert (after.public_id, after.is_guest, after.date_joined) == (player.public_id, True, player.date_joined)


def test_only_superusers_give_rights_away() -> None:
    from django.contrib.auth.models import Permission

    warden = staff(is_superuser=False)
    warden.user_permissions.set(Permission.objects.filter(codename__in=("view_player", "change_player")))
    client = client_of(warden)
    player = guest()
    client.post(page(Player, "change", player.pk), form_of(player, name="Ada", is_staff="on", is_superuser="on"))
    player.refresh_from_db()
    assert (player.name, player.is_staff, player.is_superuser) == ("Ada", False, False)


def test_staff_cannot_take_over_staff() -> None:
    from django.contrib.auth.models import Permission

    warden = staff(is_superuser=False)
    warden.user_permissions.set(Permission.objects.filter(codename__in=("view_player", "change_player")))
    root = Player.objects.create(username="root", name="Root", is_staff=True, is_superuser=True)
    client = client_of(warden)
    new = {"password1": "a-long-new-secret", "password2": "a-long-new-secret", "usable_password": "true"}
    assert client.post(reverse("admin:auth_user_password_change", args=[root.pk]), new).status_code == 403
    assert client.post(page(Player, "change", root.pk), form_of(root, name="Taken")).status_code == 403
    root.refresh_from_db()
    assert root.name == "Root"


def test_an_account_can_be_added(client: Client) -> None:
    wish = {"username": "grace", "name": "Grace", "password1": "a-long-new-secret", "password2": "a-long-new-secret"}
    response = client.post(page(Player, "add"), wish | {"usable_password": "true"})
    assert response.status_code == 302, response.content.decode()
    assert not Player.objects.get(username="grace").is_guest


# ── lists stay cheap ────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("model", ALL)
def test_a_list_costs_the_same_however_many_rows_it_shows(model: type[Any]) -> None:
    client = client_of(staff())

    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(page(model, "changelist")).status_code == 200
        return len(captured)

    def grow() -> None:
        for n in range(3):
            match, player = played(), guest()
            host = Host.objects.create(name="here", started_at=timezone.now(), beat_at=timezone.now())
            Lease.objects.filter(match=match).update(host=host)
            Snapshot.objects.create(match=match, n=n + 1, state=b"")
            Command.objects.create(match=match, kind="sit", by=player)
            key_create(player=player)
            Ticket.objects.create(player=player, digest=f"d{player.pk}", expires_at=timezone.now())

    grow()
    few = queries()
    grow()
    assert queries() == few <= 7


def test_a_list_counts_no_further_than_it_must(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    played()
    monkeypatch.setattr(paging, "COUNTED", 3)
    with CaptureQueriesContext(connection) as captured:
        client.get(page(Entry, "changelist"))
    counts = [query["sql"] for query in captured if "COUNT(" in query["sql"] and "games_entry" in query["sql"]]
    assert len(counts) == 1
    assert "LIMIT 3" in counts[0]


def test_a_quarantine_is_lifted_by_who_has_the_right_and_by_nobody_else(client: Client) -> None:
    match = played()
    Lease.objects.filter(match=match).update(suspect=2)
    wish = {"action": "lift", "_selected_action": [match.pk]}
    viewer: Any = Player.objects.create(username="viewer", name="Viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_lease"))
    seen = client_of(viewer)
    assert seen.get(page(Lease, "changelist")).status_code == 200
    seen.post(page(Lease, "changelist"), wish)
    Client(SERVER_NAME="localhost").post(page(Lease, "changelist"), wish)
    assert Lease.objects.get(match=match).suspect == 2
    assert "quarantine" in client.get(page(Lease, "changelist")).content.decode()
    assert client.post(page(Lease, "changelist"), wish).status_code == 302
    assert Lease.objects.get(match=match).suspect == 0
    assert "Quarantine lifted" in client.get(page(Lease, "history", match.pk)).content.decode()


def call_off(client: Client, *matches: Match, reason: str = "The hall closes.") -> str:
    wish = {"action": "call_off", "_selected_action": [match.pk for match in matches], "reason": reason}
    return client.post(page(Match, "changelist"), wish, follow=True).content.decode()


def under_way() -> Match:
    match = played()
    Match.objects.filter(pk=match.pk).update(status=Status.LIVE, result=None)
    return Match.objects.get(pk=match.pk)


def test_an_admin_calls_a_match_off_with_a_reason_that_is_kept(client: Client, answers: list[Any]) -> None:
    match, answers[:] = under_way(), [{"ok": True}]
    told = call_off(client, match)
    assert f"Match {match.public_id}: Called off." in told
    (asked,) = answers
    assert (asked["match"], asked["kind"], asked["by"].name) == (match, "abort", "Warden")
    assert asked["body"] == {"why": "organiser", "words": "The hall closes."}
    assert "Called off: The hall closes." in client.get(page(Match, "history", match.pk)).content.decode()


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (None, "has not answered yet"),
        ({"ok": False, "code": "over", "why": "The match is over."}, "The match is over."),
    ],
)
def test_an_admin_is_told_what_came_of_it(client: Client, answers: list[Any], answer: Any, told: str) -> None:
    answers.append(answer)
    assert told in call_off(client, under_way())


def test_without_a_reason_or_for_a_match_that_is_over_nobody_is_asked(client: Client, answers: list[Any]) -> None:
    assert "Write a reason first" in call_off(client, under_way(), reason=" ")
    assert "stay as they are" in call_off(client, played())
    assert answers == []


def test_too_many_matches_are_not_called_off_at_once(client: Client, answers: list[Any]) -> None:
    for number in range(21):
        Match.objects.create(
            game="connect-four", edition=1, fold=1, seats=2, seed="ab", seed_hash=f"{number}", status=Status.LIVE
        )
    assert "Choose fewer" in call_off(client, *Match.objects.filter(status=Status.LIVE))
    assert answers == []


def test_only_who_has_the_right_calls_matches_off(answers: list[Any]) -> None:
    match = under_way()
    viewer: Any = Player.objects.create(username="viewer", name="Viewer", is_staff=True)
    viewer.user_permissions.add(Permission.objects.get(codename="view_match"))
    call_off(client_of(viewer), match)
    call_off(Client(SERVER_NAME="localhost"), match)
    assert answers == []
    answers.append({"ok": True})
    viewer.user_permissions.add(Permission.objects.get(codename="call_off_match"))
    assert "Called off." in call_off(client_of(viewer), match)
