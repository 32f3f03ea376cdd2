"""Two people, two sweeps, a retried request: real threads and real transactions, and nothing is done twice or lost.

Each race runs its jobs from one barrier, each on a connection of its own. Whoever loses gets a sentence in Vietnamese
(an ActionError), never the database's error; and after every race the whole trail verifies (domain.md section 7.4).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest
from django.db import connection, transaction

from tests.department import bring_in
from tests.factories import MONDAY, House, at, event_names, events_of, make_actor, make_house, make_task
from tests.racing import Job, race
from workflow.actions.adjustment import (
    advise_obstacle,
    ask_extension,
    decide_extension,
    decide_obstacle,
    raise_obstacle,
    resume_task,
    suspend_task,
)
from workflow.actions.consultation import accept_answer, consult, record_answer, return_answer
from workflow.actions.demo import seed_demonstration, seed_plan_units
from workflow.actions.document import issue_document
from workflow.actions.escalation import escalate_task, record_direction, send_escalation, withdraw_escalation
from workflow.actions.login import record_login
from workflow.actions.plan import activate_plan
from workflow.actions.policy import seed_rules, set_policy
from workflow.actions.reminder import draft_reminder, issue_reminder, withdraw_reminder
from workflow.actions.report import return_report, review_report, save_draft, submit_report, withdraw_report
from workflow.actions.sweep import sweep
from workflow.actions.task import assign_lead, cancel_task, open_dossier, reopen_task, start_task
from workflow.actions.unit import appoint, close_person, close_unit, sync_grants
from workflow.choices import (
    DocumentStatus,
    EscalationStatus,
    Ladder,
    ReminderStatus,
    ReportStatus,
    RequestStatus,
    Role,
    TaskKind,
    TaskOrigin,
)
from workflow.core.errors import ActionError
from workflow.models import (
    AuditEvent,
    Document,
    Escalation,
    Membership,
    Plan,
    RegisterBook,
    Reminder,
    Report,
    Task,
    Unit,
)
from workflow.permissions import Actor
from workflow.queries.trail import verify_facts, verify_trail

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(
        connection.vendor != "postgresql", reason="SQLite chỉ cho một người ghi một lúc và giữ bảng thử trong bộ nhớ"
    ),
]

NOW = at(MONDAY)
FRIDAY = date(2022, 9, 30)
LATER = date(2022, 10, 28)


def refusals(outcomes: Sequence[object]) -> list[ActionError]:
    """Return who lost; whatever else was raised is a fault of the program."""
    raised = [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    faults = [repr(error) for error in raised if not isinstance(error, ActionError)]
    assert faults == []
    lost = [error for error in raised if isinstance(error, ActionError)]
    assert all(len(str(error)) > 20 for error in lost), "the loser is told in a sentence"
    return lost


def assert_one_wins(outcomes: Sequence[object]) -> None:
    """Exactly one job was done; every other was refused in words, and the trail holds."""
    lost = refusals(outcomes)
    assert len(outcomes) - len(lost) == 1, [str(outcome) for outcome in outcomes]
    assert {error.status for error in lost} <= {400, 403, 409}
    assert_trail()


def assert_trail() -> None:
    """The whole chain verifies, and every row is what its events say."""
    found = verify_trail()
    assert found.ok, [str(bad) for bad in found.bad]
    facts = verify_facts()
    assert facts.ok, [str(one) for one in facts.disagreements]


@pytest.fixture
def desk() -> House:
    """The small department with rules, grants and an open register, committed for every thread to see."""
    house = make_house()
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    RegisterBook.objects.create(body=house.department, year=2022, series="chung", first_number=1, last_number=0)
    house.extra["leader"] = make_actor(Role.LEADER, house.leadership)
    house.extra["clerk"] = make_actor(Role.CLERK, house.office)
    house.extra["head"] = make_actor(Role.UNIT_HEAD, house.division)
    sync_grants(by=None, now=NOW)
    return house


def drafted(house: House) -> Task:
    task = make_task(house)
    save_draft(task.pk, "Đã làm xong.", False, "Biên bản 1", by=house.member, now=NOW)
    return task


def submitted(house: House) -> Task:
    task = drafted(house)
    submit_report(task.pk, 1, by=house.head, now=NOW)
    return task


def asked(house: House, **columns: object) -> Task:
    """An outside body's answer, late since Friday, with time left."""
    columns.setdefault("processing_until", date(2022, 11, 30))
    parent = make_task(house, kind=TaskKind.DOSSIER, origin=TaskOrigin.PROCEDURE, due_on=date(2022, 11, 30))
    return make_task(
        house,
        parent=parent,
        kind=TaskKind.CONSULTATION,
        origin=TaskOrigin.PROCEDURE,
        ladder=Ladder.B,
        unit=house.body,
        host_unit=house.division,
        due_on=FRIDAY,
        **columns,
    )


