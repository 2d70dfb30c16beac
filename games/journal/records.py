"""The rows that change together with a log: match, seats, and a whole new match. SQL with `%s`, for any cursor.

The journal calls `change` inside the transaction of the entries; services call `new_match` with a Django cursor inside
their own. Nothing here begins or ends a transaction.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Protocol, assert_never

from games.host.effects import Began, Change, NewMatch, Sealed, SeatTaken
from games.host.entries import Ended, Entry, MatchId, text


class Cursor(Protocol):
    """What Django's, psycopg's and the SQLite journal's cursors have in common."""

    def execute(self, sql: str, params: Any = ..., /) -> Any: ...

    def fetchone(self) -> Any: ...


class Dialect(NamedTuple):
    """How a database says its own time, and the next number of a finished match."""

    now: str
    finished_seq: str


POSTGRES = Dialect("statement_timestamp()", "nextval('games_finished_seq')")
# Django keeps times as text in UTC. max + 1 is safe, since one writer holds the lock of the whole file.
SQLITE = Dialect(
    "strftime('%%Y-%%m-%%d %%H:%%M:%%f', 'now')", "(SELECT coalesce(max(finished_seq), 0) + 1 FROM games_match)"
)
_BY_VENDOR = {"postgresql": POSTGRES, "sqlite": SQLITE}


def change(cursor: Cursor, match: MatchId, wish: Change, dialect: Dialect) -> None:
    """Carry out one change that an entry of `match` brings."""
    if isinstance(wish, SeatTaken):
        _seat_taken(cursor, match, wish)
    elif isinstance(wish, Began):
        sql = f"UPDATE games_match SET status = 'live', started_at = {dialect.now} WHERE id = %s"
        cursor.execute(sql, (match,))
    elif isinstance(wish, Sealed):
        _sealed(cursor, match, wish, dialect)
    elif isinstance(wish, NewMatch):
        new_match(cursor, wish, dialect)
    else:
        assert_never(wish)


def new_match(cursor: Cursor, new: NewMatch, dialect: Dialect | None = None) -> MatchId:
    """Insert `Match`, its `Lease` (nobody's, epoch 0), entries and seats; its primary key. Without `dialect`, `cursor` is
    Django's and knows its database."""
    dialect = dialect or _BY_VENDOR[cursor.db.vendor]  # type: ignore[attr-defined]
    match = _match(cursor, new, dialect)
    cursor.execute("INSERT INTO games_lease (match_id, host_id, epoch, suspect) VALUES (%s, NULL, 0, 0)", (match,))
    for entry in new.entries:
        _entry(cursor, match, entry, dialect)
    for taken in new.sitting:
        _seat_taken(cursor, match, taken)
    return match


def _match(cursor: Cursor, new: NewMatch, dialect: Dialect) -> MatchId:
    started = dialect.now if new.began else "NULL"
    cursor.execute(
        "INSERT INTO games_match (public_id, game, edition, fold, options, seats, listed, status, seed, seed_hash,"
        " created_by_id, rematch_of_id, created_at, started_at, digest)"
        f" VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, {dialect.now}, {started}, '') RETURNING id",
        (
            new.public_id,
            new.game,
            new.edition,
            new.fold,
            text(new.options),
            new.seats,
            new.listed,
            "live" if new.began else "waiting",
            new.seed,
            new.seed_hash,
            new.created_by,
            new.rematch_of,
        ),
    )
    return MatchId(cursor.fetchone()[0])


def _entry(cursor: Cursor, match: MatchId, entry: Entry, dialect: Dialect) -> None:
    cursor.execute(
        "INSERT INTO games_entry (match_id, n, kind, seat, c, at, ms, body, digest)"
        f" VALUES (%s, %s, %s, %s, %s, {dialect.now}, %s, %s, %s)",
        (match, entry.n, entry.kind, entry.seat, entry.c, entry.ms, entry.body, entry.digest),
    )


def _seat_taken(cursor: Cursor, match: MatchId, taken: SeatTaken) -> None:
    cursor.execute(
        'INSERT INTO games_seat (match_id, "index", player_id, bot, name) VALUES (%s, %s, %s, %s, %s)',
        (match, taken.seat, taken.player, taken.bot, taken.name),
    )


def _sealed(cursor: Cursor, match: MatchId, end: Sealed, dialect: Dialect) -> None:
    """`scores` are per side; each seat's row gets that of its side. An aborted match may have none."""
    result = text(Ended(end.scores, end.reason))
    cursor.execute(
        f"UPDATE games_match SET status = %s, result = %s, finished_at = {dialect.now},"
        f" finished_seq = {dialect.finished_seq}, end_n = %s, digest = %s WHERE id = %s",
        (end.status, result, end.n, end.digest, match),
    )
    for seat, side in enumerate(end.sides):
        if side < len(end.scores):
            sql = 'UPDATE games_seat SET score = %s WHERE match_id = %s AND "index" = %s'
            cursor.execute(sql, (end.scores[side], match, seat))
