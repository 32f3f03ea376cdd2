"""Written reminders by hand: drafted, issued with a number, or withdrawn. Only an issued one counts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from workflow.actions.audit import action, record_event
from workflow.actions.document import HEAD_TITLE, Draft, draft_document, issue_draft, may_issue
from workflow.actions.flow import close_flows, only_in_flow
from workflow.actions.notification import tell_of
from workflow.actions.transition import change_task, lock_task, state_label
from workflow.choices import (
    CLOCK_STATES,
    LAST_REMINDER,
    DocumentKind,
    DocumentStatus,
    FlowKind,
    NotificationKind,
    ReminderStatus,
    TaskKind,
    TaskState,
)
from workflow.core.errors import NotFound, NotPermitted, WrongState
from workflow.core.escalation import REMIND, Decision, Subject, decide_by_hand, local_day
from workflow.core.fields import Fields
from workflow.core.wording import reminder_text, why_no_reminder
from workflow.models import Document, Reminder, Task
from workflow.permissions import DO, REGISTER, SUBMIT, URGE, Actor
from workflow.queries.document import CHIEF_TITLE, symbol_of
from workflow.queries.rulebook import load_rulebook
from workflow.queries.task import subject_of
from workflow.queries.wording import basis_of, read_matter


class _Paper(NamedTuple):
    """A reminder with its task and document, all locked."""

    task: Task
    reminder: Reminder
    document: Document


@action
def draft_reminder(task_id: int, *, by: Actor, now: datetime) -> Reminder:
    """Draft the next reminder of a late task by hand, whatever the hour; it counts only when it is issued.

    The rule of the ladder must hold (2022 I.1.5: only while processing time remains; 2022 and 2023 II.1.1), so that a
    person drafts no more, no earlier and no other reminder than the plans and the policies let the engine.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless Văn phòng or, for a consultation, a member of the handling unit does it.
    :raises WrongState: when no rule lets a reminder be drafted now; the message says why.
    """
    task = lock_task(task_id, by=by)
    if not may_remind(by, task):
        raise NotPermitted("Chỉ Văn phòng, hoặc đơn vị đang lấy ý kiến, được soạn văn bản đôn đốc.")
    decision, rule_id = _decide_reminder(task, subject_of(task), now)
    record = decision.record()
    document = _draft_letter(task, decision, by=by, now=now)
    reminder = Reminder.objects.create(
        task=task,
        round=task.round,
        ordinal=decision.ordinal,
        document=document,
        rule_id=rule_id,
        decision=record,
        drafted_at=now,
    )
    change_task(
        task,
        name="reminder.draft",
        by=by,
        now=now,
        changes={"reminder_drafted": True},
        clause=str(record["basis"]),
        details={"reminder": reminder.pk, "ordinal": reminder.ordinal, "document": document.pk, "decision": record},
    )
    return reminder


def may_remind(by: Actor, task: Task) -> bool:
    """Tell whether the person may draft or withdraw the task's reminders."""
    handles = task.kind == TaskKind.CONSULTATION and by.may(DO, task.host_unit_id)
    return handles or by.may(URGE, task.unit_id) or by.may(URGE, task.host_unit_id)


def _decide_reminder(task: Task, subject: Subject, now: datetime) -> tuple[Decision, int]:
    decision = decide_by_hand(subject, load_rulebook(), now, REMIND)
    if decision.rule is None:
        raise WrongState(why_no_reminder(decision.facts, task.ladder))
    return decision, decision.rule.pk


def _draft_letter(task: Task, decision: Decision, *, by: Actor, now: datetime) -> Document:
    day = local_day(now)
    matter = read_matter(task, today=day)
    words = reminder_text(
        matter.facts,
        decision.ordinal,
        basis=basis_of(decision.record()),
        earlier=matter.earlier,
        wait_days=int(load_rulebook().policies.on(day).wait),
    )
    inside = task.unit is not None and task.unit.is_internal
    draft = Draft(
        kind=DocumentKind.LETTER,
        subject=words.subject,
        body=words.body,
        recipients=(matter.facts.unit_name,),
        copies=words.copies,
        symbol=symbol_of(DocumentKind.LETTER, task.host_unit, day),
        signer_title=CHIEF_TITLE if inside else HEAD_TITLE,
    )
    return draft_document(draft, task=task, by=by, now=now)


