"""Template tags of ratings: `{% load ratings %}`, then `{% player_ratings player %}`: the graphs of one player."""

from __future__ import annotations

from typing import Any, NamedTuple

from django import template
from django.utils import timezone

from games import timing
from games.rules.catalog import UnknownGame, newest
from players.models import Player, Rating
from players.ratings import boards, graph
from players.ratings.graph import Graph
from players.ratings.selectors import Shown, shown, unix_ms

register = template.Library()

# Graphs on a player's page; further pools are lines without one.
GRAPHS = 6
# Lines of the table that says the same as a graph.
TABLE = 10


class Kept(NamedTuple):
    """A rating as the page shows it: where, how it stands, its graph and the newest of its history."""

    title: str
    game: str
    pool: str
    pool_name: str
    shown: Shown
    graph: Graph | None
    points: list[boards.Point]


@register.inclusion_tag("parts/ratings.html")
def player_ratings(player: Player) -> dict[str, Any]:
    """One query, and one for each graph."""
    rows = boards.ratings_by(player)
    return {
        "ratings": [_kept(player, row, drawn=n < GRAPHS) for n, row in enumerate(rows)],
        "width": graph.WIDTH,
        "height": graph.HEIGHT,
    }


def _kept(player: Player, row: Rating, *, drawn: bool) -> Kept:
    points = boards.history(row.pool, player) if drawn else []
    made = graph.drawn([(unix_ms(point.at), point.rating) for point in points])
    pool = row.pool
    return Kept(
        _title(pool.game),
        pool.game,
        pool.name,
        str(timing.POOLS.get(pool.name, pool.name)),
        shown(row, timezone.now()),
        made,
        points[: -TABLE - 1 : -1],
    )


def _title(game: str) -> str:
    try:
        return newest(game).title
    except UnknownGame:
        return game
