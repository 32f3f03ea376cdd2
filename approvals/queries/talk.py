"""Reading what is said and given at an approval, who may speak there, and to whom a step may be given."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet
from viewflow.workflow.status import STATUS

from approvals.models import Approval, Comment, Enclosure, Step
from approvals.queries.standing import hands_of, is_judging, may_see
from approvals.queries.timing import Holders
from workflow.choices import UnitKind
from workflow.core.errors import NotFound
from workflow.core.fold import fold
from workflow.models import Person
from workflow.permissions import ADMINISTER, ANSWER, CHECK, DECIDE, DO, INSPECT, SEE, SUBMIT, Actor
from workflow.queries.notification import people_of_any
from workflow.queries.unit import unit_tree

ONLY_LOOKING = frozenset({SEE, INSPECT, ADMINISTER})
"""Rights with which nobody speaks: an observer, an inspector and an administrator look on."""


def may_speak(actor: Actor, approval: Approval) -> bool:
    """Tell whether the person may comment and enclose: he sees the approval and works with the unit that asks."""
    rights = {codename for unit_id, codename in actor.grants if unit_id == approval.unit_id}
    return may_see(actor, approval) and bool(rights - ONLY_LOOKING)


def comments_of(approval: Approval) -> QuerySet[Comment]:
    """Return what was said, in order, each with the step at which it was."""
    return Comment.objects.filter(approval=approval).select_related("step").order_by("id")


def enclosures_of(approval: Approval) -> QuerySet[Enclosure]:
    """Return the files that were given, in order, each with the step at which it was."""
    return Enclosure.objects.filter(approval=approval).select_related("step").order_by("id")


def find_enclosure(actor: Actor, pk: int) -> Enclosure:
    """Return a file of an approval that the person may see.

    :raises NotFound: when there is none, or he may not see its approval.
    """
    found = Enclosure.objects.select_related("approval__subject").filter(pk=pk).first()
    if found is None or not may_see(actor, found.approval):
        raise NotFound
    return found


# --- to whom a step may be given ---


def holder_ids(step: Step, on: date) -> set[int]:
    """Return who holds a right that the step asks for, by a membership in force on the day."""
    rights = [codename for codename in (step.codename, step.other_codename) if codename]
    return people_of_any([(step.unit_id, codename) for codename in rights], on)


def candidates(step: Step, on: date) -> list[Person]:
    """Return the people who hold the step's right on its unit by a membership in force on the day, by name."""
    people = Person.objects.filter(pk__in=holder_ids(step, on))
    return sorted(people, key=lambda person: (fold(person.full_name), person.pk))


def choosable(approval: Approval, step: Step, on: date) -> list[Person]:
    """Return the candidates to whom the step may be given: where it judges, nobody who wrote or submitted."""
    hands = hands_of(approval) if is_judging(approval.kind, step.flow_task.name) else frozenset()
    return [person for person in candidates(step, on) if person.pk not in hands]


def may_give(actor: Actor, step: Step) -> bool:
    """Tell whether the person gives this step to people: the head of those who hold its right.

    A unit's own steps are given by its head; those of Văn phòng and văn thư by Chánh Văn phòng; those of the leaders by
    a leader, and so is the check of Văn phòng's own work, which only leaders do.
    """
    tree = unit_tree()
    if step.codename in {DO, SUBMIT}:
        return actor.may(SUBMIT, step.unit_id)
    if step.codename == DECIDE or (step.codename == CHECK and step.unit_id in tree.office_ids):
        return actor.may(DECIDE, step.unit_id)
    return any(actor.may(SUBMIT, node.pk) for node in tree.nodes.values() if node.kind == UnitKind.OFFICE)


def forget_gone_owner(step: Step, on: date) -> None:
    """Take a waiting step, in memory, as given to nobody when its person no longer holds its right.

    So that nothing hangs on a closed account until the step's clock has written the same.
    """
    if step.status == STATUS.ASSIGNED and step.owner_id is not None and step.owner_id not in holder_ids(step, on):
        step.owner, step.status = None, STATUS.NEW


# --- who is told ---


def participants(approval: Approval) -> set[int]:
    """Return everybody who opened, decided, spoke or gave a file, and those in whose place they decided."""
    took_part = Step.objects.filter(process=approval, decided_at__isnull=False)
    people = {pk for pair in took_part.values_list("owner_id", "principal_id") for pk in pair}
    people |= set(Comment.objects.filter(approval=approval).values_list("author_id", flat=True))
    people |= set(Enclosure.objects.filter(approval=approval).values_list("given_by_id", flat=True))
    return {pk for pk in {*people, approval.opened_by_id} if pk is not None}


def addressees(step: Step, on: date) -> set[int]:
    """Return on whom a waiting step waits: the person it is given to, else all who hold its right."""
    holders = holder_ids(step, on)
    return {step.owner_id} if step.owner_id in holders else holders


def who_may_see(approval: Approval, people: set[int], on: date) -> set[int]:
    """Return those of the people who may see the approval by memberships of their own in force on the day.

    The rule is that of the pages (`may_see`), asked for each with the rights of his own places (two queries).
    """
    subject = approval.subject
    about = (approval.unit_id, subject.unit_id, subject.host_unit_id) if subject is not None else (approval.unit_id,)
    holders = Holders(on)
    held = [
        (person, (unit_id, codename))
        for unit_id in {pk for pk in about if pk is not None}
        for codename in (SEE, ANSWER)
        for person in holders.having(codename, unit_id)
    ]
    grants = {person: frozenset(right for each, right in held if each == person) for person in people}
    return {person for person in people if may_see(Actor(person, "", "", None, "", grants[person]), approval)}
