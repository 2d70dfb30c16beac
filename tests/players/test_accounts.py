"""Guests become accounts and keep what is theirs; signing up, in and out; what strangers are told, and what not."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from players import services
from players.models import Player, TakenName
from tests.players.signing import ADA, PASSWORD, account, confirm, link, sign_in, sign_up, signed_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


@pytest.fixture
def mails_arrive(settings: Any) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"


@pytest.fixture
def guest(client: Client) -> Player:
    client.post("/me/", {"name": "Mina"})
    return Player.objects.get()


def test_a_guest_who_signs_up_is_the_same_player_under_a_new_session(client: Client, guest: Player) -> None:
    before = client.cookies["sessionid"].value
    answer = sign_up(client)
    assert answer.headers["Location"] == "/account/"
    player = signed_in_as(client)
    assert player is not None
    assert (player.pk, player.public_id) == (guest.pk, guest.public_id)
    assert (player.name, player.email, player.is_guest) == ("Ada", "ada@example.org", False)
    assert client.cookies["sessionid"].value != before
    old = Client()
    old.cookies["sessionid"] = before
    assert signed_in_as(old) is None


def test_a_stranger_signs_up_and_holds_the_name(client: Client) -> None:
    sign_up(client)
    assert signed_in_as(client).name == "Ada"  # type: ignore[union-attr]
    assert TakenName.objects.get().key == "ada"
    assert "taken" not in sign_up(Client(), name="Grace", email="grace@example.org").content.decode()
    told = sign_up(Client(), name="АDА", email="other@example.org")
    assert told.status_code == 200
    assert "Somebody has this name" in told.content.decode()


@pytest.mark.usefixtures("mails_arrive")
def test_where_mail_arrives_a_guest_stays_one_until_the_link_is_opened(client: Client, guest: Player) -> None:
    before = client.cookies["sessionid"].value
    answer = sign_up(client)
    assert answer.headers["Location"] == "/account/confirm-email/"
    waiting = signed_in_as(client)
    assert waiting is not None
    assert (waiting.pk, waiting.name, waiting.is_guest) == (guest.pk, "Ada", True)
    assert client.cookies["sessionid"].value != before
    assert b"Confirm your address" in client.get(link()).content
    assert signed_in_as(client).is_guest  # type: ignore[union-attr]
    pending = client.cookies["sessionid"].value
    confirm(client)
    after = signed_in_as(client)
    assert after is not None
    assert (after.pk, after.name, after.is_guest) == (guest.pk, "Ada", False)
    assert client.cookies["sessionid"].value != pending


@pytest.mark.usefixtures("mails_arrive")
def test_a_link_opened_elsewhere_confirms_and_signs_nobody_in(client: Client, guest: Player) -> None:
    sign_up(client)
    elsewhere = Client()
    assert confirm(elsewhere).headers["Location"] == "/account/login/"
    assert signed_in_as(elsewhere) is None
    assert not Player.objects.get(pk=guest.pk).is_guest
    assert signed_in_as(client).pk == guest.pk  # type: ignore[union-attr]


@pytest.mark.usefixtures("mails_arrive")
def test_without_the_link_nobody_signs_in(client: Client) -> None:
    sign_up(client)
    assert signed_in_as(client) is None
    assert sign_in(Client()).headers["Location"] == "/account/confirm-email/"
    assert Player.objects.get().is_guest
    assert not TakenName.objects.exists()


@pytest.mark.usefixtures("mails_arrive")
def test_a_name_that_was_taken_meanwhile_gets_a_number(client: Client) -> None:
    sign_up(client)
    account("Ada", "other@example.org")
    confirm(client)
    assert signed_in_as(client).name.startswith("Ada ")  # type: ignore[union-attr]
    assert "was taken in the meantime" in client.get("/account/").content.decode()


@pytest.mark.usefixtures("mails_arrive")
def test_a_known_address_is_answered_exactly_as_an_unknown_one(client: Client) -> None:
    account("Grace")
    pages = []
    for person, email in ((client, "ada@example.org"), (Client(), "new@example.org")):
        person.post("/me/", {"name": "Mina"})
        answer = sign_up(person, name="Somebody", email=email)
        page = person.get(answer.headers["Location"]).content.decode().replace(email, "…")
        page = page.replace(signed_in_as(person).public_id, "…")  # type: ignore[union-attr]
        pages.append((answer.status_code, answer.headers["Location"], signed_in_as(person).name, _without_tokens(page)))  # type: ignore[union-attr]
    assert pages[0] == pages[1]
    assert [one.to for one in mail.outbox] == [["ada@example.org"], ["new@example.org"]]
    assert "already" in str(mail.outbox[0].body)


def _without_tokens(page: str) -> str:
    import re

    return re.sub(r'name="csrfmiddlewaretoken" value="\w+"', "", page)


def test_a_forgotten_password_is_answered_alike_for_known_and_unknown_addresses(client: Client) -> None:
    account()
    answers = [
        client.post("/account/password/reset/", {"email": email}) for email in ("ada@example.org", "x@example.org")
    ]
    assert [answer.headers["Location"] for answer in answers] == ["/account/password/reset/done/"] * 2
    assert [one.to for one in mail.outbox] == [["ada@example.org"], ["x@example.org"]]


def test_a_new_password_ends_all_sessions_and_the_link_works_once(client: Client) -> None:
    account()
    phone = Client()
    sign_in(phone)
    client.post("/account/password/reset/", {"email": "ada@example.org"})
    path = link()
    form = client.get(path, follow=True)
    new = {"password1": "another long phrase", "password2": "another long phrase"}
    assert client.post(form.redirect_chain[-1][0], new).status_code == 302
    assert b"Sign out" not in phone.get("/").content
    assert "used already" in Client().get(path, follow=True).content.decode()
    assert sign_in(Client()).status_code == 200
    assert sign_in(Client(), password="another long phrase").status_code == 302


def test_signing_in_as_a_guest_leaves_the_guest_behind(client: Client, guest: Player) -> None:
    ada = account()
    assert "stay with the guest" in client.get("/account/login/").content.decode()
    before = client.cookies["sessionid"].value
    assert sign_in(client).status_code == 302
    assert signed_in_as(client) == ada
    assert client.cookies["sessionid"].value != before
    assert Player.objects.get(pk=guest.pk).is_guest


def test_a_session_that_somebody_planted_is_worth_nothing_after_signing_in(client: Client) -> None:
    account()
    planted = Client()
    planted.post("/me/", {"name": "Mallory"})
    client.cookies["sessionid"] = planted.cookies["sessionid"].value
    sign_in(client)
    assert signed_in_as(planted) is None
    assert b"Mallory" not in client.get("/").content


def test_signing_out_takes_a_post(client: Client) -> None:
    account()
    sign_in(client)
    assert b"Sign out?" in client.get("/account/logout/").content
    assert signed_in_as(client) is not None
    client.post("/account/logout/")
    assert signed_in_as(client) is None


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/", "/\\evil.example", "javascript:alert(1)"])
def test_nobody_is_sent_away_by_a_link_to_the_login(client: Client, to: str) -> None:
    account()
    assert sign_in(client, next=to).headers["Location"] == "/"
    assert client.post("/account/logout/", {"next": to}).headers["Location"] == "/"
    assert sign_up(Client(), email="b@example.org", name="Bob", next=to).headers["Location"] == "/account/"


FORMS = (
    "login/",
    "signup/",
    "logout/",
    "password/reset/",
    "password/change/",
    "email/",
    "2fa/totp/activate/",
    "keys/",
    "delete/",
    "data/",
    "sessions/end/",
    "",
)


@pytest.mark.parametrize("path", FORMS)
def test_every_form_needs_its_token(path: str) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(account())
    assert strict.post(f"/account/{path}", ADA).status_code == 403


OWN = (
    "",
    "keys/",
    "delete/",
    "email/",
    "password/change/",
    "2fa/",
    "2fa/totp/activate/",
    "providers/",
    "reauthenticate/",
)


@pytest.mark.parametrize("path", OWN)
def test_pages_of_an_account_are_for_accounts_and_a_guest_is_shown_the_way(
    client: Client, guest: Player, path: str
) -> None:
    for person in (client, Client()):
        answer = person.get(f"/account/{path}")
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith("/account/login/?next=")


def test_a_form_that_is_wrong_keeps_what_was_typed_and_says_why(client: Client) -> None:
    page = sign_up(client, password1="123").content.decode()
    assert 'value="Ada"' in page
    assert 'role="alert"' in page
    assert not Player.objects.exists()


def test_signing_out_everywhere_spares_this_browser_and_ends_the_others(client: Client) -> None:
    ada = account()
    phone = Client()
    sign_in(phone)
    sign_in(client)
    key = services.key_create(player=ada)
    client.post("/account/sessions/end/")
    assert b"Sign out" in client.get("/").content
    assert b"Sign out" not in phone.get("/").content
    assert client.get("/api/me", headers={"Authorization": f"Bearer {key}"}).status_code == 200
    assert Client().get("/api/me", headers={"Authorization": f"Bearer {key}"}).status_code == 200


def test_the_password_is_never_shown_back(client: Client) -> None:
    assert PASSWORD not in sign_up(client, name="x").content.decode()
    assert PASSWORD not in sign_in(client).content.decode()
