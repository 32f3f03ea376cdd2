"""Seeding units from the plans' own list; run again, it adds only what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from workflow.actions.audit import action
from workflow.actions.unit.rights import require_administrator, write_grants
from workflow.actions.unit.structure import UnitFacts, insert_unit
from workflow.core.errors import Invalid
from workflow.models import Unit
from workflow.permissions import Actor


@action
def seed_units(rows: Sequence[UnitFacts], *, by: Actor | None, now: datetime) -> int:
    """Open each unit of a seed list that does not exist yet, parents first; returns how many were opened.

    A unit that exists is left as it is: what an administrator changed is not undone.

    :raises NotPermitted: when the person is no administrator.
    :raises Invalid: when a parent is neither in the list nor in the database.
    """
    require_administrator(by)
    existing = set(Unit.objects.values_list("code", flat=True))
    waiting = [facts for facts in rows if facts.code not in existing]
    opened = 0
    while waiting:
        ready = [facts for facts in waiting if not facts.parent_code or facts.parent_code in existing]
        if not ready:
            codes = ", ".join(f"{facts.code} (cha: {facts.parent_code})" for facts in waiting)
            raise Invalid.of(parent=f"Không tìm thấy đơn vị cha của: {codes}.")
        for facts in ready:
            insert_unit(facts, by=by, now=now)
            existing.add(facts.code)
        opened += len(ready)
        waiting = [facts for facts in waiting if facts.code not in existing]
    if opened:
        write_grants(now)
    return opened