@action
@only_in_flow
def issue_reminder(reminder_id: int, *, by: Actor, now: datetime) -> Reminder:
    """Issue a drafted reminder with số and ngày: from this moment it counts, and the wait for the next step begins.

    When the answer has arrived in the meantime, or UBND tỉnh has the matter, the draft is withdrawn instead and comes
    back with status `withdrawn`: a reminder never goes out to a body that owes nothing more. Whoever owes is told.

    :raises NotFound: when there is no such reminder, or its task is not seen.
    :raises NotPermitted: unless văn thư, or who signs it, does it.
    :raises WrongState: when it is no draft, or its rule holds no more; the message says why.
    """
    task, reminder, document = _lock_draft(reminder_id, by=by)
    if not may_issue(by, document):
        raise NotPermitted("Chỉ văn thư hoặc người ký được phát hành văn bản đôn đốc.")
    if reminder.round != task.round or task.state not in {*CLOCK_STATES, TaskState.SUSPENDED}:
        reason = f"Nhiệm vụ đã chuyển trạng thái “{state_label(task.state)}” trước khi phát hành"
        return _withdraw(_Paper(task, reminder, document), reason, by=by, now=now)
    if reminder.ordinal != task.reminders_issued + 1:
        raise WrongState("Lần đôn đốc này không còn đúng thứ tự; hãy rút dự thảo và soạn lại.")
    without_this_draft = replace(subject_of(task), reminder_drafted=False)
    decision, _rule_id = _decide_reminder(task, without_this_draft, now)
    issue_draft(document, by=by, now=now)
    reminder.status = ReminderStatus.ISSUED
    reminder.issued_at = now
    reminder.save(update_fields=["status", "issued_at"])
    change_task(
        task,
        name="reminder.issue",
        by=by,
        now=now,
        changes={"reminders_issued": reminder.ordinal, "last_reminder_at": now, "reminder_drafted": False},
        clause=str(decision.record()["basis"]),
        details={
            "reminder": reminder.pk,
            "ordinal": reminder.ordinal,
            "number": document.full_number,
            "issued_on": document.issued_on,
            "document": document.pk,
            "decision": decision.record(),
        },
    )
    text = f"Văn bản đôn đốc lần {reminder.ordinal} số {document.full_number}: {task.title}"
    tell_of(
        task,
        heads_of=[(task.unit_id, SUBMIT)],
        kind=NotificationKind.REMINDER,
        text=text,
        by=by,
        now=now,
        urgent=reminder.ordinal >= LAST_REMINDER,
    )
    return reminder


@action
def withdraw_reminder(reminder_id: int, reason: str, *, by: Actor, now: datetime) -> Reminder:
    """Withdraw a drafted reminder; its document is dropped and the ordinal is free again. An issued one stands.

    :raises NotFound: when there is no such reminder, or its task is not seen.
    :raises NotPermitted: unless who may draft it, or văn thư, does it.
    :raises WrongState: when it is no draft.
    :raises Invalid: when no reason is given.
    """
    paper = _lock_draft(reminder_id, by=by)
    if not (may_remind(by, paper.task) or by.may(REGISTER, paper.task.unit_id)):
        raise NotPermitted("Chỉ Văn phòng, đơn vị đang lấy ý kiến hoặc văn thư được rút dự thảo đôn đốc.")
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do rút")
    fields.stop_if_wrong()
    return _withdraw(paper, reason, by=by, now=now)


def _lock_draft(reminder_id: int, *, by: Actor) -> _Paper:
    """Lock the task, then the reminder and its document.

    :raises NotFound: when there is no such reminder, or its task is not seen.
    :raises WrongState: when it is no draft.
    """
    task_id = Reminder.objects.filter(pk=reminder_id).values_list("task_id", flat=True).first()
    if task_id is None:
        raise NotFound
    task = lock_task(task_id, by=by)
    reminder = Reminder.objects.select_for_update(of=("self",)).get(pk=reminder_id)
    document = Document.objects.select_for_update(of=("self",)).get(pk=reminder.document_id)
    if reminder.status != ReminderStatus.DRAFT:
        label = ReminderStatus(reminder.status).label
        raise WrongState(f"Văn bản đôn đốc đang ở trạng thái “{label}”, không còn là dự thảo.")
    return _Paper(task, reminder, document)


def _withdraw(paper: _Paper, reason: str, *, by: Actor, now: datetime) -> Reminder:
    task, reminder, document = paper
    reminder.status = ReminderStatus.WITHDRAWN
    reminder.withdrawn_at = now
    reminder.withdrawn_reason = reason
    reminder.save(update_fields=["status", "withdrawn_at", "withdrawn_reason"])
    document.status = DocumentStatus.CANCELLED
    document.save(update_fields=["status"])
    close_flows(FlowKind.DOCUMENT, [document.pk], reason, of=task, by=by, now=now)
    record_event(
        "document.cancel",
        subject=f"document:{document.pk}",
        by=by,
        now=now,
        before={"status": DocumentStatus.DRAFT},
        after={"status": DocumentStatus.CANCELLED},
    )
    change_task(
        task,
        name="reminder.withdraw",
        by=by,
        now=now,
        changes={"reminder_drafted": False} if reminder.round == task.round else {},
        details={"reminder": reminder.pk, "ordinal": reminder.ordinal, "reason": reason},
    )
    return reminder