def answered(house: House) -> Task:
    task = asked(house)
    record_answer(task.pk, "9/STC", FRIDAY, "Thống nhất.", by=house.clerk, now=NOW)
    return task


def accept(task: Task, by: Actor) -> Job:
    return lambda: review_report(task.pk, 1, True, True, True, "", by=by, now=NOW)


def send_back(task: Task, by: Actor) -> Job:
    return lambda: return_report(task.pk, 1, True, False, True, "Thiếu số liệu.", by=by, now=NOW)


# One of them wins


def two_reviewers(house: House) -> list[Job]:
    task = submitted(house)
    return [accept(task, house.reviewer), accept(task, house.chief), accept(task, house.reviewer)]


def accepting_and_returning(house: House) -> list[Job]:
    task = submitted(house)
    return [accept(task, house.reviewer), send_back(task, house.chief)]


def taking_back_and_accepting(house: House) -> list[Job]:
    task = submitted(house)
    return [lambda: withdraw_report(task.pk, 1, by=house.head, now=NOW), accept(task, house.reviewer)]


def taking_back_twice(house: House) -> list[Job]:
    task = submitted(house)
    return [lambda: withdraw_report(task.pk, 1, by=house.head, now=NOW)] * 3


def submitting_twice(house: House) -> list[Job]:
    task = drafted(house)
    return [
        lambda: submit_report(task.pk, 1, by=house.head, now=NOW),
        lambda: submit_report(task.pk, 1, by=house.extra["head"], now=NOW),
        lambda: submit_report(task.pk, 1, by=house.head, now=NOW),
    ]


def starting_from_four_windows(house: House) -> list[Job]:
    task = make_task(house)
    return [lambda: start_task(task.pk, by=house.member, now=NOW)] * 4


def two_leaders_on_an_extension(house: House) -> list[Job]:
    request = ask_extension(make_task(house).pk, "Chờ số liệu.", LATER, by=house.head, now=NOW)
    other = house.extra["leader"]
    return [
        lambda: decide_extension(request.pk, True, LATER, "", by=house.leader, now=NOW),
        lambda: decide_extension(request.pk, False, None, "Không đủ căn cứ.", by=other, now=NOW),
    ]


def asking_for_time_twice(house: House) -> list[Job]:
    task = make_task(house)
    return [
        lambda: ask_extension(task.pk, "Chờ số liệu.", LATER, by=house.head, now=NOW),
        lambda: ask_extension(task.pk, "Chờ máy móc.", LATER, by=house.extra["head"], now=NOW),
    ]


def two_leaders_on_an_obstacle(house: House) -> list[Job]:
    obstacle = raise_obstacle(make_task(house).pk, "Thiếu máy.", by=house.member, now=NOW)
    other = house.extra["leader"]
    return [
        lambda: decide_obstacle(obstacle.pk, True, "Cấp máy.", by=house.leader, now=NOW),
        lambda: decide_obstacle(obstacle.pk, False, "Dùng máy cũ.", by=other, now=NOW),
    ]


