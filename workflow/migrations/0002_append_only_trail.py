"""Triggers that keep the trail append-only: UPDATE, DELETE (and TRUNCATE on PostgreSQL) raise."""

from __future__ import annotations

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

TABLES = ("workflow_auditevent", "workflow_auditcheckpoint")
SAME_KEY = {
    "workflow_auditevent": "id = NEW.id OR (chain = NEW.chain AND seq = NEW.seq)",
    "workflow_auditcheckpoint": "id = NEW.id OR number = NEW.number",
}
"""What makes a new row replace an old one: SQLite's INSERT OR REPLACE fires no delete trigger."""

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION workflow_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'nhật ký chỉ ghi thêm: không được % bảng %', TG_OP, TG_TABLE_NAME;
END;
$$
"""


def create(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Create the triggers of this database."""
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRESQL_FUNCTION, params=None)
        for table in TABLES:
            editor.execute(
                f"CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION workflow_refuse_change()",
                params=None,
            )
            editor.execute(
                f"CREATE TRIGGER {table}_no_truncate BEFORE TRUNCATE ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION workflow_refuse_change()",
                params=None,
            )
        return
    for table in TABLES:
        editor.execute(
            f"CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table} "
            f"WHEN EXISTS (SELECT 1 FROM {table} WHERE {SAME_KEY[table]}) "
            f"BEGIN SELECT RAISE(ABORT, 'nhật ký chỉ ghi thêm: không được ghi đè bảng {table}'); END",
            params=None,
        )
        for act in ("UPDATE", "DELETE"):
            editor.execute(
                f"CREATE TRIGGER {table}_no_{act.lower()} BEFORE {act} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'nhật ký chỉ ghi thêm: không được {act} bảng {table}'); END",
                params=None,
            )


def drop(apps: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
    """Drop the triggers."""
    for table in TABLES:
        if editor.connection.vendor == "postgresql":
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_append_only ON {table}", params=None)
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_truncate ON {table}", params=None)
        else:
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_update", params=None)
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_delete", params=None)
            editor.execute(f"DROP TRIGGER IF EXISTS {table}_no_replace", params=None)


class Migration(migrations.Migration):
    """Append-only triggers."""

    dependencies = [("workflow", "0001_initial")]

    operations = [migrations.RunPython(create, drop)]
