"""Nobody says yes to what he wrote or submitted: attacked by every way in, in every capacity, and with every title."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

import pytest
from django.contrib.auth.models import Permission

from approvals.actions.bulk import Item, bulk_choice, decide_many
from approvals.actions.deciding import decide, decide_waiting
from approvals.models import Step
from tests.approvals.factories import (
    ALL_WELL,
    IN_TIME,
    NOW,
    USUAL,
    WITH_REASON,
    Matter,
    document_at,
    extension_at,
    obstacle_at,
    proposal_at,
    report_at,
)
from tests.approvals.test_matrix import everything, tried
from tests.factories import House, at, in_place_of, make_actor, make_person, make_task
from workflow.actions.flow import flows
from workflow.actions.report import (
    save_draft,
)
from workflow.actions.unit import appoint, delegate, sync_grants
from workflow.choices import FlowKind, Role
from workflow.core.errors import NotFound, NotPermitted
from workflow.models import Membership, Person
from workflow.permissions import UNIT_PERMISSIONS, Actor
from workflow.queries.unit import load_actor

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"


# --- every way in ---


def given_with(outcome: str) -> dict[str, object]:
    return USUAL.get(outcome, WITH_REASON)


def by_the_door(matter: Matter, outcome: str, by: Actor) -> None:
    decide(matter.step().pk, outcome, matter.version(), given_with(outcome), by=by, now=NOW)


def by_the_waiting_step(matter: Matter, outcome: str, by: Actor) -> None:
    decide_waiting(matter.kind, matter.pk, outcome, matter.version(), given_with(outcome), by=by, now=NOW)


def by_the_port(matter: Matter, outcome: str, by: Actor) -> None:
    flows().act(matter.kind, matter.pk, outcome, matter.version(), given_with(outcome), by=by, now=NOW)


def many_at_once(matter: Matter, outcome: str, by: Actor) -> None:
    """Where a node lets nothing be decided for many, that is the refusal."""
    choice = bulk_choice(matter.kind, matter.node())
    if choice is None or choice.outcome != outcome:
        raise NotPermitted("Bước này phải quyết định từng hồ sơ một.")
    item = Item(matter.step().pk, matter.version())
    [result] = decide_many(matter.kind, matter.node(), [item], given_with(outcome), by=by, now=NOW)
    if not result.done:
        raise NotPermitted(result.reason)


WAYS = (by_the_door, by_the_waiting_step, by_the_port, many_at_once)


# --- every capacity ---


def holding_two_places(house: House, author: Actor, holder: Actor) -> Actor:
    """The author holds the approver's place too."""
    return replace(author, grants=author.grants | holder.grants)


def in_the_approvers_place(house: House, author: Actor, holder: Actor) -> Actor:
    """The approver lent his place to the author."""
    return in_place_of(author, holder)


def lending_his_place(house: House, author: Actor, holder: Actor) -> Actor:
    """The author, who holds the approver's place too, lends it to somebody who had no hand in it."""
    return in_place_of(house.extra["fresh"], holding_two_places(house, author, holder))


CAPACITIES = (holding_two_places, in_the_approvers_place, lending_his_place)


@dataclass(frozen=True)
class Case:
    """A step that judges: how to come to it, whose hands are behind it, and who may."""

    name: str
    bring: Callable[[House], Matter]
    outcomes: tuple[str, ...]
    hands: tuple[str, ...]
    holder: str


CASES = (
    Case("report check", lambda h: report_at(h, "check"), ("accept", "return"), ("member", "head"), "reviewer"),
    Case("report approve", lambda h: report_at(h, "approve"), ("accept", "return"), ("member", "head"), "leader"),
    Case(
        "report leader_check",
        lambda h: report_at(h, "leader_check", unit=h.office),
        ("accept", "return"),
        ("office_member", "chief"),
        "leader",
    ),
    Case("document head", lambda h: document_at(h, "head"), ("approve",), ("office_member",), "chief"),
    Case("document form", lambda h: document_at(h, "form"), ("approve",), ("office_member",), "reviewer"),
    Case("document sign", lambda h: document_at(h, "sign"), ("sign",), ("office_member",), "leader"),
    Case("document alone", lambda h: document_at(h, "sign", alone=True), ("sign",), ("office_member",), "leader"),
    Case("document order", lambda h: document_at(h, "sign_order"), ("sign",), ("office_member",), "chief"),
    Case("extension advise", lambda h: extension_at(h, "advise"), ("advise",), ("head",), "reviewer"),
    Case("extension decide", lambda h: extension_at(h, "decide"), ("approve", "refuse"), ("head",), "leader"),
    Case("obstacle advise", lambda h: obstacle_at(h, "advise"), ("advise",), ("member",), "reviewer"),
    Case("obstacle decide", lambda h: obstacle_at(h, "decide"), ("approve", "refuse"), ("member",), "leader"),
    Case("proposal head", lambda h: proposal_at(h, "head"), ("approve", "refuse"), ("member",), "head"),
    Case("proposal advise", lambda h: proposal_at(h, "advise"), ("advise",), ("member",), "reviewer"),
    Case("proposal decide", lambda h: proposal_at(h, "decide"), ("approve", "refuse"), ("member",), "leader"),
)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_no_hand_behind_it_judges_it_by_any_way_in_any_capacity(house: House, case: Case) -> None:
    house.extra["fresh"] = make_actor(Role.OBSERVER, house.department)
    matter = case.bring(house)
    holder = getattr(house, case.holder)
    assert [tried(matter, outcome, holder) for outcome in case.outcomes] == ["may"] * len(case.outcomes)
    before = everything()
    for hand in case.hands:
        for capacity in CAPACITIES:
            attacker = capacity(house, getattr(house, hand), holder)
            for outcome in case.outcomes:
                for way in WAYS:
                    with pytest.raises(NotPermitted) as refused:
                        way(matter, outcome, attacker)
                    assert way is many_at_once or "đã soạn hoặc trình" in str(refused.value)
    assert everything() == before


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_deputy_who_had_no_hand_in_it_may_and_his_capacity_is_kept(house: House, case: Case) -> None:
    deputy = in_place_of(make_actor(Role.OBSERVER, house.department), getattr(house, case.holder))
    matter = case.bring(house)
    outcome = case.outcomes[0]
    now = IN_TIME if matter.kind in {FlowKind.EXTENSION, FlowKind.OBSTACLE, FlowKind.PROPOSAL} else NOW
    step = matter.act(outcome, deputy, now=now)
    step.refresh_from_db()
    assert (step.owner_id, step.principal_id, step.capacity) == (deputy.person_id, deputy.principal_id, "KT.")


