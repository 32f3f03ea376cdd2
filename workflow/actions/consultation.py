"""Lấy ý kiến: one child task and one clock for each consulted body; its answer recorded, accepted or returned."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.utils import timezone

from workflow.actions.audit import action
from workflow.actions.notification import tell_of
from workflow.actions.task import create_tasks, read_due, restore_duty, settle_answer, settle_requests, wait_anew
from workflow.actions.transition import lock_task, perform_transition, state_label
from workflow.actions.unit import lock_units
from workflow.choices import (
    INTERNAL_KINDS,
    OPEN_STATES,
    HandedBy,
    Ladder,
    NotificationKind,
    ReportStatus,
    TaskKind,
    TaskOrigin,
    TaskState,
    UnitKind,
)
from workflow.core.errors import NotPermitted, Stale, WrongState
from workflow.core.fields import Fields
from workflow.core.fold import fold
from workflow.models import Attachment, Report, Task, Unit
from workflow.models.task import may_report
from workflow.permissions import ANSWER, DO, SUBMIT, Actor
from workflow.queries.notification import bodies_with_accounts
from workflow.queries.report import describe_version, hands_behind, newest_report, report_hash

CONSULTED_KINDS = INTERNAL_KINDS | {UnitKind.OUTSIDE, UnitKind.PLACE}
"""Kinds of bodies that can be asked for their opinion; UBND tỉnh is reported to, never chased."""

ASKING_STATES = (TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.ESCALATED)
"""The states of a task in which its unit is at work and may ask others."""

LONGEST_STEM = 110
"""How long the parent's code may be so that the child's still fits; a longer one is cut and gets the parent's key."""

CUT_STEM = 90


@action
def consult(
    parent_id: int, unit_ids: Sequence[int], question: str, due_on: date, *, by: Actor, now: datetime
) -> list[Task]:
    """Ask bodies for their opinion: one child task each, chased by the asking unit.

    Under a task that UBND tỉnh assigned a child stands on ladder C (2022 II.1.5, 2023 II.1.3), else on ladder B
    (I.1.5, 2022 II.1.9). Under a dossier the child knows the end of the processing time. A body in which nobody has an
    account answers by paper. The due date is a printed date (policy `roll_printed_date`), not after the parent's.

    :raises NotFound: when the parent is not seen.
    :raises NotPermitted: unless a member of the parent's unit does it.
    :raises WrongState: when the parent's unit is not at work on it.
    :raises Stale: when the parent passed to another unit at this very moment.
    :raises Invalid: with the fields that are wrong; nothing is asked of anybody then.
    """
    asking = Task.objects.filter(pk=parent_id).values_list("unit_id", flat=True).first()
    units = lock_units([asking, *unit_ids])
    parent = lock_task(parent_id, by=by)
    if not by.may(DO, parent.unit_id) or parent.unit is None:
        raise NotPermitted("Chỉ người của đơn vị thụ lý được lấy ý kiến cho nhiệm vụ này.")
    if parent.unit_id != asking:
        raise Stale("Đơn vị thụ lý vừa thay đổi; hãy tải lại trang rồi lấy ý kiến.")
    if parent.state not in ASKING_STATES or parent.kind == TaskKind.CONSULTATION:
        words = state_label(parent.state)
        raise WrongState(f"Chỉ lấy ý kiến khi đơn vị đang xử lý; nhiệm vụ này đang ở trạng thái “{words}”.")
    today = timezone.localdate(now)
    fields = Fields()
    question = fields.text("question", question, "Nội dung lấy ý kiến")
    counted_to = read_due(fields, due_on, today)
    if parent.due_on is not None and counted_to > parent.due_on:
        said = f"Hạn lấy ý kiến {counted_to:%d/%m/%Y} sau hạn của việc chính"
        fields.refuse("due_on", f"{said}; hãy chọn ngày không sau {parent.due_on:%d/%m/%Y}.")
    bodies = _read_bodies(fields, parent, unit_ids, units, today)
    fields.stop_if_wrong()
    online = bodies_with_accounts([body.pk for body in bodies], today)
    asked = Task.objects.filter(parent=parent, kind=TaskKind.CONSULTATION).count()
    children = []
    for number, body in enumerate(bodies, start=asked + 1):
        child = _child_of(parent, parent.unit, number, body, question)
        child.by_paper = body.pk not in online
        child.due_basis = f"Hạn lấy ý kiến {due_on:%d/%m/%Y}"
        child.last_day, child.due_first, child.due_on = due_on, counted_to, counted_to
        children.append(child)
    children = create_tasks(children, by=by, now=now, details={"parent": parent.code})
    for child in children:
        heads = [(child.unit_id, ANSWER), (child.unit_id, SUBMIT)]
        text = f"{parent.unit} lấy ý kiến, hạn {counted_to:%d/%m/%Y}: {question}"
        tell_of(child, heads_of=heads, kind=NotificationKind.DECISION, text=text, by=by, now=now)
    return children


