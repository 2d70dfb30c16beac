"""`world`: each test that asks for it runs on SQLite and on PostgreSQL, each time on an empty database. For the API:
buckets that never run dry, and a stand-in for the owner of a match."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from games import hints
from players.throttle import Throttle
from tests import servers
from tests.games.worlds import PostgresWorld, SqliteWorld, World, copied, django_on, migrate

# Fixtures with databases of their own.
OWN_DATABASES = frozenset({"sqlite_world", "postgres_world", "world"})


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where Django itself is on a private PostgreSQL, whoever brings its own databases does not run: it has run on both
    with the others, and would leave its rows in the database of this run."""
    if "DATABASE_URL" not in os.environ:
        return
    own = [item for item in items if OWN_DATABASES.intersection(getattr(item, "fixturenames", ()))]
    config.hook.pytest_deselected(items=own)
    items[:] = [item for item in items if item not in set(own)]


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("template")
    migrate(data)
    return data / "madang.sqlite3"


@pytest.fixture(scope="session")
def postgres_migrated(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with servers.database(postgres_url) as url:
        migrate(tmp_path_factory.mktemp("postgres"), DATABASE_URL=url)
        yield url


@pytest.fixture
def postgres_world(postgres_migrated: str) -> PostgresWorld:
    """Emptied before each test: far quicker than a database of its own."""
    made = PostgresWorld(postgres_migrated)
    made.empty()
    return made


@pytest.fixture
def sqlite_world(sqlite_template: Path, tmp_path: Path) -> SqliteWorld:
    return copied(sqlite_template, tmp_path / "madang.sqlite3")


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest) -> World:
    made: World = request.getfixturevalue({"sqlite": "sqlite_world", "postgresql": "postgres_world"}[request.param])
    return made


@pytest.fixture
def orm(world: World, django_db_blocker: object) -> Iterator[World]:
    """Django's ORM on this world, with real transactions and from any thread."""
    with django_db_blocker.unblock(), django_on(world):  # type: ignore[attr-defined]
        yield world


@pytest.fixture
def sqlite_orm(sqlite_world: SqliteWorld, django_db_blocker: object) -> Iterator[SqliteWorld]:
    with django_db_blocker.unblock(), django_on(sqlite_world):  # type: ignore[attr-defined]
        yield sqlite_world


@pytest.fixture
def fresh_throttles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests must not wait for each other's buckets."""
    wide = {"burst": 10_000, "per_minute": 1}
    monkeypatch.setattr("players.services._guests", Throttle(**wide))
    monkeypatch.setattr("games.api.auth._changes", Throttle(**wide))
    monkeypatch.setattr("games.api.auth._replays", Throttle(**wide))
    for name in ("_looks", "_seeks", "_invitations"):
        monkeypatch.setattr(f"games.finding.limits.{name}", Throttle(**wide))


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Stands for the owner of a match: gives the first of the list, and appends what was asked."""
    listed: list[Any] = []

    async def execute(**asked: Any) -> Any:
        answer = listed.pop(0)
        listed.append(asked)
        return answer

    monkeypatch.setattr("games.commands.execute", execute)
    return listed


@pytest.fixture
def hinted() -> Iterator[list[str]]:
    """The public ids of players whom something was said to concern, in order."""
    heard: list[str] = []
    unlisten = hints.listen(hints.PLAYER, heard.append)
    yield heard
    unlisten()
