"""How Django opens the database, and why each bound is what it is.

`settings.py` asks once; the journal has a connection of its own beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from gameserver import environment


def chosen(environ: Mapping[str, str], data_dir: Path) -> dict[str, Any]:
    """Django's settings of the one database: PostgreSQL where DATABASE_URL names it, else a file in `data_dir`."""
    url = environment.said(environ, "DATABASE_URL")
    return _postgres(url) if url else _sqlite(data_dir / "madang.sqlite3")


def _sqlite(path: Path) -> dict[str, Any]:
    return {
        "ENGINE": "games.sqlite",
        # Opening the file and its pragmas take longer than most queries; a few threads keep one connection each.
        "CONN_MAX_AGE": None,
        "NAME": path,
        "OPTIONS": {
            # A transaction that only later wants to write fails at once where another one writes: take the lock first.
            "transaction_mode": "IMMEDIATE",
            # Seconds. Inside this process the fair lock queues writers; this is for management commands beside it.
            "timeout": 20,
            # FULL: what was acknowledged must survive a power cut, also in WAL mode.
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        },
    }


def _postgres(url: str) -> dict[str, Any]:
    settings = environment.postgres(url)
    # A statement beyond 15 s helps nobody who waits for a page; a lock beyond 5 s is a fault to be seen, not waited
    # for; a transaction idle for 30 s belongs to a process that hangs.
    limits = "-c statement_timeout=15s -c lock_timeout=5s -c idle_in_transaction_session_timeout=30s"
    options = {
        # Threads that read or write at once: Channels' shared one, the cookie readers, the driver's loads and the
        # health probe. 10 leaves room, and 10 processes of it still fit into PostgreSQL's default 100 connections.
        # A connection that cannot be made is given up after 2 s and tried anew by who needs it next: the pool itself
        # would wait twice as long each time, and come back half a minute after the database has.
        "pool": {"min_size": 1, "max_size": 10, "timeout": 5, "reconnect_timeout": 2},
        "connect_timeout": "5",
        "application_name": "madang",
        **settings["OPTIONS"],
    }
    options["options"] = " ".join([limits, options.get("options", "")]).strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        **settings,
        "OPTIONS": options,
        "CONN_MAX_AGE": 0,  # kept connections leak under ASGI; the pool keeps them instead
        "CONN_HEALTH_CHECKS": True,
    }
