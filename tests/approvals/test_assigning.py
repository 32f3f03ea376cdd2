"""Giving a step to one person: who gives it, to whom it may be given, and that it never hangs on somebody who left."""

from __future__ import annotations

from datetime import timedelta

import pytest

from approvals.actions.assigning import reassign
from approvals.models import Step
from approvals.queries.talk import candidates, choosable, may_give
from tests.approvals.factories import (
    NOW,
    Matter,
    document_at,
    escalation_at,
    extension_at,
    proposal_at,
    report_at,
    task_of,
)
from tests.factories import House, in_place_of, last_event, make_actor, make_person, make_task, make_unit, strangers_of
from workflow.actions.report import save_draft
from workflow.actions.unit import close_person
from workflow.choices import FlowKind, Role, UnitKind
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import AuditEvent, Membership, Notification
from workflow.permissions import Actor

pytestmark = pytest.mark.django_db

EVERYBODY = (
    "member",
    "head",
    "stranger",
    "other_head",
    "reviewer",
    "chief",
    "office_member",
    "clerk",
    "leader",
    "inspector",
    "admin",
    "outsider",
)


def ids(*actors: Actor) -> set[int]:
    return {actor.person_id for actor in actors}


def told(containing: str) -> set[int]:
    """Who has a message with these words."""
    return set(Notification.objects.filter(text__contains=containing).values_list("person_id", flat=True))


def at_node(house: House, name: str) -> Matter:
    """A matter that waits at the named step."""
    kind, node = name.split(".")
    if kind == "office":
        return report_at(house, node, unit=house.office)
    makers = {
        "report": report_at,
        "document": document_at,
        "extension": extension_at,
        "proposal": proposal_at,
        "escalation": escalation_at,
    }
    return makers[kind](house, node)  # type: ignore[operator]


GIVERS = {
    "report.draft": ["head"],
    "report.submit": ["head"],
    "report.check": ["chief"],
    "report.approve": ["leader"],
    "office.draft": ["chief"],
    "office.submit": ["chief"],
    "office.leader_check": ["leader"],
    "document.prepare": ["chief"],
    "document.head": ["chief"],
    "document.form": ["chief"],
    "document.sign": ["leader"],
    "document.sign_order": ["chief"],
    "document.issue": ["chief"],
    "extension.advise": ["chief"],
    "extension.decide": ["leader"],
    "proposal.head": ["head"],
    "proposal.advise": ["chief"],
    "proposal.decide": ["leader"],
    "escalation.direct": ["chief"],
}


@pytest.mark.parametrize("name", GIVERS)
def test_the_head_of_those_who_hold_a_steps_right_gives_it_and_nobody_else(house: House, name: str) -> None:
    step = at_node(house, name).step()
    assert [who for who in EVERYBODY if may_give(getattr(house, who), step)] == GIVERS[name]
    [target] = [person.pk for person in candidates(step, NOW.date())][:1]
    for who in EVERYBODY:
        if who not in GIVERS[name]:
            with pytest.raises((NotPermitted, NotFound)):
                reassign(step.pk, target, by=getattr(house, who), now=NOW)
    step.refresh_from_db()
    assert step.owner_id is None


def test_the_head_of_a_section_of_the_office_does_not_give_the_offices_steps(house: House) -> None:
    section = make_unit("VP-TH", UnitKind.SECTION, name="Bộ phận Tổng hợp", parent=house.office)
    head = make_actor(Role.UNIT_HEAD, section)
    assert not may_give(head, at_node(house, "report.check").step())


def test_a_step_is_given_to_one_of_those_who_hold_its_right(house: House) -> None:
    matter = report_at(house, "check")
    step = reassign(matter.step().pk, house.reviewer.person_id, by=house.chief, now=NOW)
    assert (step.owner_id, step.status) == (house.reviewer.person_id, "ASSIGNED")
    assert Step.objects.get(pk=step.pk).owner_id == house.reviewer.person_id
    event = last_event(task_of(matter))
    assert event["name"] == "approval.reassign"
    assert event["details"] == {
        "approval": matter.approval().pk,
        "flow": "report",
        "step": step.pk,
        "node": "check",
        "title": "Văn phòng Sở kiểm tra",
        "from": None,
        "to": {"id": house.reviewer.person_id, "name": house.reviewer.name},
    }
    assert told("giao cho") == ids(house.reviewer)


