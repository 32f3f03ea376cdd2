"""What follows from an act on a task: drafts that lost their reason, the next step, the children's clocks."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.flow import Target, close_flows, open_flow
from workflow.actions.notification import tell_of
from workflow.actions.transition import change_task, lock_task, perform_transition
from workflow.choices import (
    OPEN_STATES,
    DocumentStatus,
    EscalationStatus,
    FlowKind,
    NotificationKind,
    ReminderStatus,
    ReportStatus,
    TaskKind,
    TaskState,
)
from workflow.models import Document, Escalation, Reminder, Report, Task
from workflow.permissions import SUBMIT, Actor

EVENT_NUMBER_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Settled:
    """What was withdrawn: the task's columns to change, and what its event must say."""

    changes: dict[str, object] = field(default_factory=dict)
    details: dict[str, object] = field(default_factory=dict)


@action
def settle_task(
    task: Task, reason: str, duty_becomes: EscalationStatus | None = None, *, by: Actor | None = None, now: datetime
) -> Settled:
    """Withdraw what was drafted for a locked task and lost its reason; the caller puts the result into its own change.

    A drafted reminder and its draft document are withdrawn (an issued one stands). With `duty_becomes`, an unsent duty
    to report to UBND tỉnh gets that status, and its draft document is dropped; one already sent stands. The changed
    columns and the withdrawn rows are returned, so that the one event of the calling action tells it all; each dropped
    document has an event in its own chain.
    """
    drafts = list(Reminder.objects.filter(task=task, status=ReminderStatus.DRAFT).order_by("pk"))
    duties = list(Escalation.objects.filter(task=task, status=EscalationStatus.DUTY)) if duty_becomes else []
    documents = [row.document_id for row in drafts] + [row.document_id for row in duties if row.document_id]
    _set_documents(task, documents, DocumentStatus.DRAFT, DocumentStatus.CANCELLED, reason, by=by, now=now)
    Reminder.objects.filter(pk__in=[row.pk for row in drafts]).update(
        status=ReminderStatus.WITHDRAWN, withdrawn_at=now, withdrawn_reason=reason
    )
    if duty_becomes:
        Escalation.objects.filter(pk__in=[row.pk for row in duties]).update(
            status=duty_becomes, closed_at=now, closed_reason=reason
        )
        close_flows(FlowKind.ESCALATION, [row.pk for row in duties], reason, of=task, by=by, now=now)
    changes: dict[str, object] = {"reminder_drafted": False} if task.reminder_drafted else {}
    details: dict[str, object] = {}
    if drafts:
        details["withdrawn_reminders"] = [row.pk for row in drafts]
    if duties:
        details["settled_duties"] = [row.pk for row in duties]
    if details:
        details["settled_because"] = reason
    return Settled(changes, details)


def wait_anew(task: Task, *, now: datetime) -> dict[str, object]:
    """Return the columns with which the wait after the last reminder begins again.

    For a task whose report or answer came and was not enough: it did answer the reminders, so the next step comes only
    after a whole wait from this moment, never in the same morning. The reminders keep their count.
    """
    return {} if task.last_reminder_at is None else {"last_reminder_at": now}


@action
def settle_answer(task: Task, *, by: Actor | None, now: datetime) -> Settled:
    """Settle a locked task whose answer has arrived: drafts are withdrawn, an unsent duty becomes answered."""
    return settle_task(task, "đã có trả lời", EscalationStatus.ANSWERED, by=by, now=now)


def _set_documents(
    task: Task,
    documents: list[int],
    was: DocumentStatus,
    becomes: DocumentStatus,
    reason: str,
    *,
    by: Actor | None,
    now: datetime,
) -> None:
    """Change the documents of a locked task that stand in the one status, each with an event in its own chain."""
    rows = Document.objects.select_for_update().filter(pk__in=documents, status=was).order_by("pk")
    if becomes == DocumentStatus.CANCELLED:
        close_flows(FlowKind.DOCUMENT, documents, reason, of=task, by=by, now=now)
    for document in rows:
        document.status = becomes
        document.save(update_fields=["status"])
        record_event(
            "document.cancel" if becomes == DocumentStatus.CANCELLED else "document.restore",
            subject=f"document:{document.pk}",
            by=by,
            now=now,
            before={"status": was},
            after={"status": becomes},
            details={"reason": reason},
        )


