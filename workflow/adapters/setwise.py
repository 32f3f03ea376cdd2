"""Writing many rows in one statement: what the ORM does row by row or with long CASE lists."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection, models
from django.db.backends.utils import CursorWrapper

PLAIN_FIELDS = (models.CharField, models.TextField, models.IntegerField, models.ForeignKey, models.AutoField)
"""Fields whose values every database takes as Python holds them."""


def _taken_as_held(field: models.Field[object, object]) -> bool:
    """Tell whether this database takes the field's values as Python holds them; PostgreSQL's driver knows most."""
    if connection.vendor == "postgresql":
        return not isinstance(field, models.JSONField)
    return isinstance(field, PLAIN_FIELDS)


def update_rows(rows: Sequence[models.Model], columns: Sequence[str]) -> None:
    """Write the named columns of many rows of one table, matched by primary key, in one statement.

    PostgreSQL takes arrays (UPDATE … FROM unnest); SQLite one prepared statement run for each row. Nothing checks
    what is written: callers hold the rows' locks and have passed the same checks as a single change.
    """
    if not rows:
        return
    meta = rows[0]._meta
    fields = [field for name in ("id", *columns) if isinstance(field := meta.get_field(name), models.Field)]
    quote = connection.ops.quote_name
    names = [quote(str(field.column)) for field in fields]
    values = [_column(rows, field) for field in fields]
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


def _column(rows: Sequence[models.Model], field: models.Field[object, object]) -> list[object]:
    """Return one column of the rows as the database takes it."""
    if _taken_as_held(field):
        name = field.attname
        return [row.__dict__[name] for row in rows]
    return [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows]


def _array_type(field: models.Field[object, object]) -> str:
    """Return the PostgreSQL element type of a column's array."""
    kind = str(field.db_type(connection))
    return {"serial": "integer", "bigserial": "bigint"}.get(kind, kind.split("(", maxsplit=1)[0])


def insert_rows(rows: Sequence[models.Model], *, with_ids: bool = False) -> None:
    """Insert many new rows of one table; with `with_ids` each row's key is set on it, so that others may refer to it.

    PostgreSQL takes them by COPY, with keys drawn from the table's own sequence first; SQLite by one prepared statement
    run for each row, the keys continuing the table's sequence: its one writer holds the whole database.
    """
    if not rows:
        return
    meta = rows[0]._meta
    table = connection.ops.quote_name(meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor != "postgresql":
            _insert_prepared(cursor, rows, with_ids=with_ids)
            return
        if with_ids:
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
                [meta.db_table, len(rows)],
            )
            for row, (key,) in zip(rows, cursor.fetchall(), strict=True):
                row.pk = key
        fields = [field for field in meta.concrete_fields if with_ids or not field.primary_key]
        columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
        names = [field.attname for field in fields]
        to_prepare = [place for place, field in enumerate(fields) if not _taken_as_held(field)]
        with connection.wrap_database_errors, cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
            for row in rows:
                held = row.__dict__
                values = [held[name] for name in names]
                for place in to_prepare:
                    values[place] = fields[place].get_db_prep_save(values[place], connection)
                copy.write_row(values)


def _insert_prepared(cursor: CursorWrapper, rows: Sequence[models.Model], *, with_ids: bool) -> None:
    meta = rows[0]._meta
    if with_ids:
        cursor.execute("SELECT seq FROM sqlite_sequence WHERE name = %s", [meta.db_table])
        found = cursor.fetchone()
        for key, row in enumerate(rows, start=(found[0] if found else 0) + 1):
            row.pk = key
    fields = [field for field in meta.concrete_fields if with_ids or not field.primary_key]
    prepared = [(field.attname, None if _taken_as_held(field) else field.get_db_prep_save) for field in fields]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    cursor.executemany(
        f"INSERT INTO {connection.ops.quote_name(meta.db_table)} ({columns}) VALUES ({marks})",  # noqa: S608 -- names come from the models
        [
            [
                row.__dict__[name] if prepare is None else prepare(row.__dict__[name], connection)
                for name, prepare in prepared
            ]
            for row in rows
        ],
    )
