"""Endpoints of reports: make one, and see what became of one's own. `gameserver/urls.py` adds them to the API."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Schema
from ninja.responses import Status
from pydantic import Field

from games.api.auth import signed_in
from games.api.company_shapes import PersonShown
from games.api.errors import Problem, not_found
from games.api.finding_shapes import PublicId
from games.api.shapes import Wish
from games.finding.limits import count_look
from games.selectors import match_get
from moderation import selectors, services
from moderation.models import Report
from players.company.selectors import player_by_public_id
from players.models import Player

router = Router(tags=["reports"])


class ReportWish(Wish):
    """`player`: about whom; `match`: where it happened, public id; `line`: words of theirs in its chat that are meant.
    The log of that moment is attached by the server."""

    player: PublicId
    reason: Literal["cheating", "stalling", "chat", "name", "other"]
    match: PublicId | None = None
    text: Annotated[str, Field(max_length=services.LONGEST_TEXT, pattern=r"^[^\x00]*$")] = ""
    line: Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")] | None = None


class ReportShown(Schema):
    """`outcome`: acted or nothing, when it was looked at; `answer`: a sentence of whoever looked."""

    about: PersonShown | None
    reason: str
    state: Literal["open", "resolved"]
    outcome: Literal["", "acted", "nothing"]
    answer: str
    at: datetime


class ReportList(Schema):
    reports: list[ReportShown]


@router.post(
    "/reports",
    auth=signed_in,
    url_name="reports",
    operation_id="report_create",
    response={201: ReportShown, frozenset({400, 401, 403, 404, 409, 422, 429}): Problem},
)
def report_create(request: HttpRequest, wish: ReportWish) -> Status[dict[str, Any]]:
    """Tell the moderators about somebody. A second report about the same person at the same match is the first one."""
    about = player_by_public_id(wish.player)
    match = match_get(wish.match) if wish.match else None
    if about is None or (wish.match and match is None):
        raise not_found()
    made = services.report_create(
        reporter=_player(request), about=about, reason=wish.reason, match=match, text=wish.text, line=wish.line
    )
    return Status(201, _shown(made))


@router.get(
    "/reports",
    auth=signed_in,
    url_name="reports",
    operation_id="reports",
    response={200: ReportList, frozenset({401, 403, 429}): Problem},
)
def reports(request: HttpRequest) -> dict[str, Any]:
    """Your newest reports, and what became of them."""
    player = _player(request)
    count_look(player)
    return {"reports": [_shown(report) for report in selectors.reports_by(player)]}


def _shown(report: Report) -> dict[str, Any]:
    about = report.about
    return {
        "about": {"id": about.public_id, "name": about.name} if about else None,
        "reason": report.reason,
        "state": report.state,
        "outcome": report.outcome,
        "answer": report.answer,
        "at": report.created_at,
    }


def _player(request: HttpRequest) -> Player:
    player: Player = request.auth  # type: ignore[attr-defined]  # set by `signed_in`
    return player
