"""Outgoing documents on their way: the unit, its head, Văn phòng's check of form, who signs, văn thư."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime

from django.utils.timezone import localdate

from workflow.actions.document import HEAD_TITLE, Draft, draft_document, revise_document
from workflow.actions.flow import Waiting
from workflow.actions.rehearsal.compiled import route_again
from workflow.actions.rehearsal.script import PAPERS, STANDS_UNTIL, Habit, Hold, Paper, Script
from workflow.actions.rehearsal.stage import MORNING_LENGTH, Act, Play, Post, Stage, present
from workflow.choices import DocumentStatus, EscalationStatus, FlowKind
from workflow.models import Document
from workflow.permissions import Actor
from workflow.queries.document import CHIEF_TITLE, signed_by_order, symbol_of

BACK_REASONS = {
    "head": "Đề nghị nêu rõ thời hạn gửi và người đầu mối.",
    "form": "Chưa đúng thể thức: căn cứ ghi thiếu số, ngày; đề nghị sửa theo Nghị định 30/2020/NĐ-CP.",
    "sign": "Đề nghị nêu rõ thành phần còn thiếu, tránh yêu cầu bổ sung nhiều lần.",
    "issue": "Nơi nhận ghi chưa đủ; đề nghị người ký xem lại trước khi phát hành.",
}
DEPUTY_SIGNS_PERCENT = 40
SIGNS_LATE_PERCENT = 20


def plan_papers_day(stage: Stage, script: Script, day: date, waiting: Sequence[Waiting]) -> list[Act]:
    """Return what is written of documents on a working day, and how far each that waits goes on that day."""
    acts = [*_write_papers(stage, script, day)]
    posts = [found for found in waiting if found.kind == FlowKind.DOCUMENT]
    documents = Document.objects.filter(status=DocumentStatus.DRAFT).select_related("task").order_by("pk")
    found = documents.prefetch_related("reminders", "escalations").in_bulk([post.target_id for post in posts])
    for post in posts:
        if post.target_id in found:
            acts += _carry(stage, script, day, post, found[post.target_id])
    return acts


def _write_papers(stage: Stage, script: Script, day: date) -> Iterator[Act]:
    for paper in PAPERS:
        if stage.calendar.first_on_or_after(script.day_of(paper.day)) == day:

            def play(now: datetime, paper: Paper = paper) -> None:
                _write(stage, script, paper, now)

            yield stage.act(day, f"{paper.subject} soạn", play)


def _write(stage: Stage, script: Script, paper: Paper, now: datetime) -> None:
    by = present((stage.cast.head if paper.by_head else stage.cast.specialist)(paper.unit, now), paper.unit)
    unit = stage.cast.unit_called(paper.unit)
    draft = Draft(
        kind=paper.kind,
        subject=f"{paper.subject} (văn bản trình diễn)",
        body=f"{unit.name} soạn văn bản này để trình diễn: {paper.subject[0].lower()}{paper.subject[1:]}.",
        recipients=paper.recipients,
        symbol=symbol_of(paper.kind, unit, localdate(now)),
        signer_title=CHIEF_TITLE if paper.by_order else HEAD_TITLE,
    )
    document = draft_document(draft, by=by, now=now)
    script.papers[document.pk] = paper
    if paper.stays_at:
        script.hold(FlowKind.DOCUMENT, document.pk, paper.stays_at)


def _carry(stage: Stage, script: Script, day: date, waiting: Waiting, document: Document) -> list[Act]:
    """Let the document pass as many desks as its pace lets it on this day, one after the other."""
    habit = script.habits.get(document.task_id or 0)
    if habit == Habit.EXPECTED:
        script.holds[FlowKind.DOCUMENT, document.pk] = Hold("sign", script.day_of(STANDS_UNTIL))
    paper = script.papers.get(document.pk)
    nodes = _way(document, waiting.node, by_head=paper is not None and paper.by_head)
    nodes = _as_far_as(stage, day, document, nodes)
    said = []
    for node in nodes:
        if script.stays(FlowKind.DOCUMENT, document.pk, node, day):
            break
        goes_back = paper is not None and paper.sent_back_at == node and document.pk not in script.sent_back
        said.append((node, goes_back))
        if goes_back:
            break
    name = f"văn bản {document.pk}" if document.task is None else f"{document.task.code} văn bản"
    late = nodes[:1] in (["sign"], ["sign_order"], ["issue"])
    moments = stage.moments(day, f"{name} {nodes[:1]}", len(said), begin=MORNING_LENGTH if late else 0)
    acts = []
    for moment, (node, goes_back) in zip(moments, said, strict=True):
        post = Post(FlowKind.DOCUMENT, document.pk, node)
        play = _send_back(stage, script, post, waiting) if goes_back else _pass_on(stage, script, post, waiting)
        acts.append(stage.act(day, f"{name} {node}", play, of=document.task, at=post, moment=moment))
    return acts


def _way(document: Document, node: str, *, by_head: bool) -> list[str]:
    """Return the steps that are left, the one that waits first; one that no script knows is left to people."""
    nodes = ["prepare", "form"] if by_head else ["prepare", "head", "form"]
    nodes += ["sign_order" if signed_by_order(document) else "sign", "issue"]
    return nodes[nodes.index(node) :] if node in nodes else []


def _as_far_as(stage: Stage, day: date, document: Document, nodes: list[str]) -> list[str]:
    """Cut the way where the day ends: the signer has it on the day of its issue, the check of form the day before."""
    issue = _issue_day(stage, document)
    if day >= issue:
        return nodes
    last = "form" if stage.working_days_after(day, 1) >= issue else "prepare"
    return nodes[: nodes.index(last) + 1] if last in nodes else []


def _issue_day(stage: Stage, document: Document) -> date:
    """Return the day on which it is to go out: a reminder the same day or the next, others within two days."""
    drafted = localdate(document.drafted_at)
    reminder = next(iter(document.reminders.all()), None)
    if reminder is not None and document.task is not None:
        parts = (document.task.code, reminder.round, reminder.ordinal, "ký chậm")
        return stage.working_days_after(drafted, 1 if stage.happens(SIGNS_LATE_PERCENT, *parts) else 0)
    duty = next((duty for duty in document.escalations.all() if duty.status == EscalationStatus.DUTY), None)
    if duty is not None and document.task is not None:
        wait = stage.roll((1, 2), document.task.code, duty.round, "gửi báo cáo UBND")
        return stage.working_days_after(localdate(duty.raised_at), wait)
    return stage.working_days_after(drafted, stage.roll((1, 2), document.pk, "phát hành"))


def _pass_on(stage: Stage, script: Script, post: Post, waiting: Waiting) -> Play:
    outcomes = {"prepare": "present", "head": "approve", "form": "approve", "issue": "issue"}
    code = stage.cast.unit(waiting.unit_id).code

    def play(now: datetime) -> None:
        by = _who_holds(stage, script, post, code, now)
        if post.node == "prepare" and post.target_id in script.sent_back:
            _improve(post.target_id, by, now)
            route_again(script, post.target_id, by=by, now=now)
        post.decide(outcomes.get(post.node, "sign"), by=by, now=now)

    return play


def _send_back(stage: Stage, script: Script, post: Post, waiting: Waiting) -> Play:
    code = stage.cast.unit(waiting.unit_id).code

    def play(now: datetime) -> None:
        script.sent_back.add(post.target_id)
        post.decide("send_back", by=_who_holds(stage, script, post, code, now), now=now, reason=BACK_REASONS[post.node])

    return play


def _improve(document_id: int, by: Actor, now: datetime) -> None:
    document = Document.objects.get(pk=document_id)
    body = f"{document.body}\nĐã bổ sung theo ý kiến (nội dung trình diễn)."
    revise_document(document.pk, document.revision, document.subject, body, document.recipients, by=by, now=now)


def _who_holds(stage: Stage, script: Script, post: Post, code: str, now: datetime) -> Actor:
    """Return whose desk the document lies on at that step; `code` is the unit that prepares it."""
    cast = stage.cast
    paper = script.papers.get(post.target_id)
    if post.node == "prepare":
        find = cast.head if paper is not None and paper.by_head else cast.specialist
        return present(find(code, now), code)
    if post.node == "head":
        return cast.chief_or_delegate(now) if code == "VP" else present(cast.head(code, now), code)
    if post.node == "form":
        return cast.reviewer(now)
    if post.node == "sign_order":
        return cast.chief_or_delegate(now)
    if post.node == "sign":
        deputy = stage.happens(DEPUTY_SIGNS_PERCENT, "người ký", post.target_id)
        return cast.deputy_leader(now) if deputy else cast.leader(now)
    return cast.clerk(now)