def _child_of(parent: Task, host: Unit, number: int, body: Unit, question: str) -> Task:
    """Return the consultation of one body, unsaved and without its dates."""
    short = parent.code if len(parent.code) <= LONGEST_STEM else f"{parent.code[:CUT_STEM]}#{parent.pk}"
    return Task(
        code=f"{short}/YK{number}",
        title=question,
        search=fold(f"{question} {body.name}"),
        kind=TaskKind.CONSULTATION,
        origin=parent.origin,
        ladder=Ladder.C if parent.origin == TaskOrigin.PROVINCE else Ladder.B,
        rule_year=parent.rule_year,
        plan_id=parent.plan_id,
        item_id=parent.item_id,
        clause=parent.clause,
        parent=parent,
        sequence=number,
        unit=body,
        host_unit=host,
        handed_by=HandedBy.ASSIGNMENT,
        processing_until=parent.due_on if parent.kind == TaskKind.DOSSIER else None,
    )


def _read_bodies(
    fields: Fields, parent: Task, unit_ids: Sequence[int], units: Mapping[int, Unit], today: date
) -> list[Unit]:
    found = {pk: units[pk] for pk in unit_ids if pk in units}
    bodies = [found[pk] for pk in dict.fromkeys(unit_ids) if pk in found]
    if not unit_ids or len(found) < len(set(unit_ids)):
        fields.refuse("unit_ids", "Hãy chọn ít nhất một cơ quan có trong danh mục để lấy ý kiến.")
    open_children = Task.objects.filter(parent=parent, kind=TaskKind.CONSULTATION, state__in=OPEN_STATES)
    asked = set(open_children.values_list("unit_id", flat=True))
    wrong = [why for body in bodies if (why := _why_not(body, parent, asked, today))]
    if wrong:
        fields.refuse("unit_ids", f"{' '.join(wrong)} Hãy bỏ các cơ quan này khỏi danh sách.")
    return bodies


def _why_not(body: Unit, parent: Task, asked: set[int], today: date) -> str:
    if body.kind not in CONSULTED_KINDS:
        return f"{body.name} không phải một cơ quan cụ thể để lấy ý kiến."
    if not body.is_open_on(today):
        return f"{body.name} không còn hoạt động."
    if body.pk == parent.unit_id:
        return f"{body.name} chính là đơn vị thụ lý."
    return f"{body.name} đang được lấy ý kiến, chưa trả lời xong." if body.pk in asked else ""


@action
def record_answer(task_id: int, number: str, answered_on: date, content: str, *, by: Actor, now: datetime) -> Report:
    """Record that a consulted body's answer has arrived, by its số and ngày: văn thư, or the body itself.

    Any numbered reply counts as an answer (policy `what_answers`). A drafted reminder and an unsent duty to report to
    UBND tỉnh are settled at once; so an answer on the day of the sweep wins. A further answer is a new version, and is
    taken only after the former one was returned. Files that the same person attached before go with the answer.

    :raises NotFound: when the consultation is not seen.
    :raises NotPermitted: unless văn thư or the consulted body does it.
    :raises WrongState: when the task is no consultation, or an answer waits or was accepted already.
    :raises Invalid: with the fields that are wrong.
    """
    task = _lock_consultation(task_id, by)
    if not may_report(task, by):
        raise NotPermitted("Chỉ văn thư hoặc chính cơ quan được lấy ý kiến được ghi văn bản trả lời.")
    if task.state == TaskState.REPORTED:
        raise WrongState(f"Ý kiến bản {task.submitted_version} đang chờ đơn vị thụ lý nhận; không ghi chồng được.")
    if task.state not in ASKING_STATES:
        words = state_label(task.state)
        raise WrongState(f"Việc lấy ý kiến đang ở trạng thái “{words}” nên không ghi trả lời được.")
    fields = Fields()
    number = fields.text("number", number, "Số văn bản trả lời", limit=60)
    answered_on = fields.past_day("answered_on", answered_on, "Ngày văn bản trả lời", today=timezone.localdate(now))
    content = fields.text("content", content, "Nội dung trả lời")
    fields.stop_if_wrong()
    report = _keep_answer(task, number, answered_on, content, by=by, now=now)
    settled = settle_answer(task, by=by, now=now)
    perform_transition(
        task,
        "report",
        by=by,
        now=now,
        changes={**settled.changes, "submitted_version": report.version, "reported_at": now},
        clause=task.clause,
        details={
            "version": report.version,
            "sha256": report_hash(report),
            "answer_number": number,
            "answer_on": answered_on,
            **settled.details,
        },
    )
    text = f"{task.unit} đã trả lời (số {number} ngày {answered_on:%d/%m/%Y}): {task.title}"
    heads = [(task.host_unit_id, DO)]
    tell_of(task, heads_of=heads, kind=NotificationKind.REPORT, text=text, by=by, now=now)
    return report


