"""The hot path of the one door: lock, write and append one row by SQL that is put together once, not at each call.

The ORM spends more time on building these three statements than PostgreSQL on running them. What they do is exactly
what `select_for_update().get()`, `save(update_fields=…)` and `save(force_insert=True)` do; no model of this project has
a `save` of its own or a signal.
"""

from __future__ import annotations

from functools import cache
from typing import TypeVar

from django.db import connection, models

M = TypeVar("M", bound=models.Model)


@cache
def _lock_sql(model: type[models.Model], vendor: str) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in model._meta.concrete_fields)
    lock = " FOR UPDATE" if vendor == "postgresql" else ""  # SQLite's IMMEDIATE transaction holds the whole database
    return f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE id = %s{lock}"  # noqa: S608 -- names come from the models


def lock_row(model: type[M], key: int) -> M | None:
    """Lock and return one row until the transaction ends, or None when there is none."""
    rows = model._default_manager.raw(_lock_sql(model, connection.vendor), [key])
    return next(iter(rows), None)


def write_row(row: models.Model, columns: list[str]) -> None:
    """Write the named columns (attribute names) of one row that is locked."""
    meta = type(row)._meta
    quote = connection.ops.quote_name
    fields = [_by_attname(type(row))[name] for name in columns]
    assigned = ", ".join(f"{quote(str(field.column))} = %s" for field in fields)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {quote(meta.db_table)} SET {assigned} WHERE id = %s",  # noqa: S608 -- names come from the models
            [*values, row.pk],
        )
        if cursor.rowcount != 1:
            raise LookupError(f"Không có dòng {row.pk} trong bảng {meta.db_table}.")


@cache
def _by_attname(model: type[models.Model]) -> dict[str, models.Field[object, object]]:
    return {field.attname: field for field in model._meta.concrete_fields}


@cache
def _append_sql(model: type[models.Model], vendor: str) -> tuple[str, list[models.Field[object, object]]]:
    del vendor  # part of the key only: each database has its own quoting
    quote = connection.ops.quote_name
    fields = [field for field in model._meta.concrete_fields if not field.primary_key]
    columns = ", ".join(quote(str(field.column)) for field in fields)
    marks = ", ".join(["%s"] * len(fields))
    table = quote(model._meta.db_table)
    return f"INSERT INTO {table} ({columns}) VALUES ({marks}) RETURNING id", fields  # noqa: S608 -- names come from the models


def append_row(row: models.Model) -> None:
    """Insert one new row and set its key on it."""
    sql, fields = _append_sql(type(row), connection.vendor)
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for field in fields]
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        [row.pk] = cursor.fetchone()
    row._state.adding = False
    row._state.db = connection.alias
