"""Opening many flows in a fixed number of statements: the rows that viewflow's own start writes, table by table.

Viewflow opens one flow by about a dozen statements; the engine's sweep drafts hundreds of letters in one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.utils import timezone
from viewflow.workflow import flow
from viewflow.workflow.status import STATUS

from approvals.flows import Approving
from approvals.models import Approval, Step
from approvals.steps import arrival, fill
from workflow.models import Task, Unit
from workflow.queries.rulebook import load_rulebook


def open_many(flow_class: type[Approving], filled: Sequence[Mapping[str, object]], *, now: datetime) -> list[Approval]:
    """Open one flow for each of the new approvals' columns, in the caller's transaction; return them in order.

    Where the start leads to a step directly, its rows are written in sets. What viewflow's run does besides is left out
    on purpose: its signals and the model's (nobody listens to either), and its lock of a row that nobody else sees
    before the transaction ends. Where a gateway comes first, viewflow runs each flow by itself.

    PostgreSQL takes each table's rows whole, SQLite in portions (Django's bound of 999 values a statement).
    """
    if not filled:
        return []
    node = first_step(flow_class)
    if node is None:
        return [flow_class.start.run(approval=one, now=now) for one in filled]
    approvals = [fill(Approval(flow_class=flow_class), one, now=now) for one in filled]
    Approval.objects.bulk_create(approvals)
    begun = [_passed(flow_class.start, approval) for approval in approvals]
    reached = _reached(node, approvals)
    Step.objects.bulk_create(step for pair in zip(begun, reached, strict=True) for step in pair)
    link = Step.previous.through
    link.objects.bulk_create(
        link(from_step_id=after.pk, to_step_id=before.pk) for before, after in zip(begun, reached, strict=True)
    )
    return approvals


def first_step(flow_class: type[Approving]) -> flow.View | flow.Handle | None:
    """Return the step to which the flow's start leads directly, None when something else comes first."""
    node = flow_class.start._next
    return node if isinstance(node, flow.View | flow.Handle) else None


def _passed(start: flow.StartHandle, approval: Approval) -> Step:
    """Return a start that is done, as viewflow leaves it: stamped by the wall clock."""
    moment = timezone.now()
    return Step(
        process=approval,
        flow_task=start,
        flow_task_type=start.task_type,
        status=STATUS.DONE,
        created=moment,
        started=moment,
        finished=moment,
    )


def _reached(node: flow.View | flow.Handle, approvals: Sequence[Approval]) -> list[Step]:
    """Return the first step of each, waiting; one of people says on whom and until when, and which right it needs."""
    steps = [Step(process=approval, flow_task=node, flow_task_type=node.task_type) for approval in approvals]
    if isinstance(node, flow.Handle):
        return steps
    rulebook = load_rulebook()
    unit_type = ContentType.objects.get_for_model(Unit)
    owed = dict(Task.objects.filter(pk__in=[one.subject_id for one in approvals]).values_list("pk", "due_on"))
    for step, approval in zip(steps, approvals, strict=True):
        step.owner_permission = node._owner_permission
        step.owner_permission_content_type = unit_type
        step.owner_permission_obj_pk = str(approval.unit_id)
        for name, value in arrival(approval, node, rulebook, owed.get(approval.subject_id)).items():
            setattr(step, name, value)
    return steps
