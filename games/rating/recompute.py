"""All ratings of a pool once more, from its finished matches and resets alone, in a book of its own.

`manage.py recomputeratings` calls it, also while a server runs: records do not change, so most of the book is written
without any lock; only the last matches, the comparison and the replacing hold the lock of the pool's row, and the
applier goes on behind them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

import msgspec
from django.db import transaction

from games.models import Match
from games.rating import records
from games.rating.records import Finished
from players.models import Pool, Rating, RatingChange, RatingReset
from players.ratings import services
from players.ratings.book import Book, Line, Rated
from players.ratings.selectors import unix_ms

# Matches read at once: two queries, and a few hundred KB.
CHUNK = 1000


Change = tuple[int, int]
"""A line of a history: the match's number and the player's primary key."""
Reckoned = tuple[int, float, float]
"""Of such a line: Unix milliseconds, rating, deviation."""


class Difference(msgspec.Struct, frozen=True):
    """Something stored that is not as it is reckoned. `what`: "rating", "match", "seat", "change"; `which`: the primary
    key of the player, match or seat, or (number, player)."""

    what: str
    which: Any
    stored: Any
    reckoned: Any


class Recomputed(msgspec.Struct, frozen=True):
    """One pool, done: how many matches, how many lines, and what differed."""

    pool: Pool
    matches: int
    lines: int
    differences: tuple[Difference, ...]


class Shadow:
    """The book of a pool, written anew. `differences`: in matches, seats and histories, of those that were read."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.book = Book()
        self.matches = 0
        self.differences: list[Difference] = []
        self._done = 0
        self._resets: set[int] = set()

    def go_on(self, upto: int) -> None:
        """Read on to this number; resets between matches take their place."""
        resets = self._new_resets()
        while self._done < upto:
            found = records.finished(self.pool, after=self._done, upto=upto, limit=CHUNK)
            changes = self._changes(self._done, found[-1].played.seq if found else upto)
            for one in found:
                while resets and resets[0].after_seq < one.played.seq:
                    self._reset(resets.pop(0))
                rated = self.book.rate(one.played)
                self._compare(one, rated, changes)
            self.differences += [Difference("change", key, was, None) for key, was in changes.items()]
            self.matches += len(found)
            self._done = found[-1].played.seq if len(found) == CHUNK else upto
        for reset in resets:
            if reset.after_seq <= upto:
                self._reset(reset)

    def _new_resets(self) -> list[RatingReset]:
        """Those that were not taken yet, in order. One that is made meanwhile comes after all that is done."""
        rows = RatingReset.objects.filter(pool=self.pool).exclude(pk__in=self._resets)
        return list(rows.order_by("after_seq", "pk"))

    def _reset(self, reset: RatingReset) -> None:
        self._resets.add(reset.pk)
        self.book.reset(reset.player_id)

    def _changes(self, after: int, upto: int) -> dict[Change, Reckoned]:
        rows = RatingChange.objects.filter(pool=self.pool, seq__gt=after, seq__lte=upto)
        return {
            (seq, player): (unix_ms(at), rating, deviation)
            for seq, player, at, rating, deviation in rows.values_list("seq", "player_id", "at", "rating", "deviation")
        }

    def _compare(self, one: Finished, rated: Rated, changes: dict[Change, Reckoned]) -> None:
        """Take from `changes` what is as it should be or is told as different."""
        for pk, written in records.to_write(one, rated).items():
            self._note("seat", pk, one.written[pk], written)
        self._note("match", one.match, one.uncounted, "" if rated.why is None else str(rated.why))
        for player, line in rated.after.items():
            key, standing = (one.played.seq, player), line.standing
            reckoned = one.played.at_ms, standing.rating, standing.deviation
            self._note("change", key, changes.pop(key, None), reckoned)

    def _note(self, what: str, which: Any, stored: Any, reckoned: Any) -> None:
        if stored != reckoned:
            self.differences.append(Difference(what, which, stored, reckoned))


def pools() -> Iterator[Pool]:
    """Every pool; also of matches that were rated before anybody made its row."""
    for game, pool in Match.objects.filter(rated=True).order_by().values_list("game", "pool").distinct():
        services.pool_ensure(game=game, pool=pool)
    yield from Pool.objects.order_by("game", "name")


def pool_recompute(pool: Pool, *, replace: bool) -> Recomputed:
    """Reckon a pool anew, and compare; with `replace` what differs is written, at once for all who look."""
    shadow = Shadow(pool)
    shadow.go_on(pool.applied_seq)
    with transaction.atomic():
        locked = Pool.objects.select_for_update().get(pk=pool.pk)
        shadow.go_on(locked.applied_seq)
        differences = (*shadow.differences, *_differing(locked, shadow.book.lines))
        if replace:
            _replace(locked, differences)
    return Recomputed(locked, shadow.matches, len(shadow.book.lines), differences)


def _differing(pool: Pool, lines: dict[int, Line]) -> list[Difference]:
    stored = {row.player_id: services.line_of(row) for row in Rating.objects.filter(pool=pool).iterator()}
    players = sorted(stored.keys() | lines.keys())
    return [
        Difference("rating", player, stored.get(player), lines.get(player))
        for player in players
        if stored.get(player) != lines.get(player)
    ]


def _replace(pool: Pool, differences: tuple[Difference, ...]) -> None:
    """Store what was reckoned; None: there should be nothing."""
    kinds: defaultdict[str, dict[Any, Any]] = defaultdict(dict)
    for one in differences:
        kinds[one.what][one.which] = one.reckoned
    lines = kinds["rating"]
    Rating.objects.filter(pool=pool, player_id__in=[player for player, line in lines.items() if line is None]).delete()
    services.ratings_save(pool=pool, lines={player: line for player, line in lines.items() if line is not None})
    services.changes_replace(pool=pool, changes=kinds["change"])
    records.write(kinds["seat"].items(), kinds["match"].items())
