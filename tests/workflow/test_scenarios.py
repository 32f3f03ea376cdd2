"""The scenarios that the customer named, each played through the actions and the sweep."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest

from tests.factories import ZONE, House, at, make_actor, make_task, make_unit
from workflow.actions.adjustment import resume_task, suspend_task
from workflow.actions.consultation import accept_answer, consult, record_answer
from workflow.actions.escalation import record_direction, send_escalation
from workflow.actions.policy import seed_rules, set_policy
from workflow.actions.reminder import draft_reminder, issue_reminder
from workflow.actions.report import save_draft, submit_report
from workflow.actions.sweep import sweep
from workflow.actions.task import open_dossier, open_province_task, start_task
from workflow.choices import EscalationStatus, Ladder, ReminderStatus, Role, TaskKind, TaskState, UnitKind
from workflow.core.errors import ActionError, Invalid
from workflow.core.escalation import REMIND, Step, decide, forecast
from workflow.models import AuditEvent, Escalation, Reminder, Task
from workflow.queries.rulebook import load_rulebook, rulebook_known_at
from workflow.queries.task import subject_of

FRIDAY = date(2022, 10, 14)
"""The day by which the bodies must answer, and on which units' tasks are due unless a test says otherwise."""

FAR = date(2022, 12, 20)


@pytest.fixture
def ruled(house: House) -> House:
    """The small department with the shipped rules, and a third consulted body."""
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    house.extra["third"] = make_actor(Role.SPECIALIST, make_unit("STNMT", UnitKind.OUTSIDE, name="Sở Ba"))
    return house


def days(first: date, last: date) -> Iterator[date]:
    """Every day of a span, both ends included."""
    day = first
    while day <= last:
        yield day
        day += timedelta(days=1)


def sweep_days(first: date, last: date) -> None:
    """Sweep just after midnight and at eight on every day of the span, as the clock does."""
    for day in days(first, last):
        sweep(now=at(day, "00:05"))
        sweep(now=at(day, "08:00"))


def dossier(house: House, until: date = FAR, *, bodies: int = 1, due: date = FRIDAY) -> tuple[Task, list[Task]]:
    """Open a dossier of the first division on Monday 3/10 and ask its bodies, who must answer by Friday 14/10."""
    opened = at(date(2022, 10, 3))
    parent = open_dossier("Hồ sơ thử", house.division.pk, until, "HS-THU", by=house.member, now=opened)
    start_task(parent.pk, by=house.member, now=opened)
    units = [house.body.pk, house.silent_body.pk, house.extra["third"].unit_id or 0][:bodies]
    children = consult(parent.pk, units, "Đề nghị góp ý", due, by=house.member, now=at(date(2022, 10, 3), "10:00"))
    return parent, children


def assigned_work(house: House) -> tuple[Task, Task]:
    """Open work that UBND tỉnh assigned, with one consulted body that must answer by Friday 14/10."""
    opened = at(date(2022, 10, 3))
    parent = open_province_task(
        "Việc UBND giao", house.division.pk, FAR, "01/UBND", date(2022, 9, 30), by=house.chief, now=opened
    )
    start_task(parent.pk, by=house.member, now=opened)
    [child] = consult(parent.pk, [house.silent_body.pk], "Đề nghị góp ý", FRIDAY, by=house.member, now=opened)
    return parent, child


def answer(house: House, task: Task, moment: datetime, number: str = "15/STC") -> None:
    """Văn thư records that the body's answer has arrived."""
    record_answer(task.pk, number, moment.date(), "Thống nhất", by=house.clerk, now=moment)


def drafted(task: Task) -> Reminder:
    """The one reminder of the task that waits to be issued."""
    return Reminder.objects.get(task=task, status=ReminderStatus.DRAFT)


def issue_drafted(house: House, task: Task, moment: datetime) -> None:
    """Chánh Văn phòng signs and issues the reminder that the sweep drafted."""
    issue_reminder(drafted(task).pk, by=house.chief, now=moment)


def state(task: Task) -> str:
    return str(Task.objects.values_list("state", flat=True).get(pk=task.pk))


def row(task: Task) -> Task:
    return Task.objects.get(pk=task.pk)


def duties() -> list[tuple[str, str]]:
    """Every duty to report to UBND tỉnh: who is named, and by which rule."""
    found = Escalation.objects.select_related("task__unit", "rule").order_by("pk")
    return [(duty.task.unit.code if duty.task.unit else "", duty.rule.code) for duty in found]


