"""The owing unit's side of a report: drafting, submitting, taking back."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tests.factories import (
    MONDAY,
    House,
    at,
    event_names,
    events_of,
    in_place_of,
    last_event,
    make_actor,
    make_drafted_reminder,
    make_duty,
    make_task,
    strangers_of,
)
from workflow.actions.report import attach_file, save_draft, submit_report, withdraw_report
from workflow.actions.task import assign_person
from workflow.choices import EscalationStatus, ReminderStatus, ReportStatus, Role, TaskKind, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, Stale, WrongState
from workflow.models import Attachment, Escalation, Notification, Reminder, Report, Task
from workflow.queries.report import report_hash

NOW = at(MONDAY)
LATER = at(MONDAY, "15:00")

pytestmark = pytest.mark.usefixtures("file_store")


def drafted(house: House, **columns: object) -> Task:
    """Make a running task with a draft by its member."""
    task = make_task(house, state=TaskState.IN_PROGRESS, **columns)
    save_draft(task.pk, "Đã thực hiện xong.", by=house.member, now=NOW)
    return task


def submitted(house: House, **columns: object) -> Task:
    """Make a task whose first version was drafted by its member and submitted by its head."""
    task = drafted(house, **columns)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    task.refresh_from_db()
    return task


def told(task: Task) -> set[int]:
    """Who was told anything of the task."""
    return set(Notification.objects.filter(task=task).values_list("person_id", flat=True))


# Soạn


def test_a_member_drafts_a_report(house: House) -> None:
    task = make_task(house)
    report = save_draft(task.pk, " Đã thực hiện. ", evidence="BC số 12", by=house.member, now=NOW)
    assert (report.version, report.round, report.status) == (1, 1, ReportStatus.DRAFT)
    assert (report.content, report.evidence) == ("Đã thực hiện.", "BC số 12")
    assert (report.author_id, report.author_name) == (house.member.person_id, house.member.name)
    event = last_event(task)
    assert event["name"] == "report.draft"
    assert event["details"] == {"version": 1, "revision": 1, "sha256": report_hash(report)}
    task.refresh_from_db()
    assert task.state == TaskState.ASSIGNED


def test_saving_again_changes_the_one_draft(house: House) -> None:
    task = drafted(house)
    report = save_draft(task.pk, "Bản sửa", by=house.head, now=LATER)
    assert (report.version, report.content) == (1, "Bản sửa")
    assert report.author_id == house.member.person_id
    assert Report.objects.filter(task=task).count() == 1
    assert event_names(task) == ["report.draft", "report.draft"]


def test_after_a_withdrawal_comes_the_next_version(house: House) -> None:
    task = submitted(house)
    withdraw_report(task.pk, 1, by=house.head, now=LATER)
    assert save_draft(task.pk, "Bản hai", by=house.member, now=LATER).version == 2


def test_a_draft_may_say_that_there_is_nothing(house: House) -> None:
    report = save_draft(make_task(house).pk, "", nothing_to_report=True, by=house.member, now=NOW)
    assert report.nothing_to_report is True


def test_an_empty_draft_is_refused(house: House) -> None:
    task = make_task(house)
    with pytest.raises(Invalid) as error:
        save_draft(task.pk, "  ", by=house.member, now=NOW)
    assert set(error.value.fields) == {"content"}
    assert not Report.objects.exists()


@pytest.mark.parametrize("name", ["reviewer", "leader", "clerk", "inspector"])
def test_only_people_of_the_unit_draft(house: House, name: str) -> None:
    task = make_task(house)
    with pytest.raises(NotPermitted):
        save_draft(task.pk, "x", by=getattr(house, name), now=NOW)


def test_who_may_not_see_the_task_finds_no_report_of_it(house: House) -> None:
    task = submitted(house)
    before = event_names(task)
    for actor in strangers_of(house):
        for act in (
            lambda by: save_draft(task.pk, "x", by=by, now=NOW),
            lambda by: submit_report(task.pk, 1, by=by, now=NOW),
            lambda by: withdraw_report(task.pk, 1, by=by, now=NOW),
        ):
            with pytest.raises(NotFound):
                act(actor)
    assert event_names(task) == before


@pytest.mark.parametrize(
    "state", [TaskState.REVIEWED, TaskState.CANCELLED, TaskState.SUSPENDED, TaskState.WAITING_EVENT]
)
def test_no_report_is_drafted_when_none_is_owed(house: House, state: TaskState) -> None:
    task = make_task(house, state=state)
    with pytest.raises(WrongState, match="chưa soạn báo cáo được"):
        save_draft(task.pk, "x", by=house.member, now=NOW)


def test_a_report_under_review_is_taken_back_before_it_is_changed(house: House) -> None:
    task = submitted(house)
    with pytest.raises(WrongState, match="rút bản đó"):
        save_draft(task.pk, "x", by=house.member, now=NOW)


def test_files_sent_before_the_draft_go_with_it(house: House) -> None:
    task = make_task(house)
    attached = attach_file(task.pk, "a.txt", "văn bản".encode(), by=house.member, now=NOW)
    assert attached.report is None
    report = save_draft(task.pk, "x", by=house.member, now=NOW)
    assert Attachment.objects.get(pk=attached.pk).report == report


# Nộp


@pytest.mark.parametrize("state", [TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.ESCALATED])
def test_a_unit_head_submits_a_report(house: House, state: TaskState) -> None:
    task = make_task(house, state=state)
    save_draft(task.pk, "Đã xong", by=house.member, now=NOW)
    report = submit_report(task.pk, 1, by=house.head, now=LATER)
    task.refresh_from_db()
    assert (task.state, task.submitted_version, task.reported_at) == (TaskState.REPORTED, 1, LATER)
    assert task.next_due is None
    assert (report.status, report.submitted_by_id, report.submitted_at) == (
        ReportStatus.SUBMITTED,
        house.head.person_id,
        LATER,
    )
    event = last_event(task)
    assert event["name"] == "task.report"
    assert event["before"]["state"] == state
    assert event["after"]["submitted_version"] == 1
    assert event["details"]["sha256"] == report_hash(report)


def test_those_who_check_are_told_of_a_report(house: House) -> None:
    task = submitted(house)
    assert {house.reviewer.person_id, house.chief.person_id} <= told(task)
    assert not {house.head.person_id, house.leader.person_id, house.stranger.person_id} & told(task)


def test_a_leader_is_told_of_the_offices_own_report(house: House) -> None:
    task = make_task(house, unit=house.office, host_unit=house.office)
    save_draft(task.pk, "x", by=house.office_member, now=NOW)
    submit_report(task.pk, 1, by=house.chief, now=NOW)
    assert house.leader.person_id in told(task)
    assert house.reviewer.person_id not in told(task)


@pytest.mark.parametrize("name", ["member", "reviewer", "leader", "clerk", "inspector"])
def test_nobody_but_the_head_submits(house: House, name: str) -> None:
    task = drafted(house)
    with pytest.raises(NotPermitted):
        submit_report(task.pk, 1, by=getattr(house, name), now=NOW)
    task.refresh_from_db()
    assert task.state == TaskState.IN_PROGRESS


def test_a_report_that_says_there_is_nothing_is_valid_even_where_a_product_is_due(house: House) -> None:
    task = make_task(house, product="Báo cáo kết quả")
    save_draft(task.pk, "", nothing_to_report=True, by=house.member, now=NOW)
    assert submit_report(task.pk, 1, by=house.head, now=NOW).status == ReportStatus.SUBMITTED


def test_a_product_needs_its_evidence_and_is_named(house: House) -> None:
    task = drafted(house, product="Quyết định công bố thủ tục")
    with pytest.raises(Invalid, match="Quyết định công bố thủ tục") as error:
        submit_report(task.pk, 1, by=house.head, now=NOW)
    assert set(error.value.fields) == {"evidence"}
    task.refresh_from_db()
    assert task.state == TaskState.IN_PROGRESS


def test_evidence_is_a_text_or_a_file(house: House) -> None:
    by_text, by_file = (drafted(house, product="Quyết định") for _ in range(2))
    save_draft(by_text.pk, "Đã xong", evidence="QĐ 5/QĐ-SKHĐT", by=house.member, now=NOW)
    attach_file(by_file.pk, "qd.pdf", b"%PDF-1.7 ...", by=house.member, now=NOW)
    for task in (by_text, by_file):
        assert submit_report(task.pk, 1, by=house.head, now=NOW).status == ReportStatus.SUBMITTED


def test_a_report_without_content_is_not_submitted(house: House) -> None:
    task = make_task(house)
    save_draft(task.pk, "", evidence="QĐ 5", by=house.member, now=NOW)
    with pytest.raises(Invalid) as error:
        submit_report(task.pk, 1, by=house.head, now=NOW)
    assert set(error.value.fields) == {"content"}


def test_an_older_version_is_not_submitted(house: House) -> None:
    task = submitted(house)
    withdraw_report(task.pk, 1, by=house.head, now=NOW)
    save_draft(task.pk, "Bản hai", by=house.member, now=NOW)
    with pytest.raises(Stale, match="bản 2") as error:
        submit_report(task.pk, 1, by=house.head, now=NOW)
    assert house.member.name in str(error.value)


def test_a_version_that_is_no_draft_or_does_not_exist_is_not_submitted(house: House) -> None:
    task = submitted(house)
    with pytest.raises(WrongState, match="không còn là bản thảo"):
        submit_report(task.pk, 1, by=house.head, now=NOW)
    with pytest.raises(NotFound, match="không có bản báo cáo 7"):
        submit_report(make_task(house).pk, 7, by=house.head, now=NOW)


def test_a_suspended_task_takes_no_report(house: House) -> None:
    task = drafted(house)
    Task.objects.filter(pk=task.pk).update(state=TaskState.SUSPENDED)
    with pytest.raises(WrongState):
        submit_report(task.pk, 1, by=house.head, now=NOW)


def test_an_answer_withdraws_a_drafted_reminder_when_it_arrives(house: House) -> None:
    task = drafted(house)
    reminder = make_drafted_reminder(task)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    assert Reminder.objects.get(pk=reminder.pk).status == ReminderStatus.WITHDRAWN
    task.refresh_from_db()
    assert task.reminder_drafted is False
    event = last_event(task)
    assert event["after"]["reminder_drafted"] is False
    assert event["details"]["withdrawn_reminders"] == [reminder.pk]


def test_an_answer_settles_an_unsent_duty_when_it_arrives(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED)
    duty = make_duty(task)
    save_draft(task.pk, "x", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.ANSWERED
    assert last_event(task)["details"]["settled_duties"] == [duty.pk]


def test_a_report_submitted_under_a_delegation_names_both(house: House) -> None:
    task = drafted(house)
    deputy = in_place_of(house.member, house.head)
    submit_report(task.pk, 1, by=deputy, now=NOW)
    actor = last_event(task)["actor"]
    assert (actor["id"], actor["capacity"]) == (house.member.person_id, "KT.")
    assert actor["in_place_of"] == {"id": house.head.person_id, "name": house.head.name}


def test_an_internal_unit_that_is_consulted_answers_by_a_report(house: House) -> None:
    task = make_task(house, kind=TaskKind.CONSULTATION, unit=house.other, host_unit=house.division, ladder="B")
    save_draft(task.pk, "Thống nhất", by=house.stranger, now=NOW)
    submit_report(task.pk, 1, by=house.other_head, now=NOW)
    task.refresh_from_db()
    assert task.state == TaskState.REPORTED
    assert house.member.person_id in told(task)


# Rút


def test_the_submitter_takes_a_report_back_before_it_is_decided(house: House) -> None:
    task = submitted(house)
    report = withdraw_report(task.pk, 1, by=house.head, now=LATER)
    task.refresh_from_db()
    assert (task.state, task.submitted_version, task.reported_at) == (TaskState.IN_PROGRESS, None, None)
    assert report.status == ReportStatus.WITHDRAWN
    event = last_event(task)
    assert (event["name"], event["actor"]["id"]) == ("task.return_report", house.head.person_id)
    assert event["details"] == {"version": 1, "withdrawn": True}
    assert house.reviewer.person_id in told(task)


@pytest.mark.parametrize("name", ["member", "reviewer", "chief", "leader"])
def test_only_the_submitter_takes_a_report_back(house: House, name: str) -> None:
    task = submitted(house)
    with pytest.raises(NotPermitted):
        withdraw_report(task.pk, 1, by=getattr(house, name), now=NOW)


def test_another_head_of_the_unit_does_not_take_it_back(house: House) -> None:
    task = submitted(house)
    with pytest.raises(NotPermitted):
        withdraw_report(task.pk, 1, by=make_actor(Role.UNIT_HEAD, house.division), now=NOW)


def test_the_delegator_takes_back_what_was_submitted_in_his_place(house: House) -> None:
    task = drafted(house)
    submit_report(task.pk, 1, by=in_place_of(house.member, house.head), now=NOW)
    assert withdraw_report(task.pk, 1, by=house.head, now=NOW).status == ReportStatus.WITHDRAWN


def test_what_is_not_waiting_is_not_taken_back(house: House) -> None:
    task = drafted(house)
    with pytest.raises(WrongState):
        withdraw_report(task.pk, 1, by=house.head, now=NOW)


def test_a_report_taken_back_does_not_escape_an_unsent_duty(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED, ladder_done=True)
    duty = make_duty(task)
    save_draft(task.pk, "x", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    withdraw_report(task.pk, 1, by=house.head, now=LATER)
    task.refresh_from_db()
    assert task.state == TaskState.ESCALATED
    assert Escalation.objects.get(pk=duty.pk).status == EscalationStatus.DUTY
    assert event_names(task)[-2:] == ["task.return_report", "task.escalate"]


def test_one_act_has_one_action_id_and_each_its_own(house: House) -> None:
    task = submitted(house)
    actions = [event["action"] for event in events_of(task)[1:]]
    assert len(set(actions)) == len(actions) == 2


def test_the_clock_runs_again_after_a_report_is_taken_back(house: House) -> None:
    task = make_task(house, due_on=MONDAY + timedelta(days=4), state=TaskState.IN_PROGRESS)
    assign_person(task.pk, house.member.person_id, by=house.head, now=NOW)
    running = Task.objects.get(pk=task.pk).next_due
    save_draft(task.pk, "x", by=house.member, now=NOW)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    assert Task.objects.get(pk=task.pk).next_due is None
    withdraw_report(task.pk, 1, by=house.head, now=NOW)
    assert Task.objects.get(pk=task.pk).next_due == running
