"""Approvals that stand at a node which a change of their flow took away."""

from __future__ import annotations

from approvals.models import Step
from approvals.queries.diagram import is_gone


def lost_steps() -> list[Step]:
    """Return every waiting step whose node is no more, the oldest first. One query.

    Its whole length is read: only the flow's declaration tells which nodes are left, so no index can.
    """
    waiting = Step.objects.filter(finished__isnull=True, process__closed_at__isnull=True)
    return [step for step in waiting.select_related("process__unit").order_by("pk") if is_gone(step)]
