"""Quản trị: units, people, places, delegations, policies and rules as lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, Q

from workflow.core.errors import NotFound
from workflow.core.fold import fold
from workflow.core.policyvalue import PolicyKind
from workflow.core.rulebook import DEFAULT_POLICIES, PolicyValue
from workflow.models import Delegation, Membership, Person, Policy, Rule, Unit
from workflow.queries.rulebook import load_rulebook

PAGE = 50


@dataclass(frozen=True, slots=True)
class PersonPage:
    """One page of people, and the number of the next page (None at the end)."""

    rows: Sequence[Person]
    next_page: int | None


@dataclass(frozen=True, slots=True)
class PolicyLine:
    """One policy: what it is, what is in force today, and every value ever set, newest first, with its words."""

    kind: PolicyKind
    value: str
    default: str
    changed: bool
    rows: list[tuple[Policy, str]]


def list_units(on: date) -> list[Unit]:
    """Return every unit with its parent, predecessor and number of places in force (one query)."""
    in_force = Q(memberships__valid_from__lte=on) & (
        Q(memberships__valid_to__isnull=True) | Q(memberships__valid_to__gte=on)
    )
    rows = Unit.objects.select_related("parent", "predecessor").annotate(places=Count("memberships", filter=in_force))
    return sorted(rows, key=lambda unit: (unit.valid_to is not None, fold(unit.name)))


def list_persons(on: date, *, text: str = "", page: int = 1) -> PersonPage:
    """Return a page of people with their places in force on the day (two queries)."""
    places = Membership.objects.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=on), valid_from__lte=on)
    rows = Person.objects.prefetch_related(
        Prefetch("memberships", queryset=places.select_related("unit"), to_attr="places")
    )
    found = sorted(rows.order_by("pk"), key=lambda person: fold(person.full_name))
    words = fold(text).split()
    kept = [row for row in found if all(word in fold(f"{row.full_name} {row.username}") for word in words)]
    start = (page - 1) * PAGE
    return PersonPage(kept[start : start + PAGE], page + 1 if len(kept) > start + PAGE else None)


def find_person(person_id: int) -> Person:
    """Return one person with every place, newest first.

    :raises NotFound: when there is none.
    """
    places = Membership.objects.select_related("unit").order_by("-valid_from")
    person = Person.objects.prefetch_related(Prefetch("memberships", queryset=places)).filter(pk=person_id).first()
    if person is None:
        raise NotFound("Không có người dùng này.")
    return person


def find_unit(unit_id: int) -> Unit:
    """Return one unit.

    :raises NotFound: when there is none.
    """
    unit = Unit.objects.filter(pk=unit_id).select_related("parent").first()
    if unit is None:
        raise NotFound("Không có đơn vị này.")
    return unit


def list_delegations() -> list[Delegation]:
    """Return every delegation, newest first (one query)."""
    rows = Delegation.objects.select_related("membership__person", "membership__unit", "delegate")
    return list(rows.order_by("-valid_from", "-id")[:200])


def list_policies(today: date, kinds: Mapping[str, PolicyKind]) -> list[PolicyLine]:
    """Return every policy with its default, its value today and its history (two queries, one when kept)."""
    rows: dict[str, list[Policy]] = {}
    for row in Policy.objects.order_by("-valid_from", "-recorded_at"):
        rows.setdefault(row.key, []).append(row)
    values = load_rulebook().policies.on(today).values
    return [
        PolicyLine(
            kind=kind,
            value=kind.shown(values[key]),
            default=kind.shown(DEFAULT_POLICIES[key]),
            changed=values[key] != DEFAULT_POLICIES[key],
            rows=[(row, kind.shown(row.value)) for row in rows.get(key, [])],
        )
        for key, kind in kinds.items()
    ]


def policy_value(key: str, today: date) -> PolicyValue:
    """Return the policy's value in force today.

    :raises NotFound: when there is no such policy.
    """
    if key not in DEFAULT_POLICIES:
        raise NotFound("Không có chính sách này.")
    return load_rulebook().policies.on(today).values[key]


def list_rules() -> list[Rule]:
    """Return every rule row, by year and in the order of judging (one query)."""
    return list(Rule.objects.order_by("-plan_year", "ladder", "priority", "code", "-version"))
