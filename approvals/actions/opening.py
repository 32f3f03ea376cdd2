"""Opening and closing flows for the actions of the work itself, in their transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from viewflow.workflow.status import PROCESS, STATUS

from approvals.actions.opening_many import open_many
from approvals.actions.telling import tell
from approvals.flows import FLOWS
from approvals.models import Approval, Result, Step
from approvals.queries.standing import CLOSED
from approvals.queries.talk import participants
from workflow.actions.audit import Entry, action, record_event, record_events
from workflow.actions.flow import Target
from workflow.choices import FlowKind, NotificationKind
from workflow.models import AuditEvent, Task
from workflow.permissions import SUBMIT, Actor


@action
def open_approvals(kind: FlowKind, targets: Sequence[Target], *, by: Actor | None, now: datetime) -> list[Approval]:
    """Open the flow of each target that has none open; the caller holds the tasks' locks. Returns the new ones."""
    wanted = {target.pk: target for target in targets}
    standing = Approval.objects.filter(kind=kind, target_id__in=list(wanted), closed_at__isnull=True)
    for pk in standing.values_list("target_id", flat=True):
        wanted.pop(pk, None)
    filled: list[dict[str, object]] = [
        {
            "kind": kind,
            "target_id": target.pk,
            "subject_id": target.task_id,
            "unit_id": target.unit_id,
            "title": target.title,
            "opened_by_id": by.person_id if by is not None else None,
            "by_head": by is not None and by.may(SUBMIT, target.unit_id),
        }
        for target in wanted.values()
    ]
    return open_many(FLOWS[kind], filled, now=now)


@action
def close_approvals(
    kind: FlowKind,
    target_ids: Sequence[int],
    reason: str,
    *,
    tasks: Sequence[Task],
    by: Actor | None,
    now: datetime,
) -> list[Approval]:
    """Close the flows open on targets that lost their ground; steps that wait are cancelled and nobody owes them.

    Each closed flow has one event, which says why and at which step it waited, in the chain of its task: `tasks` are
    the locked tasks as the caller holds them, whose own event follows. Those who took part are told.

    :raises LookupError: when a flow's task is not among them: its chain would grow behind the caller's back.
    """
    held = {task.pk: task for task in tasks}
    rows = Approval.objects.select_for_update(of=("self",)).filter(
        kind=kind, target_id__in=list(target_ids), closed_at__isnull=True
    )
    closed, events = [], []
    for approval in rows.order_by("pk"):
        if approval.subject_id is not None:
            approval.subject = held[approval.subject_id]
        waited = Step.objects.filter(process=approval, finished__isnull=True)
        events.append((approval.subject or f"approval:{approval.pk}", _closing(approval, waited.first(), reason)))
        waited.update(status=STATUS.CANCELED, finished=now, decided_at=now, outcome=CLOSED)
        finish(approval, Result.CLOSED, now=now, status=PROCESS.CANCELED, reason=reason)
        text = f"{approval.get_kind_display()}: hồ sơ đã đóng ({reason}): {approval.title}"
        tell(approval, participants(approval), kind=NotificationKind.DECISION, text=text, by=by, now=now)
        closed.append(approval)
    if events:
        record_events(events, by=by, now=now)
    return closed


def _closing(approval: Approval, waited: Step | None, reason: str) -> Entry:
    """Return what the event says of a flow that is closed while it waits at a step."""
    told: dict[str, object] = {"approval": approval.pk, "flow": approval.kind, "reason": reason}
    if waited is not None:
        node = waited.flow_task.name if waited.flow_task is not None else ""
        told |= {"step": waited.pk, "node": node, "title": str(waited.title or "đã bỏ khỏi quy trình")}
    return Entry("approval.close", details=told)


def finish(approval: Approval, result: Result, *, now: datetime, status: str = PROCESS.DONE, reason: str = "") -> None:
    """Write the end of a locked approval."""
    approval.status, approval.result, approval.closed_at = status, result, now
    approval.finished, approval.closed_reason = now, reason
    approval.save(update_fields=["status", "result", "closed_at", "finished", "closed_reason"])


def record(
    approval: Approval, name: str, details: dict[str, object], *, subject: Task | None, by: Actor | None, now: datetime
) -> AuditEvent:
    """Record one event of an approval, in the chain of its task when it is of one."""
    told = {"approval": approval.pk, "flow": approval.kind, **details}
    return record_event(name, subject=subject or f"approval:{approval.pk}", by=by, now=now, details=told)
