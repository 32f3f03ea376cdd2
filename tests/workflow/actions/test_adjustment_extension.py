"""Gia hạn: asked for in time, decided by another; the first deadline never changes."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import (
    MONDAY,
    House,
    at,
    event_names,
    in_place_of,
    last_event,
    make_drafted_reminder,
    make_task,
    strangers_of,
)
from workflow.actions.adjustment import ask_extension, decide_extension
from workflow.actions.consultation import consult
from workflow.actions.task import open_dossier
from workflow.choices import ReminderStatus, RequestStatus, TaskKind, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Extension, Notification, Reminder, Task
from workflow.permissions import Actor

NOW = at(MONDAY)
DUE = date(2022, 10, 14)
WANTED = date(2022, 10, 28)
SATURDAY = date(2022, 10, 29)


def asked(house: House, task: Task | None = None) -> Extension:
    """Ask for an extension by the unit's head."""
    task = task or make_task(house)
    return ask_extension(task.pk, "Chờ số liệu của Cục Thống kê", WANTED, by=house.head, now=NOW)


def test_a_head_asks_for_an_extension_in_time(house: House) -> None:
    extension = asked(house)
    task = extension.task
    assert (extension.status, extension.old_due, extension.wanted_due) == (RequestStatus.PENDING, DUE, WANTED)
    task.refresh_from_db()
    assert (task.due_on, task.extended_count) == (DUE, 0)
    event = last_event(task)
    assert event["name"] == "extension.ask"
    assert event["details"]["reason"] == "Chờ số liệu của Cục Thống kê"
    assert Notification.objects.filter(task=task, person_id=house.leader.person_id).exists()


def test_it_may_be_asked_on_the_last_day_and_not_after(house: House) -> None:
    task = make_task(house)
    with pytest.raises(Invalid, match="Đã quá hạn") as error:
        ask_extension(task.pk, "x", WANTED, by=house.head, now=at(DUE + timedelta(days=1)))
    assert set(error.value.fields) == {"wanted_due"}
    assert ask_extension(task.pk, "x", WANTED, by=house.head, now=at(DUE, "23:59")).pk


@pytest.mark.parametrize("name", ["member", "reviewer", "leader", "clerk", "inspector"])
def test_only_the_head_asks(house: House, name: str) -> None:
    with pytest.raises(NotPermitted):
        ask_extension(make_task(house).pk, "x", WANTED, by=getattr(house, name), now=NOW)


def test_who_may_not_see_the_task_neither_asks_nor_decides(house: House) -> None:
    extension = asked(house)
    for actor in strangers_of(house):
        with pytest.raises(NotFound):
            ask_extension(extension.task_id, "x", WANTED, by=actor, now=NOW)
        with pytest.raises(NotFound):
            decide_extension(extension.pk, True, by=actor, now=NOW)
    with pytest.raises(NotFound):
        decide_extension(999_999, True, by=house.leader, now=NOW)


@pytest.mark.parametrize(
    ("reason", "wanted", "fields"),
    [
        ("", WANTED, {"reason"}),
        ("x", DUE, {"wanted_due"}),
        ("x", DUE - timedelta(days=1), {"wanted_due"}),
        ("x", SATURDAY, {"wanted_due"}),
        (" ", SATURDAY, {"reason", "wanted_due"}),
    ],
)
def test_wrong_parts_of_a_request_are_named(house: House, reason: str, wanted: date, fields: set[str]) -> None:
    task = make_task(house)
    with pytest.raises(Invalid) as error:
        ask_extension(task.pk, reason, wanted, by=house.head, now=NOW)
    assert set(error.value.fields) == fields
    assert event_names(task) == []


def test_a_day_off_is_refused_with_the_working_days_around_it(house: House) -> None:
    with pytest.raises(Invalid, match="28/10/2022 hoặc 31/10/2022"):
        ask_extension(make_task(house).pk, "x", SATURDAY, by=house.head, now=NOW)


def test_one_request_waits_at_a_time(house: House) -> None:
    extension = asked(house)
    with pytest.raises(WrongState, match="đang chờ quyết định"):
        asked(house, extension.task)


