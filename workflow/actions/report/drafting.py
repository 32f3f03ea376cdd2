"""What the owing unit does with its report: draft, submit, take back."""

from __future__ import annotations

from datetime import datetime

from workflow.actions.audit import action, record_event
from workflow.actions.flow import Target, open_flow, require_node
from workflow.actions.notification import tell_of
from workflow.actions.task import restore_duty, settle_answer
from workflow.actions.transition import lock_task, perform_transition, state_label
from workflow.choices import FlowKind, NotificationKind, ReportStatus, TaskKind, TaskState
from workflow.core.errors import NotFound, NotPermitted, Stale, WrongState
from workflow.core.fields import Fields
from workflow.models import Attachment, Report, ReportRevision, Task
from workflow.models.task import may_report
from workflow.permissions import ANSWER, CHECK, DO, SUBMIT, Actor
from workflow.queries.report import (
    SUBMIT_EVENTS,
    actors_of,
    describe_version,
    may_answer_here,
    newest_report,
    report_hash,
)

WRITABLE_STATES = (TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.ESCALATED)
"""The states in which a report is owed and may be written."""


def may_write(task: Task, actor: Actor) -> bool:
    """Tell whether the person may write the task's report: the unit's people, or a consulted body with an account."""
    if task.kind == TaskKind.CONSULTATION and actor.may(ANSWER, task.unit_id):
        return True
    return actor.may(DO, task.unit_id) or actor.may(SUBMIT, task.unit_id)


@action
def save_draft(
    task_id: int,
    content: str,
    nothing_to_report: bool = False,
    evidence: str = "",
    *,
    by: Actor,
    now: datetime,
) -> Report:
    """Write the task's draft: the next version, or the one draft that stands. Nothing is asked for while it is one.

    Files that this person attached before there was a version go with the draft. Everyone who changed the draft stands
    in the trail and counts as one who wrote it.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless a person of the unit does it.
    :raises WrongState: when no report is owed now, or a body outside is to answer by paper (`may_answer_here`).
    :raises Invalid: when nothing at all was written.
    """
    task = lock_task(task_id, by=by)
    if not may_write(task, by):
        raise NotPermitted("Chỉ người của đơn vị thực hiện được soạn báo cáo này.")
    _require_answer_here(task)
    _require_writable(task)
    fields = Fields()
    written = nothing_to_report or bool(evidence.strip())
    content = fields.text("content", content, "Nội dung báo cáo", needed=not written)
    evidence = fields.text("evidence", evidence, "Kết quả, sản phẩm", needed=False)
    fields.stop_if_wrong()
    report = Report.objects.filter(task=task, status=ReportStatus.DRAFT).first()
    newest = newest_report(task.pk)
    if report is None:
        report = Report(
            task=task,
            version=newest.version + 1 if newest else 1,
            author_id=by.person_id,
            author_name=by.name,
            created_at=now,
        )
    else:
        keep_revision(report)
    report.round = task.round
    report.revision = newest.revision + 1 if newest else 1
    report.content, report.nothing_to_report, report.evidence = content, nothing_to_report, evidence
    report.save()
    Attachment.objects.filter(task=task, report__isnull=True, uploaded_by_id=by.person_id).update(report=report)
    details = {"version": report.version, "revision": report.revision, "sha256": report_hash(report)}
    record_event("report.draft", subject=task, by=by, now=now, details=details)
    if task.kind != TaskKind.CONSULTATION:
        open_flow(FlowKind.REPORT, report_target(task), by=by, now=now)
    return report


def keep_revision(report: Report) -> None:
    """Keep what a draft says before it is written over."""
    ReportRevision.objects.create(
        report=report,
        revision=report.revision,
        content=report.content,
        nothing_to_report=report.nothing_to_report,
        evidence=report.evidence,
    )


def report_target(task: Task) -> Target:
    """Return what the report's flow is opened on: the task, which its thread belongs to."""
    return Target(task.pk, task.pk, task.unit_id or 0, task.title)


def _require_answer_here(task: Task) -> None:
    if not may_answer_here(task):
        said = "Cơ quan ngoài Sở trả lời lấy ý kiến bằng văn bản có số, ngày"
        raise WrongState(f"{said}; hãy dùng “Ghi văn bản trả lời”, không soạn báo cáo tại đây.")


def _require_writable(task: Task) -> None:
    if task.state == TaskState.REPORTED:
        raise WrongState(f"Bản {task.submitted_version} đang chờ duyệt; hãy rút bản đó nếu muốn sửa.")
    if task.state not in WRITABLE_STATES:
        raise WrongState(f"Nhiệm vụ đang ở trạng thái “{state_label(task.state)}” nên chưa soạn báo cáo được.")


