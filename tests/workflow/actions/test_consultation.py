"""Lấy ý kiến: one clock a body, answers recorded, accepted, returned."""

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
    make_actor,
    make_drafted_reminder,
    make_duty,
    make_superuser,
    make_task,
    make_unit,
    strangers_of,
)
from workflow.actions.consultation import accept_answer, consult, record_answer, return_answer
from workflow.actions.report import save_draft, submit_report
from workflow.actions.task import open_dossier, open_province_task
from workflow.choices import (
    EscalationStatus,
    Ladder,
    ReminderStatus,
    ReportStatus,
    Role,
    TaskKind,
    TaskOrigin,
    TaskState,
    UnitKind,
)
from workflow.core.errors import Invalid, NotFound, NotPermitted, Stale, WrongState
from workflow.models import Escalation, Membership, Notification, Reminder, Report, Task, Unit
from workflow.permissions import REGISTER, Actor
from workflow.queries.task import visible_tasks

NOW = at(MONDAY)
LATER = at(MONDAY + timedelta(days=1))
FRIDAY = date(2022, 10, 7)
PARENT_DUE = date(2022, 10, 14)


def ask(house: House, parent: Task | None = None, **given: object) -> list[Task]:
    """Ask the outside body about the parent by the member, unless said otherwise."""
    parent = parent or make_task(house, state=TaskState.IN_PROGRESS)
    parts = {
        "unit_ids": [house.body.pk],
        "question": "Ý kiến về dự thảo",
        "due_on": FRIDAY,
        "by": house.member,
        "now": NOW,
    }
    return consult(parent.pk, **{**parts, **given})


def answered(house: House, **given: object) -> Task:
    """Ask, and let văn thư record the answer."""
    [task] = ask(house, **given)
    record_answer(task.pk, "88/STC-NS", MONDAY, "Thống nhất.", by=house.clerk, now=NOW)
    task.refresh_from_db()
    return task


# Lấy ý kiến


def test_each_body_gets_its_own_task_and_clock(house: House) -> None:
    parent = make_task(house, state=TaskState.IN_PROGRESS, clause="I.1.5")
    first, second = ask(house, parent, unit_ids=[house.body.pk, house.silent_body.pk])
    assert [task.unit for task in (first, second)] == [house.body, house.silent_body]
    assert [task.code for task in (first, second)] == [f"{parent.code}/YK1", f"{parent.code}/YK2"]
    for task in (first, second):
        task.refresh_from_db()
        assert (task.kind, task.state, task.parent) == (TaskKind.CONSULTATION, TaskState.ASSIGNED, parent)
        assert (task.host_unit, task.ladder, task.origin) == (house.division, Ladder.B, TaskOrigin.PLAN)
        assert (task.due_on, task.due_first, task.clause, task.rule_year) == (FRIDAY, FRIDAY, "I.1.5", 2022)
        assert task.processing_until is None
        event = last_event(task)
        assert (event["name"], event["actor"]["id"]) == ("task.create", house.member.person_id)
        assert event["details"] == {"parent": parent.code}


def test_a_body_in_which_nobody_has_an_account_answers_by_paper(house: House) -> None:
    online, paper = ask(house, unit_ids=[house.body.pk, house.silent_body.pk])
    assert (online.by_paper, paper.by_paper) == (False, True)


def test_a_body_whose_account_has_ended_answers_by_paper(house: House) -> None:
    Membership.objects.filter(unit=house.body).update(valid_to=MONDAY - timedelta(days=1))
    assert ask(house)[0].by_paper is True


def test_work_that_the_province_assigned_puts_its_consultations_on_ladder_c(house: House) -> None:
    parent = open_province_task("Góp ý", house.division.pk, PARENT_DUE, "1/UBND", MONDAY, by=house.leader, now=NOW)
    [task] = ask(house, parent)
    assert (task.ladder, task.origin, task.processing_until) == (Ladder.C, TaskOrigin.PROVINCE, None)


def test_a_dossiers_consultations_know_the_end_of_its_processing_time(house: House) -> None:
    parent = open_dossier("Hồ sơ", house.division.pk, PARENT_DUE, "HS-1", by=house.member, now=NOW)
    [task] = ask(house, parent)
    assert (task.ladder, task.origin, task.processing_until) == (Ladder.B, TaskOrigin.PROCEDURE, PARENT_DUE)


