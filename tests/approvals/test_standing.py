"""Who may see an approval is one rule, whether he opens its page or is to be told of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from approvals.models import Approval
from approvals.queries.standing import may_see
from approvals.queries.talk import who_may_see
from tests.approvals.factories import (
    NOW,
    Matter,
    consultation,
    document_at,
    escalation_at,
    extension_at,
    letter,
    obstacle_at,
    proposal_at,
    report_at,
    report_of,
)
from tests.factories import PERSON_NAMES, House, make_actor, make_task
from workflow.actions.document import draft_document
from workflow.choices import FlowKind, Role
from workflow.models import Membership, Task

pytestmark = pytest.mark.django_db


def about_a_consultation(house: House) -> Matter:
    """A letter to the body that was asked: its account sees the consultation, not this."""
    drafted = draft_document(letter(), task=consultation(house), by=house.member, now=NOW)
    return Matter(FlowKind.DOCUMENT, drafted.pk)


def of_a_task_without_lead(house: House) -> Matter:
    drafted = draft_document(letter(), task=make_task(house), by=house.office_member, now=NOW)
    Task.objects.update(unit=None)
    return Matter(FlowKind.DOCUMENT, drafted.pk)


MATTERS: dict[str, Callable[[House], Matter]] = {
    "report": lambda h: report_at(h, "check"),
    "another unit's report": lambda h: report_at(h, "check", unit=h.other),
    "office's report": lambda h: report_at(h, "leader_check", unit=h.office),
    "letter to a body": about_a_consultation,
    "letter of a division's task": lambda h: document_at(h, "head"),
    "letter of no task": lambda h: document_at(h, "head", alone=True),
    "letter of a task without lead": of_a_task_without_lead,
    "duty": lambda h: escalation_at(h, "report"),
    "duty over a body's silence": lambda h: escalation_at(h, "report", hosted_by=h.division),
    "report of that duty": lambda h: report_of(escalation_at(h, "report", hosted_by=h.division)),
    "extension": lambda h: extension_at(h, "advise"),
    "obstacle": lambda h: obstacle_at(h, "advise"),
    "proposal": lambda h: proposal_at(h, "head"),
}


@pytest.mark.parametrize("name", MATTERS)
def test_who_may_be_told_is_who_may_open_it_over_all_persons(house: House, name: str) -> None:
    approval = Approval.objects.get(pk=MATTERS[name](house).approval().pk)
    house.extra["observer"] = make_actor(Role.OBSERVER, house.department)
    house.extra["answers elsewhere"] = make_actor(Role.EXTERNAL, house.silent_body)
    house.extra["insider of the body"] = make_actor(Role.SPECIALIST, house.body)
    people = {each: getattr(house, each) for each in PERSON_NAMES} | house.extra
    opens = {each for each, actor in people.items() if may_see(actor, approval)}
    told = who_may_see(approval, {actor.person_id for actor in people.values()}, NOW.date())
    assert {each for each, actor in people.items() if actor.person_id in told} == opens
    assert opens >= {"reviewer", "chief", "leader"}
    assert opens.isdisjoint({"admin", "outsider", "answers elsewhere"})


def test_a_place_that_ended_shows_nothing_more(house: House) -> None:
    approval = report_at(house, "check").approval()
    Membership.objects.filter(person_id=house.head.person_id).update(valid_to=date(2022, 10, 1))
    assert who_may_see(approval, {house.head.person_id, house.member.person_id}, NOW.date()) == {house.member.person_id}


def test_it_is_asked_of_many_in_as_many_queries_as_of_one(house: House) -> None:
    approval = Approval.objects.select_related("subject").get(pk=about_a_consultation(house).approval().pk)
    for people in ({house.head.person_id}, {getattr(house, name).person_id for name in PERSON_NAMES}):
        with CaptureQueriesContext(
            connection,
        ) as asked:
            who_may_see(approval, people, NOW.date())
        assert len(asked) == 2
