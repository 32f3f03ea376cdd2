"""What Văn phòng, or a leader for Văn phòng's own tasks, does with one version of a report: accept or return it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from workflow.actions.audit import action, record_event
from workflow.actions.flow import only_in_flow
from workflow.actions.notification import tell_of
from workflow.actions.report.drafting import pinned_report
from workflow.actions.task import close_children, hand_on, restore_duty, settle_requests, wait_anew
from workflow.actions.transition import lock_task, perform_transition
from workflow.choices import NotificationKind, ReportStatus, TaskKind
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.models import Report, Task
from workflow.models.task import may_judge
from workflow.permissions import CHECK, SUBMIT, Actor
from workflow.queries.report import hands_behind

CHECKS = {"quantity_ok": "số lượng", "content_ok": "nội dung", "time_ok": "thời gian"}
"""The three things that are judged one by one, as the plans' Cách thức names them."""


@action
@only_in_flow
def check_report(  # noqa: PLR0917 -- three checks, each judged by itself
    task_id: int,
    version: int,
    quantity_ok: bool | None,
    content_ok: bool | None,
    time_ok: bool | None,
    note: str = "",
    *,
    by: Actor,
    now: datetime,
) -> Report:
    """Keep Văn phòng's three checks with the version that goes on to a leader; the report stays submitted.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: when the person may not check it, or had a hand in it (domain.md section 7.3).
    :raises WrongState: when no report stands submitted.
    :raises Stale: when another version does.
    :raises Invalid: when a check is missing, or quantity or content is not right.
    """
    judged = {"quantity_ok": quantity_ok, "content_ok": content_ok, "time_ok": time_ok}
    task, report, note = _open_well_judged(task_id, version, judged, note, by=by)
    report.check_note = note
    for name, value in judged.items():
        setattr(report, name, value)
    report.save(update_fields=["check_note", *judged])
    details = {"version": version, "note": note, **judged}
    record_event("report.check", subject=task, by=by, now=now, clause=task.clause, details=details)
    return report


@action
@only_in_flow
def approve_report(task_id: int, version: int, note: str = "", *, by: Actor, now: datetime) -> Report:
    """Let a leader accept the version that Văn phòng checked; the three checks stand as Văn phòng made them.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless a leader decides who had no hand in it.
    :raises WrongState: when no report stands submitted, or it was not checked.
    :raises Stale: when another version does.
    """
    report = Report.objects.filter(task_id=task_id, version=version).first()
    if report is not None and report.quantity_ok is None:
        raise WrongState("Văn phòng Sở chưa kiểm tra bản này; hãy chờ Văn phòng kiểm tra rồi duyệt.")
    checks = {name: getattr(report, name, None) for name in CHECKS}
    said = "; ".join(part for part in (report.check_note if report else "", note.strip()) if part)
    return review_report(task_id, version, **checks, note=said, by=by, now=now)


@action
@only_in_flow
def refuse_report(task_id: int, version: int, reason: str, *, by: Actor, now: datetime) -> Report:
    """Let a leader return the version that Văn phòng let pass, with a reason; its content counts as not right.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless a leader decides who had no hand in it.
    :raises WrongState: when no report stands submitted.
    :raises Stale: when another version does.
    :raises Invalid: when no reason is given.
    """
    report = Report.objects.filter(task_id=task_id, version=version).first()
    quantity, time = (report.quantity_ok, report.time_ok) if report is not None else (None, None)
    return return_report(task_id, version, quantity, False, time, reason, by=by, now=now)


@action
@only_in_flow
def review_report(  # noqa: PLR0917 -- three checks, each judged by itself
    task_id: int,
    version: int,
    quantity_ok: bool | None,
    content_ok: bool | None,
    time_ok: bool | None,
    note: str = "",
    *,
    by: Actor,
    now: datetime,
) -> Report:
    """Accept the version that was looked at; the task is reviewed and the next step of a hand-off starts.

    All three checks must be judged. Quantity and content must be right; a late report may be accepted with `time_ok`
    False, since lateness can't be repaired by returning it: the mark stays on the version and in the figures.

    Consultations under the task that are still open close with it, so that no body is reported as silent for finished
    work; what supporting units and the steps after it owe stays owed. Requests of the task that wait are withdrawn.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: when the person may not check it, or had a hand in it (domain.md section 7.3).
    :raises WrongState: when no report stands submitted.
    :raises Stale: when another version does.
    :raises Invalid: when a check is missing, or quantity or content is not right.
    """
    judged = {"quantity_ok": quantity_ok, "content_ok": content_ok, "time_ok": time_ok}
    task, report, note = _open_well_judged(task_id, version, judged, note, by=by)
    _decide(report, ReportStatus.ACCEPTED, judged, note, by=by, now=now)
    settled = settle_requests(task, "báo cáo đã duyệt", by=by, now=now)
    details = {"version": version, "note": note, **judged, **settled.details}
    changes = {**settled.changes, "closed_at": now}
    perform_transition(task, "review", by=by, now=now, changes=changes, clause=task.clause, details=details)
    _tell_outcome(task, report, f"Báo cáo bản {version} đã được duyệt: {task.title}", by=by, now=now)
    reason = f"việc cha {task.code} đã duyệt báo cáo, không cần lấy ý kiến nữa"
    close_children(task, reason, kinds=(TaskKind.CONSULTATION,), by=by, now=now)
    owner = task.unit.abbreviation or task.unit.name if task.unit else ""
    hand_on(task, f"Báo cáo bản {version} của {owner}", now=now)
    return report


