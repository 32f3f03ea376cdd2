"""Set-ups for the flows: a matter brought to one of its steps by the people whose part it is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from types import EllipsisType

from approvals.actions.deciding import decide_waiting
from approvals.models import Approval, Step
from approvals.queries.difference import newest_version
from approvals.queries.standing import open_approval, waiting_step
from tests.factories import House, at, make_task
from workflow.actions.adjustment import ask_extension, raise_obstacle
from workflow.actions.document import HEAD_TITLE, Draft, draft_document
from workflow.actions.escalation import open_escalation
from workflow.actions.policy import seed_rules
from workflow.actions.proposal import make_proposal
from workflow.actions.report import save_draft
from workflow.actions.sweep import sweep
from workflow.choices import DocumentKind, FlowKind, Ladder, TaskKind, TaskOrigin
from workflow.core.escalation import ESCALATE, decide_by_hand
from workflow.models import Document, Escalation, Notification, RegisterBook, Rule, Task, Unit
from workflow.permissions import Actor
from workflow.queries.document import CHIEF_TITLE
from workflow.queries.rulebook import load_rulebook
from workflow.queries.task import subject_of

DUE = date(2022, 10, 14)
NOW = at(date(2022, 10, 17), "09:00")
"""The Monday after the Friday on which the tasks of these tests fall due."""

IN_TIME = at(date(2022, 10, 12), "09:00")
LATER = date(2022, 10, 28)

ALL_WELL: dict[str, object] = {"quantity_ok": True, "content_ok": True, "time_ok": True, "note": ""}
NOT_ENOUGH: dict[str, object] = {
    "quantity_ok": True,
    "content_ok": False,
    "time_ok": True,
    "note": "Thiếu số liệu quý III.",
    "reason": "Thiếu số liệu quý III.",
}
WITH_REASON: dict[str, object] = {"note": "Theo ý kiến đã trao đổi.", "reason": "Theo ý kiến đã trao đổi."}
DIRECTED: dict[str, object] = {
    "number": "812/UBND-KT",
    "issued_on": NOW.date(),
    "content": "Giao Sở hoàn thành trong tháng 11.",
    "new_due": date(2022, 11, 18),
}

USUAL: dict[str, dict[str, object]] = {
    "accept": ALL_WELL,
    "return": NOT_ENOUGH,
    "record": DIRECTED,
}
"""What is typed with an outcome when a test says nothing; with the others, a reason."""


@dataclass(frozen=True, slots=True)
class Matter:
    """What passes through a flow: its kind and the key of the task, document, duty or request."""

    kind: FlowKind
    pk: int

    def approvals(self) -> list[Approval]:
        """Every flow that was opened on it, in order."""
        return list(Approval.objects.filter(kind=self.kind, target_id=self.pk).order_by("pk"))

    def approval(self) -> Approval:
        """The newest flow on it."""
        return self.approvals()[-1]

    def step(self) -> Step:
        """The step that waits."""
        found = open_approval(self.kind, self.pk)
        step = waiting_step(found) if found is not None else None
        assert step is not None, "nothing waits"
        return step

    def node(self) -> str:
        """The node that waits, "" when nothing does."""
        found = open_approval(self.kind, self.pk)
        step = waiting_step(found) if found is not None else None
        return str(step.flow_task.name) if step is not None else ""

    def version(self) -> int | None:
        """The version that stands to be decided."""
        return newest_version(self.approval())

    def path(self) -> list[tuple[str, str]]:
        """Each step of people that was decided, over all flows on it, with its outcome."""
        steps = Step.objects.filter(process__in=self.approvals(), codename__gt="", decided_at__isnull=False)
        return [(step.flow_task.name, step.outcome) for step in steps.order_by("decided_at", "pk")]

    def act(
        self, outcome: str, by: Actor, version: int | EllipsisType | None = ..., *, now: datetime = NOW, **data: object
    ) -> Step:
        """Decide the step that waits, with the newest version and what is usually typed unless said otherwise."""
        given = data or USUAL.get(outcome, WITH_REASON)
        pinned = self.version() if isinstance(version, EllipsisType) else version
        return decide_waiting(self.kind, self.pk, outcome, pinned, given, by=by, now=now)


def told_by(act: Callable[[], object]) -> dict[int, list[str]]:
    """Run an act, and return what each person was told by it."""
    last = Notification.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    act()
    found: dict[int, list[str]] = {}
    for person, text in Notification.objects.filter(pk__gt=last).order_by("pk").values_list("person_id", "text"):
        found.setdefault(person, []).append(text)
    return found


def with_rights(actor: Actor, other: Actor) -> Actor:
    """The person, holding the other's places as well."""
    return replace(actor, grants=actor.grants | other.grants)


