"""The stage of the benchmarks: a scratch database of its own, and many tasks made by one statement."""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "project.settings")
os.environ.setdefault("DONDOC_DEBUG", "0")  # with debugging on, Django keeps every query's text
os.environ.setdefault("SECRET_KEY", "chi-dung-de-do-toc-do")
os.environ.setdefault("DONDOC_LOG_LEVEL", "ERROR")
os.environ.setdefault("DONDOC_DATA_DIR", tempfile.mkdtemp(prefix="dondoc-bench-"))

import django

django.setup()

from django.db import connection

from tests.factories import House, at, make_house, make_task
from workflow.actions.policy import seed_rules
from workflow.choices import Ladder, TaskKind, TaskOrigin
from workflow.models import Task

FRIDAY = date(2022, 10, 14)
NOW = at(date(2022, 10, 17), "09:00")
"""Monday morning; the due tasks were due on Friday."""


@contextmanager
def scratch_database() -> Iterator[House]:
    """Make a scratch database beside the configured one, with the rules and the small department; drop it after."""
    former = connection.settings_dict["NAME"]
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(Path(os.environ["DONDOC_DATA_DIR"]) / "bench.sqlite3")
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        if not os.environ.get("DONDOC_BENCH_DISK"):
            leave_the_disk_out()
        seed_rules(by=None, now=at(date(2022, 4, 19)))
        yield make_house()
    finally:
        connection.creation.destroy_test_db(str(former), verbosity=0)


def leave_the_disk_out() -> None:
    """Let a commit not wait for the disk, alike for everything measured; DONDOC_BENCH_DISK=1 keeps it in."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SET synchronous_commit = off" if connection.vendor == "postgresql" else "PRAGMA synchronous = OFF"
        )


def copy_tasks(template: Task, count: int, **expressions: str) -> None:
    """Insert `count` copies of a task by one statement; expressions may use n, the number of the copy."""
    columns = [field.column for field in Task._meta.concrete_fields if field.column != "id"]
    given = {"code": "'C' || n", **expressions}
    chosen = ", ".join(given.get(column, column) for column in columns)
    series = (
        f"generate_series(1, {count}) AS n"
        if connection.vendor == "postgresql"
        else f"(WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < {count}) SELECT n FROM c)"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO workflow_task ({', '.join(columns)}) SELECT {chosen} "
            f"FROM workflow_task, {series} WHERE workflow_task.id = {template.pk}"
        )


def make_many(house: House, total: int, due: int) -> None:
    """Make `total` open tasks of which `due` were due on Friday and wait for their first reminder."""
    _make_copies(make_task(house, now=at(date(2022, 10, 3)), code="MAU", due_on=FRIDAY, nudged_days=1), total, due)


def make_many_outside(house: House, total: int, due: int, ladder: Ladder) -> None:
    """Make `total` answers owed by a body outside, of which `due` were due on Friday.

    On ladder B each waits for the draft of its first letter, on C for its duty to report to UBND tỉnh.
    """
    origin = TaskOrigin.PROVINCE if ladder == Ladder.C else TaskOrigin.PROCEDURE
    until = {"origin": origin, "processing_until": date(2022, 12, 30), "now": at(date(2022, 10, 3))}
    parent = make_task(house, kind=TaskKind.DOSSIER, due_on=date(2022, 12, 30), **until)
    template = make_task(
        house,
        code="MAU",
        kind=TaskKind.CONSULTATION,
        ladder=ladder,
        parent=parent,
        unit=house.body,
        host_unit=house.division,
        by_paper=True,
        due_on=FRIDAY,
        nudged_days=1,
        **until,
    )
    Task.objects.filter(pk=parent.pk).update(next_due=None)
    _make_copies(template, total, due)


def _make_copies(template: Task, total: int, due: int) -> None:
    Task.objects.filter(pk=template.pk).update(next_due=None)
    moment = sql_moment(at(date(2022, 10, 17), "08:00"))
    if due:
        copy_tasks(template, due, code="'D' || n", next_due=moment)
    later = sql_moment(at(date(2023, 10, 17), "08:00"))
    copy_tasks(template, total - due, code="'L' || n", next_due=later, due_on="'2023-10-16'")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def sql_moment(moment: datetime) -> str:
    """Return a moment as a literal of this database."""
    if connection.vendor == "postgresql":
        return f"TIMESTAMPTZ '{moment.isoformat()}'"
    return "'" + str(connection.ops.adapt_datetimefield_value(moment)) + "'"
