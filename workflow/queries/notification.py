"""Reading who is to be told, and what a person has been told."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime

from django.db.models import Q, QuerySet

from workflow.choices import Role
from workflow.models import Notification
from workflow.permissions import ROLE_GRANTS, Actor
from workflow.queries.task import visible_tasks
from workflow.queries.unit import unit_tree
from workflow.queries.unit.grants import memberships_in_force


def people_of(unit_id: int | None, codename: str, on: date) -> list[int]:
    """Return the ids of the people who hold the right on the unit by a membership in force on the day, in order.

    Closed people are left out; nobody holds a right on no unit (two queries).
    """
    return sorted(people_of_any([(unit_id, codename)], on))


def people_of_any(rights: Iterable[tuple[int | None, str]], on: date) -> set[int]:
    """Return who holds one of the rights, each a codename on a unit, by a membership in force on the day.

    Two queries, however many rights: the units, and the memberships of the roles that carry one of them.
    """
    asked = {(unit_id, codename) for unit_id, codename in rights if unit_id is not None}
    if not asked:
        return set()
    codenames = {codename for _unit_id, codename in asked}
    roles = [str(role) for role, grants in ROLE_GRANTS.items() if not codenames.isdisjoint(grants)]
    tree = unit_tree()
    places = memberships_in_force(on).filter(role__in=roles).values_list("person_id", "unit_id", "role")
    return {
        person
        for person, place, role in places
        for unit_id, codename in asked
        if (scope := ROLE_GRANTS[Role(role)].get(codename)) and unit_id in tree.scope(scope, place)
    }


def bodies_with_accounts(unit_ids: Collection[int], on: date) -> set[int]:
    """Return those of the units in which somebody with a membership in force on the day can answer online."""
    found = memberships_in_force(on).filter(unit_id__in=unit_ids).exclude(role=Role.OBSERVER)
    return set(found.values_list("unit_id", flat=True))


def unmailed(before: datetime) -> QuerySet[Notification]:
    """Return the unread notifications made until the moment that no letter carries yet, of people with an address."""
    return Notification.objects.filter(
        emailed_at__isnull=True,
        letter__isnull=True,
        read_at__isnull=True,
        created_at__lte=before,
        person__is_active=True,
        person__closed_on__isnull=True,
    ).exclude(person__email="")


def notifications_of(actor: Actor) -> QuerySet[Notification]:
    """Return the person's own notifications, without those of tasks that he may no longer see."""
    visible = visible_tasks(actor).values("pk")
    return Notification.objects.filter(Q(task__isnull=True) | Q(task__in=visible), person_id=actor.person_id)