def test_a_due_date_on_a_day_off_counts_back(house: House) -> None:
    [task] = ask(house, due_on=date(2022, 10, 9))
    assert (task.last_day, task.due_on) == (date(2022, 10, 9), FRIDAY)


def test_a_body_with_an_account_is_told_and_sees_nothing_but_its_own(house: House) -> None:
    [task] = ask(house)
    assert Notification.objects.get(person_id=house.outsider.person_id).task == task
    assert list(visible_tasks(house.outsider)) == [task]


def test_a_unit_of_the_department_may_be_consulted(house: House) -> None:
    [task] = ask(house, unit_ids=[house.other.pk])
    assert task.unit == house.other
    assert Notification.objects.filter(task=task, person_id=house.other_head.person_id).exists()


@pytest.mark.parametrize("name", ["reviewer", "chief", "leader", "clerk", "inspector"])
def test_only_people_of_the_handling_unit_ask(house: House, name: str) -> None:
    with pytest.raises(NotPermitted):
        ask(house, by=getattr(house, name))


def test_who_may_not_see_the_parent_does_not_find_it(house: House) -> None:
    parent = make_task(house, state=TaskState.IN_PROGRESS)
    for actor in strangers_of(house):
        with pytest.raises(NotFound):
            ask(house, parent, by=actor)
    assert Task.objects.count() == 1


@pytest.mark.parametrize(
    "state",
    [
        TaskState.REPORTED,
        TaskState.REVIEWED,
        TaskState.CANCELLED,
        TaskState.SUSPENDED,
        TaskState.WAITING_EVENT,
    ],
)
def test_nobody_is_asked_while_the_unit_is_not_at_work(house: House, state: TaskState) -> None:
    with pytest.raises(WrongState):
        ask(house, make_task(house, state=state))


def test_a_consulted_body_does_not_consult_in_turn(house: House) -> None:
    [task] = ask(house, unit_ids=[house.other.pk])
    with pytest.raises(WrongState):
        ask(house, task, by=house.stranger)


def test_a_body_is_asked_once_at_a_time(house: House) -> None:
    parent = make_task(house, state=TaskState.IN_PROGRESS)
    [task] = ask(house, parent)
    with pytest.raises(Invalid, match="Sở Tài chính đang được lấy ý kiến") as error:
        ask(house, parent, unit_ids=[house.silent_body.pk, house.body.pk])
    assert set(error.value.fields) == {"unit_ids"}
    assert list(Task.objects.filter(parent=parent)) == [task]


def test_a_body_may_be_asked_again_after_its_answer_was_accepted(house: House) -> None:
    parent = make_task(house, state=TaskState.IN_PROGRESS)
    task = answered(house, parent=parent)
    accept_answer(task.pk, 1, by=house.member, now=NOW)
    assert ask(house, parent)[0].code == f"{parent.code}/YK2"


def test_a_body_named_twice_is_asked_once(house: House) -> None:
    assert len(ask(house, unit_ids=[house.body.pk, house.body.pk])) == 1


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"question": " "}, {"question"}),
        ({"unit_ids": []}, {"unit_ids"}),
        ({"unit_ids": [999_999]}, {"unit_ids"}),
        ({"due_on": MONDAY - timedelta(days=1)}, {"due_on"}),
        ({"due_on": PARENT_DUE + timedelta(days=3)}, {"due_on"}),
        ({"question": "", "unit_ids": [], "due_on": date(2022, 1, 3)}, {"question", "unit_ids", "due_on"}),
    ],
)
def test_wrong_parts_of_a_consultation_are_named(house: House, given: dict[str, object], fields: set[str]) -> None:
    with pytest.raises(Invalid) as error:
        ask(house, **given)
    assert set(error.value.fields) == fields
    assert not Task.objects.filter(kind=TaskKind.CONSULTATION).exists()


@pytest.mark.parametrize("kind", [UnitKind.COLLECTIVE, UnitKind.ROLE, UnitKind.PUBLIC, UnitKind.PROVINCE])
def test_what_is_no_particular_body_is_not_asked(house: House, kind: UnitKind) -> None:
    unit = make_unit(f"X-{kind}", kind)
    with pytest.raises(Invalid, match="không phải một cơ quan cụ thể"):
        ask(house, unit_ids=[unit.pk])


