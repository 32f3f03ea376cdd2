"""The steps' own clock: who is late is told once, then the next level once, and no step hangs on who has left."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from approvals.actions.assigning import reassign
from approvals.actions.timing import nudge_late_steps, release_closed
from approvals.models import Approval, Step
from approvals.queries.timing import Holders
from tests.approvals.factories import (
    NOW,
    Matter,
    document_at,
    escalation_at,
    extension_at,
    proposal_at,
    report_at,
    rules,
)
from tests.approvals.factories import task_of as subject_of
from tests.factories import House, at, event_names, last_event, make_actor, make_house, strangers_of
from tests.racing import race
from workflow.actions.adjustment import ask_extension
from workflow.actions.flow import close_flows, flows
from workflow.actions.job import SCHEDULES, nudge_steps_job
from workflow.actions.policy import set_policy
from workflow.actions.unit import close_person
from workflow.choices import FlowKind, Role
from workflow.models import AuditEvent, CalendarDay, DemonstrationClock, Membership, Notification, Task
from workflow.permissions import Actor
from workflow.queries.clock import forget_clock
from workflow.queries.trail import verify_trail

pytestmark = pytest.mark.django_db

WEDNESDAY = date(2022, 10, 19)
"""Two working days after the Monday on which the steps of these tests are reached: their own last day."""

THURSDAY, FRIDAY, SATURDAY, MONDAY = (date(2022, 10, day) for day in (20, 21, 22, 24))


def ids(*actors: Actor) -> set[int]:
    return {actor.person_id for actor in actors}


def told(kind: str, step: Step) -> set[int]:
    """Who was told that the step is late, or that those below are."""
    rows = Notification.objects.filter(key=f"step:{step.pk}:{kind}", kind="nudge")
    return set(rows.values_list("person_id", flat=True))


def run(day: date, clock: str = "09:00", **options: int) -> int:
    return nudge_late_steps(now=at(day, clock), **options)


def nudges(step: Step) -> list[dict[str, Any]]:
    """The details of the step's nudges in the trail."""
    bodies = AuditEvent.objects.filter(name="approval.nudge").order_by("id").values_list("body", flat=True)
    found = [json.loads(body) for body in bodies]
    assert all(event["actor"]["id"] is None for event in found), "the engine does it, nobody else"
    return [event["details"] for event in found if event["details"]["step"] == step.pk]


# --- when ---


def test_a_step_is_told_of_once_on_the_first_working_day_after_its_last(house: House) -> None:
    step = report_at(house, "check").step()
    assert step.due_on == WEDNESDAY
    assert [run(WEDNESDAY, "16:59"), run(THURSDAY), run(THURSDAY, "10:00"), run(FRIDAY)] == [0, 1, 0, 0]
    assert told("late", step) == ids(house.reviewer, house.chief)
    step.refresh_from_db()
    assert (step.nudged_on, step.raised_on) == (THURSDAY, None)


def test_the_next_level_is_told_once_so_many_working_days_later(house: House) -> None:
    step = report_at(house, "check").step()
    run(THURSDAY)
    assert [run(FRIDAY), run(SATURDAY), run(MONDAY), run(MONDAY, "10:00"), run(date(2022, 11, 14))] == [0, 0, 1, 0, 0]
    assert told("raised", step) == ids(house.chief)
    step.refresh_from_db()
    assert (step.nudged_on, step.raised_on) == (THURSDAY, MONDAY)


def test_a_clock_that_was_down_tells_the_holders_first_and_the_next_level_only_later(house: House) -> None:
    step = report_at(house, "check").step()
    long_after = date(2022, 11, 14)
    assert [run(long_after), run(long_after, "10:00"), run(date(2022, 11, 15)), run(date(2022, 11, 16))] == [1, 0, 0, 1]
    assert (told("late", step), told("raised", step)) == (ids(house.reviewer, house.chief), ids(house.chief))


@pytest.mark.parametrize("clock", ["07:59", "17:00", "23:00"])
def test_nobody_is_told_outside_working_hours(house: House, clock: str) -> None:
    report_at(house, "check")
    assert run(THURSDAY, clock) == 0
    assert not Notification.objects.filter(kind="nudge").exists()