def steps(task: Task, moment: datetime) -> list[tuple[str, int, date]]:
    """What comes on which day if nobody moves."""
    coming: Iterator[Step] = forecast(subject_of(row(task)), load_rulebook(), moment)
    return [(step.effect, step.ordinal, step.moment.astimezone(ZONE).date()) for step in coming]


# --- three bodies ----------------------------------------------------------------------------------------------------


def test_three_bodies_consulted_the_silent_one_alone_is_reported_to_ubnd(ruled: House) -> None:
    _parent, [prompt, slow, silent] = dossier(ruled, bodies=3)
    answer(ruled, prompt, at(date(2022, 10, 12)))
    accept_answer(prompt.pk, 1, by=ruled.member, now=at(date(2022, 10, 13)))
    for day in days(date(2022, 10, 14), date(2022, 11, 4)):
        sweep(now=at(day, "00:05"))
        sweep(now=at(day, "08:00"))
        for reminder in Reminder.objects.filter(status=ReminderStatus.DRAFT):
            issue_reminder(reminder.pk, by=ruled.chief, now=at(day, "14:00"))
        twice = Reminder.objects.filter(task=slow, ordinal=2, status=ReminderStatus.ISSUED).exists()
        if twice and state(slow) == TaskState.ASSIGNED:
            answer(ruled, slow, at(day, "15:00"), "16/SXD")

    assert duties() == [("STNMT", "R-DONDOC-2")]
    [duty] = Escalation.objects.all()
    assert duty.task_id == silent.pk
    assert "Sở Ba" in duty.task.unit.name
    assert [state(one) for one in (prompt, slow, silent)] == [
        TaskState.REVIEWED,
        TaskState.REPORTED,
        TaskState.ESCALATED,
    ]
    issued = Reminder.objects.filter(status=ReminderStatus.ISSUED).values_list("task_id", "ordinal")
    assert sorted(issued) == sorted([(slow.pk, 1), (slow.pk, 2), (silent.pk, 1), (silent.pk, 2)])


def test_the_duty_tells_the_rule_the_clause_and_the_inputs_it_stands_on(ruled: House) -> None:
    _parent, [silent] = dossier(ruled)
    for day in days(date(2022, 10, 17), date(2022, 10, 31)):
        sweep(now=at(day, "08:00"))
        for reminder in Reminder.objects.filter(status=ReminderStatus.DRAFT):
            issue_reminder(reminder.pk, by=ruled.chief, now=at(day, "14:00"))
    [duty] = Escalation.objects.filter(task=silent)
    assert duty.decision["rule"] == "R-DONDOC-2"
    assert duty.decision["inputs"]["reminders_issued"] == 2
    assert duty.decision["policies"]["reading_i15"] == "A"
    assert "đôn đốc 02 lần" in duty.decision["clause"]
    assert duty.rule.item_code == "I.1.5"


# --- only issued reminders count -------------------------------------------------------------------------------------


def test_a_drafted_and_unissued_reminder_counts_nothing_and_leads_to_no_escalation(ruled: House) -> None:
    _parent, [silent] = dossier(ruled)
    sweep_days(date(2022, 10, 14), date(2022, 11, 30))
    assert [(one.ordinal, one.status) for one in Reminder.objects.filter(task=silent)] == [(1, ReminderStatus.DRAFT)]
    assert row(silent).reminders_issued == 0
    assert duties() == []
    assert state(silent) == TaskState.ASSIGNED


def test_two_drafted_but_unissued_reminders_of_two_bodies_count_zero(ruled: House) -> None:
    _parent, bodies = dossier(ruled, bodies=2)
    sweep_days(date(2022, 10, 14), date(2022, 11, 30))
    assert Reminder.objects.filter(status=ReminderStatus.DRAFT).count() == 2
    assert [row(body).reminders_issued for body in bodies] == [0, 0]
    assert duties() == []


def test_a_second_draft_beside_the_first_is_refused(ruled: House) -> None:
    _parent, [silent] = dossier(ruled)
    sweep(now=at(date(2022, 10, 17)))
    with pytest.raises(ActionError):
        draft_reminder(silent.pk, by=ruled.chief, now=at(date(2022, 10, 18)))
    assert Reminder.objects.filter(task=silent).count() == 1


