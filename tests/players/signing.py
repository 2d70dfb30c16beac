"""What people do with the pages of accounts, in the tests' words."""

from __future__ import annotations

import re
from typing import Any

from django.core import mail
from django.test import Client

from players.models import Player

PASSWORD = "a long pass phrase"
ADA = {"name": "Ada", "email": "ada@example.org", "password1": PASSWORD}


def sign_up(client: Client, **wish: str) -> Any:
    return client.post("/account/signup/", ADA | wish)


def link() -> str:
    """The path that the newest mail leads to."""
    (found,) = re.findall(r"http://[^/]+(/account/\S+)", str(mail.outbox[-1].body))
    return str(found)


def confirm(client: Client) -> Any:
    return client.post(link())


def sign_in(client: Client, email: str = "ada@example.org", password: str = PASSWORD, **more: str) -> Any:
    return client.post("/account/login/", {"login": email, "password": password} | more)


def signed_in_as(client: Client) -> Player | None:
    pk = client.session.get("_auth_user_id")
    return Player.objects.get(pk=pk) if pk else None


def account(name: str = "Ada", email: str = "ada@example.org", password: str = PASSWORD) -> Player:
    """One that is there already, its address confirmed."""
    from allauth.account.models import EmailAddress

    player = Player.objects.create_user(f"player-{name}", email=email, password=password, name=name)
    EmailAddress.objects.create(user=player, email=email, verified=True, primary=True)
    return player
