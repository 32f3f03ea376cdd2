"""The sweep: one step a task, set-wise, never twice, and a bad row stops nobody."""

from __future__ import annotations

import threading
from datetime import date

import pytest
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext

from tests.factories import House, at, make_task, make_unit
from workflow.actions import sweep as sweeping
from workflow.actions.policy import seed_rules
from workflow.actions.reminder import withdraw_reminder
from workflow.actions.sweep import release_quarantined, sweep
from workflow.actions.sweep.effects import Batch
from workflow.actions.task import arm_task, open_province_task
from workflow.choices import (
    DocumentStatus,
    EscalationStatus,
    Ladder,
    ReminderStatus,
    Role,
    TaskKind,
    TaskOrigin,
    TaskState,
    UnitKind,
)
from workflow.models import (
    AuditEvent,
    Document,
    Escalation,
    Membership,
    Notification,
    RegisterBook,
    Reminder,
    Task,
    Unit,
)

FRIDAY = date(2022, 10, 14)
MONDAY_AFTER = date(2022, 10, 17)


@pytest.fixture
def rules(house: House) -> House:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    return house


def names(task: Task) -> list[str]:
    return list(AuditEvent.objects.filter(task_id=task.pk).order_by("seq").values_list("name", flat=True))


def test_nothing_happens_while_nothing_is_due(rules: House) -> None:
    task = make_task(rules, due_on=date(2022, 12, 30))
    result = sweep(now=at(date(2022, 10, 4)))
    assert (result.looked_at, dict(result.effects)) == (0, {})
    assert names(task) == ["task.create"]


def test_the_unit_is_nudged_five_and_one_working_days_before_the_deadline_once_each(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY)
    for day in range(7, 15):
        for clock in ("08:00", "08:01", "15:00"):
            sweep(now=at(date(2022, 10, day), clock))
    assert names(task) == ["task.create", "task.nudge", "task.nudge"]
    told = Notification.objects.filter(task=task).order_by("id")
    assert [(note.person_id, note.text.split(":")[0]) for note in told] == [
        (rules.head.person_id, "Còn 5 ngày làm việc đến hạn"),
        (rules.head.person_id, "Còn 1 ngày làm việc đến hạn"),
    ]


def test_a_late_unit_gets_reminder_one_issued_numbered_and_dated_in_working_hours(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY, nudged_days=1)
    assert sweep(now=at(date(2022, 10, 15), "10:00")).count("remind") == 0, "Saturday: nothing leaves the house"
    assert sweep(now=at(MONDAY_AFTER, "07:59")).count("remind") == 0, "before hours"
    result = sweep(now=at(MONDAY_AFTER, "08:00"))
    assert result.effects[("remind", "R-TIENDO-1")] == 1
    reminder = Reminder.objects.get(task=task)
    assert (reminder.ordinal, reminder.round, reminder.status) == (1, 1, ReminderStatus.ISSUED)
    document = reminder.document
    assert (document.full_number, document.issued_on, document.status) == (
        "01/SKHĐT-VP",
        MONDAY_AFTER,
        DocumentStatus.ISSUED,
    )
    assert document.text_sha256 != ""
    task.refresh_from_db()
    assert (task.reminders_issued, task.last_reminder_at) == (1, at(MONDAY_AFTER, "08:00"))
    assert reminder.decision["rule"] == "R-TIENDO-1"
    assert reminder.decision["inputs"]["late"] is True


def test_a_sweep_that_comes_weeks_late_does_one_step_and_waits_from_the_real_issue(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY, nudged_days=1)
    late = date(2022, 11, 21)
    for clock in ("08:00", "08:05", "12:00", "16:00"):
        sweep(now=at(late, clock))
    assert Reminder.objects.filter(task=task).count() == 1
    sweep(now=at(date(2022, 11, 24), "16:00"))
    assert Reminder.objects.filter(task=task).count() == 1, "three working days of waiting: 22, 23, 24"
    sweep(now=at(date(2022, 11, 25), "08:00"))
    assert Reminder.objects.filter(task=task).count() == 2


