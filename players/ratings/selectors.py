"""Reads ratings: of given players, for lists and strips, for pages. Changes nothing."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models.functions import Now

from players.models import Rating
from players.ratings import glicko2
from players.ratings.counting import periods_away
from players.ratings.scale import NEW_DEVIATION, NEW_RATING, Standing, is_provisional

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Shown(NamedTuple):
    """A rating as people see it; whole points."""

    rating: int
    deviation: int
    provisional: bool
    matches: int


NEW = Shown(round(NEW_RATING), round(NEW_DEVIATION), provisional=True, matches=0)
"""Of who has not played a counted match in a pool yet."""


def unix_ms(at: datetime) -> int:
    """Unix milliseconds, rounded down, by integers alone: the same on every machine."""
    return (at - _EPOCH) // timedelta(milliseconds=1)


def at_ms(ms: int) -> datetime:
    """The moment of so many Unix milliseconds."""
    return _EPOCH + timedelta(milliseconds=ms)


def ratings_of(players: Collection[int], *, game: str, pool: str) -> dict[int, Shown]:
    """The rating of each of these players (primary keys) now; `NEW` where there is none. One query."""
    rows = Rating.objects.filter(player_id__in=players, pool__game=game, pool__name=pool).annotate(now=Now())
    return dict.fromkeys(players, NEW) | {row.player_id: shown(row, row.now) for row in rows}


def shown(row: Rating, now: datetime) -> Shown:
    """As it is told at that moment: absence makes it less certain."""
    stored = Standing(row.rating, row.deviation, row.volatility)
    standing = glicko2.away(stored, periods_away(unix_ms(row.last_at), unix_ms(now)))
    provisional = is_provisional(standing.deviation)
    return Shown(round(standing.rating), round(standing.deviation), provisional, row.matches)
