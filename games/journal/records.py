"""The rows that change together with a log: match, seats, and a whole new match. SQL with `%s`, for any cursor.

The journal calls `change` inside the transaction of the entries; services call `new_match` with a Django cursor inside
their own. Nothing here begins or ends a transaction.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, assert_never

from games.host.effects import Began, Change, NewMatch, Sealed, SeatTaken
from games.host.entries import Ended, MatchId, text


class Cursor(Protocol):
    """What Django's, psycopg's and the SQLite journal's cursors have in common."""

    def execute(self, sql: str, params: Any = ..., /) -> Any: ...

    def fetchone(self) -> Any: ...


class Dialect(NamedTuple):
    """How a database says its own time, and the next number of a finished match."""

    now: str
    finished_seq: str

    def __call__(self, sql: str) -> str:
        """`sql` in this dialect: `$now` and `$finished_seq` written out. Values never come this way."""
        return sql.replace("$now", self.now).replace("$finished_seq", self.finished_seq)


POSTGRES = Dialect("statement_timestamp()", "nextval('games_finished_seq')")
# Django keeps times as text in UTC. max + 1 is safe, since one writer holds the lock of the whole file.
SQLITE = Dialect(
    "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')", "(SELECT coalesce(max(finished_seq), 0) + 1 FROM games_match)"
)
_BY_VENDOR = {"postgresql": POSTGRES, "sqlite": SQLITE}

_NEW_MATCH = """
INSERT INTO games_match (public_id, game, edition, fold, options, clock, seats, listed, status, seed,
    seed_hash, created_by_id, rematch_of_id, rated, pool, created_at, started_at, digest)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, $now, NULL, '') RETURNING id"""
_NEW_LEASE = "INSERT INTO games_lease (match_id, host_id, epoch, suspect) VALUES (%s, NULL, 0, 0)"
_NEW_ENTRY = """
INSERT INTO games_entry (match_id, n, kind, seat, c, at, ms, body, digest)
VALUES (%s, %s, %s, %s, %s, $now, %s, %s, %s)"""
_NEW_SEAT = 'INSERT INTO games_seat (match_id, "index", player_id, bot, name) VALUES (%s, %s, %s, %s, %s)'
_BEGIN = "UPDATE games_match SET status = 'live', started_at = $now WHERE id = %s"
_SEAL = """
UPDATE games_match SET status = %s, result = %s, finished_at = $now, finished_seq = $finished_seq, end_n = %s,
    digest = %s, steps = %s
WHERE id = %s"""
_SCORE = 'UPDATE games_seat SET score = %s, side = %s WHERE match_id = %s AND "index" = %s'


def change(cursor: Cursor, match: MatchId, wish: Change, dialect: Dialect) -> None:
    """Carry out one change that an entry of `match` brings."""
    if isinstance(wish, SeatTaken):
        _seat_taken(cursor, match, wish)
    elif isinstance(wish, Began):
        cursor.execute(dialect(_BEGIN), (match,))
    elif isinstance(wish, Sealed):
        _sealed(cursor, match, wish, dialect)
    elif isinstance(wish, NewMatch):
        new_match(cursor, wish, dialect)
    else:
        assert_never(wish)


def new_match(cursor: Cursor, new: NewMatch, dialect: Dialect | None = None) -> MatchId:
    """Insert `Match`, its `Lease` (nobody's, epoch 0), entries and seats; its primary key.

    Without `dialect`, `cursor` is Django's and knows its database.
    """
    dialect = dialect or _BY_VENDOR[cursor.db.vendor]  # type: ignore[attr-defined]
    match = _match(cursor, new, dialect)
    cursor.execute(_NEW_LEASE, (match,))
    for entry in new.entries:
        line = (match, entry.n, entry.kind, entry.seat, entry.c, entry.ms, entry.body, entry.digest)
        cursor.execute(dialect(_NEW_ENTRY), line)
    for taken in new.sitting:
        _seat_taken(cursor, match, taken)
    if new.began:
        cursor.execute(dialect(_BEGIN), (match,))
    return match


def _match(cursor: Cursor, new: NewMatch, dialect: Dialect) -> MatchId:
    clock = None if new.clock is None else text(new.clock)
    what = (new.public_id, new.game, new.edition, new.fold, text(new.options), clock, new.seats, new.listed)
    cursor.execute(
        dialect(_NEW_MATCH),
        (*what, "waiting", new.seed, new.seed_hash, new.created_by, new.rematch_of, new.rated, new.pool),
    )
    return MatchId(cursor.fetchone()[0])


def _seat_taken(cursor: Cursor, match: MatchId, taken: SeatTaken) -> None:
    cursor.execute(_NEW_SEAT, (match, taken.seat, taken.player, taken.bot, taken.name))


def _sealed(cursor: Cursor, match: MatchId, end: Sealed, dialect: Dialect) -> None:
    """`scores` are per side; each seat's row gets that of its side. An aborted match may have none."""
    result = text(Ended(end.scores, end.reason))
    cursor.execute(dialect(_SEAL), (end.status, result, end.n, end.digest, end.steps, match))
    for seat, side in enumerate(end.sides):
        if side < len(end.scores):
            cursor.execute(_SCORE, (end.scores[side], side, match, seat))
