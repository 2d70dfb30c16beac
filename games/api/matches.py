"""Endpoints of matches: begin, find, join, and read what was played."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from ninja import Router
from ninja.responses import Status
from pydantic import Field

from games import commands, selectors, services, watching
from games.api.auth import count_replay, signed_in
from games.api.errors import Problem, not_found, plain
from games.api.shapes import (
    FrameList,
    JoinWish,
    MatchList,
    MatchShown,
    MatchWish,
    RecordShown,
    SeatGiven,
    match_shown,
)
from games.models import Match
from players.errors import ServiceError
from players.models import Player

router = Router(tags=["matches"])

PER_PAGE = 20
# Deeper pages cost the database a walk over all rows before them; who wants more asks by game and status.
DEEPEST_PAGE = 500

Page = Annotated[int, Field(ge=1, le=DEEPEST_PAGE)]
# The last `v` seen; -1 comes before the setup. A match has at most 250,000 steps.
Version = Annotated[int, Field(ge=-1, le=10**6)]
# A match lasts two hours at most; correspondence has no ticks.
Moment = Annotated[int, Field(ge=0, le=2 * 3600 * 1000)]
SeatIndex = Annotated[int, Field(ge=0, le=63)]
GameName = Annotated[str, Field(max_length=40, pattern=r"^[a-z0-9-]*$")]
Standing = Literal["waiting", "live", "over", "aborted"]


@router.post(
    "/matches",
    auth=signed_in,
    url_name="matches",
    operation_id="match_create",
    response={201: MatchShown, frozenset({400, 401, 403, 409, 422, 429}): Problem},
)
def match_create(request: HttpRequest, wish: MatchWish) -> Status[dict[str, Any]]:
    """Begin a match and sit down at it. Against `practice` it is live at once."""
    created = services.match_create(by=_player(request), **wish.dict())
    return Status(201, match_shown(_match(created.public_id)))


@router.get(
    "/matches",
    url_name="matches",
    operation_id="match_list",
    response={200: MatchList, 422: Problem},
)
def match_list(
    request: HttpRequest,
    status: Standing = "waiting",
    game: GameName | None = None,
    page: Page = 1,
) -> dict[str, Any]:
    """Listed matches of one status, newest first, 20 a page."""
    start = (page - 1) * PER_PAGE
    # One more than is shown tells whether there is a next page, without counting.
    found = list(selectors.matches_listed(status, game)[start : start + PER_PAGE + 1])
    more = len(found) > PER_PAGE and page < DEEPEST_PAGE
    return {"matches": [match_shown(match) for match in found[:PER_PAGE]], "page": page, "more": more}


@router.get(
    "/matches/{public_id}",
    url_name="match",
    operation_id="match_get",
    response={200: MatchShown, 404: Problem},
)
def match_get(request: HttpRequest, public_id: str) -> dict[str, Any]:
    """One match; who knows its id may see it, also where it is not listed."""
    return match_shown(_match(public_id))


@router.post(
    "/matches/{public_id}/join",
    auth=signed_in,
    url_name="match_join",
    operation_id="match_join",
    response={200: SeatGiven, 202: Problem, frozenset({400, 401, 403, 404, 409, 422, 429}): Problem},
)
async def match_join(request: HttpRequest, public_id: str, wish: JoinWish | None = None) -> Status[Any]:
    """Sit down. 409 says why not; 202: the match has not answered within 3 seconds, ask later where you sit."""
    match = await sync_to_async(_match)(public_id)
    body = {"seat": wish.seat if wish else None}
    answer = await commands.execute(match=match, kind="sit", by=_player(request), body=body)
    if answer is None:
        why = _("The match has not answered yet; look in a few seconds whether you sit at it.")
        return Status(202, {"code": "not_yet", "why": why})
    if not answer["ok"]:
        raise ServiceError(answer["code"], answer["why"])
    return Status(200, {"seat": answer["seat"]})


@router.get(
    "/matches/{public_id}/record",
    url_name="match_record",
    operation_id="match_record",
    response={200: RecordShown, frozenset({404, 409, 429}): Problem},
)
def match_record(request: HttpRequest, public_id: str) -> HttpResponse:
    """The log with everything needed to fold it again; the seed once the match is over. Secret games: only then at
    all."""
    count_replay(request)
    return plain(selectors.record_of(_match(public_id)))


@router.get(
    "/matches/{public_id}/frames",
    url_name="match_frames",
    operation_id="match_frames",
    response={200: FrameList, frozenset({404, 409, 422, 429}): Problem},
)
def match_frames(
    request: HttpRequest, public_id: str, after: Version = -1, at: Moment | None = None, seat: SeatIndex | None = None
) -> HttpResponse:
    """What a spectator saw after each version beyond `after`, at most 1,000 at once; with `seat`, what that seat saw,
    once the match is over.

    With `at`, milliseconds from the beginning, for games with ticks: the state at that moment, whole, and then what
    each tick changed; go on with `at` = the last frame's `ms` + 1 while `more`.
    """
    count_replay(request)
    if at is not None:
        return plain(watching.stretch_of(_match(public_id), at_ms=at, limit=selectors.FRAMES_PER_ANSWER))
    limit = selectors.FRAMES_PER_ANSWER
    found = selectors.frames_of(_match(public_id), after_v=after, limit=limit + 1, seat=seat)
    return plain({"frames": found[:limit], "more": len(found) > limit})


def _match(public_id: str) -> Match:
    match = selectors.match_get(public_id)
    if match is None:
        raise not_found()
    return match


def _player(request: HttpRequest) -> Player:
    player: Player = request.auth  # type: ignore[attr-defined]  # set by `signed_in`
    return player
