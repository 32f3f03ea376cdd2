"""Units as they stand while work is given to them: their rows locked, so that none closes meanwhile.

Locks are taken on units first, in the order of their keys, then on tasks: `close_unit` takes them so too.
"""

from __future__ import annotations

from collections.abc import Iterable

from workflow.models import Unit


def lock_units(unit_ids: Iterable[int | None]) -> dict[int, Unit]:
    """Lock units until the transaction ends and return those that exist by their keys.

    Others may still refer to the rows (a key-share lock); closing one of them waits.
    """
    wanted = {unit_id for unit_id in unit_ids if unit_id is not None}
    rows = Unit.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=wanted).order_by("pk")
    return {unit.pk: unit for unit in rows}
