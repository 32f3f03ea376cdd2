"""What a closed unit asked for goes on in the name of the unit that takes over."""

from __future__ import annotations

from datetime import datetime

from approvals.models import Approval, Step
from workflow.actions.audit import action
from workflow.permissions import Actor


@action
def hand_over(unit_id: int, heir_id: int, *, by: Actor | None, now: datetime) -> list[int]:
    """Let the heir stand in all open approvals of a unit and in their steps that wait; return their keys, in order.

    The caller holds the locks of the unit's open tasks, and its own event names the keys. Decided steps keep the unit
    that decided them, a step given to a person stays with him while he holds its right (`queries.talk`), and the last
    day of a step does not move.
    """
    rows = Approval.objects.select_for_update(of=("self",)).filter(unit_id=unit_id, closed_at__isnull=True)
    keys = [approval.pk for approval in rows.order_by("pk")]
    Approval.objects.filter(pk__in=keys).update(unit_id=heir_id)
    waiting = Step.objects.filter(process__in=keys, finished__isnull=True, decided_at__isnull=True)
    waiting.filter(unit_id=unit_id).update(unit_id=heir_id, owner_permission_obj_pk=str(heir_id))
    return keys


def asked_by(unit_id: int) -> int:
    """Return how many open approvals stand in the unit's name."""
    found: int = Approval.objects.filter(unit_id=unit_id, closed_at__isnull=True).count()
    return found
