"""The daily work of the units: taking work up, progress notes, monthly confirmations, when they report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from workflow.actions.consultation import accept_answer
from workflow.actions.flow import Waiting
from workflow.actions.rehearsal.cast import Diligence, diligence_of
from workflow.actions.rehearsal.reports import Written, plan_check, plan_writing
from workflow.actions.rehearsal.script import Script
from workflow.actions.rehearsal.stage import Act, Stage, present
from workflow.actions.task import add_note, start_task
from workflow.choices import OPEN_STATES, FlowKind, ReportStatus, TaskKind, TaskState
from workflow.models import Report, Task

LONG_TERM = timedelta(days=60)
FINISH_EARLY = timedelta(days=25)
NOTE_PERCENT = 12

READ_COLUMNS = (
    "code",
    "title",
    "kind",
    "state",
    "unit",
    "host_unit",
    "round",
    "created_at",
    "start_on",
    "due_on",
    "reminders_issued",
    "last_reminder_at",
    "confirm_asked",
    "confirmed_month",
    "reported_at",
    "submitted_version",
)
"""What is read of every task each morning; the whole row would take twice the time."""


@dataclass(frozen=True, slots=True)
class Morning:
    """What the units know on a morning, read once: tasks that wait for bodies, answers, where each report stands."""

    waiting: frozenset[int]
    answered: dict[int, date]
    written: dict[int, Written]
    posts: dict[int, Waiting]

    @classmethod
    def read(cls, waiting: Sequence[Waiting]) -> Morning:
        """Read it (two queries)."""
        asked = Task.objects.filter(kind=TaskKind.CONSULTATION, parent__isnull=False).order_by("closed_at")
        children = list(asked.values_list("parent_id", "state", "closed_at"))
        reports = Report.objects.order_by("task_id", "version").values_list("task_id", "status", "revision")
        return cls(
            frozenset(parent for parent, state, _closed in children if state in OPEN_STATES),
            {parent: localdate(closed) for parent, _state, closed in children if closed},
            {task: Written(status, revision) for task, status, revision in reports},
            {post.target_id: post for post in waiting if post.kind == FlowKind.REPORT},
        )

    def back_since(self, task: Task) -> date | None:
        """Return since when the task's report lies with its unit again, returned or taken back, if it does."""
        written, post = self.written.get(task.pk), self.posts.get(task.pk)
        came_back = written is not None and written.status in {ReportStatus.RETURNED, ReportStatus.WITHDRAWN}
        return localdate(post.since) if came_back and post is not None and post.node == "draft" else None


def plan_units_day(stage: Stage, script: Script, day: date, waiting: Sequence[Waiting]) -> list[Act]:
    """Return what the units and those who check their reports do on a working day."""
    acts: list[Act] = []
    morning = Morning.read(waiting)
    states = (TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.REPORTED)
    tasks = Task.objects.filter(state__in=states, unit__isnull=False).order_by("pk")
    for task in tasks.only(*READ_COLUMNS):
        if task.kind == TaskKind.CONSULTATION:
            acts += _take_answer(stage, task, day)
        elif task.state != TaskState.REPORTED:
            acts += _work(stage, script, morning, task, day)
        elif task.pk in morning.posts:
            acts += plan_check(stage, script, task, morning.posts[task.pk], day)
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
        post, written = morning.posts.get(task.pk), morning.written.get(task.pk)
        return acts + plan_writing(stage, script, task, day, last=day >= finish, post=post, written=written)
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
    came_back = morning.back_since(task) if task.state == TaskState.IN_PROGRESS else None
    if came_back is not None:
        return stage.working_days_after(came_back, stage.roll((1, 3), task.code, "sửa", came_back))
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


def _take_answer(stage: Stage, task: Task, day: date) -> list[Act]:
    """The host unit takes a consulted body's answer."""
    if task.state != TaskState.REPORTED or task.reported_at is None or task.submitted_version is None:
        return []
    version = task.submitted_version
    wait = stage.roll((1, 3), task.code, version, task.round, "duyệt")
    if day < stage.working_days_after(localdate(task.reported_at), wait):
        return []
    host = stage.cast.unit(task.host_unit_id).code

    def accept(now: datetime) -> None:
        accept_answer(task.pk, version, by=present(stage.cast.specialist(host, now), host), now=now)

    return [stage.act(day, f"{task.code} nhận góp ý", accept, of=task)]
