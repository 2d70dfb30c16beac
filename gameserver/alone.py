"""One server per SQLite file: whoever starts serving takes the lock beside the file and keeps it to the end.

Called before the tables are touched (`prepare.py`), and by the process object for servers that start without our entry.
On PostgreSQL leases keep servers apart, match by match, and there is nothing to take.
"""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from games.sqlite.lock import SecondServerError, ServerLock
from gameserver.environment import Refusal

# A server that is being restarted may still be storing its last entries.
PREDECESSOR_S = 1.0

_held: list[ServerLock] = []


def take() -> None:
    """Afterwards this process is the only server on its database file. Taking it again does nothing."""
    if connection.vendor != "sqlite" or _held:
        return
    lock = ServerLock(settings.DATABASES["default"]["NAME"])
    try:
        lock.acquire(timeout_s=PREDECESSOR_S)
    except SecondServerError as error:
        raise Refusal(str(error)) from error
    _held.append(lock)
