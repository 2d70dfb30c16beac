"""Endpoints of finding a match: seeks, ready checks, challenges, parties.

Every answer is the whole of what concerns who asks, so that a client needs no other call to know where it stands.
"""

from __future__ import annotations

from typing import Any

import msgspec
from django.http import HttpRequest
from ninja import Router

from games.api.auth import arriving, signed_in
from games.api.errors import Problem, not_found
from games.api.finding_shapes import (
    AnswerWish,
    ChallengeWish,
    PartyPlayWish,
    Personal,
    PlayerWish,
    PublicId,
    SeekWish,
)
from games.finding import selectors, services
from games.finding.limits import count_invitation, count_look, count_seek
from players.models import Player
from players.selectors import player_get

router = Router(tags=["finding"])

REFUSED = {frozenset({400, 401, 403, 404, 409, 422, 429}): Problem}


@router.get(
    "/you",
    auth=signed_in,
    url_name="you",
    operation_id="you",
    response={200: Personal, frozenset({401, 403, 429}): Problem},
)
def you(request: HttpRequest) -> dict[str, Any]:
    """All that concerns you alone. A program that looks for a match asks every two seconds: this is also how the house
    knows that it is still there; after 8 s without it the seek is gone."""
    player = _player(request)
    count_look(player)
    services.seekers_seen([player.pk])
    return _told(player)


@router.post("/seeks", auth=arriving, url_name="seeks", operation_id="seek_create", response={200: Personal} | REFUSED)
def seek_create(request: HttpRequest, wish: SeekWish) -> dict[str, Any]:
    """Look for opponents. What you looked for before is withdrawn."""
    player = _player(request)
    count_seek(player)
    services.seek_create(
        by=player,
        game=wish.game,
        pool=wish.pool,
        rated=wish.rated,
        seats=wish.seats,
        practice_after_s=wish.practice_after,
        party=wish.party,
    )
    return _told(player)


@router.delete(
    "/seeks/mine",
    auth=signed_in,
    url_name="seek_mine",
    operation_id="seek_withdraw",
    response={200: Personal} | REFUSED,
)
def seek_withdraw(request: HttpRequest) -> dict[str, Any]:
    """Look no longer. During a ready check it is a no."""
    services.seek_withdraw(by=_player(request))
    return _told(_player(request))


@router.post(
    "/pairings/{public_id}",
    auth=signed_in,
    url_name="pairing",
    operation_id="pairing_answer",
    response={200: Personal} | REFUSED,
)
def pairing_answer(request: HttpRequest, public_id: PublicId, wish: AnswerWish) -> dict[str, Any]:
    """Say within 12 s whether you are ready; with the last yes the match begins, and `go` names it."""
    services.pairing_answer(by=_player(request), pairing=public_id, yes=wish.yes)
    return _told(_player(request))


@router.post(
    "/challenges",
    auth=arriving,
    url_name="challenges",
    operation_id="challenge_create",
    response={200: Personal} | REFUSED,
)
def challenge_create(request: HttpRequest, wish: ChallengeWish) -> dict[str, Any]:
    """Offer somebody a match for two. It lapses after 5 minutes, with a correspondence clock after 3 days."""
    player = _player(request)
    count_invitation(player)
    other = player_get(wish.player)
    if other is None:
        raise not_found()
    services.challenge_create(
        by=player,
        to=other,
        game=wish.game,
        options=wish.options,
        clock=wish.clock.dict() if wish.clock else None,
        rated=wish.rated,
        seat=wish.seat,
    )
    return _told(player)


@router.post(
    "/challenges/{public_id}",
    auth=signed_in,
    url_name="challenge",
    operation_id="challenge_answer",
    response={200: Personal} | REFUSED,
)
def challenge_answer(request: HttpRequest, public_id: PublicId, wish: AnswerWish) -> dict[str, Any]:
    """Accept, and the match begins (`go`); or decline."""
    services.challenge_answer(by=_player(request), challenge=public_id, yes=wish.yes)
    return _told(_player(request))


@router.delete(
    "/challenges/{public_id}",
    auth=signed_in,
    url_name="challenge",
    operation_id="challenge_withdraw",
    response={200: Personal} | REFUSED,
)
def challenge_withdraw(request: HttpRequest, public_id: PublicId) -> dict[str, Any]:
    """Take back what you offered."""
    services.challenge_withdraw(by=_player(request), challenge=public_id)
    return _told(_player(request))


@router.post(
    "/parties", auth=arriving, url_name="parties", operation_id="party_create", response={200: Personal} | REFUSED
)
def party_create(request: HttpRequest) -> dict[str, Any]:
    """Make a party that you lead. Who opens `/party/<id>/` can join, up to eight."""
    count_invitation(_player(request))
    services.party_create(by=_player(request))
    return _told(_player(request))


@router.post(
    "/parties/{public_id}/join",
    auth=arriving,
    url_name="party_join",
    operation_id="party_join",
    response={200: Personal} | REFUSED,
)
def party_join(request: HttpRequest, public_id: PublicId) -> dict[str, Any]:
    """Join a party whose link you have."""
    services.party_join(by=_player(request), party=public_id)
    return _told(_player(request))


@router.delete(
    "/parties/mine",
    auth=signed_in,
    url_name="party_mine",
    operation_id="party_leave",
    response={200: Personal} | REFUSED,
)
def party_leave(request: HttpRequest) -> dict[str, Any]:
    """Leave your party; where you lead it, it is over for all."""
    services.party_leave(by=_player(request))
    return _told(_player(request))


@router.post(
    "/parties/mine/away",
    auth=signed_in,
    url_name="party_away",
    operation_id="party_send_away",
    response={200: Personal} | REFUSED,
)
def party_send_away(request: HttpRequest, wish: PlayerWish) -> dict[str, Any]:
    """Send somebody away from the party that you lead; they cannot come back."""
    services.party_send_away(by=_player(request), player=wish.player)
    return _told(_player(request))


@router.post(
    "/parties/mine/play",
    auth=signed_in,
    url_name="party_play",
    operation_id="party_play",
    response={200: Personal} | REFUSED,
)
def party_play(request: HttpRequest, wish: PartyPlayWish) -> dict[str, Any]:
    """Begin a match of your party alone, unlisted and without rating; `go` names it for everyone in it."""
    services.party_play(
        by=_player(request),
        game=wish.game,
        options=wish.options,
        clock=wish.clock.dict() if wish.clock else None,
        practice=wish.practice,
    )
    return _told(_player(request))


def _told(player: Player) -> dict[str, Any]:
    told: dict[str, Any] = msgspec.to_builtins(selectors.personal_of(player.pk))
    return told


def _player(request: HttpRequest) -> Player:
    player: Player = request.auth  # type: ignore[attr-defined]  # set by the endpoint's `auth`
    return player
