"""Đề xuất (2022 I.2.2): made in a unit's name, decided once by a leader who did not make it."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.factories import House, at, in_place_of, make_superuser
from workflow.actions.proposal import PROPOSAL_CLAUSE, decide_proposal, make_proposal
from workflow.choices import RequestStatus
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import AuditEvent, Proposal
from workflow.permissions import Actor

pytestmark = pytest.mark.django_db

NOW = at(date(2022, 10, 17))
LATER = at(date(2022, 10, 18))


def made(house: House, by: Actor | None = None) -> Proposal:
    return make_proposal(house.division.pk, " Mua máy quét ", "Máy cũ hỏng", by=by or house.member, now=NOW)


def events(proposal: Proposal) -> list[dict[str, object]]:
    found = AuditEvent.objects.filter(chain=f"proposal:{proposal.pk}").order_by("seq")
    return [json.loads(event.body) for event in found]


@pytest.mark.parametrize("name", ["member", "head"])
def test_a_unit_proposes_by_its_people(house: House, name: str) -> None:
    by = getattr(house, name)
    proposal = made(house, by)
    assert (proposal.subject, proposal.content, proposal.clause) == ("Mua máy quét", "Máy cũ hỏng", PROPOSAL_CLAUSE)
    assert (proposal.status, proposal.proposed_by_id, proposal.proposed_name) == (
        RequestStatus.PENDING,
        by.person_id,
        by.name,
    )
    [event] = events(proposal)
    assert (event["name"], event["clause"]) == ("proposal.make", PROPOSAL_CLAUSE)


def test_nobody_proposes_in_another_units_name(house: House) -> None:
    for by in (house.stranger, house.other_head, house.reviewer, house.outsider, house.admin, make_superuser()):
        with pytest.raises(NotPermitted):
            made(house, by)
    assert not Proposal.objects.exists()


def test_an_empty_proposal_is_refused_by_field(house: House) -> None:
    with pytest.raises(Invalid) as error:
        make_proposal(house.division.pk, " ", "", by=house.member, now=NOW)
    assert set(error.value.fields) == {"subject", "content"}


@pytest.mark.parametrize(("approve", "status"), [(True, RequestStatus.APPROVED), (False, RequestStatus.REFUSED)])
def test_a_leader_decides_it(house: House, approve: bool, status: RequestStatus) -> None:
    proposal = decide_proposal(made(house).pk, approve, "Theo dự toán", by=house.leader, now=LATER)
    assert (proposal.status, proposal.decision, proposal.decided_name) == (status, "Theo dự toán", house.leader.name)
    assert proposal.decided_at == LATER
    event = events(proposal)[-1]
    assert (event["name"], event["before"], event["after"]) == (
        "proposal.decide",
        {"status": "pending"},
        {"status": status},
    )


def test_the_units_head_may_refuse_it_and_not_approve_it(house: House) -> None:
    proposal = made(house)
    with pytest.raises(NotPermitted):
        decide_proposal(proposal.pk, True, by=house.head, now=LATER)
    assert decide_proposal(proposal.pk, False, "Chưa cần", by=house.head, now=LATER).status == RequestStatus.REFUSED


def test_who_made_it_does_not_decide_it_even_in_anothers_place(house: House) -> None:
    proposal = made(house)
    with pytest.raises(NotPermitted):
        decide_proposal(proposal.pk, True, by=in_place_of(house.member, house.leader), now=LATER)
    own = made(house, house.head)
    with pytest.raises(NotPermitted):
        decide_proposal(own.pk, False, "Chưa cần", by=house.head, now=LATER)


def test_nobody_else_decides_it(house: House) -> None:
    proposal = made(house)
    for by in (house.stranger, house.other_head, house.reviewer, house.chief, house.clerk, house.admin):
        for approve in (True, False):
            with pytest.raises(NotPermitted):
                decide_proposal(proposal.pk, approve, "lý do", by=by, now=LATER)
    proposal.refresh_from_db()
    assert proposal.status == RequestStatus.PENDING


def test_a_refusal_needs_its_reason_and_an_approval_does_not(house: House) -> None:
    proposal = made(house)
    with pytest.raises(Invalid):
        decide_proposal(proposal.pk, False, " ", by=house.leader, now=LATER)
    assert decide_proposal(proposal.pk, True, by=house.leader, now=LATER).decision == ""


def test_it_is_decided_once(house: House) -> None:
    proposal = made(house)
    decide_proposal(proposal.pk, True, by=house.leader, now=LATER)
    with pytest.raises(WrongState, match="đã có kết quả"):
        decide_proposal(proposal.pk, False, "Đổi ý", by=house.leader, now=LATER)
    assert [event["name"] for event in events(proposal)] == ["proposal.make", "proposal.decide"]


def test_a_proposal_that_is_not_there_is_not_found(house: House) -> None:
    with pytest.raises(NotFound):
        decide_proposal(999_999, True, by=house.leader, now=LATER)
