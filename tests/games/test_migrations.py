"""Migrations run while the release before plays on: none may hold up its moves for long, or break what it writes.

Each is run on a real PostgreSQL and watched: which tables it rewrote or read whole under its lock, which columns the
release before would miss. A few bad ones show that this finds what it looks for. The very first ones made the tables:
nobody was there to be held up.
"""

from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from games.online import AddIndexOnline
from tests import servers
from tests.games.worlds import PostgresWorld, django_on
from tests.servers import ROOT, environment

# These made the tables.
FIRST = {("games", "0001_initial"), ("games", "0002_finished_seq"), ("players", "0001_initial")}
# Reading these whole, or building an index of them, takes minutes where a site has a history.
LARGE = {"games_match", "games_seat", "games_entry", "games_snapshot", "games_lease", "games_command", "players_player"}
APPS = ("games", "players", "moderation")

Column = tuple[str, str]
# Type, whether it fills itself, whether it may be empty.
Shape = tuple[str, bool, bool]


def later() -> list[tuple[str, str]]:
    """All migrations but the first ones, in order; found without a database."""
    graph = MigrationLoader(None).graph
    plan: list[tuple[str, str]] = []
    for app in APPS:
        for leaf in graph.leaf_nodes(app):
            plan += [key for key in graph.forwards_plan(leaf) if key not in plan]
    return [key for key in plan if key[0] in APPS and key not in FIRST]


@pytest.fixture
def postgres(postgres_url: str, django_db_blocker: Any) -> Iterator[PostgresWorld]:
    """Django on an empty database."""
    with servers.database(postgres_url) as url:
        world = PostgresWorld(url)
        del world.django["OPTIONS"]["pool"]
        with django_db_blocker.unblock(), django_on(world):
            yield world


def migrate(*targets: tuple[str, str]) -> None:
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))


def before(key: tuple[str, str]) -> list[tuple[str, str]]:
    """What must have run before `key`, and nothing after it."""
    graph = MigrationLoader(None).graph
    return [one for one in graph.forwards_plan(key) if one != key]


class Watched:
    """What one migration did to the tables that were there before it."""

    def __init__(self, world: PostgresWorld) -> None:
        self._world = world
        self._files = self._relfiles()
        self._columns = self._shapes()

    def wrongs(self, scans: dict[str, int], locks: set[tuple[str, str]]) -> list[str]:
        """Every reason why it must not run beside a server."""
        files = self._relfiles()
        wrong = [f"{table} was written anew" for table, file in self._files.items() if files.get(table) != file]
        wrong += [f"{table} was read whole under a lock" for table in LARGE if scans.get(table)]
        wrong += [f"{table}: its writers wait for an index" for table in LARGE if (table, "ShareLock") in locks]
        return wrong + self._for_the_release_before(self._shapes())

    def _for_the_release_before(self, columns: dict[Column, Shape]) -> list[str]:
        wrong = []
        for (table, name), (kind, _, nullable) in self._columns.items():
            now = columns.get((table, name))
            if now is None:
                wrong.append(f"{table}.{name} is gone")
            elif now[0] != kind:
                wrong.append(f"{table}.{name} is of another type")
            elif nullable and not now[2]:
                wrong.append(f"{table}.{name} may not be empty any more")
        for (table, name), (_, fills, nullable) in columns.items():
            if table in self._files and (table, name) not in self._columns and not (fills or nullable):
                wrong.append(f"{table}.{name} is not filled by the release before")
        return wrong

    def _relfiles(self) -> dict[str, int]:
        query = (
            "SELECT relname, relfilenode FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
        )
        return dict(self._world.sql(query))  # type: ignore[arg-type]

    def _shapes(self) -> dict[Column, Shape]:
        query = """SELECT table_name, column_name, data_type || coalesce(character_maximum_length::text, ''),
            column_default IS NOT NULL OR is_identity = 'YES', is_nullable = 'YES'
            FROM information_schema.columns WHERE table_schema = 'public'"""
        return {(table, name): (kind, fills, empty) for table, name, kind, fills, empty in self._world.sql(query)}


def watched_run(world: PostgresWorld, migration: migrations.Migration, state: ProjectState) -> list[str]:
    """Run it, and say what was wrong with it. An empty table is read whole in no time, but it is counted."""
    watched = Watched(world)
    scans: dict[str, int] = {}
    locks: set[tuple[str, str]] = set()
    with connection.schema_editor(atomic=migration.atomic) as editor:
        earlier = scanned()
        migration.apply(state, editor)
        deferred, editor.deferred_sql = editor.deferred_sql, []
        for statement in deferred:
            editor.execute(statement, None)
        if migration.atomic:
            scans = {table: count - earlier.get(table, 0) for table, count in scanned().items()}
            locks = set(asked("SELECT relation::regclass::text, mode FROM pg_locks WHERE pid = pg_backend_pid()"))
    return watched.wrongs(scans, locks)


def scanned() -> dict[str, int]:
    """How often this session has read each table whole, as far as it has not told the others yet."""
    return dict(asked("SELECT relname, seq_scan FROM pg_stat_xact_user_tables"))


