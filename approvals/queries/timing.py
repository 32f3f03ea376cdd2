"""Reading which steps are late, who answers for them and who stands above, for many steps at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from django.db.models import Q, QuerySet

from approvals.models import Step
from workflow.choices import Role
from workflow.permissions import CHECK, DECIDE, DO, REGISTER, ROLE_GRANTS, SIGN, SUBMIT, URGE, Scope
from workflow.queries.unit import unit_tree
from workflow.queries.unit.grants import memberships_in_force

WAITING = Q(decided_at__isnull=True, finished__isnull=True, codename__gt="")
"""Steps that wait for a person."""

LEVELS = ((SUBMIT,), (SIGN,), (DECIDE,), (DECIDE, SIGN))
"""Who hears of a late step, from below: the unit's head, Chánh Văn phòng, the leaders, all leaders and the chief."""

FIRST_LEVEL: Mapping[str, int] = {DO: 0, SUBMIT: 1, CHECK: 1, URGE: 1, SIGN: 2, REGISTER: 2, DECIDE: 3}
"""The level above those who hold a step's right."""

TOP = len(LEVELS) - 1


def late_steps(today: date, told_until: date) -> QuerySet[Step]:
    """Return the steps of which somebody is to be told on the day: late and never told, or told long enough ago.

    `told_until` is the last day of a nudge from which the next level is due.
    """
    untold = Q(nudged_on__isnull=True) | Q(raised_on__isnull=True, nudged_on__lte=told_until)
    steps: QuerySet[Step] = Step.objects.filter(WAITING, untold, due_on__lt=today)
    return steps


def given_steps() -> QuerySet[Step]:
    """Return the waiting steps that are given to one person."""
    steps: QuerySet[Step] = Step.objects.filter(WAITING, owner__isnull=False)
    return steps


class Holders:
    """Who holds which right on which unit by the memberships in force on one day; read once, in two queries."""

    def __init__(self, on: date) -> None:
        """Read the units and the memberships."""
        self._tree = unit_tree()
        self._places = list(memberships_in_force(on).order_by("id").values_list("person_id", "unit_id", "role"))
        self._found: dict[tuple[int, str], list[int]] = {}
        self._scopes: dict[tuple[Scope, int], frozenset[int]] = {}

    def having(self, codename: str, unit_id: int) -> list[int]:
        """Return the ids of the people who hold the right on the unit, in order."""
        found = self._found.get((unit_id, codename))
        if found is None:
            people = {
                person
                for person, place, role in self._places
                if (scope := ROLE_GRANTS[Role(role)].get(codename)) is not None and unit_id in self._units(scope, place)
            }
            found = self._found[unit_id, codename] = sorted(people)
        return found

    def of(self, step: Step) -> list[int]:
        """Return who holds a right that the step asks for."""
        rights = [codename for codename in (step.codename, step.other_codename) if codename]
        return sorted({person for codename in rights for person in self.having(codename, step.unit_id)})

    def waited_for(self, step: Step) -> list[int]:
        """Return on whom the step waits: the person it is given to while he holds its right, else all who do."""
        people = self.of(step)
        return [step.owner_id] if step.owner_id in people else people

    def above(self, step: Step) -> list[int]:
        """Return the next level above the step's holders; where nobody stands on it, the one above that.

        The check of Văn phòng's own work is the leaders' own step.
        """
        leaders_own = step.codename == CHECK and step.unit_id in self._tree.office_ids
        first = TOP if leaders_own else FIRST_LEVEL.get(step.codename, TOP)
        for level in LEVELS[first:]:
            people = {person for codename in level for person in self.having(codename, step.unit_id)}
            if people:
                return sorted(people)
        return []

    def _units(self, scope: Scope, place: int) -> frozenset[int]:
        key = (scope, place if scope is Scope.OWN else 0)
        found = self._scopes.get(key)
        if found is None:
            found = self._scopes[key] = self._tree.scope(scope, place)
        return found
