"""What must be true before the server serves: one server per SQLite file, tables up to date, static files collected,
pages loaded.

Called by `__main__.py`, and by nothing that runs while matches are live. What it cannot put right it refuses in a
sentence.
"""

from __future__ import annotations

import gc
from importlib import import_module

import structlog
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.utils import Error

from games.rules import catalog
from gameserver import alone, static, tables
from gameserver.environment import Refusal

log = structlog.get_logger(__name__)


def prepare() -> None:
    """Afterwards everything is in place, and this process is the only server on its SQLite file."""
    alone.take()
    _migrate()
    _tell_refused_games()
    _collect_static()
    _load_pages()


def _load_pages() -> None:
    """Django would load them at the first request, and for a third of a second hold up the matches that came back."""
    import_module(settings.ROOT_URLCONF)


def _tell_refused_games() -> None:
    """A package that is broken costs its own games, not the server; nobody shall search for them."""
    for refused in catalog.refused():
        log.warning(str(refused))


def _migrate() -> None:
    try:
        _answered()
        if not tables.are_current():
            _make_tables()
    except Error as error:
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise Refusal(f"Cannot use the database ({reason}): start it, or correct DATABASE_URL.") from error
    finally:
        connection.close()


def _make_tables() -> None:
    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return  # what is not noted was applied as the migrations that it replaces
    if connection.vendor != "sqlite":
        # Other servers may be running on these tables; when to change them is the operator's decision.
        raise Refusal("The database's tables are not this release's: run `python -m gameserver migrate` first.")
    if tables.are_none():
        tables.make(executor)
        return
    gc.enable()  # unlike the rest of the start, this throws most of what it makes away
    call_command("migrate", interactive=False, verbosity=0)


def _answered() -> None:
    """One connection beside the pool: the pool would try for seconds, and not tell why it failed."""
    if connection.vendor != "postgresql":
        return
    import psycopg  # here: on SQLite nothing else loads it, and it takes a twentieth of the start

    with connection.wrap_database_errors:
        psycopg.connect(**connection.get_connection_params()).close()


def _collect_static() -> None:
    """Collect again only when a source file changed: hashing and compressing all takes seconds at every start."""
    if static.is_collected():
        return
    try:
        call_command("collectstatic", interactive=False, verbosity=0)
    except OSError as error:
        raise Refusal(
            f"The static files in {settings.STATIC_ROOT} are not this release's, and cannot be written "
            f"({error.strerror}): run `python -m gameserver collectstatic` where they can, or make the folder writable."
        ) from error