# --- the processing time runs out ------------------------------------------------------------------------------------


def test_time_exhausted_with_no_reminder_is_reported_and_no_reminder_is_possible(ruled: House) -> None:
    _parent, [late] = dossier(ruled, until=FRIDAY)
    sweep(now=at(date(2022, 10, 15), "00:05"))
    assert duties() == [(ruled.body.code, "R-DONDOC-3")]
    assert state(late) == TaskState.ESCALATED
    assert row(late).reminders_issued == 0
    with pytest.raises(ActionError):
        draft_reminder(late.pk, by=ruled.chief, now=at(date(2022, 10, 17)))
    sweep_days(date(2022, 10, 16), date(2022, 10, 31))
    assert not Reminder.objects.filter(task=late).exists()


def test_time_exhausted_after_one_reminder_is_reported_whatever_the_count(ruled: House) -> None:
    _parent, [late] = dossier(ruled, until=date(2022, 10, 18))
    sweep(now=at(date(2022, 10, 17)))
    issue_drafted(ruled, late, at(date(2022, 10, 17), "14:00"))
    sweep_days(date(2022, 10, 18), date(2022, 10, 20))
    assert duties() == [(ruled.body.code, "R-DONDOC-3")]
    assert row(late).reminders_issued == 1
    assert Escalation.objects.get().raised_at == at(date(2022, 10, 19), "00:05")


def test_under_reading_b_two_unanswered_reminders_wait_for_the_time_to_run_out(ruled: House) -> None:
    reading = "Đọc theo cách B"
    set_policy("reading_i15", "B", date(2022, 10, 3), reading, by=ruled.admin, now=at(date(2022, 10, 3)))
    _parent, [late] = dossier(ruled, until=date(2022, 11, 18))
    for day in days(date(2022, 10, 17), date(2022, 11, 18)):
        sweep(now=at(day, "08:00"))
        for reminder in Reminder.objects.filter(status=ReminderStatus.DRAFT):
            issue_reminder(reminder.pk, by=ruled.chief, now=at(day, "14:00"))
    assert (row(late).reminders_issued, duties()) == (2, [])
    sweep(now=at(date(2022, 11, 19), "00:05"))
    assert [code for code, _rule in duties()] == [ruled.body.code]


# --- what UBND tỉnh assigned -----------------------------------------------------------------------------------------


def test_a_body_one_day_late_for_what_ubnd_assigned_is_reported_with_no_reminder(ruled: House) -> None:
    parent, late = assigned_work(ruled)
    assert late.ladder == Ladder.C
    sweep(now=at(FRIDAY, "16:00"))
    assert duties() == []
    sweep(now=at(date(2022, 10, 15), "00:05"))
    assert duties() == [(ruled.silent_body.code, "R-YKIEN-1")]
    assert not Reminder.objects.exists()
    assert state(parent) == TaskState.IN_PROGRESS


# --- a unit of the department ----------------------------------------------------------------------------------------


def test_a_unit_that_leaves_two_reminders_unanswered_is_escalated_on_the_customers_rule(ruled: House) -> None:
    task = make_task(ruled)
    sweep_days(date(2022, 10, 14), date(2022, 11, 4))
    issued = Reminder.objects.filter(task=task).order_by("ordinal")
    assert [(one.ordinal, one.status) for one in issued] == [(1, ReminderStatus.ISSUED), (2, ReminderStatus.ISSUED)]
    assert [one.document.issued_on for one in issued] == [date(2022, 10, 17), date(2022, 10, 21)]
    [duty] = Escalation.objects.filter(task=task)
    assert (duty.rule.code, duty.rule.clause) == ("YC-UBND-A", "")
    assert "khách hàng" in duty.rule.basis


def test_it_is_not_escalated_while_the_customers_policy_is_off(ruled: House) -> None:
    reason = "Thử tắt"
    set_policy("customer_escalation", False, date(2022, 10, 3), reason, by=ruled.admin, now=at(date(2022, 10, 3)))
    task = make_task(ruled)
    sweep_days(date(2022, 10, 14), date(2022, 11, 30))
    assert row(task).reminders_issued == 2
    assert duties() == []
    assert state(task) == TaskState.ASSIGNED


# --- an answer on the day of the sweep -------------------------------------------------------------------------------