@action
def submit_report(task_id: int, version: int, *, by: Actor, now: datetime) -> Report:
    """Submit the newest draft for checking; those who check are told. Only a consulted unit does it outside its flow.

    The answer has arrived: a drafted reminder and an unsent duty to report to UBND tỉnh are settled at once. 'Không có'
    is a valid report. A row that names a Kết quả/Sản phẩm needs its evidence, as text or as a file.

    :raises NotFound: when the task or the version is not seen.
    :raises NotPermitted: unless the unit's head does it, at his step of the flow.
    :raises Stale: when a newer version exists.
    :raises WrongState: when the version is no draft, or no report is owed now, or a body outside is to answer by paper.
    :raises Invalid: when the content or the evidence is missing.
    """
    task = lock_task(task_id, by=by)
    _require_step(task, by)
    if not may_report(task, by):
        raise NotPermitted("Chỉ trưởng đơn vị được nộp báo cáo; hãy trình trưởng đơn vị nộp bản này.")
    _require_answer_here(task)
    if not (by.may(SUBMIT, task.unit_id) or by.may(ANSWER, task.unit_id)):
        raise NotPermitted("Chỉ trưởng đơn vị được hỏi mới gửi ý kiến này; văn thư ghi văn bản trả lời bằng giấy.")
    report = _draft_to_submit(task, version)
    _require_writable(task)
    _require_complete(task, report)
    report.status = ReportStatus.SUBMITTED
    report.submitted_by_id, report.submitted_name, report.submitted_at = by.person_id, by.name, now
    report.save(update_fields=["status", "submitted_by", "submitted_name", "submitted_at"])
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
            "nothing_to_report": report.nothing_to_report,
            **settled.details,
        },
    )
    _tell_checkers(task, f"Báo cáo bản {report.version} chờ duyệt: {task.title}", by=by, now=now)
    return report


def _require_step(task: Task, by: Actor) -> None:
    """A report goes through its flow; an answer has none: whoever asked for it accepts it or sends it back."""
    if task.kind != TaskKind.CONSULTATION:
        require_node(by)


def _draft_to_submit(task: Task, version: int) -> Report:
    newest = newest_report(task.pk)
    report = Report.objects.filter(task=task, version=version).first()
    if report is None or newest is None:
        raise NotFound(f"Nhiệm vụ này không có bản báo cáo {version}; hãy soạn báo cáo rồi nộp.")
    if newest.version != version:
        raise Stale(f"Đã có {describe_version(newest)} mới hơn bản {version}; hãy tải lại trang và nộp bản mới nhất.")
    if report.status != ReportStatus.DRAFT:
        words = str(ReportStatus(report.status).label).lower()
        raise WrongState(f"Bản {version} không còn là bản thảo ({words}); hãy soạn bản mới rồi nộp.")
    return report


def _require_complete(task: Task, report: Report) -> None:
    if report.nothing_to_report:
        return
    fields = Fields()
    fields.text("content", report.content, "Nội dung báo cáo")
    if task.product and not report.evidence and not Attachment.objects.filter(report=report).exists():
        said = f"Kế hoạch yêu cầu kết quả, sản phẩm: “{task.product}”"
        fields.refuse("evidence", f"{said}; hãy ghi số, ngày văn bản hoặc kèm tệp chứng minh, rồi nộp lại.")
    fields.stop_if_wrong()


@action
def withdraw_report(task_id: int, version: int, *, by: Actor, now: datetime) -> Report:
    """Take a submitted report back before it is decided; the task goes on, and an unsent duty stands again.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless the person who submitted it does it, or the one in whose place it was submitted.
    :raises WrongState: when it is decided already.
    :raises Stale: when another version stands submitted.
    """
    task = lock_task(task_id, by=by)
    _require_step(task, by)
    report = pinned_report(task, version)
    submitters = actors_of(task.pk, SUBMIT_EVENTS, "version", version) | {report.submitted_by_id or 0}
    if not (may_report(task, by) and by.is_one_of(*submitters)):
        raise NotPermitted(f"Chỉ người đã nộp bản {version} ({report.submitted_name}) được rút bản đó.")
    report.status = ReportStatus.WITHDRAWN
    report.save(update_fields=["status"])
    details = {"version": version, "withdrawn": True}
    changes = {"submitted_version": None, "reported_at": None}
    perform_transition(task, "return_report", by=by, now=now, changes=changes, details=details)
    _tell_checkers(task, f"Bản báo cáo {version} đã được người nộp rút lại: {task.title}", by=by, now=now)
    restore_duty(task, "báo cáo đã rút", now=now)
    return report


def pinned_report(task: Task, version: int) -> Report:
    """Return the version that stands submitted on a locked task, if it is the one that the person looked at.

    :raises WrongState: when none stands submitted.
    :raises Stale: when another one does; the message says which.
    """
    if task.state != TaskState.REPORTED or task.submitted_version is None:
        words = state_label(task.state)
        raise WrongState(f"Nhiệm vụ đang ở trạng thái “{words}”, không có báo cáo nào đang chờ duyệt.")
    report = Report.objects.get(task=task, version=task.submitted_version)
    if report.version != version:
        raise Stale(f"Đang chờ duyệt là {describe_version(report)}, không phải bản {version}; hãy tải lại trang.")
    return report


def _tell_checkers(task: Task, text: str, *, by: Actor, now: datetime) -> None:
    consulted = task.kind == TaskKind.CONSULTATION
    checkers = (task.host_unit_id, DO) if consulted else (task.unit_id, CHECK)
    heads = [checkers, (task.unit_id, SUBMIT)]
    tell_of(task, heads_of=heads, kind=NotificationKind.REPORT, text=text, by=by, now=now)
