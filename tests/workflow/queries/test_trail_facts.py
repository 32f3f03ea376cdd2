"""Facts that a task's row repeats are compared with the rows that they repeat."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, timedelta

import pytest

from tests.factories import MONDAY, House, at, make_task
from workflow.choices import (
    DocumentKind,
    EscalationStatus,
    Ladder,
    ReminderStatus,
    ReportStatus,
    RequestStatus,
    RuleEffect,
    TaskState,
)
from workflow.models import (
    Document,
    Escalation,
    Extension,
    Obstacle,
    ProgressNote,
    Reminder,
    Report,
    Rule,
    Suspension,
    Task,
)
from workflow.queries.trail import Disagreement, verify_facts
from workflow.queries.trail.facts import KEPT_AT_MOST

MORNING = at(MONDAY)


def make_rule() -> Rule:
    return Rule.objects.create(
        code="R-THU",
        plan_year=2022,
        effect=RuleEffect.REMIND,
        title="Quy tắc thử",
        ladder=Ladder.A,
        basis="kiểm thử",
        valid_from=date(2022, 1, 1),
    )


def remind(task: Task, ordinal: int, status: ReminderStatus, *, round_number: int = 1) -> Reminder:
    document = Document.objects.create(
        kind=DocumentKind.LETTER, symbol="SKHĐT-VP", subject="Đôn đốc", body="…", drafted_at=MORNING
    )
    return Reminder.objects.create(
        task=task,
        round=round_number,
        ordinal=ordinal,
        status=status,
        document=document,
        rule=Rule.objects.first() or make_rule(),
        drafted_at=MORNING,
        issued_at=MORNING if status == ReminderStatus.ISSUED else None,
    )


def report(task: Task, house: House, version: int, status: ReportStatus) -> Report:
    return Report.objects.create(
        task=task,
        version=version,
        round=1,
        status=status,
        content="…",
        author_id=house.member.person_id,
        author_name="x",
        created_at=MORNING,
    )


def disagreements() -> list[tuple[str, str, str]]:
    found = verify_facts()
    assert found.wrong == len(found.disagreements)
    assert found.ok is (found.wrong == 0)
    return [(one.column, one.stored, one.found) for one in found.disagreements]


def test_a_fresh_task_agrees(house: House) -> None:
    make_task(house)
    assert disagreements() == []


def test_counts_that_agree_are_silent(house: House) -> None:
    task = make_task(house, reminders_issued=1, last_reminder_at=MORNING, reminder_drafted=True)
    remind(task, 1, ReminderStatus.ISSUED)
    remind(task, 2, ReminderStatus.DRAFT)
    assert disagreements() == []


def test_an_issued_reminder_that_the_row_does_not_count_is_found(house: House) -> None:
    task = make_task(house)
    remind(task, 1, ReminderStatus.ISSUED)
    assert disagreements() == [
        ("last_reminder_at", "(trống)", str(MORNING.astimezone(UTC))),
        ("reminders_issued", "0", "1"),
    ]


def test_a_counted_reminder_that_is_only_drafted_is_found(house: House) -> None:
    task = make_task(house, reminders_issued=1, reminder_drafted=True)
    remind(task, 1, ReminderStatus.DRAFT)
    assert disagreements() == [("reminders_issued", "1", "0")]


def test_withdrawn_reminders_and_those_of_earlier_rounds_do_not_count(house: House) -> None:
    task = make_task(house, round=2)
    remind(task, 1, ReminderStatus.ISSUED, round_number=1)
    remind(task, 1, ReminderStatus.WITHDRAWN, round_number=2)
    assert disagreements() == []


def test_a_draft_that_the_row_forgot_is_found_and_one_that_it_invents(house: House) -> None:
    forgot = make_task(house)
    remind(forgot, 1, ReminderStatus.DRAFT)
    make_task(house, reminder_drafted=True)
    assert disagreements() == [("reminder_drafted", "False", "True"), ("reminder_drafted", "True", "False")]


def test_a_reported_task_names_its_submitted_version(house: House) -> None:
    right = make_task(house, state=TaskState.REPORTED, submitted_version=2)
    report(right, house, 1, ReportStatus.RETURNED)
    report(right, house, 2, ReportStatus.SUBMITTED)
    assert disagreements() == []
    wrong = make_task(house, state=TaskState.REPORTED, submitted_version=1)
    report(wrong, house, 1, ReportStatus.RETURNED)
    report(wrong, house, 2, ReportStatus.SUBMITTED)
    assert disagreements() == [("submitted_version", "1", "2")]


def test_a_reported_task_without_any_report_is_found(house: House) -> None:
    make_task(house, state=TaskState.REPORTED)
    assert disagreements() == [("submitted_version", "(trống)", "(trống)")]


def test_a_version_that_was_never_handed_in_is_found(house: House) -> None:
    draft = make_task(house, submitted_version=1)
    report(draft, house, 1, ReportStatus.DRAFT)
    make_task(house, submitted_version=3)
    assert [column for column, _stored, _found in disagreements()] == ["submitted_version", "submitted_version"]


def test_a_reviewed_task_may_keep_its_version(house: House) -> None:
    task = make_task(house, state=TaskState.REVIEWED, submitted_version=1)
    report(task, house, 1, ReportStatus.ACCEPTED)
    assert disagreements() == []


def test_an_open_obstacle_and_an_approved_extension_stand_in_the_row(house: House) -> None:
    task = make_task(house)
    Obstacle.objects.create(task=task, text="…", raised_by_id=house.head.person_id, raised_name="x", raised_at=MORNING)
    for status in (RequestStatus.APPROVED, RequestStatus.REFUSED):
        Extension.objects.create(
            task=task,
            reason="…",
            old_due=MONDAY,
            wanted_due=MONDAY,
            status=status,
            asked_by_id=house.head.person_id,
            asked_name="x",
            asked_at=MORNING,
        )
    assert disagreements() == [("extended_count", "0", "1"), ("obstacle_open", "False", "True")]
    Task.objects.update(extended_count=1, obstacle_open=True)
    assert disagreements() == []


def test_a_decided_obstacle_is_open_no_more(house: House) -> None:
    task = make_task(house, obstacle_open=True)
    Obstacle.objects.create(
        task=task,
        text="…",
        status=RequestStatus.APPROVED,
        raised_by_id=house.head.person_id,
        raised_name="x",
        raised_at=MORNING,
    )
    assert disagreements() == [("obstacle_open", "True", "False")]


def test_the_confirmed_month_is_the_latest_one_noted(house: House) -> None:
    task = make_task(house, confirmed_month=date(2022, 8, 1))
    for month in (date(2022, 7, 1), date(2022, 9, 1), None):
        ProgressNote.objects.create(
            task=task, month=month, author_id=house.member.person_id, author_name="x", created_at=MORNING
        )
    assert disagreements() == [("confirmed_month", "2022-08-01", "2022-09-01")]


def test_a_suspended_task_has_an_open_suspension(house: House) -> None:
    task = make_task(house, state=TaskState.SUSPENDED, suspended_from=TaskState.ASSIGNED)
    assert disagreements() == [("state", "suspended", "False")]
    Suspension.objects.create(
        task=task, ground="…", ground_number="1", ground_on=MONDAY, started_on=MONDAY, started_name="x"
    )
    assert disagreements() == []


def test_an_escalated_task_has_its_escalation_of_this_round(house: House) -> None:
    task = make_task(house, state=TaskState.ESCALATED, round=2)
    raised = Escalation.objects.create(
        task=task, round=1, status=EscalationStatus.DUTY, rule=make_rule(), raised_at=MORNING
    )
    assert disagreements() == [("state", "escalated", "False")]
    raised.round = 2
    raised.save(update_fields=["round"])
    assert disagreements() == []


def test_all_are_counted_and_the_first_hundred_named(house: House) -> None:
    tasks = [make_task(house) for _ in range(KEPT_AT_MOST + 3)]
    Task.objects.update(extended_count=2)
    found = verify_facts()
    assert (found.wrong, len(found.disagreements)) == (KEPT_AT_MOST + 3, KEPT_AT_MOST)
    assert found.disagreements[0].code == tasks[0].code


def test_each_fact_is_one_query_however_many_tasks(
    house: House, django_assert_num_queries: Callable[..., object]
) -> None:
    told: list[str] = []
    for count in (1, 3):
        for _ in range(count):
            make_task(house)
        told.clear()
        with django_assert_num_queries(10):  # the last two read the issued documents and the signed files
            verify_facts(progress=told.append)
    assert len(told) == 9


@pytest.mark.parametrize("stored", ["0", "(trống)"])
def test_a_disagreement_reads_as_a_sentence(stored: str) -> None:
    one = Disagreement(7, "T7", "reminders_issued", stored, "1")
    assert str(one) == f"nhiệm vụ T7, cột reminders_issued: đang ghi {stored}, các bản ghi gốc cho 1"
    assert one.as_data()["code"] == "T7"


def test_a_wait_may_begin_after_the_issue_but_not_before_it(house: House) -> None:
    later = make_task(house, reminders_issued=1, last_reminder_at=MORNING + timedelta(days=3))
    remind(later, 1, ReminderStatus.ISSUED)
    assert disagreements() == []
    earlier = make_task(house, reminders_issued=1, last_reminder_at=MORNING - timedelta(days=3))
    remind(earlier, 1, ReminderStatus.ISSUED)
    unbacked = make_task(house, last_reminder_at=MORNING)
    found = {(one.task_id, one.column) for one in verify_facts().disagreements}
    assert found == {(earlier.pk, "last_reminder_at"), (unbacked.pk, "last_reminder_at")}
