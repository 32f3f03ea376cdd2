"""What an approval leaves behind when its ground goes, and how long a draft may take."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import transaction

from approvals.models import Approval, Step
from approvals.steps import EFFECTS, Decision
from tests.approvals.factories import (
    Matter,
    consultation,
    document_at,
    escalation_at,
    report_at,
    rules,
    task_of,
    told_by,
)
from tests.factories import House, at, event_names, events_of, make_task
from workflow.actions.adjustment import ask_extension, raise_obstacle
from workflow.actions.document import cancel_draft
from workflow.actions.flow import close_flows
from workflow.actions.report import save_draft
from workflow.actions.sweep import sweep
from workflow.actions.task import cancel_task
from workflow.choices import FlowKind, Ladder
from workflow.models import AuditEvent, Reminder, Task
from workflow.queries.trail import verify_facts, verify_trail

pytestmark = pytest.mark.django_db

NOW = at(date(2022, 10, 10), "09:00")
DUE = date(2022, 10, 14)
LATE = at(date(2022, 10, 18), "09:00")


def due_of_the_draft(task: Task) -> date | None:
    """The last day of the step at which the report is written."""
    return Step.objects.get(
        process__subject=task, process__kind="report", decided_at__isnull=True, codename__gt=""
    ).due_on


def test_a_draft_may_take_until_the_task_is_due(house: House) -> None:
    task = make_task(house, due_on=date(2022, 12, 14))
    save_draft(task.pk, "Mới có khung.", by=house.member, now=NOW)
    assert due_of_the_draft(task) == date(2022, 12, 14)


def test_a_late_draft_has_the_days_of_any_step(house: House) -> None:
    task = make_task(house, due_on=date(2022, 10, 7))
    save_draft(task.pk, "Xin nộp muộn.", by=house.member, now=NOW)
    assert due_of_the_draft(task) == date(2022, 10, 12)


def test_those_who_took_part_are_told_when_the_ground_goes(house: House) -> None:
    task = make_task(house, due_on=DUE)
    asked = ask_extension(task.pk, "Thiếu số liệu.", date(2022, 10, 21), by=house.head, now=NOW)
    matter = Matter(FlowKind.EXTENSION, asked.pk)
    matter.act("advise", house.reviewer, now=NOW)
    told = told_by(lambda: cancel_task(task.pk, "Không còn cần.", by=house.leader, now=NOW))
    approval = matter.approval()
    assert (approval.result, approval.closed_at) == ("closed", NOW)
    assert set(told) == {house.head.person_id, house.reviewer.person_id}
    [text] = told[house.reviewer.person_id]
    assert "hồ sơ đã đóng (nhiệm vụ đã hủy)" in text
    assert told[house.head.person_id] == [f"Nhiệm vụ đã hủy (Không còn cần.): {task.title}"], "the act itself is told"


# --- the event of a flow that is closed ---


def closings(task: Task) -> list[dict[str, object]]:
    """What the task's events of closed flows say, in order."""
    return [dict(event["details"]) for event in events_of(task) if event["name"] == "approval.close"]  # type: ignore[call-overload]


def test_each_closed_flow_has_one_event_in_its_tasks_chain_that_says_where_it_waited(house: House) -> None:
    task = make_task(house, due_on=DUE)
    save_draft(task.pk, "Mới có khung.", by=house.member, now=NOW)
    asked = ask_extension(task.pk, "Thiếu số liệu.", date(2022, 10, 21), by=house.head, now=NOW)
    raised = raise_obstacle(task.pk, "Thiếu máy.", by=house.member, now=NOW)
    extension, obstacle = Matter(FlowKind.EXTENSION, asked.pk), Matter(FlowKind.OBSTACLE, raised.pk)
    obstacle.act("advise", house.reviewer, now=NOW)
    waited = {one.approval().pk: one.step() for one in (Matter(FlowKind.REPORT, task.pk), extension, obstacle)}
    cancel_task(task.pk, "Không còn cần.", by=house.leader, now=NOW)
    told = closings(task)
    assert {row["approval"]: (row["flow"], row["step"], row["node"], row["title"]) for row in told} == {
        pk: (step.process.kind, step.pk, step.flow_task.name, step.title) for pk, step in waited.items()
    }
    assert [row["reason"] for row in told] == ["nhiệm vụ đã hủy"] * 3
    assert event_names(task)[-4:] == ["approval.close"] * 3 + ["task.cancel"]
    events = AuditEvent.objects.filter(task_id=task.pk).order_by("-seq")[:4]
    assert len({event.action_id for event in events}) == 1, "one act"
    assert verify_trail().ok
    assert verify_facts().ok