def test_two_unanswered_reminders_are_escalated_by_the_customers_rule_without_a_clause(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY, nudged_days=1)
    for day in (17, 21, 24, 25, 26, 27, 28):
        sweep(now=at(date(2022, 10, day), "09:00"))
    escalation = Escalation.objects.get(task=task)
    assert escalation.rule.code == "YC-UBND-A"
    assert escalation.rule.clause == ""
    assert escalation.status == EscalationStatus.DUTY
    assert "khách hàng" in escalation.decision["basis"]
    assert escalation.document is not None
    assert escalation.document.status == DocumentStatus.DRAFT
    for reminder in Reminder.objects.filter(task=task):
        assert reminder.document.full_number in escalation.document.body
    task.refresh_from_db()
    assert (task.state, task.next_due) == ("escalated", None)
    assert names(task) == ["task.create", "reminder.issue", "reminder.issue", "task.escalate"]


def test_only_the_last_reminder_and_what_goes_to_the_province_are_urgent(rules: House) -> None:
    task = make_task(rules)
    for day in (date(2022, 10, 17), date(2022, 10, 21), date(2022, 10, 27)):
        sweep(now=at(day))
    told = Notification.objects.filter(task=task).order_by("created_at").values_list("kind", "urgent")
    assert list(dict.fromkeys(told)) == [("reminder", False), ("reminder", True), ("escalation", True)]


def test_a_reminder_to_a_body_outside_is_only_drafted_and_counts_nothing(rules: House) -> None:
    parent = make_task(rules, kind=TaskKind.DOSSIER, origin=TaskOrigin.PROCEDURE, due_on=date(2022, 11, 30))
    child = make_task(
        rules,
        parent=parent,
        kind=TaskKind.CONSULTATION,
        origin=TaskOrigin.PROCEDURE,
        ladder=Ladder.B,
        unit=rules.silent_body,
        host_unit=rules.division,
        by_paper=True,
        due_on=FRIDAY,
        processing_until=date(2022, 11, 30),
        nudged_days=1,
    )
    for day in (17, 18, 21, 24, 25, 28):
        sweep(now=at(date(2022, 10, day), "09:00"))
    reminder = Reminder.objects.get(task=child)
    assert (reminder.status, reminder.document.number) == (ReminderStatus.DRAFT, None)
    child.refresh_from_db()
    assert (child.reminders_issued, child.reminder_drafted, child.state) == (0, True, "assigned")
    assert not RegisterBook.objects.filter(last_number__gt=0).exists()
    told = set(Notification.objects.filter(task=child).values_list("person_id", flat=True))
    assert {rules.head.person_id, rules.clerk.person_id} <= told


def test_a_draft_is_withdrawn_when_the_time_to_process_runs_out_and_the_duty_to_report_arises(rules: House) -> None:
    parent = make_task(rules, kind=TaskKind.DOSSIER, origin=TaskOrigin.PROCEDURE, due_on=date(2022, 10, 19))
    child = make_task(
        rules,
        parent=parent,
        kind=TaskKind.CONSULTATION,
        origin=TaskOrigin.PROCEDURE,
        ladder=Ladder.B,
        unit=rules.silent_body,
        host_unit=rules.division,
        by_paper=True,
        due_on=FRIDAY,
        processing_until=date(2022, 10, 19),
        nudged_days=1,
    )
    sweep(now=at(MONDAY_AFTER, "08:00"))
    sweep(now=at(date(2022, 10, 20), "00:05"))
    child.refresh_from_db()
    assert (child.state, child.reminder_drafted) == ("escalated", False)
    assert Escalation.objects.get(task=child).rule.code == "R-DONDOC-3"
    reminder = Reminder.objects.get(task=child)
    assert (reminder.status, reminder.document.status) == (ReminderStatus.WITHDRAWN, DocumentStatus.CANCELLED)
    event = AuditEvent.objects.get(task_id=child.pk, name="task.escalate")
    assert f'"withdrawn_reminders":[{reminder.pk}]' in event.body


def test_numbers_of_a_batch_follow_each_other_without_a_gap(rules: House) -> None:
    tasks = [make_task(rules, due_on=FRIDAY, nudged_days=1) for _ in range(7)]
    sweep(now=at(MONDAY_AFTER, "08:00"), batch_size=3)
    numbers = Document.objects.filter(task__in=tasks).order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5, 6, 7]
    assert RegisterBook.objects.get().last_number == 7


