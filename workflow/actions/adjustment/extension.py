"""Gia hạn: asked for with a reason before the deadline, decided by a leader; the first deadline never changes."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from workflow.actions.adjustment.request import lock_task_of, require_decider, tell_unit
from workflow.actions.audit import action, record_event
from workflow.actions.flow import Target, only_in_flow, open_flow
from workflow.actions.notification import tell_of
from workflow.actions.task import move_processing_end, settle_task
from workflow.actions.transition import change_task, lock_task, state_label
from workflow.choices import CLOCK_STATES, FlowKind, NotificationKind, RequestStatus, TaskKind
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.models import Extension, Task
from workflow.permissions import DECIDE, SUBMIT, Actor
from workflow.queries.rulebook import load_rulebook


@action
def ask_extension(task_id: int, reason: str, wanted_due: date, *, by: Actor, now: datetime) -> Extension:
    """Ask for a later deadline, at the latest on the day of the present one; leaders are told.

    The clock keeps running until it is decided.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless the unit's head asks.
    :raises WrongState: when the clock does not run, there is no deadline, or one request waits already.
    :raises Invalid: when it is asked too late, the reason is blank or the wanted day can't be a deadline.
    """
    task = lock_task(task_id, by=by)
    if not by.may(SUBMIT, task.unit_id):
        raise NotPermitted("Chỉ trưởng đơn vị được xin gia hạn.")
    due_on = _running_deadline(task)
    if Extension.objects.filter(task=task, status=RequestStatus.PENDING).exists():
        raise WrongState("Đã có một đề nghị gia hạn đang chờ quyết định; hãy chờ kết quả của đề nghị đó.")
    today = timezone.localdate(now)
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do gia hạn")
    if today > due_on:
        said = f"Đã quá hạn {due_on:%d/%m/%Y}; gia hạn phải xin trước hoặc trong ngày đến hạn"
        fields.refuse("wanted_due", f"{said}. Hãy nộp báo cáo, hoặc phản ánh vướng mắc để Lãnh đạo Sở cho ý kiến.")
    _check_new_due(fields, "wanted_due", wanted_due, task, due_on)
    fields.stop_if_wrong()
    extension = Extension.objects.create(
        task=task,
        reason=reason,
        old_due=due_on,
        wanted_due=wanted_due,
        asked_by_id=by.person_id,
        asked_name=by.name,
        asked_at=now,
    )
    details = {"extension": extension.pk, "reason": reason, "old_due": due_on, "wanted_due": wanted_due}
    record_event("extension.ask", subject=task, by=by, now=now, details=details)
    asked = f"đến {wanted_due:%d/%m/%Y}: {task.title}"
    target = Target(extension.pk, task.pk, task.unit_id or task.host_unit_id, asked)
    open_flow(FlowKind.EXTENSION, target, by=by, now=now)
    text = f"{task.unit} xin gia hạn đến {wanted_due:%d/%m/%Y}: {task.title}"
    heads = [(task.unit_id, DECIDE)]
    tell_of(task, heads_of=heads, kind=NotificationKind.DECISION, text=text, by=by, now=now)
    return extension


@action
@only_in_flow
def decide_extension(
    extension_id: int,
    approve: bool,
    new_due: date | None = None,
    reason: str = "",
    *,
    by: Actor,
    now: datetime,
) -> Extension:
    """Approve a request (with the wanted day, or another) or refuse it with a reason; the asking unit is told.

    Approved, the deadline moves and the nudges begin anew; the first deadline stands, and the extension counts as a
    negative result. A reminder drafted against the old deadline is withdrawn; issued ones keep their count, since an
    extension opens no new round. A dossier's consultations follow its processing time.

    :raises NotFound: when the request's task is not seen.
    :raises NotPermitted: unless a leader decides who did not ask for it.
    :raises WrongState: when it is decided already or the task's clock no longer runs.
    :raises Invalid: when a refusal has no reason, or the new day can't be a deadline.
    """
    task = lock_task_of(Extension.objects.values_list("task_id", flat=True).filter(pk=extension_id).first(), by)
    extension = Extension.objects.get(pk=extension_id)
    require_decider(task, extension.asked_by_id, "extension.ask", "extension", extension.pk, by=by)
    if extension.status != RequestStatus.PENDING:
        words = str(RequestStatus(extension.status).label).lower()
        raise WrongState(f"Đề nghị gia hạn này đã có kết quả: {words}.")
    today = timezone.localdate(now)
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do không đồng ý", needed=not approve)
    granted = new_due or extension.wanted_due
    if approve:
        due_on = _running_deadline(task)
        fields.coming_day("new_due", granted, "Hạn mới", today=today)
        _check_new_due(fields, "new_due", granted, task, due_on)
    fields.stop_if_wrong()
    extension.status = RequestStatus.APPROVED if approve else RequestStatus.REFUSED
    extension.new_due = granted if approve else None
    extension.decided_by_id, extension.decided_name, extension.decided_at = by.person_id, by.name, now
    extension.decision_reason = reason
    extension.save(update_fields=["status", "new_due", "decided_by", "decided_name", "decided_at", "decision_reason"])
    details = {"extension": extension.pk, "reason": reason, "asked_because": extension.reason}
    if approve:
        _extend(task, granted, details, by=by, now=now)
        text = f"Đồng ý gia hạn đến {granted:%d/%m/%Y}: {task.title}"
    else:
        record_event("extension.refuse", subject=task, by=by, now=now, details=details)
        text = f"Không đồng ý gia hạn ({reason}): {task.title}"
    tell_unit(task, extension.asked_by_id, text, by=by, now=now)
    return extension


def _extend(task: Task, new_due: date, details: dict[str, object], *, by: Actor, now: datetime) -> None:
    settled = settle_task(task, "đã gia hạn", by=by, now=now)
    changes = {
        **settled.changes,
        "due_on": new_due,
        "last_day": new_due,
        "extended_count": task.extended_count + 1,
        "nudged_days": 0,
    }
    if task.kind == TaskKind.DOSSIER:
        changes["processing_until"] = new_due
    change_task(task, name="task.extend", by=by, now=now, changes=changes, details={**details, **settled.details})
    move_processing_end(task, new_due, by=by, now=now)


def _running_deadline(task: Task) -> date:
    if task.state not in CLOCK_STATES:
        words = state_label(task.state)
        raise WrongState(f"Nhiệm vụ đang ở trạng thái “{words}”, thời hạn không chạy nên không gia hạn được.")
    if task.due_on is None:
        raise WrongState("Nhiệm vụ này không có thời hạn nên không cần gia hạn.")
    return task.due_on


def _check_new_due(fields: Fields, name: str, day: date, task: Task, due_on: date) -> None:
    calendar = load_rulebook().calendar
    if day <= due_on:
        said = f"Hạn mới {day:%d/%m/%Y} phải sau hạn hiện tại {due_on:%d/%m/%Y}"
        fields.refuse(name, f"{said}; hãy chọn ngày muộn hơn.")
    elif not calendar.is_working(day):
        near = f"{calendar.last_on_or_before(day):%d/%m/%Y} hoặc {calendar.first_on_or_after(day):%d/%m/%Y}"
        fields.refuse(name, f"Ngày {day:%d/%m/%Y} là ngày nghỉ; hãy chọn ngày làm việc, ví dụ {near}.")
    elif task.kind == TaskKind.CONSULTATION and task.parent and task.parent.due_on and day > task.parent.due_on:
        last = f"{task.parent.due_on:%d/%m/%Y}"
        fields.refuse(name, f"Hạn lấy ý kiến không được sau hạn của việc chính; hãy chọn ngày không sau {last}.")
