"""The second factor: set up with a code, asked for at every sign-in, good once, and replaced by recovery codes."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from django.test import Client

from players.models import Player
from tests.players.signing import PASSWORD, account, sign_in, signed_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def ada() -> Player:
    cache.clear()
    return account()


def code(secret: str, ahead: int = 0) -> str:
    """Good for this half minute and the one after; one `ahead` was not used yet."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead))


def set_up(client: Client) -> str:
    """The secret, after signing in and switching it on."""
    sign_in(client)
    assert client.get("/account/2fa/totp/activate/").headers["Location"].startswith("/account/reauthenticate/")
    client.post("/account/reauthenticate/", {"password": PASSWORD})
    page = client.get("/account/2fa/totp/activate/").content.decode()
    (secret,) = re.findall(r'id="secret" readonly value="(\w+)"', page)
    answer = client.post("/account/2fa/totp/activate/", {"code": code(secret)})
    assert answer.headers["Location"] == "/account/2fa/recovery-codes/"
    return str(secret)


def test_a_password_alone_opens_nothing_any_more(client: Client, ada: Player) -> None:
    secret = set_up(client)
    elsewhere = Client()
    assert sign_in(elsewhere, next="/me/").headers["Location"].startswith("/account/2fa/authenticate/")
    assert signed_in_as(elsewhere) is None
    for page in ("/account/", "/account/2fa/", "/account/keys/"):
        assert elsewhere.get(page).status_code == 302
    assert elsewhere.post("/account/2fa/authenticate/", {"code": "123456"}).status_code == 200
    assert elsewhere.post("/account/2fa/authenticate/", {"code": code(secret, 1)}).headers["Location"] == "/me/"
    assert signed_in_as(elsewhere) == ada


def test_a_code_that_was_seen_is_good_only_once(client: Client) -> None:
    secret, used = set_up(client), None
    for opens in (True, False):
        person = Client()
        sign_in(person)
        used = used or code(secret, 1)
        person.post("/account/2fa/authenticate/", {"code": used})
        assert (signed_in_as(person) is not None) is opens


def test_codes_are_guessed_five_times(client: Client) -> None:
    secret = set_up(client)
    thief = Client()
    sign_in(thief)
    for guess in range(5):
        thief.post("/account/2fa/authenticate/", {"code": f"00000{guess}"})
    thief.post("/account/2fa/authenticate/", {"code": code(secret, 1)})
    assert signed_in_as(thief) is None


def test_a_recovery_code_signs_in_once(client: Client, ada: Player) -> None:
    set_up(client)
    page = client.get("/account/2fa/recovery-codes/").content.decode()
    (first, *others) = re.findall(r"<code>(\w+)</code>", page)
    assert len(others) == 9
    assert client.get("/account/2fa/recovery-codes/download/").content.decode().split() == [first, *others]
    for opens in (True, False):
        person = Client()
        sign_in(person)
        person.post("/account/2fa/authenticate/", {"code": first})
        assert (signed_in_as(person) == ada) is opens


def test_switching_it_off_takes_a_proof_and_a_post(client: Client) -> None:
    set_up(client)
    assert b"Switch the second factor off?" in client.get("/account/2fa/totp/deactivate/").content
    client.post("/account/2fa/totp/deactivate/")
    assert sign_in(Client()).headers["Location"] == "/"


def test_who_has_not_confirmed_an_address_confirms_one_first(client: Client) -> None:
    client.post("/account/signup/", {"name": "Bob", "email": "bob@example.org", "password1": "a long pass phrase"})
    client.post("/account/reauthenticate/", {"password": "a long pass phrase"})
    page = client.post("/account/2fa/totp/activate/", {"code": "123456"}, follow=True)
    assert "have verified your email address" in page.content.decode()
