"""Television: of each game the best live match, which the page follows to the next one when it is over.

`games/lobby/tv.py` says which is the best. Nobody can play here: who sits at the match is sent to its own page.
"""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from games import selectors, shown
from games.boards import board_of
from games.lobby import tv
from games.models import Match
from games.rules.catalog import AnyRules, UnknownGame, all_newest, newest
from games.views.matches import LOBBY_MODULES, MATCH_MODULES
from players.models import Player
from players.services import player_of


@require_safe
def channels(request: HttpRequest) -> HttpResponse:
    """All games side by side."""
    live = tv.chosen({})
    return _waiting(request, [_channel(rules, live.get(rules.name)) for rules in all_newest()])


@require_safe
def channel(request: HttpRequest, game: str) -> HttpResponse:
    """The match of one game, as its spectators see it; the page is that of the match."""
    try:
        rules = newest(game)
    except UnknownGame as missing:
        raise Http404 from missing
    match = _watched(game)
    if match is None:
        return _waiting(request, [_channel(rules, None)], alone=True)
    player = player_of(request)
    if _sits(player, match):
        return redirect("match", match.public_id)
    try:
        context = shown.table(match, player)
    except UnknownGame:  # an older edition, which this process lacks
        return _waiting(request, [_channel(rules, None)], alone=True)
    invitation = request.build_absolute_uri(f"/match/{match.public_id}/")
    modules = sorted({*MATCH_MODULES, *LOBBY_MODULES})
    return render(request, "tv_match.html", {**context, "may_sit": False, "invitation": invitation, "modules": modules})


def _watched(game: str) -> Match | None:
    public_id = tv.chosen({}).get(game)
    return selectors.match_get(public_id) if public_id else None


def _sits(player: Player | None, match: Match) -> bool:
    seats = selectors.seats_of(match)
    return player is not None and any(seat is not None and seat.player_id == player.pk for seat in seats)


def _channel(rules: AnyRules, match: str | None) -> dict[str, Any]:
    return {"rules": rules, "board": board_of(rules), "match": match}


def _waiting(request: HttpRequest, shown: list[dict[str, Any]], *, alone: bool = False) -> HttpResponse:
    return render(request, "tv.html", {"channels": shown, "alone": alone, "modules": LOBBY_MODULES})