# --- one hop, real delegations and memberships ---


def lend(house: House, giver: Actor, taker: Actor, by: Actor | None = None, capacity: str = "KT.") -> int:
    """Write a power of attorney from the giver's place; return its key."""
    place = Membership.objects.get(person_id=giver.person_id)
    day, end = date(2022, 10, 1), date(2022, 12, 31)
    power = delegate(
        place.pk, taker.person_id, capacity, "12/UQ", day, "Ký thay", day, end, by=by or giver, now=at(day)
    )
    return power.pk


def acting(person: Actor, delegation_id: int | None = None) -> Actor:
    return load_actor(Person.objects.get(pk=person.person_id), now=NOW, delegation_id=delegation_id)


def test_a_lent_right_is_lent_no_further(house: House) -> None:
    sync_grants(by=None, now=NOW)
    matter = document_at(house, "sign_order")
    first = lend(house, house.chief, house.reviewer)
    deputy = acting(house.reviewer, first)
    assert tried(matter, "sign", deputy) == "may"
    with pytest.raises(NotPermitted):
        lend(house, house.chief, house.clerk, by=deputy)
    second = lend(house, house.reviewer, house.clerk)
    assert tried(matter, "sign", acting(house.clerk, second)) == "may not", "the reviewer's own place alone was lent"
    with pytest.raises(NotPermitted):
        acting(house.clerk, first)


def test_the_author_gains_nothing_by_the_chiefs_written_power(house: House) -> None:
    sync_grants(by=None, now=NOW)
    task = make_task(house)
    save_draft(task.pk, "Đã làm xong.", by=house.member, now=NOW)
    matter = Matter(FlowKind.REPORT, task.pk)
    matter.act("submit", house.head)
    for author in (house.member, house.head):
        deputy = acting(author, lend(house, house.chief, author))
        assert (deputy.principal_id, tried(matter, "accept", deputy)) == (house.chief.person_id, "may not")


def test_a_head_appointed_to_the_office_as_well_does_not_check_his_own_unit_s_report(house: House) -> None:
    sync_grants(by=None, now=NOW)
    day = date(2022, 1, 1)
    appoint(
        house.head.person_id, house.office.pk, Role.OFFICE_REVIEWER, "Chuyên viên kiêm nhiệm", day, by=None, now=NOW
    )
    both = acting(house.head)
    assert both.grants >= house.reviewer.grants
    own, others = report_at(house, "check"), report_at(house, "check", unit=house.other)
    assert tried(own, "accept", both) == "may not"
    assert tried(others, "accept", both) == "may", "another unit's he checks like anybody of Văn phòng"


# --- administrators, superusers, global grants ---


@pytest.mark.parametrize("superuser", [True, False])
def test_no_title_and_no_global_grant_gives_a_right(house: House, superuser: bool) -> None:
    person = make_person("Nguyễn Văn Quản Trị", is_superuser=superuser, is_staff=True)
    Membership.objects.create(
        person=person, unit=house.department, role=Role.ADMIN, position="Quản trị", valid_from=date(2020, 1, 1)
    )
    codenames = [codename for codename, _name in UNIT_PERMISSIONS]
    person.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    assert person.user_permissions.count() == len(codenames)
    sync_grants(by=None, now=NOW)
    admin = load_actor(Person.objects.get(pk=person.pk), now=NOW)
    for case in CASES:
        matter = case.bring(house)
        before = everything()
        for outcome in case.outcomes:
            for way in WAYS[:3]:
                with pytest.raises(NotFound):
                    way(matter, outcome, admin)
        assert everything() == before


# --- what a request can't carry ---


def test_what_is_typed_beside_the_fields_changes_nothing(house: House) -> None:
    """No field of a request can name another person, step, version or flow."""
    matter = report_at(house, "check")
    smuggled = {**ALL_WELL, "by": house.chief, "node": "approve", "outcome": "return", "version": 9}
    decide(matter.step().pk, "accept", 1, smuggled, by=house.reviewer, now=NOW)
    step = Step.objects.filter(process=matter.approval(), outcome="accept").get()
    assert (step.owner_id, step.version) == (house.reviewer.person_id, 1)
