"""The log in SQLite: one raw connection, one immediate transaction per flush, under the process's write lock.

Used by the journal's thread alone (`cut` excepted). The journal goes to the head of the line for the lock.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from functools import cache
from typing import Any

import msgspec

from games.host.entries import MatchId
from games.journal import records
from games.journal.endings import CLIENT_SIDE, Batch, RejectedError, Standing
from games.journal.postgres import gathered
from games.sqlite.lock import write_lock

# Seconds. Inside the process one writer may be ahead of us; beside it, a management command. Django gives up after 20;
# half of the journal's deadline leaves a second attempt.
_WAIT_S = 5

# The transaction is immediate: nobody else can write between this look and the inserts.
_FENCE = """
SELECT lease.match_id FROM json_each(?) AS w
JOIN games_lease AS lease ON lease.match_id = json_extract(w.value, '$[0]')
WHERE lease.epoch = json_extract(w.value, '$[1]')
AND json_extract(w.value, '$[2]') = coalesce((SELECT max(n) FROM games_entry x WHERE x.match_id = lease.match_id), 0)"""

_STORE = records.SQLITE(
    "INSERT INTO games_entry (match_id, n, kind, seat, c, at, ms, body, digest) VALUES (?, ?, ?, ?, ?, $now, ?, ?, ?)"
).replace("%%", "%")

_STANDINGS = """
SELECT json_extract(w.value, '$[0]'), lease.epoch,
    coalesce((SELECT max(n) FROM games_entry x WHERE x.match_id = json_extract(w.value, '$[0]')), 0), e.n, e.digest
FROM json_each(?) AS w
LEFT JOIN games_lease AS lease ON lease.match_id = json_extract(w.value, '$[0]')
LEFT JOIN games_entry AS e ON e.match_id = json_extract(w.value, '$[0]')
    AND e.n BETWEEN json_extract(w.value, '$[1]') AND json_extract(w.value, '$[2]')"""


class SqliteLog:
    """Implements `Log`."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self._path = os.fspath(path)
        self._connection: sqlite3.Connection | None = None

    def connect(self) -> None:
        if self._connection is None:
            # Transactions begin and end by our statements, not by the module's guess. Any thread may connect for us.
            connection = sqlite3.connect(
                self._path, timeout=_WAIT_S, isolation_level=None, check_same_thread=False, uri=True
            )
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
            connection.execute("PRAGMA foreign_keys = ON")
            self._connection = connection

    def store(self, batches: Sequence[Batch]) -> Collection[MatchId]:
        try:
            with self._transaction() as connection:
                passed = self._passed(connection, batches)
                going = [batch for batch in batches if batch.match in passed]
                connection.executemany(_STORE, _rows(going))
                cursor = _Cursor(connection)
                for batch in going:
                    for wish in batch.changes:
                        records.change(cursor, batch.match, wish, records.SQLITE)
                return passed
        except (sqlite3.DataError, sqlite3.IntegrityError, *CLIENT_SIDE) as error:
            raise RejectedError from error
        except (sqlite3.InterfaceError, sqlite3.ProgrammingError) as error:
            if "binding parameter" in str(error):  # a value of a type that SQLite does not know
                raise RejectedError from error
            raise

    def standings(self, batches: Sequence[Batch]) -> Mapping[MatchId, Standing]:
        asked = _text([(b.match, b.before + 1, b.last) for b in batches])
        return gathered(self._open().execute(_STANDINGS, (asked,)).fetchall())

    def drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                connection.close()

    def cut(self) -> None:
        connection = self._connection
        if connection is not None:
            with suppress(sqlite3.ProgrammingError):  # closed in this very moment
                connection.interrupt()

    def _open(self) -> sqlite3.Connection:
        if self._connection is None:
            raise RuntimeError("connect first")
        return self._connection

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        connection = self._open()
        if not write_lock.acquire(first=True, timeout_s=_WAIT_S):
            raise sqlite3.OperationalError("another thread kept the write lock too long")
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
                raise
        finally:
            write_lock.release()

    @staticmethod
    def _passed(connection: sqlite3.Connection, batches: Sequence[Batch]) -> set[MatchId]:
        asked = _text([(b.match, b.epoch, b.before) for b in batches])
        return {match for (match,) in connection.execute(_FENCE, (asked,))}


class _Cursor:
    """Lets SQL written with `%s` run here."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._cursor = connection.cursor()

    def execute(self, sql: str, params: Any = (), /) -> Any:
        return self._cursor.execute(_marked(sql), params)

    def fetchone(self) -> Any:
        return self._cursor.fetchone()


@cache  # a handful of fixed statements
def _marked(sql: str) -> str:
    return sql.replace("%s", "?").replace("%%", "%")


def _rows(batches: Sequence[Batch]) -> Iterator[tuple[Any, ...]]:
    for batch in batches:
        for e in batch.entries:
            yield (batch.match, e.n, e.kind, e.seat, e.c, e.ms, e.body, e.digest)


def _text(value: Any) -> str:
    return msgspec.json.encode(value).decode()