def rules(house: House) -> House:
    """Seed the shipped rules, so that the engine and people may remind and escalate."""
    if not Rule.objects.exists():
        seed_rules(by=None, now=at(date(2022, 4, 19)))
    return house


def open_book(house: House) -> RegisterBook:
    """Open the register of 2022 ahead of threads."""
    return RegisterBook.objects.create(body=house.department, year=2022, series="chung", first_number=1, last_number=0)


def task_of(matter: Matter) -> Task:
    """The task of a report, or of what has a task."""
    subject = matter.approval().subject
    assert subject is not None
    subject.refresh_from_db()
    return subject


# --- reports ---


def workers_of(house: House, unit: Unit) -> tuple[Actor, Actor]:
    """Return who drafts in the unit, and who heads it."""
    return {
        house.division.pk: (house.member, house.head),
        house.other.pk: (house.stranger, house.other_head),
        house.office.pk: (house.office_member, house.chief),
    }[unit.pk]


def report_at(house: House, node: str, *, unit: Unit | None = None, now: datetime = NOW, **columns: object) -> Matter:
    """Bring a unit's report to the node: drafted by its member, submitted by its head, checked by Văn phòng.

    A node `approve` makes the task one that UBND tỉnh assigned.
    """
    unit = unit or house.division
    member, head = workers_of(house, unit)
    if node == "approve":
        columns.setdefault("origin", TaskOrigin.PROVINCE)
    task = make_task(house, unit=unit, **columns)
    save_draft(task.pk, "Đã thẩm định 12 hồ sơ.\nGiải ngân đạt 61 %.", False, "Biên bản 7", by=member, now=now)
    matter = Matter(FlowKind.REPORT, task.pk)
    for at_node, outcome, by in (
        ("draft", "present", member),
        ("submit", "submit", head),
        ("check", "accept", house.reviewer),
    ):
        if matter.node() in {node, "leader_check"}:
            break
        assert matter.node() == at_node
        matter.act(outcome, by, now=now)
    assert matter.node() == node
    return matter


# --- documents ---


def consultation(house: House, *, ladder: Ladder = Ladder.B, **columns: object) -> Task:
    """An outside body's answer owed to the first division, late since Friday, with processing time left."""
    origin = TaskOrigin.PROVINCE if ladder == Ladder.C else TaskOrigin.PROCEDURE
    until = date(2022, 11, 30)
    parent = make_task(house, kind=TaskKind.DOSSIER, origin=origin, due_on=until, processing_until=until)
    columns.setdefault("unit", house.body)
    columns.setdefault("by_paper", True)
    return make_task(
        house,
        kind=TaskKind.CONSULTATION,
        origin=origin,
        ladder=ladder,
        parent=parent,
        host_unit=house.division,
        processing_until=until,
        **columns,
    )


def letter(*, by_order: bool = False, recipients: tuple[str, ...] = ("Phòng Một",)) -> Draft:
    """What a plain công văn says."""
    return Draft(
        kind=DocumentKind.LETTER,
        subject="về tiến độ",
        body="Đề nghị báo cáo.\nTrước ngày 20/10.",
        recipients=recipients,
        symbol="SKHĐT-VP",
        signer_title=CHIEF_TITLE if by_order else HEAD_TITLE,
    )


def document_at(
    house: House, node: str, *, hosted_by: Unit | None = None, by_order: bool = False, alone: bool = False
) -> Matter:
    """Bring a letter to the node. Văn phòng hosts it, unless the division does: then it is of a consultation.

    Drafted and presented by a specialist of the hosting unit; `alone` makes one that is of no task.
    """
    host = hosted_by or house.office
    member, head = workers_of(house, host)
    task = None
    if not alone:
        task = consultation(house) if host == house.division else make_task(house)
    drafted = draft_document(letter(by_order=by_order or node == "sign_order"), task=task, by=member, now=NOW)
    matter = Matter(FlowKind.DOCUMENT, drafted.pk)
    carry(house, matter, node, presenter=member, head=head)
    return matter


