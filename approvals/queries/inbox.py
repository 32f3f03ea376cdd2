"""What waits for one person over all flows, in one query with the right inside it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    Value,
    Window,
)
from django.db.models.functions import RowNumber
from django.utils import timezone

from approvals.models import Approval, Step
from workflow.choices import FlowKind, ReportStatus, UnitKind
from workflow.models import Document, Extension, Obstacle, Proposal, Report
from workflow.permissions import CHECK, DECIDE, DO, REGISTER, SEE, SIGN, SUBMIT, URGE, Actor

MOST = 50
"""Lines that one group shows; a plus in its count says that there are more."""

ASKED_FOR = (DO, SUBMIT, CHECK, URGE, SIGN, REGISTER, DECIDE)
"""The rights that steps ask for."""

REQUESTS = (FlowKind.EXTENSION, FlowKind.OBSTACLE, FlowKind.PROPOSAL)

NOT_JUDGED = (
    Q(codename__in=(DO, REGISTER))
    | Q(process__kind=FlowKind.REPORT, codename=SUBMIT)
    | Q(process__kind=FlowKind.ESCALATION)
)
"""Steps at which nobody says yes to what he wrote: writing, presenting, giving a number, recording a direction."""

PASSABLE = Q(process__kind=FlowKind.DOCUMENT, codename=SIGN)
"""Steps at which who wrote may pass the matter up, and nobody else need do it for him."""

WRITING = Q(process__kind=FlowKind.REPORT, codename__in=(DO, SUBMIT)) | Q(process__kind=FlowKind.DOCUMENT, codename=DO)
"""Steps whose hands wrote or submitted (`standing.PRESENTING`), told by what stands in their rows."""

UNPRESENTED = Q(process__kind=FlowKind.DOCUMENT, codename=DO, other_codename=URGE)
"""Steps at which a unit completes its own draft, and where Văn phòng, who chases it, may act for the unit as well."""

WITHOUT_HANDS = (UnitKind.LEADERSHIP, UnitKind.DEPARTMENT)
"""Kinds of units in whose name drafts are made although nobody there does the units' work."""

CAME = {"return": "trả lại", "send_back": "trả lại", "withdraw": "rút lại"}
"""How a step came back to this one, by the last decision's outcome; every other brings the matter on."""

BEGAN = {FlowKind.REPORT: "soạn", FlowKind.DOCUMENT: "soạn", FlowKind.ESCALATION: "lập"}
"""How an approval came to its first step; every other is a request that was sent."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """One step that waits: its row with approval, task and unit, its node, why it stands there.

    `brought` tells that a decision brought it there, not the opening of the approval; `wrote` that the person wrote
    what he is asked to sign, so that he can only pass it up.
    """

    step: Step
    node: str
    why: str
    brought: bool = False
    wrote: bool = False

    @property
    def approval(self) -> Approval:
        """The approval whose step it is."""
        approval: Approval = self.step.process
        return approval

    @property
    def key(self) -> tuple[str, str]:
        """The flow's kind and the node."""
        return self.step.process.kind, self.node


@dataclass(slots=True)
class StepGroup:
    """Steps of one sort. `kind` and `shape` mark it; `more` says that there are more.

    `later` says that nothing can be done before a paper comes or somebody else has acted.
    """

    key: str
    title: str
    kind: str
    shape: str
    nodes: frozenset[str]
    later: bool = False
    steps: list[Waiting] = field(default_factory=list)
    more: bool = False

    @property
    def count(self) -> str:
        """How many, with a plus when not all are shown."""
        return f"{len(self.steps)}+" if self.more else str(len(self.steps))


HEADINGS: tuple[tuple[str, str, str, str, set[str]], ...] = (
    ("cho-trinh", "Chờ tôi trình", "wait", "◇", {"draft", "prepare"}),
    ("cho-duyet", "Chờ tôi duyệt", "wait", "◇", set()),
    ("cho-ky", "Chờ tôi ký", "wait", "◇", {"sign", "sign_order"}),
    ("cho-phat-hanh", "Chờ phát hành", "wait", "◇", {"issue"}),
    ("cho-chi-dao", "Chờ ý kiến chỉ đạo", "province", "⬟", {"direct"}),
)
"""Groups of the page. A node that none of them names, also one that a former flow had, asks for a yes or no."""


