"""The pages of leaderboards: which there are, and one of them, by pages or around one's own place."""

from __future__ import annotations

from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from games import timing
from games.rules.catalog import AnyRules, UnknownGame, newest
from players.models import Player, Pool
from players.ratings import boards
from players.services import player_of

# Of each list on the page of all lists.
BEST = 3


class Board(NamedTuple):
    """A leaderboard as the templates show it."""

    rules: AnyRules
    pool: str
    pool_name: str
    places: list[boards.Place]


@require_safe
def ranks(request: HttpRequest) -> HttpResponse:
    """Every leaderboard with somebody on it, by its best."""
    found = []
    for pool in boards.pools_listed():
        try:
            found.append(_board(pool.game, pool.name, boards.page(pool, 1, per_page=BEST).places))
        except Http404:
            continue  # a game that is not installed any more
    return render(request, "ranks.html", {"boards": found})


@require_safe
def board(request: HttpRequest, game: str, pool: str) -> HttpResponse:
    """One leaderboard; with `around`, the part in which whoever asks stands."""
    shown = _board(game, pool, [])
    found, asks = boards.pool_get(game=game, pool=pool), player_of(request)
    context = _around(found, asks) if "around" in request.GET else _page(found, request.GET.get("page", "1"))
    own = boards.place_of(found, asks) if found and asks else None
    return render(request, "board.html", {"shown": shown, "own": own, "asks": asks, **context})


def _page(pool: Pool | None, number: str) -> dict[str, Any]:
    if not (number.isascii() and number.isdigit() and 0 < int(number[:6]) <= boards.DEEPEST_PAGE):
        raise Http404
    page = boards.Page([], 1, more=False) if pool is None else boards.page(pool, int(number))
    return {"places": page.places, "page": page.number, "more": page.more}


def _around(pool: Pool | None, player: Player | None) -> dict[str, Any]:
    places = boards.around(pool, player) if pool and player else []
    return {"places": places, "page": None, "more": False}


def _board(game: str, pool: str, places: list[boards.Place]) -> Board:
    """Raises Http404 for a game or pool that cannot be."""
    try:
        rules = newest(game)
    except UnknownGame as missing:
        raise Http404 from missing
    if pool not in timing.POOLS or (pool == "live") != bool(rules.hz):
        raise Http404
    return Board(rules, pool, str(timing.POOLS[pool]), places)
