"""The daily work of the units: taking work up, progress notes, monthly confirmations, reports; and their review."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from workflow.actions.consultation import accept_answer
from workflow.actions.rehearsal.cast import Diligence, diligence_of
from workflow.actions.rehearsal.script import Script
from workflow.actions.rehearsal.stage import Act, Stage, present
from workflow.actions.report import return_report, review_report, save_draft, submit_report
from workflow.actions.task import add_note, start_task
from workflow.choices import OPEN_STATES, ReportStatus, TaskKind, TaskState
from workflow.models import Report, Task
from workflow.permissions import CHECK, Actor

LONG_TERM = timedelta(days=60)
FINISH_EARLY = timedelta(days=25)
NOTE_PERCENT = 12

RETURN_REASONS = (
    ("Báo cáo chưa nêu đủ số liệu theo Kết quả/Sản phẩm của kế hoạch; đề nghị bổ sung số liệu.", (False, True, True)),
    ("Nội dung chưa bám sát nhiệm vụ được giao; đề nghị viết lại phần kết quả.", (True, False, True)),
    ("Thiếu văn bản chứng minh kết quả; đề nghị gửi kèm.", (False, False, True)),
)


@dataclass(frozen=True, slots=True)
class Morning:
    """What the units know on a morning, read once: tasks that wait for bodies, answers, reports that came back."""

    waiting: frozenset[int]
    answered: dict[int, date]
    returned: dict[int, date]
    drafted: frozenset[int]

    @classmethod
    def read(cls) -> Morning:
        """Read it (two queries)."""
        asked = Task.objects.filter(kind=TaskKind.CONSULTATION, parent__isnull=False).order_by("closed_at")
        children = list(asked.values_list("parent_id", "state", "closed_at"))
        reports = list(Report.objects.order_by("task_id", "version").values_list("task_id", "status", "decided_at"))
        last = {task: (status, decided) for task, status, decided in reports if status != ReportStatus.DRAFT}
        return cls(
            frozenset(parent for parent, state, _closed in children if state in OPEN_STATES),
            {parent: localdate(closed) for parent, _state, closed in children if closed},
            {task: localdate(at) for task, (status, at) in last.items() if status == ReportStatus.RETURNED and at},
            frozenset(task for task, status, _decided in reports if status == ReportStatus.DRAFT),
        )


def plan_units_day(stage: Stage, script: Script, day: date) -> list[Act]:
    """Return what the units and their reviewers do on a working day."""
    acts: list[Act] = []
    morning = Morning.read()
    waiting = (TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.REPORTED)
    tasks = Task.objects.filter(state__in=waiting, unit__isnull=False).select_related("unit").order_by("pk")
    for task in tasks:
        if task.state == TaskState.REPORTED:
            acts += _review(stage, task, day)
        elif task.kind != TaskKind.CONSULTATION:
            acts += _work(stage, script, morning, task, day)
    return acts


def _work(stage: Stage, script: Script, morning: Morning, task: Task, day: date) -> list[Act]:
    code = stage.cast.unit(task.unit_id or 0).code
    if not stage.cast.has_accounts(code):
        return []
    diligence = diligence_of(code)
    acts = _confirm(stage, task, diligence, code, day)
    if task.state == TaskState.ASSIGNED:
        begun = max(localdate(task.created_at), task.start_on or date.min)
        taken_up = stage.working_days_after(begun, stage.roll(diligence.takes_up, task.code, "bắt đầu"))
        if day >= taken_up:
            acts.append(stage.act(day, f"{task.code} bắt đầu", lambda now: _start(stage, task.pk, code, now), of=task))
        return acts
    finish = script.promised.get(task.pk) or _report_day(stage, morning, task, diligence)
    if finish is not None and day >= stage.working_days_after(finish, -1):
        return acts + _write(stage, task, code, finish, day, drafted=task.pk in morning.drafted)
    if day == _note_day(stage, task, day) and stage.happens(NOTE_PERCENT, task.code, day.month, "ghi tiến độ"):
        acts.append(stage.act(day, f"{task.code} tiến độ", lambda now: _note(stage, task.pk, code, now), of=task))
    return acts


def _start(stage: Stage, task_id: int, code: str, now: datetime) -> None:
    start_task(task_id, by=present(stage.cast.specialist(code, now), code), now=now)


def _note(stage: Stage, task_id: int, code: str, now: datetime) -> None:
    text = "Đang triển khai theo tiến độ; chưa phát sinh khó khăn (nội dung trình diễn)."
    add_note(task_id, text, by=present(stage.cast.specialist(code, now), code), now=now)


def _note_day(stage: Stage, task: Task, day: date) -> date:
    first = stage.calendar.first_on_or_after(day.replace(day=1))
    return stage.working_days_after(first, stage.roll((4, 18), task.code, day.year, day.month, "ngày ghi"))


def _confirm(stage: Stage, task: Task, diligence: Diligence, code: str, day: date) -> list[Act]:
    """Answer the monthly question 'có / không phát sinh', a few days after it was asked, or stay silent."""
    month = task.confirm_asked
    if month is None or (task.confirmed_month is not None and task.confirmed_month >= month):
        return []
    if not stage.happens(diligence.confirms_percent, task.code, month, "xác nhận"):
        return []
    first = stage.calendar.first_on_or_after(day.replace(day=1))
    answer = stage.working_days_after(first, stage.roll((0, 4), task.code, month, "ngày xác nhận"))
    if day < answer:
        return []
    has_work = stage.happens(60, task.code, month, "phát sinh")
    text = "Có phát sinh, đã thực hiện (nội dung trình diễn)." if has_work else "Không phát sinh."

    def play(now: datetime) -> None:
        by = present(stage.cast.specialist(code, now), code)
        add_note(task.pk, text, month, has_work=has_work, by=by, now=now)

    return [stage.act(day, f"{task.code} xác nhận", play, of=task)]


def _report_day(stage: Stage, morning: Morning, task: Task, diligence: Diligence) -> date | None:
    """Return the working day on which the unit hands in its report, or None while it has no mind to."""
    if task.due_on is None or task.pk in morning.waiting:
        return None
    returned = morning.returned.get(task.pk) if task.state == TaskState.IN_PROGRESS else None
    if returned is not None:
        return stage.working_days_after(returned, stage.roll((1, 3), task.code, "sửa", returned))
    answered = morning.answered.get(task.pk)
    if answered is not None:
        return stage.working_days_after(answered, stage.roll((1, 3), task.code, "sau góp ý"))
    if task.round > 1:
        return stage.working_days_after(task.due_on, -stage.roll((1, 3), task.code, task.round, "theo chỉ đạo"))
    begun = localdate(task.created_at)
    if task.due_on - begun > LONG_TERM and stage.happens(diligence.early_percent, task.code, "sớm"):
        span = (task.due_on - FINISH_EARLY - begun).days
        return stage.calendar.first_on_or_after(
            begun + timedelta(days=stage.roll((span // 2, span), task.code, "ngày sớm"))
        )
    if not diligence.waits_for:
        return stage.working_days_after(task.due_on, -stage.roll(diligence.ahead, task.code, task.due_on, "ngày nộp"))
    if task.reminders_issued < diligence.waits_for or task.last_reminder_at is None:
        return None
    within = stage.roll(diligence.answers_within, task.code, task.reminders_issued, "sau đôn đốc")
    return stage.working_days_after(localdate(task.last_reminder_at), within)


def _write(stage: Stage, task: Task, code: str, finish: date, day: date, *, drafted: bool) -> list[Act]:
    """The specialist drafts on the working day before, the head submits on the day itself."""
    acts = []
    if not drafted:
        acts.append(stage.act(day, f"{task.code} dự thảo", lambda now: _draft(stage, task.pk, code, now), of=task))
    if day >= finish:
        earliest = 13 * 60 + 30

        def play(now: datetime) -> None:
            report = Report.objects.get(task_id=task.pk, status=ReportStatus.DRAFT)
            submit_report(task.pk, report.version, by=present(stage.cast.head(code, now), code), now=now)

        submit = stage.act(day, f"{task.code} nộp", play, of=task, earliest=earliest)
        if acts and acts[0].moment >= submit.moment:
            acts = [replace(acts[0], moment=submit.moment - timedelta(minutes=45))]
        acts.append(submit)
    return acts


def _draft(stage: Stage, task_id: int, code: str, now: datetime) -> None:
    task = Task.objects.select_related("unit").get(pk=task_id)
    unit = stage.cast.unit(task.unit_id or 0)
    nothing = task.kind == TaskKind.REPORT and stage.happens(8, task.code, "không có")
    symbol = unit.abbreviation or unit.code
    number = stage.next_number(f"báo cáo {unit.code} {now.year}")
    content = (
        "Trong kỳ không phát sinh nội dung phải báo cáo."
        if nothing
        else f"{unit.name} báo cáo kết quả: {task.title} Đã hoàn thành các nội dung được giao (nội dung trình diễn)."
    )
    evidence = "" if nothing else f"Báo cáo số {number:02d}/BC-{symbol} (số trình diễn), kèm danh mục sản phẩm."
    by = present(stage.cast.specialist(code, now), code)
    save_draft(task_id, content, nothing, evidence, by=by, now=now)


def _review(stage: Stage, task: Task, day: date) -> list[Act]:
    """Văn phòng checks a unit's report, a leader Văn phòng's own, the host unit a consulted body's answer."""
    if task.reported_at is None or task.submitted_version is None:
        return []
    wait = stage.roll((1, 3), task.code, task.submitted_version, task.round, "duyệt")
    if day < stage.working_days_after(localdate(task.reported_at), wait):
        return []
    version = task.submitted_version
    if task.kind == TaskKind.CONSULTATION:
        host = stage.cast.unit(task.host_unit_id).code

        def accept(now: datetime) -> None:
            accept_answer(task.pk, version, by=present(stage.cast.specialist(host, now), host), now=now)

        return [stage.act(day, f"{task.code} nhận góp ý", accept, of=task)]
    return [stage.act(day, f"{task.code} duyệt", lambda now: _check(stage, task, version, now), of=task)]


def _checker(stage: Stage, task: Task, now: datetime) -> Actor:
    reviewer = stage.cast.reviewer(now)
    return reviewer if reviewer.may(CHECK, task.unit_id) else stage.cast.leader(now)


def _check(stage: Stage, task: Task, version: int, now: datetime) -> None:
    diligence = diligence_of(stage.cast.unit(task.unit_id or 0).code)
    by = _checker(stage, task, now)
    in_time = task.due_on is None or task.reported_at is None or localdate(task.reported_at) <= task.due_on
    if version == 1 and stage.happens(diligence.returned_percent, task.code, "trả lại"):
        note, (quantity, content, _time) = RETURN_REASONS[
            stage.roll((0, len(RETURN_REASONS) - 1), task.code, "lý do trả lại")
        ]
        return_report(task.pk, version, quantity, content, in_time, note, by=by, now=now)
        return
    note = "Đạt yêu cầu." if in_time else "Đạt yêu cầu; nộp sau thời hạn."
    review_report(task.pk, version, True, True, in_time, note, by=by, now=now)