ELSEWHERE = "cho-nguoi-khac"
"""Key of the group of what others have to do."""


def waiting_for(actor: Actor) -> QuerySet[Step]:
    """Return the steps that this person may act at now: by right, by who has it, without what he himself wrote.

    For each set of units on which he holds the same rights stand two conditions: codename and unit, and the other
    codename and unit. PostgreSQL reads them from the partial indexes `step_inbox` and `step_other_inbox` (unit,
    codename, due_on, id of what is neither decided nor finished), so that decided steps, however many, cost nothing.

    A step given to another person is left out, unless that one has left, and but for the unit's head, who may give it
    to somebody else. So is another unit's draft that it has not presented yet, although who chases that unit may
    present it (`_his_to_finish`). So is what he, or the person in whose place he acts, wrote or presented, as far as
    rows tell it: a hand that only the trail knows (who changed a draft in between, a request made in another's place)
    is refused when he decides.
    """
    rights = Q()
    for units, codenames in _rights(actor):
        rights |= Q(codename__in=codenames, unit_id__in=units) | Q(other_codename__in=codenames, unit_id__in=units)
    if not rights:
        nothing: QuerySet[Step] = Step.objects.none()
        return nothing
    persons = _persons(actor)
    gone = Q(owner__closed_on__isnull=False) | Q(owner__is_active=False)
    whose = Q(owner__isnull=True) | Q(owner__in=persons) | gone | Q(unit_id__in=sorted(actor.units(SUBMIT)))
    rows: QuerySet[Step] = Step.objects.filter(rights, whose, decided_at__isnull=True, finished__isnull=True)
    return rows.filter(NOT_JUDGED | PASSABLE | ~_wrote(persons), ~UNPRESENTED | _his_to_finish(actor, persons))


def _his_to_finish(actor: Actor, persons: Sequence[int]) -> Q:
    """Return whether an unpresented draft is this person's to finish.

    So when he works in the unit that asks, when he or the person in whose place he acts drafted it, when it was given
    to him, and when nobody else would: the engine drafted it, or it stands in the name of a unit without hands.
    """
    target = OuterRef("process__target_id")
    his = Document.objects.filter(Q(drafted_by__in=persons) | Q(drafted_by__isnull=True), pk=target)
    return (
        Q(unit_id__in=sorted(actor.units(DO))) | Q(owner__in=persons) | Q(unit__kind__in=WITHOUT_HANDS) | Q(Exists(his))
    )


def _persons(actor: Actor) -> list[int]:
    """Return the person and, under a delegation, the one in whose place he acts."""
    return [person for person in (actor.person_id, actor.principal_id) if person is not None]


def _rights(actor: Actor) -> Iterable[tuple[list[int], list[str]]]:
    """Return the person's rights as pairs: units, and the codenames that he holds on exactly these."""
    seen = actor.units(SEE)
    held: dict[frozenset[int], list[str]] = {}
    for codename in ASKED_FOR:
        units = actor.units(codename) & seen
        if units:
            held.setdefault(units, []).append(codename)
    return [(sorted(units), codenames) for units, codenames in held.items()]


