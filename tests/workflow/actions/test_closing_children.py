"""Nothing outlives the work that it was asked for: what closes with a parent, and what stays owed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import transaction

from tests.factories import MONDAY, House, at, event_names, last_event, make_drafted_reminder, make_duty, make_task
from workflow.actions.audit import ENGINE_NAME
from workflow.actions.escalation import escalate_task, record_direction, send_escalation
from workflow.actions.policy import seed_rules
from workflow.actions.report import review_report, save_draft, submit_report
from workflow.actions.sweep import sweep
from workflow.actions.task import cancel_task, close_children, settle_closing
from workflow.actions.transition import lock_task
from workflow.actions.unit import sync_grants
from workflow.choices import (
    DocumentStatus,
    EscalationStatus,
    Ladder,
    ReminderStatus,
    RequestStatus,
    TaskKind,
    TaskOrigin,
    TaskState,
)
from workflow.models import Document, Escalation, Extension, Notification, Obstacle, Task
from workflow.queries.trail import verify_trail
from workflow.queries.trail.facts import verify_facts

NOW = at(MONDAY)
RAISED = at(date(2022, 10, 24))
SENT = at(date(2022, 10, 25))
ANSWERED = at(date(2022, 11, 4))
OPEN_STATES = [TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.WAITING_EVENT, TaskState.SUSPENDED]


def dossier(house: House, **columns: object) -> Task:
    columns.setdefault("due_on", date(2022, 10, 31))
    return make_task(
        house,
        kind=TaskKind.DOSSIER,
        origin=TaskOrigin.PROCEDURE,
        processing_until=columns["due_on"],
        state=TaskState.IN_PROGRESS,
        **columns,
    )


def question(house: House, parent: Task, **columns: object) -> Task:
    columns.setdefault("unit", house.silent_body)
    return make_task(
        house,
        kind=TaskKind.CONSULTATION,
        origin=parent.origin,
        ladder=Ladder.B,
        parent=parent,
        host_unit=house.division,
        processing_until=parent.processing_until,
        by_paper=True,
        **columns,
    )


def review(house: House, task: Task) -> None:
    save_draft(task.pk, "Đã thực hiện xong.", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    review_report(task.pk, 1, True, True, True, by=house.reviewer, now=at(MONDAY + timedelta(days=1)))


def state_of(task: Task) -> str:
    return Task.objects.get(pk=task.pk).state


def ask_for_more(house: House, task: Task) -> tuple[Extension, Obstacle]:
    extension = Extension.objects.create(
        task=task,
        reason="x",
        old_due=date(2022, 10, 14),
        wanted_due=date(2022, 10, 28),
        asked_by_id=house.head.person_id,
        asked_name="x",
        asked_at=NOW,
    )
    obstacle = Obstacle.objects.create(
        task=task, text="x", raised_by_id=house.head.person_id, raised_name="x", raised_at=NOW
    )
    Task.objects.filter(pk=task.pk).update(obstacle_open=True)
    return extension, obstacle


# Duyệt


def test_reviewing_the_parent_closes_the_questions_that_nobody_answered(house: House) -> None:
    parent = dossier(house)
    silent = question(house, parent)
    review(house, parent)
    assert state_of(silent) == TaskState.CANCELLED
    event = last_event(silent)
    assert (event["name"], event["actor"]["name"]) == ("task.cancel", ENGINE_NAME)
    assert event["details"]["parent"] == parent.code
    assert "đã duyệt" in str(event["details"]["reason"])
    assert event["action"] == last_event(parent)["action"], "one act, one action id"


def test_a_silent_body_is_not_reported_to_ubnd_for_finished_work(house: House) -> None:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    parent = dossier(house)
    silent = question(house, parent)
    review(house, parent)
    late = sweep(now=at(date(2022, 11, 7)))
    assert (late.count("escalate"), late.count("remind")) == (0, 0)
    assert not Escalation.objects.filter(task=silent).exists()


def test_without_the_review_the_same_silent_body_is_reported(house: House) -> None:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    silent = question(house, dossier(house))
    sweep(now=at(date(2022, 11, 7)))
    assert Escalation.objects.filter(task=silent).exists()


def test_what_supporting_units_and_the_next_steps_owe_stays_owed_after_the_review(house: House) -> None:
    parent = make_task(house, state=TaskState.IN_PROGRESS)
    support = make_task(house, parent=parent, kind=TaskKind.SUPPORT, unit=house.other, host_unit=house.division)
    under_support = question(house, support, unit=house.body)
    second = make_task(
        house, parent=parent, kind=TaskKind.HANDOFF, unit=house.other, sequence=1, state=TaskState.WAITING_EVENT
    )
    review(house, parent)
    assert state_of(support) == TaskState.ASSIGNED
    assert state_of(under_support) == TaskState.ASSIGNED, "its own parent is still at work"
    assert state_of(second) == TaskState.ASSIGNED, "its turn has come"


def test_an_answer_that_was_accepted_stays_as_it_is(house: House) -> None:
    parent = dossier(house)
    done = question(house, parent, state=TaskState.REVIEWED)
    review(house, parent)
    assert state_of(done) == TaskState.REVIEWED
    assert event_names(done) == []


def test_what_was_drafted_for_a_closed_question_is_withdrawn(house: House) -> None:
    parent = dossier(house)
    silent = question(house, parent, state=TaskState.IN_PROGRESS)
    reminder = make_drafted_reminder(silent)
    duty = make_duty(silent)
    review(house, parent)
    reminder.refresh_from_db()
    duty.refresh_from_db()
    assert (reminder.status, duty.status) == (ReminderStatus.WITHDRAWN, EscalationStatus.WITHDRAWN)
    assert set(Document.objects.filter(task=silent).values_list("status", flat=True)) == {DocumentStatus.CANCELLED}
    details = last_event(silent)["details"]
    assert (details["withdrawn_reminders"], details["settled_duties"]) == ([reminder.pk], [duty.pk])


# Kết thúc theo ý kiến chỉ đạo


def closed_by_direction(house: House, task: Task) -> None:
    escalation = escalate_task(task.pk, "", by=house.reviewer, now=RAISED)
    send_escalation(escalation.pk, by=house.clerk, now=SENT)
    record_direction(
        escalation.pk, "1234/UBND-KT", date(2022, 11, 3), "Dừng thực hiện", None, True, by=house.clerk, now=ANSWERED
    )


@pytest.fixture
def reported(house: House) -> Task:
    """A task with two unanswered reminders, which may be reported to UBND tỉnh."""
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    return make_task(
        house, state=TaskState.IN_PROGRESS, reminders_issued=2, last_reminder_at=at(date(2022, 10, 18)), nudged_days=1
    )


@pytest.mark.parametrize("state", OPEN_STATES)
def test_a_direction_that_closes_takes_every_open_task_under_it_along(
    house: House, reported: Task, state: TaskState
) -> None:
    child = make_task(
        house, parent=reported, kind=TaskKind.SUPPORT, unit=house.other, host_unit=house.division, state=state
    )
    grandchild = question(house, child, unit=house.body)
    closed_by_direction(house, reported)
    assert [state_of(task) for task in (reported, child, grandchild)] == [TaskState.CANCELLED] * 3
    assert "1234/UBND-KT" in str(last_event(child)["details"]["reason"])
    assert last_event(grandchild)["details"]["parent"] == child.code
    assert Notification.objects.filter(task=child, person_id=house.other_head.person_id).exists()


def test_a_clerk_without_the_right_to_cancel_may_record_a_direction_that_closes_children(
    house: House, reported: Task
) -> None:
    child = make_task(house, parent=reported, kind=TaskKind.SUPPORT, unit=house.other, host_unit=house.division)
    closed_by_direction(house, reported)
    assert last_event(child)["actor"]["id"] is None, "the right was asked for on the parent"
    assert last_event(reported)["actor"]["id"] == house.clerk.person_id


def test_a_direction_that_closes_withdraws_what_was_asked_for_and_names_it(house: House, reported: Task) -> None:
    escalation = escalate_task(reported.pk, "", by=house.reviewer, now=RAISED)
    send_escalation(escalation.pk, by=house.clerk, now=SENT)
    extension, obstacle = ask_for_more(house, reported)
    record_direction(escalation.pk, "1234/UBND-KT", date(2022, 11, 3), "Dừng", None, True, by=house.clerk, now=ANSWERED)
    extension.refresh_from_db()
    obstacle.refresh_from_db()
    assert (extension.status, obstacle.status) == (RequestStatus.WITHDRAWN, RequestStatus.WITHDRAWN)
    details = last_event(reported)["details"]
    assert details["withdrawn_extensions"] == [extension.pk]
    assert details["withdrawn_obstacles"] == [obstacle.pk]
    task = Task.objects.get(pk=reported.pk)
    assert (task.obstacle_open, task.closed_at) == (False, ANSWERED)


def test_a_direction_with_a_new_deadline_closes_nothing(house: House, reported: Task) -> None:
    child = make_task(house, parent=reported, kind=TaskKind.SUPPORT, unit=house.other, host_unit=house.division)
    escalation = escalate_task(reported.pk, "", by=house.reviewer, now=RAISED)
    send_escalation(escalation.pk, by=house.clerk, now=SENT)
    record_direction(
        escalation.pk, "1/UBND", date(2022, 11, 3), "Làm tiếp", date(2022, 11, 25), by=house.clerk, now=ANSWERED
    )
    assert state_of(child) == TaskState.ASSIGNED


# Hủy


def test_cancelling_names_the_requests_that_went_with_each_task(house: House) -> None:
    parent = make_task(house)
    child = make_task(house, parent=parent, kind=TaskKind.SUPPORT, unit=house.other, host_unit=house.division)
    asked = [ask_for_more(house, task) for task in (parent, child)]
    cancel_task(parent.pk, "không còn cần", by=house.leader, now=NOW)
    for task, (extension, obstacle) in zip((parent, child), asked, strict=True):
        details = last_event(task)["details"]
        assert (details["withdrawn_extensions"], details["withdrawn_obstacles"]) == ([extension.pk], [obstacle.pk])
        assert Extension.objects.get(pk=extension.pk).status == RequestStatus.WITHDRAWN
        assert Obstacle.objects.get(pk=obstacle.pk).status == RequestStatus.WITHDRAWN


def test_an_event_names_no_requests_where_there_were_none(house: House) -> None:
    task = make_task(house)
    cancel_task(task.pk, "không còn cần", by=house.leader, now=NOW)
    assert last_event(task)["details"] == {"reason": "không còn cần"}


def test_the_one_who_cancels_is_not_told_and_the_consulted_body_is(house: House) -> None:
    parent = dossier(house)
    asked = question(house, parent, unit=house.body)
    sync_grants(by=None, now=NOW)
    cancel_task(parent.pk, "rút hồ sơ", by=house.leader, now=NOW)
    told = set(Notification.objects.filter(task=asked).values_list("person_id", flat=True))
    assert house.outsider.person_id in told
    assert house.leader.person_id not in told


# The helper itself


def test_only_the_kinds_that_are_named_close(house: House) -> None:
    parent = make_task(house)
    support = make_task(house, parent=parent, kind=TaskKind.SUPPORT, unit=house.other, host_unit=house.division)
    asked = question(house, parent)
    with transaction.atomic():
        closed = close_children(
            lock_task(parent.pk, by=None), "thử", kinds=(TaskKind.CONSULTATION,), by=house.leader, now=NOW
        )
    assert [task.pk for task in closed] == [asked.pk]
    assert state_of(support) == TaskState.ASSIGNED


def test_what_is_closed_already_is_left_alone(house: House) -> None:
    parent = make_task(house)
    for state in (TaskState.REVIEWED, TaskState.CANCELLED):
        make_task(house, parent=parent, kind=TaskKind.SUPPORT, state=state)
    with transaction.atomic():
        assert close_children(lock_task(parent.pk, by=None), "thử", by=None, now=NOW) == []


def test_settling_a_task_with_nothing_open_only_closes_it(house: House) -> None:
    task = make_task(house)
    with transaction.atomic():
        settled = settle_closing(lock_task(task.pk, by=None), "thử", by=None, now=NOW)
    assert settled.changes == {"closed_at": NOW, "obstacle_open": False}
    assert settled.details == {}


def test_the_trail_and_the_facts_agree_after_a_cascade(house: House) -> None:
    parent = dossier(house)
    silent = question(house, parent, state=TaskState.IN_PROGRESS)
    make_drafted_reminder(silent)
    review(house, parent)
    assert verify_facts().disagreements == ()
    bad = [one for one in verify_trail().bad if one.chain != f"task:{silent.pk}"]
    assert bad == [], "the reminder of the test was written behind the door, everything else holds"