@action
@only_in_flow
def return_report(  # noqa: PLR0917 -- three checks, each judged by itself
    task_id: int,
    version: int,
    quantity_ok: bool | None,
    content_ok: bool | None,
    time_ok: bool | None,
    note: str,
    *,
    by: Actor,
    now: datetime,
) -> Report:
    """Return the version that was looked at, with a reason; the unit owes again and its clock runs.

    A duty to report to UBND tỉnh of this round that the report had answered stands again (`restore_duty`).

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: when the person may not check it, or had a hand in it.
    :raises WrongState: when no report stands submitted.
    :raises Stale: when another version does.
    :raises Invalid: when a check or the reason is missing, or nothing is wrong.
    """
    judged = {"quantity_ok": quantity_ok, "content_ok": content_ok, "time_ok": time_ok}
    task = lock_task(task_id, by=by)
    report = _report_to_judge(task, version, by)
    fields = _judged(judged)
    note = fields.text("note", note, "Lý do trả lại")
    if all(judged.values()):
        fields.refuse("quantity_ok", "Cả ba mặt đều đạt thì không có gì để trả lại; hãy đánh dấu mặt chưa đạt.")
    fields.stop_if_wrong()
    _decide(report, ReportStatus.RETURNED, judged, note, by=by, now=now)
    details = {"version": version, "note": note, **judged}
    changes = {"submitted_version": None, "reported_at": None, **wait_anew(task, now=now)}
    perform_transition(task, "return_report", by=by, now=now, changes=changes, clause=task.clause, details=details)
    _tell_outcome(task, report, f"Báo cáo bản {version} bị trả lại ({note}): {task.title}", by=by, now=now)
    restore_duty(task, "báo cáo bị trả lại", now=now)
    return report


def _open_well_judged(
    task_id: int, version: int, judged: Mapping[str, bool | None], note: str, *, by: Actor
) -> tuple[Task, Report, str]:
    """Lock the task and return it with the version that goes on and what is said of it; the checks must let it pass.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: when the person may not check it, or had a hand in it.
    :raises WrongState: when no report stands submitted.
    :raises Stale: when another version does.
    :raises Invalid: when a check is missing, or quantity or content is not right.
    """
    task = lock_task(task_id, by=by)
    report = _report_to_judge(task, version, by)
    fields = _judged(judged)
    note = fields.text("note", note, "Ý kiến kiểm tra", needed=False)
    _refuse_what_is_wrong(fields, judged)
    fields.stop_if_wrong()
    return task, report, note


def _report_to_judge(task: Task, version: int, by: Actor) -> Report:
    if not may_judge(task, by):
        raise NotPermitted("Ông/bà không có quyền kiểm tra báo cáo của đơn vị này.")
    if task.kind == TaskKind.CONSULTATION:
        raise WrongState("Đây là ý kiến của cơ quan được lấy ý kiến; hãy dùng “Nhận ý kiến” hoặc “Trả lại ý kiến”.")
    report = pinned_report(task, version)
    if by.is_one_of(*hands_behind(report)):
        said = f"Ông/bà (hoặc người ông/bà thay mặt) đã soạn hoặc nộp bản {version} nên không được duyệt bản này"
        raise NotPermitted(f"{said}; đề nghị người kiểm tra khác thực hiện.")
    return report


def _refuse_what_is_wrong(fields: Fields, judged: Mapping[str, bool | None]) -> None:
    for name in ("quantity_ok", "content_ok"):
        if judged[name] is False:
            fields.refuse(name, f"Chưa đạt về {CHECKS[name]} thì không duyệt được; hãy trả lại báo cáo kèm lý do.")


def _judged(judged: Mapping[str, bool | None]) -> Fields:
    fields = Fields()
    for name, value in judged.items():
        if value is None:
            fields.refuse(name, f"Chưa đánh giá về {CHECKS[name]}; hãy chọn đạt hoặc chưa đạt.")
    return fields


def _decide(
    report: Report, status: ReportStatus, judged: Mapping[str, bool | None], note: str, *, by: Actor, now: datetime
) -> None:
    report.status, report.check_note = status, note
    for name, value in judged.items():
        setattr(report, name, value)
    report.decided_by_id, report.decided_name, report.decided_at = by.person_id, by.name, now
    report.save(update_fields=["status", "check_note", *judged, "decided_by", "decided_name", "decided_at"])


def _tell_outcome(task: Task, report: Report, text: str, *, by: Actor, now: datetime) -> None:
    """Tell the author, the submitter, the one who does the work, the unit's head and the others who check."""
    tell_of(
        task,
        heads_of=[(task.unit_id, SUBMIT), (task.unit_id, CHECK)],
        persons=[report.author_id, report.submitted_by_id, task.assignee_id],
        kind=NotificationKind.REPORT,
        text=text,
        by=by,
        now=now,
    )
