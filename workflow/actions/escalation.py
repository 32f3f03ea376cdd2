"""Reporting to UBND tỉnh: the duty, its document, and what UBND answers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import NamedTuple

from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.document import HEAD_TITLE, Draft, draft_document, issue_draft, may_issue
from workflow.actions.flow import Target, close_flows, only_in_flow, open_flow
from workflow.actions.notification import tell_of
from workflow.actions.task import close_children, move_processing_end, settle_closing, settle_task
from workflow.actions.transition import change_task, lock_task, perform_transition
from workflow.choices import (
    CLOSED_STATES,
    DocumentKind,
    DocumentStatus,
    EscalationStatus,
    FlowKind,
    NotificationKind,
    TaskState,
)
from workflow.core.errors import NotFound, NotPermitted, WrongState
from workflow.core.escalation import ALLOW_EARLY, ESCALATE, Decision, decide_by_hand, local_day
from workflow.core.fields import Fields
from workflow.core.wording import escalation_text, why_no_escalation
from workflow.models import Direction, Document, Escalation, Task
from workflow.models.task import may_escalate
from workflow.permissions import CHECK, DECIDE, REGISTER, SUBMIT, URGE, Actor
from workflow.queries.document import province, symbol_of
from workflow.queries.rulebook import load_rulebook
from workflow.queries.task import subject_of
from workflow.queries.wording import basis_of, read_matter


class _Case(NamedTuple):
    """A duty to report with its task, both locked."""

    task: Task
    escalation: Escalation


@action
def escalate_task(task_id: int, reason: str, *, by: Actor, now: datetime) -> Escalation:
    """Report a task to UBND tỉnh by hand: the duty of its ladder's rule, or early where policy allows.

    Early (2022 II.1.9 "đôn đốc hoặc báo cáo", policy `early_escalation`) needs a reason; a duty that has arisen needs
    none. The report's document is drafted; it goes out by `send_escalation`.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless Văn phòng or, for a consultation, a member of the handling unit does it.
    :raises WrongState: when no rule lets it be reported now; the message says why.
    :raises Invalid: when it is early and no reason is given.
    """
    task = lock_task(task_id, by=by)
    if not may_escalate(task, by):
        raise NotPermitted("Chỉ Văn phòng, hoặc đơn vị đang lấy ý kiến, được đề xuất báo cáo UBND tỉnh.")
    decision = decide_by_hand(subject_of(task), load_rulebook(), now, ESCALATE)
    if decision.rule is None:
        raise WrongState(why_no_escalation(decision.facts, task.ladder))
    fields = Fields()
    early = decision.rule.effect == ALLOW_EARLY
    reason = fields.text("reason", reason, "Lý do báo cáo sớm", needed=early)
    fields.stop_if_wrong()
    return open_escalation(task, decision, by=by, now=now, reason=reason)


@action
def open_escalation(task: Task, decision: Decision, *, by: Actor | None, now: datetime, reason: str = "") -> Escalation:
    """Let the duty to report a locked task to UBND tỉnh arise: state, duty, draft report, and who must know.

    A drafted reminder is withdrawn: UBND tỉnh has the matter now. One duty a task and round, whatever fires; the
    decision's rule, version, policies and inputs are kept with it.

    :raises NotPermitted: see `perform_transition`.
    :raises WrongState: see `perform_transition`; or when the decision names no rule.
    """
    if decision.rule is None:
        raise WrongState("Không có quy tắc nào cho báo cáo UBND tỉnh lúc này.")
    if Escalation.objects.filter(task=task, round=task.round).exists():
        raise WrongState("Vòng này đã có báo cáo UBND tỉnh rồi.")
    record = decision.record()
    settled = settle_task(task, "đã chuyển UBND tỉnh", by=by, now=now)
    escalation = Escalation.objects.create(
        task=task,
        round=task.round,
        rule_id=decision.rule.pk,
        decision=record,
        reason=reason,
        document=_draft_report(task, record, reason, by=by, now=now),
        raised_at=now,
        raised_by_id=by.person_id if by is not None else None,
    )
    target = Target(escalation.pk, task.pk, task.host_unit_id, task.title)
    open_flow(FlowKind.ESCALATION, target, by=by, now=now)
    details = {"escalation": escalation.pk, "decision": record, **settled.details}
    if reason:
        details["reason"] = reason
    perform_transition(
        task,
        "escalate",
        by=by,
        now=now,
        changes={"ladder_done": True, **settled.changes},
        clause=decision.rule.citation,
        details=details,
    )
    _tell(task, f"Phải báo cáo UBND tỉnh: {task.title}", by=by, now=now)
    return escalation


def _draft_report(
    task: Task, record: Mapping[str, object], reason: str, *, by: Actor | None, now: datetime
) -> Document:
    day = local_day(now)
    matter = read_matter(task, today=day, trail=True)
    words = escalation_text(
        matter.facts,
        basis=basis_of(record),
        reminders=matter.earlier,
        today=day,
        reason=reason,
        moments=matter.moments,
    )
    draft = Draft(
        kind=DocumentKind.REPORT,
        subject=words.subject,
        body=words.body,
        recipients=(province(day).name,),
        copies=words.copies,
        appendices=words.appendices,
        symbol=symbol_of(DocumentKind.REPORT, task.host_unit, day),
        signer_title=HEAD_TITLE,
    )
    return draft_document(draft, task=task, by=by, now=now)


def _tell(task: Task, text: str, *, by: Actor | None, now: datetime) -> None:
    """Tell Văn phòng, the leaders, the chasing unit and who owes it."""
    who = [
        (task.unit_id, URGE),
        (task.unit_id, DECIDE),
        (task.unit_id, SUBMIT),
        (task.host_unit_id, SUBMIT),
        (task.host_unit_id, CHECK),
    ]
    tell_of(task, heads_of=who, kind=NotificationKind.ESCALATION, text=text, by=by, now=now)


@action
@only_in_flow
def send_escalation(escalation_id: int, *, by: Actor, now: datetime) -> Escalation:
    """Issue the report to UBND tỉnh with số and ngày; from then on its answer is awaited.

    When the task was answered or closed before the report went out, nothing is sent: the duty is marked as answered
    and comes back so.

    :raises NotFound: when there is no such duty, or its task is not seen.
    :raises NotPermitted: unless văn thư or a leader does it.
    :raises WrongState: when the duty does not wait to be sent.
    """
    task, escalation = _lock_case(escalation_id, by=by)
    if escalation.status != EscalationStatus.DUTY:
        raise WrongState(f"Báo cáo đang ở trạng thái “{_label(escalation)}” nên không gửi được nữa.")
    document = escalation.document
    if not (by.may(REGISTER, task.unit_id) or by.may(DECIDE, task.unit_id) or _may_issue(by, document)):
        raise NotPermitted("Chỉ văn thư hoặc Lãnh đạo Sở được gửi báo cáo UBND tỉnh.")
    if task.state != TaskState.ESCALATED:
        settled = settle_task(task, "đã có trả lời trước khi gửi", EscalationStatus.ANSWERED, by=by, now=now)
        change_task(task, name="escalation.answered", by=by, now=now, changes=settled.changes, details=settled.details)
        escalation.refresh_from_db()
        return escalation
    if document is None or document.status != DocumentStatus.DRAFT:
        document = _draft_report(task, escalation.decision, escalation.reason, by=by, now=now)
    issue_draft(document, by=by, now=now)
    escalation.document = document
    escalation.status = EscalationStatus.SENT
    escalation.sent_at = now
    escalation.save(update_fields=["document", "status", "sent_at"])
    change_task(
        task,
        name="escalation.send",
        by=by,
        now=now,
        clause=str(escalation.decision.get("basis", "")),
        details={
            "escalation": escalation.pk,
            "number": document.full_number,
            "issued_on": document.issued_on,
            "document": document.pk,
        },
    )
    _tell(task, f"Đã gửi báo cáo UBND tỉnh số {document.full_number}: {task.title}", by=by, now=now)
    return escalation


def _may_issue(by: Actor, document: Document | None) -> bool:
    return document is not None and may_issue(by, document)


@action
@only_in_flow
def record_direction(  # noqa: PLR0917 -- the parts of UBND tỉnh's document
    escalation_id: int,
    number: str,
    issued_on: date,
    content: str,
    new_due: date | None = None,
    closes: bool = False,
    *,
    by: Actor,
    now: datetime,
) -> Direction:
    """Record UBND tỉnh's answer: a new deadline opens a new round, or the task closes, or it goes on as it was.

    When it closes, every open task under it closes too, each with its own event, and pending requests are withdrawn.
    With a new deadline every count starts again (reminders, nudges, the ladder), and a consulted body's processing
    time lasts at least until it. With neither, the unit goes on under the old deadline and the ladder of this round
    stays done. When the task was answered while the report was away, the direction is recorded and the task's state
    stays; a deadline or a closing then has nothing to act on and is refused with what to do instead.

    :raises NotFound: when there is no such duty, or its task is not seen.
    :raises NotPermitted: unless Văn phòng or văn thư does it.
    :raises WrongState: when the report was not sent, or was answered by UBND tỉnh already.
    :raises Invalid: with the fields that are wrong.
    """
    case = _lock_case(escalation_id, by=by)
    task, escalation = case
    units = (task.unit_id, task.host_unit_id)
    if not any(by.may(codename, unit) for codename in (URGE, REGISTER) for unit in units):
        raise NotPermitted("Chỉ Văn phòng hoặc văn thư được ghi ý kiến chỉ đạo của UBND tỉnh.")
    if escalation.status != EscalationStatus.SENT or escalation.sent_at is None:
        raise WrongState(f"Báo cáo đang ở trạng thái “{_label(escalation)}”; chỉ ghi ý kiến cho báo cáo đã gửi.")
    direction = _read_direction(case, number, issued_on, content, new_due, closes=closes, now=now)
    direction.recorded_by_id, direction.recorded_name, direction.recorded_at = by.person_id, by.name, now
    direction.save()
    escalation.status = EscalationStatus.DIRECTED
    escalation.closed_at = now
    escalation.save(update_fields=["status", "closed_at"])
    _follow_direction(task, direction, by=by, now=now)
    text = f"UBND tỉnh có ý kiến tại {direction}: {task.title}"
    _tell(task, text, by=by, now=now)
    return direction


def _read_direction(
    case: _Case, number: str, issued_on: date, content: str, new_due: date | None, *, closes: bool, now: datetime
) -> Direction:
    """Return the direction unsaved, after every field was checked.

    :raises Invalid: with the fields that are wrong.
    """
    today = timezone.localdate(now)
    fields = Fields()
    number = fields.text("number", number, "Số, ký hiệu văn bản", limit=60)
    content = fields.text("content", content, "Nội dung chỉ đạo")
    issued_on = fields.past_day("issued_on", issued_on, "Ngày văn bản", today=today)
    sent_on = timezone.localdate(case.escalation.sent_at)
    if issued_on < sent_on:
        said = f"Ngày văn bản {issued_on:%d/%m/%Y} trước ngày gửi báo cáo {sent_on:%d/%m/%Y}"
        fields.refuse("issued_on", f"{said}; hãy kiểm tra lại ngày.")
    if new_due is not None and closes:
        fields.refuse("new_due", "Đã chọn kết thúc nhiệm vụ thì không đặt hạn mới; hãy chọn một trong hai.")
    if new_due is not None and new_due <= today:
        fields.refuse("new_due", f"Hạn mới phải sau hôm nay ({today:%d/%m/%Y}).")
    elif new_due is not None and not load_rulebook().calendar.is_working(new_due):
        fields.refuse("new_due", f"Ngày {new_due:%d/%m/%Y} là ngày nghỉ; hãy chọn một ngày làm việc.")
    if case.task.state != TaskState.ESCALATED and (new_due is not None or closes):
        said = "Đơn vị đã có trả lời nên chỉ ghi được nội dung chỉ đạo"
        fields.refuse("new_due", f"{said}; nếu phải làm lại, hãy trả lại báo cáo hoặc mở lại nhiệm vụ.")
    fields.stop_if_wrong()
    return Direction(
        escalation=case.escalation,
        number=number,
        issued_on=issued_on,
        content=content,
        new_due=new_due,
        closes=closes,
    )


def _follow_direction(task: Task, direction: Direction, *, by: Actor, now: datetime) -> None:
    """Change the task as the direction says, with one event that names the document."""
    said: dict[str, object] = {
        "direction": direction.pk,
        "number": direction.number,
        "issued_on": direction.issued_on,
        "content": direction.content,
    }
    if task.state != TaskState.ESCALATED:
        change_task(task, name="escalation.direction", by=by, now=now, details=said)
        return
    if direction.closes:
        settled = settle_closing(task, "kết thúc theo ý kiến chỉ đạo", by=by, now=now)
        details = {**said, **settled.details}
        perform_transition(task, "direct_close", by=by, now=now, changes=settled.changes, details=details)
        reason = f"việc cha {task.code} kết thúc theo ý kiến chỉ đạo {direction}"
        close_children(task, reason, by=by, now=now)
        return
    changes: dict[str, object] = {}
    if direction.new_due is not None:
        said |= {"new_due": direction.new_due, "old_due": task.due_on}
        changes = _new_round(task, direction.new_due)
    perform_transition(task, "direct", by=by, now=now, changes=changes, details=said)
    if direction.new_due is not None:
        move_processing_end(task, direction.new_due, by=by, now=now, clause=f"Ý kiến chỉ đạo {direction}")


def _new_round(task: Task, new_due: date) -> dict[str, object]:
    """Return the columns with which a new deadline opens a new round: every count starts again."""
    changes: dict[str, object] = {
        "round": task.round + 1,
        "due_on": new_due,
        "last_day": new_due,
        "reminders_issued": 0,
        "last_reminder_at": None,
        "reminder_drafted": False,
        "nudged_days": 0,
        "ladder_done": False,
    }
    if task.processing_until is not None:
        changes["processing_until"] = max(task.processing_until, new_due)
    return changes


@action
def withdraw_escalation(escalation_id: int, reason: str, *, by: Actor, now: datetime) -> Escalation:
    """Take a report to UBND tỉnh back, sent or not; the unit goes on, and the engine does not report again this round.

    :raises NotFound: when there is no such duty, or its task is not seen.
    :raises NotPermitted: unless a leader does it.
    :raises WrongState: when UBND tỉnh answered already, or the task is not with UBND tỉnh.
    :raises Invalid: when no reason is given.
    """
    task, escalation = _lock_case(escalation_id, by=by)
    if not (by.may(DECIDE, task.unit_id) or by.may(DECIDE, task.host_unit_id)):
        raise NotPermitted("Chỉ Lãnh đạo Sở được rút báo cáo UBND tỉnh.")
    if escalation.status not in {EscalationStatus.DUTY, EscalationStatus.SENT} or task.state in CLOSED_STATES:
        raise WrongState(f"Báo cáo đang ở trạng thái “{_label(escalation)}” nên không rút được.")
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do rút")
    fields.stop_if_wrong()
    document = escalation.document
    close_flows(FlowKind.ESCALATION, [escalation.pk], reason, of=task, by=by, now=now)
    if document is not None and document.status == DocumentStatus.DRAFT:
        close_flows(FlowKind.DOCUMENT, [document.pk], reason, of=task, by=by, now=now)
        document.status = DocumentStatus.CANCELLED
        document.save(update_fields=["status"])
        record_event(
            "document.cancel",
            subject=f"document:{document.pk}",
            by=by,
            now=now,
            before={"status": DocumentStatus.DRAFT},
            after={"status": DocumentStatus.CANCELLED},
        )
    escalation.status = EscalationStatus.WITHDRAWN
    escalation.closed_at = now
    escalation.closed_reason = reason
    escalation.save(update_fields=["status", "closed_at", "closed_reason"])
    details = {"escalation": escalation.pk, "reason": reason}
    perform_transition(task, "withdraw_escalation", by=by, now=now, details=details)
    _tell(task, f"Đã rút báo cáo UBND tỉnh: {task.title}", by=by, now=now)
    return escalation


def _lock_case(escalation_id: int, *, by: Actor) -> _Case:
    """Lock the task, then the duty.

    :raises NotFound: when there is no such duty, or its task is not seen.
    """
    task_id = Escalation.objects.filter(pk=escalation_id).values_list("task_id", flat=True).first()
    if task_id is None:
        raise NotFound
    task = lock_task(task_id, by=by)
    return _Case(task, Escalation.objects.select_for_update(of=("self",)).get(pk=escalation_id))


def _label(escalation: Escalation) -> str:
    return str(EscalationStatus(escalation.status).label)
