"""Making tasks: in sets for a plan or a sweep, one by one for what UBND tỉnh assigns and for dossiers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from workflow.actions.audit import Entry, action, append_to_tasks
from workflow.actions.notification import tell_of
from workflow.actions.transition import set_next_due, snapshot
from workflow.actions.unit import lock_units
from workflow.adapters.setwise import update_rows
from workflow.choices import HandedBy, Ladder, NotificationKind, TaskKind, TaskOrigin, UnitKind
from workflow.core.deadline import Roll, last_working_day
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.core.fold import fold
from workflow.models import AuditEvent, Task, Unit
from workflow.permissions import DECIDE, DO, SUBMIT, URGE, Actor
from workflow.queries.rulebook import load_rulebook


@action
def create_tasks(
    tasks: Sequence[Task], *, by: Actor | None, now: datetime, details: Mapping[str, object] | None = None
) -> list[Task]:
    """Insert new tasks, parents before children, each with its creation event; returns them with their keys.

    Permission is the calling action's. `created_at` and `next_due` are set here; a task's parent must be saved
    already or stand earlier in the list.
    """
    rulebook = load_rulebook()
    pairs = []
    saved: list[Task] = []
    for wave in _waves(tasks):
        for task in wave:
            task.created_at = now
            task.parent = task.parent  # takes over the key of a parent saved in an earlier wave
            set_next_due(task, rulebook, now)
        saved += Task.objects.bulk_create(wave)
    for task in saved:
        columns = {name: value for name, value in snapshot(task).items() if value not in (None, "", 0, False)}
        pairs.append((task, Entry("task.create", after=columns, clause=task.clause, details=details or {})))
    AuditEvent.objects.bulk_create(append_to_tasks(pairs, by=by, now=now))
    update_rows(saved, ["chain_seq", "chain_head"])
    return saved


def _waves(tasks: Sequence[Task]) -> list[list[Task]]:
    """Split into lists so that every parent stands in an earlier list than its children."""
    waves: list[list[Task]] = []
    level: dict[int, int] = {}
    for task in tasks:
        parent = task.parent
        depth = level.get(id(parent), -1) + 1 if parent is not None else 0
        level[id(task)] = depth
        while len(waves) <= depth:
            waves.append([])
        waves[depth].append(task)
    return waves


@action
def open_province_task(
    title: str, unit_id: int, due_on: date, number: str, issued_on: date, *, by: Actor, now: datetime
) -> Task:
    """Open a task that UBND tỉnh assigned by a document of that number and date; the unit's head is told.

    A due date on a day off is rolled by policy `roll_printed_date`. The task stands on ladder A; consultations under
    it stand on ladder C (2022 II.1.5, 2023 II.1.3).

    :raises NotPermitted: unless a leader or Văn phòng does it.
    :raises Invalid: with the fields that are wrong.
    """
    if not (by.may(DECIDE, unit_id) or by.may(URGE, unit_id)):
        raise NotPermitted("Chỉ Lãnh đạo Sở hoặc Văn phòng được mở việc UBND tỉnh giao.")
    today = timezone.localdate(now)
    fields = Fields()
    title = fields.text("title", title, "Nội dung việc")
    number = fields.text("number", number, "Số văn bản giao", limit=60)
    fields.past_day("issued_on", issued_on, "Ngày văn bản giao", today=today)
    counted_to = read_due(fields, due_on, today)
    units, office = _lock_lead_and_office(unit_id, today)
    unit = find_lead(fields, units.get(unit_id), today)
    fields.stop_if_wrong()
    first = f"UBND-{issued_on.year}-{number}"[:100]
    task = Task(
        code=_free_code(first),
        title=title,
        search=fold(f"{title} {number}"),
        kind=TaskKind.PROVINCE,
        origin=TaskOrigin.PROVINCE,
        ladder=Ladder.A,
        rule_year=due_on.year,
        unit=unit,
        host_unit=office,
        handed_by=HandedBy.ASSIGNMENT,
        event_number=number,
        event_on=issued_on,
        due_basis=f"Văn bản số {number} ngày {issued_on:%d/%m/%Y} của UBND tỉnh",
        last_day=due_on,
        due_on=counted_to,
    )
    return _open(task, f"UBND tỉnh giao việc: {title}", by=by, now=now)


@action
def open_dossier(title: str, unit_id: int, processing_until: date, code: str, *, by: Actor, now: datetime) -> Task:
    """Open a one-stop dossier of the unit; its due date is the end of its processing time.

    A processing time that ends on a day off is rolled forward by policy `roll_term` (BLDS 2015 Đ148.5).

    :raises NotPermitted: unless a member of the unit does it.
    :raises Invalid: with the fields that are wrong; a dossier's code stands once.
    """
    if not by.may(DO, unit_id):
        raise NotPermitted("Ông/bà không thuộc đơn vị thụ lý nên không mở được hồ sơ của đơn vị này.")
    today = timezone.localdate(now)
    fields = Fields()
    title = fields.text("title", title, "Nội dung hồ sơ")
    code = fields.text("code", code, "Mã hồ sơ", limit=100)
    fields.coming_day("processing_until", processing_until, "Ngày hết thời gian xử lý", today=today)
    units, office = _lock_lead_and_office(unit_id, today)
    unit = find_lead(fields, units.get(unit_id), today)
    if code and Task.objects.filter(code=code).exists():
        fields.refuse("code", f"Mã hồ sơ {code} đã có; hãy kiểm tra lại mã trên phiếu tiếp nhận.")
    fields.stop_if_wrong()
    until = _rolled(processing_until, "roll_term", today)
    task = Task(
        code=code,
        title=title,
        search=fold(f"{title} {code}"),
        kind=TaskKind.DOSSIER,
        origin=TaskOrigin.PROCEDURE,
        ladder=Ladder.A,
        rule_year=until.year,
        unit=unit,
        host_unit=office,
        handed_by=HandedBy.ASSIGNMENT,
        due_basis="Thời gian xử lý hồ sơ thủ tục hành chính",
        last_day=processing_until,
        due_on=until,
        processing_until=until,
    )
    return _open(task, f"Hồ sơ mới: {title}", by=by, now=now)


def find_lead(fields: Fields, unit: Unit | None, on: date) -> Unit | None:
    """Return a locked unit if it may lead a task on the day: internal and open; else note what is wrong with it."""
    if unit is None:
        fields.refuse("unit_id", "Đơn vị này không có trong danh mục; hãy chọn lại đơn vị chủ trì.")
    elif not unit.is_internal:
        fields.refuse("unit_id", f"{unit.name} không phải đơn vị thuộc Sở; hãy chọn một đơn vị thuộc Sở để chủ trì.")
    elif not unit.is_open_on(on):
        fields.refuse("unit_id", f"{unit.name} không còn hoạt động; hãy chọn đơn vị đang hoạt động.")
    return unit


def read_due(fields: Fields, due_on: date, today: date) -> date:
    """Return the working day that a given date counts as (policy `roll_printed_date`); note when it has passed."""
    fields.coming_day("due_on", due_on, "Hạn hoàn thành", today=today)
    counted_to = _rolled(due_on, "roll_printed_date", today)
    if counted_to < today:
        said = f"Hạn {due_on:%d/%m/%Y} là ngày nghỉ, tính đến ngày làm việc liền trước {counted_to:%d/%m/%Y} đã qua"
        fields.refuse("due_on", f"{said}; hãy chọn một ngày làm việc sau đó.")
    return counted_to


def _rolled(day: date, policy: str, on: date) -> date:
    rulebook = load_rulebook()
    return last_working_day(day, rulebook.calendar, Roll(str(rulebook.policy(policy, on))))


def _lock_lead_and_office(unit_id: int, on: date) -> tuple[dict[int, Unit], Unit]:
    """Lock the unit, so that it can't close meanwhile, and Văn phòng, so that two new tasks never take the same code.

    :raises WrongState: when no Văn phòng is open on the day.
    """
    offices = list(Unit.objects.filter(kind=UnitKind.OFFICE).values_list("pk", flat=True))
    locked = lock_units([unit_id, *offices])
    for pk in sorted(offices):
        if pk in locked and locked[pk].is_open_on(on):
            return locked, locked[pk]
    raise WrongState("Chưa có Văn phòng đang hoạt động để theo dõi việc này; đề nghị quản trị mở đơn vị Văn phòng.")


def _free_code(first: str) -> str:
    taken = set(Task.objects.filter(code__startswith=first).values_list("code", flat=True))
    number = 1
    code = first
    while code in taken:
        number += 1
        code = f"{first}/{number}"
    return code


def _open(task: Task, text: str, *, by: Actor, now: datetime) -> Task:
    task.due_first = task.due_on
    [task] = create_tasks([task], by=by, now=now)
    tell_of(task, heads_of=[(task.unit_id, SUBMIT)], kind=NotificationKind.DECISION, text=text, by=by, now=now)
    return task