@pytest.mark.parametrize(
    "state",
    [state for state in TaskState if state not in {TaskState.ASSIGNED, TaskState.IN_PROGRESS}],
)
def test_no_extension_where_the_clock_does_not_run(house: House, state: TaskState) -> None:
    with pytest.raises(WrongState):
        asked(house, make_task(house, state=state))


def test_no_extension_without_a_deadline(house: House) -> None:
    task = make_task(house, due_on=None, due_first=None, last_day=None)
    with pytest.raises(WrongState, match="không có thời hạn"):
        asked(house, task)


def test_an_approval_moves_the_deadline_and_keeps_the_first(house: House) -> None:
    extension = asked(house, make_task(house, nudged_days=5))
    decide_extension(extension.pk, True, by=house.leader, now=NOW)
    task = Task.objects.get(pk=extension.task_id)
    assert (task.due_on, task.last_day, task.due_first) == (WANTED, WANTED, DUE)
    assert (task.extended_count, task.nudged_days) == (1, 0)
    extension.refresh_from_db()
    assert (extension.status, extension.new_due, extension.decided_name) == (
        RequestStatus.APPROVED,
        WANTED,
        house.leader.name,
    )
    event = last_event(task)
    assert event["name"] == "task.extend"
    assert event["before"] == {
        "due_on": "2022-10-14",
        "last_day": "2022-10-14",
        "extended_count": 0,
        "nudged_days": 5,
    }
    assert event["details"]["asked_because"] == "Chờ số liệu của Cục Thống kê"
    assert Notification.objects.filter(task=task, person_id=house.head.person_id).exists()


def test_a_leader_may_grant_another_day(house: House) -> None:
    extension = asked(house)
    decide_extension(extension.pk, True, date(2022, 10, 21), "Chỉ một tuần", by=house.leader, now=NOW)
    assert Task.objects.get(pk=extension.task_id).due_on == date(2022, 10, 21)


def test_a_second_extension_counts_again_and_the_first_deadline_stands(house: House) -> None:
    extension = asked(house)
    decide_extension(extension.pk, True, by=house.leader, now=NOW)
    again = ask_extension(extension.task_id, "x", date(2022, 11, 11), by=house.head, now=NOW)
    decide_extension(again.pk, True, by=house.leader, now=NOW)
    task = Task.objects.get(pk=extension.task_id)
    assert (task.extended_count, task.due_on, task.due_first) == (2, date(2022, 11, 11), DUE)


@pytest.mark.parametrize("new_due", [DUE, SATURDAY, MONDAY - timedelta(days=7)])
def test_a_wrong_new_day_is_refused(house: House, new_due: date) -> None:
    extension = asked(house)
    with pytest.raises(Invalid) as error:
        decide_extension(extension.pk, True, new_due, by=house.leader, now=NOW)
    assert set(error.value.fields) == {"new_due"}
    extension.refresh_from_db()
    assert extension.status == RequestStatus.PENDING


def test_a_wanted_day_that_has_passed_when_it_is_decided_is_refused(house: House) -> None:
    extension = asked(house)
    with pytest.raises(Invalid, match="đã qua"):
        decide_extension(extension.pk, True, by=house.leader, now=at(date(2022, 11, 1)))


def test_a_refusal_needs_a_reason_and_moves_nothing(house: House) -> None:
    extension = asked(house)
    with pytest.raises(Invalid) as error:
        decide_extension(extension.pk, False, by=house.leader, now=NOW)
    assert set(error.value.fields) == {"reason"}
    decide_extension(extension.pk, False, reason="Việc cấp bách", by=house.leader, now=NOW)
    task = Task.objects.get(pk=extension.task_id)
    assert (task.due_on, task.extended_count) == (DUE, 0)
    assert last_event(task)["name"] == "extension.refuse"
    extension.refresh_from_db()
    assert (extension.status, extension.new_due) == (RequestStatus.REFUSED, None)


@pytest.mark.parametrize("name", ["head", "member", "reviewer", "chief", "clerk", "inspector"])
def test_only_a_leader_decides(house: House, name: str) -> None:
    extension = asked(house)
    with pytest.raises(NotPermitted):
        decide_extension(extension.pk, True, by=getattr(house, name), now=NOW)


