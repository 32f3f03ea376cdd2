"""Tổng quan: how a year's dated tasks turned out, by unit and month, against the first and the present deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractMonth

from workflow.choices import TaskState
from workflow.models import Task
from workflow.permissions import Actor
from workflow.queries.task import visible_tasks
from workflow.queries.tasklist import RESULT_CHOICES, results_on, with_done_day

MOST = 20
BAR = 400
"""Length of a whole bar in units of the drawing; the drawing itself grows with the page."""

PARTS = ("ontime", "late_done", "running", "overdue")
"""The four results of which each dated task has exactly one; the rest of RESULT_CHOICES are told beside them."""


SHORT: dict[str, str] = {
    "ontime": "Xong đúng hạn",
    "late_done": "Xong quá hạn",
    "running": "Còn trong hạn",
    "overdue": "Đang quá hạn",
    "extended": "Đã gia hạn",
    "first_missed": "Quá hạn đầu",
}
"""The same words as a table's head has room for."""


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of a row, with the words of its column."""

    key: str
    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Piece:
    """One part of a bar: which result, how many, from where and how long."""

    key: str
    label: str
    count: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Standing:
    """How the tasks of one unit or month turned out. `share` is of those whose end is known, in percent."""

    key: int
    name: str
    counts: dict[str, int]
    pieces: list[Piece]

    @property
    def figures(self) -> list[Figure]:
        """The numbers of the row, in the order of the columns."""
        return [Figure(key, SHORT[key], count) for key, count in self.counts.items()]

    @property
    def total(self) -> int:
        """How many dated tasks."""
        return sum(self.counts[key] for key in PARTS)

    @property
    def share(self) -> int | None:
        """Return the whole percent done in time of what is done or overdue; None when nothing is."""
        ended = self.total - self.counts["running"]
        return self.counts["ontime"] * 100 // ended if ended else None


@dataclass(frozen=True, slots=True)
class Overview:
    """The page: the whole, units (worst first), months of the present deadline, open escalations, years there are."""

    year: int
    whole: Standing
    units: list[Standing]
    months: list[Standing]
    escalated: list[Task]
    escalated_total: int
    years: list[int]


def load_overview(actor: Actor, year: int, *, today: date) -> Overview:
    """Return how the tasks whose first deadline lies in the year stand on the day (five queries)."""
    seen = visible_tasks(actor)
    rows = with_done_day(seen.filter(due_first__year=year))
    units = [
        _standing(row["unit_id"] or 0, row["unit__name"] or "Chưa có đơn vị chủ trì", row)
        for row in _counted(rows.values("unit_id", "unit__name"), today)
    ]
    months = [
        _standing(row["due_month"], f"Tháng {row['due_month']}", row)
        for row in _counted(rows.annotate(due_month=ExtractMonth("due_on")).values("due_month"), today)
        if row["due_month"] is not None
    ]
    whole: dict[str, int] = {key: sum(unit.counts[key] for unit in units) for key, _label in RESULT_CHOICES}
    escalated = seen.filter(state=TaskState.ESCALATED, due_first__year=year).select_related("unit")
    return Overview(
        year,
        _standing(0, "Toàn Sở", whole),
        sorted((unit for unit in units if unit.total), key=_worst_first),
        sorted(months, key=lambda month: month.key),
        list(escalated.order_by("due_on", "pk")[:MOST]),
        escalated.count(),
        [day.year for day in seen.filter(due_first__isnull=False).dates("due_first", "year")],
    )


def _counted(rows: QuerySet[Task, Any], today: date) -> list[dict[str, object]]:
    conditions = results_on(today)
    counted = {key: Count("pk", filter=conditions[key]) for key, _label in RESULT_CHOICES}
    return list(rows.order_by().annotate(**counted))


def _standing(key: object, name: object, row: dict[str, object] | dict[str, int]) -> Standing:
    counts = {name: int(str(row[name])) for name, _label in RESULT_CHOICES}
    total = sum(counts[part] for part in PARTS)
    labels = dict(RESULT_CHOICES)
    pieces, done = [], 0
    for part in PARTS:
        start = BAR * done // max(total, 1)
        done += counts[part]
        pieces.append(Piece(part, labels[part], counts[part], start, BAR * done // max(total, 1) - start))
    return Standing(int(str(key)), str(name), counts, [piece for piece in pieces if piece.count])


def _worst_first(unit: Standing) -> tuple[int, int, str]:
    return (-unit.counts["overdue"], -unit.counts["late_done"], unit.name)