def test_a_report_on_the_morning_of_the_sweep_wins_over_it(ruled: House) -> None:
    task = make_task(ruled)
    sweep_days(date(2022, 10, 14), date(2022, 10, 26))
    assert row(task).reminders_issued == 2
    early = at(date(2022, 10, 27), "07:30")
    report = save_draft(task.pk, "Đã xong", False, "Biên bản số 1", by=ruled.member, now=early)
    submit_report(task.pk, report.version, by=ruled.head, now=early)
    sweep(now=at(date(2022, 10, 27), "08:00"))
    assert duties() == []
    assert state(task) == TaskState.REPORTED


def test_a_bodys_answer_withdraws_the_drafted_reminder_and_settles_the_unsent_duty(ruled: House) -> None:
    _parent, [first, second] = dossier(ruled, bodies=2)
    sweep(now=at(date(2022, 10, 17)))
    answer(ruled, first, at(date(2022, 10, 17), "09:00"))
    [withdrawn] = Reminder.objects.filter(task=first)
    assert withdrawn.status == ReminderStatus.WITHDRAWN
    with pytest.raises(ActionError):
        issue_reminder(withdrawn.pk, by=ruled.chief, now=at(date(2022, 10, 17), "10:00"))
    for day in days(date(2022, 10, 17), date(2022, 10, 31)):
        for reminder in Reminder.objects.filter(status=ReminderStatus.DRAFT):
            issue_reminder(reminder.pk, by=ruled.chief, now=at(day, "14:00"))
        sweep(now=at(day + timedelta(days=1), "08:00"))
    assert state(second) == TaskState.ESCALATED
    answer(ruled, second, at(date(2022, 11, 2)), "17/SXD")
    assert Escalation.objects.get(task=second).status == EscalationStatus.ANSWERED
    sweep_days(date(2022, 11, 2), date(2022, 11, 10))
    assert len(duties()) == 1


# --- a deadline that moves -------------------------------------------------------------------------------------------


def escalated(ruled: House) -> tuple[Task, Escalation]:
    """A unit's task that was escalated on the customer's rule, its report to UBND tỉnh sent."""
    task = make_task(ruled)
    sweep_days(date(2022, 10, 14), date(2022, 10, 28))
    duty = Escalation.objects.get(task=task)
    send_escalation(duty.pk, by=ruled.leader, now=at(date(2022, 10, 28), "14:00"))
    return task, duty


def test_a_direction_with_a_new_deadline_moves_every_later_step(ruled: House) -> None:
    task, duty = escalated(ruled)
    told, new_due = at(date(2022, 11, 1)), date(2022, 11, 18)
    record_direction(
        duty.pk, "99/UBND", date(2022, 10, 31), "Hoàn thành trước 18/11", new_due, False, by=ruled.clerk, now=told
    )
    moved = row(task)
    assert (moved.round, moved.due_on, moved.due_first, moved.reminders_issued) == (2, new_due, FRIDAY, 0)
    assert steps(task, told) == [
        ("nudge", 5, date(2022, 11, 11)),
        ("nudge", 1, date(2022, 11, 17)),
        ("remind", 1, date(2022, 11, 21)),
        ("remind", 2, date(2022, 11, 25)),
        ("escalate", 0, date(2022, 12, 1)),
    ]
    sweep_days(date(2022, 11, 2), date(2022, 12, 2))
    second_round = Reminder.objects.filter(task=task, round=2).order_by("ordinal")
    assert [one.document.issued_on for one in second_round] == [date(2022, 11, 21), date(2022, 11, 25)]
    assert Escalation.objects.filter(task=task).count() == 2


def test_a_direction_that_closes_ends_the_task(ruled: House) -> None:
    task, duty = escalated(ruled)
    record_direction(
        duty.pk, "99/UBND", date(2022, 10, 31), "Kết thúc", None, True, by=ruled.clerk, now=at(date(2022, 11, 1))
    )
    assert state(task) == TaskState.CANCELLED
    assert steps(task, at(date(2022, 11, 1))) == []