def raising_one_obstacle_twice(house: House) -> list[Job]:
    task = make_task(house)
    return [lambda: raise_obstacle(task.pk, "Thiếu máy.", by=house.member, now=NOW)] * 3


def suspending_twice(house: House) -> list[Job]:
    task = make_task(house)
    return [lambda: suspend_task(task.pk, "Thanh tra.", "3/QĐ", FRIDAY, by=house.member, now=NOW)] * 2


def resuming_twice(house: House) -> list[Job]:
    task = make_task(house)
    suspend_task(task.pk, "Thanh tra.", "3/QĐ", FRIDAY, by=house.member, now=NOW)
    return [lambda: resume_task(task.pk, by=house.member, now=at(date(2022, 10, 5)))] * 3


def answering_on_paper_and_by_account(house: House) -> list[Job]:
    task = asked(house)
    return [
        lambda: record_answer(task.pk, "9/STC", FRIDAY, "Thống nhất.", by=house.clerk, now=NOW),
        lambda: record_answer(task.pk, "9/STC", FRIDAY, "Thống nhất.", by=house.extra["clerk"], now=NOW),
        lambda: record_answer(task.pk, "10/STC", FRIDAY, "Không thống nhất.", by=house.outsider, now=NOW),
    ]


def accepting_and_returning_an_answer(house: House) -> list[Job]:
    task = answered(house)
    return [
        lambda: accept_answer(task.pk, 1, by=house.member, now=NOW),
        lambda: return_answer(task.pk, 1, "Chưa rõ.", by=house.head, now=NOW),
    ]


def consulting_one_body_twice(house: House) -> list[Job]:
    task = make_task(house, due_on=date(2022, 11, 30))
    bodies = [house.silent_body.pk]
    return [
        lambda: consult(task.pk, bodies, "Cho ý kiến.", date(2022, 10, 12), by=house.member, now=NOW),
        lambda: consult(task.pk, bodies, "Cho ý kiến.", date(2022, 10, 12), by=house.head, now=NOW),
    ]


def drafting_a_reminder_twice(house: House) -> list[Job]:
    task = asked(house)
    return [
        lambda: draft_reminder(task.pk, by=house.member, now=NOW),
        lambda: draft_reminder(task.pk, by=house.reviewer, now=NOW),
    ]


def three_desks_issuing_one_reminder(house: House) -> list[Job]:
    reminder = draft_reminder(asked(house).pk, by=house.member, now=NOW)
    return [
        lambda: issue_reminder(reminder.pk, by=house.clerk, now=NOW),
        lambda: issue_reminder(reminder.pk, by=house.extra["clerk"], now=NOW),
        lambda: issue_reminder(reminder.pk, by=house.leader, now=NOW),
    ]


def issuing_and_dropping_one_reminder(house: House) -> list[Job]:
    reminder = draft_reminder(asked(house).pk, by=house.member, now=NOW)
    return [
        lambda: issue_reminder(reminder.pk, by=house.clerk, now=NOW),
        lambda: withdraw_reminder(reminder.pk, "Đã gọi điện.", by=house.member, now=NOW),
    ]


def telling_the_province_twice(house: House) -> list[Job]:
    task = asked(house)
    return [
        lambda: escalate_task(task.pk, "Việc gấp.", by=house.member, now=NOW),
        lambda: escalate_task(task.pk, "Việc gấp.", by=house.reviewer, now=NOW),
    ]


def two_clerks_sending_one_report(house: House) -> list[Job]:
    duty = escalate_task(asked(house).pk, "Việc gấp.", by=house.member, now=NOW)
    return [
        lambda: send_escalation(duty.pk, by=house.clerk, now=NOW),
        lambda: send_escalation(duty.pk, by=house.extra["clerk"], now=NOW),
        lambda: send_escalation(duty.pk, by=house.leader, now=NOW),
    ]