def test_nobody_is_told_on_a_day_off_and_it_is_made_up_on_the_next(house: House) -> None:
    step = report_at(house, "check").step()
    CalendarDay.objects.create(day=THURSDAY, kind="off", name="Nghỉ", source="kiểm thử")
    assert [run(THURSDAY), run(FRIDAY)] == [0, 1]
    assert nudges(step)[0]["due_on"] == "2022-10-19"


def test_the_window_and_the_days_are_policies(house: House) -> None:
    step = report_at(house, "check").step()
    set_policy("issue_window", {"from": "13:00", "to": "14:00"}, THURSDAY, "Thử", by=house.admin, now=NOW)
    set_policy("step_days", 1, THURSDAY, "Thử", by=house.admin, now=NOW)
    assert [run(THURSDAY), run(THURSDAY, "13:30"), run(FRIDAY, "13:30")] == [0, 1, 1]
    step.refresh_from_db()
    assert (step.nudged_on, step.raised_on) == (THURSDAY, FRIDAY)


def test_a_step_that_was_decided_or_closed_is_not_told_of(house: House) -> None:
    accepted = report_at(house, "check")
    accepted.act("accept", house.reviewer)
    dropped = extension_at(house, "advise")
    close_flows(FlowKind.EXTENSION, [dropped.pk], "Không còn cần.", of=subject_of(dropped), by=None, now=NOW)
    assert run(date(2022, 11, 14)) == 0


def test_each_step_of_an_approval_has_its_own_clock(house: House) -> None:
    matter = report_at(house, "check")
    run(THURSDAY)
    matter.act("return", house.reviewer, now=at(FRIDAY))
    assert [run(FRIDAY, "10:00"), run(MONDAY)] == [0, 0]
    assert run(date(2022, 10, 26)) == 1
    assert told("late", matter.step()) == ids(house.member, house.head)


# --- who ---


LEVELS: dict[str, tuple[Callable[[House], Matter], list[str], list[str]]] = {
    "a unit's draft": (lambda house: report_at(house, "draft"), ["member", "head"], ["head"]),
    "a head": (lambda house: report_at(house, "submit"), ["head"], ["chief"]),
    "Văn phòng's check": (lambda house: report_at(house, "check"), ["reviewer", "chief"], ["chief"]),
    "the leaders' check of Văn phòng": (
        lambda house: report_at(house, "leader_check", unit=house.office),
        ["leader"],
        ["leader", "chief"],
    ),
    "Văn phòng's advice": (lambda house: proposal_at(house, "advise"), ["reviewer", "chief"], ["chief"]),
    "Chánh Văn phòng's signature": (lambda house: document_at(house, "sign_order"), ["chief"], ["leader"]),
    "văn thư": (lambda house: document_at(house, "issue"), ["clerk"], ["leader"]),
    "a leader": (lambda house: proposal_at(house, "decide"), ["leader"], ["leader", "chief"]),
}


@pytest.mark.parametrize("name", LEVELS)
def test_the_holders_are_told_and_then_the_level_above_them(house: House, name: str) -> None:
    make, holders, above = LEVELS[name]
    step = make(house).step()
    assert [run(THURSDAY), run(MONDAY)] == [1, 1]
    assert told("late", step) == {getattr(house, who).person_id for who in holders}
    assert told("raised", step) == {getattr(house, who).person_id for who in above}


def test_nobody_is_late_where_ubnd_tinh_is_awaited(house: House) -> None:
    step = escalation_at(house, "direct").step()
    assert [run(THURSDAY), run(MONDAY), run(date(2022, 12, 1))] == [0, 0, 0]
    assert (told("late", step), told("raised", step)) == (set(), set())


def test_a_level_on_which_nobody_stands_is_passed_over(house: House) -> None:
    Membership.objects.filter(person_id=house.head.person_id).update(valid_to=WEDNESDAY)
    step = report_at(house, "draft").step()
    assert [run(THURSDAY), run(MONDAY)] == [1, 1]
    assert told("late", step) == ids(house.member)
    assert told("raised", step) == ids(house.chief)