def test_a_closed_body_or_the_asking_unit_itself_is_not_asked(house: House) -> None:
    Unit.objects.filter(pk=house.silent_body.pk).update(valid_to=MONDAY - timedelta(days=1))
    with pytest.raises(Invalid, match="không còn hoạt động"):
        ask(house, unit_ids=[house.silent_body.pk])
    with pytest.raises(Invalid, match="chính là đơn vị thụ lý"):
        ask(house, unit_ids=[house.division.pk])


def test_parents_with_long_codes_have_children_of_different_codes(house: House) -> None:
    codes = []
    for ending in "AB":
        parent = make_task(house, state=TaskState.IN_PROGRESS, code="X" * 119 + ending)
        codes.append(ask(house, parent)[0].code)
    assert len(set(codes)) == 2
    assert all(len(code) <= 120 for code in codes)


def test_the_parent_without_a_deadline_sets_no_bound(house: House) -> None:
    parent = make_task(house, state=TaskState.IN_PROGRESS, due_on=None, due_first=None, last_day=None)
    assert ask(house, parent, due_on=date(2022, 12, 1))[0].due_on == date(2022, 12, 1)


# Ghi trả lời


@pytest.mark.parametrize("state", [TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.ESCALATED])
def test_the_clerk_records_an_answer_with_its_number_and_day(house: House, state: TaskState) -> None:
    [task] = ask(house)
    Task.objects.filter(pk=task.pk).update(state=state)
    report = record_answer(task.pk, " 88/STC-NS ", MONDAY, "Thống nhất.", by=house.clerk, now=LATER)
    task.refresh_from_db()
    assert (task.state, task.submitted_version, task.reported_at) == (TaskState.REPORTED, 1, LATER)
    assert (report.answer_number, report.answer_on, report.status) == (
        "88/STC-NS",
        MONDAY,
        ReportStatus.SUBMITTED,
    )
    event = last_event(task)
    assert event["name"] == "task.report"
    assert event["details"]["answer_number"] == "88/STC-NS"
    assert event["details"]["answer_on"] == "2022-10-03"
    assert Notification.objects.filter(task=task, person_id=house.member.person_id).exists()


def test_a_consulted_body_with_an_account_answers_itself(house: House) -> None:
    [task] = ask(house)
    report = record_answer(task.pk, "88/STC", MONDAY, "Thống nhất.", by=house.outsider, now=NOW)
    assert report.submitted_by_id == house.outsider.person_id


def test_a_consulted_body_does_not_answer_for_another(house: House) -> None:
    [task] = ask(house, unit_ids=[house.silent_body.pk])
    with pytest.raises(NotFound):
        record_answer(task.pk, "1", MONDAY, "x", by=house.outsider, now=NOW)


@pytest.mark.parametrize("name", ["member", "head", "reviewer", "leader", "inspector"])
def test_nobody_else_records_an_answer(house: House, name: str) -> None:
    [task] = ask(house)
    with pytest.raises(NotPermitted):
        record_answer(task.pk, "1", MONDAY, "x", by=getattr(house, name), now=NOW)
    assert event_names(task) == []


def test_strangers_find_no_consultation(house: House) -> None:
    task = answered(house)
    for actor in (house.stranger, house.admin, make_superuser()):
        with pytest.raises(NotFound):
            record_answer(task.pk, "1", MONDAY, "x", by=actor, now=NOW)
        with pytest.raises(NotFound):
            accept_answer(task.pk, 1, by=actor, now=NOW)
        with pytest.raises(NotFound):
            return_answer(task.pk, 1, "x", by=actor, now=NOW)


@pytest.mark.parametrize(
    ("number", "day", "content", "fields"),
    [
        ("", MONDAY, "x", {"number"}),
        ("8" * 61, MONDAY, "x", {"number"}),
        ("8", MONDAY + timedelta(days=1), "x", {"answered_on"}),
        ("8", MONDAY, " ", {"content"}),
        ("", MONDAY + timedelta(days=9), "", {"number", "answered_on", "content"}),
    ],
)
def test_wrong_parts_of_an_answer_are_named(
    house: House, number: str, day: date, content: str, fields: set[str]
) -> None:
    [task] = ask(house)
    with pytest.raises(Invalid) as error:
        record_answer(task.pk, number, day, content, by=house.clerk, now=NOW)
    assert set(error.value.fields) == fields
    assert not Report.objects.exists()


