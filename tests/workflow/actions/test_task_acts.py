"""The plain acts on a task: leads, people, starting, events, notes, cancelling and reopening."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import (
    MONDAY,
    House,
    at,
    event_names,
    last_event,
    make_actor,
    make_drafted_reminder,
    make_duty,
    make_person,
    make_task,
    make_unit,
    strangers_of,
)
from workflow.actions.task import (
    add_note,
    arm_task,
    assign_lead,
    assign_person,
    cancel_task,
    reopen_task,
    start_task,
)
from workflow.choices import (
    DocumentStatus,
    EscalationStatus,
    HandedBy,
    ReminderStatus,
    RequestStatus,
    Role,
    TaskKind,
    TaskState,
    UnitKind,
)
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Document, Escalation, Extension, Membership, Notification, Obstacle, Reminder, Task

NOW = at(MONDAY)


def refused(error: pytest.ExceptionInfo[Invalid]) -> set[str]:
    """The names of the fields that were refused."""
    return set(error.value.fields)


# Giao đơn vị chủ trì


def test_the_office_gives_a_row_without_lead_its_unit(house: House) -> None:
    task = make_task(house, unit=None)
    assign_lead(task.pk, house.other.pk, by=house.reviewer, now=NOW)
    task.refresh_from_db()
    assert task.unit == house.other
    assert task.handed_by == HandedBy.ASSIGNMENT
    event = last_event(task)
    assert event["name"] == "task.assign_lead"
    assert event["before"] == {"unit_id": None, "handed_by": HandedBy.PLAN}
    assert event["after"] == {"unit_id": house.other.pk, "handed_by": HandedBy.ASSIGNMENT}


def test_a_leader_gives_a_row_its_unit_and_the_head_is_told(house: House) -> None:
    task = make_task(house, unit=None)
    assign_lead(task.pk, house.other.pk, by=house.leader, now=NOW)
    told = Notification.objects.get(person_id=house.other_head.person_id)
    assert told.task == task
    assert task.title in told.text


def test_the_clock_of_a_row_starts_when_it_has_a_lead(house: House) -> None:
    task = make_task(house, unit=None)
    assert task.next_due is None
    assign_lead(task.pk, house.other.pk, by=house.reviewer, now=NOW)
    task.refresh_from_db()
    assert task.unit_id is not None


@pytest.mark.parametrize("name", ["clerk", "inspector", "office_member"])
def test_nobody_else_gives_a_lead(house: House, name: str) -> None:
    task = make_task(house, unit=None)
    with pytest.raises((NotPermitted, NotFound)):
        assign_lead(task.pk, house.other.pk, by=getattr(house, name), now=NOW)
    task.refresh_from_db()
    assert task.unit_id is None
    assert event_names(task) == []


def test_a_row_that_has_a_lead_keeps_it(house: House) -> None:
    task = make_task(house)
    with pytest.raises(WrongState, match="đã có đơn vị chủ trì"):
        assign_lead(task.pk, house.other.pk, by=house.reviewer, now=NOW)


def test_a_closed_row_gets_no_lead(house: House) -> None:
    task = make_task(house, unit=None, state=TaskState.CANCELLED)
    with pytest.raises(WrongState, match="đã kết thúc"):
        assign_lead(task.pk, house.other.pk, by=house.reviewer, now=NOW)


@pytest.mark.parametrize("kind", [UnitKind.OUTSIDE, UnitKind.COLLECTIVE, UnitKind.PROVINCE])
def test_only_a_unit_of_the_department_leads(house: House, kind: UnitKind) -> None:
    task = make_task(house, unit=None)
    unit = make_unit(f"X-{kind}", kind)
    with pytest.raises(Invalid) as error:
        assign_lead(task.pk, unit.pk, by=house.reviewer, now=NOW)
    assert refused(error) == {"unit_id"}


def test_a_closed_unit_leads_nothing(house: House) -> None:
    task = make_task(house, unit=None)
    closed = make_unit("P-CU", valid_to=MONDAY - timedelta(days=1))
    with pytest.raises(Invalid, match="không còn hoạt động"):
        assign_lead(task.pk, closed.pk, by=house.reviewer, now=NOW)


def test_an_unknown_unit_leads_nothing(house: House) -> None:
    task = make_task(house, unit=None)
    with pytest.raises(Invalid) as error:
        assign_lead(task.pk, 999_999, by=house.reviewer, now=NOW)
    assert refused(error) == {"unit_id"}


# Phân công người


def test_a_head_assigns_a_person_of_the_unit_who_is_told(house: House) -> None:
    task = make_task(house)
    assign_person(task.pk, house.member.person_id, by=house.head, now=NOW)
    task.refresh_from_db()
    assert task.assignee_id == house.member.person_id
    assert last_event(task)["name"] == "task.assign_person"
    assert last_event(task)["details"] == {"name": house.member.name}
    assert Notification.objects.filter(person_id=house.member.person_id, task=task).count() == 1


@pytest.mark.parametrize("name", ["member", "reviewer", "leader", "inspector"])
def test_nobody_but_the_head_assigns_people(house: House, name: str) -> None:
    task = make_task(house)
    with pytest.raises(NotPermitted):
        assign_person(task.pk, house.member.person_id, by=getattr(house, name), now=NOW)
    assert event_names(task) == []


def test_a_person_of_another_unit_is_not_assigned(house: House) -> None:
    task = make_task(house)
    with pytest.raises(Invalid) as error:
        assign_person(task.pk, house.stranger.person_id, by=house.head, now=NOW)
    assert refused(error) == {"person_id"}


def test_a_person_whose_place_has_ended_is_not_assigned(house: House) -> None:
    task = make_task(house)
    Membership.objects.filter(person_id=house.member.person_id).update(valid_to=MONDAY - timedelta(days=1))
    with pytest.raises(Invalid):
        assign_person(task.pk, house.member.person_id, by=house.head, now=NOW)


def test_an_observer_of_the_unit_is_not_assigned(house: House) -> None:
    task = make_task(house)
    observer = make_actor(Role.OBSERVER, house.division)
    with pytest.raises(Invalid):
        assign_person(task.pk, observer.person_id, by=house.head, now=NOW)


def test_a_closed_task_is_assigned_to_nobody(house: House) -> None:
    task = make_task(house, state=TaskState.REVIEWED)
    with pytest.raises(WrongState):
        assign_person(task.pk, house.member.person_id, by=house.head, now=NOW)


# Bắt đầu


@pytest.mark.parametrize("name", ["head", "member"])
def test_a_person_of_the_unit_starts_the_work(house: House, name: str) -> None:
    task = make_task(house)
    start_task(task.pk, by=getattr(house, name), now=NOW)
    task.refresh_from_db()
    assert task.state == TaskState.IN_PROGRESS
    event = last_event(task)
    assert event["name"] == "task.start"
    assert (event["before"], event["after"]) == ({"state": "assigned"}, {"state": "in_progress"})


def test_who_may_not_see_the_task_does_not_find_it(house: House) -> None:
    task = make_task(house)
    for actor in strangers_of(house):
        with pytest.raises(NotFound):
            start_task(task.pk, by=actor, now=NOW)
    with pytest.raises(NotFound):
        start_task(999_999, by=house.head, now=NOW)
    assert event_names(task) == []


@pytest.mark.parametrize("name", ["reviewer", "chief", "clerk", "leader", "inspector"])
def test_who_only_sees_the_task_does_not_start_it(house: House, name: str) -> None:
    task = make_task(house)
    with pytest.raises(NotPermitted):
        start_task(task.pk, by=getattr(house, name), now=NOW)


def test_a_started_task_is_not_started_again(house: House) -> None:
    task = make_task(house, state=TaskState.IN_PROGRESS)
    with pytest.raises(WrongState, match="Đang thực hiện"):
        start_task(task.pk, by=house.head, now=NOW)


# Ghi nhận sự kiện


def waiting(house: House) -> Task:
    return make_task(house, state=TaskState.WAITING_EVENT, event_text="Sau khi bộ chỉ số được công bố")


def test_the_office_records_the_awaited_event(house: House) -> None:
    task = waiting(house)
    arm_task(task.pk, " 12/QĐ-UBND ", MONDAY, by=house.reviewer, now=NOW)
    task.refresh_from_db()
    assert (task.state, task.event_number, task.event_on) == (TaskState.ASSIGNED, "12/QĐ-UBND", MONDAY)
    event = last_event(task)
    assert event["name"] == "task.arm"
    assert event["after"] == {"state": "assigned", "event_number": "12/QĐ-UBND", "event_on": "2022-10-03"}
    assert Notification.objects.filter(person_id=house.head.person_id, task=task).exists()


@pytest.mark.parametrize(
    ("number", "day", "fields"),
    [
        ("  ", MONDAY, {"event_number"}),
        ("x" * 61, MONDAY, {"event_number"}),
        ("1\x00", MONDAY, {"event_number"}),
        ("1", MONDAY + timedelta(days=1), {"event_on"}),
        ("", MONDAY + timedelta(days=1), {"event_number", "event_on"}),
    ],
)
def test_an_event_needs_its_number_and_a_past_day(house: House, number: str, day: date, fields: set[str]) -> None:
    task = waiting(house)
    with pytest.raises(Invalid) as error:
        arm_task(task.pk, number, day, by=house.reviewer, now=NOW)
    assert refused(error) == fields
    task.refresh_from_db()
    assert task.state == TaskState.WAITING_EVENT


@pytest.mark.parametrize("name", ["head", "member", "leader", "clerk"])
def test_only_the_office_records_an_event(house: House, name: str) -> None:
    task = waiting(house)
    with pytest.raises(NotPermitted):
        arm_task(task.pk, "1", MONDAY, by=getattr(house, name), now=NOW)


def test_a_task_that_waits_for_nothing_is_not_armed(house: House) -> None:
    task = make_task(house)
    with pytest.raises(WrongState):
        arm_task(task.pk, "1", MONDAY, by=house.reviewer, now=NOW)


# Hủy


OPEN = [state for state in TaskState if state not in {TaskState.REVIEWED, TaskState.CANCELLED}]


@pytest.mark.parametrize("state", OPEN)
def test_a_leader_cancels_an_open_task_with_a_reason(house: House, state: TaskState) -> None:
    task = make_task(house, state=state)
    cancel_task(task.pk, "UBND tỉnh thu hồi văn bản giao", by=house.leader, now=NOW)
    task.refresh_from_db()
    assert (task.state, task.closed_at, task.next_due) == (TaskState.CANCELLED, NOW, None)
    event = last_event(task)
    assert event["name"] == "task.cancel"
    assert event["before"]["state"] == state
    assert event["details"]["reason"] == "UBND tỉnh thu hồi văn bản giao"


def test_cancelling_needs_a_reason(house: House) -> None:
    task = make_task(house)
    with pytest.raises(Invalid) as error:
        cancel_task(task.pk, " \n ", by=house.leader, now=NOW)
    assert refused(error) == {"reason"}
    assert event_names(task) == []


@pytest.mark.parametrize("name", ["head", "member", "reviewer", "chief", "clerk", "inspector"])
def test_only_a_leader_cancels(house: House, name: str) -> None:
    task = make_task(house)
    with pytest.raises(NotPermitted):
        cancel_task(task.pk, "lý do", by=getattr(house, name), now=NOW)


@pytest.mark.parametrize("state", [TaskState.REVIEWED, TaskState.CANCELLED])
def test_a_closed_task_is_not_cancelled(house: House, state: TaskState) -> None:
    task = make_task(house, state=state)
    with pytest.raises(WrongState):
        cancel_task(task.pk, "lý do", by=house.leader, now=NOW)


def test_cancelling_withdraws_what_was_drafted_and_asked_for(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED)
    reminder, duty = make_drafted_reminder(task), make_duty(task)
    extension = Extension.objects.create(
        task=task,
        reason="x",
        old_due=MONDAY,
        wanted_due=MONDAY,
        asked_by_id=house.head.person_id,
        asked_name="x",
        asked_at=NOW,
    )
    obstacle = Obstacle.objects.create(
        task=task, text="x", raised_by_id=house.head.person_id, raised_name="x", raised_at=NOW
    )
    cancel_task(task.pk, "lý do", by=house.leader, now=NOW)
    assert Reminder.objects.get(pk=reminder.pk).status == ReminderStatus.WITHDRAWN
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.WITHDRAWN
    assert set(Document.objects.values_list("status", flat=True)) == {DocumentStatus.CANCELLED}
    assert Extension.objects.get(pk=extension.pk).status == RequestStatus.WITHDRAWN
    assert Obstacle.objects.get(pk=obstacle.pk).status == RequestStatus.WITHDRAWN
    task.refresh_from_db()
    assert task.reminder_drafted is False
    assert last_event(task)["details"]["withdrawn_reminders"] == [reminder.pk]


def test_cancelling_takes_the_open_tasks_under_it_along(house: House) -> None:
    parent = make_task(house)
    child = make_task(house, parent=parent, kind=TaskKind.SUPPORT, unit=house.other, host_unit=house.division)
    grandchild = make_task(house, parent=child, kind=TaskKind.SUPPORT)
    done = make_task(house, parent=parent, kind=TaskKind.SUPPORT, state=TaskState.REVIEWED)
    cancel_task(parent.pk, "không còn cần", by=house.leader, now=NOW)
    states = dict(Task.objects.values_list("pk", "state"))
    assert [states[task.pk] for task in (parent, child, grandchild)] == [TaskState.CANCELLED] * 3
    assert states[done.pk] == TaskState.REVIEWED
    assert last_event(child)["details"]["parent"] == parent.code
    assert last_event(child)["action"] == last_event(parent)["action"]
    assert Notification.objects.filter(task=child, person_id=house.other_head.person_id).exists()


# Mở lại


def test_a_leader_reopens_a_reviewed_task_in_the_same_round(house: House) -> None:
    task = make_task(house, state=TaskState.REVIEWED, submitted_version=2, reported_at=NOW, closed_at=NOW)
    reopen_task(task.pk, "Số liệu chưa đúng", by=house.leader, now=NOW)
    task.refresh_from_db()
    assert task.state == TaskState.IN_PROGRESS
    assert (task.submitted_version, task.reported_at, task.closed_at, task.round) == (None, None, None, 1)
    assert task.due_on == task.due_first
    event = last_event(task)
    assert event["name"] == "task.reopen"
    assert event["details"] == {"reason": "Số liệu chưa đúng"}
    people = set(Notification.objects.filter(task=task).values_list("person_id", flat=True))
    assert {house.head.person_id, house.reviewer.person_id, house.chief.person_id} <= people
    assert house.leader.person_id not in people


@pytest.mark.parametrize("name", ["head", "member", "reviewer", "chief"])
def test_only_a_leader_reopens(house: House, name: str) -> None:
    task = make_task(house, state=TaskState.REVIEWED)
    with pytest.raises(NotPermitted):
        reopen_task(task.pk, "lý do", by=getattr(house, name), now=NOW)


def test_reopening_needs_a_reason_and_a_reviewed_task(house: House) -> None:
    reviewed, running = make_task(house, state=TaskState.REVIEWED), make_task(house)
    with pytest.raises(Invalid) as error:
        reopen_task(reviewed.pk, "", by=house.leader, now=NOW)
    assert refused(error) == {"reason"}
    with pytest.raises(WrongState):
        reopen_task(running.pk, "lý do", by=house.leader, now=NOW)


# Cập nhật tiến độ


def test_a_member_notes_progress(house: House) -> None:
    task = make_task(house)
    note = add_note(task.pk, "Đã hoàn thành dự thảo", by=house.member, now=NOW)
    task.refresh_from_db()
    assert (note.text, note.month, note.author_name) == ("Đã hoàn thành dự thảo", None, house.member.name)
    assert task.confirmed_month is None
    assert last_event(task)["name"] == "task.note"
    assert last_event(task)["details"]["text"] == "Đã hoàn thành dự thảo"


def test_a_month_is_confirmed_without_text_when_nothing_came_up(house: House) -> None:
    task = make_task(house, confirm_monthly=True)
    add_note(task.pk, "", date(2022, 9, 1), has_work=False, by=house.member, now=NOW)
    task.refresh_from_db()
    assert task.confirmed_month == date(2022, 9, 1)
    assert last_event(task)["after"] == {"confirmed_month": "2022-09-01"}


def test_confirming_an_older_month_does_not_unconfirm_a_newer_one(house: House) -> None:
    task = make_task(house, confirm_monthly=True, confirmed_month=date(2022, 9, 1))
    add_note(task.pk, "bổ sung", date(2022, 7, 1), by=house.member, now=NOW)
    task.refresh_from_db()
    assert task.confirmed_month == date(2022, 9, 1)


def test_a_month_is_confirmed_once(house: House) -> None:
    task = make_task(house)
    add_note(task.pk, "có", date(2022, 9, 1), by=house.member, now=NOW)
    with pytest.raises(Invalid, match="09/2022 đã xác nhận"):
        add_note(task.pk, "có nữa", date(2022, 9, 1), by=house.head, now=NOW)


@pytest.mark.parametrize(
    ("text", "month", "has_work", "fields"),
    [
        ("", None, True, {"text"}),
        ("", None, False, {"text"}),
        ("", date(2022, 9, 1), True, {"text"}),
        ("có", date(2022, 9, 2), True, {"month"}),
        ("có", date(2022, 11, 1), True, {"month"}),
    ],
)
def test_a_wrong_note_is_refused(house: House, text: str, month: date | None, has_work: bool, fields: set[str]) -> None:
    task = make_task(house)
    with pytest.raises(Invalid) as error:
        add_note(task.pk, text, month, has_work=has_work, by=house.member, now=NOW)
    assert refused(error) == fields
    assert not task.notes.exists()


@pytest.mark.parametrize("name", ["reviewer", "leader", "clerk", "inspector"])
def test_only_people_of_the_unit_note_progress(house: House, name: str) -> None:
    task = make_task(house)
    with pytest.raises(NotPermitted):
        add_note(task.pk, "x", by=getattr(house, name), now=NOW)


def test_a_closed_task_takes_no_notes(house: House) -> None:
    task = make_task(house, state=TaskState.REVIEWED)
    with pytest.raises(WrongState):
        add_note(task.pk, "x", by=house.member, now=NOW)


def test_a_person_without_any_place_finds_no_task_to_act_on(house: House) -> None:
    task = make_task(house)
    closed = make_actor(Role.SPECIALIST, make_unit("P-XA"), person=make_person())
    for act in (
        lambda: cancel_task(task.pk, "x", by=closed, now=NOW),
        lambda: reopen_task(task.pk, "x", by=closed, now=NOW),
        lambda: add_note(task.pk, "x", by=closed, now=NOW),
        lambda: assign_person(task.pk, closed.person_id, by=closed, now=NOW),
        lambda: assign_lead(task.pk, house.other.pk, by=closed, now=NOW),
        lambda: arm_task(task.pk, "1", MONDAY, by=closed, now=NOW),
    ):
        with pytest.raises(NotFound):
            act()


def test_a_reopened_task_gets_a_whole_wait_before_the_next_step(house: House) -> None:
    columns = {"state": TaskState.REVIEWED, "reminders_issued": 2}
    reminded = make_task(house, last_reminder_at=at(date(2022, 9, 1)), **columns)
    never = make_task(house, state=TaskState.REVIEWED)
    for task in (reminded, never):
        reopen_task(task.pk, "Số liệu sai", by=house.leader, now=NOW)
        task.refresh_from_db()
    assert (reminded.last_reminder_at, never.last_reminder_at) == (NOW, None)
