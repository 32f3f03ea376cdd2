"""Looking into the trail: each look is itself recorded (chain "inspection")."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from workflow.actions.audit import action, record_event
from workflow.core.errors import NotPermitted
from workflow.permissions import INSPECT, Actor

CHAIN = "inspection"


@action
def look_at_trail(sought: Mapping[str, str], *, by: Actor, now: datetime) -> None:
    """Record that the person looked into the trail, and what he looked for.

    :raises NotPermitted: unless an inspector does it.
    """
    if not by.holds(INSPECT):
        raise NotPermitted("Chỉ thanh tra được đọc toàn bộ nhật ký.")
    record_event("trail.look", subject=CHAIN, by=by, now=now, details={"sought": dict(sought)})
