"""What a change of the calendar would move, before anyone confirms it; nothing is written."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from workflow.choices import OPEN_STATES, CalendarKind, TaskKind
from workflow.core.deadline import Roll, last_working_day
from workflow.core.workday import DayKind, WorkCalendar
from workflow.models import CalendarDay, Task
from workflow.permissions import SEE, Actor
from workflow.queries.rulebook import load_rulebook


class MovedDeadline(NamedTuple):
    """One deadline that moves; `code` is "" for a reader who may not see the task."""

    task_id: int
    code: str
    old_due: date
    new_due: date


def former_days(days: list[date]) -> dict[str, dict[str, str] | None]:
    """Return what the table says of the days, as the calendar's events write it: ISO day → kind and certainty, None."""
    rows = {row.day: {"kind": row.kind, "certainty": row.certainty} for row in CalendarDay.objects.filter(day__in=days)}
    return {day.isoformat(): rows.get(day) for day in days}


def calendar_with(calendar: WorkCalendar, changes: Mapping[date, str | None]) -> WorkCalendar:
    """Return the calendar with some days set to another kind, or taken out (None)."""
    days = dict(calendar.days)
    for day, kind in changes.items():
        if kind is None:
            days.pop(day, None)
        else:
            days[day] = DayKind.MAKEUP if kind == CalendarKind.MAKEUP else DayKind.OFF
    years = [calendar.first_year, calendar.last_year, *(day.year for day in days)]
    return WorkCalendar(
        days,
        first_year=min(years),
        last_year=max(years),
        provisional_years=calendar.provisional_years,
        provisional_days=calendar.provisional_days,
    )


def moved_deadlines(old: WorkCalendar, new: WorkCalendar, *, on: date) -> list[MovedDeadline]:
    """Return the open tasks whose deadline moves from one calendar to the other, in order of their codes.

    Only a deadline that is still its last day rolled onto a working day moves: by policy `roll_term` for a dossier (a
    term of days), by `roll_printed_date` for everything else. One that a person set apart from it stays.
    """
    rulebook = load_rulebook()
    by_term, by_print = (Roll(str(rulebook.policy(key, on))) for key in ("roll_term", "roll_printed_date"))
    open_tasks = Task.objects.filter(state__in=OPEN_STATES, last_day__isnull=False, due_on__isnull=False)
    stored = open_tasks.values_list("last_day", flat=True).distinct()
    last_days: list[date] = [day for day in stored if day is not None]
    turned = [
        day
        for day in last_days
        if any(_rolled(day, old, roll) != _rolled(day, new, roll) for roll in (by_term, by_print))
    ]
    moved = []
    rows = open_tasks.filter(last_day__in=turned).order_by("code")
    for task_id, code, kind, last_day, due_on in rows.values_list("pk", "code", "kind", "last_day", "due_on"):
        if last_day is None or due_on is None:
            continue
        roll = by_term if kind == TaskKind.DOSSIER else by_print
        new_due = _rolled(last_day, new, roll)
        if due_on == _rolled(last_day, old, roll) and new_due != due_on:
            moved.append(MovedDeadline(task_id, code, due_on, new_due))
    return moved


def _rolled(day: date, calendar: WorkCalendar, roll: Roll) -> date:
    return last_working_day(day, calendar, roll)


def preview_calendar_change(
    day: date, kind: str | None, *, on: date, actor: Actor | None = None
) -> list[tuple[str, date, date]]:
    """Return (task code, old due, new due) of each deadline that moves if the day becomes of that kind (None = out).

    An actor reads only the codes of tasks that he may see; of the others he learns the dates alone.
    """
    old = load_rulebook().calendar
    moved = moved_deadlines(old, calendar_with(old, {day: kind}), on=on)
    if actor is None:
        return [(row.code, row.old_due, row.new_due) for row in moved]
    units = actor.units(SEE)
    owners = Task.objects.filter(pk__in=[row.task_id for row in moved]).values_list("pk", "unit_id", "host_unit_id")
    seen = {pk for pk, unit_id, host_unit_id in owners if unit_id in units or host_unit_id in units}
    return [(row.code if row.task_id in seen else "", row.old_due, row.new_due) for row in moved]
