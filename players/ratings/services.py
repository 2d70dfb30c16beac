"""Writes ratings: the pools, what the applier has reckoned, and resets. Called by `games/rating/` and by moderation.

Whoever changes the ratings of a pool holds the lock of its row; that is why they change in one order.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now

from players.models import Player, Pool, Rating, RatingChange, RatingReset
from players.ratings.book import Book, Line
from players.ratings.counting import MEETINGS_WITHIN_MS, Played
from players.ratings.scale import Standing, is_provisional
from players.ratings.selectors import at_ms, unix_ms

# Who has not played a counted match for so long leaves the leaderboard, until the next one.
LISTED_FOR = timedelta(days=30)
# Rows in one sweep: those who leave in an hour are far fewer, and the others wait for the next one.
UNLISTED_AT_ONCE = 10_000

_FIELDS = ("rating", "deviation", "volatility", "matches", "last_at", "last_seq", "listed")


def pool_ensure(*, game: str, pool: str) -> Pool:
    """The pool, made if it is new. Whoever makes a rated match calls this: the applier looks into pools that exist."""
    return Pool.objects.get_or_create(game=game, name=pool)[0]


def book_open(*, pool: Pool, players: Collection[int], since_ms: int) -> Book:
    """The book of a pool at the page of these players, for matches that ended at `since_ms` and later. Under its
    lock."""
    rows = Rating.objects.filter(pool=pool, player_id__in=players)
    lines = {row.player_id: line_of(row) for row in rows}
    met: dict[int, dict[int, int]] = {}
    since = at_ms(since_ms - MEETINGS_WITHIN_MS)
    changes = RatingChange.objects.filter(player_id__in=players, pool=pool, at__gt=since)
    for player, seq, at in changes.values_list("player_id", "seq", "at"):
        met.setdefault(player, {})[seq] = unix_ms(at)
    return Book(lines, met)


def line_of(row: Rating) -> Line:
    """A row as the book has it."""
    standing = Standing(row.rating, row.deviation, row.volatility)
    return Line(standing, row.matches, unix_ms(row.last_at), row.last_seq)


@transaction.atomic
def ratings_save(*, pool: Pool, lines: Mapping[int, Line]) -> None:
    """Store these lines, by primary key of the players; under the pool's lock."""
    rows = [_row(pool, player, line) for player, line in sorted(lines.items())]
    Rating.objects.bulk_create(rows, update_conflicts=True, unique_fields=["player", "pool"], update_fields=_FIELDS)
    # Whose last match ended after they were shut out.
    Rating.objects.filter(pool=pool, player_id__in=lines, listed=True, player__is_active=False).update(listed=False)


def changes_of(pool: Pool, played: Played, after: Mapping[int, Line]) -> list[RatingChange]:
    """What a counted match adds to the histories of its players; not stored yet."""
    return [
        RatingChange(
            player_id=player,
            pool=pool,
            seq=played.seq,
            at=at_ms(played.at_ms),
            rating=line.standing.rating,
            deviation=line.standing.deviation,
        )
        for player, line in after.items()
    ]


@transaction.atomic
def changes_replace(*, pool: Pool, changes: Mapping[tuple[int, int], tuple[int, float, float] | None]) -> None:
    """Histories as they were reckoned anew: by the match's number and the player, when, rating and deviation; None
    where there should be nothing. Under the pool's lock."""
    for seq, player in changes:
        RatingChange.objects.filter(pool=pool, seq=seq, player_id=player).delete()
    RatingChange.objects.bulk_create(
        RatingChange(pool=pool, seq=seq, player_id=player, at=at_ms(ms), rating=rating, deviation=deviation)
        for (seq, player), now in changes.items()
        if now is not None
        for ms, rating, deviation in [now]
    )


def _row(pool: Pool, player: int, line: Line) -> Rating:
    assert line.last_ms is not None, "only who has played is stored"
    rating, deviation, volatility = line.standing
    return Rating(
        pool=pool,
        player_id=player,
        rating=rating,
        deviation=deviation,
        volatility=volatility,
        matches=line.matches,
        last_at=at_ms(line.last_ms),
        last_seq=line.last_seq,
        listed=not is_provisional(deviation),
    )


@transaction.atomic
def rating_reset(*, player: Player, game: str, pool: str) -> RatingReset:
    """`player` begins anew in this pool: 1500, provisional. The matches that were rated keep what they changed.

    Kept as a row with the number of the last match before it, so that recomputing comes to the same.
    """
    locked = Pool.objects.select_for_update().get(pk=pool_ensure(game=game, pool=pool).pk)
    Rating.objects.filter(player=player, pool=locked).delete()
    return RatingReset.objects.create(player=player, pool=locked, after_seq=locked.applied_seq)


def ratings_hide(*, player: int) -> None:
    """Take a player (primary key) who is gone or shut out from all leaderboards. Who comes back is listed with the
    next match."""
    Rating.objects.filter(player_id=player, listed=True).update(listed=False)


def ratings_unlist() -> int:
    """Take from the leaderboards who has not played for `LISTED_FOR`; how many they were."""
    absent: QuerySet[Rating] = Rating.objects.filter(listed=True, last_at__lt=Now() - LISTED_FOR)
    found = list(absent.order_by("last_at").values_list("pk", flat=True)[:UNLISTED_AT_ONCE])
    # Who has played meanwhile stays: the condition is asked again.
    return absent.filter(pk__in=found).update(listed=False)
