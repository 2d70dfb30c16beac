"""How often one may try: by account, by address and by network, in every process alike."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.cache import cache
from django.test import Client

from players.models import Counter
from tests.players.signing import account, sign_in, sign_up, signed_in_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _fresh() -> None:
    cache.clear()


def test_a_password_is_guessed_five_times_from_wherever(client: Client) -> None:
    account()
    for attempt in range(5):
        wrong = client.post(
            "/account/login/", {"login": "ada@example.org", "password": "x"}, REMOTE_ADDR=f"10.0.{attempt}.1"
        )
        assert wrong.status_code == 200
    right = {"login": "ADA@example.org", "password": "a long pass phrase"}
    page = client.post("/account/login/", right, REMOTE_ADDR="10.9.9.9")
    assert "Too many failed login attempts" in page.content.decode()
    assert signed_in_as(client) is None


def test_one_network_guesses_ten_times_a_minute_whatever_the_accounts(client: Client) -> None:
    account()
    for attempt in range(10):
        wrong = {"login": f"somebody-{attempt}@example.org", "password": "x"}
        client.post("/account/login/", wrong, REMOTE_ADDR=f"2001:db8:1:2::{attempt + 1:x}")
    right = {"login": "ada@example.org", "password": "a long pass phrase"}
    for address in ("2001:db8:1:2:ffff::9", "2001:db8:1:2::1"):
        assert client.post("/account/login/", right, REMOTE_ADDR=address).status_code == 200
    assert client.post("/account/login/", right, REMOTE_ADDR="2001:db8:1:3::1").status_code == 302


def test_addresses_of_two_families_are_not_one_network(client: Client) -> None:
    for attempt in range(10):
        wrong = {"login": f"somebody-{attempt}@example.org", "password": "x"}
        client.post("/account/login/", wrong, REMOTE_ADDR="::ffff:10.0.0.1")
    account()
    right = {"login": "ada@example.org", "password": "a long pass phrase"}
    assert client.post("/account/login/", right, REMOTE_ADDR="10.0.0.1").status_code == 200
    assert client.post("/account/login/", right, REMOTE_ADDR="::ffff:10.0.0.2").status_code == 302


@pytest.mark.parametrize(
    "header", ["HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP", "HTTP_FORWARDED", "HTTP_CF_CONNECTING_IP"]
)
def test_what_strangers_say_about_their_address_evades_nothing(client: Client, header: str) -> None:
    account()
    for attempt in range(10):
        wrong = {"login": f"somebody-{attempt}@example.org", "password": "x"}
        client.post("/account/login/", wrong, **{header: f"10.1.{attempt}.1"})
    assert sign_in(client).status_code == 200
    assert signed_in_as(client) is None


def test_one_address_makes_forty_accounts_an_hour() -> None:
    answers = [
        sign_up(Client(), name="x", email="x").status_code  # refused by the form, and counted all the same
        for _ in range(41)
    ]
    assert answers == [200] * 40 + [429]
    page = sign_up(Client()).content.decode()
    assert "Too often at once" in page
    assert 'class="wordmark"' in page


def test_a_mailbox_is_not_filled_with_links_for_new_passwords(client: Client) -> None:
    account()
    for _ in range(5):
        client.post("/account/password/reset/", {"email": "ada@example.org"})
    assert len(mail.outbox) == 3


def test_a_mailbox_is_not_filled_with_links_to_confirm(client: Client, settings: object) -> None:
    sign_up(client)
    for _ in range(5):
        client.post("/account/email/", {"action_send": "", "email": "ada@example.org"})
    assert len(mail.outbox) == 1


def test_who_knows_one_password_is_counted_for_others_all_the_same(client: Client) -> None:
    account()
    account("Grace", "grace@example.org")
    for _ in range(4):
        sign_in(Client(), "grace@example.org", "x")
        sign_in(Client())
    sign_in(Client(), "grace@example.org", "x")
    sign_in(client, "grace@example.org")
    assert signed_in_as(client) is None


def test_what_is_counted_stands_in_the_database_where_every_process_sees_it(client: Client) -> None:
    sign_in(client)
    assert Counter.objects.exists()
    assert not Counter.objects.filter(cache_key__contains="ada@").exists()
