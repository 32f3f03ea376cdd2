"""The one door of the approvals: deciding the step that waits."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.utils import timezone
from viewflow.workflow.status import PROCESS, STATUS

from approvals.actions.locking import lock_step
from approvals.actions.opening import finish, record
from approvals.actions.telling import shortened, tell
from approvals.flows import FLOWS
from approvals.models import Approval, Result, Step
from approvals.queries.difference import newest_version, what_changed
from approvals.queries.page import last_writing
from approvals.queries.standing import PRESENTING, hands_of, is_judging, may_act_at, open_approval, waiting_step
from approvals.queries.talk import addressees, forget_gone_owner, participants
from approvals.screens import Choice, choice_called
from approvals.steps import EFFECTS, Decision
from workflow.actions.audit import action
from workflow.actions.flow import in_node
from workflow.choices import FlowKind, NotificationKind
from workflow.core.errors import Invalid, NotFound, NotPermitted, Stale, WrongState
from workflow.models import Escalation, Person
from workflow.permissions import SUBMIT, Actor

REFUSALS = {"refuse"}
"""Outcomes that end an approval against what was asked."""

NOT_JUDGED = {"send_back", "withdraw", "pass_up"}
"""Outcomes at which nobody says yes."""


@action
def decide(
    step_id: int,
    outcome: str,
    version: int | None = None,
    data: Mapping[str, object] | None = None,
    *,
    by: Actor,
    now: datetime,
) -> Step:
    """Decide the step: permission, separation of duties, the version shown, then its effect and the next step.

    All in one transaction: lock of the task, of the approval, the checks, the effect on the work, the flow's next step,
    the event, who is told. `version` is the version that the page showed; None where there are no versions.

    :raises NotFound: when there is no such step, or the person may not see it.
    :raises NotPermitted: when he has not the step's right, or wrote or submitted what is to be approved.
    :raises WrongState: when the step was decided already (the message says by whom), or its work can't take it.
    :raises Stale: when a newer version exists; `changes` holds the difference.
    :raises Invalid: with the fields that are wrong.
    """
    step, subject = lock_step(step_id, by=by)
    approval: Approval = step.process
    node = step.flow_task.name
    choice = choice_called(approval.kind, node, outcome)
    if choice is None:
        raise WrongState(f"Bước “{step.title}” không có lựa chọn này; hãy tải lại trang.")
    require_waiting(step)
    forget_gone_owner(step, timezone.localdate(now))
    refused = why_not(approval, step, choice, hands_of(approval), by=by)
    if refused:
        raise NotPermitted(refused)
    _require_newest(approval, node, version)
    given = Decision(outcome, version, dict(data or {}), by, now)
    _require_reason(choice, given)
    _pass(approval, step, choice, given)
    note = given.text("note") or given.text("reason")
    details = {"step": step.pk, "node": node, "title": str(step.title), "outcome": outcome, "label": choice.label}
    details |= {"version": version} if version is not None else {}
    details |= {"note": note} if note else {}
    if subject is not None:
        subject.refresh_from_db(fields=["chain_seq", "chain_head"])
    record(approval, "approval.decide", details, subject=subject, by=by, now=now)
    _tell(approval, step, choice, by=by, now=now)
    return step


@action
def decide_waiting(
    kind: FlowKind,
    target_id: int,
    outcome: str,
    version: int | None = None,
    data: Mapping[str, object] | None = None,
    *,
    by: Actor,
    now: datetime,
) -> Step:
    """Decide the step that waits on a target; see `decide`.

    :raises NotFound: when nothing is open on it.
    """
    waiting = Step.objects.filter(decided_at__isnull=True, finished__isnull=True, codename__gt="")
    waiting = waiting.filter(process__kind=kind, process__target_id=target_id, process__closed_at__isnull=True)
    step_id = waiting.order_by("-id").values_list("pk", flat=True).first()
    if step_id is None:
        raise NotFound
    return decide(step_id, outcome, version, data, by=by, now=now)


def require_waiting(step: Step) -> None:
    """Let pass a step that waits for a person.

    :raises WrongState: when it was decided already (the message says by whom) or waits for nobody.
    """
    if step.decided_at is not None:
        at = f"{timezone.localtime(step.decided_at):%H:%M ngày %d/%m/%Y}"
        who = f"{step.decided_name} đã quyết định lúc {at}" if step.decided_name else f"Bước này đã đóng lúc {at}"
        raise WrongState(f"“{step.title}”: {who}. Hãy mở lại hồ sơ để xem kết quả.")
    if step.finished is not None or not step.codename:
        raise WrongState(f"Bước “{step.title}” không còn chờ ai.")


def why_not(approval: Approval, step: Step, choice: Choice, hands: frozenset[int], *, by: Actor) -> str:
    """Return why this person may not make this choice at the step, "" when he may; `hands` as `hands_of` gives them."""
    if choice.withdraws:
        if not by.is_one_of(*hands) or not by.may(SUBMIT, step.unit_id):
            return f"Chỉ người đã nộp được “{choice.label}”."
        return ""
    if not may_act_at(by, step) or (choice.needs and not by.may(choice.needs, step.unit_id)):
        return f"Ông/bà không có quyền “{choice.label}” ở bước “{step.title}”."
    given_to_another = step.owner_id is not None and not by.is_one_of(step.owner_id)
    if given_to_another and not by.may(SUBMIT, step.unit_id):
        return f"Bước “{step.title}” đã giao cho {step.owner}; hãy đề nghị trưởng đơn vị giao lại."
    judges = is_judging(approval.kind, step.flow_task.name)
    if judges and choice.outcome not in NOT_JUDGED and by.is_one_of(*hands):
        said = "Ông/bà (hoặc người ông/bà thay mặt) đã soạn hoặc trình nội dung này nên không được duyệt"
        return f"{said}; đề nghị người khác có quyền ở bước “{step.title}” thực hiện."
    return ""


def _require_newest(approval: Approval, node: str, version: int | None) -> None:
    newest = newest_version(approval)
    if newest is None or version == newest:
        return
    if version is None:
        raise Stale("Trang này không còn mới. Hãy mở lại hồ sơ rồi quyết định.")
    last = last_writing(approval)
    when = f" ({last})" if last else ""
    said = f"Nội dung đã được sửa sau khi ông/bà mở trang này{when}; chưa ghi gì"
    error = Stale(f"{said}. Hãy xem chỗ khác nhau rồi quyết định lại.")
    error.changes = what_changed(approval, version, newest)
    raise error


def _require_reason(choice: Choice, given: Decision) -> None:
    """Ask for the words that the choice needs, whichever way it comes: a form, many at once or another program."""
    if choice.form == "reason" and not given.text("reason").strip():
        raise Invalid.of(reason=f"Chưa nhập ý kiến, lý do để “{choice.label}”; hãy nhập rồi thực hiện lại.")


def _pass(approval: Approval, step: Step, choice: Choice, given: Decision) -> None:
    """Do the effect, write who decided what, and let the flow go on."""
    by, now = given.by, given.now
    approval.moment = now
    approval.outcome, approval.version = choice.outcome, given.version or approval.version
    if (approval.kind, step.flow_task.name) in PRESENTING:
        approval.by_head = by.may(SUBMIT, approval.unit_id)
    approval.save(update_fields=["outcome", "version", "by_head"])
    effect = EFFECTS.get((approval.kind, step.flow_task.name, choice.outcome))
    step.decided_at, step.outcome, step.version = now, choice.outcome, given.version
    step.decided_name, step.decided_position, step.capacity = by.name, by.position, by.capacity
    step.principal_id = by.principal_id
    step.note = given.text("note") or given.text("reason")
    person = Person.objects.get(pk=by.person_id)
    if effect is not None:
        with in_node():
            effect(approval, given)
        if _was_closed(approval):
            step.owner, step.status, step.finished = person, STATUS.DONE, now
            step.save()
            return
    activation = step.flow_task.activation_class(step)
    if step.status == STATUS.NEW:
        activation.assign(person)
    else:
        activation.reassign(person)
    activation.start(None)
    activation.execute()
    if approval.status == PROCESS.DONE:
        refused = choice.outcome in REFUSALS
        finish(approval, Result.REFUSED if refused else Result.APPROVED, now=now)
    _follow(approval, step, choice, now=now)


def _was_closed(approval: Approval) -> bool:
    """Tell whether the effect took the ground from this very flow; it is over then and is not moved on.

    The decision stays with its step. What closed the flow wrote how it ended and told those who took part.
    """
    approval.refresh_from_db(fields=["status", "result", "closed_at", "closed_reason", "finished"])
    return approval.closed_at is not None


def _follow(approval: Approval, step: Step, choice: Choice, *, now: datetime) -> None:
    """Let the duty's own flow go on when its document went out."""
    if approval.kind != FlowKind.DOCUMENT or choice.outcome != "issue":
        return
    duty = approval_of_duty(approval.target_id)
    waiting = duty and Step.objects.filter(process=duty, flow_task=FLOWS[FlowKind.ESCALATION].report).first()
    if duty is None or waiting is None or waiting.status != STATUS.NEW:
        return
    FLOWS[FlowKind.ESCALATION].report.run(waiting, now=now)


def approval_of_duty(document_id: int) -> Approval | None:
    """Return the open flow of the duty to report whose document this is."""
    duty = Escalation.objects.filter(document_id=document_id).values_list("pk", flat=True).first()
    return open_approval(FlowKind.ESCALATION, duty) if duty is not None else None


def _tell(approval: Approval, step: Step, choice: Choice, *, by: Actor, now: datetime) -> None:
    """Tell on whom it waits next, and at the end or on the way back everybody who took part before."""
    waiting = waiting_step(approval)
    people = addressees(waiting, timezone.localdate(now)) if waiting is not None else set()
    if waiting is None or choice.outcome in {"send_back", "return", "refuse"}:
        people |= participants(approval)
    text = f"{approval.get_kind_display()}, {step.title}: {choice.said(ended=waiting is None)} {approval.title}"
    said = f"; ý kiến: {shortened(step.note)}" if step.note.strip() else ""
    tell(approval, people, kind=NotificationKind.DECISION, text=f"{text}{said}", by=by, now=now)
