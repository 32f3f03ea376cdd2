"""Vướng mắc: a unit reports it, Văn phòng advises, a leader decides (III, đoạn cuối)."""

from __future__ import annotations

from datetime import datetime

from workflow.actions.adjustment.request import lock_task_of, require_decider, tell_unit
from workflow.actions.audit import action, record_event
from workflow.actions.flow import Target, only_in_flow, open_flow
from workflow.actions.notification import tell_of
from workflow.actions.task import require_open
from workflow.actions.transition import change_task, lock_task
from workflow.choices import FlowKind, NotificationKind, RequestStatus
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.models import Obstacle
from workflow.permissions import DECIDE, DO, SUBMIT, URGE, Actor

OBSTACLE_CLAUSE = "III, đoạn cuối"


@action
def raise_obstacle(task_id: int, text: str, *, by: Actor, now: datetime) -> Obstacle:
    """Report a difficulty (III, đoạn cuối); Văn phòng is told. The clock keeps running unless policy says otherwise.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless a person of the unit does it.
    :raises WrongState: when the task is closed or one obstacle waits already.
    :raises Invalid: when the text is blank.
    """
    task = lock_task(task_id, by=by)
    if not (by.may(DO, task.unit_id) or by.may(SUBMIT, task.unit_id)):
        raise NotPermitted("Chỉ người của đơn vị thực hiện được phản ánh vướng mắc.")
    require_open(task)
    if Obstacle.objects.filter(task=task, status=RequestStatus.PENDING).exists():
        raise WrongState("Đã có một vướng mắc đang chờ giải quyết; hãy chờ ý kiến về vướng mắc đó.")
    fields = Fields()
    text = fields.text("text", text, "Nội dung vướng mắc")
    fields.stop_if_wrong()
    obstacle = Obstacle.objects.create(
        task=task, text=text, raised_by_id=by.person_id, raised_name=by.name, raised_at=now
    )
    details = {"obstacle": obstacle.pk, "text": text}
    change_task(
        task,
        name="obstacle.raise",
        by=by,
        now=now,
        changes={"obstacle_open": True},
        clause=OBSTACLE_CLAUSE,
        details=details,
    )
    target = Target(obstacle.pk, task.pk, task.unit_id or task.host_unit_id, text)
    open_flow(FlowKind.OBSTACLE, target, by=by, now=now)
    said = f"{task.unit} phản ánh vướng mắc: {task.title}"
    tell_of(task, heads_of=[(task.unit_id, URGE)], kind=NotificationKind.DECISION, text=said, by=by, now=now)
    return obstacle


@action
@only_in_flow
def advise_obstacle(obstacle_id: int, advice: str, *, by: Actor, now: datetime) -> Obstacle:
    """Add Văn phòng's advice to a waiting obstacle (III, đoạn cuối); leaders are told. A later advice replaces it.

    :raises NotFound: when the obstacle's task is not seen.
    :raises NotPermitted: unless Văn phòng does it.
    :raises WrongState: when the obstacle is decided already.
    :raises Invalid: when the advice is blank.
    """
    task = lock_task_of(Obstacle.objects.values_list("task_id", flat=True).filter(pk=obstacle_id).first(), by)
    obstacle = Obstacle.objects.get(pk=obstacle_id)
    if not (by.may(URGE, task.unit_id) or by.may(URGE, task.host_unit_id)):
        raise NotPermitted("Chỉ Văn phòng được tham mưu giải quyết vướng mắc.")
    _require_waiting(obstacle)
    fields = Fields()
    advice = fields.text("advice", advice, "Ý kiến tham mưu")
    fields.stop_if_wrong()
    obstacle.advice, obstacle.advised_by_id, obstacle.advised_name = advice, by.person_id, by.name
    obstacle.save(update_fields=["advice", "advised_by", "advised_name"])
    details = {"obstacle": obstacle.pk, "advice": advice}
    record_event("obstacle.advise", subject=task, by=by, now=now, clause=OBSTACLE_CLAUSE, details=details)
    said = f"Văn phòng đã tham mưu, đề nghị Lãnh đạo Sở giải quyết vướng mắc: {task.title}"
    tell_of(task, heads_of=[(task.unit_id, DECIDE)], kind=NotificationKind.DECISION, text=said, by=by, now=now)
    return obstacle


@action
@only_in_flow
def decide_obstacle(
    obstacle_id: int,
    approve: bool,
    decision: str,
    *,
    by: Actor,
    now: datetime,
) -> Obstacle:
    """Decide a waiting obstacle (III, đoạn cuối), with or without Văn phòng's advice; the unit is told.

    :raises NotFound: when the obstacle's task is not seen.
    :raises NotPermitted: unless a leader decides who did not raise it.
    :raises WrongState: when it is decided already.
    :raises Invalid: when the decision has no text.
    """
    task = lock_task_of(Obstacle.objects.values_list("task_id", flat=True).filter(pk=obstacle_id).first(), by)
    obstacle = Obstacle.objects.get(pk=obstacle_id)
    require_decider(task, obstacle.raised_by_id, "obstacle.raise", "obstacle", obstacle.pk, by=by)
    _require_waiting(obstacle)
    fields = Fields()
    decision = fields.text("decision", decision, "Ý kiến giải quyết")
    fields.stop_if_wrong()
    obstacle.status = RequestStatus.APPROVED if approve else RequestStatus.REFUSED
    obstacle.decision, obstacle.decided_by_id, obstacle.decided_name = decision, by.person_id, by.name
    obstacle.decided_at = now
    obstacle.save(update_fields=["status", "decision", "decided_by", "decided_name", "decided_at"])
    details = {"obstacle": obstacle.pk, "approved": approve, "decision": decision}
    change_task(
        task,
        name="obstacle.decide",
        by=by,
        now=now,
        changes={"obstacle_open": False},
        clause=OBSTACLE_CLAUSE,
        details=details,
    )
    said = "Ý kiến giải quyết vướng mắc" if approve else "Không đồng ý với vướng mắc đã phản ánh"
    tell_unit(task, obstacle.raised_by_id, f"{said} ({decision}): {task.title}", by=by, now=now)
    return obstacle


def _require_waiting(obstacle: Obstacle) -> None:
    if obstacle.status != RequestStatus.PENDING:
        words = str(RequestStatus(obstacle.status).label).lower()
        raise WrongState(f"Vướng mắc này đã có kết quả: {words}.")
