"""A server that starts loads what it needs and no more, and makes a new database as the migrations would."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.servers import ROOT, environment, free_port

# What is needed by some commands, tests and rare matches, or by servers on PostgreSQL or with Redis.
NOT_LOADED = {
    "OpenSSL",
    "_pytest",
    "autobahn",
    "babel",
    "channels_redis",
    "daphne",
    "games.testing",
    "jsonschema",
    "openskill",
    "psycopg",
    "pytest",
    "redis",
}

STARTING = """
import sys
sys.argv[1:] = []
import django
django.setup()
import gameserver.__main__ as entry
import gameserver.server
def serve(listener):
    import gameserver.asgi
    print(*sys.modules)
gameserver.server.serve = serve
sys.exit(entry.main())
"""

CURRENT = """
import django
django.setup()
from gameserver import tables
print(tables.are_current(), *(name for name in __import__("sys").modules if ".migrations.0" in name))
"""

MAKING = """
import django
django.setup()
from gameserver import prepare
prepare._migrate()
"""


def run(folder: Path, *command: str, **changes: str) -> str:
    environ = environment(
        folder, {"DJANGO_SETTINGS_MODULE": "gameserver.settings", "PORT": str(free_port()), **changes}
    )
    done = subprocess.run([sys.executable, *command], cwd=ROOT, env=environ, check=True, capture_output=True, text=True)
    return done.stdout


def test_a_starting_server_loads_nothing_that_it_does_not_need(tmp_path):
    loaded = set(run(tmp_path, "-c", STARTING, MADANG_STATIC_DIR=str(tmp_path / "static")).split())
    assert {"gameserver.urls", "gameserver.process", "django"} <= loaded
    assert not NOT_LOADED & loaded


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Iterator[tuple[sqlite3.Connection, sqlite3.Connection]]:
    """Two new files: made at once, as a server does, and migration by migration, as `migrate` does."""
    at_once, by_steps = tmp_path_factory.mktemp("at-once"), tmp_path_factory.mktemp("by-steps")
    run(at_once, "-c", MAKING)
    run(by_steps, "-m", "gameserver", "migrate", "--verbosity=0")
    files = [sqlite3.connect(folder / "madang.sqlite3") for folder in (at_once, by_steps)]
    yield files[0], files[1]
    for file in files:
        file.close()


def schema(file: sqlite3.Connection) -> dict[str, tuple[str, str, list[str]]]:
    """Everything in the file by name. A table's lines are sorted: a column that was added later stands last."""
    rows = file.execute("SELECT name, type, tbl_name, sql FROM sqlite_master").fetchall()
    return {name: (kind, table, sorted(lines(sql or "", kind))) for name, kind, table, sql in rows}


def lines(sql: str, kind: str) -> list[str]:
    """The columns and constraints of a table, cut at the commas outside of brackets; of all else one line."""
    if kind != "table":
        return [sql]
    found, depth = [""], 0
    for sign in sql[sql.index("(") + 1 : sql.rindex(")")]:
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            found.append("")
        else:
            found[-1] += sign
    return [sql[: sql.index("(")], sql[sql.rindex(")") :], *(one.strip() for one in found)]


def test_tables_made_at_once_are_those_that_migrations_make(made):
    at_once, by_steps = made
    assert len(schema(by_steps)) > 200
    assert schema(at_once) == schema(by_steps)


def test_whether_tables_are_current_is_seen_without_loading_a_migration(made, tmp_path):
    _, by_steps = made
    with sqlite3.connect(tmp_path / "madang.sqlite3") as file:
        by_steps.backup(file)
        assert run(tmp_path, "-c", CURRENT).split() == ["True"]
        file.execute("DELETE FROM django_migrations WHERE app = 'games' AND name LIKE '0012%'")
        file.commit()
        assert run(tmp_path, "-c", CURRENT).split() == ["False"]
    file.close()


# Numbers and times of rows are as they come; what stands in them is the same.
ROWS = {
    "migrations": "SELECT app, name FROM django_migrations ORDER BY id",
    "macros": "SELECT * FROM moderation_macro ORDER BY 1",
    "queues": "SELECT * FROM games_queue ORDER BY 1",
    "finish numbers": "SELECT * FROM games_gamesetting ORDER BY 1",
    "rights": """
        SELECT g.name, t.app_label, t.model, p.codename FROM auth_group_permissions m
        JOIN auth_group g ON g.id = m.group_id JOIN auth_permission p ON p.id = m.permission_id
        JOIN django_content_type t ON t.id = p.content_type_id ORDER BY 1, 2, 3, 4""",
    "permissions": """
        SELECT t.app_label, t.model, p.codename, p.name FROM auth_permission p
        JOIN django_content_type t ON t.id = p.content_type_id ORDER BY 1, 2, 3""",
}


@pytest.mark.parametrize("what", ROWS)
def test_their_first_rows_are_the_same(made, what):
    at_once, by_steps = (file.execute(ROWS[what]).fetchall() for file in made)
    assert at_once == by_steps


def test_every_table_has_as_many_rows(made):
    tables = sorted(name for name, (kind, _, _) in schema(made[1]).items() if kind == "table")
    tables.remove("sqlite_sequence")  # SQLite's own: which tables ever had a row, also those emptied again
    counts = [[file.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0] for table in tables] for file in made]
    assert dict(zip(tables, counts[0], strict=True)) == dict(zip(tables, counts[1], strict=True))


def test_a_file_that_could_not_be_made_is_as_empty_as_before(tmp_path):
    breaking = "from django.db.migrations import RunPython\nRunPython.database_forwards = None\n"
    broken = MAKING.replace("from gameserver", f"{breaking}from gameserver")
    with pytest.raises(subprocess.CalledProcessError):
        run(tmp_path, "-c", broken)
    with sqlite3.connect(tmp_path / "madang.sqlite3") as file:
        assert schema(file) == {}
    file.close()