def test_an_escalated_consultation_of_provincial_work_needs_no_reminder(rules: House) -> None:
    parent = make_task(rules, kind=TaskKind.PROVINCE, origin=TaskOrigin.PROVINCE, due_on=date(2022, 11, 30))
    child = make_task(
        rules,
        parent=parent,
        kind=TaskKind.CONSULTATION,
        origin=TaskOrigin.PROVINCE,
        ladder=Ladder.C,
        unit=rules.silent_body,
        host_unit=rules.division,
        by_paper=True,
        due_on=FRIDAY,
        nudged_days=1,
    )
    sweep(now=at(FRIDAY, "23:59"))
    child.refresh_from_db()
    assert child.state == "assigned", "its last day has not ended"
    sweep(now=at(date(2022, 10, 15), "00:00"))
    child.refresh_from_db()
    assert child.state == "escalated"
    assert Reminder.objects.count() == 0
    assert Escalation.objects.get(task=child).rule.code == "R-YKIEN-1"


def test_a_standing_task_is_asked_for_the_month_that_ended_and_is_never_late(rules: House) -> None:
    task = make_task(rules, due_on=None, last_day=None, confirm_monthly=True, start_on=date(2022, 1, 1))
    sweep(now=at(date(2022, 10, 31), "16:00"))
    assert names(task) == ["task.create"]
    sweep(now=at(date(2022, 11, 1), "08:00"))
    sweep(now=at(date(2022, 11, 2), "08:00"))
    assert names(task) == ["task.create", "task.ask_confirmation"]
    task.refresh_from_db()
    assert task.confirm_asked == date(2022, 10, 1)
    assert Notification.objects.get(task=task).text.startswith("Đề nghị xác nhận tháng 10/2022")
    sweep(now=at(date(2022, 12, 1), "08:00"))
    assert names(task)[2:] == ["task.ask_confirmation"], "silence is asked again, never reminded in writing"


def test_a_task_without_a_lead_waits_for_one(rules: House) -> None:
    task = make_task(rules, unit=None, due_on=FRIDAY)
    assert sweep(now=at(date(2022, 11, 30), "09:00")).looked_at == 0
    assert names(task) == ["task.create"]


def test_every_effect_is_one_event_with_its_decision_and_clause(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY, nudged_days=1)
    sweep(now=at(MONDAY_AFTER, "08:00"))
    event = AuditEvent.objects.get(task_id=task.pk, name="reminder.issue")
    assert '"rule":"R-TIENDO-1"' in event.body
    assert "II.1.1 Kế hoạch 1186/KH-SKHĐT" in event.body
    assert '"name":"Hệ thống Đôn đốc"' in event.body
    task.refresh_from_db()
    assert (task.chain_seq, task.chain_head) == (event.seq, event.hash)


def test_a_poison_row_is_set_apart_and_the_others_go_on(rules: House, monkeypatch: pytest.MonkeyPatch) -> None:
    good = make_task(rules, due_on=FRIDAY, nudged_days=1)
    bad = make_task(rules, due_on=FRIDAY, nudged_days=1)
    Task.objects.filter(pk=bad.pk).update(rule_year=2022, ladder="A", due_on=FRIDAY)
    real = Batch.add

    def fragile(self: Batch, task: Task, decision: object) -> None:
        if task.pk == bad.pk:
            raise ValueError("dữ liệu hỏng")
        real(self, task, decision)  # type: ignore[arg-type]

    monkeypatch.setattr(Batch, "add", fragile)
    result = sweep(now=at(MONDAY_AFTER, "08:00"))
    assert result.quarantined == [(bad.code, "dữ liệu hỏng")]
    assert Reminder.objects.filter(task=good).count() == 1
    bad.refresh_from_db()
    assert bad.next_due is None
    assert "dữ liệu hỏng" in bad.quarantine_error
    assert sweep(now=at(MONDAY_AFTER, "09:00")).looked_at == 0, "it is not tried again by itself"
    monkeypatch.setattr(Batch, "add", real)
    release_quarantined(bad.pk, now=at(MONDAY_AFTER, "10:00"))
    assert sweep(now=at(MONDAY_AFTER, "10:00")).count("remind") == 1


@pytest.mark.django_db(transaction=True)
def test_two_sweeps_at_once_do_nothing_twice(house: House) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time, so two sweeps can't overlap there")
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    tasks = [make_task(house, due_on=FRIDAY, nudged_days=1) for _ in range(60)]
    results = []

    def run() -> None:
        try:
            results.append(sweep(now=at(MONDAY_AFTER, "08:00"), batch_size=7))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(result.count("remind") for result in results) == len(tasks)
    assert Reminder.objects.count() == len(tasks)
    assert sorted(Document.objects.values_list("number", flat=True)) == list(range(1, len(tasks) + 1))


