"""Written reminders by hand: drafted where the rules let, counted only when issued, never to who answered."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from tests.factories import House, at, event_names, last_event, make_task
from workflow.actions.policy import seed_rules, set_policy
from workflow.actions.reminder import draft_reminder, issue_reminder, withdraw_reminder
from workflow.choices import DocumentKind, DocumentStatus, Ladder, ReminderStatus, TaskKind, TaskOrigin, TaskState
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import Notification, RegisterBook, Reminder, Task
from workflow.permissions import Actor

DUE = date(2022, 10, 14)
LATE = at(date(2022, 10, 17))
AFTER_WAIT = at(date(2022, 10, 21))


@pytest.fixture
def rules(house: House) -> House:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    return house


def consultation(house: House, **columns: object) -> Task:
    """A question to a body outside, asked by the first division for a dossier that must be done by 31/10."""
    until = columns.setdefault("processing_until", date(2022, 10, 31))
    parent = make_task(house, kind=TaskKind.DOSSIER, origin=TaskOrigin.PROCEDURE, due_on=until, processing_until=until)
    columns.setdefault("ladder", Ladder.B)
    columns.setdefault("origin", TaskOrigin.PROVINCE if columns["ladder"] == Ladder.C else TaskOrigin.PROCEDURE)
    return make_task(
        house,
        kind=TaskKind.CONSULTATION,
        parent=parent,
        unit=house.silent_body,
        host_unit=house.division,
        by_paper=True,
        **columns,
    )


def drafted(house: House, task: Task, *, by: Actor | None = None, now: datetime = LATE) -> Reminder:
    return draft_reminder(task.pk, by=by or house.reviewer, now=now)


def issued(house: House, task: Task, *, now: datetime = LATE) -> Reminder:
    return issue_reminder(drafted(house, task, now=now).pk, by=house.clerk, now=now)


# Drafting


def test_the_office_drafts_the_first_reminder_of_a_late_unit(rules: House) -> None:
    task = make_task(rules)
    reminder = drafted(rules, task)
    task.refresh_from_db()
    assert (reminder.ordinal, reminder.round, reminder.status) == (1, 1, ReminderStatus.DRAFT)
    assert (task.reminder_drafted, task.reminders_issued, task.last_reminder_at) == (True, 0, None)
    document = reminder.document
    assert (document.kind, document.status, document.symbol) == (DocumentKind.LETTER, DocumentStatus.DRAFT, "SKHĐT-VP")
    assert document.recipients == ["Phòng Một"]
    assert (document.signer_name, document.signer_title) == ("", "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG")


def test_a_draft_leaves_one_event_on_the_task_with_its_decision(rules: House) -> None:
    task = make_task(rules)
    reminder = drafted(rules, task)
    event = last_event(task)
    assert event_names(task) == ["reminder.draft"]
    assert (event["before"], event["after"]) == ({"reminder_drafted": False}, {"reminder_drafted": True})
    assert event["clause"] == "II.1.1 Kế hoạch 1186/KH-SKHĐT"
    assert event["details"]["decision"] == reminder.decision
    assert (reminder.rule.code, reminder.decision["version"]) == ("R-TIENDO-1", 1)


def test_the_letter_cites_task_deadline_and_clause(rules: House) -> None:
    document = drafted(rules, make_task(rules, title="Rà soát thủ tục", clause="I.1.1, gạch 1")).document
    body = document.body
    assert document.copies == ["Lãnh đạo Sở (b/c)"]
    assert "Căn cứ II.1.1 Kế hoạch 1186/KH-SKHĐT: “Văn phòng Sở chủ trì, đôn đốc, nhắc nhở" in body
    assert "Phòng Một được giao thực hiện (I.1.1, gạch 1): Rà soát thủ tục, hạn ngày 14 tháng 10 năm 2022." in body


def test_a_handling_officer_drafts_to_the_body_he_consults(rules: House) -> None:
    task = consultation(rules)
    reminder = drafted(rules, task, by=rules.member)
    assert reminder.rule.code == "R-DONDOC-1"
    assert reminder.document.recipients == ["Sở Xây dựng"]
    assert (reminder.document.symbol, reminder.document.signer_title) == ("SKHĐT-P-A", "GIÁM ĐỐC")
    assert "văn bản đôn đốc" in reminder.document.body


def test_heads_and_members_of_the_owing_unit_and_strangers_draft_nothing(rules: House) -> None:
    task = make_task(rules)
    for person in (rules.head, rules.member, rules.clerk, rules.leader, rules.inspector):
        with pytest.raises(NotPermitted):
            drafted(rules, task, by=person)
    for person in (rules.stranger, rules.outsider, rules.admin):
        with pytest.raises(NotFound):
            drafted(rules, task, by=person)
    assert not Reminder.objects.exists()
    assert event_names(task) == []


def test_no_reminder_before_the_deadline_is_over(rules: House) -> None:
    with pytest.raises(WrongState, match="chưa quá hạn"):
        drafted(rules, make_task(rules), now=at(DUE, "16:00"))


def test_one_draft_at_a_time(rules: House) -> None:
    task = make_task(rules)
    drafted(rules, task)
    with pytest.raises(WrongState, match="dự thảo"):
        drafted(rules, task)


def test_with_the_processing_time_over_a_report_is_due_and_no_reminder(rules: House) -> None:
    task = consultation(rules, processing_until=DUE)
    with pytest.raises(WrongState, match="phải báo cáo UBND tỉnh"):
        drafted(rules, task)


def test_work_of_the_province_is_reported_and_not_reminded(rules: House) -> None:
    task = consultation(rules, ladder=Ladder.C, processing_until=None)
    with pytest.raises(WrongState, match="phải báo cáo UBND tỉnh"):
        drafted(rules, task)


def test_a_person_may_draft_in_the_evening(rules: House) -> None:
    assert drafted(rules, make_task(rules), now=at(date(2022, 10, 15), "21:00")).ordinal == 1


@pytest.mark.parametrize("state", [TaskState.REPORTED, TaskState.REVIEWED, TaskState.ESCALATED, TaskState.SUSPENDED])
def test_a_task_whose_clock_does_not_run_is_not_reminded(rules: House, state: TaskState) -> None:
    task = make_task(rules)
    Task.objects.filter(pk=task.pk).update(state=state)
    with pytest.raises(WrongState, match="không còn ở trạng thái chờ"):
        drafted(rules, task)


# Issuing


def test_an_issued_reminder_counts_and_starts_the_wait(rules: House) -> None:
    task = make_task(rules)
    reminder = issued(rules, task)
    task.refresh_from_db()
    assert (reminder.status, reminder.issued_at, reminder.document.full_number) == ("issued", LATE, "01/SKHĐT-VP")
    assert (task.reminders_issued, task.last_reminder_at, task.reminder_drafted) == (1, LATE, False)
    assert task.next_due == at(date(2022, 10, 21), "08:00")


def test_issuing_leaves_one_event_with_number_and_day_and_tells_the_unit(rules: House) -> None:
    task = make_task(rules)
    issued(rules, task)
    event = last_event(task)
    assert event_names(task) == ["reminder.draft", "reminder.issue"]
    assert event["details"]["number"] == "01/SKHĐT-VP"
    assert event["details"]["issued_on"] == "2022-10-17"
    told = Notification.objects.get(task=task)
    assert (told.person_id, told.text) == (rules.head.person_id, f"Văn bản đôn đốc lần 1 số 01/SKHĐT-VP: {task.title}")


def test_the_second_reminder_waits_and_then_cites_the_first(rules: House) -> None:
    task = make_task(rules)
    issued(rules, task)
    with pytest.raises(WrongState, match="Chưa hết thời gian chờ"):
        drafted(rules, task, now=at(date(2022, 10, 20)))
    second = issued(rules, task, now=AFTER_WAIT)
    assert second.ordinal == 2
    assert second.document.body.split("\n")[1] == (
        "Việc này đã được đôn đốc lần 1 tại Công văn số 01/SKHĐT-VP ngày 17 tháng 10 năm 2022 của Sở Kế hoạch và Đầu "
        f"tư về việc đôn đốc lần 1 việc thực hiện nhiệm vụ: {task.title}."
    )


def test_there_is_no_third_reminder_in_a_round(rules: House) -> None:
    task = make_task(rules)
    issued(rules, task)
    issued(rules, task, now=AFTER_WAIT)
    with pytest.raises(WrongState, match="Đã đủ số lần"):
        drafted(rules, task, now=at(date(2022, 11, 1)))


def test_who_signs_or_keeps_the_register_issues_and_nobody_else(rules: House) -> None:
    for person in (rules.clerk, rules.chief, rules.leader):
        assert issue_reminder(drafted(rules, make_task(rules)).pk, by=person, now=LATE).status == ReminderStatus.ISSUED
    reminder = drafted(rules, make_task(rules))
    for person in (rules.head, rules.member, rules.reviewer, rules.inspector):
        with pytest.raises(NotPermitted):
            issue_reminder(reminder.pk, by=person, now=LATE)
    for person in (rules.stranger, rules.admin):
        with pytest.raises(NotFound):
            issue_reminder(reminder.pk, by=person, now=LATE)


def test_a_reminder_is_issued_once(rules: House) -> None:
    task = make_task(rules)
    reminder = issued(rules, task)
    with pytest.raises(WrongState, match="Đã phát hành"):
        issue_reminder(reminder.pk, by=rules.clerk, now=LATE)
    task.refresh_from_db()
    assert (task.reminders_issued, RegisterBook.objects.get().last_number) == (1, 1)


@pytest.mark.parametrize("state", [TaskState.REPORTED, TaskState.REVIEWED, TaskState.ESCALATED, TaskState.CANCELLED])
def test_an_answer_that_arrived_first_withdraws_the_draft_and_takes_no_number(rules: House, state: TaskState) -> None:
    task = make_task(rules)
    reminder = drafted(rules, task)
    Task.objects.filter(pk=task.pk).update(state=state)
    back = issue_reminder(reminder.pk, by=rules.clerk, now=LATE)
    task.refresh_from_db()
    assert (back.status, back.document.status) == (ReminderStatus.WITHDRAWN, DocumentStatus.CANCELLED)
    assert (task.reminders_issued, task.reminder_drafted) == (0, False)
    assert event_names(task)[-1] == "reminder.withdraw"
    assert not RegisterBook.objects.exists()


def test_a_draft_of_a_former_round_is_withdrawn_and_the_new_round_keeps_its_own(rules: House) -> None:
    task = make_task(rules)
    reminder = drafted(rules, task)
    Task.objects.filter(pk=task.pk).update(round=2, reminder_drafted=True)
    assert issue_reminder(reminder.pk, by=rules.clerk, now=LATE).status == ReminderStatus.WITHDRAWN
    task.refresh_from_db()
    assert task.reminder_drafted


def test_a_draft_waits_while_the_task_is_suspended(rules: House) -> None:
    task = make_task(rules)
    reminder = drafted(rules, task)
    Task.objects.filter(pk=task.pk).update(state=TaskState.SUSPENDED)
    with pytest.raises(WrongState):
        issue_reminder(reminder.pk, by=rules.clerk, now=LATE)
    reminder.refresh_from_db()
    assert reminder.status == ReminderStatus.DRAFT


def test_a_draft_is_not_issued_once_the_deadline_moved_or_the_time_ran_out(rules: House) -> None:
    extended, exhausted = make_task(rules), consultation(rules, processing_until=date(2022, 10, 18))
    first, second = drafted(rules, extended), drafted(rules, exhausted)
    Task.objects.filter(pk=extended.pk).update(due_on=date(2022, 11, 30))
    with pytest.raises(WrongState, match="chưa quá hạn"):
        issue_reminder(first.pk, by=rules.clerk, now=LATE)
    with pytest.raises(WrongState, match="phải báo cáo UBND tỉnh"):
        issue_reminder(second.pk, by=rules.clerk, now=at(date(2022, 10, 19)))


def test_a_draft_whose_ordinal_is_no_longer_next_is_refused(rules: House) -> None:
    task = make_task(rules)
    reminder = drafted(rules, task)
    Task.objects.filter(pk=task.pk).update(reminders_issued=1)
    with pytest.raises(WrongState, match="thứ tự"):
        issue_reminder(reminder.pk, by=rules.clerk, now=AFTER_WAIT)


def test_a_policy_of_more_days_lengthens_what_the_letter_grants(rules: House) -> None:
    set_policy("wait_days", 5, date(2022, 1, 1), "Thử", by=None, now=at(date(2022, 4, 20)))
    assert "thời hạn 05 ngày làm việc" in drafted(rules, make_task(rules)).document.body


# Withdrawing


def test_a_withdrawn_draft_frees_its_ordinal(rules: House) -> None:
    task = make_task(rules)
    first = drafted(rules, task)
    back = withdraw_reminder(first.pk, "Đơn vị đã hẹn báo cáo", by=rules.reviewer, now=LATE)
    task.refresh_from_db()
    assert (back.status, back.withdrawn_reason, back.withdrawn_at) == ("withdrawn", "Đơn vị đã hẹn báo cáo", LATE)
    assert not task.reminder_drafted
    assert last_event(task)["details"]["reason"] == "Đơn vị đã hẹn báo cáo"
    assert drafted(rules, task).ordinal == 1


def test_withdrawing_needs_a_reason_a_draft_and_the_right(rules: House) -> None:
    task = make_task(rules)
    reminder = drafted(rules, task)
    with pytest.raises(Invalid) as refused:
        withdraw_reminder(reminder.pk, " ", by=rules.reviewer, now=LATE)
    assert set(refused.value.fields) == {"reason"}
    for person in (rules.head, rules.member, rules.leader):
        with pytest.raises(NotPermitted):
            withdraw_reminder(reminder.pk, "Lý do", by=person, now=LATE)
    with pytest.raises(NotFound):
        withdraw_reminder(reminder.pk, "Lý do", by=rules.stranger, now=LATE)
    issue_reminder(reminder.pk, by=rules.clerk, now=LATE)
    with pytest.raises(WrongState):
        withdraw_reminder(reminder.pk, "Lý do", by=rules.reviewer, now=LATE)


def test_the_clerk_may_withdraw_and_the_handling_officer_too(rules: House) -> None:
    for person in (rules.clerk, rules.member):
        reminder = drafted(rules, consultation(rules), by=rules.member)
        back = withdraw_reminder(reminder.pk, "Soạn nhầm", by=person, now=LATE)
        assert back.status == ReminderStatus.WITHDRAWN


def test_a_reminder_that_does_not_exist_is_not_found(rules: House) -> None:
    with pytest.raises(NotFound):
        issue_reminder(10**9, by=rules.clerk, now=LATE)
