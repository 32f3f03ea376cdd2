"""Documents compiled from live data: the reports of Văn phòng, a plan, and papers about one task or one draft.

Each is a draft like any other: prefilled, free to be written anew, and numbered only when its flow has passed.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.utils import timezone

from workflow.actions.audit import action
from workflow.actions.document.drafting import Draft, draft_document, drafting_units, may_revise
from workflow.actions.document.issuing import HEAD_TITLE
from workflow.actions.flow import flows
from workflow.choices import DocumentKind, DocumentStatus, FlowKind, TaskState, UnitKind
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.core.wording import Words
from workflow.core.wording.briefing import briefing_text
from workflow.core.wording.matter import notice_text, routing_text, submission_text
from workflow.core.wording.period import period_text
from workflow.core.wording.planpaper import plan_text
from workflow.models import Document, Task, Unit
from workflow.permissions import Actor
from workflow.queries.compilation import (
    find_plan,
    keeper_on,
    month_figures,
    period_figures,
    plan_words,
    require_consolidating,
    results_of,
    supporting_units,
    through_interior,
)
from workflow.queries.document import head_on, province, signed_by_order, symbol_of
from workflow.queries.paperlist import find_document
from workflow.queries.taskpage import find_task
from workflow.queries.wording import read_matter

LEADERS = "Lãnh đạo Sở"
CHIEF = "Chánh Văn phòng Sở"
USUAL_PROPOSAL = "Đề nghị Lãnh đạo Sở xem xét, ký ban hành."


@action
def compile_briefing(month: date, remarks: str = "", *, by: Actor, now: datetime) -> Document:
    """Draft the report of a month for the giao ban (2022 III.2): three parts, with the tables of units and late tasks.

    It is an internal paper: it names no addressee, only "Nơi nhận". `month` is any day of the month; one that runs is
    counted until today. Without `remarks` its third part says that people still have to write it.

    :raises NotPermitted: unless Văn phòng or a leader does it.
    :raises Invalid: when the month has not begun.
    """
    require_consolidating(by)
    today = timezone.localdate(now)
    fields = Fields()
    remarks = fields.text("remarks", remarks, "Nhận xét", needed=False)
    if month.replace(day=1) > today:
        fields.refuse("month", f"Tháng {month:%m/%Y} chưa đến nên chưa có số liệu; hãy chọn tháng không sau tháng này.")
    fields.stop_if_wrong()
    words = briefing_text(month_figures(month, actor=by, today=today), remarks=remarks)
    return _draft_for_office(DocumentKind.REPORT, words, by=by, now=now)


@action
def compile_period(plan_id: int, half: bool, remarks: str = "", *, by: Actor, now: datetime) -> Document:
    """Draft the report of a plan's half year or year to UBND tỉnh through Sở Nội vụ (2022 III.2).

    Its appendix is the table of the plan's rows. Before the period has ended open work is an estimate and says so.

    :raises NotPermitted: unless Văn phòng or a leader does it.
    :raises NotFound: when there is no such plan.
    :raises Invalid: when the plan's year has not begun.
    :raises WrongState: when there is no department or no UBND tỉnh on the day.
    """
    require_consolidating(by)
    today = timezone.localdate(now)
    plan = find_plan(plan_id)
    fields = Fields()
    remarks = fields.text("remarks", remarks, "Nhận xét", needed=False)
    if plan.year > today.year:
        fields.refuse("plan", f"Năm {plan.year} chưa đến nên chưa có kết quả; hãy chọn kế hoạch khác.")
    fields.stop_if_wrong()
    figures = period_figures(plan_id, half=half, actor=by, today=today)
    words = period_text(figures, body_name=head_on(today).name, remarks=remarks)
    to = f"{province(today).name}{through_interior(today)}"
    return _draft_for_office(DocumentKind.REPORT, words, to=(to,), by=by, now=now)


@action
def compile_plan(plan_id: int, *, by: Actor, now: datetime) -> Document:
    """Draft a stored plan as a kế hoạch: its own words as far as they are stored, and its appendix as printed.

    :raises NotPermitted: unless Văn phòng or a leader does it.
    :raises NotFound: when there is no such plan.
    :raises Invalid: when too little of the plan is stored for a document.
    """
    require_consolidating(by)
    plan = find_plan(plan_id)
    return _draft_for_office(DocumentKind.PLAN, plan_text(plan_words(plan)), keeper=keeper_on(plan), by=by, now=now)


def _draft_for_office(
    kind: DocumentKind, words: Words, *, to: Sequence[str] = (), keeper: str = "", by: Actor, now: datetime
) -> Document:
    """Draft what goes over all units in Văn phòng's name, or in the person's own unit's where he may not there."""
    unit = _own_unit(drafting_units(by, None, on=timezone.localdate(now)), by, UnitKind.OFFICE)
    return draft_words(kind, words, None, unit, to=to, keeper=keeper, by=by, now=now)


def _own_unit(units: Sequence[Unit], by: Actor, first: UnitKind | None = None) -> Unit:
    """Return in whose name is drafted: a unit of the kind that comes first, else the person's own, else any.

    :raises NotPermitted: when he may draft in no unit's name.
    """
    if not units:
        raise NotPermitted("Ông/bà không có quyền soạn văn bản cho nhiệm vụ hoặc đơn vị này.")
    return min(units, key=lambda unit: (unit.kind != first, unit.pk != by.unit_id, unit.name))


