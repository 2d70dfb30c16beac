"""On the pages of accounts a guest counts as a stranger: signing up and in is for them, and nothing else there is.

Wraps every view of django-allauth, which knows accounts and strangers only. The guest stands in `request.guest`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any, cast
from urllib.parse import urlsplit

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import URLPattern, URLResolver

from players.models import Player

View = Callable[..., HttpResponseBase]


def guest_of(request: HttpRequest) -> Player | None:
    """The guest who asks, on a page of accounts."""
    return cast("Player | None", getattr(request, "guest", None))


def for_strangers(patterns: Sequence[URLPattern | URLResolver]) -> Sequence[URLPattern | URLResolver]:
    """The same addresses, on which a guest is a stranger."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            for_strangers(pattern.url_patterns)
        else:
            pattern.callback = as_stranger(pattern.callback)
    return patterns


def as_stranger(view: View) -> View:
    """`view`, to which a guest is a stranger."""

    @wraps(view)
    def seen(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if isinstance(request.user, Player) and request.user.is_guest:
            request.guest = request.user  # type: ignore[attr-defined]
            request.user = AnonymousUser()
        return _out_by_link(request, view(request, *args, **kwargs))

    return seen


def _out_by_link(request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
    """A form may only lead to pages of ours (`form-action` of the content policy, also when it is redirected): to a
    provider goes a page that moves on by itself."""
    if request.method != "POST" or not isinstance(response, HttpResponseRedirect) or not urlsplit(response.url).netloc:
        return response
    return render(request, "account/moving_on.html", {"to": response.url, "host": urlsplit(response.url).netloc})
