"""Extension, obstacle and proposal: asked for by a unit, advised by Văn phòng, decided by a leader."""

from __future__ import annotations

from datetime import date

import pytest

from approvals.models import Approval
from tests.approvals.factories import (
    IN_TIME,
    LATER,
    NOW,
    Matter,
    extension_at,
    obstacle_at,
    proposal_at,
    report_at,
    task_of,
    told_by,
)
from tests.factories import House, at, event_names, make_task
from workflow.actions.adjustment import ask_extension, raise_obstacle
from workflow.actions.proposal import make_proposal
from workflow.actions.task import cancel_task
from workflow.choices import FlowKind, RequestStatus
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import AuditEvent, Extension, Obstacle, Proposal
from workflow.queries.trail import verify_facts, verify_trail

pytestmark = pytest.mark.django_db

DUE = date(2022, 10, 14)


# --- extension ---


def test_an_extension_is_advised_then_granted_and_the_first_deadline_stands(house: House) -> None:
    matter = extension_at(house, "advise")
    step = matter.act("advise", house.reviewer, now=IN_TIME, reason="Đề nghị đồng ý, số liệu chậm là khách quan.")
    assert (matter.node(), step.note) == ("decide", "Đề nghị đồng ý, số liệu chậm là khách quan.")
    assert task_of(matter).due_on == DUE, "the clock runs on until a leader decides"
    told = told_by(lambda: matter.act("approve", house.leader, now=IN_TIME))
    task, asked = task_of(matter), Extension.objects.get()
    assert (task.due_on, task.due_first, task.extended_count) == (LATER, DUE, 1)
    assert (asked.status, asked.old_due, asked.new_due) == (RequestStatus.APPROVED, DUE, LATER)
    assert (matter.approval().result, matter.node()) == ("approved", "")
    assert set(told) >= {house.head.person_id, house.reviewer.person_id}
    assert verify_trail().ok
    assert verify_facts().ok


def test_a_leader_may_grant_another_day_than_was_asked_for(house: House) -> None:
    matter = extension_at(house, "decide")
    matter.act("approve", house.leader, now=IN_TIME, new_due=date(2022, 10, 21), reason="Chỉ một tuần.")
    assert (task_of(matter).due_on, Extension.objects.get().wanted_due) == (date(2022, 10, 21), LATER)


@pytest.mark.parametrize("day", [DUE, date(2022, 10, 22), date(2022, 10, 10)])
def test_no_extension_to_a_day_that_is_no_later_working_day(house: House, day: date) -> None:
    matter = extension_at(house, "decide")
    with pytest.raises(Invalid) as refused:
        matter.act("approve", house.leader, now=IN_TIME, new_due=day)
    assert "new_due" in refused.value.fields
    assert (matter.node(), task_of(matter).due_on) == ("decide", DUE)


def test_refusing_an_extension_needs_a_reason(house: House) -> None:
    matter = extension_at(house, "decide")
    with pytest.raises(Invalid) as refused:
        matter.act("refuse", house.leader, now=IN_TIME, reason="  ")
    assert "reason" in refused.value.fields
    matter.act("refuse", house.leader, now=IN_TIME, reason="Đã đủ thời gian.")
    task, asked = task_of(matter), Extension.objects.get()
    assert (task.due_on, task.extended_count, asked.status) == (DUE, 0, RequestStatus.REFUSED)
    assert (matter.approval().result, asked.decision_reason) == ("refused", "Đã đủ thời gian.")
    again = ask_extension(task.pk, "Có căn cứ mới.", LATER, by=house.head, now=IN_TIME)
    assert Matter(FlowKind.EXTENSION, again.pk).node() == "advise"


def test_a_second_extension_leaves_the_first_deadline_where_it_was(house: House) -> None:
    matter = extension_at(house, "decide")
    matter.act("approve", house.leader, now=IN_TIME)
    task = task_of(matter)
    second = Matter(
        FlowKind.EXTENSION,
        ask_extension(task.pk, "Vẫn thiếu.", date(2022, 11, 11), by=house.head, now=at(date(2022, 10, 28))).pk,
    )
    second.act("advise", house.chief, now=at(date(2022, 10, 28)))
    second.act("approve", house.leader, now=at(date(2022, 10, 28)))
    task.refresh_from_db()
    assert (task.due_on, task.due_first, task.extended_count) == (date(2022, 11, 11), DUE, 2)


def test_an_extension_asked_too_late_opens_no_flow(house: House) -> None:
    task = make_task(house)
    with pytest.raises(Invalid):
        ask_extension(task.pk, "Chưa xong.", LATER, by=house.head, now=NOW)
    with pytest.raises(NotPermitted):
        ask_extension(task.pk, "Chưa xong.", LATER, by=house.member, now=IN_TIME)
    assert not Approval.objects.filter(subject=task).exists()


def test_the_offices_advice_needs_words_whatever_is_asked(house: House) -> None:
    for bring in (extension_at, obstacle_at, proposal_at):
        matter = bring(house, "advise")
        with pytest.raises(Invalid) as refused:
            matter.act("advise", house.reviewer, now=IN_TIME, reason=" ")
        assert list(refused.value.fields) == ["reason"]
        assert matter.node() == "advise"