@action
def restore_duty(task: Task, because: str, *, now: datetime) -> Escalation | None:
    """Put a locked task back with UBND tỉnh when its report turned out to be no answer (returned or withdrawn).

    A duty of this round that the report had answered before it was sent stands again, so that a report that is handed
    in and taken back never escapes it; one already sent still waits for UBND's direction. A duty whose answer was
    accepted is over: it does not come back when a report after a reopening is returned. The engine moves the task to
    đã chuyển UBND tỉnh with an event of its own. Returns the duty, or None when there is none.
    """
    live = (EscalationStatus.ANSWERED, EscalationStatus.SENT)
    duty = Escalation.objects.filter(task=task, round=task.round, status__in=live).first()
    if duty is None:
        return None
    accepted = Report.objects.filter(task=task, round=task.round, status=ReportStatus.ACCEPTED)
    if duty.status == EscalationStatus.ANSWERED and accepted.filter(decided_at__gte=duty.closed_at).exists():
        return None
    if duty.status == EscalationStatus.ANSWERED:
        duty.status, duty.closed_at, duty.closed_reason = EscalationStatus.DUTY, None, ""
        duty.save(update_fields=["status", "closed_at", "closed_reason"])
        documents = [duty.document_id] if duty.document_id else []
        _set_documents(task, documents, DocumentStatus.CANCELLED, DocumentStatus.DRAFT, because, by=None, now=now)
        open_flow(FlowKind.ESCALATION, Target(duty.pk, task.pk, task.host_unit_id, task.title), by=None, now=now)
        for pk in documents:
            target = Target(pk, task.pk, task.host_unit_id, task.title)
            open_flow(FlowKind.DOCUMENT, target, by=None, now=now)
    details = {"duty": duty.pk, "restored_because": because}
    perform_transition(task, "escalate", by=None, now=now, details=details)
    return duty


@action
def hand_on(task: Task, reference: str, *, now: datetime) -> Task | None:
    """Start the next step after a reviewed task: the engine arms the waiting hand-off of lowest sequence.

    The steps of a row are all children of its first task; after a step, the next is looked for among its followers.
    `reference` names the report that was accepted and stands as the event's document. Returns the armed step.
    """
    steps = Task.objects.filter(kind=TaskKind.HANDOFF, state=TaskState.WAITING_EVENT).order_by("sequence", "pk")
    first = steps.filter(parent_id=task.pk).first()
    if first is None and task.kind == TaskKind.HANDOFF and task.parent_id is not None:
        first = steps.filter(parent_id=task.parent_id, sequence__gt=task.sequence).first()
    if first is None:
        return None
    step = lock_task(first.pk, by=None)
    if step.state != TaskState.WAITING_EVENT:
        return None
    changes = {"event_number": reference[:EVENT_NUMBER_LENGTH], "event_on": timezone.localdate(now)}
    perform_transition(step, "arm", by=None, now=now, changes=changes, as_engine=True, details={"after": task.code})
    text = f"Đến bước của đơn vị ({reference}): {step.title}"
    tell_of(step, heads_of=[(step.unit_id, SUBMIT)], kind=NotificationKind.DECISION, text=text, by=None, now=now)
    return step


@action
def move_processing_end(
    parent: Task, until: date | None, *, by: Actor | None, now: datetime, clause: str = ""
) -> list[Task]:
    """Let the open consultations under a locked dossier follow its processing time, each with its own event.

    Call it whenever a dossier's due date changes (extension, resume, direction). None stops the children's count of
    the time that remains, while the dossier is suspended. A body to which UBND tỉnh gave a later deadline keeps its
    time until that day. Nothing happens for a parent that is no dossier.
    """
    if parent.kind != TaskKind.DOSSIER:
        return []
    open_children = Task.objects.filter(
        parent_id=parent.pk, kind=TaskKind.CONSULTATION, state__in=OPEN_STATES
    ).order_by("pk")
    moved = []
    for child_id in list(open_children.values_list("pk", flat=True)):
        child = lock_task(child_id, by=None)
        ends = until if until is None or child.due_on is None else max(until, child.due_on)
        if child.state in OPEN_STATES and child.processing_until != ends:
            change_task(
                child,
                name="task.move_processing_end",
                by=by,
                now=now,
                changes={"processing_until": ends},
                clause=clause,
                details={"parent": parent.code},
            )
            moved.append(child)
    return moved
