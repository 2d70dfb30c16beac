"""Whether the tables are this release's, and those of a new SQLite file, made at once; `prepare.py` calls it.

Django makes them migration by migration and rebuilds its models before each step: seconds, for nothing where no row is.
They are made here of the state after the last, then the steps written in Python run on them in order; a test holds the
two ways against each other, line by line of the schema and row by row. A file that has any table, and PostgreSQL, go
Django's way alone.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pkgutil import iter_modules

from django.apps import AppConfig, apps
from django.core.management.sql import emit_post_migrate_signal, emit_pre_migrate_signal
from django.db import connection, transaction
from django.db.migrations import RunPython
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import Model


def are_current() -> bool:
    """Whether all migrations of this release are noted as applied, by their names, without loading one. Where it says
    no, Django has the last word."""
    applied = MigrationRecorder(connection).applied_migrations()
    return all((config.label, name) in applied for config in apps.get_app_configs() for name in _migrations(config))


def _migrations(config: AppConfig) -> list[str]:
    """As Django's loader finds them."""
    package, _ = MigrationLoader.migrations_module(config.label)
    if package is None or find_spec(package) is None:
        return []
    found = iter_modules(import_module(package).__path__)
    return [one.name for one in found if not one.ispkg and one.name[0] not in "_~"]


def are_none() -> bool:
    """Whether nothing was ever made in the database."""
    return not connection.introspection.table_names()


def make(executor: MigrationExecutor) -> None:
    """All tables, and all migrations noted as applied; or, where anything fails, nothing."""
    plan = [migration for migration, _ in executor.migration_plan(executor.loader.graph.leaf_nodes())]
    state = executor.loader.project_state()
    emit_pre_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
    # One transaction and one sync to the disk: the tables are there as a whole, or none of them.
    with connection.schema_editor(atomic=True) as editor:
        models: list[type[Model]] = [executor.recorder.Migration, *state.apps.get_models()]
        for model in models:
            if model._meta.managed and not model._meta.proxy and not model._meta.swapped:
                editor.create_model(model)
        for migration in plan:
            for operation in migration.operations:
                if isinstance(operation, RunPython):
                    operation.database_forwards(migration.app_label, editor, state, state)
            executor.recorder.record_applied(migration.app_label, migration.name)
    # Permissions and groups; one sync again, where each receiver's rows would take one.
    with transaction.atomic():
        emit_post_migrate_signal(verbosity=0, interactive=False, db=connection.alias)
