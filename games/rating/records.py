"""Finished rated matches as the book of a pool wants them, and what rating them writes beside it: seats and reasons.

Called by the applier and by `recompute` on their threads. It reads rows of records alone, never the rules, so that a
match of an edition that is long gone is rated as it was.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import NamedTuple

from django.db import connection

from games.models import Match, Seat, Status
from players.models import Pool
from players.ratings.book import Line, Rated
from players.ratings.counting import Played, Seated
from players.ratings.selectors import unix_ms

_MATCH_FIELDS = ("pk", "finished_seq", "started_at", "finished_at", "status", "steps", "uncounted")
_SEAT_FIELDS = ("match_id", "pk", "index", "player_id", "bot", "side", "score")
_RATING_FIELDS = ("rating_before", "rating_after", "deviation_after")
_WRITE_SEAT = "UPDATE games_seat SET rating_before = %s, rating_after = %s, deviation_after = %s WHERE id = %s"
_WRITE_WHY = "UPDATE games_match SET uncounted = %s WHERE id = %s"

Written = tuple[float | None, float | None, float | None]
"""Of a seat: rating before and after, and deviation after."""


class Finished(NamedTuple):
    """A match, what was played, and what has been written of its rating: why it did not count, and by primary key of
    its seats, which are in the order of `played.seats`."""

    match: int
    played: Played
    uncounted: str
    written: dict[int, Written]


def finished(pool: Pool, *, after: int, upto: int, limit: int) -> list[Finished]:
    """The next rated matches of `pool` with numbers beyond `after`, in order. Two queries."""
    rated = Match.objects.filter(game=pool.game, pool=pool.name, rated=True)
    rows = rated.filter(finished_seq__gt=after, finished_seq__lte=upto).order_by("finished_seq")
    matches = list(rows.values_list(*_MATCH_FIELDS)[:limit])
    seats = _seats([row[0] for row in matches])
    return [_finished(pool, row, seats[row[0]]) for row in matches]


def _seats(matches: Collection[int]) -> defaultdict[int, list[tuple[int, Seated, Written]]]:
    found: defaultdict[int, list[tuple[int, Seated, Written]]] = defaultdict(list)
    rows = Seat.objects.filter(match_id__in=matches).order_by("match_id", "index")
    for match, pk, index, player, bot, side, score, *written in rows.values_list(*_SEAT_FIELDS, *_RATING_FIELDS):
        # Before sides were written down each seat was its own.
        seated = Seated(player, index if side is None else side, score, bool(bot))
        found[match].append((pk, seated, (written[0], written[1], written[2])))
    return found


def _finished(pool: Pool, row: tuple, seats: list[tuple[int, Seated, Written]]) -> Finished:  # type: ignore[type-arg]
    match, seq, started_at, finished_at, status, steps, uncounted = row
    at_ms = unix_ms(finished_at)
    played = Played(
        seq=seq,
        at_ms=at_ms,
        seats=tuple(seated for _, seated, _ in seats),
        aborted=status == Status.ABORTED,
        live=pool.name == "live",
        steps=steps,
        lasted_ms=0 if started_at is None else at_ms - unix_ms(started_at),
    )
    return Finished(match, played, uncounted, {pk: written for pk, _, written in seats})


def to_write(one: Finished, rated: Rated) -> dict[int, Written]:
    """What each seat's row should hold after the match was rated so."""
    nothing: Written = (None, None, None)
    return {
        pk: nothing if rated.why is not None else _written(rated.before, rated.after, seat.player)
        for pk, seat in zip(one.written, one.played.seats, strict=True)
    }


def _written(before: dict[int, Line], after: dict[int, Line], player: int | None) -> Written:
    assert player is not None, "a match that counts has players only"
    standing = after[player].standing
    return before[player].standing.rating, standing.rating, standing.deviation


def write(seats: Iterable[tuple[int, Written]], whys: Iterable[tuple[int, str]]) -> None:
    """Into the rows of seats, by primary key, and of matches: why they did not count. Inside a transaction."""
    with connection.cursor() as cursor:
        cursor.executemany(_WRITE_SEAT, [(*written, pk) for pk, written in seats])
        cursor.executemany(_WRITE_WHY, [(why, match) for match, why in whys])