def test_a_report_of_the_unit_is_not_recorded_as_an_answer(house: House) -> None:
    task = make_task(house)
    with pytest.raises(WrongState, match="không phải việc lấy ý kiến"):
        record_answer(task.pk, "1", MONDAY, "x", by=house.clerk, now=NOW)


def test_a_second_answer_waits_until_the_first_is_returned(house: House) -> None:
    task = answered(house)
    with pytest.raises(WrongState, match="đang chờ đơn vị thụ lý nhận"):
        record_answer(task.pk, "89/STC", MONDAY, "Bổ sung", by=house.clerk, now=NOW)
    return_answer(task.pk, 1, "Chưa rõ nguồn vốn", by=house.member, now=NOW)
    assert record_answer(task.pk, "89/STC", MONDAY, "Bổ sung", by=house.clerk, now=NOW).version == 2


@pytest.mark.parametrize("state", [TaskState.REVIEWED, TaskState.CANCELLED, TaskState.SUSPENDED])
def test_an_answer_to_what_is_not_owed_is_refused(house: House, state: TaskState) -> None:
    [task] = ask(house)
    Task.objects.filter(pk=task.pk).update(state=state)
    with pytest.raises(WrongState):
        record_answer(task.pk, "1", MONDAY, "x", by=house.clerk, now=NOW)


def test_an_answer_withdraws_a_drafted_reminder(house: House) -> None:
    [task] = ask(house)
    reminder = make_drafted_reminder(task)
    record_answer(task.pk, "88/STC", MONDAY, "x", by=house.clerk, now=LATER)
    reminder.refresh_from_db()
    assert (reminder.status, reminder.withdrawn_reason) == (ReminderStatus.WITHDRAWN, "đã có trả lời")
    task.refresh_from_db()
    assert task.reminder_drafted is False


def test_an_answer_settles_an_unsent_duty_to_report_to_the_province(house: House) -> None:
    [task] = ask(house)
    Task.objects.filter(pk=task.pk).update(state=TaskState.ESCALATED, ladder_done=True)
    duty = make_duty(task)
    record_answer(task.pk, "88/STC", MONDAY, "x", by=house.clerk, now=LATER)
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.ANSWERED
    return_answer(task.pk, 1, "chưa đúng câu hỏi", by=house.member, now=LATER)
    task.refresh_from_db()
    assert task.state == TaskState.ESCALATED
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.DUTY


def test_an_answer_takes_the_place_of_a_draft_that_was_never_submitted(house: House) -> None:
    [task] = ask(house, unit_ids=[house.other.pk])
    save_draft(task.pk, "dự thảo", by=house.stranger, now=NOW)
    report = record_answer(task.pk, "3/P-B", MONDAY, "Thống nhất", by=house.clerk, now=NOW)
    statuses = list(Report.objects.filter(task=task).order_by("version").values_list("status", flat=True))
    assert (report.version, statuses) == (2, [ReportStatus.WITHDRAWN, ReportStatus.SUBMITTED])


# Nhận, trả lại


@pytest.mark.parametrize("name", ["member", "head"])
def test_the_handling_unit_accepts_an_answer(house: House, name: str) -> None:
    task = answered(house)
    report = accept_answer(task.pk, 1, by=getattr(house, name), now=LATER)
    task.refresh_from_db()
    assert (task.state, task.closed_at, report.status) == (TaskState.REVIEWED, LATER, ReportStatus.ACCEPTED)
    event = last_event(task)
    assert (event["name"], event["details"]) == ("task.review", {"version": 1})
    assert Notification.objects.filter(task=task, person_id=house.clerk.person_id).exists()


@pytest.mark.parametrize("name", ["reviewer", "chief", "clerk", "leader", "inspector", "outsider"])
def test_nobody_else_accepts_or_returns_an_answer(house: House, name: str) -> None:
    task = answered(house)
    with pytest.raises(NotPermitted):
        accept_answer(task.pk, 1, by=getattr(house, name), now=LATER)
    with pytest.raises(NotPermitted):
        return_answer(task.pk, 1, "x", by=getattr(house, name), now=LATER)


