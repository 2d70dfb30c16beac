"""Whoever is banned is told so on whatever they open: why, until when, and how to object.

A middleware behind authentication. A ban makes its player inactive, so nothing else in the house need know of bans;
here it is only said. It must never let anybody in.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.deprecation import MiddlewareMixin

from players import bans
from players.models import Ban

# What also a banned person may reach: the language of the page that tells them, and the way out.
OPEN_VIEWS = frozenset({"me", "words", "account_logout", "logout"})


class Gate(MiddlewareMixin):
    """Asks the database only for a session whose player is not active."""

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """The page that says it, in place of any other."""
        match = request.resolver_match
        if settings.SESSION_COOKIE_NAME not in request.COOKIES or (match and match.view_name in OPEN_VIEWS):
            return None
        if request.user.is_authenticated or SESSION_KEY not in request.session:
            return None
        ban = bans.ban_of(int(request.session[SESSION_KEY]))
        return None if ban is None else refuse(request, ban)


def refuse(request: HttpRequest, ban: Ban) -> HttpResponse:
    """The answer to a banned person: a page, or `{"code", "why"}` to a program."""
    if request.path.startswith("/api/"):
        return JsonResponse({"code": "banned", "why": bans.told(ban)}, status=403)
    context = {"ban": ban, "contact": settings.CONTACT}
    return render(request, "banned.html", context, status=403)
