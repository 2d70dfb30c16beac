"""The database backend `games.sqlite`: Django's for SQLite, taking `write_lock` round every write transaction.

Named in DATABASES as ENGINE; Django calls it. It must never hold the lock while no transaction of its connection is
open, nor take it for reads.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from django.db.backends.sqlite3 import base as stock

from games.sqlite.lock import write_lock

T = TypeVar("T")

# These never need the lock. All else is taken for a write: WITH may carry an INSERT, and a mistake costs a short wait.
_READS = ("SELECT", "PRAGMA", "EXPLAI")


class DatabaseWrapper(stock.DatabaseWrapper):
    """Holds the lock exactly while its SQLite connection is in a transaction, or runs one writing statement."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._holds = False

    def create_cursor(self, name: str | None = None) -> Any:
        cursor = self.connection.cursor(factory=LockingCursor)
        cursor.wrapper = self
        return cursor

    def take_lock(self) -> None:
        """Wait for our turn, no longer than SQLite itself would wait, and fail with SQLite's own error."""
        if self._holds:
            return
        timeout_s = float(self.settings_dict["OPTIONS"].get("timeout", 5.0))  # 5: the default of sqlite3.connect
        if not write_lock.acquire(timeout_s=timeout_s):
            raise sqlite3.OperationalError("database is locked: another thread kept the write lock too long")
        self._holds = True

    def leave_lock(self) -> None:
        """Give the lock back if the transaction is over, however it ended."""
        if self._holds and not (self.connection is not None and self.connection.in_transaction):
            self._holds = False
            write_lock.release()

    def _commit(self) -> None:
        try:
            super()._commit()  # type: ignore[misc]  # not in the stubs
        finally:
            self.leave_lock()

    def _rollback(self) -> None:
        try:
            super()._rollback()  # type: ignore[misc]  # not in the stubs
        finally:
            self.leave_lock()

    def _close(self) -> None:
        """Closing rolls back what is open, also in the middle of an atomic block."""
        try:
            super()._close()  # type: ignore[misc]  # not in the stubs
        finally:
            if self._holds:
                self._holds = False
                write_lock.release()

    def __del__(self) -> None:
        # A thread ended inside a transaction that nobody closed: without this no write would ever go through again. It
        # may come late, since Django's wrappers hold each other in a ring; until then writers get SQLite's error.
        if getattr(self, "_holds", False):
            self._holds = False
            write_lock.release()


class LockingCursor(stock.SQLiteCursorWrapper):
    """Takes the lock before a writing statement. Rows of `RETURNING` are fetched at once: the statement, and with it
    SQLite's own write lock, ends only with its last row."""

    wrapper: DatabaseWrapper
    _rows: Iterator[Any] | None = None

    def execute(self, query: str, params: Any = None) -> Any:
        self._rows = None
        if query.lstrip()[:6].upper() in _READS:
            return super().execute(query, params)
        run = super().execute
        return self._locked(lambda: run(query, params))

    def executemany(self, query: str, param_list: Iterable[Any]) -> Any:
        self._rows = None
        run = super().executemany
        return self._locked(lambda: run(query, param_list))

    def executescript(self, sql_script: str) -> Any:
        self._rows = None
        run = super().executescript
        return self._locked(lambda: run(sql_script))

    def _locked(self, run: Callable[[], T]) -> T:
        self.wrapper.take_lock()
        try:
            answer = run()
            if self.description is not None:
                self._rows = iter(super().fetchall())
            return answer
        finally:
            self.wrapper.leave_lock()

    def fetchone(self) -> Any:
        return super().fetchone() if self._rows is None else next(self._rows, None)

    def fetchmany(self, size: int | None = None) -> list[Any]:
        if size is None:
            size = self.arraysize
        if self._rows is None:
            return super().fetchmany(size)
        return [row for _, row in zip(range(size), self._rows, strict=False)]

    def fetchall(self) -> list[Any]:
        return super().fetchall() if self._rows is None else list(self._rows)

    def __next__(self) -> Any:
        return super().__next__() if self._rows is None else next(self._rows)