def test_where_nobody_holds_the_right_at_all_the_next_level_still_hears_of_it(house: House) -> None:
    step = report_at(house, "submit").step()
    Membership.objects.filter(person_id=house.head.person_id).update(valid_to=WEDNESDAY)
    assert [run(THURSDAY), run(MONDAY)] == [1, 1]
    assert (told("late", step), told("raised", step)) == (set(), ids(house.chief))


def test_a_step_given_to_one_person_nudges_him_alone(house: House) -> None:
    matter = report_at(house, "check")
    reassign(matter.step().pk, house.reviewer.person_id, by=house.chief, now=NOW)
    run(THURSDAY)
    assert told("late", matter.step()) == ids(house.reviewer)


def test_nobody_who_may_not_see_the_approval_is_ever_told(house: House) -> None:
    for make, _holders, _above in LEVELS.values():
        make(house)
    assert [run(THURSDAY), run(MONDAY)] == [len(LEVELS), len(LEVELS)]
    everybody = set(Notification.objects.filter(kind="nudge").values_list("person_id", flat=True))
    assert everybody.isdisjoint({*ids(*strangers_of(house)), house.inspector.person_id})


def test_what_is_told_names_the_step_the_day_and_the_matter(house: House) -> None:
    matter = report_at(house, "check")
    run(THURSDAY)
    run(MONDAY)
    title = subject_of(matter).title
    texts = Notification.objects.filter(kind="nudge").order_by("pk").values_list("text", flat=True)
    late = "quá hạn từ sau ngày 19/10/2022, đã nhắc ngày 20/10/2022, chưa có kết quả"
    assert [texts[0], texts[2]] == [
        f"Quá hạn bước “Văn phòng Sở kiểm tra” (hạn 19/10/2022), đề nghị xử lý: {title}",
        f"Hồ sơ của Phòng Một chờ ở bước “Văn phòng Sở kiểm tra” {late}: {title}",
    ]


# --- the trail ---


def test_each_telling_is_one_event_of_the_engine_in_the_tasks_chain(house: House) -> None:
    matter = report_at(house, "check")
    run(THURSDAY)
    run(MONDAY)
    assert event_names(subject_of(matter))[-2:] == ["approval.nudge", "approval.nudge"]
    common = {
        "approval": matter.approval().pk,
        "flow": "report",
        "step": matter.step().pk,
        "node": "check",
        "title": "Văn phòng Sở kiểm tra",
        "due_on": "2022-10-19",
    }
    holders = sorted(ids(house.reviewer, house.chief))
    assert nudges(matter.step()) == [
        {**common, "level": "holders", "told": holders},
        {**common, "level": "above", "told": [house.chief.person_id]},
    ]
    assert verify_trail().ok


def test_of_what_is_of_no_task_the_event_stands_in_the_approvals_own_chain(house: House) -> None:
    matter = proposal_at(house, "head")
    run(THURSDAY)
    [event] = AuditEvent.objects.filter(chain=f"approval:{matter.approval().pk}")
    assert (event.name, event.seq) == ("approval.nudge", 1)
    matter.act("approve", house.head, now=at(THURSDAY, "10:00"))
    assert verify_trail().ok


def test_two_approvals_of_one_task_leave_two_events_in_one_chain(house: House) -> None:
    matter = report_at(house, "draft", now=at(date(2022, 10, 12)))
    task = subject_of(matter)
    ask_extension(task.pk, "Chờ số liệu.", date(2022, 10, 28), by=house.head, now=at(date(2022, 10, 12)))
    assert run(THURSDAY) == 2
    assert event_names(task)[-2:] == ["approval.nudge", "approval.nudge"]
    assert verify_trail().ok


# --- in sets, once, whatever happens ---


def count_queries(work: Callable[[], object]) -> int:
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


def test_a_batch_takes_the_same_queries_for_one_late_step_as_for_many(house: House) -> None:
    report_at(house, "check")
    proposal_at(house, "head")
    few = count_queries(lambda: run(THURSDAY))
    Step.objects.filter(nudged_on__isnull=False).update(decided_at=NOW, finished=NOW)
    for _ in range(4):
        report_at(house, "check")
        proposal_at(house, "head")
    results: list[int] = []
    many = count_queries(lambda: results.append(run(THURSDAY)))
    assert results == [8]
    assert many == few