@pytest.mark.django_db(transaction=True)
def test_a_sweep_that_dies_in_the_middle_leaves_whole_batches_and_the_next_one_finishes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    tasks = [make_task(house, due_on=FRIDAY, nudged_days=1) for _ in range(9)]
    real, calls = Batch.write, []

    def dying(self: Batch, **given: object) -> None:
        calls.append(1)
        real(self, **given)  # type: ignore[arg-type]
        if len(calls) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(Batch, "write", dying)
    with pytest.raises(KeyboardInterrupt):
        sweep(now=at(MONDAY_AFTER, "08:00"), batch_size=4)
    assert Reminder.objects.count() == 4, "the second batch was written but never committed"
    monkeypatch.setattr(Batch, "write", real)
    sweep(now=at(MONDAY_AFTER, "08:10"), batch_size=4)
    assert Reminder.objects.count() == len(tasks)
    assert sorted(Document.objects.values_list("number", flat=True)) == list(range(1, 10))


def test_idle_sweeping_is_one_query(rules: House, django_assert_num_queries: object) -> None:
    make_task(rules, due_on=date(2022, 12, 30))
    with django_assert_num_queries(1):  # type: ignore[operator]
        sweeping.sweep(now=at(date(2022, 10, 4)))


def outside(rules: House) -> Task:
    """A body outside that is late for a dossier of the first division."""
    parent = make_task(rules, kind=TaskKind.DOSSIER, origin=TaskOrigin.PROCEDURE, due_on=date(2022, 11, 30))
    return make_task(
        rules,
        parent=parent,
        kind=TaskKind.CONSULTATION,
        origin=TaskOrigin.PROCEDURE,
        ladder=Ladder.B,
        unit=rules.silent_body,
        host_unit=rules.division,
        by_paper=True,
        due_on=FRIDAY,
        processing_until=date(2022, 11, 30),
        nudged_days=1,
    )


def test_a_draft_that_was_withdrawn_is_drafted_again_and_told_again(rules: House) -> None:
    task = outside(rules)
    sweep(now=at(MONDAY_AFTER, "08:00"))
    withdraw_reminder(Reminder.objects.get(task=task).pk, "Sai tên", by=rules.chief, now=at(MONDAY_AFTER, "10:00"))
    result = sweep(now=at(date(2022, 10, 18), "08:00"))
    assert (result.count("remind"), result.quarantined) == (1, [])
    statuses = list(Reminder.objects.filter(task=task).order_by("pk").values_list("ordinal", "status"))
    assert statuses == [(1, ReminderStatus.WITHDRAWN), (1, ReminderStatus.DRAFT)]
    assert Notification.objects.filter(task=task, person_id=rules.clerk.person_id).count() == 2


def test_a_person_with_two_places_in_a_unit_is_told_once(rules: House) -> None:
    Membership.objects.create(
        person_id=rules.chief.person_id,
        unit=rules.office,
        role=Role.UNIT_HEAD,
        position="Trưởng đơn vị",
        valid_from=date(2020, 1, 1),
    )
    task = make_task(rules, unit=rules.office, due_on=FRIDAY, nudged_days=1)
    assert sweep(now=at(MONDAY_AFTER, "08:00")).quarantined == []
    assert Notification.objects.filter(task=task, person_id=rules.chief.person_id).count() == 1


@pytest.mark.parametrize(
    ("day", "said"),
    [(date(2022, 10, 11), "Còn 3 ngày làm việc đến hạn"), (FRIDAY, "Hôm nay là ngày đến hạn")],
)
def test_a_nudge_that_comes_late_says_the_days_that_are_really_left(rules: House, day: date, said: str) -> None:
    task = make_task(rules, due_on=FRIDAY)
    sweep(now=at(day, "08:00"))
    assert Notification.objects.get(task=task).text == f"{said}: {task.title}"


def test_the_engine_drafts_a_letter_to_a_body_outside_as_a_person_would(rules: House) -> None:
    task = outside(rules)
    sweep(now=at(MONDAY_AFTER, "08:00"))
    letter = Reminder.objects.get(task=task).document
    assert (letter.symbol, letter.signer_name, letter.signer_title) == ("SKHĐT-P-A", "", "GIÁM ĐỐC")
    Task.objects.filter(pk=task.pk).update(processing_until=MONDAY_AFTER)
    Task.objects.filter(pk=task.pk).update(next_due=at(date(2022, 10, 18), "00:05"))
    sweep(now=at(date(2022, 10, 18), "00:05"))
    report = Escalation.objects.get(task=task).document
    assert report is not None
    assert (report.symbol, report.signer_name, report.signer_title) == ("BC-SKHĐT", "", "GIÁM ĐỐC")


