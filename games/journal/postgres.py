"""The log in PostgreSQL: one raw connection, one fenced statement per flush.

Used by the journal's thread alone (`cut` excepted). A flush without changes of records is a single statement in
autocommit; with changes it is one transaction.
"""

from __future__ import annotations

import os
import socket
import threading
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import msgspec
import psycopg
from psycopg import pq

from games.host.entries import Entry, MatchId
from games.journal import records
from games.journal.endings import CLIENT_SIDE, Batch, RejectedError, Standing

# One JSON text for all: encoding it costs the process 7 us an entry at 100 a flush, where arrays for unnest cost 12.
#
# `ok` is the fence. FOR SHARE makes a takeover wait for this statement, and this statement never waits for a takeover:
# a locked lease is skipped and looked up. `before`: the log must end where these entries begin, so that no hole and no
# second copy can ever be stored. ON CONFLICT is for the copy of this very statement that may still run in the server
# after its connection was lost; only (match, n), since a used (match, seat, c) is an error of ours.
_STORE = """
WITH ok AS MATERIALIZED (
    SELECT lease.match_id, w.entries
    FROM json_to_recordset($1::json) AS w(match bigint, epoch int, before int, entries json)
    JOIN games_lease lease ON lease.match_id = w.match AND lease.epoch = w.epoch
    WHERE w.before = coalesce((SELECT n FROM games_entry x WHERE x.match_id = w.match ORDER BY n DESC LIMIT 1), 0)
    ORDER BY lease.match_id FOR SHARE OF lease SKIP LOCKED)
INSERT INTO games_entry (match_id, n, kind, seat, c, at, ms, body, digest)
SELECT ok.match_id, e.n, e.kind, e.seat, e.c, statement_timestamp(), e.ms, e.body, e.digest
FROM ok, json_to_recordset(ok.entries)
    AS e(n int, kind text, seat smallint, c bigint, ms bigint, body text, digest text)
ON CONFLICT (match_id, n) DO NOTHING RETURNING match_id"""
_STORE_NAME = b"madang_store"

_STANDINGS = """
SELECT w.match, lease.epoch,
    coalesce((SELECT n FROM games_entry x WHERE x.match_id = w.match ORDER BY n DESC LIMIT 1), 0), e.n, e.digest
FROM json_to_recordset(%s::json) AS w(match bigint, first int, last int)
LEFT JOIN games_lease lease ON lease.match_id = w.match
LEFT JOIN games_entry e ON e.match_id = w.match AND e.n BETWEEN w.first AND w.last"""

_OURS: dict[str, Any] = {
    "application_name": "madang journal",
    # Seconds; with the statement's 5 s an attempt ends well within the journal's deadline of 10 s.
    "connect_timeout": 3,
    # Milliseconds until a peer that answers nothing, not even TCP, counts as gone.
    "tcp_user_timeout": 5000,
    # A flush takes milliseconds: after 5 s it hangs. 1 s for a lock on a match's row: its holder is an admin's click.
    # No JIT: it would take longer to compile the statement than to run it.
    "options": "-c statement_timeout=5s -c lock_timeout=1s -c idle_in_transaction_session_timeout=10s -c jit=off",
    # A server set up otherwise would acknowledge what a crash loses.
    "autocommit": True,
    "prepare_threshold": 0,
}
# What Django's OPTIONS may hold that libpq does not know, or that the journal sets itself.
_NOT_OURS = {"pool", "isolation_level", "server_side_binding", "assume_role", "client_encoding", "cursor_factory"}


