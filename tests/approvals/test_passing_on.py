"""What waits does not stand still when a unit is closed: its flows pass to the unit that takes over, like its work."""

from __future__ import annotations

from datetime import date

import pytest

from tests.approvals.factories import (
    NOW,
    Matter,
    document_at,
    extension_at,
    obstacle_at,
    proposal_at,
    report_at,
    task_of,
)
from tests.factories import House, at
from workflow.actions.unit import close_unit, sync_grants
from workflow.models import Membership, Person
from workflow.permissions import Actor
from workflow.queries.unit import load_actor

pytestmark = pytest.mark.django_db

LAST = date(2022, 10, 17)
AFTER = at(date(2022, 10, 18))


def closed_for(house: House) -> Actor:
    """Close the first division in favour of the second; return the second's head as he acts on the day after."""
    sync_grants(by=None, now=NOW)
    close_unit(house.division.pk, LAST, house.other.pk, by=None, now=NOW)
    assert Membership.objects.filter(unit=house.division, valid_to__isnull=True).count() == 0
    return load_actor(Person.objects.get(pk=house.other_head.person_id), now=AFTER)


def test_the_successors_head_goes_on_with_a_report_where_it_stands(house: House) -> None:
    matter = report_at(house, "submit")
    heir = closed_for(house)
    assert task_of(matter).unit == house.other
    assert matter.approval().unit == house.other
    matter.act("submit", heir, now=AFTER)
    assert (task_of(matter).state, matter.node()) == ("reported", "check")


def test_the_successors_head_goes_on_with_a_document_and_a_proposal(house: House) -> None:
    paper = document_at(house, "head", hosted_by=house.division)
    proposal = proposal_at(house, "head")
    heir = closed_for(house)
    for matter in (paper, proposal):
        matter.act("approve", heir, now=AFTER)
        assert matter.node() in {"form", "advise"}


def test_what_the_office_and_leaders_have_to_decide_stays_with_them(house: House) -> None:
    matters: list[tuple[Matter, str, Actor]] = [
        (report_at(house, "check"), "accept", house.reviewer),
        (extension_at(house, "advise"), "advise", house.reviewer),
        (obstacle_at(house, "decide"), "approve", house.leader),
    ]
    closed_for(house)
    for matter, outcome, by in matters:
        person = load_actor(Person.objects.get(pk=by.person_id), now=AFTER)
        matter.act(outcome, person, now=AFTER)
    assert [task_of(matter).state for matter, _outcome, _by in matters] == ["reviewed", "assigned", "assigned"]