def recording_one_direction_twice(house: House) -> list[Job]:
    duty = escalate_task(asked(house).pk, "Việc gấp.", by=house.member, now=NOW)
    send_escalation(duty.pk, by=house.clerk, now=NOW)

    def by(actor: Actor) -> Job:
        return lambda: record_direction(
            duty.pk, "901/UBND", MONDAY, "Trả lời ngay.", date(2022, 10, 14), False, by=actor, now=NOW
        )

    return [by(house.clerk), by(house.reviewer)]


def two_desks_giving_a_lead(house: House) -> list[Job]:
    task = make_task(house, unit=None)
    return [
        lambda: assign_lead(task.pk, house.division.pk, by=house.reviewer, now=NOW),
        lambda: assign_lead(task.pk, house.other.pk, by=house.leader, now=NOW),
    ]


def cancelling_twice(house: House) -> list[Job]:
    task = make_task(house)
    return [
        lambda: cancel_task(task.pk, "Thôi làm.", by=house.leader, now=NOW),
        lambda: cancel_task(task.pk, "Không cần.", by=house.extra["leader"], now=NOW),
    ]


def reopening_twice(house: House) -> list[Job]:
    task = submitted(house)
    accept(task, house.reviewer)()
    return [lambda: reopen_task(task.pk, "Bổ sung.", by=house.leader, now=NOW)] * 2


def opening_one_dossier_twice(house: House) -> list[Job]:
    until = date(2022, 11, 30)
    return [lambda: open_dossier("Cấp phép", house.division.pk, until, "H56.7-1", by=house.member, now=NOW)] * 3


def closing_one_unit_twice(house: House) -> list[Job]:
    return [lambda: close_unit(house.division.pk, MONDAY, house.other.pk, by=house.admin, now=NOW)] * 2


def closing_one_person_twice(house: House) -> list[Job]:
    return [lambda: close_person(house.member.person_id, MONDAY, by=house.admin, now=NOW)] * 2


def appointing_one_person_twice(house: House) -> list[Job]:
    place = (house.member.person_id, house.other.pk, Role.SPECIALIST, "Chuyên viên", MONDAY)
    return [lambda: appoint(*place, by=house.admin, now=NOW)] * 2


ONE_WINS = [
    two_reviewers,
    accepting_and_returning,
    taking_back_and_accepting,
    taking_back_twice,
    submitting_twice,
    starting_from_four_windows,
    two_leaders_on_an_extension,
    asking_for_time_twice,
    two_leaders_on_an_obstacle,
    raising_one_obstacle_twice,
    suspending_twice,
    resuming_twice,
    answering_on_paper_and_by_account,
    accepting_and_returning_an_answer,
    consulting_one_body_twice,
    drafting_a_reminder_twice,
    three_desks_issuing_one_reminder,
    issuing_and_dropping_one_reminder,
    telling_the_province_twice,
    two_clerks_sending_one_report,
    recording_one_direction_twice,
    two_desks_giving_a_lead,
    cancelling_twice,
    reopening_twice,
    opening_one_dossier_twice,
    closing_one_unit_twice,
    closing_one_person_twice,
    appointing_one_person_twice,
]


@pytest.mark.parametrize("scene", ONE_WINS, ids=[scene.__name__ for scene in ONE_WINS])
def test_one_wins_and_the_other_is_told_in_words(desk: House, scene: Callable[[House], list[Job]]) -> None:
    jobs = scene(desk)
    assert_one_wins(race(*jobs))
    numbers = list(Document.objects.exclude(number=None).values_list("number", flat=True))
    assert sorted(numbers) == list(range(1, len(numbers) + 1)), "a loser takes no number with him"
    assert RegisterBook.objects.get().last_number == len(numbers)


