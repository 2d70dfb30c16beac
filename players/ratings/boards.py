"""Reads leaderboards, places on them, and histories of ratings. Changes nothing.

Every read walks an index from where it begins and stops after what it shows or counts: at a million ratings a page
costs what it costs at a hundred. Ranks are counted up to `RANKED`; behind it nobody asks for the exact number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, OuterRef, QuerySet

from players.models import Player, Pool, Rating, RatingChange

PER_PAGE = 50
RANKED = 10_000
"""Counting so many in the index costs a few milliseconds; who is behind them is told that they are."""
DEEPEST_PAGE = RANKED // PER_PAGE
# Above and below one's own place: what fits a phone beside it.
AROUND = 5
# As much of a history as a graph can show, newest first.
HISTORY = 500


class Place(NamedTuple):
    """A line of a leaderboard. `rank`: None beyond `RANKED`; equal ratings share one."""

    rank: int | None
    player: str
    name: str
    rating: int
    deviation: int
    matches: int


class Page(NamedTuple):
    """One page; `more`: there is a next one."""

    places: list[Place]
    number: int
    more: bool


class Point(NamedTuple):
    """A rating after a match."""

    at: datetime
    rating: float
    deviation: float


def pool_get(*, game: str, pool: str) -> Pool | None:
    """The pool, where anybody has played in it."""
    return Pool.objects.filter(game=game, name=pool).first()


def pools_listed() -> list[Pool]:
    """Pools with somebody on their leaderboards."""
    listed = Rating.objects.filter(pool=OuterRef("pk"), listed=True)
    return list(Pool.objects.filter(Exists(listed)).order_by("game", "name"))


def page(pool: Pool, number: int, *, per_page: int = PER_PAGE) -> Page:
    """A page of a leaderboard, from 1. Two queries; the first walks past the pages before in the index alone."""
    start = (number - 1) * per_page
    # One more than is shown tells whether there is a next page, without counting.
    found = list(_listed(pool).order_by("-rating", "id").values_list("pk", flat=True)[start : start + per_page + 1])
    more = len(found) > per_page and number * per_page < RANKED
    return Page(_ranked(_rows(found[:per_page]), start + 1), number, more)


def place_of(pool: Pool, player: Player) -> Place | None:
    """Where `player` stands; None: not on the list. Two queries."""
    row = _listed(pool).select_related("player").filter(player=player).first()
    return None if row is None else _place(row, _rank(pool, row))


def around(pool: Pool, player: Player) -> list[Place]:
    """The own place of `player`, and who is next to it; empty: not on the list. Five queries."""
    own = _listed(pool).filter(player=player).first()
    if own is None:
        return []
    above = _listed(pool).filter(rating__gt=own.rating).order_by("rating", "-id").values_list("pk", flat=True)[:AROUND]
    below = _listed(pool).filter(rating__lte=own.rating).exclude(pk=own.pk).order_by("-rating", "id")
    ahead, rank = list(above)[::-1], _rank(pool, own)
    first = None if rank is None else rank - len(ahead)
    return _ranked(_rows([*ahead, own.pk, *below.values_list("pk", flat=True)[:AROUND]]), first)


def ratings_by(player: Player) -> list[Rating]:
    """In every pool in which `player` has played, the most played first."""
    return list(Rating.objects.filter(player=player).select_related("pool").order_by("-matches", "pool"))


def history(pool: Pool, player: Player, limit: int = HISTORY) -> list[Point]:
    """The newest changes, in the order of time."""
    changes = RatingChange.objects.filter(player=player, pool=pool).order_by("-at")[:limit]
    return [Point(*values) for values in changes.values_list("at", "rating", "deviation")][::-1]


def _listed(pool: Pool) -> QuerySet[Rating]:
    """Who is on the list: services see to it that nobody is who is gone or shut out."""
    return Rating.objects.filter(pool=pool, listed=True)


def _rows(found: Sequence[int]) -> list[Rating]:
    """These lines, with their players, in this order."""
    rows = Rating.objects.select_related("player").in_bulk(found)
    return [rows[pk] for pk in found if pk in rows]


def _rank(pool: Pool, row: Rating) -> int | None:
    ahead = _listed(pool).filter(rating__gt=row.rating).order_by()[:RANKED].count()
    return ahead + 1 if ahead < RANKED else None


def _ranked(rows: Sequence[Rating], first: int | None) -> list[Place]:
    """Lines in order, the first of which has the rank `first`."""
    places: list[Place] = []
    for n, row in enumerate(rows):
        tied = n > 0 and row.rating == rows[n - 1].rating
        places.append(_place(row, places[-1].rank if tied else None if first is None else first + n))
    return places


def _place(row: Rating, rank: int | None) -> Place:
    return Place(rank, row.player.public_id, row.player.name, round(row.rating), round(row.deviation), row.matches)
