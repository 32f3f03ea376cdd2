"""Reading one approval: who may see it, the step that waits, whose hands are behind what is to be decided."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

from approvals.models import Approval, Step
from workflow.choices import FlowKind
from workflow.models import AuditEvent, Document, Report
from workflow.permissions import ANSWER, DO, SEE, SUBMIT, Actor
from workflow.queries.document import writers_of
from workflow.queries.report import actors_of, hands_behind
from workflow.queries.task import may_see as may_see_task

PRESENTING = {("report", "draft"), ("report", "submit"), ("document", "prepare")}
"""The steps of those who ask; who acted there writes or submits, and approves nothing of it later."""

WRITING_RIGHTS: Mapping[str, frozenset[str]] = {
    FlowKind.REPORT: frozenset({DO, SUBMIT}),
    FlowKind.DOCUMENT: frozenset({DO}),
}
"""The rights for which presenting steps ask, by flow; they stay in a step's row when its node goes from the flow."""

MOVED, CLOSED = "moved", "closed"
"""Outcomes of a step at which nobody did anything: its node went, or the ground of its flow."""

NOT_JUDGING = {"issue", "direct"}
"""Steps that carry out or record what others decided."""


ASKING_EVENTS = {
    FlowKind.EXTENSION: ("extension.ask", "extension"),
    FlowKind.OBSTACLE: ("obstacle.raise", "obstacle"),
}
"""The event by which a request was made, and its detail that names it: the trail tells in whose place it was made."""


def is_judging(kind: str, node: str) -> bool:
    """Tell whether a step says yes or no to what was presented: nobody does so to what he wrote or submitted."""
    return (kind, node) not in PRESENTING and node not in NOT_JUDGING


def may_see(actor: Actor, approval: Approval) -> bool:
    """Tell whether the person may see the approval: as the task that it is of, or as the unit that asks.

    An account of a consulted body sees its consultation, never the papers about it (domain.md section 6, external).
    """
    subject = approval.subject
    if subject is None or (approval.unit_id != subject.unit_id and actor.may(ANSWER, subject.unit_id)):
        return actor.may(SEE, approval.unit_id)
    return may_see_task(actor, subject)


def waiting_step(approval: Approval) -> Step | None:
    """Return the step of people that waits, or None."""
    waiting = Step.objects.filter(process=approval, decided_at__isnull=True, finished__isnull=True, codename__gt="")
    found: Step | None = waiting.order_by("-id").first()
    return found


def open_approval(kind: FlowKind, target_id: int) -> Approval | None:
    """Return the approval that is open on a target, or None."""
    found: Approval | None = Approval.objects.filter(kind=kind, target_id=target_id, closed_at__isnull=True).first()
    return found


def may_act_at(actor: Actor, step: Step) -> bool:
    """Tell whether the person holds a right that the step asks for."""
    return actor.may(step.codename, step.unit_id) or (
        bool(step.other_codename) and actor.may(step.other_codename, step.unit_id)
    )


def hands_of(approval: Approval) -> frozenset[int]:
    """Return everybody who wrote or submitted what is to be decided, and those in whose place they did."""
    authors = frozenset(_authors(approval))
    if approval.kind not in WRITING_RIGHTS:
        return authors
    decided = Step.objects.filter(process=approval, decided_at__isnull=False, codename__gt="")
    rows = decided.only("codename", "owner_id", "principal_id", "decided_at", "outcome")
    return authors | presenters(approval.kind, rows)


def presenters(kind: str, steps: Iterable[Step]) -> frozenset[int]:
    """Return who wrote or submitted by deciding one of the steps of a flow, and those in whose place they did.

    Told by the right that the step asked for, so that a presenting step whose node went from the flow counts as well.
    """
    rights = WRITING_RIGHTS.get(kind, frozenset())
    acted = [
        step
        for step in steps
        if step.decided_at is not None and step.codename in rights and step.outcome not in {MOVED, CLOSED}
    ]
    return frozenset(pk for step in acted for pk in (step.owner_id, step.principal_id) if pk is not None)


def _authors(approval: Approval) -> Sequence[int] | frozenset[int]:
    pk = approval.target_id
    if approval.kind == FlowKind.REPORT:
        report = Report.objects.filter(task_id=pk).order_by("-version").first()
        return hands_behind(report) if report is not None else ()
    if approval.kind == FlowKind.DOCUMENT:
        return writers_of(Document.objects.get(pk=pk))
    if approval.kind == FlowKind.PROPOSAL:
        return _proposers(pk)
    if approval.kind not in ASKING_EVENTS or approval.subject_id is None:
        return ()
    event, detail = ASKING_EVENTS[FlowKind(approval.kind)]
    return actors_of(approval.subject_id, (event,), detail, pk)


def _proposers(proposal_id: int) -> frozenset[int]:
    event = AuditEvent.objects.filter(chain=f"proposal:{proposal_id}", name="proposal.make").first()
    actor = json.loads(event.body)["actor"] if event is not None else {}
    return frozenset(pk for pk in (actor.get("id"), actor.get("in_place_of", {}).get("id")) if pk is not None)
