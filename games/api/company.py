"""Endpoints of company: friends, blocks and mutes. Each act answers how one stands to the other now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from ninja import Router

from games import companions, telling
from games.api.auth import signed_in
from games.api.company_shapes import DistanceShown, FriendsShown, StandingShown
from games.api.errors import Problem, not_found
from games.api.finding_shapes import PublicId
from games.companions import Companion
from games.finding.limits import count_look
from players.company import selectors, services
from players.models import Player

router = Router(tags=["company"])

REFUSED = frozenset({400, 401, 403, 404, 409, 422, 429})


@router.get(
    "/friends",
    auth=signed_in,
    url_name="friends",
    operation_id="friends",
    response={200: FriendsShown, frozenset({401, 403, 429}): Problem},
)
def friends(request: HttpRequest) -> dict[str, Any]:
    """Your friends, whether they are here, and what can be watched; who has asked you, and whom you have asked."""
    player = _player(request)
    count_look(player)
    return {
        "friends": [_companion(one) for one in companions.companions_of(player)],
        "asking": [_person(one) for one in selectors.asking(player.pk)],
        "asked": [_person(one) for one in selectors.asked_by(player.pk)],
    }


@router.put(
    "/friends/{player}",
    auth=signed_in,
    url_name="friend",
    operation_id="friend_ask",
    response={200: StandingShown, REFUSED: Problem},
)
def friend_ask(request: HttpRequest, player: PublicId) -> dict[str, Any]:
    """Ask somebody to be friends; who has asked you is your friend with it."""
    return _act(request, services.friend_ask, player)


@router.delete(
    "/friends/{player}",
    auth=signed_in,
    url_name="friend",
    operation_id="friend_remove",
    response={200: StandingShown, REFUSED: Problem},
)
def friend_remove(request: HttpRequest, player: PublicId) -> dict[str, Any]:
    """End a friendship, decline a request, or take your own back. Nobody is told."""
    return _act(request, services.friend_remove, player)


@router.get(
    "/blocks",
    auth=signed_in,
    url_name="blocks",
    operation_id="blocks",
    response={200: DistanceShown, frozenset({401, 403, 429}): Problem},
)
def blocks(request: HttpRequest) -> dict[str, Any]:
    """Whom you have blocked, and whose words you do not read."""
    player = _player(request)
    count_look(player)
    return {
        "blocked": [_person(one) for one in selectors.blocked_by(player.pk)],
        "muted": [_person(one) for one in selectors.muted_by(player.pk)],
    }


@router.put(
    "/blocks/{player}",
    auth=signed_in,
    url_name="block",
    operation_id="block",
    response={200: StandingShown, REFUSED: Problem},
)
def block(request: HttpRequest, player: PublicId) -> dict[str, Any]:
    """No challenges, no pairing, no friendship, and pages show none of their words. A friendship ends with it."""
    return _act(request, services.block, player)


@router.delete(
    "/blocks/{player}",
    auth=signed_in,
    url_name="block",
    operation_id="unblock",
    response={200: StandingShown, REFUSED: Problem},
)
def unblock(request: HttpRequest, player: PublicId) -> dict[str, Any]:
    """Take a block back."""
    return _act(request, services.unblock, player)


@router.put(
    "/mutes/{player}",
    auth=signed_in,
    url_name="mute",
    operation_id="mute",
    response={200: StandingShown, REFUSED: Problem},
)
def mute(request: HttpRequest, player: PublicId) -> dict[str, Any]:
    """Pages show you none of their words any more."""
    return _act(request, services.mute, player)


@router.delete(
    "/mutes/{player}",
    auth=signed_in,
    url_name="mute",
    operation_id="unmute",
    response={200: StandingShown, REFUSED: Problem},
)
def unmute(request: HttpRequest, player: PublicId) -> dict[str, Any]:
    """Read them again."""
    return _act(request, services.unmute, player)


@router.get(
    "/company/{player}",
    auth=signed_in,
    url_name="company",
    operation_id="standing",
    response={200: StandingShown, frozenset({401, 403, 404, 422, 429}): Problem},
)
def standing(request: HttpRequest, player: PublicId) -> dict[str, Any]:
    """How you stand to somebody."""
    asks = _player(request)
    count_look(asks)
    return _standing(asks, _other(player))


def _act(request: HttpRequest, act: Callable[..., Any], public_id: str) -> dict[str, Any]:
    player, other = _player(request), _other(public_id)
    act(player=player, other=other)
    telling.tell(other)
    return _standing(player, other)


def _standing(player: Player, other: Player) -> dict[str, Any]:
    return {"player": _person(other), "standing": sorted(selectors.standing(player.pk, other.pk))}


def _companion(one: Companion) -> dict[str, Any]:
    return _person(one.player) | {"here": one.here, "match": one.match.public_id if one.match else None}


def _person(player: Player) -> dict[str, Any]:
    return {"id": player.public_id, "name": player.name}


def _other(public_id: str) -> Player:
    found = selectors.player_by_public_id(public_id)
    if found is None:
        raise not_found()
    return found


def _player(request: HttpRequest) -> Player:
    player: Player = request.auth  # type: ignore[attr-defined]  # set by `signed_in`
    return player
