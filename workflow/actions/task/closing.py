"""Closing a task without a result, and what stands under it: nothing outlives the work that it was asked for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from workflow.actions.audit import action
from workflow.actions.flow import close_flows
from workflow.actions.notification import tell_of
from workflow.actions.task.following import Settled, settle_task
from workflow.actions.transition import lock_task, perform_transition
from workflow.choices import OPEN_STATES, EscalationStatus, FlowKind, NotificationKind, RequestStatus, TaskKind
from workflow.models import Extension, Obstacle, Task
from workflow.permissions import ANSWER, SUBMIT, Actor


@action
def settle_closing(task: Task, reason: str, *, by: Actor | None, now: datetime) -> Settled:
    """Withdraw all that a locked task leaves behind when it closes without a result.

    Reminder drafts, an unsent duty to report to UBND tỉnh, pending extensions and obstacles. The caller puts the
    columns and the named rows into its one event; `closed_at` is among the columns.
    """
    settled = settle_task(task, reason, EscalationStatus.WITHDRAWN, by=by, now=now)
    changes = {**settled.changes, "closed_at": now, "obstacle_open": False}
    close_flows(FlowKind.REPORT, [task.pk], reason, of=task, by=by, now=now)
    return Settled(changes, {**settled.details, **settle_requests(task, reason, by=by, now=now).details})


@action
def settle_requests(task: Task, reason: str, *, by: Actor | None, now: datetime) -> Settled:
    """Withdraw the pending extensions and obstacles of a locked task that ends, and close their flows.

    Nobody is then asked to decide more time, or a difficulty, of finished work.
    """
    changes: dict[str, object] = {"obstacle_open": False} if task.obstacle_open else {}
    details: dict[str, object] = {}
    requests = (
        ("withdrawn_extensions", Extension, FlowKind.EXTENSION),
        ("withdrawn_obstacles", Obstacle, FlowKind.OBSTACLE),
    )
    for name, model, kind in requests:
        pending = model.objects.filter(task=task, status=RequestStatus.PENDING).order_by("pk")
        keys = list(pending.values_list("pk", flat=True))
        if keys:
            model.objects.filter(pk__in=keys).update(status=RequestStatus.WITHDRAWN)
            details[name] = keys
            close_flows(kind, keys, reason, of=task, by=by, now=now)
    return Settled(changes, details)


@action
def close_children(
    parent: Task, reason: str, *, kinds: Collection[TaskKind] = tuple(TaskKind), by: Actor | None, now: datetime
) -> list[Task]:
    """Cancel every open task of the given kinds under a locked task that ended, and all that stands under those.

    The engine does it, since the right was asked for on the parent; each child has one event, which names the parent
    and shares the action with the parent's own. What was drafted or asked for is withdrawn (`settle_closing`); the
    units that owed are told, but not `by`, who did it. Returns the children that were closed.
    """
    open_children = Task.objects.filter(parent=parent, kind__in=list(kinds), state__in=OPEN_STATES).order_by("pk")
    closed = []
    for child_id in list(open_children.values_list("pk", flat=True)):
        child = lock_task(child_id, by=None)
        if child.state not in OPEN_STATES:
            continue
        settled = settle_closing(child, reason, by=None, now=now)
        details = {"reason": reason, "parent": parent.code, **settled.details}
        perform_transition(child, "cancel", by=None, now=now, changes=settled.changes, details=details, as_engine=True)
        tell_closed(child, reason, by=by, now=now)
        closed += [child, *close_children(child, reason, by=by, now=now)]
    return closed


def tell_closed(task: Task, reason: str, *, by: Actor | None, now: datetime) -> None:
    """Tell who owed a task that nothing is owed any more, and why."""
    tell_of(
        task,
        heads_of=[(task.unit_id, SUBMIT), (task.unit_id, ANSWER)],
        persons=[task.assignee_id],
        kind=NotificationKind.DECISION,
        text=f"Nhiệm vụ đã hủy ({reason}): {task.title}",
        by=by,
        now=now,
    )