def test_with_nothing_late_it_reads_twice_and_writes_nothing(house: House) -> None:
    report_at(rules(house), "check")
    run(WEDNESDAY)
    with CaptureQueriesContext(connection) as seen:
        assert run(WEDNESDAY) == 0
    asked = [query["sql"] for query in seen if "SAVEPOINT" not in query["sql"]]
    assert len(asked) == 2
    assert all(sql.startswith("SELECT") for sql in asked)


def test_many_late_steps_are_told_of_batch_by_batch(house: House) -> None:
    steps = [proposal_at(house, "head").step() for _ in range(7)]
    assert run(THURSDAY, batch_size=3) == 7
    assert all(told("late", step) == ids(house.head) for step in steps)


@contextmanager
def power_cut(table: str, times: int) -> Any:
    """Let the process die at the so manieth UPDATE of a table."""
    seen: list[str] = []

    def look(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if sql.startswith(f'UPDATE "{table}"'):
            seen.append(sql)
            if len(seen) == times:
                raise KeyboardInterrupt
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look), pytest.raises(KeyboardInterrupt):
        yield


@pytest.mark.django_db(transaction=True)
def test_a_run_that_dies_in_the_middle_leaves_whole_batches_and_the_next_one_finishes(house: House) -> None:
    steps = [proposal_at(house, "head").step() for _ in range(6)]
    with power_cut("approvals_step", 2):
        run(THURSDAY, batch_size=2)
    done = Step.objects.filter(nudged_on=THURSDAY).count()
    assert done == AuditEvent.objects.filter(name="approval.nudge").count()
    assert Notification.objects.filter(kind="nudge").count() == done
    assert done == 2, "the second batch was begun but never committed"
    assert run(THURSDAY, "10:00", batch_size=2) == 4
    assert all(told("late", step) == ids(house.head) for step in steps)
    assert AuditEvent.objects.filter(name="approval.nudge").count() == 6
    assert verify_trail().ok


only_postgresql = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite chỉ cho một người ghi một lúc và giữ bảng thử trong bộ nhớ"
)


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_sweeps_at_once_tell_of_nothing_twice_and_forget_nothing() -> None:
    house = make_house()
    steps = [proposal_at(house, "head").step() for _ in range(12)]
    steps += [report_at(house, "draft").step() for _ in range(12)]
    outcomes = race(*[lambda: run(THURSDAY, batch_size=5)] * 4)
    while run(THURSDAY, "10:00"):
        pass  # what one skipped because another held it, and that one did not take
    assert [repr(found) for found in outcomes if isinstance(found, Exception)] == []
    assert AuditEvent.objects.filter(name="approval.nudge").count() == len(steps)
    assert Notification.objects.filter(kind="nudge").count() == 12 + 12 * 2
    assert Step.objects.filter(nudged_on=THURSDAY).count() == len(steps)
    assert verify_trail().ok


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_a_step_that_somebody_holds_is_left_for_the_next_run_and_stops_no_other() -> None:
    house = make_house()
    held, free = report_at(house, "check"), report_at(house, "check")
    with transaction.atomic():
        Task.objects.select_for_update().get(pk=held.pk)
        assert race(lambda: run(THURSDAY)) == [1]
    assert (told("late", held.step()), told("late", free.step())) == (set(), ids(house.reviewer, house.chief))
    assert run(THURSDAY, "10:00") == 1
    assert told("late", held.step()) == ids(house.reviewer, house.chief)


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_what_another_run_did_between_finding_and_locking_is_not_done_again() -> None:
    house = make_house()
    matters = [report_at(house, "check"), proposal_at(house, "head")]
    faster: list[object] = []

    def look(execute: Callable[..., object], sql: str, params: object, many: bool, context: object) -> object:
        if "SKIP LOCKED" in sql and not faster:
            faster.extend(race(lambda: run(THURSDAY)))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        assert run(THURSDAY) == 0
    assert faster == [2]
    assert [len(nudges(matter.step())) for matter in matters] == [1, 1]


