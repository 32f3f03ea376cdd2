"""Reports on their way: drafted and presented in the unit, submitted by its head, checked, decided by a leader."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.timezone import localdate

from workflow.actions.flow import Waiting
from workflow.actions.rehearsal.cast import CARELESS, diligence_of
from workflow.actions.rehearsal.script import Script
from workflow.actions.rehearsal.stage import MORNING_LENGTH, Act, Play, Post, Stage, present
from workflow.actions.report import save_draft
from workflow.choices import FlowKind, ReportStatus, TaskKind
from workflow.models import Task
from workflow.permissions import Actor

HEAD_WRITES_PERCENT = 15
HEAD_SENDS_BACK_PERCENT = 6
WITHDRAWS_PERCENT = 5
LEADER_RETURNS_PERCENT = 20
DEPUTY_DECIDES_PERCENT = 40

RETURN_REASONS = (
    ("Báo cáo chưa nêu đủ số liệu theo Kết quả/Sản phẩm của kế hoạch; đề nghị bổ sung số liệu.", (False, True)),
    ("Nội dung chưa bám sát nhiệm vụ được giao; đề nghị viết lại phần kết quả.", (True, False)),
    ("Thiếu văn bản chứng minh kết quả; đề nghị gửi kèm.", (False, False)),
)
SHOWN = "(nội dung trình diễn)"
HEAD_REASON = "Đề nghị nêu rõ kết quả từng nội dung trước khi nộp."
LEADER_REASON = "Đề nghị làm rõ trách nhiệm của từng đơn vị và thời gian hoàn thành phần còn lại."


@dataclass(frozen=True, slots=True)
class Written:
    """The newest version of a task's report: its status, and which writing of the thread it is."""

    status: str
    revision: int


def plan_writing(
    stage: Stage, script: Script, task: Task, day: date, *, last: bool, post: Waiting | None, written: Written | None
) -> list[Act]:
    """Return how far a unit's report comes on this day: written and presented, and on its `last` day submitted.

    Some heads write and submit it themselves; some send what is presented back once.
    """
    code = stage.cast.unit(task.unit_id or 0).code
    drafted = written is not None and written.status == ReportStatus.DRAFT
    revision = (written.revision if written else 0) + (0 if drafted else 1)
    kept = (FlowKind.REPORT, task.pk) in script.holds
    by_head = not kept and stage.happens(HEAD_WRITES_PERCENT, task.code, task.round, "trưởng đơn vị tự soạn")
    write = (stage.cast.head if by_head else stage.cast.specialist, code)
    steps: list[tuple[str, Post | None, Play]] = []
    node = post.node if post is not None and drafted else ""
    if not drafted:
        steps.append(("dự thảo", None, _writes(stage, task, *write)))
        node = "draft"
    elif node == "draft" and not by_head:
        steps.append(("sửa dự thảo", _post(task, "draft"), _writes(stage, task, *write, anew=True)))
        revision += 1
    at_draft, at_submit = _post(task, "draft"), _post(task, "submit")
    if by_head and node == "draft":
        if last:
            steps.append(("nộp", at_draft, _acts(at_draft, "submit", *write)))
    else:
        if node == "draft":
            steps.append(("trình", at_draft, _acts(at_draft, "present", *write)))
        if last:
            back = stage.happens(HEAD_SENDS_BACK_PERCENT, task.code, revision, "trưởng đơn vị trả lại")
            outcome = "send_back" if back and diligence_of(code) is not CARELESS else "submit"
            steps.append(("nộp", at_submit, _acts(at_submit, outcome, stage.cast.head, code)))
    return _in_a_row(stage, script, task, day, steps)


Holder = Callable[[str, datetime], Actor | None]


def _post(task: Task, node: str) -> Post:
    return Post(FlowKind.REPORT, task.pk, node)


def _in_a_row(
    stage: Stage, script: Script, task: Task, day: date, steps: list[tuple[str, Post | None, Play]]
) -> list[Act]:
    """Let the steps follow each other on the day, up to one at which the report is to lie."""
    names = []
    for name, post, play in steps:
        if post is not None and script.stays(post.kind, post.target_id, post.node, day):
            break
        names.append((name, post, play))
    only_submitted = [name for name, _post_of, _play in names] == ["nộp"]
    begin = MORNING_LENGTH if only_submitted else 0
    moments = stage.moments(day, f"{task.code} báo cáo", len(names), begin=begin)
    return [
        stage.act(day, f"{task.code} {name}", play, of=task, at=post, moment=moment)
        for moment, (name, post, play) in zip(moments, names, strict=True)
    ]


