"""The numbers of finished matches come from a sequence, where the database has one; SQLite takes max + 1 under its lock."""

from __future__ import annotations

from typing import Any

from django.db import migrations


def create(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        # Owned by the column: it goes when the table goes, and a flush of the tables restarts it.
        schema_editor.execute("CREATE SEQUENCE games_finished_seq OWNED BY games_match.finished_seq")


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute("DROP SEQUENCE IF EXISTS games_finished_seq")


class Migration(migrations.Migration):
    dependencies = [("games", "0001_initial")]
    operations = [migrations.RunPython(create, drop)]
