"""What follows from an act: drafts withdrawn, duties settled and restored, hand-offs, the children's clocks."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import transaction

from tests.factories import (
    MONDAY,
    House,
    at,
    event_names,
    last_event,
    make_draft_document,
    make_drafted_reminder,
    make_duty,
    make_task,
)
from workflow.actions.task import hand_on, move_processing_end, restore_duty, settle_answer, settle_task
from workflow.actions.transition import lock_task
from workflow.choices import (
    DocumentStatus,
    EscalationStatus,
    ReminderStatus,
    TaskKind,
    TaskState,
)
from workflow.models import AuditEvent, Document, Escalation, Notification, Reminder, Task

NOW = at(MONDAY)


def handoffs(house: House, count: int) -> tuple[Task, list[Task]]:
    """Make a first task and its waiting steps, in order."""
    first = make_task(house, state=TaskState.REVIEWED)
    steps = [
        make_task(
            house,
            parent=first,
            kind=TaskKind.HANDOFF,
            sequence=number,
            unit=house.other,
            host_unit=house.division,
            state=TaskState.WAITING_EVENT,
        )
        for number in range(1, count + 1)
    ]
    return first, steps


def test_an_answer_withdraws_a_drafted_reminder_with_its_draft_document(house: House) -> None:
    task = make_task(house)
    reminder = make_drafted_reminder(task)
    task.refresh_from_db()
    settled = settle_answer(task, by=None, now=NOW)
    reminder.refresh_from_db()
    assert (reminder.status, reminder.withdrawn_at, reminder.withdrawn_reason) == (
        ReminderStatus.WITHDRAWN,
        NOW,
        "đã có trả lời",
    )
    assert Document.objects.get(pk=reminder.document_id).status == DocumentStatus.CANCELLED
    assert settled.changes == {"reminder_drafted": False}
    assert settled.details == {"withdrawn_reminders": [reminder.pk], "settled_because": "đã có trả lời"}


def test_an_issued_reminder_stands(house: House) -> None:
    task = make_task(house)
    reminder = make_drafted_reminder(task)
    Reminder.objects.filter(pk=reminder.pk).update(status=ReminderStatus.ISSUED, issued_at=NOW)
    Task.objects.filter(pk=task.pk).update(reminder_drafted=False)
    task.refresh_from_db()
    settled = settle_answer(task, by=None, now=NOW)
    assert Reminder.objects.get(pk=reminder.pk).status == ReminderStatus.ISSUED
    assert (settled.changes, settled.details) == ({}, {})


def test_an_answer_settles_an_unsent_duty_and_leaves_a_sent_one(house: House) -> None:
    unsent, sent = (make_task(house, state=TaskState.ESCALATED) for _ in range(2))
    duty, letter = make_duty(unsent), make_duty(sent, EscalationStatus.SENT)
    settle_answer(unsent, by=None, now=NOW)
    settle_answer(sent, by=None, now=NOW)
    duty.refresh_from_db()
    assert (duty.status, duty.closed_at, duty.closed_reason) == (EscalationStatus.ANSWERED, NOW, "đã có trả lời")
    assert Document.objects.get(pk=duty.document_id).status == DocumentStatus.CANCELLED
    assert Escalation.objects.get(pk=letter.pk).status == EscalationStatus.SENT


def test_a_dropped_document_has_an_event_in_its_own_chain(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED)
    duty = make_duty(task)
    settle_answer(task, by=house.clerk, now=NOW)
    Task.objects.filter(pk=task.pk).update(state=TaskState.IN_PROGRESS)
    with transaction.atomic():
        restore_duty(lock_task(task.pk, by=None), "ý kiến bị trả lại", now=NOW)
    events = [json.loads(row.body) for row in AuditEvent.objects.filter(chain=f"document:{duty.document_id}")]
    assert [event["name"] for event in events] == ["document.cancel", "document.restore"]
    assert [event["actor"]["id"] for event in events] == [house.clerk.person_id, None]
    assert events[0]["after"] == {"status": DocumentStatus.CANCELLED}
    assert events[1]["details"] == {"reason": "ý kiến bị trả lại"}


def test_settling_without_a_word_on_duties_leaves_them(house: House) -> None:
    task = make_task(house)
    duty = make_duty(task)
    settle_task(task, "tạm dừng", now=NOW)
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.DUTY


def test_other_documents_of_the_task_are_left_alone(house: House) -> None:
    task = make_task(house)
    make_drafted_reminder(task)
    other = make_draft_document(task)
    settle_answer(task, by=None, now=NOW)
    assert Document.objects.get(pk=other.pk).status == DocumentStatus.DRAFT


def test_a_duty_that_a_returned_report_had_answered_stands_again(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED, ladder_done=True)
    duty = make_duty(task)
    settle_answer(task, by=None, now=NOW)
    Task.objects.filter(pk=task.pk).update(state=TaskState.IN_PROGRESS)
    with transaction.atomic():
        restored = restore_duty(lock_task(task.pk, by=None), "báo cáo bị trả lại", now=NOW)
    assert restored == duty
    duty.refresh_from_db()
    assert (duty.status, duty.closed_at) == (EscalationStatus.DUTY, None)
    assert Document.objects.get(pk=duty.document_id).status == DocumentStatus.DRAFT
    task.refresh_from_db()
    assert task.state == TaskState.ESCALATED
    event = last_event(task)
    assert (event["name"], event["actor"]["id"]) == ("task.escalate", None)
    assert event["details"] == {"duty": duty.pk, "restored_because": "báo cáo bị trả lại"}


@pytest.mark.parametrize("status", [EscalationStatus.WITHDRAWN, EscalationStatus.DIRECTED])
def test_a_duty_that_was_ended_otherwise_does_not_come_back(house: House, status: EscalationStatus) -> None:
    task = make_task(house, state=TaskState.IN_PROGRESS)
    make_duty(task, status)
    with transaction.atomic():
        assert restore_duty(lock_task(task.pk, by=None), "x", now=NOW) is None
    assert event_names(task) == []


def test_a_duty_of_an_earlier_round_does_not_come_back(house: House) -> None:
    task = make_task(house, state=TaskState.IN_PROGRESS, round=2)
    duty = make_duty(task, EscalationStatus.SENT)
    Escalation.objects.filter(pk=duty.pk).update(round=1)
    with transaction.atomic():
        assert restore_duty(lock_task(task.pk, by=None), "x", now=NOW) is None


def test_the_first_waiting_step_starts_after_its_task(house: House) -> None:
    first, (second, third) = handoffs(house, 2)
    armed = hand_on(first, "Báo cáo bản 2 của P-A", now=NOW)
    assert armed == second
    second.refresh_from_db()
    assert second.state == TaskState.ASSIGNED
    assert (second.event_number, second.event_on) == ("Báo cáo bản 2 của P-A", MONDAY)
    event = last_event(second)
    assert (event["name"], event["actor"]["id"]) == ("task.arm", None)
    assert event["details"] == {"after": first.code}
    third.refresh_from_db()
    assert third.state == TaskState.WAITING_EVENT
    assert Notification.objects.get(person_id=house.other_head.person_id).task == second


def test_the_next_step_starts_after_the_step_before(house: House) -> None:
    first, (second, third, _fourth) = handoffs(house, 3)
    hand_on(first, "a", now=NOW)
    second.refresh_from_db()
    assert hand_on(second, "b", now=NOW) == third


def test_a_step_that_comes_before_is_not_started_by_a_later_one(house: House) -> None:
    _first, (second, third) = handoffs(house, 2)
    assert hand_on(third, "b", now=NOW) is None
    second.refresh_from_db()
    assert second.state == TaskState.WAITING_EVENT


def test_without_steps_nothing_is_handed_on(house: House) -> None:
    assert hand_on(make_task(house, state=TaskState.REVIEWED), "a", now=NOW) is None


def test_a_long_reference_is_cut_to_what_fits(house: House) -> None:
    first, (second,) = handoffs(house, 1)
    hand_on(first, "Báo cáo bản 1 của " + "x" * 100, now=NOW)
    second.refresh_from_db()
    assert len(second.event_number) == 60


def test_open_consultations_follow_their_dossier(house: House) -> None:
    parent = make_task(house, kind=TaskKind.DOSSIER)
    columns = {"parent": parent, "kind": TaskKind.CONSULTATION, "unit": house.body, "host_unit": house.division}
    waiting = make_task(house, processing_until=parent.due_on, **columns)
    answered = make_task(house, processing_until=parent.due_on, state=TaskState.REVIEWED, **columns)
    support = make_task(house, parent=parent, kind=TaskKind.SUPPORT)
    later = date(2022, 10, 28)
    assert move_processing_end(parent, later, by=house.leader, now=NOW) == [waiting]
    waiting.refresh_from_db()
    assert waiting.processing_until == later
    event = last_event(waiting)
    assert event["name"] == "task.move_processing_end"
    assert event["before"] == {"processing_until": "2022-10-14"}
    assert event["after"] == {"processing_until": "2022-10-28"}
    assert event_names(answered) == []
    assert event_names(support) == []


def test_consultations_of_a_plan_task_have_no_processing_time_to_follow(house: House) -> None:
    parent = make_task(house)
    child = make_task(house, parent=parent, kind=TaskKind.CONSULTATION, unit=house.body, host_unit=house.division)
    assert move_processing_end(parent, date(2022, 10, 28), by=None, now=NOW) == []
    assert event_names(child) == []


def test_a_processing_end_that_did_not_move_leaves_no_event(house: House) -> None:
    parent = make_task(house, kind=TaskKind.DOSSIER)
    child = make_task(
        house,
        parent=parent,
        kind=TaskKind.CONSULTATION,
        unit=house.body,
        host_unit=house.division,
        processing_until=parent.due_on,
    )
    assert move_processing_end(parent, parent.due_on, by=None, now=NOW) == []
    assert event_names(child) == []


def test_a_body_that_got_a_later_deadline_keeps_its_time_until_then(house: House) -> None:
    parent = make_task(house, kind=TaskKind.DOSSIER)
    later = date(2022, 11, 30)
    columns = {"parent": parent, "kind": TaskKind.CONSULTATION, "unit": house.body, "host_unit": house.division}
    child = make_task(house, round=2, due_on=later, processing_until=later, **columns)
    assert move_processing_end(parent, date(2022, 10, 28), by=None, now=NOW) == []
    child.refresh_from_db()
    assert child.processing_until == later
    assert [moved.processing_until for moved in move_processing_end(parent, None, by=None, now=NOW)] == [None]
    assert [moved.processing_until for moved in move_processing_end(parent, later, by=None, now=NOW)] == [later]