def test_granting_time_after_the_report_came_is_refused_in_words(house: House) -> None:
    report = report_at(house, "submit", now=IN_TIME)
    matter = Matter(FlowKind.EXTENSION, ask_extension(report.pk, "Chờ số liệu.", LATER, by=house.head, now=IN_TIME).pk)
    matter.act("advise", house.reviewer, now=IN_TIME)
    report.act("submit", house.head, now=IN_TIME)
    with pytest.raises(WrongState, match="không gia hạn được"):
        matter.act("approve", house.leader, now=IN_TIME)
    matter.act("refuse", house.leader, now=IN_TIME, reason="Đã có báo cáo.")
    assert matter.approval().result == "refused"


# --- obstacle ---


def test_an_obstacle_is_advised_and_settled(house: House) -> None:
    matter = obstacle_at(house, "advise")
    matter.act("advise", house.chief, now=IN_TIME, reason="Đề nghị mượn máy của Trung tâm.")
    raised = Obstacle.objects.get()
    assert (raised.advice, raised.advised_name) == ("Đề nghị mượn máy của Trung tâm.", house.chief.name)
    assert task_of(matter).obstacle_open
    matter.act("approve", house.leader, now=IN_TIME, reason="Đồng ý mượn máy.")
    raised.refresh_from_db()
    assert (raised.status, raised.decision, matter.approval().result) == ("approved", "Đồng ý mượn máy.", "approved")
    assert not task_of(matter).obstacle_open
    assert event_names(task_of(matter)) == [
        "obstacle.raise",
        "obstacle.advise",
        "approval.decide",
        "obstacle.decide",
        "approval.decide",
    ]


@pytest.mark.parametrize(("outcome", "status"), [("approve", "approved"), ("refuse", "refused")])
def test_settling_an_obstacle_either_way_needs_words(house: House, outcome: str, status: str) -> None:
    matter = obstacle_at(house, "decide")
    with pytest.raises(Invalid):
        matter.act(outcome, house.leader, now=IN_TIME, reason="")
    assert matter.node() == "decide"
    matter.act(outcome, house.leader, now=IN_TIME, reason="Dùng máy cũ.")
    assert (Obstacle.objects.get().status, matter.approval().result) == (status, status)


# --- proposal ---


def test_a_proposal_passes_head_office_and_leader(house: House) -> None:
    matter = proposal_at(house, "head")
    matter.act("approve", house.head)
    told = told_by(lambda: matter.act("advise", house.reviewer))
    assert set(told) == {house.leader.person_id}, "who is next is told, though it is of no task"
    told = told_by(lambda: matter.act("approve", house.leader))
    made = Proposal.objects.get()
    assert (made.status, made.decided_name, made.clause) == ("approved", house.leader.name, "I.2.2")
    assert matter.approval().result == "approved"
    assert set(told) == {house.member.person_id, house.head.person_id, house.reviewer.person_id}
    names = AuditEvent.objects.filter(chain__in=(f"proposal:{made.pk}", f"approval:{matter.approval().pk}"))
    assert sorted(names.values_list("name", flat=True)) == [
        "approval.decide",
        "approval.decide",
        "approval.decide",
        "proposal.decide",
        "proposal.make",
    ]
    assert verify_trail().ok


def test_a_heads_own_proposal_passes_his_own_step(house: House) -> None:
    made = make_proposal(house.division.pk, "Mua máy", "Máy hỏng.", by=house.head, now=NOW)
    assert Matter(FlowKind.PROPOSAL, made.pk).node() == "advise"


@pytest.mark.parametrize(("node", "by"), [("head", "head"), ("decide", "leader")])
def test_refusing_a_proposal_ends_it_with_a_reason(house: House, node: str, by: str) -> None:
    matter = proposal_at(house, node)
    person = getattr(house, by)
    with pytest.raises(Invalid):
        matter.act("refuse", person, reason=" ")
    assert matter.node() == node
    matter.act("refuse", person, reason="Chưa có kinh phí.")
    made = Proposal.objects.get()
    assert (made.status, made.decision, made.decided_name) == ("refused", "Chưa có kinh phí.", person.name)
    assert (matter.node(), matter.approval().result) == ("", "refused")


def test_a_closed_task_closes_its_requests_and_nobody_decides_them_any_more(house: House) -> None:
    for matter in (extension_at(house, "decide"), obstacle_at(house, "decide")):
        cancel_task(task_of(matter).pk, "Không còn cần.", by=house.leader, now=IN_TIME)
        assert (matter.node(), matter.approval().result) == ("", "closed")
        with pytest.raises(NotFound):
            matter.act("approve", house.leader, now=IN_TIME)


def test_one_request_of_a_kind_waits_at_a_time(house: House) -> None:
    matter = obstacle_at(house, "advise")
    with pytest.raises(WrongState):
        raise_obstacle(task_of(matter).pk, "Thiếu người.", by=house.member, now=IN_TIME)
    assert len(matter.approvals()) == 1