def test_a_lost_decision_leaves_the_winners_whole(desk: House) -> None:
    """What is stored is one decision by one person, not a mixture of two."""
    for _ in range(3):
        task = make_task(desk)
        request = ask_extension(task.pk, "Chờ số liệu.", LATER, by=desk.head, now=NOW)
        other = desk.extra["leader"]
        race(
            lambda pk=request.pk: decide_extension(pk, True, LATER, "Đồng ý.", by=desk.leader, now=NOW),
            lambda pk=request.pk, by=other: decide_extension(pk, False, None, "Không.", by=by, now=NOW),
        )
        request.refresh_from_db()
        task.refresh_from_db()
        approved = request.status == RequestStatus.APPROVED
        assert request.decided_by_id == (desk.leader.person_id if approved else other.person_id)
        assert task.due_on == (LATER if approved else date(2022, 10, 14))
        assert task.due_first == date(2022, 10, 14)
        assert task.extended_count == (1 if approved else 0)
        assert (
            event_names(task)[1:] == ["extension.approve" if approved else "extension.refuse"]
            or len(event_names(task)) == 2
        )
    assert_trail()


def test_a_resumed_deadline_moves_once(desk: House) -> None:
    task = make_task(desk)
    suspend_task(task.pk, "Thanh tra.", "3/QĐ", FRIDAY, by=desk.member, now=NOW)
    race(*[lambda: resume_task(task.pk, by=desk.member, now=at(date(2022, 10, 5)))] * 4)
    task.refresh_from_db()
    assert (task.due_on, event_names(task)) == (date(2022, 10, 18), ["task.suspend", "task.resume"])


# The answer and the sweep


@pytest.mark.parametrize("_again", range(3))
def test_a_report_and_the_sweep_at_the_same_moment_leave_no_reminder_after_the_answer(desk: House, _again: int) -> None:
    now = at(date(2022, 10, 17), "08:00")
    tasks = [make_task(desk, nudged_days=1) for _ in range(4)]
    for task in tasks:
        save_draft(task.pk, "Đã làm xong.", False, "", by=desk.member, now=NOW)
    Task.objects.update(next_due=now)

    def submit() -> None:
        for task in tasks:
            submit_report(task.pk, 1, by=desk.head, now=now)

    assert refusals(race(submit, lambda: sweep(now=now, batch_size=1), lambda: sweep(now=now, batch_size=2))) == []
    for task in tasks:
        task.refresh_from_db()
        names = event_names(task)
        assert task.state == "reported"
        assert names.count("task.report") == 1
        assert names.count("reminder.issue") <= 1
        assert names[-1] == "task.report", "the engine never speaks after the answer"
        assert Reminder.objects.filter(task=task).count() == names.count("reminder.issue") == task.reminders_issued
    assert sweep(now=now).looked_at == 0
    assert_trail()


def test_an_answer_to_work_of_ubnd_and_the_sweep_leave_no_open_duty(desk: House) -> None:
    now = at(date(2022, 10, 17), "08:00")
    parent = make_task(desk, kind=TaskKind.PROVINCE, origin=TaskOrigin.PROVINCE, due_on=date(2022, 11, 30))
    children = [
        make_task(
            desk,
            parent=parent,
            kind=TaskKind.CONSULTATION,
            origin=TaskOrigin.PROVINCE,
            ladder=Ladder.C,
            unit=desk.body,
            host_unit=desk.division,
            nudged_days=1,
        )
        for _ in range(4)
    ]

    def answer() -> None:
        for number, child in enumerate(children, start=1):
            record_answer(child.pk, f"{number}/STC", date(2022, 10, 14), "Thống nhất.", by=desk.clerk, now=now)

    assert refusals(race(answer, lambda: sweep(now=now, batch_size=1))) == []
    for child in children:
        child.refresh_from_db()
        assert child.state == "reported"
        assert event_names(child)[-1] == "task.report"
        duties = set(Escalation.objects.filter(task=child).values_list("status", flat=True))
        assert duties <= {EscalationStatus.ANSWERED}, "answered before it was sent, or never arisen"
        drafts = Document.objects.filter(task=child, status=DocumentStatus.DRAFT)
        assert not drafts.exists(), "the drafted report to UBND tỉnh went with its duty"
    assert_trail()


