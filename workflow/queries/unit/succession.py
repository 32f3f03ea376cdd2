"""Who took over from a unit that was closed, as the trail says."""

from __future__ import annotations

import json
from datetime import date

from workflow.models import AuditEvent, Unit


def heir_of(unit: Unit, on: date) -> Unit | None:
    """Return the unit that does a unit's work on the day: itself while open, else its successor, or theirs.

    None when it was closed without one. One query or two for each closing that lies between.
    """
    seen = set[int]()
    heir: Unit | None = unit
    while heir is not None and not heir.is_open_on(on) and heir.pk not in seen:
        seen.add(heir.pk)
        heir = _successor(heir)
    return heir if heir is not None and heir.is_open_on(on) else None


def _successor(unit: Unit) -> Unit | None:
    closed = AuditEvent.objects.filter(chain=f"unit:{unit.code}", name="unit.close").order_by("-seq").first()
    code = json.loads(closed.body)["details"].get("successor") if closed is not None else None
    if code is None:
        return None
    return Unit.objects.filter(code=code).first()
