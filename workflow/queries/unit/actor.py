"""The acting person at one moment, read in at most three queries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import F, FilteredRelation, Q, QuerySet
from django.utils import timezone

from workflow.choices import Role
from workflow.core.errors import NotPermitted
from workflow.models import Delegation, Membership, Person
from workflow.permissions import Actor
from workflow.queries.unit.grants import rights_of, unit_permission_rows
from workflow.queries.unit.tree import UnitTree, unit_tree

RANK = (
    Role.LEADER,
    Role.OFFICE_CHIEF,
    Role.UNIT_HEAD,
    Role.OFFICE_REVIEWER,
    Role.CLERK,
    Role.INSPECTOR,
    Role.SPECIALIST,
    Role.OBSERVER,
    Role.EXTERNAL,
    Role.ADMIN,
)
"""Whose name for a person goes first when he holds several places."""


@dataclass(frozen=True, slots=True)
class _Place:
    """One membership read for acting: own, or the delegator's under the delegation."""

    person_id: int
    person_name: str
    unit_id: int
    unit_name: str
    role: Role
    position: str
    capacity: str | None


def load_actor(person: Person, *, now: datetime, delegation_id: int | None = None, address: str = "") -> Actor:
    """Return who acts now and with which rights; three queries at most.

    Acting for himself, the person has what his memberships in force imply AND guardian grants him. Under a delegation
    in force he has, instead, what the delegator's named membership implies AND guardian grants the delegator, with the
    printed capacity. A closed or inactive person has no rights; neither has a superuser any by being one.

    :raises NotPermitted: when the delegation is not his, is not in force, or its delegator no longer holds the place.
    """
    today = timezone.localdate(now)
    if not person.is_active or (person.closed_on is not None and person.closed_on <= today):
        return Actor(person.pk, person.full_name, "", None, "", frozenset(), address=address)
    places = _places(person, today, delegation_id)
    own = [place for place in places if place.capacity is None]
    highest = min(own, key=lambda place: RANK.index(place.role), default=None)
    lent = next((place for place in places if place.capacity is not None), None)
    if delegation_id is not None and lent is None:
        raise NotPermitted("Ủy quyền này không còn hiệu lực hoặc không phải của ông/bà.")
    used = own if lent is None else [lent]
    return Actor(
        person_id=person.pk,
        name=person.full_name,
        position=highest.position if highest else "",
        unit_id=highest.unit_id if highest else None,
        unit_name=highest.unit_name if highest else "",
        grants=_grants(used, unit_tree()) if used else frozenset(),
        capacity=lent.capacity or "" if lent else "",
        delegation_id=delegation_id,
        principal_id=lent.person_id if lent else None,
        principal_name=lent.person_name if lent else "",
        address=address,
    )


def _places(person: Person, today: date, delegation_id: int | None) -> list[_Place]:
    """Return the person's own memberships in force and the one that the delegation in force lends (one query)."""
    memberships = Membership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=today),
        Q(person__closed_on__isnull=True) | Q(person__closed_on__gt=today),
        valid_from__lte=today,
        person__is_active=True,
    )
    if delegation_id is None:
        rows = (
            memberships.filter(person=person)
            .order_by("id")
            .values_list("person_id", "person__full_name", "unit_id", "unit__name", "role", "position")
        )
        return [
            _Place(one, name, unit, unit_name, Role(role), position, None)
            for one, name, unit, unit_name, role, position in rows
        ]
    in_force = Q(
        Q(delegations__revoked_on__isnull=True) | Q(delegations__revoked_on__gt=today),
        delegations__id=delegation_id,
        delegations__delegate=person,
        delegations__valid_from__lte=today,
        delegations__valid_to__gte=today,
    )
    lent = memberships.annotate(power=FilteredRelation("delegations", condition=in_force))
    found = (
        lent.filter(Q(person=person) | Q(power__isnull=False))
        .annotate(power_capacity=F("power__capacity"))
        .order_by("id")
        .values_list("person_id", "person__full_name", "unit_id", "unit__name", "role", "position", "power_capacity")
    )
    return [
        _Place(one, name, unit, unit_name, Role(role), position, capacity)
        for one, name, unit, unit_name, role, position, capacity in found
    ]


def _grants(places: list[_Place], tree: UnitTree) -> frozenset[tuple[int, str]]:
    implied = {pair for place in places for pair in rights_of(place.role, place.unit_id, tree)}
    holder = places[0].person_id
    rows = unit_permission_rows().filter(user_id=holder).values_list("object_pk", "permission__codename")
    return frozenset((int(unit), codename) for unit, codename in rows if unit.isdigit()) & implied


def delegations_for(person: Person, now: datetime) -> QuerySet[Delegation]:
    """Return the delegations that the person may act under now, with delegator and unit."""
    today = timezone.localdate(now)
    return (
        Delegation.objects.filter(
            Q(revoked_on__isnull=True) | Q(revoked_on__gt=today),
            Q(membership__valid_to__isnull=True) | Q(membership__valid_to__gte=today),
            Q(membership__person__closed_on__isnull=True) | Q(membership__person__closed_on__gt=today),
            delegate=person,
            delegate__is_active=True,
            membership__person__is_active=True,
            membership__valid_from__lte=today,
            valid_from__lte=today,
            valid_to__gte=today,
        )
        .select_related("membership__person", "membership__unit")
        .order_by("valid_from", "id")
    )
