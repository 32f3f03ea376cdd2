"""Taking into flows the work that was open before there were flows: after an upgrade, and safe to run again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime

from viewflow.workflow import flow

from approvals.actions.opening import open_approvals, record
from approvals.flows import FLOWS
from approvals.models import Approval, Step
from approvals.queries.standing import waiting_step
from approvals.queries.strays import Stray, stray_matters
from workflow.actions.audit import action
from workflow.actions.document import document_target
from workflow.actions.flow import Target
from workflow.actions.transition import lock_task
from workflow.choices import FlowKind
from workflow.models import Document, Escalation, Extension, Obstacle, Task
from workflow.queries.unit import unit_tree

ADOPTED = "adopted"
"""The outcome of the first step of an adopted approval, which the matter had passed before there were flows."""


def adopt_open_work(*, now: datetime) -> Counter[FlowKind]:
    """Open the flow of every open matter that has none, at the step where it stands; return how many of each kind.

    Each matter in a transaction of its own, under its task's lock: one that somebody decides meanwhile is left to him,
    and a second run finds nothing. Nobody is told; what waits stands in the lists of those on whom it waits.
    """
    adopted: Counter[FlowKind] = Counter()
    for stray in stray_matters():
        adopted[stray.kind] += int(_adopt(stray, now=now))
    return +adopted


@action
def _adopt(stray: Stray, *, now: datetime) -> bool:
    task = lock_task(stray.task_id, by=None) if stray.task_id is not None else None
    if stray not in set(stray_matters(stray)):
        return False
    target = TARGETS[stray.kind](stray.target_id, now)
    opened = open_approvals(stray.kind, [target], by=None, now=now)
    if not opened:
        return False
    approval = opened[0]
    node = _standing_at(stray, target)
    if node:
        _place(approval, node, now=now)
    record(approval, "approval.adopt", {"node": node or "start"}, subject=task, by=None, now=now)
    return True


def _standing_at(stray: Stray, target: Target) -> str:
    """Return the node at which the matter stands, "" for the flow's first step."""
    if stray.stage == "submitted":
        return "leader_check" if target.unit_id in unit_tree().office_ids else "check"
    return {"sent": "direct", "advised": "decide"}.get(stray.stage, "")


def _place(approval: Approval, node: str, *, now: datetime) -> None:
    """Let the approval wait at the node instead of its first step, which nobody owes any more."""
    flow_class = FLOWS[FlowKind(approval.kind)]
    step = waiting_step(approval) or Step.objects.filter(process=approval, finished__isnull=True).latest("pk")
    step.process = approval
    approval.moment = now
    step.decided_at, step.finished, step.outcome = now, now, ADOPTED
    with flow_class.lock(approval.pk):
        activation = step.flow_task.activation_class(step)
        activation.cancel()
        target: flow.View = flow_class.instance.node(node)
        target._create(activation, step.token)


def _report(task_id: int, _now: datetime) -> Target:
    task = Task.objects.get(pk=task_id)
    return Target(task.pk, task.pk, task.unit_id or task.host_unit_id, task.title)


def _document(document_id: int, now: datetime) -> Target:
    return document_target(Document.objects.select_related("task").get(pk=document_id), now=now)


def _duty(escalation_id: int, _now: datetime) -> Target:
    task = Escalation.objects.select_related("task").get(pk=escalation_id).task
    return Target(escalation_id, task.pk, task.host_unit_id, task.title)


def _extension(extension_id: int, _now: datetime) -> Target:
    row = Extension.objects.select_related("task").get(pk=extension_id)
    asked = f"đến {row.wanted_due:%d/%m/%Y}: {row.task.title}"
    return Target(extension_id, row.task_id, row.task.unit_id or row.task.host_unit_id, asked)


def _obstacle(obstacle_id: int, _now: datetime) -> Target:
    row = Obstacle.objects.select_related("task").get(pk=obstacle_id)
    return Target(obstacle_id, row.task_id, row.task.unit_id or row.task.host_unit_id, row.text)


TARGETS: dict[FlowKind, Callable[[int, datetime], Target]] = {
    FlowKind.REPORT: _report,
    FlowKind.DOCUMENT: _document,
    FlowKind.ESCALATION: _duty,
    FlowKind.EXTENSION: _extension,
    FlowKind.OBSTACLE: _obstacle,
}
"""What each kind's flow is opened on, as the work's own actions open it."""
