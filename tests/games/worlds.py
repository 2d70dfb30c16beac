"""Both databases with the real schema, and logs to write into them. Fixtures: see `conftest.py`."""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

from games.host.effects import NewMatch
from games.host.entries import Entry, MatchId, chained
from games.journal import open_log, records
from games.journal.endings import Log
from tests.servers import ROOT, environment

GENESIS = "0" * 32


def migrate(data: Path, **environ: str) -> None:
    """The schema, by Django's own migrations, in a process of its own."""
    data.mkdir(exist_ok=True)
    command = [sys.executable, "manage.py", "migrate", "--verbosity=0"]
    subprocess.run(command, cwd=ROOT, env=environment(data, environ), check=True, capture_output=True)


class World:
    """One database of one test."""

    vendor: str
    django: dict[str, Any]

    def log(self) -> Log:
        return open_log(self.django)

    def sql(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        """Run one statement, beside everything else, and give its rows."""
        raise NotImplementedError

    def new_matches(self, *new: NewMatch) -> list[MatchId]:
        """Committed together."""
        raise NotImplementedError

    def match(self, epoch: int = 1, **changes: Any) -> MatchId:
        """A match without entries whose lease has `epoch`."""
        (match,) = self.new_matches(a_new_match(**changes))
        self.sql("UPDATE games_lease SET epoch = %s WHERE match_id = %s", epoch, match)
        return match

    def matches(self, count: int) -> list[MatchId]:
        """As many matches, each of epoch 1."""
        made = self.new_matches(*(a_new_match() for _ in range(count)))
        self.sql("UPDATE games_lease SET epoch = 1 WHERE epoch = 0")
        return made

    def player(self, name: str = "Ann") -> int:
        query = """INSERT INTO players_player (password, is_superuser, username, first_name, last_name, email, is_staff,
            is_active, date_joined, public_id, name, is_guest, language)
            VALUES ('', %s, %s, '', '', '', %s, %s, CURRENT_TIMESTAMP, %s, %s, %s, '') RETURNING id"""
        unique = os.urandom(5).hex()
        return int(self.sql(query, False, unique, False, True, unique, name, True)[0][0])

    def log_of(self, match: MatchId) -> list[tuple[Any, ...]]:
        return self.sql("SELECT n, digest FROM games_entry WHERE match_id = %s ORDER BY n", match)


class SqliteWorld(World):
    vendor = "sqlite"

    def __init__(self, path: Path) -> None:
        self.path = path
        self.django = {
            "ENGINE": "games.sqlite",
            "NAME": path,
            "OPTIONS": {
                "transaction_mode": "IMMEDIATE",
                "timeout": 20,
                "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
            },
        }

    def sql(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        with contextlib.closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            return connection.execute(query.replace("%s", "?"), params).fetchall()

    def new_matches(self, *new: NewMatch) -> list[MatchId]:
        from games.journal.sqlite import _Cursor

        with contextlib.closing(sqlite3.connect(self.path)) as connection, connection:
            return [records.new_match(_Cursor(connection), one, records.SQLITE) for one in new]


class PostgresWorld(World):
    vendor = "postgresql"

    def __init__(self, url: str) -> None:
        self.url = url
        part = psycopg.conninfo.conninfo_to_dict(url)
        self.django = {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": part["dbname"],
            "USER": part["user"],
            "HOST": part["host"],
            "PORT": part["port"],
            "OPTIONS": {"pool": {"min_size": 1, "max_size": 4}},
        }

    def sql(self, query: str, *params: Any) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.url, autocommit=True) as connection:
            cursor = connection.execute(query, params)
            return cursor.fetchall() if cursor.description else []

    def new_matches(self, *new: NewMatch) -> list[MatchId]:
        with psycopg.connect(self.url) as connection:
            return [records.new_match(connection.cursor(), one, records.POSTGRES) for one in new]

    def empty(self) -> None:
        """No rows, and all numbers begin anew; sessions that a test left behind are ended."""
        others = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()"
        self.sql(others, self.django["NAME"])
        tables = "games_match, games_entry, games_snapshot, games_lease, games_host, games_queue, players_player"
        self.sql(f"TRUNCATE {tables}, players_pool CASCADE")
        self.sql("ALTER SEQUENCE games_finished_seq RESTART")


def a_new_match(**changes: Any) -> NewMatch:
    given: dict[str, Any] = {
        "public_id": os.urandom(6).hex(),
        "game": "connect-four",
        "edition": 1,
        "fold": 1,
        "options": {},
        "seats": 2,
        "listed": True,
        "seed": "ab" * 32,
        "seed_hash": "cd" * 32,
        "created_by": None,
        "rematch_of": None,
        "entries": (),
        "sitting": (),
        "began": False,
    }
    return NewMatch(**{**given, **changes})


def lines(count: int, after: Entry | None = None, *, body: str = '{"column":3}') -> list[Entry]:
    """The next `count` moves of a log, chained, by two seats in turn."""
    made: list[Entry] = []
    n, digest = (after.n, after.digest) if after else (0, GENESIS)
    for step in range(n + 1, n + count + 1):
        entry = chained(digest, n=step, kind="move", seat=step % 2, c=(step + 1) // 2, ms=step * 1000, body=body)
        made.append(entry)
        digest = entry.digest
    return made


@contextlib.contextmanager
def django_on(world: World) -> Iterator[None]:
    """Django's default connection, in every thread, goes to this world."""
    from django.db import connections

    before = connections.settings["default"]
    connections["default"].close()
    connections.settings["default"] = connections.configure_settings({"default": dict(world.django)})["default"]
    del connections["default"]
    try:
        yield
    finally:
        connections["default"].close()
        if world.vendor == "postgresql":
            connections["default"].close_pool()
        del connections["default"]
        connections.settings["default"] = before


def copied(template: Path, to: Path) -> SqliteWorld:
    shutil.copy(template, to)
    return SqliteWorld(to)
