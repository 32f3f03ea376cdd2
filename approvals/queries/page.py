"""Reading what the pages show: an approval with its steps, what is to be decided, a task's approvals, proposals."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db.models import Count, QuerySet
from django.utils import timezone

from approvals.models import Approval, Step
from approvals.queries.difference import newest_version
from approvals.queries.standing import may_see, presenters
from workflow.choices import FlowKind
from workflow.core.errors import NotFound
from workflow.models import (
    AuditEvent,
    Document,
    Escalation,
    Extension,
    Obstacle,
    Proposal,
    Report,
    Task,
    Unit,
)
from workflow.permissions import DO, SEE, SUBMIT, Actor
from workflow.queries.document import WRITING_EVENTS
from workflow.queries.paperlist import find_document
from workflow.queries.report import DRAFT_EVENTS, hands_behind, report_thread

PAGE = 30
FINISHED_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Matter:
    """What stands to be decided, of one kind; `hidden` when it is a draft that only its unit reads yet.

    `version` is what the page shows and a decision is pinned to; None where there are no versions. `edits` is how often
    the report's version, or the document, was written over.
    """

    version: int | None = None
    report: Report | None = None
    document: Document | None = None
    escalation: Escalation | None = None
    extension: Extension | None = None
    obstacle: Obstacle | None = None
    proposal: Proposal | None = None
    hidden: bool = False
    edits: int = 0


@dataclass(frozen=True, slots=True)
class Story:
    """An approval with its steps of people, oldest first, and everybody whose hands are behind what is decided."""

    approval: Approval
    steps: Sequence[Step]
    hands: frozenset[int] = field(default_factory=frozenset)

    @property
    def waiting(self) -> Step | None:
        """The step that waits, if any."""
        return next((step for step in self.steps if step.decided_at is None and step.finished is None), None)

    @property
    def past(self) -> list[Step]:
        """The steps that were decided or closed."""
        return [step for step in self.steps if step.decided_at is not None or step.finished is not None]


def find_approval(actor: Actor, approval_id: int) -> Approval:
    """Return the approval with its task and units.

    :raises NotFound: when it does not exist or the person may not see it.
    """
    rows = Approval.objects.select_related("unit", "opened_by", "subject", "subject__unit", "subject__host_unit")
    approval: Approval | None = rows.filter(pk=approval_id).first()
    if approval is None or not may_see(actor, approval):
        raise NotFound
    return approval


def find_step(actor: Actor, step_id: int) -> Step:
    """Return a step of people with its approval.

    :raises NotFound: when it does not exist or the person may not see its approval.
    """
    step: Step | None = Step.objects.select_related("owner", "principal").filter(pk=step_id, codename__gt="").first()
    if step is None:
        raise NotFound
    step.process = find_approval(actor, step.process_id)
    return step


def load_stories(approvals: Sequence[Approval]) -> list[Story]:
    """Return the approvals with their steps of people and hands; as many queries for many as for one of each kind."""
    rows = Step.objects.filter(process__in=approvals, codename__gt="").select_related("owner", "principal", "unit")
    by_approval: dict[int, list[Step]] = {approval.pk: [] for approval in approvals}
    named = {approval.pk: approval for approval in approvals}
    for step in rows.order_by("pk"):
        step.process = named[step.process_id]
        by_approval[step.process_id].append(step)
    writers = _writers([approval for approval in approvals if approval.closed_at is None])
    return [
        Story(approval, tuple(steps), writers.get(approval.pk, frozenset()) | presenters(approval.kind, steps))
        for approval in approvals
        for steps in (by_approval[approval.pk],)
    ]


def _writers(approvals: Sequence[Approval]) -> dict[int, frozenset[int]]:
    """Return who wrote what each open approval is about (`standing.hands_of` for many at once)."""
    found: dict[int, frozenset[int]] = {}
    kinds: dict[str, list[Approval]] = {}
    for approval in approvals:
        kinds.setdefault(approval.kind, []).append(approval)
    for approval in kinds.get(FlowKind.REPORT, ()):  # One a task is open.
        report = Report.objects.filter(task_id=approval.target_id).order_by("-version").first()
        found[approval.pk] = hands_behind(report) if report is not None else frozenset()
    found |= _paper_writers(kinds.get(FlowKind.DOCUMENT, []))
    for kind, model, column in (
        (FlowKind.EXTENSION, Extension, "asked_by_id"),
        (FlowKind.OBSTACLE, Obstacle, "raised_by_id"),
        (FlowKind.PROPOSAL, Proposal, "proposed_by_id"),
    ):
        some = kinds.get(kind, [])
        if some:
            targets = [approval.target_id for approval in some]
            asked = dict(model.objects.filter(pk__in=targets).values_list("pk", column))
            for approval in some:
                pks = (asked.get(approval.target_id), approval.opened_by_id)
                found[approval.pk] = frozenset(pk for pk in pks if pk is not None)
    return found


def _paper_writers(approvals: Sequence[Approval]) -> dict[int, frozenset[int]]:
    if not approvals:
        return {}
    targets = [approval.target_id for approval in approvals]
    drafted = dict(Document.objects.filter(pk__in=targets).values_list("pk", "drafted_by_id"))
    hands: dict[int, set[int]] = {pk: {person} if person else set() for pk, person in drafted.items()}
    chains = {f"document:{pk}": pk for pk in targets}
    events = AuditEvent.objects.filter(chain__in=list(chains), name__in=WRITING_EVENTS)
    for chain, body in events.values_list("chain", "body"):
        actor = json.loads(body)["actor"]
        pks = (actor["id"], actor.get("in_place_of", {}).get("id"))
        hands.setdefault(chains[chain], set()).update(pk for pk in pks if pk is not None)
    return {approval.pk: frozenset(hands.get(approval.target_id, ())) for approval in approvals}


def load_matter(approval: Approval, actor: Actor) -> Matter:
    """Return what the approval is about, as far as the person may read it."""
    pk = approval.target_id
    if approval.kind == FlowKind.REPORT:
        return _report_matter(approval, actor)
    if approval.kind == FlowKind.DOCUMENT:
        document = Document.objects.select_related("book", "drafted_by", "task").filter(pk=pk).first()
        if document is None:
            return Matter()
        return Matter(version=document.revision, document=document, edits=document.revision - 1)
    if approval.kind == FlowKind.ESCALATION:
        duties = Escalation.objects.select_related("document", "document__book", "rule").prefetch_related("directions")
        return Matter(escalation=duties.filter(pk=pk).first())
    if approval.kind == FlowKind.EXTENSION:
        return Matter(extension=Extension.objects.filter(pk=pk).first())
    if approval.kind == FlowKind.OBSTACLE:
        return Matter(obstacle=Obstacle.objects.filter(pk=pk).first())
    return Matter(proposal=Proposal.objects.select_related("unit").filter(pk=pk).first())


def _report_matter(approval: Approval, actor: Actor) -> Matter:
    """Return the version that stands to be decided, or the one that an approval ended with."""
    if approval.subject is None:
        return Matter()
    thread = report_thread(approval.subject, for_actor=actor).annotate(edits=Count("revisions"))
    thread = thread.prefetch_related("attachments").order_by("-version")
    if approval.closed_at is not None:
        thread = thread.filter(created_at__lte=approval.closed_at)
    report = thread.first()
    edits = report.edits if report is not None else 0
    if approval.closed_at is not None:
        return Matter(version=report.revision if report is not None else None, report=report, edits=edits)
    newest = newest_version(approval)
    if report is None or report.revision != newest:
        return Matter(hidden=newest is not None, report=report, edits=edits)
    return Matter(version=newest, report=report, edits=edits)


def versions_of(approval: Approval) -> dict[int, int]:
    """Return by the writings that steps were pinned to the versions of a report; nothing for any other kind."""
    if approval.kind != FlowKind.REPORT:
        return {}
    found: dict[int, int] = {}
    after = 0
    thread = Report.objects.filter(task_id=approval.target_id).order_by("version")
    for version, revision in thread.values_list("version", "revision"):
        found |= dict.fromkeys(range(after + 1, revision + 1), version)
        after = revision
    return found


def last_writing(approval: Approval) -> str:
    """Say when what is to be decided was written last, and by whom; "" where the trail does not tell."""
    if approval.kind == FlowKind.REPORT:
        events = AuditEvent.objects.filter(task_id=approval.target_id, name__in=DRAFT_EVENTS)
    else:
        events = AuditEvent.objects.filter(chain=f"{approval.kind}:{approval.target_id}", name__in=WRITING_EVENTS)
    newest = events.order_by("-seq").first()
    if newest is None:
        return ""
    who = json.loads(newest.body)["actor"].get("name") or "Hệ thống Đôn đốc"
    return f"lúc {timezone.localtime(newest.occurred_at):%H:%M ngày %d/%m/%Y}, do {who}"


def task_approvals(task: Task) -> tuple[list[Story], list[Approval]]:
    """Return the task's open approvals with their steps, and its newest finished ones."""
    rows = Approval.objects.filter(subject=task).select_related("unit").order_by("-opened_at", "-pk")
    waiting = list(rows.filter(closed_at__isnull=True))
    for approval in waiting:
        approval.subject = task
    finished = list(rows.filter(closed_at__isnull=False)[:FINISHED_SHOWN])
    return load_stories(waiting), finished