def test_given_to_another_the_one_who_had_it_is_told_too(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = report_at(house, "check")
    reassign(matter.step().pk, house.reviewer.person_id, by=house.chief, now=NOW)
    reassign(matter.step().pk, second.person_id, by=house.chief, now=NOW)
    assert told(f"giao cho {second.name}") == ids(house.reviewer, second)
    details = last_event(task_of(matter))["details"]
    assert details["from"] == {"id": house.reviewer.person_id, "name": house.reviewer.name}
    assert details["to"] == {"id": second.person_id, "name": second.name}


def test_taken_back_it_waits_again_for_all(house: House) -> None:
    matter = report_at(house, "check")
    reassign(matter.step().pk, house.reviewer.person_id, by=house.chief, now=NOW)
    step = reassign(matter.step().pk, None, by=house.chief, now=NOW)
    assert (step.owner_id, step.status) == (None, "NEW")
    assert told("trở lại chờ mọi người") == ids(house.reviewer)
    assert last_event(task_of(matter))["details"]["to"] is None
    matter.act("accept", house.chief)
    assert matter.node() == ""


def test_the_same_again_is_said_to_be_so_already(house: House) -> None:
    matter = report_at(house, "check")
    with pytest.raises(WrongState, match="đang chờ mọi người có quyền"):
        reassign(matter.step().pk, None, by=house.chief, now=NOW)
    reassign(matter.step().pk, house.reviewer.person_id, by=house.chief, now=NOW)
    with pytest.raises(WrongState, match=f"đã giao cho {house.reviewer.name} từ trước"):
        reassign(matter.step().pk, house.reviewer.person_id, by=house.chief, now=NOW)


def test_a_step_of_no_task_may_be_given_again_and_again_each_time_told(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = proposal_at(house, "advise")
    for target in (house.reviewer, second, house.reviewer):
        reassign(matter.step().pk, target.person_id, by=house.chief, now=NOW)
    rows = Notification.objects.filter(text__contains="giao cho", person_id=house.reviewer.person_id)
    assert rows.count() == 3
    events = AuditEvent.objects.filter(chain=f"approval:{matter.approval().pk}", name="approval.reassign")
    assert events.count() == 3


# --- to whom ---


def test_candidates_are_those_who_hold_the_right_by_a_place_in_force(house: House) -> None:
    step = report_at(house, "check").step()
    gone = make_actor(Role.OFFICE_REVIEWER, house.office)
    Membership.objects.filter(person_id=gone.person_id).update(valid_to=NOW.date() - timedelta(days=1))
    assert {person.pk for person in candidates(step, NOW.date())} == ids(house.reviewer, house.chief)


def test_a_step_that_two_rights_open_has_the_candidates_of_both(house: House) -> None:
    step = document_at(house, "prepare", hosted_by=house.division).step()
    wanted = ids(house.member, house.head, house.reviewer, house.chief)
    assert {person.pk for person in candidates(step, NOW.date())} == wanted


@pytest.mark.parametrize("who", ["stranger", "clerk", "inspector", "admin", "leader"])
def test_a_step_is_not_given_to_who_has_not_its_right(house: House, who: str) -> None:
    matter = report_at(house, "check")
    with pytest.raises(Invalid, match="không có quyền ở bước") as error:
        reassign(matter.step().pk, getattr(house, who).person_id, by=house.chief, now=NOW)
    assert set(error.value.fields) == {"person"}
    assert matter.step().owner_id is None


def test_nobody_gets_a_step_at_which_he_would_judge_what_he_wrote(house: House) -> None:
    person = make_person()
    author = make_actor(Role.SPECIALIST, house.division, person=person)
    make_actor(Role.OFFICE_REVIEWER, house.office, person=person)
    task = make_task(house)
    save_draft(task.pk, "Đã làm xong.", by=author, now=NOW)
    matter = Matter(FlowKind.REPORT, task.pk)
    matter.act("present", author)
    matter.act("submit", house.head)
    step = matter.step()
    assert author.person_id in {person.pk for person in candidates(step, NOW.date())}
    assert {person.pk for person in choosable(matter.approval(), step, NOW.date())} == ids(house.reviewer, house.chief)
    with pytest.raises(Invalid, match="đã soạn hoặc trình nội dung này") as error:
        reassign(step.pk, author.person_id, by=house.chief, now=NOW)
    assert set(error.value.fields) == {"person"}


def test_who_wrote_it_may_be_given_the_step_at_which_it_is_written(house: House) -> None:
    matter = report_at(house, "draft")
    assert reassign(matter.step().pk, house.member.person_id, by=house.head, now=NOW).owner_id == house.member.person_id


def test_nobody_gives_a_step_that_was_decided_or_closed(house: House) -> None:
    matter = report_at(house, "check")
    step = matter.step()
    matter.act("accept", house.reviewer)
    with pytest.raises(WrongState, match="không còn chờ ai"):
        reassign(step.pk, house.reviewer.person_id, by=house.chief, now=NOW)


def test_who_may_not_see_the_step_finds_none(house: House) -> None:
    step = report_at(house, "check").step()
    for stranger in strangers_of(house):
        with pytest.raises(NotFound):
            reassign(step.pk, house.reviewer.person_id, by=stranger, now=NOW)
    with pytest.raises(NotFound):
        reassign(10**6, house.reviewer.person_id, by=house.chief, now=NOW)


def test_a_deputy_gives_steps_in_the_heads_place(house: House) -> None:
    matter = report_at(house, "draft")
    deputy = in_place_of(house.stranger, house.head)
    assert reassign(matter.step().pk, house.member.person_id, by=deputy, now=NOW).owner_id == house.member.person_id


# --- deciding what is given ---


def test_a_given_step_is_decided_by_its_person(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = report_at(house, "check")
    reassign(matter.step().pk, second.person_id, by=house.chief, now=NOW)
    with pytest.raises(NotPermitted, match=f"đã giao cho {second.name}"):
        matter.act("accept", house.reviewer)
    matter.act("accept", second)
    assert matter.node() == ""


def test_who_acts_in_the_persons_place_decides_it_too(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = report_at(house, "check")
    reassign(matter.step().pk, second.person_id, by=house.chief, now=NOW)
    matter.act("accept", in_place_of(house.reviewer, second))
    assert matter.node() == ""


def test_a_step_given_to_a_person_whose_account_was_closed_is_open_to_the_others_at_once(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = report_at(house, "check")
    reassign(matter.step().pk, second.person_id, by=house.chief, now=NOW)
    close_person(second.person_id, NOW.date(), by=house.admin, now=NOW)
    decided = matter.act("accept", house.reviewer)
    assert (decided.owner_id, decided.decided_name) == (house.reviewer.person_id, house.reviewer.name)
    assert matter.node() == ""


def test_a_step_given_to_a_person_whose_place_ended_is_open_to_the_others_at_once(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = report_at(house, "check")
    reassign(matter.step().pk, second.person_id, by=house.chief, now=NOW)
    Membership.objects.filter(person_id=second.person_id).update(valid_to=NOW.date() - timedelta(days=1))
    matter.act("accept", house.reviewer)
    assert matter.node() == ""


def test_a_step_on_somebody_who_left_may_be_given_to_another(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = report_at(house, "check")
    reassign(matter.step().pk, second.person_id, by=house.chief, now=NOW)
    close_person(second.person_id, NOW.date(), by=house.admin, now=NOW)
    step = reassign(matter.step().pk, house.reviewer.person_id, by=house.chief, now=NOW)
    assert step.owner_id == house.reviewer.person_id
    assert told(f"giao cho {house.reviewer.name}") == ids(house.reviewer)