def _wrote(persons: Sequence[int]) -> Q:
    """Return whether one of the persons wrote, asked for or presented what the step decides."""
    target = OuterRef("process__target_id")
    presented = Step.objects.filter(
        WRITING, Q(owner__in=persons) | Q(principal__in=persons), process=OuterRef("process"), decided_at__isnull=False
    )
    report = Report.objects.filter(
        Q(author__in=persons) | Q(submitted_by__in=persons), task_id=target, status=ReportStatus.SUBMITTED
    )
    return (
        Q(Exists(presented))
        | Q(Q(process__kind=FlowKind.REPORT), Exists(report))
        | Q(
            Q(process__kind=FlowKind.DOCUMENT),
            Exists(Document.objects.filter(pk=target, drafted_by__in=persons)),
        )
        | Q(process__kind__in=REQUESTS, process__opened_by__in=persons, process__opened_by__isnull=False)
        | Q(
            Q(process__kind=FlowKind.EXTENSION),
            Exists(Extension.objects.filter(pk=target, asked_by__in=persons)),
        )
        | Q(
            Q(process__kind=FlowKind.OBSTACLE),
            Exists(Obstacle.objects.filter(pk=target, raised_by__in=persons)),
        )
        | Q(
            Q(process__kind=FlowKind.PROPOSAL),
            Exists(Proposal.objects.filter(pk=target, proposed_by__in=persons)),
        )
    )


def load_steps(actor: Actor, *, kind: str = "", node: str = "", most: int = MOST) -> list[Waiting]:
    """Return what waits for the person, the earliest own deadline first: one query, none for who holds no right.

    Of each node `most` steps and one more are read at most, so that no node, however full, hides another. With `kind`
    and `node`, the steps of that node alone.
    """
    rows = waiting_for(actor)
    if node:
        rows = rows.filter(process__kind=kind, flow_task__endswith=f".{node}")
    place = Window(RowNumber(), partition_by=F("flow_task"), order_by=(F("due_on").asc(nulls_last=True), F("id").asc()))
    return _read(rows.annotate(place=place).filter(place__lte=most + 1).values("pk"), _persons(actor))


def load_documents_elsewhere(actor: Actor) -> StepGroup:
    """Return the outgoing documents that wait for somebody else, for who urges: one query, none for anybody else."""
    group = StepGroup(ELSEWHERE, "Văn bản đang chờ người khác xử lý", "still", "○", frozenset(), later=True)
    units = sorted(actor.units(URGE))
    if not units:
        return group
    rows = Step.objects.filter(
        unit_id__in=units,
        process__kind=FlowKind.DOCUMENT,
        codename__gt="",
        decided_at__isnull=True,
        finished__isnull=True,
    ).exclude(pk__in=waiting_for(actor).values("pk"))
    found = _read(rows.order_by(F("due_on").asc(nulls_last=True), "id").values("pk")[: MOST + 1], ())
    group.steps, group.more = found[:MOST], len(found) > MOST
    return group


SHOWN = (
    "flow_task",
    "codename",
    "other_codename",
    "opened_at",
    "due_on",
    "unit__name",
    "owner_id",
    "process__kind",
    "process__target_id",
    "process__version",
    "process__title",
    "process__opened_at",
    "process__opened_by__full_name",
    "process__subject__title",
    "process__subject__unit__name",
)
"""What a line shows; a task's row is wide."""


def _read(keys: QuerySet[Step, dict[str, int]], persons: Sequence[int]) -> list[Waiting]:
    """Read the rows of those keys with all that a line shows, and who brought each one here, in one statement."""
    before = Step.objects.filter(process=OuterRef("process"), decided_at__isnull=False).order_by("-decided_at", "-id")
    rows = (
        Step.objects.filter(pk__in=keys)
        .select_related("process__subject__unit", "process__opened_by", "unit")
        .only(*SHOWN)
        .annotate(
            by_name=Subquery(before.values("decided_name")[:1]),
            by_outcome=Subquery(before.values("outcome")[:1]),
            by_note=Subquery(before.values("note")[:1]),
            wrote=ExpressionWrapper(PASSABLE & _wrote(persons), output_field=BooleanField())
            if persons
            else Value(False),
        )
        .order_by(F("due_on").asc(nulls_last=True), "id")
    )
    return [
        Waiting(
            row,
            row.flow_task.name if row.flow_task is not None else "",
            _why(row, row.by_name, row.by_outcome, row.by_note),
            row.by_name is not None,
            bool(row.wrote),
        )
        for row in rows
    ]