def test_nobody_decides_what_he_asked_for(house: House) -> None:
    grants = house.head.grants | house.leader.grants
    both = Actor(house.head.person_id, house.head.name, "", house.division.pk, "", grants)
    extension = ask_extension(make_task(house).pk, "x", WANTED, by=both, now=NOW)
    with pytest.raises(NotPermitted, match="không được tự quyết định"):
        decide_extension(extension.pk, True, by=both, now=NOW)
    with pytest.raises(NotPermitted):
        decide_extension(extension.pk, True, by=in_place_of(house.leader, both), now=NOW)


def test_the_delegator_does_not_decide_what_was_asked_in_his_place(house: House) -> None:
    grants = house.head.grants | house.leader.grants
    both = Actor(house.head.person_id, house.head.name, "", house.division.pk, "", grants)
    extension = ask_extension(make_task(house).pk, "x", WANTED, by=in_place_of(house.member, house.head), now=NOW)
    with pytest.raises(NotPermitted):
        decide_extension(extension.pk, True, by=both, now=NOW)


def test_a_request_is_decided_once(house: House) -> None:
    extension = asked(house)
    decide_extension(extension.pk, True, by=house.leader, now=NOW)
    with pytest.raises(WrongState, match="đã có kết quả"):
        decide_extension(extension.pk, False, reason="x", by=house.leader, now=NOW)


def test_a_request_of_a_task_that_went_on_is_refused_only(house: House) -> None:
    extension = asked(house)
    Task.objects.filter(pk=extension.task_id).update(state=TaskState.ESCALATED)
    with pytest.raises(WrongState):
        decide_extension(extension.pk, True, by=house.leader, now=NOW)
    decide_extension(extension.pk, False, reason="đã chuyển UBND tỉnh", by=house.leader, now=NOW)


def test_a_reminder_drafted_against_the_old_deadline_is_withdrawn(house: House) -> None:
    extension = asked(house)
    reminder = make_drafted_reminder(extension.task)
    decide_extension(extension.pk, True, by=house.leader, now=NOW)
    assert Reminder.objects.get(pk=reminder.pk).status == ReminderStatus.WITHDRAWN
    assert Task.objects.get(pk=extension.task_id).reminder_drafted is False


def test_issued_reminders_keep_their_count_through_an_extension(house: House) -> None:
    extension = asked(house, make_task(house, reminders_issued=1, last_reminder_at=NOW))
    decide_extension(extension.pk, True, by=house.leader, now=NOW)
    task = Task.objects.get(pk=extension.task_id)
    assert (task.reminders_issued, task.round) == (1, 1)


def test_a_dossiers_consultations_follow_its_extension(house: House) -> None:
    parent = open_dossier("Hồ sơ", house.division.pk, DUE, "HS-1", by=house.member, now=NOW)
    [child] = consult(parent.pk, [house.body.pk], "Ý kiến", date(2022, 10, 7), by=house.member, now=NOW)
    extension = asked(house, parent)
    decide_extension(extension.pk, True, by=house.leader, now=NOW)
    parent.refresh_from_db()
    child.refresh_from_db()
    assert (parent.processing_until, child.processing_until) == (WANTED, WANTED)
    assert child.due_on == date(2022, 10, 7)
    assert last_event(child)["name"] == "task.move_processing_end"
    assert last_event(child)["action"] == last_event(parent)["action"]


def test_a_consultation_is_not_extended_past_its_parent(house: House) -> None:
    parent = make_task(house)
    child = make_task(
        house, parent=parent, kind=TaskKind.CONSULTATION, unit=house.other, host_unit=house.division, ladder="B"
    )
    Task.objects.filter(pk=child.pk).update(due_on=date(2022, 10, 7))
    with pytest.raises(Invalid, match="hạn của việc chính"):
        ask_extension(child.pk, "x", WANTED, by=house.other_head, now=NOW)
    assert ask_extension(child.pk, "x", DUE, by=house.other_head, now=NOW).wanted_due == DUE
