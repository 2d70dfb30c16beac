"""Fixtures that every folder may use. Nothing here imports Django: the pure folders run where it is not installed."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests import servers

CI = os.environ.get("CI", "").lower() in ("1", "true")


def _missing(why: servers.Unavailable) -> None:
    """A machine may lack a program; the one that judges may not."""
    if CI:
        pytest.fail(str(why))
    pytest.skip(str(why))


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A private PostgreSQL server; the URL of its `postgres` database. Use `postgres_database` for tables."""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(servers.postgres())
        except servers.Unavailable as why:
            _missing(why)
        yield url


@pytest.fixture
def postgres_database(postgres_url: str) -> Iterator[str]:
    """The URL of a database of this test alone, empty."""
    with servers.database(postgres_url) as url:
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(servers.redis())
        except servers.Unavailable as why:
            _missing(why)
        yield url


@pytest.fixture(scope="session")
def chromium_path() -> Path:
    try:
        return servers.chromium()
    except servers.Unavailable as why:
        _missing(why)
        raise


@pytest.fixture
def madang_server() -> Iterator[Callable[..., servers.MadangServer]]:
    """A factory: `madang_server(environ={"DATABASE_URL": …})` starts a real server and waits until it is ready."""
    with contextlib.ExitStack() as stack:

        def start(environ: Mapping[str, str] | None = None) -> servers.MadangServer:
            return stack.enter_context(servers.madang(environ))

        yield start


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """The audit log refuses to lose lines, and would so keep tests with real transactions from cleaning up behind
    them: its guard is taken away here, and put back by the tests that are about it."""
    from django.db import connection

    with django_db_blocker.unblock(), connection.cursor() as cursor:
        of_table = " ON moderation_act" if connection.vendor == "postgresql" else ""
        for name in ("act_stays", "act_stays_whole"):
            cursor.execute(f"DROP TRIGGER {name}{of_table}")