def test_a_flow_of_no_task_is_closed_in_a_chain_of_its_own(house: House) -> None:
    matter = document_at(house, "form", alone=True)
    step = matter.step()
    cancel_draft(matter.pk, by=house.office_member, now=LATE)
    events = AuditEvent.objects.filter(chain=f"approval:{matter.approval().pk}").order_by("seq")
    assert [event.name for event in events] == ["approval.decide", "approval.decide", "approval.close"]
    said = json.loads(events[2].body)["details"]
    assert (said["step"], said["node"], said["reason"]) == (step.pk, "form", "dự thảo đã bỏ")
    assert verify_trail().ok


def test_flows_that_a_decision_closes_beside_its_own_have_their_events_before_the_decisions(house: House) -> None:
    report = report_at(house, "draft", now=NOW)
    asked = ask_extension(report.pk, "Thiếu số liệu.", date(2022, 10, 21), by=house.head, now=NOW)
    report.act("submit", house.head, now=NOW)
    report.act("accept", house.reviewer, now=NOW)
    task = task_of(report)
    assert [row["approval"] for row in closings(task)] == [Matter(FlowKind.EXTENSION, asked.pk).approval().pk]
    assert event_names(task)[-3:] == ["approval.close", "task.review", "approval.decide"]
    assert verify_trail().ok


def test_the_engine_closes_the_drafts_of_many_tasks_in_one_batch_each_in_its_own_chain(house: House) -> None:
    rules(house)
    asked = [consultation(house, ladder=Ladder.B) for _number in range(3)]
    sweep(now=at(date(2022, 10, 17), "08:30"))
    assert Reminder.objects.filter(task__in=asked, status="draft").count() == 3
    sweep(now=at(date(2022, 12, 1), "09:00"))
    for task in asked:
        [told] = closings(task)
        assert (told["flow"], told["node"], told["reason"]) == ("document", "prepare", "đã chuyển UBND tỉnh")
        assert event_names(task)[-1] == "task.escalate"
    assert verify_trail().ok


def test_a_flow_of_another_task_than_the_caller_holds_is_not_closed_behind_its_back(house: House) -> None:
    matter, other = report_at(house, "draft", now=NOW), make_task(house)
    with pytest.raises(LookupError), transaction.atomic():
        close_flows(FlowKind.REPORT, [matter.pk], "Không còn cần.", of=other, by=None, now=NOW)
    assert matter.node() == "draft"


# --- an effect that takes the ground from its own flow ---


def test_a_decision_whose_effect_closes_its_own_flow_stays_and_moves_nothing_on(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No effect of today does so; one that did must not move a closed flow on, nor lose what was decided."""
    matter = document_at(house, "form")

    def drop(approval: Approval, given: Decision) -> object:
        return cancel_draft(approval.target_id, by=None, now=given.now)

    monkeypatch.setitem(EFFECTS, (FlowKind.DOCUMENT, "form", "approve"), drop)
    step = matter.step()
    told = told_by(lambda: matter.act("approve", house.reviewer, note="Đạt.", now=LATE))
    approval = matter.approval()
    assert (approval.result, approval.closed_at, approval.closed_reason) == ("closed", LATE, "dự thảo đã bỏ")
    assert (approval.status, matter.node()) == ("CANCELED", "")
    step.refresh_from_db()
    assert (step.owner_id, step.outcome, step.note, step.status) == (
        house.reviewer.person_id,
        "approve",
        "Đạt.",
        "DONE",
    )
    assert (step.decided_at, step.finished) == (LATE, LATE)
    assert not Step.objects.filter(process=approval, finished__isnull=True).exists()
    assert event_names(task_of(matter))[-2:] == ["approval.close", "approval.decide"]
    assert {person: len(texts) for person, texts in told.items()} == {
        house.office_member.person_id: 1,
        house.chief.person_id: 1,
    }
    assert verify_trail().ok


# --- what UBND tỉnh answers after the end ---


def test_the_answer_to_a_report_that_was_sent_can_be_recorded_after_the_task_was_cancelled(house: House) -> None:
    matter = escalation_at(house, "direct")
    task = Task.objects.get(pk=matter.approval().subject_id)
    cancel_task(task.pk, "Không còn cần.", by=house.leader, now=LATE)
    assert matter.node() == "direct"
    said = {"number": "5/UBND-KT", "issued_on": LATE.date(), "content": "Đồng ý kết thúc."}
    matter.act("record", house.reviewer, now=LATE, **said)
    task.refresh_from_db()
    assert (matter.approval().result, matter.node(), task.state) == ("approved", "", "cancelled")
