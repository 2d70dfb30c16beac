"""Callers for tests: of the API as strangers, programs with a key and pages with a cookie; of the admin as staff."""

from __future__ import annotations

import json
from typing import Any

from django.test import Client
from django.urls import reverse

from players.models import Player
from players.services import key_create
from tests.games.played import guest

JSON = "application/json"


class Caller:
    """A client of the API. `call("POST", "/matches", …)` gives status and body."""

    def __init__(self, *, key: str | None = None, cookie: Player | None = None, csrf: bool = False) -> None:
        self.client = Client(SERVER_NAME="localhost", enforce_csrf_checks=True)
        self.headers: dict[str, str] = {}
        if key is not None:
            self.headers["Authorization"] = f"Bearer {key}"
        if cookie is not None:
            self.client.force_login(cookie, backend="django.contrib.auth.backends.ModelBackend")
        if csrf:
            self.client.cookies["csrftoken"] = "t" * 32
            self.headers["X-CSRFToken"] = "t" * 32

    def call(self, method: str, path: str, body: Any = None, *, raw: bytes | None = None) -> tuple[int, Any]:
        content = raw if raw is not None else b"" if body is None else json.dumps(body).encode()
        self.response = self.client.generic(method, f"/api{path}", content, content_type=JSON, headers=self.headers)
        assert self.response["Content-Type"].startswith(JSON)
        return self.response.status_code, self.response.json()


def by_key(player: Player | None = None) -> Caller:
    return Caller(key=key_create(player=player or guest()))


def is_problem(told: Any) -> bool:
    return set(told) == {"code", "why"} and bool(told["code"]) and told["why"][-1] in ".!"


def staff(**facts: Any) -> Player:
    return Player.objects.create(username="staff", name="Warden", is_staff=True, **{"is_superuser": True} | facts)


def client_of(player: Player) -> Client:
    client = Client(SERVER_NAME="localhost")
    client.force_login(player, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(model: type[Any], what: str, *args: Any) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_{what}", args=args)
