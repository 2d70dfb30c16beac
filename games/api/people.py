"""Endpoints of players: a guest for a program, one's own name, and admission to a WebSocket; and the last resort."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import get_language
from ninja import Router
from ninja.responses import Status

from games.api.auth import signed_in
from games.api.errors import Problem, not_found
from games.api.shapes import GuestWish, Me, MeWish, NewGuest, TicketGiven
from players import identity, names, services
from players.models import Player

router = Router(tags=["players"])
last = Router()
"""What stands behind the endpoints of all apps."""

REFUSED = frozenset({400, 401, 403, 409, 422, 429})


@router.post(
    "/players",
    url_name="players",
    operation_id="guest_create",
    response={201: NewGuest, frozenset({400, 409, 422, 429}): Problem},
)
def guest_create(request: HttpRequest, wish: GuestWish | None = None) -> Status[dict[str, Any]]:
    """A new guest and the key by which a program acts for it. No cookie is set."""
    wish = wish or GuestWish()
    if wish.name is not None:
        names.clean(wish.name)  # refused before it counts
    services.guest_allow(address=request.META.get("REMOTE_ADDR", ""))
    with transaction.atomic():
        player = services.guest_create(language=wish.language or get_language() or "")
        _change(player, MeWish(name=wish.name, language=wish.language))
        key = services.key_create(player=player)
    return Status(201, _me(player) | {"key": key})


@router.get("/me", auth=signed_in, url_name="me", operation_id="me", response={200: Me, 401: Problem})
def me(request: HttpRequest) -> dict[str, Any]:
    """Who you are here."""
    return _me(_player(request))


@router.patch("/me", auth=signed_in, url_name="me", operation_id="me_change", response={200: Me, REFUSED: Problem})
def me_change(request: HttpRequest, wish: MeWish) -> dict[str, Any]:
    """Change your name or language. Matches begun before keep the name you had."""
    with transaction.atomic():
        _change(_player(request), wish)
    return _me(_player(request))


@router.post(
    "/tickets",
    auth=signed_in,
    url_name="tickets",
    operation_id="ticket_create",
    response={201: TicketGiven, REFUSED: Problem},
)
def ticket_create(request: HttpRequest) -> Status[dict[str, Any]]:
    """Admission to one WebSocket for a client without cookies: once, within 30 seconds."""
    ticket = identity.ticket_create(_player(request))
    return Status(201, {"ticket": ticket, "expires_s": 30})


@last.api_operation(
    ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"], "/{path:rest}", include_in_schema=False
)
def nothing_here(request: HttpRequest, rest: str) -> None:
    """Every other address, so that it too is told in the one shape. Stands last: the first match wins."""
    raise not_found()


def _change(player: Player, wish: MeWish) -> None:
    if wish.name is not None:
        services.player_rename(player=player, name=wish.name)
    if wish.language is not None:
        services.player_language_set(player=player, language=wish.language)


def _me(player: Player) -> dict[str, Any]:
    return {
        "id": player.public_id,
        "name": player.name,
        "guest": player.is_guest,
        "language": player.language,
    }


def _player(request: HttpRequest) -> Player:
    player: Player = request.auth  # type: ignore[attr-defined]  # set by `signed_in`
    return player
