"""What a step needs when it is reached, which way the gateways point, and what a decision does to the work itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone
from viewflow.workflow import flow
from viewflow.workflow.activation import Activation

from approvals.models import Approval, Step
from workflow.actions.adjustment import advise_obstacle, decide_extension, decide_obstacle
from workflow.actions.document import issue_document, pass_up_signing, sign_document
from workflow.actions.escalation import record_direction, send_escalation
from workflow.actions.proposal import decide_proposal
from workflow.actions.reminder import issue_reminder
from workflow.actions.report import (
    approve_report,
    check_report,
    refuse_report,
    return_report,
    review_report,
    submit_report,
    withdraw_report,
)
from workflow.choices import (
    Capacity,
    DocumentStatus,
    EscalationStatus,
    FlowKind,
    ReminderStatus,
    ReportStatus,
    TaskOrigin,
    UnitKind,
)
from workflow.core.errors import Invalid, NotFound, NotPermitted, Stale, WrongState
from workflow.core.rulebook import Rulebook
from workflow.core.workday import Workdays
from workflow.models import Document, Report, Unit
from workflow.permissions import Actor
from workflow.queries.document import signed_by_order as by_order
from workflow.queries.report import asks_leader
from workflow.queries.rulebook import load_rulebook
from workflow.queries.unit import unit_tree


@dataclass(frozen=True, slots=True)
class Decision:
    """One decision, as its step's effect reads it."""

    outcome: str
    version: int | None
    data: Mapping[str, object]
    by: Actor
    now: datetime

    def text(self, name: str) -> str:
        """Return a field's text, "" when it was not given."""
        return str(self.data.get(name) or "")

    def day(self, name: str) -> date | None:
        """Return a field's day, None when it was not given."""
        found = self.data.get(name)
        return found if isinstance(found, date) else None

    def flag(self, name: str) -> bool | None:
        """Return a field's yes or no, None when it was not given."""
        found = self.data.get(name)
        return found if isinstance(found, bool) else None


# --- reaching a step ---


def begin(activation: Activation, *, approval: Mapping[str, object], now: datetime) -> Approval:
    """Fill the new approval; its row is written by the flow."""
    process: Approval = activation.process
    return fill(process, approval, now=now)


def fill(process: Approval, approval: Mapping[str, object], *, now: datetime) -> Approval:
    """Write into a new approval, in memory, what it is about and when it was opened."""
    for name, value in approval.items():
        setattr(process, name, value)
    process.opened_at = process.moment = now
    return process


def asking_unit(process: Approval) -> Unit:
    """Return the unit on which every step's right is asked."""
    unit: Unit = process.unit
    return unit


def arrive(activation: Activation) -> None:
    """Write into a new step on whom it waits and until when."""
    step: Step = activation.task
    process: Approval = activation.process
    owed = process.subject.due_on if process.subject is not None else None
    columns = arrival(process, activation.flow_task, load_rulebook(), owed)
    for name, value in columns.items():
        setattr(step, name, value)
    step.save(update_fields=list(columns))


def arrival(process: Approval, node: flow.View, rulebook: Rulebook, owed: date | None) -> dict[str, object]:
    """Return what a new step says: on whom it waits and until when (policy `step_days`, working days).

    A draft of a report is in no hurry before the task itself is due (`owed`), and UBND tỉnh answers when it does.
    """
    today = timezone.localdate(process.moment)
    days = Workdays(int(rulebook.policies.on(today).number("step_days")))
    name = (process.kind, node.name)
    due_on = None if name in WITHOUT_A_DAY else rulebook.calendar.add(today, days)
    if owed is not None and due_on is not None and name == (FlowKind.REPORT, "draft"):
        due_on = max(due_on, owed)
    return {
        "unit_id": process.unit_id,
        "codename": str(node._owner_permission).removeprefix("workflow."),
        "other_codename": node.also,
        "opened_at": process.moment,
        "due_on": due_on,
    }


WITHOUT_A_DAY = ((FlowKind.ESCALATION, "direct"),)
"""Steps that wait for somebody outside: nobody of the Sở is late with them."""


# --- the gateways ---

HEADLESS_KINDS = (UnitKind.LEADERSHIP, UnitKind.DEPARTMENT)
"""Kinds of units that stand above the divisions: nobody is their trưởng đơn vị."""


def said(*outcomes: str) -> Callable[[Activation], bool]:
    """Return a test of the last decision."""

    def told(activation: Activation) -> bool:
        return activation.process.outcome in outcomes

    return told


def presented_by_head(activation: Activation) -> bool:
    """Tell whether the head's step is passed: he presented it himself, or a leader drafted, whose unit has no head."""
    process: Approval = activation.process
    return process.by_head or process.unit.kind in HEADLESS_KINDS


