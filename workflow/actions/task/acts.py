"""The plain acts on a task: who leads and does it, starting, its awaited event, notes, cancelling, reopening."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from workflow.actions.audit import action
from workflow.actions.notification import tell_of
from workflow.actions.task.closing import close_children, settle_closing, tell_closed
from workflow.actions.task.following import wait_anew
from workflow.actions.task.making import find_lead
from workflow.actions.transition import change_task, lock_task, perform_transition, state_label
from workflow.actions.unit import lock_units
from workflow.choices import CLOSED_STATES, HandedBy, NotificationKind
from workflow.core.errors import Invalid, NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.models import Person, ProgressNote, Task, Unit
from workflow.permissions import CHECK, DECIDE, DO, SUBMIT, URGE, Actor
from workflow.queries.notification import people_of
from workflow.queries.unit import heir_of


@action
def assign_lead(task_id: int, unit_id: int, *, by: Actor, now: datetime) -> Task:
    """Give a row that names no responsible unit its lead unit; the unit's head is told.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless Văn phòng or a leader does it.
    :raises WrongState: when the task is closed or has a lead already.
    :raises Invalid: when the unit can't lead.
    """
    units = lock_units([unit_id])
    task = lock_task(task_id, by=by)
    if not (by.may(URGE, task.host_unit_id) or by.may(DECIDE, task.host_unit_id)):
        raise NotPermitted("Chỉ Văn phòng hoặc Lãnh đạo Sở được giao đơn vị chủ trì.")
    require_open(task)
    if task.unit_id is not None:
        raise WrongState("Nhiệm vụ đã có đơn vị chủ trì; chỉ giao được cho nhiệm vụ còn thiếu đơn vị chủ trì.")
    fields = Fields()
    find_lead(fields, units.get(unit_id), timezone.localdate(now))
    fields.stop_if_wrong()
    changes = {"unit_id": unit_id, "handed_by": HandedBy.ASSIGNMENT}
    change_task(task, name="task.assign_lead", by=by, now=now, changes=changes, clause=task.clause)
    text = f"Đơn vị được giao chủ trì: {task.title}"
    tell_of(task, heads_of=[(unit_id, SUBMIT)], kind=NotificationKind.DECISION, text=text, by=by, now=now)
    return task


@action
def assign_person(task_id: int, person_id: int, *, by: Actor, now: datetime) -> Task:
    """Assign the work to a person of the unit, who is told.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless the unit's head does it.
    :raises WrongState: when the task is closed, or is assigned to that person already.
    :raises Invalid: when the person has no place in force in the unit from which he may do its work.
    """
    task = lock_task(task_id, by=by)
    if not by.may(SUBMIT, task.unit_id):
        raise NotPermitted("Chỉ trưởng đơn vị được phân công người thực hiện trong đơn vị mình.")
    require_open(task)
    if person_id not in people_of(task.unit_id, DO, timezone.localdate(now)):
        said = "Người này không có vị trí công tác đang hiệu lực tại đơn vị; hãy chọn người của đơn vị."
        raise Invalid.of(person_id=said)
    name = Person.objects.values_list("full_name", flat=True).get(pk=person_id)
    if task.assignee_id == person_id:
        raise WrongState(f"Nhiệm vụ này đã phân công cho {name} rồi.")
    changes = {"assignee_id": person_id}
    change_task(task, name="task.assign_person", by=by, now=now, changes=changes, details={"name": name})
    text = f"Ông/bà được phân công: {task.title}"
    tell_of(task, persons=[person_id], kind=NotificationKind.DECISION, text=text, by=by, now=now)
    return task


@action
def start_task(task_id: int, *, by: Actor, now: datetime) -> Task:
    """Take the work up: đã giao → đang thực hiện.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless a member of the lead unit does it.
    :raises WrongState: when the task is not in đã giao or has no lead.
    """
    return perform_transition(lock_task(task_id, by=by), "start", by=by, now=now)


@action
def arm_task(task_id: int, event_number: str, event_on: date, *, by: Actor, now: datetime) -> Task:
    """Record the awaited event by its document's number and date; the clock starts and the unit's head is told.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless Văn phòng does it.
    :raises WrongState: when the task does not wait for an event.
    :raises Invalid: when the number is blank or the date lies in the future.
    """
    task = lock_task(task_id, by=by)
    if not by.may(URGE, task.host_unit_id):
        raise NotPermitted("Chỉ Văn phòng được ghi nhận sự kiện.")
    fields = Fields()
    number = fields.text("event_number", event_number, "Số văn bản của sự kiện", limit=60)
    day = fields.past_day("event_on", event_on, "Ngày văn bản của sự kiện", today=timezone.localdate(now))
    fields.stop_if_wrong()
    perform_transition(task, "arm", by=by, now=now, changes={"event_number": number, "event_on": day})
    text = f"Sự kiện phải chờ đã có (văn bản số {number}), việc bắt đầu tính thời hạn: {task.title}"
    tell_of(task, heads_of=[(task.unit_id, SUBMIT)], kind=NotificationKind.DECISION, text=text, by=by, now=now)
    return task


@action
def cancel_task(task_id: int, reason: str, *, by: Actor, now: datetime) -> Task:
    """Cancel an open task, and with it every open task under it, each with its own event.

    What was drafted or asked for and no longer matters is withdrawn and named in the events: reminder drafts, an
    unsent duty to report to UBND tỉnh, a pending extension or obstacle. The units' heads are told.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless a leader does it.
    :raises WrongState: when the task is closed.
    :raises Invalid: when the reason is blank.
    """
    task = lock_task(task_id, by=by)
    if not (by.may(DECIDE, task.unit_id) or by.may(DECIDE, task.host_unit_id)):
        raise NotPermitted("Chỉ Lãnh đạo Sở được hủy nhiệm vụ.")
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do hủy")
    fields.stop_if_wrong()
    settled = settle_closing(task, "nhiệm vụ đã hủy", by=by, now=now)
    details = {"reason": reason, **settled.details}
    perform_transition(task, "cancel", by=by, now=now, changes=settled.changes, details=details)
    tell_closed(task, reason, by=by, now=now)
    close_children(task, f"việc cha {task.code} đã hủy: {reason}", by=by, now=now)
    return task


@action
def reopen_task(task_id: int, reason: str, *, by: Actor, now: datetime) -> Task:
    """Reopen a reviewed task: the same round and deadline go on, and a new report is owed.

    A unit that was closed since owes nothing more: the task passes to its successor, as the open ones did then.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless a leader does it.
    :raises WrongState: when the task is not reviewed, or its unit was closed without a successor.
    :raises Invalid: when the reason is blank.
    """
    heirs = _lock_heirs(task_id, timezone.localdate(now))
    task = lock_task(task_id, by=by)
    if not (by.may(DECIDE, task.unit_id) or by.may(DECIDE, task.host_unit_id)):
        raise NotPermitted("Chỉ Lãnh đạo Sở được mở lại nhiệm vụ.")
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do mở lại")
    fields.stop_if_wrong()
    passed, closed_units = _pass_to_heirs(task, heirs)
    changes = {"submitted_version": None, "reported_at": None, "closed_at": None, **wait_anew(task, now=now), **passed}
    details = {"reason": reason, "closed_units": closed_units} if closed_units else {"reason": reason}
    perform_transition(task, "reopen", by=by, now=now, changes=changes, details=details)
    text = f"Nhiệm vụ được mở lại ({reason}): {task.title}"
    heads = [(task.unit_id, SUBMIT), (task.unit_id, CHECK)]
    tell_of(
        task,
        heads_of=heads,
        persons=[task.assignee_id],
        kind=NotificationKind.DECISION,
        text=text,
        by=by,
        now=now,
    )
    return task


def _lock_heirs(task_id: int, today: date) -> dict[int, Unit | None]:
    """Lock the units of a task, and who took over from those that were closed; return by unit who does its work."""
    row = Task.objects.filter(pk=task_id).values_list("unit_id", "host_unit_id").first()
    units = Unit.objects.in_bulk([pk for pk in row or () if pk])
    heirs = {pk: heir_of(unit, today) for pk, unit in units.items()}
    locked = lock_units([*heirs, *(heir.pk for heir in heirs.values() if heir is not None)])
    return {pk: _still_open(locked, heir, today) for pk, heir in heirs.items()}


def _still_open(locked: dict[int, Unit], heir: Unit | None, today: date) -> Unit | None:
    unit = locked.get(heir.pk) if heir is not None else None
    return unit if unit is not None and unit.is_open_on(today) else None


def _pass_to_heirs(task: Task, heirs: dict[int, Unit | None]) -> tuple[dict[str, object], list[str]]:
    """Return the columns with which a locked task leaves closed units for their successors, and those units' codes.

    :raises WrongState: when a unit was closed without a successor, or at this very moment.
    """
    changes: dict[str, object] = {}
    closed = []
    for column, unit in (("unit_id", task.unit), ("host_unit_id", task.host_unit)):
        if unit is None:
            continue
        heir = heirs.get(unit.pk)
        if heir is None:
            said = f"{unit.name} đã đóng và không có đơn vị kế thừa đang hoạt động nên không mở lại được"
            raise WrongState(f"{said}; hãy giao việc này thành nhiệm vụ mới cho đơn vị khác.")
        if heir.pk != unit.pk:
            changes |= {column: heir.pk, "handed_by": HandedBy.SUCCESSION}
            closed.append(unit.code)
            if column == "unit_id":
                changes["assignee_id"] = None
    return changes, closed


@action
def add_note(
    task_id: int, text: str, month: date | None = None, *, has_work: bool = True, by: Actor, now: datetime
) -> ProgressNote:
    """Add a progress note, or confirm a month ('có / không phát sinh'); asks for no approval.

    `month` is the first day of the month confirmed, at most the present one, each month once. A month with nothing to
    say needs no text.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless a member of the unit does it.
    :raises WrongState: when the task is closed.
    :raises Invalid: with the fields that are wrong.
    """
    task = lock_task(task_id, by=by)
    if not by.may(DO, task.unit_id):
        raise NotPermitted("Chỉ người của đơn vị thực hiện được cập nhật tiến độ.")
    require_open(task)
    fields = Fields()
    text = fields.text("text", text, "Nội dung tiến độ", needed=has_work or month is None)
    if month is not None:
        _check_month(fields, task, month, timezone.localdate(now))
    fields.stop_if_wrong()
    note = ProgressNote.objects.create(
        task=task,
        month=month,
        has_work=has_work,
        text=text,
        author_id=by.person_id,
        author_name=by.name,
        created_at=now,
    )
    confirmed = max((day for day in (month, task.confirmed_month) if day is not None), default=None)
    details = {"note": note.pk, "month": month, "has_work": has_work, "text": text}
    change_task(task, name="task.note", by=by, now=now, changes={"confirmed_month": confirmed}, details=details)
    return note


def _check_month(fields: Fields, task: Task, month: date, today: date) -> None:
    if month.day != 1:
        fields.refuse("month", "Tháng xác nhận phải ghi bằng ngày đầu tháng, ví dụ 01/05/2022.")
    elif month > today:
        fields.refuse("month", f"Tháng {month:%m/%Y} chưa đến; hãy chọn tháng này hoặc tháng đã qua.")
    elif ProgressNote.objects.filter(task=task, month=month).exists():
        said = f"Tháng {month:%m/%Y} đã xác nhận rồi; nếu có thêm, hãy ghi một cập nhật không gắn tháng."
        fields.refuse("month", said)


def require_open(task: Task) -> None:
    """Refuse when nothing more is owed.

    :raises WrongState: when the task is reviewed or cancelled.
    """
    if task.state in CLOSED_STATES:
        raise WrongState(f"Nhiệm vụ đã kết thúc ({state_label(task.state).lower()}) nên không sửa được nữa.")
