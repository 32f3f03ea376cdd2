"""Who and what can be chosen in a form: units, people, registers, as (id, words) pairs in Vietnamese order."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from workflow.choices import INTERNAL_KINDS, UnitKind
from workflow.core.fold import fold
from workflow.models import Membership, Person, Task, Unit
from workflow.permissions import DO
from workflow.queries.notification import people_of

Pairs = list[tuple[int, str]]

OUTSIDE_KINDS = frozenset({UnitKind.OUTSIDE, UnitKind.PLACE})
CONSULTABLE_KINDS = (INTERNAL_KINDS | OUTSIDE_KINDS) - {UnitKind.DEPARTMENT}

UNNAMED = frozenset({"CQ-YKIEN", "CQ-LQ", "CQ-TQ", "CQ-NN", "SO-NGANH-DP"})
"""What the plans call bodies in general, naming none ("các cơ quan, đơn vị được lấy ý kiến"): nobody to send to."""


def _open_units(on: date) -> QuerySet[Unit]:
    return Unit.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)


def _sorted(pairs: Pairs) -> Pairs:
    return sorted(pairs, key=lambda pair: fold(pair[1]))


def owing_units(on: date) -> Pairs:
    """Return the department's units that may lead a task on the day (one query)."""
    kinds = sorted(INTERNAL_KINDS - {UnitKind.DEPARTMENT, UnitKind.LEADERSHIP})
    return _sorted([(unit.pk, unit.name) for unit in _open_units(on).filter(kind__in=kinds)])


def consultable_units(on: date, *, besides: int | None = None) -> Pairs:
    """Return the named bodies that can be consulted on the day, outside ones first, but for who asks (one query)."""
    rows = _open_units(on).filter(kind__in=sorted(CONSULTABLE_KINDS)).exclude(code__in=UNNAMED)
    found = sorted(rows, key=lambda unit: (unit.kind not in OUTSIDE_KINDS, fold(unit.name)))
    return [(unit.pk, unit.name) for unit in found if unit.pk != besides]


def all_units(on: date | None = None) -> Pairs:
    """Return every unit, or those open on the day (one query)."""
    rows = Unit.objects.all() if on is None else _open_units(on)
    return _sorted([(unit.pk, unit.name) for unit in rows])


def members_of(task: Task, on: date) -> Pairs:
    """Return the people who may do the task's work on the day by a place in its unit (three queries)."""
    people = Person.objects.filter(pk__in=people_of(task.unit_id, DO, on))
    return _sorted([(person.pk, person.full_name) for person in people])


def open_persons(on: date) -> Pairs:
    """Return the people whose account is open on the day (one query)."""
    rows = Person.objects.filter(Q(closed_on__isnull=True) | Q(closed_on__gt=on), is_active=True)
    return _sorted([(person.pk, f"{person.full_name} ({person.username})") for person in rows])


def memberships_in_force(on: date) -> Pairs:
    """Return the places in force on the day (one query)."""
    rows = Membership.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    rows = rows.select_related("person", "unit")
    return _sorted([(row.pk, f"{row.person.full_name} – {row.position}, {row.unit.name}") for row in rows])
