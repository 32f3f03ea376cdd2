"""Moving on an approval whose step a change of its flow took away."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from viewflow.workflow import flow

from approvals.actions.locking import lock_approval
from approvals.actions.opening import record
from approvals.actions.telling import tell
from approvals.models import Approval, Step
from approvals.queries.diagram import is_gone
from approvals.queries.standing import MOVED, PRESENTING, waiting_step
from approvals.queries.talk import holder_ids
from workflow.actions.audit import action
from workflow.choices import FlowKind, NotificationKind, TaskState
from workflow.core.errors import Invalid, NotPermitted, WrongState
from workflow.models import Task
from workflow.permissions import DECIDE, Actor


@action
def move_obsolete(approval_id: int, node: str, *, by: Actor, now: datetime) -> Step:
    """Cancel the step that stands at a node which is no more, and let the approval wait at a step of the new flow.

    A leader does it; nothing is decided by it, so whoever has the right at the new step decides there as always. Those
    on whom the approval now waits are told. Returns the new step.

    :raises NotFound: when there is no such approval, or the person may not see it.
    :raises NotPermitted: unless a leader does it.
    :raises WrongState: when no step stands at a lost node, or the matter is not at the stage of the new step.
    :raises Invalid: when the flow has no such step of people.
    """
    approval, subject = lock_approval(approval_id, by=by)
    if not by.may(DECIDE, approval.unit_id):
        raise NotPermitted("Chỉ Lãnh đạo Sở chuyển được hồ sơ sang bước của quy trình mới.")
    lost = _lost_step(approval)
    target = _target(approval, node)
    _require_stage(approval, subject, node, str(target.task_title))
    step = _move(approval, lost, target, by=by, now=now)
    details: dict[str, object] = {
        "step": lost.pk,
        "node": lost.flow_task.name,
        "title": str(lost.title),
        "outcome": MOVED,
        "label": f"Chuyển sang bước “{step.title}” của quy trình mới",
        "to": node,
    }
    record(approval, "approval.decide", details, subject=subject, by=by, now=now)
    text = f"Quy trình đã thay đổi; hồ sơ chuyển sang bước “{step.title}”: {approval.title}"
    people = holder_ids(step, timezone.localdate(now))
    tell(approval, people, kind=NotificationKind.DECISION, text=text, by=by, now=now)
    return step


def _lost_step(approval: Approval) -> Step:
    waiting = Step.objects.filter(process=approval, finished__isnull=True).order_by("pk")
    lost: Step | None = next((step for step in waiting if is_gone(step)), None)
    if lost is None or approval.flow_class is None:
        step = waiting_step(approval)
        at = f"đang chờ ở bước “{step.title}”, còn trong quy trình" if step is not None else "không chờ ở bước nào"
        raise WrongState(f"Hồ sơ này {at}; không có gì phải chuyển.")
    lost.process = approval
    return lost


def _target(approval: Approval, node: str) -> flow.View:
    target = approval.flow_class.instance.node(node, no_obsolete=True)
    if not isinstance(target, flow.View):
        raise Invalid.of(node=f"Quy trình “{approval.get_kind_display()}” không có bước nào của người tên là “{node}”.")
    return target


def _require_stage(approval: Approval, subject: Task | None, node: str, title: str) -> None:
    """A report that was submitted waits to be judged, and one that was not waits at its unit; no move changes that."""
    if approval.kind != FlowKind.REPORT or subject is None:
        return
    submitted = subject.state == TaskState.REPORTED
    if submitted == ((approval.kind, node) in PRESENTING):
        stands = "đã nộp và đang chờ kiểm tra" if submitted else "chưa nộp"
        raise WrongState(f"Báo cáo này {stands} nên không chuyển sang bước “{title}” được; hãy chọn bước khác.")


def _move(approval: Approval, lost: Step, target: flow.View, *, by: Actor, now: datetime) -> Step:
    """Cancel the one and create the other, in the order in which one step at most waits."""
    approval.moment = now
    lost.decided_at, lost.outcome = now, MOVED
    lost.decided_name, lost.decided_position, lost.capacity = by.name, by.position, by.capacity
    lost.principal_id = by.principal_id
    lost.finished = now
    with approval.flow_class.lock(approval.pk):
        activation = lost.flow_task.activation_class(lost)
        activation.cancel()
        created = target._create(activation, lost.token)
    step: Step = created.task
    return step