def parameters(database: Mapping[str, Any]) -> dict[str, Any]:
    """How the journal connects to the database of these Django settings."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    given = {ours: database[theirs] for theirs, ours in names.items() if database.get(theirs)}
    options = {key: value for key, value in database.get("OPTIONS", {}).items() if key not in _NOT_OURS}
    merged = {**given, **options, **_OURS}
    # The operator's server options (a search_path, say) stay; of two settings of one name the last one counts.
    merged["options"] = f"{options.get('options', '')} {_OURS['options']}".strip()
    return merged


class _Sent(msgspec.Struct):
    match: int
    epoch: int
    before: int
    entries: list[Entry]


class PostgresLog:
    """Implements `Log`."""

    def __init__(self, connect_by: Mapping[str, Any]) -> None:
        self._connect_by = dict(connect_by)
        self._connection: psycopg.Connection | None = None
        # `cut` comes from another thread: it must not meet a descriptor that was closed and given to someone else.
        self._closing = threading.Lock()

    def connect(self) -> None:
        if self._connection is None:
            connection = psycopg.connect(**self._connect_by)
            connection.execute("SET synchronous_commit = on")
            _checked(connection.pgconn.prepare(_STORE_NAME, _STORE.encode()), pq.ExecStatus.COMMAND_OK)
            self._connection = connection

    def store(self, batches: Sequence[Batch]) -> Collection[MatchId]:
        connection = self._open()
        try:
            sent = msgspec.json.encode([_Sent(b.match, b.epoch, b.before, b.entries) for b in batches])
            if not any(batch.changes for batch in batches):
                return self._append(connection, sent, batches)
            with connection.transaction():
                stored = self._append(connection, sent, batches)
                self._change(connection, [batch for batch in batches if batch.match in stored])
                return stored
        except (psycopg.DataError, psycopg.IntegrityError, *CLIENT_SIDE) as error:
            raise RejectedError from error
        except psycopg.ProgrammingError as error:
            if error.sqlstate is None:  # psycopg itself could not make sense of a value: nothing was sent
                raise RejectedError from error
            raise

    def standings(self, batches: Sequence[Batch]) -> Mapping[MatchId, Standing]:
        asked = msgspec.json.encode([{"match": b.match, "first": b.before + 1, "last": b.last} for b in batches])
        return gathered(self._open().execute(_STANDINGS, (asked.decode(),)).fetchall())

    def drop(self) -> None:
        with self._closing:
            connection, self._connection = self._connection, None
            if connection is not None:
                connection.close()

    def cut(self) -> None:
        with self._closing:
            if self._connection is not None and not self._connection.closed:
                with socket.socket(fileno=os.dup(self._connection.fileno())) as twin:
                    twin.shutdown(socket.SHUT_RDWR)

    def _open(self) -> psycopg.Connection:
        if self._connection is None:
            raise RuntimeError("connect first")
        return self._connection

    @staticmethod
    def _append(connection: psycopg.Connection, sent: bytes, batches: Sequence[Batch]) -> set[MatchId]:
        """By libpq's own call: a cursor of psycopg costs 55 us a flush more, and meets the loop for the GIL thrice."""
        result = _checked(connection.pgconn.exec_prepared(_STORE_NAME, [sent]), pq.ExecStatus.TUPLES_OK)
        if result.ntuples == sum(len(batch.entries) for batch in batches):
            return {batch.match for batch in batches}
        rows = Counter(int(result.get_value(row, 0) or 0) for row in range(result.ntuples))
        return {batch.match for batch in batches if rows[batch.match] == len(batch.entries)}

    @staticmethod
    def _change(connection: psycopg.Connection, batches: Sequence[Batch]) -> None:
        with connection.cursor() as cursor:
            for batch in batches:
                for wish in batch.changes:
                    records.change(cursor, batch.match, wish, records.POSTGRES)


def _checked(result: pq.abc.PGresult, wanted: pq.ExecStatus) -> pq.abc.PGresult:
    """What the server answered; raises psycopg's error where it refused, or is gone."""
    if result.status != wanted:
        raise psycopg.errors.error_from_result(result)
    return result


def gathered(rows: Sequence[tuple[Any, ...]]) -> dict[MatchId, Standing]:
    """Standings from rows of (match, epoch, last n, n, digest), the last two empty where nothing was found."""
    digests: defaultdict[MatchId, dict[int, str]] = defaultdict(dict)
    for match, _, _, n, digest in rows:
        if n is not None:
            digests[match][n] = digest
    return {row[0]: Standing(row[1], row[2], digests[row[0]]) for row in rows}
