"""The issuing bodies with the names that they print, by date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Prefetch

from workflow.choices import UnitKind
from workflow.core.errors import NotFound, WrongState
from workflow.core.paper import Head
from workflow.models import Letterhead, Unit
from workflow.queries.document import head_of_body, province


@dataclass(frozen=True, slots=True)
class BodyNames:
    """One issuing body: what it prints today (or would, were it open), and its rows, newest first.

    `first_day` is the first day from which a new row may hold that is not before today, as far as the body is open.
    """

    unit: Unit
    head: Head
    rows: Sequence[Letterhead]
    in_force: Letterhead | None
    first_day: date


def list_letterheads(on: date) -> list[BodyNames]:
    """Return every issuing body with its names, the present one first (two queries, one more a body with no parent)."""
    newest = Prefetch("letterheads", queryset=Letterhead.objects.order_by("-valid_from"), to_attr="names")
    bodies = Unit.objects.filter(kind=UnitKind.DEPARTMENT).select_related("parent").prefetch_related(newest)
    return [_names(body, on) for body in bodies.order_by("-valid_from", "pk")]


def find_body(body_id: int, on: date) -> BodyNames:
    """Return one issuing body with its names.

    :raises NotFound: when there is none.
    """
    found = next((body for body in list_letterheads(on) if body.unit.pk == body_id), None)
    if found is None:
        raise NotFound("Không có cơ quan ban hành này.")
    return found


def _names(body: Unit, on: date) -> BodyNames:
    rows: list[Letterhead] = body.names  # type: ignore[attr-defined]  # prefetched
    day = min(max(on, body.valid_from), body.valid_to or date.max)
    in_force = next((row for row in rows if row.valid_from <= day), None)
    return BodyNames(body, head_of_body(body, _above(body, day), in_force), rows, in_force, day)


def _above(body: Unit, day: date) -> str:
    if body.parent is not None:
        return body.parent.name
    try:
        return province(day).name
    except WrongState:
        return ""