@only_postgresql
@pytest.mark.django_db(transaction=True)
def test_deciding_and_being_nudged_at_the_same_moment_leave_one_whole_trail() -> None:
    house = make_house()
    matters = [report_at(house, "check") for _ in range(6)]

    def accept() -> None:
        for matter in matters:
            matter.act("accept", house.reviewer, now=at(THURSDAY))

    outcomes = race(accept, lambda: run(THURSDAY, batch_size=2))
    assert [repr(found) for found in outcomes if isinstance(found, Exception)] == []
    assert not Approval.objects.filter(closed_at__isnull=True).exists()
    assert verify_trail().ok


# --- who has left ---


def given(house: House, second: Actor) -> Matter:
    matter = report_at(house, "check")
    reassign(matter.step().pk, second.person_id, by=house.chief, now=NOW)
    return matter


def close_account(house: House, second: Actor) -> None:
    close_person(second.person_id, NOW.date(), by=house.admin, now=NOW)


def end_place(house: House, second: Actor) -> None:
    Membership.objects.filter(person_id=second.person_id).update(valid_to=NOW.date() - timedelta(days=1))


@pytest.mark.parametrize("leave", [close_account, end_place])
def test_a_step_given_to_who_left_goes_back_to_all_who_hold_its_right(
    house: House, leave: Callable[[House, Actor], None]
) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = given(house, second)
    assert release_closed(now=NOW) == 0
    leave(house, second)
    assert [release_closed(now=at(NOW.date(), clock)) for clock in ("07:00", "10:00", "11:00")] == [0, 1, 0]
    step = matter.step()
    assert (step.owner_id, step.status) == (None, "NEW")
    event = last_event(subject_of(matter))
    assert (event["name"], event["actor"]["id"]) == ("approval.reassign", None)
    assert event["details"]["from"] == {"id": second.person_id, "name": second.name}
    assert event["details"]["to"] is None
    back = Notification.objects.filter(text__contains="trở lại chờ mọi người có quyền")
    assert set(back.values_list("person_id", flat=True)) == ids(house.reviewer, house.chief)
    matter.act("accept", house.reviewer)
    assert verify_trail().ok


def test_released_and_late_the_others_are_nudged(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = given(house, second)
    end_place(house, second)
    assert flows().nudge(now=at(THURSDAY)) == 2
    assert told("late", matter.step()) == ids(house.reviewer, house.chief)


def test_releasing_takes_the_same_queries_for_one_step_as_for_many(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    given(house, second)
    third = make_actor(Role.OFFICE_REVIEWER, house.office)
    for _ in range(4):
        given(house, third)
    end_place(house, second)
    few = count_queries(lambda: release_closed(now=NOW))
    end_place(house, third)
    results: list[int] = []
    many = count_queries(lambda: results.append(release_closed(now=NOW)))
    assert results == [4]
    assert many == few


def test_a_step_of_no_task_is_released_too(house: House) -> None:
    second = make_actor(Role.OFFICE_REVIEWER, house.office)
    matter = proposal_at(house, "advise")
    reassign(matter.step().pk, second.person_id, by=house.chief, now=NOW)
    end_place(house, second)
    assert release_closed(now=NOW) == 1
    assert matter.step().owner_id is None


# --- the job ---


def test_the_clock_asks_for_it_each_hour(settings: Any) -> None:
    [schedule] = [row for row in SCHEDULES if row.name == "steps"]
    assert schedule.job is nudge_steps_job
    assert schedule.slot(at(THURSDAY, "10:59"), None) == at(THURSDAY, "10:00")


def test_the_job_tells_by_the_sites_clock_and_again_does_nothing(house: House, settings: Any) -> None:
    settings.DEMONSTRATION = True
    report_at(house, "check")
    DemonstrationClock.objects.create(real_at=datetime.now(tz=NOW.tzinfo), shown_at=at(THURSDAY))
    forget_clock()
    assert [nudge_steps_job.func(), nudge_steps_job.func()] == [{"steps": 1}, {"steps": 0}]
    forget_clock()


def test_holders_are_read_in_two_queries_whatever_is_asked(house: House) -> None:
    steps = [report_at(house, "check").step(), proposal_at(house, "head").step()]

    def ask() -> None:
        holders = Holders(THURSDAY)
        for step in steps:
            holders.waited_for(step)
            holders.above(step)

    assert count_queries(ask) == 2