def document_approval(document: Document) -> Approval | None:
    """Return the document's newest approval, open or finished."""
    rows = Approval.objects.filter(kind=FlowKind.DOCUMENT, target_id=document.pk).select_related("subject")
    found: Approval | None = rows.order_by("-opened_at", "-pk").first()
    return found


def find_draft(actor: Actor, document_id: int) -> tuple[Document, Approval | None]:
    """Return a document and its approval.

    :raises NotFound: when it does not exist, or the person may see neither.
    """
    document = Document.objects.select_related("task", "book").filter(pk=document_id).first()
    if document is None:
        raise NotFound
    approval = document_approval(document)
    if approval is None or not may_see(actor, approval):
        return find_document(actor, document_id), approval
    return document, approval


# --- proposals ---


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """A proposal with its approval."""

    proposal: Proposal
    approval: Approval | None
    step: Step | None


@dataclass(frozen=True, slots=True)
class ProposalPage:
    """One page of proposals, and the id after which the next one begins (None at the end)."""

    rows: list[ProposalRow]
    after: int | None


def visible_proposals(actor: Actor) -> QuerySet[Proposal]:
    """Return the proposals of the units on which the person holds the right to see."""
    return Proposal.objects.filter(unit_id__in=sorted(actor.units(SEE))).select_related("unit")


def list_proposals(actor: Actor, *, after: int | None = None) -> ProposalPage:
    """Return a page of proposals, newest first, with where each stands (three queries)."""
    rows = visible_proposals(actor)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: PAGE + 1])
    shown = found[:PAGE]
    approvals = Approval.objects.filter(kind=FlowKind.PROPOSAL, target_id__in=[row.pk for row in shown])
    by_target = {approval.target_id: approval for approval in approvals.order_by("pk")}
    steps = Step.objects.filter(
        process__in=list(by_target.values()), decided_at__isnull=True, finished__isnull=True, codename__gt=""
    )
    by_approval = {step.process_id: step for step in steps}
    listed = []
    for row in shown:
        approval = by_target.get(row.pk)
        listed.append(ProposalRow(row, approval, by_approval.get(approval.pk) if approval is not None else None))
    return ProposalPage(listed, shown[-1].pk if len(found) > PAGE else None)


def proposing_units(actor: Actor) -> list[tuple[int, str]]:
    """Return the units in whose name the person may propose, by name."""
    units = Unit.objects.filter(pk__in=sorted(actor.units(DO) | actor.units(SUBMIT)))
    return sorted(((unit.pk, unit.name) for unit in units), key=lambda pair: pair[1])