def draft_words(
    kind: DocumentKind,
    words: Words,
    task: Task | None,
    unit: Unit,
    *,
    to: Sequence[str] = (),
    keeper: str = "",
    facts: dict[str, object] | None = None,
    by: Actor,
    now: datetime,
) -> Document:
    """Draft words in the unit's name, with the symbol that its kind has there.

    :raises NotPermitted: see `draft_document`.
    :raises Invalid: see `draft_document`.
    :raises WrongState: when abbreviations that the symbol needs are missing.
    """
    draft = Draft(
        kind=kind,
        subject=words.subject,
        body=words.body,
        recipients=tuple(to),
        symbol=symbol_of(kind, unit, timezone.localdate(now)),
        signer_title=HEAD_TITLE,
        copies=words.copies,
        grounds=words.grounds,
        keeper=keeper,
        appendices=words.appendices,
        facts=facts or {},
    )
    return draft_document(draft, task=task, unit_id=unit.pk, by=by, now=now)


# --- of one task -----------------------------------------------------------------------------------------------------


@action
def compile_submission(task_id: int, proposal: str, *, by: Actor, now: datetime) -> Document:
    """Draft a tờ trình to UBND tỉnh about a task: the duty, the results accepted so far, and the given proposal.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless the person may draft for it.
    :raises Invalid: when nothing is proposed.
    """
    task, unit = task_and_unit(task_id, by=by, now=now)
    fields = Fields()
    proposal = fields.text("proposal", proposal, "Nội dung đề nghị")
    fields.stop_if_wrong()
    today = timezone.localdate(now)
    matter = read_matter(task, today=today)
    standing = str(TaskState(task.state).label)
    words = submission_text(matter.facts, results=results_of(task), standing=standing, proposal=proposal)
    return draft_words(DocumentKind.SUBMISSION, words, task, unit, to=(province(today).name,), by=by, now=now)


@action
def compile_notice(task_id: int, conclusions: str, *, by: Actor, now: datetime) -> Document:
    """Draft a thông báo of what was concluded about a task, a line each, to the units that owe or support it.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless the person may draft for it.
    :raises Invalid: when nothing is concluded.
    """
    task, unit = task_and_unit(task_id, by=by, now=now)
    fields = Fields()
    conclusions = fields.text("conclusions", conclusions, "Nội dung kết luận")
    fields.stop_if_wrong()
    matter = read_matter(task, today=timezone.localdate(now))
    words = notice_text(matter.facts, conclusions=conclusions.splitlines())
    to = supporting_units(task) or [task.host_unit.name]
    return draft_words(DocumentKind.NOTICE, words, task, unit, to=to, by=by, now=now)


def task_and_unit(task_id: int, *, by: Actor, now: datetime) -> tuple[Task, Unit]:
    """Return a task with the unit in whose name the person drafts for it: his own, else the one that owes it.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless the person may draft for it.
    """
    task = find_task(by, task_id)
    units = drafting_units(by, task, on=timezone.localdate(now))
    owing = [unit for unit in units if unit.pk == task.unit_id]
    return task, _own_unit([unit for unit in units if unit.pk == by.unit_id] or owing or units, by)


# --- of one draft ----------------------------------------------------------------------------------------------------


@action
def compile_routing(
    document_id: int, summary: str, proposal: str = USUAL_PROPOSAL, *, by: Actor, now: datetime
) -> Document:
    """Draft a phiếu trình that goes with a draft to whoever signs it, with the opinions given in its flow so far.

    It is an internal form of the house (no official one was found; facts 1.7).

    :raises NotFound: when the draft, or its task, is not seen.
    :raises NotPermitted: unless the person may write the draft.
    :raises WrongState: when it is no draft, or is a phiếu trình itself.
    :raises Invalid: when no summary is given.
    """
    document = find_document(by, document_id)
    if not _is_routed(document):
        raise WrongState("Chỉ lập phiếu trình cho một dự thảo văn bản chưa phát hành.")
    if not may_revise(by, document):
        raise NotPermitted("Chỉ người được soạn dự thảo này lập được phiếu trình của nó.")
    fields = Fields()
    summary = fields.text("summary", summary, "Tóm tắt nội dung, lý do trình")
    proposal = fields.text("proposal", proposal, "Đề xuất")
    fields.stop_if_wrong()
    label = str(DocumentKind(document.kind).label).lower()
    words = routing_text(label, document.subject, [str(name) for name in document.recipients], summary=summary)
    facts: dict[str, object] = {"opinions": opinions_on(document), "proposal": proposal}
    to = CHIEF if signed_by_order(document) else LEADERS
    task = document.task
    unit = _own_unit(drafting_units(by, task, on=timezone.localdate(now)), by)
    return draft_words(DocumentKind.ROUTING_SLIP, words, task, unit, to=(to,), facts=facts, by=by, now=now)


def may_route(by: Actor, document: Document) -> bool:
    """Tell whether the person may compile a phiếu trình for the document."""
    return _is_routed(document) and may_revise(by, document)


def _is_routed(document: Document) -> bool:
    return document.status == DocumentStatus.DRAFT and document.kind != DocumentKind.ROUTING_SLIP


def opinions_on(document: Document) -> list[dict[str, object]]:
    """Return what was decided and said of a draft at the steps of its flow so far, in order of time."""
    return [
        {
            "by": said.by,
            "step": said.step,
            "at": f"{timezone.localtime(said.at):%H:%M ngày %d/%m/%Y}",
            "text": f"{said.choice}: {said.note}" if said.note else said.choice,
        }
        for said in flows().said(FlowKind.DOCUMENT, document.pk)
    ]