def test_a_reminder_drafted_by_hand_and_by_the_sweep_is_one(desk: House) -> None:
    task = asked(desk, nudged_days=1)
    outcomes = race(
        lambda: draft_reminder(task.pk, by=desk.member, now=NOW),
        lambda: sweep(now=NOW),
        lambda: sweep(now=NOW),
    )
    refusals(outcomes)
    task.refresh_from_db()
    assert Reminder.objects.filter(task=task, ordinal=1).count() == Reminder.objects.count() == 1
    assert Document.objects.filter(task=task).count() == 1
    assert (task.reminder_drafted, task.reminders_issued) == (True, 0)
    assert_trail()


def test_telling_the_province_by_hand_while_the_sweep_drafts_leaves_one_duty_and_no_draft(desk: House) -> None:
    task = asked(desk, nudged_days=1)
    outcomes = race(
        lambda: escalate_task(task.pk, "Việc gấp.", by=desk.member, now=NOW),
        lambda: sweep(now=NOW),
    )
    assert refusals(outcomes) == []
    task.refresh_from_db()
    assert task.state == "escalated"
    assert Escalation.objects.filter(task=task).count() == 1
    assert not Reminder.objects.filter(task=task, status=ReminderStatus.DRAFT).exists()
    assert task.reminder_drafted is False
    assert_trail()


def test_issuing_a_reminder_and_recording_the_answer_at_once_end_with_the_answer(desk: House) -> None:
    for _ in range(3):
        task = asked(desk)
        reminder = draft_reminder(task.pk, by=desk.member, now=NOW)
        outcomes = race(
            lambda pk=reminder.pk: issue_reminder(pk, by=desk.clerk, now=NOW),
            lambda pk=task.pk: record_answer(pk, "9/STC", FRIDAY, "Thống nhất.", by=desk.extra["clerk"], now=NOW),
        )
        refusals(outcomes)
        task.refresh_from_db()
        reminder.refresh_from_db()
        assert not isinstance(outcomes[1], Exception)
        assert task.state == "reported"
        assert reminder.status in {ReminderStatus.ISSUED, ReminderStatus.WITHDRAWN}
        assert task.reminders_issued == (1 if reminder.status == ReminderStatus.ISSUED else 0)
        assert event_names(task)[-1] == "task.report" or reminder.status == ReminderStatus.WITHDRAWN
    assert RegisterBook.objects.get().last_number == Document.objects.exclude(number=None).count()
    assert_trail()


def test_sending_and_withdrawing_a_report_to_the_province_never_leave_a_sent_one_unwithdrawn_or_half_sent(
    desk: House,
) -> None:
    for _ in range(3):
        task = asked(desk)
        duty = escalate_task(task.pk, "Việc gấp.", by=desk.member, now=NOW)
        outcomes = race(
            lambda pk=duty.pk: send_escalation(pk, by=desk.clerk, now=NOW),
            lambda pk=duty.pk: withdraw_escalation(pk, "Đã trả lời.", by=desk.leader, now=NOW),
        )
        lost = refusals(outcomes)
        task.refresh_from_db()
        duty.refresh_from_db()
        document = Document.objects.get(pk=duty.document_id)
        assert len(lost) <= 1
        if isinstance(outcomes[1], Exception):
            assert (task.state, duty.status) == ("escalated", EscalationStatus.SENT)
        else:
            assert (task.state, duty.status) == ("in_progress", EscalationStatus.WITHDRAWN)
        assert (document.status == DocumentStatus.ISSUED) is not isinstance(outcomes[0], Exception)
    assert_trail()


