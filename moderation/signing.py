"""Signing in and out of those who keep order is an act, too."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.http import HttpRequest

from moderation import acts
from players.models import Player


def connect() -> None:
    """Listen. A second call changes nothing."""
    user_logged_in.connect(_signed_in, dispatch_uid="moderation.signed_in")
    user_logged_out.connect(_signed_out, dispatch_uid="moderation.signed_out")


def _signed_in(*, request: HttpRequest | None, user: Any, **_: Any) -> None:
    _record("sign in", request, user)


def _signed_out(*, request: HttpRequest | None, user: Any, **_: Any) -> None:
    _record("sign out", request, user)


def _record(what: str, request: HttpRequest | None, user: Any) -> None:
    if isinstance(user, Player) and user.is_staff:
        acts.record(by=user, what=what, about=user, request=request)
