"""The bodies outside the department with their identifiers in the exchange of electronic documents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.choices import UnitKind
from workflow.core.errors import NotFound
from workflow.models import Letterhead, Unit

IDENTIFIED_KINDS = (UnitKind.PROVINCE, UnitKind.OUTSIDE, UnitKind.PLACE)
"""Kinds of units that are bodies with an identifier of their own; the department's stands with the names it prints."""


@dataclass(frozen=True, slots=True)
class IdentifiedBody:
    """One body outside, its identifier on a day ("" while nobody wrote it), and since when it has that."""

    unit: Unit
    organ_id: str
    since: date | None


def list_organs(on: date) -> list[IdentifiedBody]:
    """Return the bodies outside that are open on the day, by name (two queries)."""
    units = [unit for unit in Unit.objects.filter(kind__in=IDENTIFIED_KINDS).order_by("name") if unit.is_open_on(on)]
    rows = Letterhead.objects.filter(body__in=units, valid_from__lte=on).order_by("valid_from")
    newest = {row.body_id: row for row in rows}
    return [
        IdentifiedBody(unit, newest[unit.pk].organ_id, newest[unit.pk].valid_from)
        if unit.pk in newest
        else IdentifiedBody(unit, "", None)
        for unit in units
    ]


def find_organ(unit_id: int, on: date) -> IdentifiedBody:
    """Return one body outside with its identifier.

    :raises NotFound: when there is none.
    """
    found = next((body for body in list_organs(on) if body.unit.pk == unit_id), None)
    if found is None:
        raise NotFound("Không có cơ quan này trong danh mục cơ quan ngoài Sở.")
    return found
