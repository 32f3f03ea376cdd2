"""The hot path of the one door: lock, write and append one row by SQL that is put together once, not at each call.

The ORM spends more time on building these three statements than PostgreSQL on running them. What they do is exactly
what `select_for_update().get()`, `save(update_fields=…)` and `save(force_insert=True)` do; no model of this project has
a `save` of its own or a signal.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeAlias, TypeVar

from django.db import connection, models
from django.db.models.expressions import Expression

M = TypeVar("M", bound=models.Model)
Converter: TypeAlias = Callable[..., object]
"""Takes value, expression and connection; gives the value as Python has it."""


@cache
def _lock_sql(model: type[models.Model], vendor: str) -> str:
    quote = connection.ops.quote_name
    columns = ", ".join(quote(str(field.column)) for field in model._meta.concrete_fields)
    lock = " FOR UPDATE" if vendor == "postgresql" else ""  # SQLite's IMMEDIATE transaction holds the whole database
    return f"SELECT {columns} FROM {quote(model._meta.db_table)} WHERE id = %s{lock}"  # noqa: S608 -- names come from the models


@cache
def _converters(model: type[models.Model], vendor: str) -> list[tuple[int, Expression, list[Converter]]]:
    """Return the columns whose stored value is not yet what the model holds: place, expression, converters."""
    del vendor  # part of the key only: each database has its own converters, and they don't depend on the connection
    found: list[tuple[int, Expression, list[Converter]]] = []
    for place, field in enumerate(model._meta.concrete_fields):
        column = field.get_col(model._meta.db_table)
        converters = [*connection.ops.get_db_converters(column), *column.get_db_converters(connection)]
        if converters:
            found.append((place, column, converters))
    return found


def lock_row(model: type[M], key: int) -> M | None:
    """Lock and return one row until the transaction ends, or None when there is none."""
    with connection.cursor() as cursor:
        cursor.execute(_lock_sql(model, connection.vendor), [key])
        row = cursor.fetchone()
    if row is None:
        return None
    values = list(row)
    for place, column, converters in _converters(model, connection.vendor):
        for convert in converters:
            values[place] = convert(values[place], column, connection)
    names = [field.attname for field in model._meta.concrete_fields]
    return model.from_db(connection.alias, names, values)


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
