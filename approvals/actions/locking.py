"""Locking an approval for an act upon it: the task's row, the document's, then the approval's, as everything does."""

from __future__ import annotations

from approvals.models import Approval, Step
from approvals.queries.standing import may_see
from workflow.actions.transition import lock_task
from workflow.choices import FlowKind
from workflow.core.errors import NotFound
from workflow.models import Document, Task
from workflow.permissions import Actor


def lock_approval(approval_id: int, *, by: Actor) -> tuple[Approval, Task | None]:
    """Lock the task, then the approval, until the transaction ends; the approval's `subject` is the locked task.

    A document is locked before its approval: writing it anew and dropping it lock it first, and what stands to be
    decided must not change between the check of its version and the act.

    :raises NotFound: when there is no such approval, or the person may not see it.
    """
    found = Approval.objects.filter(pk=approval_id).values_list("pk", "subject_id", "kind", "target_id").first()
    if found is None:
        raise NotFound
    return _lock(*found, by=by)


def lock_step(step_id: int, *, by: Actor) -> tuple[Step, Task | None]:
    """Lock the task, then the approval, and read the step under their locks.

    :raises NotFound: when there is no such step, or the person may not see its approval.
    """
    columns = ("process_id", "process__subject_id", "process__kind", "process__target_id")
    found = Step.objects.filter(pk=step_id).values_list(*columns).first()
    if found is None:
        raise NotFound
    approval, subject = _lock(*found, by=by)
    step = Step.objects.get(pk=step_id)
    step.process = approval
    if step.flow_task is None:
        raise NotFound
    return step, subject


def _lock(
    approval_id: int, subject_id: int | None, kind: str, target_id: int, *, by: Actor
) -> tuple[Approval, Task | None]:
    """Lock in the house's order, by what never changes of an approval."""
    subject = lock_task(subject_id, by=by) if subject_id is not None else None
    if kind == FlowKind.DOCUMENT:
        Document.objects.select_for_update(of=("self",)).filter(pk=target_id).first()
    approval = Approval.objects.select_for_update(of=("self",)).select_related("unit").get(pk=approval_id)
    approval.subject = subject
    if not may_see(by, approval):
        raise NotFound
    return approval, subject
