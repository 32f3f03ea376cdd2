"""What the texts of reminders and reports say of a task, read from its rows."""

from __future__ import annotations

from collections.abc import Mapping

from workflow.choices import ReminderStatus, TaskKind
from workflow.core.wording import Basis, EarlierReminder, TaskFacts
from workflow.models import Reminder, Task


def task_facts(task: Task, *, unit_name: str, parent_title: str = "") -> TaskFacts:
    """Return what a text says of the task; names are given, so that a set of tasks needs no query each."""
    return TaskFacts(
        title=task.title.rstrip(" ."),
        unit_name=unit_name,
        due_on=task.due_on,
        clause=task.clause,
        timeline_text=task.timeline_text,
        consultation=task.kind == TaskKind.CONSULTATION,
        parent_title=parent_title.rstrip(" ."),
        processing_until=task.processing_until,
    )


def facts_with_names(task: Task) -> TaskFacts:
    """Return what a text says of one task, reading the names of its unit and parent."""
    unit_name = task.unit.name if task.unit is not None else ""
    parent_title = task.parent.title if task.kind == TaskKind.CONSULTATION and task.parent is not None else ""
    return task_facts(task, unit_name=unit_name, parent_title=parent_title)


def basis_of(record: Mapping[str, object]) -> Basis:
    """Return what a stored decision stands on: its citation and its clause, "" where no clause says it."""
    return Basis(str(record.get("basis", "")), str(record.get("clause", "")))


def earlier_reminders(task: Task) -> list[EarlierReminder]:
    """Return the reminders issued in the task's present round, in order."""
    issued = Reminder.objects.filter(task=task, round=task.round, status=ReminderStatus.ISSUED)
    return [
        EarlierReminder(row.ordinal, row.document.full_number, row.document.issued_on)
        for row in issued.select_related("document").order_by("ordinal")
        if row.document.issued_on is not None
    ]