def test_advice_and_decision_on_an_obstacle_keep_their_order(desk: House) -> None:
    for _ in range(3):
        obstacle = raise_obstacle(make_task(desk).pk, "Thiếu máy.", by=desk.member, now=NOW)
        outcomes = race(
            lambda pk=obstacle.pk: advise_obstacle(pk, "Nên cấp.", by=desk.reviewer, now=NOW),
            lambda pk=obstacle.pk: decide_obstacle(pk, True, "Cấp máy.", by=desk.leader, now=NOW),
        )
        refusals(outcomes)
        obstacle.refresh_from_db()
        assert not isinstance(outcomes[1], Exception)
        assert obstacle.decision == "Cấp máy."
        assert (obstacle.advice == "Nên cấp.") is not isinstance(outcomes[0], Exception)
    assert_trail()


def test_two_hands_on_one_draft_make_one_version(desk: House) -> None:
    task = make_task(desk)
    outcomes = race(
        lambda: save_draft(task.pk, "Bản của chuyên viên.", False, "", by=desk.member, now=NOW),
        lambda: save_draft(task.pk, "Bản của trưởng phòng.", False, "", by=desk.head, now=NOW),
        lambda: save_draft(task.pk, "Bản của phó phòng.", False, "", by=desk.extra["head"], now=NOW),
    )
    assert refusals(outcomes) == []
    report = Report.objects.get(task=task)
    assert (report.version, report.status) == (1, ReportStatus.DRAFT)
    assert event_names(task) == ["report.draft"] * 3
    last = events_of(task)[-1]["actor"]
    wrote = {desk.member.name: "chuyên viên", desk.head.name: "trưởng phòng", desk.extra["head"].name: "phó phòng"}
    assert isinstance(last, dict)
    assert wrote[str(last["name"])] in report.content, "what stands is what the last in the trail wrote"


def test_a_report_submitted_while_it_is_cancelled_ends_cancelled(desk: House) -> None:
    for _ in range(3):
        task = drafted(desk)
        outcomes = race(
            lambda pk=task.pk: submit_report(pk, 1, by=desk.head, now=NOW),
            lambda pk=task.pk: cancel_task(pk, "Thôi làm.", by=desk.leader, now=NOW),
        )
        refusals(outcomes)
        task.refresh_from_db()
        assert not isinstance(outcomes[1], Exception)
        assert task.state == "cancelled"
        assert event_names(task)[-1] == "task.cancel"
    assert_trail()


# Units, plans, chains


def test_a_unit_closed_while_its_work_is_taken_up_loses_no_task_and_starts_none_behind_its_back(desk: House) -> None:
    tasks = [make_task(desk) for _ in range(4)]

    def start() -> list[str]:
        said = []
        for task in tasks:
            try:
                said.append(start_task(task.pk, by=desk.member, now=NOW).state)
            except ActionError as error:
                said.append(type(error).__name__)
        return said

    outcomes = race(start, lambda: close_unit(desk.division.pk, MONDAY, desk.other.pk, by=desk.admin, now=NOW))
    assert refusals(outcomes) == []
    said = outcomes[0]
    assert isinstance(said, list)
    for task, word in zip(tasks, said, strict=True):
        task.refresh_from_db()
        assert task.unit_id == desk.other.pk
        started = "task.start" in event_names(task)
        assert started is (word == "in_progress") is (task.state == "in_progress"), word
        if started:
            assert event_names(task) == ["task.start", "task.pass_on"]
    assert Unit.objects.get(pk=desk.division.pk).valid_to == MONDAY
    assert not Membership.objects.filter(unit=desk.division, valid_to=None).exists()
    assert_trail()


