"""The two locks of a server on SQLite: among its own threads, and against a second server.

SQLite's own wait is a lottery: a writer sleeps, tries again and may lose to newcomers until its time-out. So every
write transaction of this process first takes `write_lock`, in order of arrival; the journal goes to the head of the
line. Taken by `games.sqlite.base` and the journal. Other processes (management commands) know only SQLite's busy
time-out. Whoever waits for the journal must not hold it.
"""

from __future__ import annotations

import fcntl
import os
import threading
import time
from collections import deque
from pathlib import Path


class _Waiter:
    """A thread in the line. Its gate opens when the lock has been handed to it."""

    __slots__ = ("gate", "thread")

    def __init__(self, thread: int) -> None:
        self.thread = thread
        self.gate = threading.Lock()
        self.gate.acquire()


class FairLock:
    """First come, first served; `first` goes to the head of the line.

    The lock is handed over, never thrown into the crowd: who releases it names the next holder, so a journal that comes
    back at once still lets one waiting thread in between. A thread may take it again while it holds it (a second
    connection of the same thread must not wait for the first). Any thread may release it, since a connection may be
    closed by another thread than the one that wrote.
    """

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._line: deque[_Waiter] = deque()
        self._holder: int | None = None
        self._depth = 0

    def acquire(self, *, first: bool = False, timeout_s: float = -1) -> bool:
        """Take the lock; False when `timeout_s` passed in vain (negative: wait for ever)."""
        me = threading.get_ident()
        with self._mutex:
            if self._holder is None or self._holder == me:
                self._holder = me
                self._depth += 1
                return True
            waiter = _Waiter(me)
            if first:
                self._line.appendleft(waiter)
            else:
                self._line.append(waiter)
        return waiter.gate.acquire(timeout=timeout_s) or self._came_late(waiter)

    def _came_late(self, waiter: _Waiter) -> bool:
        """The wait timed out: leave the line, unless the lock was handed over at that very moment."""
        with self._mutex:
            if waiter not in self._line:
                return True
            self._line.remove(waiter)
            return False

    def release(self) -> None:
        with self._mutex:
            if self._holder is None:
                raise RuntimeError("the write lock is not held")
            self._depth -= 1
            if self._depth == 0:
                self._hand_over()

    def _hand_over(self) -> None:
        if not self._line:
            self._holder = None
            return
        waiter = self._line.popleft()
        self._holder, self._depth = waiter.thread, 1
        waiter.gate.release()


write_lock = FairLock()
"""The one lock of this process. One for all database files: a server has one."""


class SecondServerError(Exception):
    """Another server uses this database file. The message is for the person who started it."""


class ServerLock:
    """An advisory lock on a file beside the database, held as long as the server lives; the system drops it at a crash.

    Beside it, not on it: SQLite locks ranges of its own file, and closing any descriptor of a file drops those.
    """

    def __init__(self, database: str | os.PathLike[str]) -> None:
        self.path = Path(f"{os.fspath(database)}.lock")
        self._descriptor: int | None = None

    def acquire(self, *, timeout_s: float = 0) -> None:
        """Take it, or raise `SecondServerError` after `timeout_s` (a restart may overlap its predecessor)."""
        deadline = time.monotonic() + timeout_s
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600)
        while not _flock(descriptor):
            if time.monotonic() >= deadline:
                holder = os.read(descriptor, 20).decode("ascii", "replace").strip()
                os.close(descriptor)
                raise SecondServerError(self._sentence(holder))
            time.sleep(0.05)  # only while a server starts, before it serves anyone
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
        self._descriptor = descriptor

    def release(self) -> None:
        """Let the next server in. The second call does nothing. The file stays: removing it would let two in."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _sentence(self, holder: str) -> str:
        who = f" (process {holder})" if holder.isdigit() else ""
        return (
            f"Another server{who} already uses {self.path.with_suffix('')}. Stop it first, or set DATABASE_URL to a "
            f"PostgreSQL database, which several servers can share."
        )


def _flock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
