"""Tạm dừng: the clock stops on a legal ground; on resume the deadline moves by the working days suspended."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from workflow.actions.adjustment.request import tell_unit
from workflow.actions.audit import action
from workflow.actions.task import move_processing_end, settle_task
from workflow.actions.transition import lock_task, perform_transition, state_label
from workflow.choices import TaskState
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.models import Suspension, Task
from workflow.models.task import may_suspend
from workflow.permissions import DO, URGE, Actor
from workflow.queries.rulebook import load_rulebook


@action
def suspend_task(
    task_id: int, ground: str, ground_number: str, ground_on: date, *, by: Actor, now: datetime
) -> Suspension:
    """Stop the clock on a legal ground, named by its document's number and date.

    A drafted reminder is withdrawn. While a dossier is suspended its consultations keep their own due dates, but its
    processing time does not run out for them.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless the handling officer or Văn phòng does it.
    :raises WrongState: when the clock does not run.
    :raises Invalid: with the parts of the ground that are missing.
    """
    task = lock_task(task_id, by=by)
    _require_handler(task, by)
    today = timezone.localdate(now)
    fields = Fields()
    ground = fields.text("ground", ground, "Căn cứ tạm dừng")
    ground_number = fields.text("ground_number", ground_number, "Số văn bản căn cứ", limit=60)
    ground_on = fields.past_day("ground_on", ground_on, "Ngày văn bản căn cứ", today=today)
    fields.stop_if_wrong()
    settled = settle_task(task, "nhiệm vụ tạm dừng", by=by, now=now)
    changes = {**settled.changes, "suspended_from": str(task.state)}
    details = {"ground": ground, "ground_number": ground_number, "ground_on": ground_on, **settled.details}
    perform_transition(task, "suspend", by=by, now=now, changes=changes, details=details)
    suspension = Suspension.objects.create(
        task=task,
        ground=ground,
        ground_number=ground_number,
        ground_on=ground_on,
        started_on=today,
        started_name=by.name,
    )
    move_processing_end(task, None, by=by, now=now)
    text = f"Tạm dừng ({ground}, số {ground_number}): {task.title}"
    tell_unit(task, task.assignee_id, text, by=by, now=now)
    return suspension


@action
def resume_task(task_id: int, *, by: Actor, now: datetime) -> Suspension:
    """Let the clock run again from the state before; the deadline moves by the working days suspended.

    The day of the stop is not counted, the day of resuming is (BLDS 2015 Đ147.2). The first deadline stands. A
    dossier's processing time moves too, and its consultations follow; so does the wait after a reminder, which the
    suspended days do not use up.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless the handling officer or Văn phòng does it.
    :raises WrongState: when the task is not suspended.
    """
    task = lock_task(task_id, by=by)
    _require_handler(task, by)
    suspension = Suspension.objects.filter(task=task, resumed_on__isnull=True).first()
    if task.state != TaskState.SUSPENDED or suspension is None:
        raise WrongState(f"Nhiệm vụ đang ở trạng thái “{state_label(task.state)}”, không phải đang tạm dừng.")
    today = timezone.localdate(now)
    calendar = load_rulebook().calendar
    moved = calendar.count(suspension.started_on, today)
    changes: dict[str, object] = {}
    if int(moved) > 0:
        if task.due_on is not None:
            changes["due_on"] = changes["last_day"] = calendar.add(task.due_on, moved)
            changes["nudged_days"] = 0
        if task.last_reminder_at is not None:
            day = timezone.localdate(task.last_reminder_at)
            changes["last_reminder_at"] = task.last_reminder_at + (calendar.add(day, moved) - day)
        if task.processing_until is not None:
            changes["processing_until"] = calendar.add(task.processing_until, moved)
    suspension.resumed_on, suspension.resumed_name, suspension.days_moved = today, by.name, int(moved)
    suspension.save(update_fields=["resumed_on", "resumed_name", "days_moved"])
    details = {"suspension": suspension.pk, "days_moved": int(moved), "started_on": suspension.started_on}
    perform_transition(task, "resume", by=by, now=now, changes=changes, details=details)
    move_processing_end(task, task.due_on, by=by, now=now)
    due = f", hạn {task.due_on:%d/%m/%Y}" if task.due_on else ""
    tell_unit(task, task.assignee_id, f"Tiếp tục thực hiện{due}: {task.title}", by=by, now=now)
    return suspension


def _require_handler(task: Task, by: Actor) -> None:
    if not (may_suspend(task, by) or by.may(URGE, task.host_unit_id) or by.may(DO, task.host_unit_id)):
        raise NotPermitted("Chỉ người thụ lý hoặc Văn phòng được tạm dừng, cho tiếp tục nhiệm vụ này.")
