"""Văn phòng's side of a report: accepting and returning, pinned to a version, never by a hand that is behind it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import (
    MONDAY,
    House,
    at,
    event_names,
    in_place_of,
    last_event,
    make_actor,
    make_duty,
    make_task,
    strangers_of,
)
from workflow.actions.report import return_report, review_report, save_draft, submit_report, withdraw_report
from workflow.choices import EscalationStatus, ReportStatus, Role, TaskKind, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, Stale, WrongState
from workflow.models import Escalation, Notification, Person, Report, Task
from workflow.permissions import Actor

NOW = at(MONDAY)
LATER = at(MONDAY + timedelta(days=1))
GOOD = (True, True, True)


def submitted(house: House, **columns: object) -> Task:
    """Make a task whose first version was drafted by its member and submitted by its head."""
    columns.setdefault("state", TaskState.IN_PROGRESS)
    task = make_task(house, **columns)
    save_draft(task.pk, "Đã thực hiện xong.", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    task.refresh_from_db()
    return task


def office_report(house: House) -> Task:
    """Make a task of Văn phòng itself, reported by its chief."""
    task = make_task(house, unit=house.office, host_unit=house.office, state=TaskState.IN_PROGRESS)
    save_draft(task.pk, "Đã xong", by=house.office_member, now=NOW)
    submit_report(task.pk, 1, by=house.chief, now=NOW)
    return task


def also(actor: Actor, other: Actor) -> Actor:
    """The person of `actor` with the rights of both: he holds two places."""
    person = Person.objects.get(pk=actor.person_id)
    return Actor(person.pk, person.full_name, "", actor.unit_id, actor.unit_name, actor.grants | other.grants)


# Duyệt


@pytest.mark.parametrize("name", ["reviewer", "chief"])
def test_the_office_accepts_a_report(house: House, name: str) -> None:
    task = submitted(house)
    report = review_report(task.pk, 1, *GOOD, "Đầy đủ", by=getattr(house, name), now=LATER)
    task.refresh_from_db()
    assert (task.state, task.closed_at, task.submitted_version) == (TaskState.REVIEWED, LATER, 1)
    assert (report.status, report.quantity_ok, report.content_ok, report.time_ok) == (ReportStatus.ACCEPTED, *GOOD)
    assert (report.decided_name, report.decided_at, report.check_note) == (
        getattr(house, name).name,
        LATER,
        "Đầy đủ",
    )
    event = last_event(task)
    assert event["name"] == "task.review"
    assert (event["before"]["state"], event["after"]["state"]) == ("reported", "reviewed")
    assert event["details"] == {
        "version": 1,
        "note": "Đầy đủ",
        "quantity_ok": True,
        "content_ok": True,
        "time_ok": True,
    }


def test_a_late_report_may_be_accepted_with_its_mark(house: House) -> None:
    task = submitted(house)
    report = review_report(task.pk, 1, True, True, False, by=house.reviewer, now=LATER)
    assert (report.status, report.time_ok) == (ReportStatus.ACCEPTED, False)


@pytest.mark.parametrize(
    ("checks", "fields"),
    [
        ((None, None, None), {"quantity_ok", "content_ok", "time_ok"}),
        ((True, None, True), {"content_ok"}),
        ((True, True, None), {"time_ok"}),
        ((False, True, True), {"quantity_ok"}),
        ((True, False, False), {"content_ok"}),
    ],
)
def test_a_report_that_is_not_right_is_not_accepted(
    house: House, checks: tuple[bool | None, bool | None, bool | None], fields: set[str]
) -> None:
    task = submitted(house)
    with pytest.raises(Invalid) as error:
        review_report(task.pk, 1, *checks, by=house.reviewer, now=LATER)
    assert set(error.value.fields) == fields
    task.refresh_from_db()
    assert task.state == TaskState.REPORTED


def test_a_wrong_report_is_to_be_returned_instead(house: House) -> None:
    task = submitted(house)
    with pytest.raises(Invalid, match="trả lại"):
        review_report(task.pk, 1, True, False, True, by=house.reviewer, now=LATER)


@pytest.mark.parametrize("name", ["head", "member", "clerk", "inspector", "office_member"])
def test_nobody_else_checks_a_units_report(house: House, name: str) -> None:
    task = submitted(house)
    actor = getattr(house, name)
    with pytest.raises((NotPermitted, NotFound)):
        review_report(task.pk, 1, *GOOD, by=actor, now=LATER)
    with pytest.raises((NotPermitted, NotFound)):
        return_report(task.pk, 1, False, True, True, "lý do", by=actor, now=LATER)
    task.refresh_from_db()
    assert task.state == TaskState.REPORTED


def test_who_may_not_see_the_task_does_not_find_its_report(house: House) -> None:
    task = submitted(house)
    for actor in strangers_of(house):
        with pytest.raises(NotFound):
            review_report(task.pk, 1, *GOOD, by=actor, now=LATER)
        with pytest.raises(NotFound):
            return_report(task.pk, 1, False, True, True, "x", by=actor, now=LATER)


def test_a_leader_accepts_the_offices_own_report(house: House) -> None:
    task = office_report(house)
    for name in ("reviewer", "chief"):
        with pytest.raises(NotPermitted):
            review_report(task.pk, 1, *GOOD, by=getattr(house, name), now=LATER)
    review_report(task.pk, 1, *GOOD, by=house.leader, now=LATER)
    task.refresh_from_db()
    assert task.state == TaskState.REVIEWED


def test_nobody_accepts_what_he_wrote(house: House) -> None:
    task = submitted(house)
    with pytest.raises(NotPermitted, match="đã soạn hoặc nộp bản 1"):
        review_report(task.pk, 1, *GOOD, by=also(house.member, house.reviewer), now=LATER)


def test_nobody_accepts_or_returns_what_he_submitted(house: House) -> None:
    task = submitted(house)
    both = also(house.head, house.chief)
    with pytest.raises(NotPermitted):
        review_report(task.pk, 1, *GOOD, by=both, now=LATER)
    with pytest.raises(NotPermitted):
        return_report(task.pk, 1, False, True, True, "lý do", by=both, now=LATER)


def test_nobody_accepts_a_draft_that_he_changed(house: House) -> None:
    task = make_task(house, state=TaskState.IN_PROGRESS)
    helper = make_actor(Role.SPECIALIST, house.division)
    save_draft(task.pk, "Bản đầu", by=house.member, now=NOW)
    save_draft(task.pk, "Bản sửa", by=helper, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    assert Report.objects.get(task=task).author_id == house.member.person_id
    with pytest.raises(NotPermitted):
        review_report(task.pk, 1, *GOOD, by=also(helper, house.reviewer), now=LATER)


def test_nobody_accepts_in_the_place_of_who_wrote_it(house: House) -> None:
    task = submitted(house)
    delegate = in_place_of(house.reviewer, also(house.head, house.chief))
    with pytest.raises(NotPermitted):
        review_report(task.pk, 1, *GOOD, by=delegate, now=LATER)


def test_the_delegator_does_not_accept_what_was_submitted_in_his_place(house: House) -> None:
    task = make_task(house, state=TaskState.IN_PROGRESS)
    helper = make_actor(Role.SPECIALIST, house.division)
    save_draft(task.pk, "x", by=helper, now=NOW)
    submit_report(task.pk, 1, by=in_place_of(house.member, house.head), now=NOW)
    with pytest.raises(NotPermitted):
        review_report(task.pk, 1, *GOOD, by=also(house.head, house.chief), now=LATER)


def test_a_delegate_without_a_hand_in_it_accepts_in_anothers_place(house: House) -> None:
    task = submitted(house)
    review_report(task.pk, 1, *GOOD, by=in_place_of(house.office_member, house.chief), now=LATER)
    assert last_event(task)["actor"]["in_place_of"]["id"] == house.chief.person_id


def test_who_wrote_an_earlier_version_may_accept_a_later_one(house: House) -> None:
    task = submitted(house)
    return_report(task.pk, 1, True, False, True, "thiếu số liệu", by=house.reviewer, now=NOW)
    helper = make_actor(Role.SPECIALIST, house.division)
    save_draft(task.pk, "Bản hai", by=helper, now=NOW)
    submit_report(task.pk, 2, by=house.head, now=NOW)
    review_report(task.pk, 2, *GOOD, by=also(house.member, house.reviewer), now=LATER)
    task.refresh_from_db()
    assert task.state == TaskState.REVIEWED


def test_an_acceptance_is_pinned_to_the_version_that_was_shown(house: House) -> None:
    task = submitted(house)
    withdraw_report(task.pk, 1, by=house.head, now=NOW)
    save_draft(task.pk, "Bản hai", by=house.member, now=NOW)
    submit_report(task.pk, 2, by=house.head, now=NOW)
    with pytest.raises(Stale, match="bản 2") as error:
        review_report(task.pk, 1, *GOOD, by=house.reviewer, now=LATER)
    assert house.head.name in str(error.value)
    with pytest.raises(Stale):
        return_report(task.pk, 1, False, True, True, "x", by=house.reviewer, now=LATER)


@pytest.mark.parametrize("state", [TaskState.IN_PROGRESS, TaskState.REVIEWED, TaskState.CANCELLED])
def test_what_does_not_wait_is_not_judged(house: House, state: TaskState) -> None:
    task = make_task(house, state=state)
    with pytest.raises(WrongState, match="không có báo cáo nào"):
        review_report(task.pk, 1, *GOOD, by=house.reviewer, now=LATER)
    with pytest.raises(WrongState):
        return_report(task.pk, 1, False, True, True, "x", by=house.reviewer, now=LATER)


def test_a_second_acceptance_finds_nothing_waiting(house: House) -> None:
    task = submitted(house)
    review_report(task.pk, 1, *GOOD, by=house.reviewer, now=LATER)
    with pytest.raises(WrongState):
        review_report(task.pk, 1, *GOOD, by=house.chief, now=LATER)
    assert event_names(task).count("task.review") == 1


def test_all_who_took_part_learn_the_outcome(house: House) -> None:
    task = submitted(house)
    Notification.objects.all().delete()
    review_report(task.pk, 1, *GOOD, by=house.reviewer, now=LATER)
    people = set(Notification.objects.filter(task=task).values_list("person_id", flat=True))
    assert people == {house.member.person_id, house.head.person_id, house.chief.person_id}


def test_a_review_starts_the_next_step_of_a_hand_off(house: House) -> None:
    task = submitted(house)
    step = make_task(
        house,
        parent=task,
        kind=TaskKind.HANDOFF,
        sequence=1,
        unit=house.other,
        host_unit=house.division,
        state=TaskState.WAITING_EVENT,
    )
    review_report(task.pk, 1, *GOOD, by=house.reviewer, now=LATER)
    step.refresh_from_db()
    assert (step.state, step.event_number, step.event_on) == (
        TaskState.ASSIGNED,
        "Báo cáo bản 1 của P-A",
        MONDAY + timedelta(days=1),
    )
    assert last_event(step)["action"] == last_event(task)["action"]


def test_an_opinion_is_not_checked_like_a_report(house: House) -> None:
    task = make_task(
        house,
        kind=TaskKind.CONSULTATION,
        unit=house.other,
        host_unit=house.division,
        state=TaskState.REPORTED,
        submitted_version=1,
    )
    with pytest.raises(WrongState, match="lấy ý kiến"):
        review_report(task.pk, 1, *GOOD, by=house.member, now=LATER)


# Trả lại


def test_the_office_returns_a_report_with_a_reason(house: House) -> None:
    task = submitted(house)
    report = return_report(task.pk, 1, False, True, True, "Thiếu phụ lục 2", by=house.reviewer, now=LATER)
    task.refresh_from_db()
    assert (task.state, task.submitted_version, task.reported_at) == (TaskState.IN_PROGRESS, None, None)
    assert task.next_due is None or task.next_due > LATER
    assert (report.status, report.check_note, report.quantity_ok) == (
        ReportStatus.RETURNED,
        "Thiếu phụ lục 2",
        False,
    )
    event = last_event(task)
    assert event["name"] == "task.return_report"
    assert event["details"]["note"] == "Thiếu phụ lục 2"
    assert event["before"]["submitted_version"] == 1
    texts = list(Notification.objects.filter(task=task, person=house.member.person_id).values_list("text", flat=True))
    assert any("Thiếu phụ lục 2" in text for text in texts)


@pytest.mark.parametrize(
    ("checks", "note", "fields"),
    [
        ((False, True, True), "  ", {"note"}),
        ((True, True, True), "lý do", {"quantity_ok"}),
        ((None, True, False), "lý do", {"quantity_ok"}),
        ((True, True, True), "", {"quantity_ok", "note"}),
    ],
)
def test_returning_needs_a_reason_and_something_wrong(
    house: House, checks: tuple[bool | None, bool, bool], note: str, fields: set[str]
) -> None:
    task = submitted(house)
    with pytest.raises(Invalid) as error:
        return_report(task.pk, 1, *checks, note, by=house.reviewer, now=LATER)
    assert set(error.value.fields) == fields
    assert Report.objects.get(task=task).status == ReportStatus.SUBMITTED


def test_a_report_may_be_returned_for_its_lateness_alone(house: House) -> None:
    task = submitted(house)
    report = return_report(task.pk, 1, True, True, False, "Nộp lại kèm giải trình", by=house.chief, now=LATER)
    assert report.status == ReportStatus.RETURNED


def test_a_returned_report_was_no_answer_to_an_unsent_duty(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED, ladder_done=True)
    duty = make_duty(task)
    save_draft(task.pk, "x", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.ANSWERED
    return_report(task.pk, 1, True, False, True, "chưa đúng", by=house.reviewer, now=LATER)
    task.refresh_from_db()
    assert task.state == TaskState.ESCALATED
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.DUTY


def test_a_task_that_waits_for_the_province_goes_back_to_it(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED, ladder_done=True)
    duty = make_duty(task, EscalationStatus.SENT)
    save_draft(task.pk, "x", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    return_report(task.pk, 1, True, False, True, "chưa đúng", by=house.reviewer, now=LATER)
    task.refresh_from_db()
    assert task.state == TaskState.ESCALATED
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.SENT


def test_an_accepted_report_ends_the_duty_for_good(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED, ladder_done=True)
    duty = make_duty(task)
    save_draft(task.pk, "x", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    review_report(task.pk, 1, *GOOD, by=house.reviewer, now=LATER)
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.ANSWERED


def test_an_office_reviewer_does_not_return_the_offices_own_report(house: House) -> None:
    task = office_report(house)
    with pytest.raises(NotPermitted):
        return_report(task.pk, 1, False, True, True, "x", by=house.reviewer, now=LATER)
    return_report(task.pk, 1, False, True, True, "x", by=house.leader, now=LATER)
    task.refresh_from_db()
    assert task.state == TaskState.IN_PROGRESS


def test_after_a_return_the_next_step_waits_anew(house: House) -> None:
    task = submitted(house, reminders_issued=2, last_reminder_at=NOW - timedelta(days=30))
    return_report(task.pk, 1, False, True, True, "Thiếu phụ lục", by=house.reviewer, now=LATER)
    task.refresh_from_db()
    assert (task.reminders_issued, task.last_reminder_at) == (2, LATER)


def test_a_report_that_its_submitter_takes_back_gains_no_time(house: House) -> None:
    reminded = NOW - timedelta(days=30)
    task = submitted(house, reminders_issued=2, last_reminder_at=reminded)
    withdraw_report(task.pk, 1, by=house.head, now=LATER)
    task.refresh_from_db()
    assert task.last_reminder_at == reminded
