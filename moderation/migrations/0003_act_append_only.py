"""The database itself refuses to change or delete a line of the audit log, whoever asks."""

from typing import Any

from django.db import migrations

# `TRUNCATE` has no rows to look at: it is refused where there is something to lose.
POSTGRES = """
CREATE OR REPLACE FUNCTION moderation_act_stays() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'TRUNCATE' AND NOT EXISTS (SELECT 1 FROM moderation_act) THEN
        RETURN NULL;
    END IF;
    RAISE EXCEPTION 'the audit log is only added to' USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER act_stays BEFORE UPDATE OR DELETE ON moderation_act
    FOR EACH ROW EXECUTE FUNCTION moderation_act_stays();
CREATE TRIGGER act_stays_whole BEFORE TRUNCATE ON moderation_act
    FOR EACH STATEMENT EXECUTE FUNCTION moderation_act_stays();
"""
POSTGRES_BACK = """
DROP TRIGGER act_stays ON moderation_act;
DROP TRIGGER act_stays_whole ON moderation_act;
DROP FUNCTION moderation_act_stays();
"""
SQLITE = (
    "CREATE TRIGGER act_stays BEFORE UPDATE ON moderation_act "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END",
    "CREATE TRIGGER act_stays_whole BEFORE DELETE ON moderation_act "
    "BEGIN SELECT RAISE(ABORT, 'the audit log is only added to'); END",
)
SQLITE_BACK = ("DROP TRIGGER act_stays", "DROP TRIGGER act_stays_whole")


def guard(apps: Any, schema_editor: Any) -> None:
    for statement in [POSTGRES] if schema_editor.connection.vendor == "postgresql" else SQLITE:
        schema_editor.execute(statement, params=None)


def unguard(apps: Any, schema_editor: Any) -> None:
    for statement in [POSTGRES_BACK] if schema_editor.connection.vendor == "postgresql" else SQLITE_BACK:
        schema_editor.execute(statement, params=None)


class Migration(migrations.Migration):

    dependencies = [
        ("moderation", "0002_keeping_order"),
    ]

    operations = [migrations.RunPython(guard, unguard)]
