"""Indexes by which an admin finds players: the beginning of a name, an address, and the few who are shut out, who keep
order, or who have an account.

Not in the models: PostgreSQL alone has operator classes, and it alone has sites large enough to need them. Built without
holding up anybody who writes, and built again where an earlier try was interrupted.
"""

from typing import Any

from django.db import migrations

INDEXES = {
    "player_name_begins": "(upper(name::text) text_pattern_ops)",
    "player_address": "(upper(email::text)) WHERE email <> ''",
    "player_shut_out": "(id) WHERE NOT is_active",
    "player_keeps_order": "(id) WHERE is_staff",
    "player_account": "(id) WHERE NOT is_guest",
}


def build(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor != "postgresql":
        return
    schema_editor.execute("SET statement_timeout = 0; SET lock_timeout = 0")
    try:
        for name, how in INDEXES.items():
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")
            schema_editor.execute(f"CREATE INDEX CONCURRENTLY {name} ON players_player {how}")
    finally:
        schema_editor.execute("RESET statement_timeout; RESET lock_timeout")


def drop(apps: Any, schema_editor: Any) -> None:
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}")


class Migration(migrations.Migration):
    atomic = False
    dependencies = [
        ("players", "0008_signing_in"),
    ]

    operations = [migrations.RunPython(build, drop)]