def asked(query: str) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(query)
        return list(cursor.fetchall())


@pytest.mark.parametrize("key", later(), ids="/".join)
def test_a_migration_holds_nobody_up(postgres: PostgresWorld, key: tuple[str, str]) -> None:
    migrate(*before(key))
    loader = MigrationLoader(connection)
    state = loader.project_state(before(key), at_end=True)
    assert watched_run(postgres, loader.graph.nodes[key], state) == []


# ── what it must find ───────────────────────────────────────────────────────────────────────────────────────

TEXT = models.CharField(max_length=8, default="")


def one(*operations: Any, atomic: bool = True) -> migrations.Migration:
    made = migrations.Migration("a_bad_one", "games")
    made.operations, made.atomic = list(operations), atomic
    return made


BAD = {
    "a column that old code does not fill": (
        one(migrations.AddField("match", "extra", TEXT)),
        "games_match.extra is not filled by the release before",
    ),
    "an index that writers wait for": (
        one(migrations.AddIndex("entry", models.Index(fields=["at"], name="entry_at"))),
        "games_entry: its writers wait for an index",
    ),
    "a constraint that reads all": (
        one(migrations.AddConstraint("entry", models.CheckConstraint(condition=models.Q(ms__gte=0), name="entry_ms"))),
        "games_entry was read whole under a lock",
    ),
    "a column that is gone": (one(migrations.RemoveField("match", "listed")), "games_match.listed is gone"),
    "another type": (
        one(migrations.AlterField("entry", "n", models.BigIntegerField())),
        "games_entry was written anew",
    ),
    "no more nothing": (
        one(migrations.AlterField("entry", "seat", models.PositiveSmallIntegerField(default=0))),
        "games_entry.seat may not be empty any more",
    ),
}
GOOD = {
    "a column that may be empty": one(migrations.AddField("match", "extra", models.CharField(max_length=8, null=True))),
    "a column that fills itself": one(
        migrations.AddField("match", "extra", models.CharField(max_length=8, default="", db_default=""))
    ),
    "an index beside writers": one(AddIndexOnline("entry", models.Index(fields=["at"], name="entry_at")), atomic=False),
    "a constraint for what comes": one(
        AddConstraintNotValid("entry", models.CheckConstraint(condition=models.Q(ms__gte=0), name="entry_ms"))
    ),
}


def latest() -> ProjectState:
    loader = MigrationLoader(connection)
    migrate(*[leaf for app in APPS for leaf in loader.graph.leaf_nodes(app)])
    return MigrationLoader(connection).project_state()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_migration_is_found(postgres: PostgresWorld, name: str) -> None:
    migration, wrong = BAD[name]
    assert wrong in watched_run(postgres, migration, latest())


@pytest.mark.parametrize("name", GOOD)
def test_a_good_migration_passes(postgres: PostgresWorld, name: str) -> None:
    assert watched_run(postgres, GOOD[name], latest()) == []


# ── beside transactions that stay open ──────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def held_open(world: PostgresWorld, statement: str) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(world.url) as other:
        other.execute(statement)
        yield other


def manage(world: PostgresWorld, folder: Path, *arguments: str, lock_timeout: str) -> subprocess.CompletedProcess[str]:
    url = f"{world.url}?options=-c%20lock_timeout%3D{lock_timeout}"
    env = environment(folder, {"DATABASE_URL": url})
    command = [sys.executable, "manage.py", *arguments]
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, text=True, check=False, timeout=60)


def test_a_migration_that_cannot_have_its_lock_gives_up_and_can_be_run_again(
    postgres: PostgresWorld, tmp_path: Path
) -> None:
    """It would queue before everybody who comes after it: better that it fails within the limit and is tried later."""
    migrate(("games", "0003_match_clock"), ("players", "0001_initial"))
    with held_open(postgres, "SELECT * FROM games_host"):
        failed = manage(postgres, tmp_path, "migrate", "games", "0004", lock_timeout="200ms")
        assert failed.returncode != 0
        assert "lock timeout" in failed.stderr
        postgres.sql("INSERT INTO games_host (id, name, started_at, beat_at) VALUES ('x', 'x', now(), now())")
    again = manage(postgres, tmp_path, "migrate", "games", "0004", lock_timeout="200ms")
    assert again.returncode == 0, again.stderr
    assert postgres.sql("SELECT told FROM games_host") == [("",)]


def test_an_index_is_built_beside_writers_and_survives_an_interruption(postgres: PostgresWorld) -> None:
    migrate(("games", "0004_host_told"), ("players", "0001_initial"))
    # What an interrupted build leaves: an index that no query uses.
    postgres.sql("CREATE INDEX match_live ON games_match (game) WHERE status = 'live'")
    postgres.sql("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'match_live'::regclass")
    migrate(("games", "0005_match_indexes"))
    valid = "SELECT indexrelid::regclass::text, indisvalid FROM pg_index WHERE indrelid = 'games_match'::regclass"
    found = dict(postgres.sql(valid))
    assert found["match_live"] is found["match_clocked"] is True
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone() == ("0",)