def _writes(stage: Stage, task: Task, holder: Holder, code: str, *, anew: bool = False) -> Play:
    unit = stage.cast.unit(task.unit_id or 0)
    nothing = task.kind == TaskKind.REPORT and stage.happens(8, task.code, "không có")

    def play(now: datetime) -> None:
        number = stage.next_number(f"báo cáo {unit.code} {now.year}")
        content = (
            "Trong kỳ không phát sinh nội dung phải báo cáo."
            if nothing
            else f"{unit.name} báo cáo kết quả: {task.title} Đã hoàn thành các nội dung được giao {SHOWN}."
        )
        if anew:
            content = f"{content}\nĐã bổ sung theo ý kiến trưởng đơn vị."
        symbol = unit.abbreviation or unit.code
        evidence = "" if nothing else f"Báo cáo số {number:02d}/BC-{symbol} (số trình diễn), kèm danh mục sản phẩm."
        save_draft(task.pk, content, nothing, evidence, by=present(holder(code, now), code), now=now)

    return play


def _acts(post: Post, outcome: str, holder: Holder, code: str) -> Play:
    given = {"reason": HEAD_REASON} if outcome == "send_back" else {}
    return lambda now: post.decide(outcome, by=present(holder(code, now), code), now=now, **given)


def plan_check(stage: Stage, script: Script, task: Task, waiting: Waiting, day: date) -> list[Act]:
    """Văn phòng checks a unit's report and a leader Văn phòng's own; a leader decides after Văn phòng where it is due.

    A few are taken back by who submitted them before anybody looked.
    """
    if task.reported_at is None or task.submitted_version is None:
        return []
    if script.stays(FlowKind.REPORT, task.pk, waiting.node, day):
        return []
    post = _post(task, waiting.node)
    since = localdate(waiting.since)
    if waiting.node == "approve":
        wait = stage.roll((1, 2), task.code, task.submitted_version, task.round, "lãnh đạo duyệt")
        if day < stage.working_days_after(since, wait):
            return []
        return [stage.act(day, f"{task.code} lãnh đạo duyệt", _approves(stage, task, post), of=task, at=post)]
    if _takes_back(stage, task):
        if day < stage.working_days_after(since, 1):
            return []
        return [stage.act(day, f"{task.code} rút lại", _withdraws(stage, task, post), of=task, at=post)]
    wait = stage.roll((1, 3), task.code, task.submitted_version, task.round, "duyệt")
    if day < stage.working_days_after(since, wait):
        return []
    return [stage.act(day, f"{task.code} duyệt", _checks(stage, task, post), of=task, at=post)]


def _takes_back(stage: Stage, task: Task) -> bool:
    diligent = diligence_of(stage.cast.unit(task.unit_id or 0).code) is not CARELESS
    first = task.submitted_version == 1 and task.round == 1
    return first and diligent and stage.happens(WITHDRAWS_PERCENT, task.code, "rút báo cáo")


def _withdraws(stage: Stage, task: Task, post: Post) -> Play:
    code = stage.cast.unit(task.unit_id or 0).code
    return lambda now: post.decide("withdraw", by=present(stage.cast.head(code, now), code), now=now)


def _checks(stage: Stage, task: Task, post: Post) -> Play:
    diligence = diligence_of(stage.cast.unit(task.unit_id or 0).code)
    in_time = task.due_on is None or task.reported_at is None or localdate(task.reported_at) <= task.due_on

    def play(now: datetime) -> None:
        by = stage.cast.leader(now) if post.node == "leader_check" else stage.cast.reviewer(now)
        if task.submitted_version == 1 and stage.happens(diligence.returned_percent, task.code, "trả lại"):
            note, (quantity, content) = RETURN_REASONS[
                stage.roll((0, len(RETURN_REASONS) - 1), task.code, "lý do trả lại")
            ]
            given = {"quantity_ok": quantity, "content_ok": content, "time_ok": in_time, "note": note}
            post.decide("return", by=by, now=now, **given)
            return
        note = "Đạt yêu cầu." if in_time else "Đạt yêu cầu; nộp sau thời hạn."
        post.decide("accept", by=by, now=now, quantity_ok=True, content_ok=True, time_ok=in_time, note=note)

    return play


def _approves(stage: Stage, task: Task, post: Post) -> Play:
    returns = stage.happens(LEADER_RETURNS_PERCENT, task.code, task.submitted_version, "lãnh đạo trả lại")
    deputy = stage.happens(DEPUTY_DECIDES_PERCENT, task.code, task.submitted_version, "lãnh đạo nào duyệt")

    def play(now: datetime) -> None:
        by = stage.cast.deputy_leader(now) if deputy else stage.cast.leader(now)
        if returns and task.submitted_version == 1:
            post.decide("return", by=by, now=now, reason=LEADER_REASON)
        else:
            post.decide("accept", by=by, now=now, note="Đồng ý.")

    return play