def is_office_work(activation: Activation) -> bool:
    """Tell whether Văn phòng itself leads the task: a leader then checks (domain.md section 2, `review`)."""
    return activation.process.unit_id in unit_tree().office_ids


def needs_leader(activation: Activation) -> bool:
    """Tell whether a leader decides after Văn phòng: work that UBND tỉnh assigned, or a row that says so."""
    return _goes_on(activation.process)


def signed_by_order(activation: Activation) -> bool:
    """Tell whether the document is signed TL. GIÁM ĐỐC by Chánh Văn phòng."""
    return by_order(Document.objects.get(pk=activation.process.target_id))


# --- what a decision does ---

Effect = Callable[[Approval, Decision], object]


def report_went_out(activation: Activation, *, now: datetime) -> None:
    """The report to UBND tỉnh was issued: the duty's flow goes on, and its next step counts from this moment."""
    activation.process.moment = now


def _version(approval: Approval, given: Decision) -> int:
    """Return the report's version that the person looked at; the page showed its revision."""
    found = Report.objects.filter(task_id=approval.target_id, revision=given.version or 0)
    version = found.values_list("version", flat=True).first()
    if version is None:
        raise Stale("Bản báo cáo này không còn; hãy tải lại trang.")
    return version


def _present(approval: Approval, given: Decision) -> object:
    """Let only a draft be presented: a version that was returned or taken back is decided."""
    report = Report.objects.get(task_id=approval.target_id, version=_version(approval, given))
    if report.status != ReportStatus.DRAFT:
        words = str(ReportStatus(report.status).label).lower()
        raise WrongState(f"Bản {report.version} không còn là bản thảo ({words}); hãy soạn bản mới rồi trình.")
    return report


def _submit(approval: Approval, given: Decision) -> object:
    return submit_report(approval.target_id, _version(approval, given), by=given.by, now=given.now)


def _withdraw(approval: Approval, given: Decision) -> object:
    return withdraw_report(approval.target_id, _version(approval, given), by=given.by, now=given.now)


def _checks(given: Decision) -> dict[str, bool | None]:
    return {name: given.flag(name) for name in ("quantity_ok", "content_ok", "time_ok")}


def _goes_on(approval: Approval) -> bool:
    """Tell whether a leader decides after Văn phòng: work that UBND tỉnh assigned, or a row that says so."""
    subject = approval.subject
    return subject is not None and (subject.origin == TaskOrigin.PROVINCE or asks_leader(subject))


def _check(approval: Approval, given: Decision) -> object:
    """Accept; where a leader has to decide too, the three checks stand with the version until he does."""
    accept = check_report if _goes_on(approval) else review_report
    checks, version = _checks(given), _version(approval, given)
    return accept(approval.target_id, version, **checks, note=given.text("note"), by=given.by, now=given.now)


def _accept(approval: Approval, given: Decision) -> object:
    checks, version = _checks(given), _version(approval, given)
    return review_report(approval.target_id, version, **checks, note=given.text("note"), by=given.by, now=given.now)


def _return(approval: Approval, given: Decision) -> object:
    checks, version = _checks(given), _version(approval, given)
    return return_report(approval.target_id, version, **checks, note=given.text("note"), by=given.by, now=given.now)


def _leader_accepts(approval: Approval, given: Decision) -> object:
    version = _version(approval, given)
    return approve_report(approval.target_id, version, given.text("note"), by=given.by, now=given.now)


def _leader_returns(approval: Approval, given: Decision) -> object:
    version = _version(approval, given)
    return refuse_report(approval.target_id, version, given.text("reason"), by=given.by, now=given.now)


def _sign(approval: Approval, given: Decision) -> object:
    return sign_document(approval.target_id, given.version or 0, by=given.by, now=given.now)


def _sign_order(approval: Approval, given: Decision) -> object:
    """Sign TL.: who has that order may pass it to his deputy, who signs KT. (NĐ 30/2020 Điều 13)."""
    if given.by.capacity == Capacity.TUQ:
        said = "Việc ký thừa lệnh chỉ giao lại được cho cấp phó ký thay (NĐ 30/2020/NĐ-CP Điều 13)"
        raise NotPermitted(f"{said}; hãy trình người được giao ký thừa lệnh.")
    return _sign(approval, given)


def _pass_up(approval: Approval, given: Decision) -> object:
    return pass_up_signing(approval.target_id, given.version or 0, by=given.by, now=given.now)


