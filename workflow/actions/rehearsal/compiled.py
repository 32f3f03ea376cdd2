"""Documents compiled from the rehearsed year's own data: each kind at least once, on their way like the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta

from django.utils.timezone import localdate

from workflow.actions.document.compiling import (
    compile_briefing,
    compile_notice,
    compile_period,
    compile_plan,
    compile_routing,
    compile_submission,
)
from workflow.actions.document.slips import Applicant, compile_apology, compile_missing_papers
from workflow.actions.rehearsal.script import COMPILATIONS, Compilation, Compiled, Paper, Script
from workflow.actions.rehearsal.stage import Act, Stage, present
from workflow.choices import OPEN_STATES, DocumentKind
from workflow.models import Document, Plan, Task
from workflow.permissions import Actor

APPLICANT = Applicant(name="Người nộp hồ sơ (trình diễn)")
REMARKS = "Các đơn vị có nhiệm vụ quá hạn giải trình tại cuộc họp (nhận xét trình diễn)."
PAPERS_MISSING = "Bản sao giấy chứng nhận đăng ký doanh nghiệp (giả định)\nBản vẽ vị trí (giả định)"
PROPOSAL = "Cho phép lùi thời điểm báo cáo danh mục đến cuối quý (đề nghị trình diễn)."
CONCLUSIONS = "Thống nhất nội dung đối thoại\nGiao đơn vị chủ trì hoàn thiện tài liệu (kết luận trình diễn)"
DELAY = "Chờ ý kiến của cơ quan được lấy ý kiến (lý do trình diễn)."
SUMMARY = "Đã bổ sung theo ý kiến kiểm tra thể thức (tóm tắt trình diễn)."
FURTHER_DAYS = 5
"""How many working days after the missed term the apology promises the result."""


def plan_compiled_day(stage: Stage, script: Script, day: date) -> Iterator[Act]:
    """Return what is compiled on a working day; of a dossier only while it is open."""
    for compilation in COMPILATIONS:
        if stage.calendar.first_on_or_after(script.day_of(compilation.day)) == day:

            def play(now: datetime, compilation: Compilation = compilation) -> None:
                _compile(stage, script, compilation, now)

            yield stage.act(day, f"{compilation.what} {compilation.case} lập", play)


def _compile(stage: Stage, script: Script, compilation: Compilation, now: datetime) -> None:
    find = stage.cast.head if compilation.by_head else stage.cast.specialist
    by = present(find(compilation.unit, now), compilation.unit)
    task_id = script.tasks.get(compilation.case, 0)
    of_dossier = compilation.what in {Compiled.GUIDANCE, Compiled.SUPPLEMENT, Compiled.APOLOGY}
    if of_dossier and not Task.objects.filter(pk=task_id, state__in=OPEN_STATES).exists():
        return
    document = COMPILERS[compilation.what](stage, script, task_id, by, now)
    script.papers[document.pk] = Paper(
        compilation.day,
        compilation.unit,
        DocumentKind(document.kind),
        document.subject,
        tuple(document.recipients),
        by_head=compilation.by_head,
        sent_back_at=compilation.sent_back_at,
        routed=bool(compilation.sent_back_at),
    )


Compiler = Callable[[Stage, Script, int, Actor, datetime], Document]


def _plan_of(script: Script) -> int:
    return Plan.objects.get(year=script.year).pk


def _briefing(_stage: Stage, _script: Script, _task_id: int, by: Actor, now: datetime) -> Document:
    month_before = localdate(now).replace(day=1) - timedelta(days=1)
    return compile_briefing(month_before, REMARKS, by=by, now=now)


def _apology(stage: Stage, _script: Script, task_id: int, by: Actor, now: datetime) -> Document:
    due = Task.objects.get(pk=task_id).due_on or localdate(now)
    new_date = stage.working_days_after(max(due, localdate(now)), FURTHER_DAYS)
    return compile_apology(task_id, DELAY, new_date, APPLICANT, by=by, now=now)


COMPILERS: dict[Compiled, Compiler] = {
    Compiled.PLAN: lambda _stage, script, _task, by, now: compile_plan(_plan_of(script), by=by, now=now),
    Compiled.BRIEFING: _briefing,
    Compiled.HALF_YEAR: lambda _stage, script, _task, by, now: compile_period(
        _plan_of(script), True, REMARKS, by=by, now=now
    ),
    Compiled.SUBMISSION: lambda _stage, _script, task, by, now: compile_submission(task, PROPOSAL, by=by, now=now),
    Compiled.NOTICE: lambda _stage, _script, task, by, now: compile_notice(task, CONCLUSIONS, by=by, now=now),
    Compiled.GUIDANCE: lambda _stage, _script, task, by, now: compile_missing_papers(
        task, PAPERS_MISSING, APPLICANT, accepted=False, by=by, now=now
    ),
    Compiled.SUPPLEMENT: lambda stage, _script, task, by, now: compile_missing_papers(
        task,
        PAPERS_MISSING,
        APPLICANT,
        "Thành phần hồ sơ chưa đủ (lý do trình diễn).",
        stage.working_days_after(localdate(now), FURTHER_DAYS),
        accepted=True,
        by=by,
        now=now,
    ),
    Compiled.APOLOGY: _apology,
}


def route_again(script: Script, document_id: int, *, by: Actor, now: datetime) -> None:
    """Let a draft that came back go up again with a phiếu trình, where the script says so."""
    paper = script.papers.get(document_id)
    if paper is None or not paper.routed:
        return
    slip = compile_routing(document_id, SUMMARY, by=by, now=now)
    script.papers[slip.pk] = Paper(
        paper.day, paper.unit, DocumentKind.ROUTING_SLIP, slip.subject, tuple(slip.recipients), by_head=paper.by_head
    )
