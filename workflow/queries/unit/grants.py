"""What memberships imply, what guardian's tables hold, and where the two disagree."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from guardian.models import GroupObjectPermission, UserObjectPermission

from workflow.choices import Role
from workflow.models import Membership, Person, Unit
from workflow.permissions import ROLE_GRANTS
from workflow.queries.unit.tree import UnitTree, unit_tree

Grant = tuple[int, int, str]
"""Person id, unit id, codename."""


def memberships_in_force(on: date) -> QuerySet[Membership]:
    """Return the memberships in force on the day of persons whose account is open on it."""
    return Membership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        Q(person__closed_on__isnull=True) | Q(person__closed_on__gt=on),
        valid_from__lte=on,
        person__is_active=True,
    )


def rights_of(role: str, unit_id: int, tree: UnitTree) -> frozenset[tuple[int, str]]:
    """Return the (unit id, codename) pairs that a role in a unit carries (domain.md section 6)."""
    granted = ROLE_GRANTS[Role(role)]
    return frozenset((pk, codename) for codename, scope in granted.items() for pk in tree.scope(scope, unit_id))


def implied_grants(on: date, person_ids: Collection[int] | None = None) -> set[Grant]:
    """Return every grant that memberships in force on the day imply, of all or of the given persons (2 queries)."""
    memberships = memberships_in_force(on)
    if person_ids is not None:
        memberships = memberships.filter(person_id__in=person_ids)
    tree = unit_tree()
    return {
        (person_id, pk, codename)
        for person_id, unit_id, role in memberships.values_list("person_id", "unit_id", "role")
        for pk, codename in rights_of(role, unit_id, tree)
    }


def unit_permission_rows() -> QuerySet[UserObjectPermission]:
    """Return guardian's generic rows about units."""
    return UserObjectPermission.objects.filter(
        content_type__app_label=Unit._meta.app_label, content_type__model=Unit._meta.model_name
    )


def stored_grants(person_ids: Collection[int] | None = None) -> dict[Grant, int]:
    """Return the grants that guardian's generic table holds on units, with their row ids (1 query)."""
    rows = unit_permission_rows()
    if person_ids is not None:
        rows = rows.filter(user_id__in=person_ids)
    found = rows.values_list("user_id", "object_pk", "permission__codename", "id")
    return {(user_id, int(unit), codename): pk for user_id, unit, codename, pk in found if unit.isdigit()}


def grant_differences(now: datetime) -> list[str]:
    """Return one Vietnamese line for each grant that memberships imply and guardian lacks, or the other way round.

    Grants to groups, or of units' rights to everybody (global), are never implied, so each is a difference.
    """
    implied, stored = implied_grants(timezone.localdate(now)), set(stored_grants())
    people = dict(Person.objects.values_list("id", "username"))
    units = dict(Unit.objects.values_list("id", "code"))
    lines = [f"thiếu: {_said(grant, people, units)}" for grant in sorted(implied - stored)]
    lines += [f"thừa: {_said(grant, people, units)}" for grant in sorted(stored - implied)]
    lines += _group_lines()
    lines += _global_lines(Person.objects.filter(user_permissions__content_type__model=Unit._meta.model_name))
    return lines


def _said(grant: Grant, people: dict[int, str], units: dict[int, str]) -> str:
    person_id, unit_id, codename = grant
    unit = units.get(unit_id, f"đơn vị số {unit_id} không tồn tại")
    return f"{people.get(person_id, str(person_id))} – {codename} – {unit}"


def _group_lines() -> list[str]:
    rows = GroupObjectPermission.objects.filter(content_type__model=Unit._meta.model_name)
    found = rows.order_by("id").values_list("group__name", "permission__codename", "object_pk")
    return [f"thừa: nhóm {name} – {codename} – đơn vị số {unit}" for name, codename, unit in found]


def _global_lines(people: Iterable[Person]) -> list[str]:
    return sorted({f"thừa: {person.username} – quyền đơn vị cấp chung, không theo đơn vị" for person in people})
