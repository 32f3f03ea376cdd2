"""What the requests have in common: whose task they are of, who may decide them, who is told."""

from __future__ import annotations

from datetime import datetime

from workflow.actions.notification import tell_of
from workflow.actions.transition import lock_task
from workflow.choices import NotificationKind
from workflow.core.errors import NotFound, NotPermitted
from workflow.models import Task
from workflow.permissions import CHECK, DECIDE, SUBMIT, Actor
from workflow.queries.report import actors_of


def lock_task_of(task_id: int | None, by: Actor) -> Task:
    """Lock the task of a request; a request of a task that is not seen is not found, like one that does not exist.

    :raises NotFound: in both cases.
    """
    if task_id is None:
        raise NotFound
    return lock_task(task_id, by=by)


def require_decider(task: Task, asked_by: int, event: str, detail: str, pk: int, *, by: Actor) -> None:
    """Let a leader decide, never on what he asked for himself or in whose place it was asked (domain.md section 7.3).

    :raises NotPermitted: otherwise.
    """
    if not (by.may(DECIDE, task.unit_id) or by.may(DECIDE, task.host_unit_id)):
        raise NotPermitted("Chỉ Lãnh đạo Sở được quyết định việc này.")
    if by.is_one_of(asked_by, *actors_of(task.pk, (event,), detail, pk)):
        raise NotPermitted("Ông/bà (hoặc người ông/bà thay mặt) đã gửi đề nghị này nên không được tự quyết định.")


def tell_unit(task: Task, person_id: int | None, text: str, *, by: Actor, now: datetime) -> None:
    """Tell the unit's head, those who check the unit, and one more person."""
    heads = [(task.unit_id, SUBMIT), (task.unit_id, CHECK)]
    persons = [person_id, task.assignee_id]
    tell_of(task, heads_of=heads, persons=persons, kind=NotificationKind.DECISION, text=text, by=by, now=now)
