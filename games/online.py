"""Operations for migrations that run while a server plays on the same database.

On PostgreSQL an index of a large table is built without holding up its writers: not in a transaction, so that such a
migration says `atomic = False`, holds nothing else, and can be run again after it was interrupted.
"""

from __future__ import annotations

from typing import Any

from django.db import migrations, models
from django.db.migrations.operations.base import Operation


class AddIndexOnline(migrations.AddIndex):
    """As `AddIndex`, built concurrently where the database can. An index that is there already is left as it is."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if not self.allow_migrate_model(schema_editor.connection.alias, model) or self._is_there(schema_editor, model):
            return
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        # The server's own limits are for pages; an index of a large table takes minutes, and waits for nobody's harm.
        schema_editor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        try:
            # What an interrupted build left behind is used by no query.
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.index.name)}")
            schema_editor.add_index(model, self.index, concurrently=True)
        finally:
            schema_editor.execute("RESET statement_timeout; RESET lock_timeout")

    def describe(self) -> str:
        return f"{super().describe()}, without holding up writers"

    def _is_there(self, schema_editor: Any, model: type[models.Model]) -> bool:
        connection = schema_editor.connection
        with connection.cursor() as cursor:
            if connection.vendor == "postgresql":
                cursor.execute("SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass(%s)", [self.index.name])
                return bool(cursor.fetchone() == (True,))
            return bool(self.index.name in connection.introspection.get_constraints(cursor, model._meta.db_table))


class AddConstraintOnline(migrations.AddConstraint):
    """As `AddConstraint` for what is written from now on. `ValidateConstraintOnline`, in a migration behind it, looks
    at what is there already."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
            return
        model = to_state.apps.get_model(app_label, self.model_name)
        if self.allow_migrate_model(schema_editor.connection.alias, model):
            # Quickly done, since no row is read.
            schema_editor.execute(f"{self.constraint.create_sql(model, schema_editor)} NOT VALID", params=None)


class ValidateConstraintOnline(Operation):
    """Read all rows for a constraint that was added without, while others write: it holds up no writer."""

    atomic = False
    reduces_to_sql = True

    def __init__(self, model_name: str, name: str) -> None:
        self.model_name = model_name
        self.name = name

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Nothing that Django knows of changes."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "postgresql":
            return
        if not self.allow_migrate_model(schema_editor.connection.alias, model):
            return
        table, name = schema_editor.quote_name(model._meta.db_table), schema_editor.quote_name(self.name)
        schema_editor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
        try:
            schema_editor.execute(f"ALTER TABLE {table} VALIDATE CONSTRAINT {name}")
        finally:
            schema_editor.execute("RESET statement_timeout; RESET lock_timeout")

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        """A constraint that was looked at stays so."""

    def describe(self) -> str:
        return f"Look whether all rows of {self.model_name} keep {self.name}, without holding up writers"


class RemoveIndexOnline(migrations.RemoveIndex):
    """As `RemoveIndex`, without waiting in front of everybody else for who reads the table."""

    atomic = False

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "postgresql":
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        elif self.allow_migrate_model(schema_editor.connection.alias, model):
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {schema_editor.quote_name(self.name)}")

    def describe(self) -> str:
        return f"{super().describe()}, without holding up anybody"
