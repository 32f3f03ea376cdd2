"""Reading tasks: what a person may see, and a task's facts for a decision."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Q, QuerySet

from workflow.core.escalation import Subject, local_day
from workflow.models import Task
from workflow.permissions import SEE, Actor


def visible_tasks(actor: Actor) -> QuerySet[Task]:
    """Return the tasks that the person may see: owed or chased by a unit on which he holds the right to see."""
    units = sorted(actor.units(SEE))
    return Task.objects.filter(Q(unit_id__in=units) | Q(host_unit_id__in=units))


def may_see(actor: Actor, task: Task) -> bool:
    """Tell whether the person may see the task, without a query."""
    return actor.may(SEE, task.unit_id) or actor.may(SEE, task.host_unit_id)


def may_any(actor: Actor, codenames: Iterable[str], task: Task | None) -> bool:
    """Tell whether the person holds one of the rights on either unit of the task; without a task, on any unit."""
    if task is None:
        return any(actor.holds(codename) for codename in codenames)
    return any(actor.may(codename, unit) for codename in codenames for unit in (task.unit_id, task.host_unit_id))


def subject_of(task: Task) -> Subject:
    """Return the facts of a task's row that a decision needs.

    A monthly confirmation is asked from the month in which the task was made, starts, or got its awaited event.
    """
    begun = max(day for day in (local_day(task.created_at), task.start_on, task.event_on) if day is not None)
    return Subject(
        ladder=task.ladder,
        kind=task.kind,
        origin=task.origin,
        rule_year=task.rule_year,
        state=task.state,
        has_lead=task.unit_id is not None,
        due_on=task.due_on,
        processing_until=task.processing_until,
        reminders_issued=task.reminders_issued,
        last_reminder_at=task.last_reminder_at,
        reminder_drafted=task.reminder_drafted,
        nudged_days=task.nudged_days,
        ladder_done=task.ladder_done,
        obstacle_open=task.obstacle_open,
        confirm_monthly=task.confirm_monthly,
        confirm_from=begun,
        confirm_asked=task.confirm_asked,
        confirmed_month=task.confirmed_month,
    )
