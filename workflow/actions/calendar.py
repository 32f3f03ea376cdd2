"""Changing the calendar: days off and make-up days, and the deadlines that move with them.

A deadline follows the calendar only while it is still its last day rolled onto a working day; one that an extension or
a direction set apart from it stays. The first deadline (`due_first`) never changes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Protocol

from django.utils import timezone

from workflow.actions.audit import Entry, action, append_to_tasks, record_event
from workflow.actions.rulebook import wake_tasks
from workflow.adapters.setwise import update_rows
from workflow.choices import OPEN_STATES, CalendarKind, Certainty, TaskKind
from workflow.core.errors import NotFound, NotPermitted
from workflow.core.fields import Fields
from workflow.models import AuditEvent, CalendarDay, Task
from workflow.permissions import ADMINISTER, Actor
from workflow.queries.calendar import MovedDeadline, calendar_with, former_days, moved_deadlines
from workflow.queries.rulebook import load_rulebook

SATURDAY = 5
CHUNK = 1000


class SeedRow(Protocol):
    """One row of a seed calendar (`adapters.holidays.CalendarRow`)."""

    @property
    def date(self) -> date:
        """The day."""

    @property
    def kind(self) -> str:
        """Day off or make-up day."""

    @property
    def name(self) -> str:
        """What the day is called."""

    @property
    def source(self) -> str:
        """The document or library it rests on."""

    @property
    def certainty(self) -> str:
        """Confirmed or provisional."""


@action
def set_calendar_day(
    day: date, kind: str, name: str, source: str, certainty: str, *, by: Actor | None, now: datetime
) -> CalendarDay:
    """Make a day a day off or a make-up day, or change what is known of it; deadlines that rest on it move.

    :raises NotPermitted: unless an administrator does it.
    :raises Invalid: with the fields that are wrong.
    """
    _require_administrator(by)
    fields = Fields()
    name = fields.text("name", name, "Tên ngày", limit=160)
    source = fields.text("source", source, "Căn cứ", limit=255)
    if kind not in CalendarKind.values:
        fields.refuse("kind", "Chọn “Ngày nghỉ” hoặc “Ngày làm bù”.")
    if certainty not in Certainty.values:
        fields.refuse("certainty", "Chọn “Đã xác nhận” hoặc “Tạm tính”.")
    if kind == CalendarKind.MAKEUP and day.weekday() < SATURDAY:
        fields.refuse("day", f"Ngày {day:%d/%m/%Y} vốn là ngày làm việc nên không thể là ngày làm bù.")
    fields.stop_if_wrong()
    before = former_days([day])
    moved = _move_deadlines({day: kind}, by=by, now=now)
    row, _made = CalendarDay.objects.update_or_create(
        day=day, defaults={"kind": kind, "name": name, "source": source, "certainty": certainty}
    )
    details = {"name": name, "source": source, "moved": moved}
    _record("calendar.set", before, former_days([day]), details, by=by, now=now)
    return row


@action
def remove_calendar_day(day: date, reason: str, *, by: Actor | None, now: datetime) -> None:
    """Take a day out of the calendar: it is again what its weekday says; deadlines that rest on it move.

    :raises NotPermitted: unless an administrator does it.
    :raises NotFound: when the day does not stand in the calendar.
    :raises Invalid: when no reason is given.
    """
    _require_administrator(by)
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do")
    fields.stop_if_wrong()
    row = CalendarDay.objects.select_for_update().filter(day=day).first()
    if row is None:
        raise NotFound(f"Ngày {day:%d/%m/%Y} không có trong lịch nghỉ, làm bù.")
    before = former_days([day])
    moved = _move_deadlines({day: None}, by=by, now=now)
    name = row.name
    row.delete()
    details = {"name": name, "reason": reason, "moved": moved}
    _record("calendar.remove", before, former_days([day]), details, by=by, now=now)


@action
def seed_calendar(rows: Sequence[SeedRow], *, by: Actor | None, now: datetime) -> list[CalendarDay]:
    """Insert the days that the calendar does not hold yet, with one event when any was; returns those inserted.

    Run again it does nothing. A day that is there stays as a person left it.

    :raises NotPermitted: unless an administrator or the engine does it.
    """
    _require_administrator(by)
    there = set(CalendarDay.objects.values_list("day", flat=True))
    fresh = [
        CalendarDay(day=row.date, kind=str(row.kind), name=row.name, source=row.source, certainty=str(row.certainty))
        for row in rows
        if row.date not in there
    ]
    if fresh:
        moved = _move_deadlines({row.day: row.kind for row in fresh}, by=by, now=now)
        CalendarDay.objects.bulk_create(fresh)
        days = [row.day for row in fresh]
        before = {day.isoformat(): None for day in days}
        _record("calendar.seed", before, former_days(days), {"moved": moved}, by=by, now=now)
    return fresh


def _require_administrator(by: Actor | None) -> None:
    if by is not None and not by.holds(ADMINISTER):
        raise NotPermitted("Chỉ quản trị được sửa lịch làm việc.")


def _record(
    name: str,
    before: Mapping[str, object],
    after: Mapping[str, object],
    details: Mapping[str, object],
    *,
    by: Actor | None,
    now: datetime,
) -> None:
    """Record the change as `queries.rulebook.rulebook_known_at` undoes it: ISO day → what stood there before."""
    wake_tasks(now=now)
    record_event(name, subject="calendar", by=by, now=now, before=before, after=after, details=details)


def _move_deadlines(changes: Mapping[date, str | None], *, by: Actor | None, now: datetime) -> list[str]:
    """Move every deadline that follows the changed days, each with its own event; returns the tasks' codes.

    A dossier's processing time moves with its deadline, and with it that of its open consultations.
    """
    old = load_rulebook().calendar
    moved = moved_deadlines(old, calendar_with(old, changes), on=timezone.localdate(now))
    own = {row.task_id: row for row in moved}
    spans = own | {child: own[parent] for child, parent in _consultations_under(list(own)) if child not in own}
    ids = sorted(spans)
    codes: list[str] = []
    for start in range(0, len(ids), CHUNK):
        locked = Task.objects.select_for_update(of=("self",)).filter(pk__in=ids[start : start + CHUNK])
        pairs = [
            (task, entry)
            for task in locked.order_by("pk")
            if (entry := _moved_entry(task, spans[task.pk], own=task.pk in own)) is not None
        ]
        AuditEvent.objects.bulk_create(append_to_tasks(pairs, by=by, now=now))
        update_rows([task for task, _entry in pairs], ["due_on", "processing_until", "chain_seq", "chain_head"])
        codes += [task.code for task, _entry in pairs]
    return sorted(codes)


def _moved_entry(task: Task, span: MovedDeadline, *, own: bool) -> Entry | None:
    """Change a locked task in memory and return its event, or None when nothing of it moves."""
    before: dict[str, object] = {}
    if own and task.due_on == span.old_due:
        before["due_on"] = task.due_on
        task.due_on = span.new_due
    if task.kind in {TaskKind.DOSSIER, TaskKind.CONSULTATION} and task.processing_until == span.old_due:
        before["processing_until"] = task.processing_until
        task.processing_until = span.new_due
    if not before:
        return None
    return Entry("task.recalendar", before=before, after={column: getattr(task, column) for column in before})


def _consultations_under(parent_ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return (consultation, dossier) of the open consultations under those of the tasks that are dossiers."""
    found = Task.objects.filter(
        parent_id__in=parent_ids,
        parent__kind=TaskKind.DOSSIER,
        kind=TaskKind.CONSULTATION,
        state__in=OPEN_STATES,
    )
    return list(found.values_list("pk", "parent_id"))
