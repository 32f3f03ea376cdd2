"""The duty to report to UBND tỉnh: it appears at once with its draft, goes out by its flow, and waits for UBND."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from approvals.actions.deciding import decide
from tests.approvals.factories import (
    DIRECTED,
    NOW,
    Matter,
    carry,
    document_of,
    escalated_by_sweep,
    escalation_at,
    head_for,
    report_of,
    task_of,
)
from tests.factories import House, at, event_names
from workflow.actions.consultation import record_answer, return_answer
from workflow.actions.escalation import withdraw_escalation
from workflow.actions.report import save_draft
from workflow.actions.sweep import sweep
from workflow.actions.task import cancel_task
from workflow.choices import FlowKind, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Delivery, Direction, Escalation, Task
from workflow.queries.trail import verify_facts, verify_trail

pytestmark = pytest.mark.django_db


def duty_of(matter: Matter) -> Escalation:
    return Escalation.objects.get(pk=matter.pk)


def handed_in(house: House, task: Task) -> Matter:
    """The unit's report of an escalated task, submitted by its head."""
    moment = at(date(2022, 11, 1))
    save_draft(task.pk, "Đã làm xong.", False, "Biên bản 3", by=house.head, now=moment)
    matter = Matter(FlowKind.REPORT, task.pk)
    matter.act("submit", house.head, now=moment)
    return matter


def send(house: House, matter: Matter) -> None:
    paper = report_of(matter)
    carry(house, paper, "", presenter=house.reviewer, head=head_for(house, paper))


def test_the_engine_opens_the_duty_and_its_document_at_once_with_the_draft_written(house: House) -> None:
    task, matter = escalated_by_sweep(house)
    assert task.state == TaskState.ESCALATED
    assert matter.approval().unit == house.office
    assert matter.approval().opened_by_id is None
    duty, paper = duty_of(matter), report_of(matter)
    assert paper.node() == "prepare"
    document = document_of(paper)
    assert (document.kind, document.status, document.drafted_by_id) == ("BC", "draft", None)
    assert document.recipients == [house.province.name]
    assert task.title in document.body
    assert duty.decision["rule"] == duty.rule.code
    assert duty.decision["basis"], "the clause stands with the duty"
    assert duty.decision["inputs"] if "inputs" in duty.decision else duty.decision["facts"]
    assert matter.node() == "", "nobody is asked for UBND's answer before the report went out"
    assert matter.approval().closed_at is None


def test_the_sweep_opens_the_flows_of_a_duty_once(house: House) -> None:
    task, matter = escalated_by_sweep(house)
    for days in range(1, 10):
        sweep(now=at(date(2022, 11, 1) + timedelta(days=days), "08:30"))
    assert len(matter.approvals()) == 1
    assert len(report_of(matter).approvals()) == 1
    assert Escalation.objects.filter(task=task).count() == 1


def test_the_report_goes_out_by_its_own_flow_and_then_the_direction_is_awaited(house: House) -> None:
    _task, matter = escalated_by_sweep(house)
    paper = report_of(matter)
    for outcome, by in (
        ("present", house.reviewer),
        ("approve", house.chief),
        ("approve", house.chief),
        ("sign", house.leader),
    ):
        matter_before = duty_of(matter).status
        paper.act(outcome, by)
        assert (matter_before, duty_of(matter).sent_at, matter.node()) == ("duty", None, "")
    paper.act("issue", house.clerk)
    assert (duty_of(matter).status, duty_of(matter).sent_at) == ("sent", NOW)
    assert matter.node() == "direct"
    step = matter.step()
    assert (step.opened_at, step.due_on) == (NOW, None), "UBND tỉnh answers when it does"
    ways = Delivery.objects.filter(document_id=paper.pk).order_by("pk")
    assert [way.recipient for way in ways] == [house.province.name, "Lãnh đạo Sở"]
    assert verify_trail().ok
    assert verify_facts().ok


def test_a_direction_with_a_new_deadline_opens_a_new_round(house: House) -> None:
    matter = escalation_at(house, "direct")
    matter.act("record", house.clerk)
    task = task_of(matter)
    assert (task.state, task.round, task.due_on) == (TaskState.IN_PROGRESS, 2, DIRECTED["new_due"])
    assert task.due_first == date(2022, 9, 30), "the first deadline stands"
    assert (duty_of(matter).status, matter.node(), matter.approval().result) == ("directed", "", "approved")


def test_a_direction_may_close_the_task(house: House) -> None:
    matter = escalation_at(house, "direct")
    matter.act("record", house.chief, number="8/UB", issued_on=NOW.date(), content="Dừng việc này.", closes=True)
    assert task_of(matter).state == TaskState.CANCELLED
    assert matter.approval().result == "approved"


