"""What stands around the trail in the database: the triggers, and one snapshot to read it in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

GUARDED_TABLES = ("workflow_auditevent", "workflow_auditcheckpoint")

SQLITE_ACTS = ("update", "delete")
POSTGRESQL_TYPES = {"append_only": 27, "no_truncate": 34}
"""pg_trigger.tgtype: row + before + delete + update; before + truncate."""


def missing_triggers() -> list[str]:
    """Return the names of the append-only triggers that are absent, switched off, or no longer raise."""
    if connection.vendor == "postgresql":
        return _missing_postgresql()
    return _missing_sqlite()


def _missing_postgresql() -> list[str]:
    """A trigger counts when it is enabled, unconditional, on whole rows, and its function raises and never returns."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT c.relname, t.tgname, t.tgtype FROM pg_trigger t "
            "JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid "
            "WHERE c.relname = ANY(%s) AND pg_table_is_visible(c.oid) AND t.tgenabled IN ('O', 'A') "
            "AND t.tgqual IS NULL AND t.tgattr = ''::int2vector "
            "AND p.prosrc ILIKE '%%raise exception%%' AND p.prosrc NOT ILIKE '%%return%%'",
            [list(GUARDED_TABLES)],
        )
        found = set(cursor.fetchall())
    return [
        f"{table}_{kind}"
        for table in GUARDED_TABLES
        for kind, number in POSTGRESQL_TYPES.items()
        if (table, f"{table}_{kind}", number) not in found
    ]


def _missing_sqlite() -> list[str]:
    """A trigger counts when its text begins as migration 0002 wrote it, so that it asks no condition and raises."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        texts = {name: " ".join(text.split()) for name, text in cursor.fetchall()}
    raises = "BEGIN SELECT RAISE(ABORT,"
    wanted = {
        f"{table}_no_{act}": f"CREATE TRIGGER {table}_no_{act} BEFORE {act.upper()} ON {table} {raises}"
        for table in GUARDED_TABLES
        for act in SQLITE_ACTS
    }
    for table in GUARDED_TABLES:
        name = f"{table}_no_replace"
        wanted[name] = f"CREATE TRIGGER {name} BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE id ="  # noqa: S608 -- compared, never run
    return [name for name, beginning in wanted.items() if not texts.get(name, "").startswith(beginning)]


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Read everything inside as of one moment, while others go on writing.

    PostgreSQL: a read-only REPEATABLE READ transaction. SQLite: a plain read transaction, which takes no write lock.
    Inside a transaction that is open already, that transaction's view is used.
    """
    if connection.in_atomic_block:
        yield
        return
    if connection.vendor == "postgresql":
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            yield
        return
    with connection.cursor() as cursor:
        cursor.execute("BEGIN DEFERRED")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ROLLBACK")
