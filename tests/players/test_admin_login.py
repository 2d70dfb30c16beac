"""Into the admin: its own limits, the second factor, and a path that the operator chooses."""

from __future__ import annotations

import time
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, generate_totp_secret, hotp_value
from django.core.cache import cache
from django.test import Client

from players.models import Player
from tests.players.signing import PASSWORD, account, sign_in, signed_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def warden() -> Player:
    cache.clear()
    return Player.objects.create_superuser("warden", password=PASSWORD, name="Warden")


def enter(client: Client, name: str = "warden", password: str = PASSWORD, **more: Any) -> Any:
    return client.post("/admin/login/?next=/admin/players/", {"username": name, "password": password}, **more)


def test_an_admin_goes_where_they_wanted(client: Client, warden: Player) -> None:
    client.post("/me/", {"name": "Mina"})
    before = client.cookies["sessionid"].value
    assert enter(client).headers["Location"] == "/admin/players/"
    assert signed_in_as(client) == warden
    assert client.cookies["sessionid"].value != before
    assert client.get("/admin/login/").headers["Location"] == "/admin/"


def test_who_has_a_second_factor_does_not_get_in_without_it(client: Client, warden: Player) -> None:
    secret = generate_totp_secret()
    TOTP.activate(warden, secret)
    assert enter(client).headers["Location"] == "/account/2fa/authenticate/"
    assert signed_in_as(client) is None
    assert client.get("/admin/").status_code == 302
    assert client.post("/account/2fa/authenticate/", {"code": "000000"}).status_code == 200
    assert signed_in_as(client) is None
    counter = int(time.time()) // 30
    answer = client.post("/account/2fa/authenticate/", {"code": format_hotp_value(hotp_value(secret, counter))})
    assert answer.headers["Location"] == "/admin/players/"
    assert signed_in_as(client) == warden


def test_who_is_no_admin_is_not_let_in_by_it(client: Client) -> None:
    account()
    assert "correct username and password for a staff account" in enter(client, "player-Ada").content.decode()
    sign_in(client)
    assert client.get("/admin/").status_code == 302


def test_a_password_of_an_admin_is_guessed_five_times_and_not_from_another_network_either(client: Client) -> None:
    for attempt in range(5):
        assert (
            "Please enter the correct" in enter(client, password="x", REMOTE_ADDR=f"10.0.{attempt}.1").content.decode()
        )
    for address in ("10.0.9.1", "2001:db8::1"):
        assert "too often" in enter(client, REMOTE_ADDR=address).content.decode()
    assert signed_in_as(client) is None


def test_one_network_guesses_ten_times_whatever_the_names(client: Client) -> None:
    for attempt in range(10):
        enter(client, f"somebody-{attempt}", REMOTE_ADDR=f"2001:db8:1:2::{attempt + 1:x}")
    assert "too often" in enter(client, REMOTE_ADDR="2001:db8:1:2:ffff::1").content.decode()
    assert enter(client, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_what_strangers_say_about_their_address_is_not_believed(client: Client) -> None:
    for attempt in range(10):
        enter(
            client, f"somebody-{attempt}", HTTP_X_FORWARDED_FOR=f"10.1.{attempt}.1", HTTP_X_REAL_IP=f"10.2.{attempt}.1"
        )
    assert "too often" in enter(client, HTTP_X_FORWARDED_FOR="10.1.99.1").content.decode()


@pytest.mark.parametrize("to", ["//evil.example/", "https://evil.example/admin/"])
def test_nobody_is_sent_away_by_a_link_to_the_admin(client: Client, to: str) -> None:
    answer = client.post(f"/admin/login/?next={to}", {"username": "warden", "password": PASSWORD})
    assert answer.headers["Location"] == "/admin/"


def test_secrets_of_second_factors_are_not_shown_to_admins(client: Client, warden: Player) -> None:
    TOTP.activate(account(), "JBSWY3DPEHPK3PXP")
    enter(client)
    signed_in_as(client)
    page = client.get("/admin/mfa/authenticator/").content.decode()
    assert "Ada" in page
    (pk,) = Player.objects.get(name="Ada").authenticator_set.values_list("pk", flat=True)
    told = client.get(f"/admin/mfa/authenticator/{pk}/change/").content.decode()
    assert "JBSWY3DPEHPK3PXP" not in told