def _why(step: Step, name: str | None, outcome: str | None, note: str | None) -> str:
    """Say who brought the matter to this step, when, and what he said."""
    approval = step.process
    if name is None:
        opened = approval.opened_by.full_name if approval.opened_by is not None else "Hệ thống Đôn đốc"
        return f"{opened} {BEGAN.get(approval.kind, 'gửi')} lúc {_at(approval.opened_at)}."
    said = f" Ý kiến: {note}" if note else ""
    return f"{name} {CAME.get(outcome or '', 'chuyển đến')} lúc {_at(step.opened_at)}.{said}"


def _at(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%H:%M %d/%m/%Y}" if moment is not None else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """What a page shows of a matter to be decided: the version that a decision is pinned to, and what it says."""

    version: int | None = None
    about: str = ""
    lines: tuple[str, ...] = ()


def texts_of(rows: Iterable[Waiting]) -> dict[int, Shown]:
    """Return by step what stands to be decided, version and text read from one row each; at most two queries."""
    found = list(rows)
    return {**_report_texts(found), **_document_texts(found)}


def _report_texts(rows: Iterable[Waiting]) -> dict[int, Shown]:
    steps = {row.approval.target_id: row.step.pk for row in rows if row.approval.kind == FlowKind.REPORT}
    if not steps:
        return {}
    newer = Report.objects.filter(task_id=OuterRef("task_id"), revision__gt=OuterRef("revision"))
    newest = Report.objects.filter(~Exists(newer), task_id__in=list(steps))
    return {steps[report.task_id]: _report_text(report) for report in newest}


def _report_text(report: Report) -> Shown:
    who = f"{report.submitted_name} nộp lúc {_at(report.submitted_at)}" if report.submitted_at else report.author_name
    lines = ["Không có nội dung phát sinh."] if report.nothing_to_report else []
    lines += report.content.splitlines()
    lines += [f"Kết quả, sản phẩm: {line}" for line in report.evidence.splitlines()]
    return Shown(report.revision, f"Bản {report.version}, {who}", tuple(lines))


def _document_texts(rows: Iterable[Waiting]) -> dict[int, Shown]:
    steps = {row.approval.target_id: row.step.pk for row in rows if row.approval.kind == FlowKind.DOCUMENT}
    if not steps:
        return {}
    return {
        steps[paper.pk]: Shown(
            paper.revision,
            f"{paper.get_kind_display()} gửi {', '.join(str(name) for name in paper.recipients)}",
            (paper.subject, *paper.body.splitlines()),
        )
        for paper in Document.objects.filter(pk__in=list(steps))
    }


def inbox_groups(rows: Iterable[Waiting]) -> list[StepGroup]:
    """Return the groups of "Việc của tôi" that have something in them."""
    groups = [
        StepGroup(key, title, kind, shape, frozenset(nodes), later=key == "cho-chi-dao")
        for key, title, kind, shape, nodes in HEADINGS
    ]
    named = {node: group for group in groups for node in group.nodes}
    rest = next(group for group in groups if not group.nodes)
    for row in rows:
        named.get(row.node, rest).steps.append(row)
    return _cut(groups)


def node_groups(rows: Iterable[Waiting]) -> list[StepGroup]:
    """Return one group a flow and node, in the order of the first step in each, for who decides many at once."""
    groups: dict[tuple[str, str], StepGroup] = {}
    for row in rows:
        if row.key not in groups:
            mark = ("province", "⬟") if row.node == "direct" else ("wait", "◇")
            title = f"{FlowKind(row.approval.kind).label}: {row.step.title}"
            groups[row.key] = StepGroup(f"buoc-{row.approval.kind}-{row.node}", title, *mark, frozenset({row.node}))
        groups[row.key].steps.append(row)
    return _cut(groups.values())


def _cut(groups: Iterable[StepGroup]) -> list[StepGroup]:
    full = [group for group in groups if group.steps]
    for group in full:
        group.steps, group.more = group.steps[:MOST], len(group.steps) > MOST
    return full
