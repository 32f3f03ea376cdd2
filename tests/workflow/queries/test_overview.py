"""Tổng quan: each dated task has one result, every figure agrees with the list that it leads to."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from tests.factories import MONDAY, House, at, make_task, strangers_of
from workflow.choices import TaskState
from workflow.core.workday import WorkCalendar
from workflow.models import Task
from workflow.permissions import Actor
from workflow.queries.overview import BAR, PARTS, Overview, _standing, load_overview
from workflow.queries.tasklist import RESULT_CHOICES, TaskFilter, list_tasks

CALENDAR = WorkCalendar({}, first_year=2022, last_year=2023)
PAST, FUTURE = MONDAY - timedelta(days=5), MONDAY + timedelta(days=11)


def shown(actor: Actor, year: int = 2022) -> Overview:
    return load_overview(actor, year, today=MONDAY)


def made(house: House, due: date | None, **columns: object) -> Task:
    task = make_task(house, due_on=due)
    Task.objects.filter(pk=task.pk).update(due_first=due, **columns)
    task.refresh_from_db()
    return task


def counts_of(house: House) -> dict[str, int]:
    return shown(house.head).whole.counts


def test_each_state_and_date_gives_the_result_that_the_words_say(house: House) -> None:
    made(house, PAST, state=TaskState.REVIEWED, reported_at=at(PAST, "23:30"), closed_at=at(MONDAY))
    made(house, PAST, state=TaskState.REPORTED, reported_at=at(PAST + timedelta(days=1), "00:30"))
    made(house, FUTURE, state=TaskState.IN_PROGRESS)
    made(house, PAST, state=TaskState.IN_PROGRESS)
    made(house, PAST, state=TaskState.ESCALATED)
    made(house, PAST, state=TaskState.SUSPENDED)
    made(house, PAST, state=TaskState.CANCELLED)
    made(house, None)
    assert counts_of(house) == {
        "ontime": 1,
        "late_done": 1,
        "running": 2,
        "overdue": 2,
        "extended": 0,
        "first_missed": 4,
    }


def test_an_extension_moves_the_result_and_never_the_first_deadline(house: House) -> None:
    task = made(house, PAST, state=TaskState.REVIEWED, reported_at=at(MONDAY), closed_at=at(MONDAY))
    Task.objects.filter(pk=task.pk).update(due_on=FUTURE, extended_count=1)
    assert counts_of(house) == {
        "ontime": 1,
        "late_done": 0,
        "running": 0,
        "overdue": 0,
        "extended": 1,
        "first_missed": 1,
    }


def test_a_task_closed_without_a_report_counts_from_the_day_it_was_closed(house: House) -> None:
    made(house, PAST, state=TaskState.REVIEWED, closed_at=at(MONDAY))
    assert counts_of(house)["late_done"] == 1


def test_every_figure_agrees_with_the_list_it_leads_to(house: House) -> None:
    test_each_state_and_date_gives_the_result_that_the_words_say(house)
    made(house, date(2023, 1, 10), state=TaskState.IN_PROGRESS)
    found = shown(house.head)
    for key, _words in RESULT_CHOICES:
        for unit_id, counts in [(None, found.whole.counts), *((unit.key, unit.counts) for unit in found.units)]:
            wanted = TaskFilter(state="all", result=key, year=2022, unit_id=unit_id)
            assert list_tasks(house.head, wanted, today=MONDAY, calendar=CALENDAR).total == counts[key]


def test_a_stranger_gets_no_figure(house: House) -> None:
    made(house, PAST, state=TaskState.ESCALATED)
    for stranger in strangers_of(house):
        found = shown(stranger)
        assert (found.whole.total, found.units, found.months, found.escalated_total, found.years) == (0, [], [], 0, [])


def test_units_with_the_most_overdue_come_first_and_months_in_order(house: House) -> None:
    made(house, PAST, state=TaskState.IN_PROGRESS, unit=house.other)
    made(house, FUTURE, state=TaskState.IN_PROGRESS)
    found = shown(house.leader)
    assert [unit.name for unit in found.units] == [house.other.name, house.division.name]
    assert [month.key for month in found.months] == [9, 10]
    assert [month.share for month in found.months] == [0, None]


def test_the_same_number_of_queries_for_one_task_and_for_many(house: House, django_assert_num_queries: object) -> None:
    for _ in range(3):
        made(house, PAST, state=TaskState.ESCALATED)
    with django_assert_num_queries(5):  # type: ignore[operator]
        shown(house.leader)
    for _ in range(5):
        made(house, FUTURE, unit=house.other)
    with django_assert_num_queries(5):  # type: ignore[operator]
        shown(house.leader)


@given(st.lists(st.integers(0, 10_000), min_size=4, max_size=4))
def test_the_parts_of_a_bar_fill_it_without_gap_or_overlap(numbers: list[int]) -> None:
    row = {key: 0 for key, _words in RESULT_CHOICES} | dict(zip(PARTS, numbers, strict=True))
    pieces = _standing(1, "Phòng Một", row).pieces
    place = 0
    for piece in pieces:
        assert piece.start == place
        place += piece.length
    assert place == (BAR if any(numbers) else 0)
