"""Endpoints of tournaments: find, create, join, leave, and how it stands.

`gameserver/urls.py` mounts the router. A program that plays asks `live` every few seconds: it is told its next match,
and the house knows that it is there.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

import msgspec
from django.http import HttpRequest, HttpResponse
from ninja import Router
from ninja.responses import Status
from pydantic import Field

from games.api.auth import arriving, signed_in
from games.api.errors import Problem, not_found, plain
from players.models import Player
from tournaments import limits, log, presence, selectors, services, shown
from tournaments.api_shapes import Live, TournamentLine, TournamentList, TournamentShown, TournamentWish, line_shown
from tournaments.limits import Wish
from tournaments.models import Status as Standing
from tournaments.models import Tournament

router = Router(tags=["tournaments"])

PER_PAGE = 20
# Deeper pages cost the database a walk over all rows before them.
DEEPEST_PAGE = 100
# 500 players are ten pages.
PageNumber = Annotated[int, Field(ge=1, le=DEEPEST_PAGE)]
LineNumber = Annotated[int, Field(ge=0, le=10**6)]
REFUSED = {frozenset({400, 401, 403, 404, 409, 422, 429}): Problem}


@router.get(
    "/tournaments",
    url_name="tournaments",
    operation_id="tournament_list",
    response={200: TournamentList, frozenset({422}): Problem},
)
def tournament_list(
    request: HttpRequest,
    status: Literal["coming", "running", "finished", "cancelled"] = "coming",
    page: PageNumber = 1,
) -> dict[str, Any]:
    """Tournaments of one status, 20 a page: what comes next first, of others the newest."""
    start = (page - 1) * PER_PAGE
    found = list(selectors.tournaments_of(Standing(status))[start : start + PER_PAGE + 1])
    more = len(found) > PER_PAGE and page < DEEPEST_PAGE
    return {"tournaments": [line_shown(one) for one in found[:PER_PAGE]], "page": page, "more": more}


@router.post(
    "/tournaments",
    auth=signed_in,
    url_name="tournaments",
    operation_id="tournament_create",
    response={201: TournamentLine} | REFUSED,
)
def tournament_create(request: HttpRequest, wish: TournamentWish) -> Status[dict[str, Any]]:
    """Create a tournament; for who has the permission."""
    wanted = msgspec.convert(wish.dict(), Wish)
    made = services.tournament_create(by=_player(request), wish=wanted)
    return Status(201, line_shown(_tournament(made.public_id)))


@router.get(
    "/tournaments/{public_id}",
    url_name="tournament",
    operation_id="tournament_get",
    response={200: TournamentShown, 304: None, frozenset({404, 422, 429}): Problem},
)
def tournament_get(request: HttpRequest, public_id: str, page: PageNumber = 1) -> HttpResponse:
    """How it stands: 50 lines of the standings a page, and the highest boards. With `If-None-Match` 304 while nothing
    has changed."""
    limits.count_watch(request.META.get("REMOTE_ADDR", ""))
    told = shown.page_of(_tournament(public_id), page)
    tag = f'"{told["n"]}-{page}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponse(status=304, headers={"ETag": tag})
    answer = plain(told)
    answer["ETag"] = tag
    return answer


@router.get(
    "/tournaments/{public_id}/live",
    url_name="tournament_live",
    operation_id="tournament_live",
    response={200: Live, frozenset({401, 404, 422, 429}): Problem},
)
def tournament_live(request: HttpRequest, public_id: str, n: LineNumber = 0, page: PageNumber = 1) -> HttpResponse:
    """What has changed since line `n`, and what concerns you. Ask again in `again_s` seconds: while you do, you are
    here, and in an arena only who is here is paired. `tournament` is null where nothing has changed; `you.match` is the
    match to go to."""
    limits.count_watch(request.META.get("REMOTE_ADDR", ""))
    return _live(_tournament(public_id), signed_in(request), n=n, page=page)


@router.post(
    "/tournaments/{public_id}/join",
    auth=arriving,
    url_name="tournament_join",
    operation_id="tournament_join",
    response={200: Live} | REFUSED,
)
def tournament_join(request: HttpRequest, public_id: str) -> HttpResponse:
    """Join, or come back after leaving. Who has no cookie and no key becomes a guest."""
    tournament, player = _tournament(public_id), _player(request)
    services.tournament_join(tournament=tournament, by=player)
    return _live(_tournament(public_id), player)


@router.post(
    "/tournaments/{public_id}/withdraw",
    auth=signed_in,
    url_name="tournament_withdraw",
    operation_id="tournament_withdraw",
    response={200: Live} | REFUSED,
)
def tournament_withdraw(request: HttpRequest, public_id: str) -> HttpResponse:
    """Leave: you are not paired any more; the match that you are in goes on and counts."""
    tournament, player = _tournament(public_id), _player(request)
    services.tournament_withdraw(tournament=tournament, by=player)
    return _live(_tournament(public_id), player)


@router.post(
    "/tournaments/{public_id}/start",
    auth=signed_in,
    url_name="tournament_start",
    operation_id="tournament_start",
    response={200: Live} | REFUSED,
)
def tournament_start(request: HttpRequest, public_id: str) -> HttpResponse:
    """Let it begin now; for who created it."""
    tournament, player = _tournament(public_id), _player(request)
    services.tournament_start(tournament=tournament, by=player)
    return _live(_tournament(public_id), player)


@router.post(
    "/tournaments/{public_id}/cancel",
    auth=signed_in,
    url_name="tournament_cancel",
    operation_id="tournament_cancel",
    response={200: Live} | REFUSED,
)
def tournament_cancel(request: HttpRequest, public_id: str) -> HttpResponse:
    """Call it off; for who created it. Matches under way are played on and count for nothing here."""
    tournament, player = _tournament(public_id), _player(request)
    services.tournament_cancel(tournament=tournament, by=player)
    return _live(_tournament(public_id), player)


def _live(tournament: Tournament, player: Player | None, *, n: int = 0, page: int = 1) -> HttpResponse:
    you = shown.you_of(tournament, player)
    if player is not None and you["joined"]:
        presence.seen(tournament.pk, player.pk)
    told = shown.page_of(tournament, page)
    answer = {
        "n": told["n"],
        "now_ms": log.ms_of(tournament.now),  # type: ignore[attr-defined]  # annotated by the selector
        "again_s": shown.again_s(tournament),
        "you": you,
        "tournament": None if told["n"] == n else told,
    }
    return plain(answer)


def _tournament(public_id: str) -> Tournament:
    found = selectors.tournament_get(public_id)
    if found is None:
        raise not_found()
    return found


def _player(request: HttpRequest) -> Player:
    player: Player = request.auth  # type: ignore[attr-defined]  # set by `signed_in`
    return player
