"""The page of friends, and the buttons by which one person deals with another; both work without scripts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from games import companions, telling
from games.views.back import back_from
from players.company import selectors, services
from players.errors import ServiceError
from players.models import Player
from players.services import player_of

ACTS: Final[dict[str, Callable[..., Any]]] = {
    "ask": services.friend_ask,
    "accept": services.friend_accept,
    "remove": services.friend_remove,
    "block": services.block,
    "unblock": services.unblock,
    "mute": services.mute,
    "unmute": services.unmute,
}


@require_safe
def friends(request: HttpRequest) -> HttpResponse:
    """Requests, friends and whether they are here, and whom one keeps at a distance."""
    player = player_of(request)
    if player is None:
        return render(request, "friends.html", {"stranger": True})
    context = {
        "asking": selectors.asking(player.pk),
        "friends": companions.companions_of(player),
        "asked": selectors.asked_by(player.pk),
        "blocked": selectors.blocked_by(player.pk),
        "muted": selectors.muted_by(player.pk),
    }
    return render(request, "friends.html", context)


@require_POST
def company(request: HttpRequest, public_id: str) -> HttpResponse:
    """One act, `do`, about the player with this id."""
    player, other = player_of(request), selectors.player_by_public_id(public_id)
    act = ACTS.get(request.POST.get("do", ""))
    if player is None or other is None or act is None:
        raise Http404
    try:
        act(player=player, other=other)
    except ServiceError as refused:
        messages.error(request, refused.why)
    else:
        _say(request, player, other)
        telling.tell(other)
    return redirect(back_from(request, "friends"))


def _say(request: HttpRequest, player: Player, other: Player) -> None:
    """What a button without a visible effect has done."""
    if request.POST["do"] == "ask" and "asked" in selectors.standing(player.pk, other.pk):
        messages.success(request, _("You have asked %(name)s.") % {"name": other.name})
