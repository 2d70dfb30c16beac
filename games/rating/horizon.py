"""Up to which finish number everything is there that ever will be.

Finish numbers come from a sequence, and a transaction that drew number 4 may commit after the one that drew 5. Whoever
rated 5 at once would rate 4 too late, or never. So: read the sequence, then draw a transaction number; every
transaction that drew a finish number before has a lower transaction number, since it stored the end's entry first. When
the lowest transaction number that is still under way is no lower than ours, all of those have ended, and whatever they
stored can be seen. (Ours must be drawn: the upper end of a snapshot lies below numbers that are under way already.)
That locks nothing and costs the journal nothing; a long write transaction of whoever (an index being built) holds
ratings up for as long as it lasts, and loses none.

SQLite has one writer at a time: there the highest number is the horizon.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Max

from games.models import Match


class Horizon:
    """Kept by whoever looks again and again, on one thread at a time."""

    def __init__(self) -> None:
        self.seq = 0
        """Nothing up to here is still to come."""
        self._waiting: tuple[int, int] | None = None

    def look(self) -> int:
        """The horizon now. Outside of transactions: a later statement must see what was committed after an earlier."""
        if connection.vendor != "postgresql":
            return Match.objects.aggregate(seq=Max("finished_seq"))["seq"] or 0
        drawn = self._drawn()
        if self._waiting is None and drawn > self.seq:
            # In this order; `drawn` was read before.
            self._waiting = drawn, _number("SELECT pg_current_xact_id()::text::bigint")
        if self._waiting is not None:
            seq, before = self._waiting
            if _number("SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint") >= before:
                self.seq, self._waiting = seq, None
        return self.seq

    @staticmethod
    def _drawn() -> int:
        return _number("SELECT CASE WHEN is_called THEN last_value ELSE 0 END FROM games_finished_seq")


def _number(sql: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return int(cursor.fetchone()[0])
