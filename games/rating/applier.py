"""Rates finished matches: pool by pool, each in the order of finish numbers, each match once.

Called again and again on a database thread of every process (`games/driver/rated.py`). Who has the lock of a pool's row
rates it, others go on to the next one. Ratings, histories, seats and how far the pool has come are one transaction: a
process that dies at any moment has rated a match wholly or not at all, and the next look finds it.
"""

from __future__ import annotations

import logging

from django.db import DatabaseError, transaction
from django.db.models import Exists, OuterRef

from games.models import Match
from games.rating import records
from games.rating.horizon import Horizon
from players.models import Pool, RatingChange
from players.ratings import services

logger = logging.getLogger(__name__)

# Matches in one transaction: some 100 ms, in which nobody else can rate this pool or, on SQLite, write at all.
BATCH = 100
# Batches in one look, so that a backlog does not keep the thread from others; the next look goes on.
BATCHES = 10


def rate_finished(horizon: Horizon) -> int:
    """Rate what can be rated now; how many matches. Outside of a transaction. Raises DatabaseError."""
    upto, count = horizon.look(), 0
    for _ in range(BATCHES):
        rated = sum(_rate_unless_broken(pool, upto) for pool in pools_behind(upto))
        count += rated
        if not rated:
            break
    return count


def _rate_unless_broken(pool: int, upto: int) -> int:
    """A pool that cannot be rated keeps no other from it; its matches wait for a release that can."""
    try:
        return pool_rate(pool, upto=upto)
    except DatabaseError:
        raise
    except Exception:
        logger.exception("pool %s cannot be rated", pool)
        return 0


def pools_behind(upto: int) -> list[int]:
    """Primary keys of pools that have rated matches up to this number to come. A probe of an index for each pool."""
    waiting = Match.objects.filter(
        game=OuterRef("game"),
        pool=OuterRef("name"),
        rated=True,
        finished_seq__gt=OuterRef("applied_seq"),
        finished_seq__lte=upto,
    )
    return list(Pool.objects.filter(Exists(waiting), applied_seq__lt=upto).values_list("pk", flat=True))


@transaction.atomic
def pool_rate(pool: int, *, upto: int) -> int:
    """Rate the next matches of a pool, at most `BATCH`; how many. 0 where another process is at it."""
    locked = Pool.objects.select_for_update(skip_locked=True).filter(pk=pool).first()
    if locked is None:
        return 0
    matches = records.finished(locked, after=locked.applied_seq, upto=upto, limit=BATCH)
    if matches:
        _enter(locked, matches)
        Pool.objects.filter(pk=pool).update(applied_seq=matches[-1].played.seq)
    return len(matches)


def _enter(pool: Pool, matches: list[records.Finished]) -> None:
    """Rate these matches, and write what that changes."""
    players = {player for one in matches for player in one.played.players}
    book = services.book_open(pool=pool, players=players, since_ms=min(one.played.at_ms for one in matches))
    rated = [(one, book.rate(one.played)) for one in matches]
    services.ratings_save(pool=pool, lines={player: book.lines[player] for _, did in rated for player in did.after})
    RatingChange.objects.bulk_create(
        change for one, did in rated for change in services.changes_of(pool, one.played, did.after)
    )
    counted = [records.to_write(one, did) for one, did in rated if did.why is None]
    whys = [(one.match, str(did.why)) for one, did in rated if did.why is not None]
    records.write((written for seats in counted for written in seats.items()), whys)