def test_a_resume_moves_every_later_step_by_the_working_days_suspended(ruled: House) -> None:
    task = make_task(ruled)
    before = steps(task, at(date(2022, 10, 4)))
    ground = date(2022, 10, 3)
    suspend_task(task.pk, "Chờ kết luận", "12/KL", ground, by=ruled.member, now=at(date(2022, 10, 4)))
    assert steps(task, at(date(2022, 10, 5))) == []
    sweep_days(date(2022, 10, 5), date(2022, 10, 10))
    resume_task(task.pk, by=ruled.member, now=at(date(2022, 10, 11)))
    calendar = load_rulebook().calendar
    moved_by = int(calendar.count(FRIDAY, row(task).due_on or FRIDAY))
    assert moved_by == 5
    after = steps(task, at(date(2022, 10, 11)))
    assert [(effect, ordinal) for effect, ordinal, _day in after] == [
        (effect, ordinal) for effect, ordinal, _day in before
    ]
    assert all(int(calendar.count(old, new)) == 5 for (*_a, old), (*_b, new) in zip(before, after, strict=True))


# --- replaying the past ----------------------------------------------------------------------------------------------


def test_a_policy_changed_to_reading_b_does_not_change_what_a_replay_of_last_may_shows(ruled: House) -> None:
    seen = Task(
        kind=TaskKind.CONSULTATION,
        ladder=Ladder.B,
        rule_year=2022,
        unit=ruled.body,
        host_unit=ruled.division,
        due_on=date(2022, 5, 6),
        processing_until=date(2022, 6, 30),
        reminders_issued=2,
        last_reminder_at=at(date(2022, 5, 13)),
        created_at=at(date(2022, 4, 25)),
    )
    then = at(date(2022, 5, 20), "10:00")
    before = decide(subject_of(seen), load_rulebook(), then)
    assert before.rule is not None
    assert before.rule.code == "R-DONDOC-2"

    later = at(date(2022, 9, 1))
    set_policy("reading_i15", "B", date(2022, 9, 1), "Đọc theo cách B", by=ruled.admin, now=later)
    replayed = decide(subject_of(seen), rulebook_known_at(then), then)
    assert replayed.record() == before.record()
    assert decide(subject_of(seen), load_rulebook(), then).record() == before.record()
    september = decide(subject_of(seen), load_rulebook(), at(date(2022, 9, 5)))
    assert september.policies["reading_i15"] == "B"


def test_a_policy_that_the_engine_sets_back_in_time_does_not_change_a_replay_either(ruled: House) -> None:
    seen = make_task(ruled, due_on=date(2022, 5, 6), now=at(date(2022, 4, 25)))
    then = at(date(2022, 5, 9), "10:00")
    before = decide(subject_of(seen), rulebook_known_at(then), then)
    assert before.effect == REMIND
    day = date(2022, 5, 1)
    with pytest.raises(Invalid):
        set_policy("reminders_needed_a", 0, day, "Hồi tố", by=ruled.admin, now=at(date(2022, 9, 1)))
    set_policy("reminders_needed_a", 0, day, "Hồi tố", by=None, now=at(date(2022, 9, 1)))
    assert decide(subject_of(seen), rulebook_known_at(then), then).record() == before.record()
    assert decide(subject_of(seen), load_rulebook(), then).effect != REMIND


# --- a sweep that comes late -----------------------------------------------------------------------------------------


def test_a_sweep_after_an_outage_of_weeks_does_one_step_a_task(ruled: House) -> None:
    task = make_task(ruled)
    result = sweep(now=at(date(2022, 11, 14), "08:00"))
    assert (result.count("remind"), result.count("escalate")) == (1, 0)
    assert row(task).reminders_issued == 1
    sweep(now=at(date(2022, 11, 14), "08:30"))
    sweep(now=at(date(2022, 11, 17), "16:59"))
    assert row(task).reminders_issued == 1
    sweep(now=at(date(2022, 11, 18), "08:00"))
    assert row(task).reminders_issued == 2
    sweep(now=at(date(2022, 11, 23), "16:59"))
    assert duties() == []
    sweep(now=at(date(2022, 11, 24), "00:05"))
    assert duties() == [(ruled.division.code, "YC-UBND-A")]


def test_every_step_of_a_whole_ladder_left_exactly_one_event(ruled: House) -> None:
    task, _duty = escalated(ruled)
    sent = list(AuditEvent.objects.filter(task_id=task.pk).order_by("seq").values_list("name", flat=True))
    assert sent[:5] == ["task.create", "task.nudge", "reminder.issue", "reminder.issue", "task.escalate"]
    assert len(sent) == 6
