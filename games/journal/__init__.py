"""The journal: entries are stored, in groups and fenced, before anybody hears of them.

`core.Journal` is what the process holds; `open_log` gives it the log of the configured database. The rest is theirs.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from games.journal.endings import Log


def open_log(database: Mapping[str, Any]) -> Log:
    """The log of one entry of Django's DATABASES. Nothing is connected yet."""
    if database["ENGINE"] == "django.db.backends.postgresql":
        from games.journal.postgres import PostgresLog, parameters

        return PostgresLog(parameters(database))
    from games.journal.sqlite import SqliteLog

    return SqliteLog(database["NAME"])