def test_the_hash_of_a_letter_that_the_engine_issued_stands_in_the_trail(rules: House) -> None:
    task = make_task(rules, due_on=FRIDAY, nudged_days=1)
    sweep(now=at(MONDAY_AFTER, "08:00"))
    digest = Reminder.objects.get(task=task).document.text_sha256
    event = AuditEvent.objects.get(task_id=task.pk, name="reminder.issue")
    assert f'"text_sha256":"{digest}"' in event.body


def test_work_due_before_its_years_plan_is_issued_is_chased_by_the_plan_before(rules: House) -> None:
    due = date(2023, 1, 13)
    opened = at(date(2022, 10, 3))
    task = open_province_task("Việc", rules.division.pk, due, "1", date(2022, 10, 3), by=rules.leader, now=opened)
    assert task.rule_year == 2023
    assert sweep(now=at(date(2023, 1, 16), "08:00")).effects[("remind", "CS-DONDOC-A")] == 1
    assert Reminder.objects.get(task=task).decision["plan_year"] == 2022


def test_a_step_that_waited_for_its_event_is_first_asked_for_the_month_of_the_event(rules: House) -> None:
    task = make_task(
        rules,
        due_on=None,
        last_day=None,
        confirm_monthly=True,
        state=TaskState.WAITING_EVENT,
        event_text="Sau khi đơn vị trước gửi",
        now=at(date(2022, 5, 4)),
    )
    arm_task(task.pk, "1/VB", date(2022, 10, 10), by=rules.chief, now=at(date(2022, 10, 10)))
    assert sweep(now=at(date(2022, 10, 11), "08:00")).count("confirm") == 0
    assert sweep(now=at(date(2022, 11, 1), "08:00")).count("confirm") == 1


def test_letters_bear_the_number_and_symbol_of_the_department_and_office_of_the_day(rules: House) -> None:
    new = make_unit("STC-MOI", UnitKind.DEPARTMENT, name="Sở Mới", abbreviation="SM", valid_from=date(2022, 10, 1))
    make_unit("VP-MOI", UnitKind.OFFICE, name="Văn phòng Sở Mới", parent=new, valid_from=date(2022, 10, 1))
    Unit.objects.filter(pk__in=[rules.department.pk, rules.office.pk]).update(valid_to=date(2022, 9, 30))
    task = make_task(rules, due_on=FRIDAY, nudged_days=1)
    sweep(now=at(MONDAY_AFTER, "08:00"))
    letter = Reminder.objects.get(task=task).document
    assert (letter.full_number, letter.book.body_id if letter.book else None) == ("01/SM-VP-MOI", new.pk)


def test_the_papers_of_many_take_as_many_statements_as_those_of_two(rules: House) -> None:
    def swept(count: int, day: date) -> int:
        """Let a body be consulted for work of UBND tỉnh and a unit be late, so often; return the sweep's statements."""
        for _number in range(count):
            parent = make_task(rules, kind=TaskKind.PROVINCE, origin=TaskOrigin.PROVINCE, due_on=date(2022, 12, 30))
            make_task(
                rules,
                parent=parent,
                kind=TaskKind.CONSULTATION,
                origin=TaskOrigin.PROVINCE,
                ladder=Ladder.C,
                unit=rules.body,
                host_unit=rules.division,
                by_paper=True,
                due_on=FRIDAY,
                nudged_days=1,
            )
            make_task(rules, due_on=FRIDAY, nudged_days=1)
        with CaptureQueriesContext(connection) as made:
            result = sweep(now=at(day, "08:00"))
        assert (result.count("escalate"), result.count("remind")) == (count, count)
        return len(made)

    swept(1, MONDAY_AFTER)
    assert swept(5, date(2022, 10, 18)) == swept(2, date(2022, 10, 19))
    body = Escalation.objects.order_by("-pk")[0].document.body  # type: ignore[union-attr]
    assert "1. Ngày 03/10/2022: Lấy ý kiến Sở Tài chính, hạn 14/10/2022." in body
    assert Document.objects.filter(kind="CV").order_by("-pk")[0].copies == ["Lãnh đạo Sở (b/c)"]