def test_who_recorded_an_answer_does_not_accept_it(house: House) -> None:
    [task] = ask(house)
    grants = house.member.grants | {(house.body.pk, REGISTER)}
    both = Actor(house.member.person_id, house.member.name, "", house.division.pk, "", grants)
    record_answer(task.pk, "1", MONDAY, "x", by=both, now=NOW)
    with pytest.raises(NotPermitted, match="đã ghi ý kiến này"):
        accept_answer(task.pk, 1, by=both, now=NOW)
    with pytest.raises(NotPermitted):
        accept_answer(task.pk, 1, by=in_place_of(house.head, both), now=NOW)
    accept_answer(task.pk, 1, by=house.head, now=NOW)


def test_an_acceptance_is_pinned_to_the_answer_that_was_shown(house: House) -> None:
    task = answered(house)
    return_answer(task.pk, 1, "chưa rõ", by=house.member, now=NOW)
    record_answer(task.pk, "89/STC", MONDAY, "Bổ sung", by=house.clerk, now=NOW)
    with pytest.raises(Stale, match="bản 2"):
        accept_answer(task.pk, 1, by=house.member, now=NOW)


def test_an_answer_is_returned_with_a_reason(house: House) -> None:
    task = answered(house)
    report = return_answer(task.pk, 1, "Chưa trả lời câu 2", by=house.member, now=LATER)
    task.refresh_from_db()
    assert (task.state, task.submitted_version) == (TaskState.IN_PROGRESS, None)
    assert (report.status, report.check_note) == (ReportStatus.RETURNED, "Chưa trả lời câu 2")
    assert last_event(task)["details"]["note"] == "Chưa trả lời câu 2"


def test_returning_an_answer_needs_a_reason(house: House) -> None:
    task = answered(house)
    with pytest.raises(Invalid) as error:
        return_answer(task.pk, 1, " ", by=house.member, now=LATER)
    assert set(error.value.fields) == {"reason"}


def test_what_does_not_wait_is_neither_accepted_nor_returned(house: House) -> None:
    [task] = ask(house)
    for act in (
        lambda: accept_answer(task.pk, 1, by=house.member, now=NOW),
        lambda: return_answer(task.pk, 1, "x", by=house.member, now=NOW),
    ):
        with pytest.raises(WrongState):
            act()
    with pytest.raises(WrongState):
        accept_answer(make_task(house).pk, 1, by=house.member, now=NOW)


def test_a_consulted_unit_of_the_department_is_accepted_by_the_asking_one(house: House) -> None:
    [task] = ask(house, unit_ids=[house.other.pk])
    save_draft(task.pk, "Thống nhất", by=house.stranger, now=NOW)
    submit_report(task.pk, 1, by=house.other_head, now=NOW)
    with pytest.raises(NotPermitted):
        accept_answer(task.pk, 1, by=house.other_head, now=NOW)
    assert accept_answer(task.pk, 1, by=house.member, now=NOW).status == ReportStatus.ACCEPTED


def test_three_bodies_have_three_clocks(house: House) -> None:
    third = make_unit("SGT", UnitKind.OUTSIDE, name="Sở Giao thông vận tải")
    make_actor(Role.EXTERNAL, third)
    first, second, last = ask(house, unit_ids=[house.body.pk, house.silent_body.pk, third.pk])
    record_answer(first.pk, "1", MONDAY, "x", by=house.clerk, now=NOW)
    states = {task.pk: Task.objects.get(pk=task.pk).state for task in (first, second, last)}
    assert list(states.values()) == [TaskState.REPORTED, TaskState.ASSIGNED, TaskState.ASSIGNED]
    assert Reminder.objects.count() == 0


def test_after_a_returned_answer_the_next_step_waits_anew(house: House) -> None:
    task = answered(house)
    Task.objects.filter(pk=task.pk).update(reminders_issued=2, last_reminder_at=NOW)
    later = at(date(2022, 10, 20))
    return_answer(task.pk, 1, "Chưa rõ ý kiến", by=house.member, now=later)
    task.refresh_from_db()
    assert (task.reminders_issued, task.last_reminder_at) == (2, later)