def _keep_answer(task: Task, number: str, answered_on: date, content: str, *, by: Actor, now: datetime) -> Report:
    """Insert the answer as the newest version, in the place of a draft that was never submitted, with its files."""
    Report.objects.filter(task=task, status=ReportStatus.DRAFT).update(status=ReportStatus.WITHDRAWN)
    newest = newest_report(task.pk)
    report = Report.objects.create(
        task=task,
        version=newest.version + 1 if newest else 1,
        round=task.round,
        status=ReportStatus.SUBMITTED,
        content=content,
        answer_number=number,
        answer_on=answered_on,
        author_id=by.person_id,
        author_name=by.name,
        created_at=now,
        submitted_by_id=by.person_id,
        submitted_name=by.name,
        submitted_at=now,
    )
    Attachment.objects.filter(task=task, report__isnull=True, uploaded_by_id=by.person_id).update(report=report)
    return report


@action
def accept_answer(task_id: int, version: int, *, by: Actor, now: datetime) -> Report:
    """Accept the answer that was looked at; the consultation is done, and requests of it that wait are withdrawn.

    :raises NotFound: when the consultation is not seen.
    :raises NotPermitted: unless a member of the asking unit does it who did not record it.
    :raises WrongState: when no answer waits.
    :raises Stale: when another version waits.
    """
    task, report = _answer_to_judge(task_id, version, by)
    _decide(report, ReportStatus.ACCEPTED, "", by=by, now=now)
    settled = settle_requests(task, "ý kiến đã được nhận", by=by, now=now)
    details = {"version": version, **settled.details}
    changes = {**settled.changes, "closed_at": now}
    perform_transition(task, "review", by=by, now=now, changes=changes, clause=task.clause, details=details)
    _tell_outcome(task, report, f"Ý kiến bản {version} đã được nhận: {task.title}", by=by, now=now)
    return report


@action
def return_answer(task_id: int, version: int, reason: str, *, by: Actor, now: datetime) -> Report:
    """Return the answer that was looked at, with a reason; the body owes an answer again.

    A duty to report to UBND tỉnh of this round that the answer had settled stands again (`restore_duty`).

    :raises NotFound: when the consultation is not seen.
    :raises NotPermitted: unless a member of the asking unit does it who did not record it.
    :raises WrongState: when no answer waits.
    :raises Stale: when another version waits.
    :raises Invalid: when the reason is blank.
    """
    task, report = _answer_to_judge(task_id, version, by)
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do trả lại")
    fields.stop_if_wrong()
    _decide(report, ReportStatus.RETURNED, reason, by=by, now=now)
    changes = {"submitted_version": None, "reported_at": None, **wait_anew(task, now=now)}
    details = {"version": version, "note": reason}
    perform_transition(task, "return_report", by=by, now=now, changes=changes, clause=task.clause, details=details)
    _tell_outcome(task, report, f"Ý kiến bản {version} bị trả lại ({reason}): {task.title}", by=by, now=now)
    restore_duty(task, "ý kiến bị trả lại", now=now)
    return report


def _lock_consultation(task_id: int, by: Actor) -> Task:
    task = lock_task(task_id, by=by)
    if task.kind != TaskKind.CONSULTATION:
        raise WrongState("Nhiệm vụ này không phải việc lấy ý kiến; hãy dùng chức năng báo cáo.")
    return task


def _answer_to_judge(task_id: int, version: int, by: Actor) -> tuple[Task, Report]:
    task = _lock_consultation(task_id, by)
    if not by.may(DO, task.host_unit_id):
        raise NotPermitted("Chỉ người của đơn vị thụ lý được nhận hoặc trả lại ý kiến.")
    if task.state != TaskState.REPORTED or task.submitted_version is None:
        raise WrongState(f"Việc lấy ý kiến đang ở trạng thái “{state_label(task.state)}”, không có ý kiến chờ nhận.")
    report = Report.objects.get(task=task, version=task.submitted_version)
    if report.version != version:
        raise Stale(f"Đang chờ nhận là {describe_version(report)}, không phải bản {version}; hãy tải lại trang để xem.")
    if by.is_one_of(*hands_behind(report)):
        raise NotPermitted("Ông/bà đã ghi ý kiến này nên không được tự nhận; đề nghị người khác của đơn vị xem.")
    return task, report


def _decide(report: Report, status: ReportStatus, note: str, *, by: Actor, now: datetime) -> None:
    report.status, report.check_note = status, note
    report.decided_by_id, report.decided_name, report.decided_at = by.person_id, by.name, now
    report.save(update_fields=["status", "check_note", "decided_by", "decided_name", "decided_at"])


def _tell_outcome(task: Task, report: Report, text: str, *, by: Actor, now: datetime) -> None:
    heads = [(task.unit_id, ANSWER), (task.unit_id, SUBMIT)]
    persons = [report.author_id, report.submitted_by_id]
    tell_of(task, heads_of=heads, persons=persons, kind=NotificationKind.REPORT, text=text, by=by, now=now)