def carry(house: House, matter: Matter, node: str, *, presenter: Actor, head: Actor) -> None:
    """Carry a document on to the node ("" = issued) by the people whose part it is."""
    parts = {
        "prepare": ("present", presenter),
        "head": ("approve", head),
        "form": ("approve", house.reviewer if presenter != house.reviewer else house.chief),
        "sign": ("sign", house.leader),
        "sign_order": ("sign", house.chief),
        "issue": ("issue", house.clerk),
    }
    while matter.node() != node:
        outcome, by = parts[matter.node()]
        matter.act(outcome, by)


def document_of(matter: Matter) -> Document:
    """The document of a matter, as it is stored now."""
    return Document.objects.get(pk=matter.pk)


# --- the duty to report to UBND tỉnh ---


def escalation_at(house: House, node: str, *, hosted_by: Unit | None = None, now: datetime = NOW) -> Matter:
    """Raise a duty by its ladder's rule: a unit's late task, or the answer of a consulted body (`hosted_by`)."""
    rules(house)
    if hosted_by == house.division:
        task = consultation(house, ladder=Ladder.C)
    else:
        task = make_task(house, reminders_issued=2, last_reminder_at=at(date(2022, 10, 10)), due_on=date(2022, 9, 30))
    decision = decide_by_hand(subject_of(task), load_rulebook(), now, ESCALATE)
    duty = open_escalation(task, decision, by=None, now=now)
    matter = Matter(FlowKind.ESCALATION, duty.pk)
    if node == "direct":
        carry(house, report_of(matter), "", presenter=house.reviewer, head=head_for(house, report_of(matter)))
    return matter


def head_for(house: House, matter: Matter) -> Actor:
    """Who heads the unit that asks."""
    return workers_of(house, matter.approval().unit)[1]


def report_of(duty: Matter) -> Matter:
    """The flow of a duty's document."""
    document_id = Escalation.objects.values_list("document_id", flat=True).get(pk=duty.pk)
    return Matter(FlowKind.DOCUMENT, int(document_id or 0))


def escalated_by_sweep(house: House, **columns: object) -> tuple[Task, Matter]:
    """Let the clock run over a unit's late task until the engine raises the duty; the day is 27/10/2022 or near it."""
    rules(house)
    task = make_task(house, **columns)
    day = DUE
    while not Escalation.objects.filter(task=task).exists():
        day += timedelta(days=1)
        assert day < date(2022, 11, 30), "the engine never escalated"
        sweep(now=at(day, "08:30"))
    task.refresh_from_db()
    return task, Matter(FlowKind.ESCALATION, Escalation.objects.get(task=task).pk)


# --- requests ---


def extension_at(house: House, node: str, *, unit: Unit | None = None) -> Matter:
    """Let the unit's head ask for more time, and Văn phòng advise."""
    unit = unit or house.division
    _member, head = workers_of(house, unit)
    task = make_task(house, unit=unit)
    asked = ask_extension(task.pk, "Chờ số liệu của Cục Thống kê.", LATER, by=head, now=IN_TIME)
    return _advised(house, Matter(FlowKind.EXTENSION, asked.pk), node)


def obstacle_at(house: House, node: str, *, unit: Unit | None = None) -> Matter:
    """Let a member of the unit raise a difficulty, and Văn phòng advise."""
    unit = unit or house.division
    member, _head = workers_of(house, unit)
    raised = raise_obstacle(make_task(house, unit=unit).pk, "Thiếu máy.", by=member, now=IN_TIME)
    return _advised(house, Matter(FlowKind.OBSTACLE, raised.pk), node)


def proposal_at(house: House, node: str, *, unit: Unit | None = None) -> Matter:
    """Let a member of the unit propose, its head agree, and Văn phòng advise."""
    unit = unit or house.division
    member, head = workers_of(house, unit)
    made = make_proposal(unit.pk, "Mua máy quét", "Máy cũ hỏng.", by=member, now=IN_TIME)
    matter = Matter(FlowKind.PROPOSAL, made.pk)
    if node != "head":
        matter.act("approve", head, now=IN_TIME)
    return _advised(house, matter, node)


def _advised(house: House, matter: Matter, node: str) -> Matter:
    if node == "decide":
        matter.act("advise", house.reviewer, now=IN_TIME)
    assert matter.node() == node
    return matter
