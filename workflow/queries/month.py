"""Lịch: one month as a sheet of weeks, with what is due on each day that the person may see."""

from __future__ import annotations

from calendar import Calendar
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, F, QuerySet, Window
from django.db.models.functions import RowNumber

from workflow.choices import OPEN_STATES
from workflow.core.workday import WorkCalendar
from workflow.models import CalendarDay, Task
from workflow.permissions import Actor
from workflow.queries.task import visible_tasks
from workflow.queries.tasklist import late_on

SHOWN_A_DAY = 3
"""How many tasks stand in a day's square; the rest is a number that leads to the list of that day."""


@dataclass(slots=True)
class Square:
    """One day of the sheet: how many are due, how many of them are late, the first few, and what kind of day it is."""

    day: date
    inside: bool
    working: bool
    named: CalendarDay | None
    total: int = 0
    late: int = 0
    tasks: list[Task] = field(default_factory=list)

    @property
    def more(self) -> int:
        """How many tasks don't stand in the square."""
        return self.total - len(self.tasks)


@dataclass(frozen=True, slots=True)
class Month:
    """One month: its weeks from Monday to Sunday, and the first days of the months beside it."""

    first: date
    weeks: list[list[Square]]
    before: date
    after: date
    total: int


def month_of(actor: Actor, first: date, *, today: date, calendar: WorkCalendar) -> Month:
    """Return the sheet of the month that begins on `first`: open tasks by their due day (three queries)."""
    weeks = Calendar().monthdatescalendar(first.year, first.month)
    begin, end = weeks[0][0], weeks[-1][-1]
    named = {row.day: row for row in CalendarDay.objects.filter(day__range=(begin, end))}
    due = visible_tasks(actor).filter(state__in=OPEN_STATES, due_on__range=(begin, end))
    squares = {
        day: Square(day, day.month == first.month, calendar.is_working(day), named.get(day))
        for week in weeks
        for day in week
    }
    _count(squares, due, today)
    _fill(squares, due)
    return Month(
        first,
        [[squares[day] for day in week] for week in weeks],
        _shifted(first, -1),
        _shifted(first, 1),
        sum(square.total for square in squares.values() if square.inside),
    )


def _count(squares: dict[date, Square], due: QuerySet[Task], today: date) -> None:
    counted = due.order_by().values("due_on").annotate(total=Count("pk"), late=Count("pk", filter=late_on(today)))
    for row in counted:
        if row["due_on"] is not None:
            square = squares[row["due_on"]]
            square.total, square.late = row["total"], row["late"]


def _fill(squares: dict[date, Square], due: QuerySet[Task]) -> None:
    place = Window(RowNumber(), partition_by=F("due_on"), order_by=F("pk").asc())
    shown = due.annotate(place=place).filter(place__lte=SHOWN_A_DAY).select_related("unit").order_by("due_on", "pk")
    for task in shown:
        if task.due_on is not None:
            squares[task.due_on].tasks.append(task)


def _shifted(first: date, months: int) -> date:
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)