def test_a_direction_with_neither_lets_the_unit_go_on_under_the_old_deadline(house: House) -> None:
    matter = escalation_at(house, "direct")
    matter.act("record", house.reviewer, number="8/UB", issued_on=NOW.date(), content="Khẩn trương hoàn thành.")
    task = task_of(matter)
    assert (task.state, task.round, task.due_on, task.ladder_done) == ("in_progress", 1, date(2022, 9, 30), True)


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"number": " "}, "number"),
        ({"content": ""}, "content"),
        ({"issued_on": None}, "issued_on"),
        ({"issued_on": date(2022, 10, 16)}, "issued_on"),
        ({"issued_on": date(2022, 10, 18)}, "issued_on"),
        ({"new_due": date(2022, 11, 19)}, "new_due"),
        ({"closes": True}, "new_due"),
    ],
)
def test_a_direction_is_recorded_as_it_was_written_or_not_at_all(
    house: House, wrong: dict[str, object], field: str
) -> None:
    matter = escalation_at(house, "direct")
    with pytest.raises(Invalid) as refused:
        matter.act("record", house.clerk, **{**DIRECTED, **wrong})
    assert field in refused.value.fields
    assert (matter.node(), Direction.objects.count()) == ("direct", 0)
    assert task_of(matter).state == TaskState.ESCALATED


@pytest.mark.parametrize("node", ["report", "direct"])
def test_a_leader_withdraws_with_a_reason_and_both_flows_close(house: House, node: str) -> None:
    matter = escalation_at(house, node)
    paper = report_of(matter)
    with pytest.raises(NotPermitted):
        withdraw_escalation(matter.pk, "Đã xử lý xong.", by=house.chief, now=NOW)
    with pytest.raises(Invalid):
        withdraw_escalation(matter.pk, " ", by=house.leader, now=NOW)
    withdraw_escalation(matter.pk, "Đã xử lý xong.", by=house.leader, now=NOW)
    assert (matter.approval().result, matter.approval().closed_reason) == ("closed", "Đã xử lý xong.")
    assert (matter.node(), paper.node()) == ("", "")
    assert paper.approval().result == ("closed" if node == "report" else "approved")
    assert task_of(matter).state == TaskState.IN_PROGRESS
    with pytest.raises(NotFound):
        matter.act("record", house.clerk)


def test_an_answer_that_arrives_before_the_report_goes_out_closes_both_flows(house: House) -> None:
    task, matter = escalated_by_sweep(house)
    paper = report_of(matter)
    paper.act("present", house.reviewer)
    handed_in(house, task)
    assert [matter.approval().result, paper.approval().result] == ["closed", "closed"]
    assert (duty_of(matter).status, document_of(paper).status) == ("answered", "cancelled")
    with pytest.raises(NotFound):
        paper.act("approve", house.chief)


@pytest.mark.parametrize("way", ["return", "withdraw"])
def test_the_duty_stands_again_when_the_report_is_returned_or_taken_back(house: House, way: str) -> None:
    task, matter = escalated_by_sweep(house)
    paper = report_of(matter)
    paper.act("present", house.reviewer)
    report = handed_in(house, task)
    report.act(way, house.reviewer if way == "return" else house.head, now=at(date(2022, 11, 2)))
    task.refresh_from_db()
    assert (task.state, duty_of(matter).status, document_of(paper).status) == ("escalated", "duty", "draft")
    assert [one.result for one in matter.approvals()] == ["closed", ""]
    assert [one.result for one in paper.approvals()] == ["closed", ""]
    assert paper.node() == "prepare", "the document begins its way anew"
    send(house, matter)
    assert (duty_of(matter).status, matter.node()) == ("sent", "direct")
    assert [one.result for one in matter.approvals()] == ["closed", ""]
    assert "task.escalate" in event_names(task)
    assert verify_trail().ok


def test_a_report_after_the_duty_was_sent_leaves_its_flow_waiting_for_the_direction(house: House) -> None:
    task, matter = escalated_by_sweep(house)
    send(house, matter)
    report = handed_in(house, task)
    assert matter.node() == "direct"
    report.act("return", house.reviewer, now=at(date(2022, 11, 2)))
    assert (matter.node(), len(matter.approvals())) == ("direct", 1)


def test_a_consulted_bodys_late_answer_to_the_provinces_work_is_reported_and_answered(house: House) -> None:
    """Ladder C: as soon as it is late; the answer that comes closes it, and an answer sent back opens it again."""
    matter = escalation_at(house, "report", hosted_by=house.division)
    task, paper = task_of(matter), report_of(matter)
    assert (paper.approval().unit, paper.node()) == (house.division, "prepare")
    record_answer(task.pk, "9/STC", NOW.date(), "Thống nhất.", by=house.clerk, now=NOW)
    assert [matter.approval().result, paper.approval().result] == ["closed", "closed"]
    return_answer(task.pk, 1, "Chưa trả lời điểm 2.", by=house.member, now=NOW)
    assert duty_of(matter).status == "duty"
    assert [one.result for one in matter.approvals()] == ["closed", ""]
    assert paper.node() == "prepare"


def test_cancelling_the_task_closes_what_was_not_sent(house: House) -> None:
    matter = escalation_at(house, "report")
    paper = report_of(matter)
    cancel_task(task_of(matter).pk, "Không còn cần.", by=house.leader, now=NOW)
    assert [matter.approval().result, paper.approval().result] == ["closed", "closed"]


def test_nobody_records_a_direction_before_the_report_went_out(house: House) -> None:
    matter = escalation_at(house, "report")
    with pytest.raises(NotFound):
        matter.act("record", house.clerk)
    waiting = matter.approval().task_set.get(finished__isnull=True)
    with pytest.raises(WrongState):
        decide(waiting.pk, "record", None, DIRECTED, by=house.clerk, now=NOW)
    assert Direction.objects.count() == 0
