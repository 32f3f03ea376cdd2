"""Tạm dừng: the clock stops on a legal ground and the deadline moves by the working days lost."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import MONDAY, House, at, event_names, last_event, make_drafted_reminder, make_task, strangers_of
from workflow.actions.adjustment import resume_task, suspend_task
from workflow.actions.consultation import consult
from workflow.actions.task import open_dossier
from workflow.choices import CalendarKind, Certainty, ReminderStatus, TaskKind, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import CalendarDay, Notification, Reminder, Suspension, Task
from workflow.permissions import Actor

NOW = at(MONDAY)
DUE = date(2022, 10, 14)


def suspend(house: House, task: Task, *, by: Actor | None = None, on: date = MONDAY) -> Suspension:
    """Suspend by the handling member, unless said otherwise."""
    return suspend_task(task.pk, "Chờ kết luận thanh tra", "5/TTr", on, by=by or house.member, now=at(on))


@pytest.mark.parametrize("state", [TaskState.ASSIGNED, TaskState.IN_PROGRESS])
def test_a_task_is_suspended_on_a_ground_and_goes_on_where_it_was(house: House, state: TaskState) -> None:
    task = make_task(house, state=state)
    suspension = suspend(house, task)
    task.refresh_from_db()
    assert (task.state, task.suspended_from, task.next_due) == (TaskState.SUSPENDED, state, None)
    assert (suspension.started_on, suspension.resumed_on) == (MONDAY, None)
    event = last_event(task)
    assert event["name"] == "task.suspend"
    assert event["details"] == {
        "ground": "Chờ kết luận thanh tra",
        "ground_number": "5/TTr",
        "ground_on": "2022-10-03",
    }
    resume_task(task.pk, by=house.member, now=NOW)
    task.refresh_from_db()
    assert task.state == state


@pytest.mark.parametrize("name", ["member", "head", "reviewer", "chief"])
def test_the_handling_unit_or_the_office_suspends_and_resumes(house: House, name: str) -> None:
    task = make_task(house)
    suspend(house, task, by=getattr(house, name))
    resume_task(task.pk, by=getattr(house, name), now=NOW)
    assert event_names(task) == ["task.suspend", "task.resume"]


@pytest.mark.parametrize("name", ["leader", "clerk", "inspector"])
def test_nobody_else_suspends_or_resumes(house: House, name: str) -> None:
    running, stopped = make_task(house), make_task(house)
    suspend(house, stopped)
    with pytest.raises(NotPermitted):
        suspend(house, running, by=getattr(house, name))
    with pytest.raises(NotPermitted):
        resume_task(stopped.pk, by=getattr(house, name), now=NOW)


def test_strangers_find_nothing_to_suspend(house: House) -> None:
    task = make_task(house)
    for actor in strangers_of(house):
        with pytest.raises(NotFound):
            suspend(house, task, by=actor)
        with pytest.raises(NotFound):
            resume_task(task.pk, by=actor, now=NOW)


@pytest.mark.parametrize(
    ("ground", "number", "day", "fields"),
    [
        ("", "5", MONDAY, {"ground"}),
        ("x", " ", MONDAY, {"ground_number"}),
        ("x", "5" * 61, MONDAY, {"ground_number"}),
        ("x", "5", MONDAY + timedelta(days=1), {"ground_on"}),
        ("", "", MONDAY + timedelta(days=1), {"ground", "ground_number", "ground_on"}),
    ],
)
def test_a_suspension_needs_its_whole_ground(
    house: House, ground: str, number: str, day: date, fields: set[str]
) -> None:
    task = make_task(house)
    with pytest.raises(Invalid) as error:
        suspend_task(task.pk, ground, number, day, by=house.member, now=NOW)
    assert set(error.value.fields) == fields
    assert not Suspension.objects.exists()


@pytest.mark.parametrize(
    "state", [TaskState.REPORTED, TaskState.ESCALATED, TaskState.WAITING_EVENT, TaskState.REVIEWED]
)
def test_only_a_running_clock_is_stopped(house: House, state: TaskState) -> None:
    with pytest.raises(WrongState):
        suspend(house, make_task(house, state=state))


def test_a_task_is_suspended_once_and_resumed_once(house: House) -> None:
    task = make_task(house)
    suspend(house, task)
    with pytest.raises(WrongState):
        suspend(house, task)
    resume_task(task.pk, by=house.member, now=NOW)
    with pytest.raises(WrongState, match="không phải đang tạm dừng"):
        resume_task(task.pk, by=house.member, now=NOW)


@pytest.mark.parametrize(
    ("resumed", "moved", "due"),
    [
        (MONDAY, 0, DUE),
        (date(2022, 10, 4), 1, date(2022, 10, 17)),
        (date(2022, 10, 7), 4, date(2022, 10, 20)),
        (date(2022, 10, 9), 4, date(2022, 10, 20)),
        (date(2022, 10, 10), 5, date(2022, 10, 21)),
        (date(2022, 11, 7), 25, date(2022, 11, 18)),
    ],
)
def test_the_deadline_moves_by_the_working_days_suspended(house: House, resumed: date, moved: int, due: date) -> None:
    task = make_task(house, nudged_days=5)
    suspend(house, task)
    suspension = resume_task(task.pk, by=house.member, now=at(resumed))
    task.refresh_from_db()
    assert (suspension.days_moved, task.due_on, task.last_day, task.due_first) == (moved, due, due, DUE)
    assert task.nudged_days == (0 if moved else 5)
    assert last_event(task)["details"]["days_moved"] == moved


def test_days_off_in_the_suspension_do_not_count_and_days_off_after_it_are_passed_over(house: House) -> None:
    days = [(date(2022, 10, 5), CalendarKind.OFF), (date(2022, 10, 17), CalendarKind.OFF)]
    days.append((date(2022, 10, 15), CalendarKind.MAKEUP))
    for day, kind in days:
        CalendarDay.objects.create(day=day, kind=kind, name="mẫu", source="mẫu", certainty=Certainty.CONFIRMED)
    task = make_task(house)
    suspend(house, task)
    suspension = resume_task(task.pk, by=house.member, now=at(date(2022, 10, 7)))
    task.refresh_from_db()
    assert (suspension.days_moved, task.due_on) == (3, date(2022, 10, 19))


def test_a_second_suspension_moves_the_deadline_further(house: House) -> None:
    task = make_task(house)
    suspend(house, task)
    resume_task(task.pk, by=house.member, now=at(date(2022, 10, 4)))
    suspend(house, task, on=date(2022, 10, 5))
    resume_task(task.pk, by=house.member, now=at(date(2022, 10, 6)))
    task.refresh_from_db()
    assert (task.due_on, task.due_first) == (date(2022, 10, 18), DUE)
    assert Suspension.objects.filter(task=task).count() == 2


def test_a_task_without_a_deadline_resumes_without_one(house: House) -> None:
    task = make_task(house, due_on=None, due_first=None, last_day=None)
    suspend(house, task)
    resume_task(task.pk, by=house.member, now=at(date(2022, 10, 10)))
    task.refresh_from_db()
    assert (task.state, task.due_on) == (TaskState.ASSIGNED, None)


def test_a_drafted_reminder_is_withdrawn_when_the_clock_stops(house: House) -> None:
    task = make_task(house)
    reminder = make_drafted_reminder(task)
    suspend(house, task)
    assert Reminder.objects.get(pk=reminder.pk).status == ReminderStatus.WITHDRAWN
    task.refresh_from_db()
    assert task.reminder_drafted is False


def test_a_suspended_dossiers_time_does_not_run_out_for_its_consultations(house: House) -> None:
    parent = open_dossier("Hồ sơ", house.division.pk, DUE, "HS-1", by=house.member, now=NOW)
    [child] = consult(parent.pk, [house.body.pk], "Ý kiến", date(2022, 10, 7), by=house.member, now=NOW)
    suspend(house, parent)
    child.refresh_from_db()
    assert (child.processing_until, child.due_on) == (None, date(2022, 10, 7))
    resume_task(parent.pk, by=house.member, now=at(date(2022, 10, 10)))
    parent.refresh_from_db()
    child.refresh_from_db()
    moved = date(2022, 10, 21)
    assert (parent.due_on, parent.processing_until, child.processing_until) == (moved, moved, moved)
    assert event_names(child) == ["task.move_processing_end", "task.move_processing_end"]


def test_the_head_and_the_office_are_told(house: House) -> None:
    task = make_task(house)
    suspend(house, task)
    people = set(Notification.objects.filter(task=task).values_list("person_id", flat=True))
    assert {house.head.person_id, house.reviewer.person_id} <= people
    assert house.member.person_id not in people


def test_the_suspended_days_do_not_use_up_the_wait_after_a_reminder(house: House) -> None:
    task = make_task(house, reminders_issued=1, last_reminder_at=at(date(2022, 10, 17), "14:30"))
    suspend(house, task, on=date(2022, 10, 18))
    resume_task(task.pk, by=house.member, now=at(date(2022, 10, 25)))
    task.refresh_from_db()
    assert (task.reminders_issued, task.last_reminder_at) == (1, at(date(2022, 10, 24), "14:30"))


@pytest.mark.parametrize("name", ["head", "member"])
def test_a_consulted_unit_does_not_stop_its_own_clock(house: House, name: str) -> None:
    parent = make_task(house, unit=house.other)
    task = make_task(house, parent=parent, kind=TaskKind.CONSULTATION, host_unit=house.other)
    with pytest.raises(NotPermitted):
        suspend(house, task, by=getattr(house, name))
    suspend(house, task, by=house.stranger)
    with pytest.raises(NotPermitted):
        resume_task(task.pk, by=getattr(house, name), now=NOW)
    resume_task(task.pk, by=house.reviewer, now=NOW)
    assert event_names(task) == ["task.suspend", "task.resume"]
