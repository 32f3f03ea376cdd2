"""Writing many rows in one statement: what the ORM does row by row or with long CASE lists."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models


def update_rows(rows: Sequence[models.Model], columns: Sequence[str]) -> None:
    """Write the named columns of many rows of one table, matched by primary key, in one statement.

    PostgreSQL takes arrays (UPDATE … FROM unnest); SQLite one prepared statement run for each row. Nothing checks
    what is written: callers hold the rows' locks and have passed the same checks as a single change.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [meta.get_field(name) for name in ("id", *columns)]
    quote = connection.ops.quote_name
    names = [quote(str(field.column)) for field in fields]
    values = [
        [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in fields
    ]
    table = quote(meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            types = [_array_type(field) for field in fields]
            arrays = ", ".join(f"%s::{kind}[]" for kind in types)
            assigned = ", ".join(f"{name} = given.{name}" for name in names[1:])
            cursor.execute(
                f"UPDATE {table} SET {assigned} FROM unnest({arrays}) AS given({', '.join(names)}) "  # noqa: S608 -- names come from the models
                f"WHERE {table}.id = given.id",
                values,
            )
        else:
            assigned = ", ".join(f"{name} = %s" for name in names[1:])
            cursor.executemany(
                f"UPDATE {table} SET {assigned} WHERE id = %s",  # noqa: S608 -- names come from the models
                [(*row[1:], row[0]) for row in zip(*values, strict=True)],
            )


def _array_type(field: models.Field[object, object]) -> str:
    """Return the PostgreSQL element type of a column's array."""
    kind = str(field.db_type(connection))
    return {"serial": "integer", "bigserial": "bigint"}.get(kind, kind.split("(", maxsplit=1)[0])
