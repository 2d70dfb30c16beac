"""The pages of moderation for players: what is announced, and putting away what was read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from moderation import announcing, keeping
from players.models import Player

# As many as ever stand there at once, and some from before.
_REMEMBERED = 10
_A_YEAR_S = 60 * 60 * 24 * 365


@require_safe
def announcements(request: HttpRequest) -> JsonResponse:
    """For pages that stay open: what their head should show now."""
    told = [{"key": one.key, "level": one.level, "text": one.text} for one in announcing.shown(request)]
    answer = JsonResponse({"announcements": told})
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def put_away(request: HttpRequest) -> HttpResponse:
    """An announcement (`key`), or what this player alone was told."""
    wanted = request.POST.get("next", "")
    answer = redirect(wanted if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}) else "home")
    key = request.POST.get("key", "")
    if key.isalnum() and len(key) < 20:
        before = [one for one in request.COOKIES.get(announcing.COOKIE, "").split(".") if one and one != key]
        value = ".".join([*before, key][-_REMEMBERED:])
        answer.set_cookie(
            announcing.COOKIE, value, max_age=_A_YEAR_S, samesite="Lax", secure=request.is_secure(), httponly=True
        )
    elif isinstance(request.user, Player):
        keeping.notices_put_away(player=request.user)
    return answer