def _issue(approval: Approval, given: Decision) -> object:
    """Issue by what the document is for: a reminder and a report to UBND tỉnh count from this moment.

    What was written anew after the signature is signed by nobody and goes back first (NĐ 30/2020 Điều 11 khoản 2).
    """
    document = Document.objects.filter(pk=approval.target_id).first()
    if document is None:
        raise NotFound
    if document.status != DocumentStatus.DRAFT:
        raise WrongState("Văn bản này không còn là dự thảo nên không phát hành được nữa.")
    if document.signed_at is None:
        raise WrongState("Văn bản đã sửa sau khi ký nên chưa có chữ ký; hãy trả người ký để ký lại rồi phát hành.")
    reminder = document.reminders.filter(status="draft").first()
    if reminder is not None:
        reminder = issue_reminder(reminder.pk, by=given.by, now=given.now)
        _require_sent(reminder.status == ReminderStatus.ISSUED)
        return reminder
    duty = document.escalations.first()
    if duty is not None:
        duty = send_escalation(duty.pk, by=given.by, now=given.now)
        _require_sent(duty.status == EscalationStatus.SENT)
        return duty
    return issue_document(document.pk, by=given.by, now=given.now)


def _require_sent(went_out: bool) -> None:
    """Let no flow end as if its document had gone out when the answer came first: then the draft is to be withdrawn."""
    if not went_out:
        raise WrongState("Nhiệm vụ đã có trả lời hoặc đã chuyển trạng thái nên không phát hành nữa; hãy rút dự thảo.")


def _record(approval: Approval, given: Decision) -> object:
    issued_on = given.day("issued_on")
    if issued_on is None:
        raise Invalid.of(issued_on="Chưa nhập Ngày văn bản của UBND tỉnh; hãy nhập theo văn bản đã nhận.")
    return record_direction(
        approval.target_id,
        given.text("number"),
        issued_on,
        given.text("content"),
        new_due=given.day("new_due"),
        closes=bool(given.flag("closes")),
        by=given.by,
        now=given.now,
    )


def _extend(approval: Approval, given: Decision) -> object:
    approve = given.outcome == "approve"
    new_due = given.day("new_due") if approve else None
    return decide_extension(
        approval.target_id, approve=approve, new_due=new_due, reason=given.text("reason"), by=given.by, now=given.now
    )


def _advise_obstacle(approval: Approval, given: Decision) -> object:
    return advise_obstacle(approval.target_id, given.text("reason"), by=given.by, now=given.now)


def _decide_obstacle(approval: Approval, given: Decision) -> object:
    approve = given.outcome == "approve"
    return decide_obstacle(approval.target_id, approve, given.text("reason"), by=given.by, now=given.now)


def _decide_proposal(approval: Approval, given: Decision) -> object:
    approve = given.outcome == "approve"
    note = given.text("note") or given.text("reason")
    return decide_proposal(approval.target_id, approve, note, by=given.by, now=given.now)


def _refuse_proposal(approval: Approval, given: Decision) -> object:
    return decide_proposal(approval.target_id, False, given.text("reason"), by=given.by, now=given.now)


EFFECTS: dict[tuple[str, str, str], Effect] = {
    (FlowKind.REPORT, "draft", "present"): _present,
    (FlowKind.REPORT, "draft", "submit"): _submit,
    (FlowKind.REPORT, "submit", "submit"): _submit,
    (FlowKind.REPORT, "check", "accept"): _check,
    (FlowKind.REPORT, "check", "return"): _return,
    (FlowKind.REPORT, "check", "withdraw"): _withdraw,
    (FlowKind.REPORT, "leader_check", "accept"): _accept,
    (FlowKind.REPORT, "leader_check", "return"): _return,
    (FlowKind.REPORT, "leader_check", "withdraw"): _withdraw,
    (FlowKind.REPORT, "approve", "accept"): _leader_accepts,
    (FlowKind.REPORT, "approve", "return"): _leader_returns,
    (FlowKind.DOCUMENT, "sign", "sign"): _sign,
    (FlowKind.DOCUMENT, "sign_order", "sign"): _sign_order,
    (FlowKind.DOCUMENT, "sign_order", "pass_up"): _pass_up,
    (FlowKind.DOCUMENT, "issue", "issue"): _issue,
    (FlowKind.ESCALATION, "direct", "record"): _record,
    (FlowKind.EXTENSION, "decide", "approve"): _extend,
    (FlowKind.EXTENSION, "decide", "refuse"): _extend,
    (FlowKind.OBSTACLE, "advise", "advise"): _advise_obstacle,
    (FlowKind.OBSTACLE, "decide", "approve"): _decide_obstacle,
    (FlowKind.OBSTACLE, "decide", "refuse"): _decide_obstacle,
    (FlowKind.PROPOSAL, "head", "refuse"): _refuse_proposal,
    (FlowKind.PROPOSAL, "decide", "approve"): _decide_proposal,
    (FlowKind.PROPOSAL, "decide", "refuse"): _decide_proposal,
}
"""What a decision does to the work; one that is not here only passes the matter on."""