def test_eight_issuers_of_three_kinds_of_papers_leave_a_register_without_gap(desk: House) -> None:
    """Reminders, reports to UBND tỉnh and letters share one book; a third of the transactions roll back at the end."""
    jobs: list[Job] = []
    kept = 0

    def undone(work: Job) -> Job:
        def job() -> None:
            with transaction.atomic():
                work()
                transaction.set_rollback(True)

        return job

    for number in range(8):
        works: list[Job] = []
        reminder = draft_reminder(asked(desk).pk, by=desk.member, now=NOW)
        duty = escalate_task(asked(desk).pk, "Việc gấp.", by=desk.member, now=NOW)
        letter = Document.objects.create(
            task=make_task(desk), kind="CV", symbol="SKHĐT-VP", subject="V/v", body="Mẫu", drafted_at=NOW
        )
        works.append(lambda pk=reminder.pk: issue_reminder(pk, by=desk.clerk, now=NOW))
        works.append(lambda pk=duty.pk: send_escalation(pk, by=desk.leader, now=NOW))
        works.append(lambda pk=letter.pk: issue_document(pk, by=desk.extra["clerk"], now=NOW))
        lost = number % 3
        kept += 2
        works[lost] = undone(works[lost])
        jobs.append(lambda works=tuple(works): [work() for work in works])
    assert refusals(race(*jobs)) == []
    issued = Document.objects.filter(status=DocumentStatus.ISSUED)
    assert sorted(issued.values_list("number", flat=True)) == list(range(1, kept + 1))
    assert RegisterBook.objects.get().last_number == kept
    assert Document.objects.filter(status=DocumentStatus.DRAFT, number=None).count() == 8
    assert_trail()


def test_two_activations_of_one_plan_make_its_tasks_once() -> None:
    issued = at(date(2022, 4, 19))
    seed_plan_units(by=None, now=issued)
    seed_demonstration(by=None, now=issued)
    plan = bring_in(2022)
    outcomes = race(*[lambda: activate_plan(plan.pk, by=None, now=issued)] * 3)
    assert refusals(outcomes) == []
    assert sorted(outcome.activated for outcome in outcomes) == [False, False, True]  # type: ignore[attr-defined]
    assert Task.objects.filter(plan=plan).count() == 169
    assert AuditEvent.objects.filter(name="plan.activate").count() == 1
    assert AuditEvent.objects.filter(name="task.create").count() == 169
    assert_trail()


def test_one_plan_brought_in_twice_at_once_stands_once() -> None:
    issued = at(date(2022, 4, 19))
    seed_plan_units(by=None, now=issued)
    seed_demonstration(by=None, now=issued)
    outcomes = race(*[lambda: bring_in(2022)] * 2)
    refusals(outcomes)
    assert Plan.objects.count() == 1
    assert AuditEvent.objects.filter(chain__startswith="plan:", name="plan.import").count() == 1
    assert verify_trail().ok


@pytest.mark.parametrize(
    ("chain", "job"),
    [
        ("login", lambda house, _place: record_login(house.head.person_id, address="10.0.0.1", now=NOW)),
        (
            "policy",
            lambda house, place: set_policy(
                "wait_days", 4 + place, MONDAY, "Thực tế.", by=house.admin, now=NOW + timedelta(microseconds=place)
            ),
        ),
    ],
)
def test_many_writers_of_one_shared_chain_leave_it_without_gap_or_fork(
    desk: House, chain: str, job: Callable[[House, int], object]
) -> None:
    before = AuditEvent.objects.filter(chain=chain).count()
    outcomes = race(*[lambda place=place: job(desk, place) for place in range(6)])
    done = len(outcomes) - len(refusals(outcomes))
    assert done >= 1
    seqs = list(AuditEvent.objects.filter(chain=chain).order_by("seq").values_list("seq", flat=True))
    assert seqs == list(range(1, before + done + 1))
    assert_trail()


def test_a_rolled_back_act_frees_the_task_for_the_one_who_waits(desk: House) -> None:
    task = make_task(desk)

    def undone() -> None:
        with transaction.atomic():
            start_task(task.pk, by=desk.head, now=NOW)
            transaction.set_rollback(True)

    outcomes = race(undone, lambda: start_task(task.pk, by=desk.member, now=NOW))
    assert not isinstance(outcomes[1], Exception)
    [name] = event_names(task)
    actor = events_of(task)[-1]["actor"]
    assert isinstance(actor, dict)
    assert (name, actor["name"]) == ("task.start", desk.member.name)
    assert_trail()
