"""The month's sheet: which days, what is due on each, and nothing that the person may not see."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import MONDAY, House, make_task, strangers_of
from workflow.choices import CalendarKind, TaskState
from workflow.core.workday import WorkCalendar
from workflow.models import CalendarDay, Task
from workflow.permissions import Actor
from workflow.queries.month import SHOWN_A_DAY, Month, Square, month_of

CALENDAR = WorkCalendar({}, first_year=2022, last_year=2023)
OCTOBER = date(2022, 10, 1)
FRIDAY = date(2022, 10, 14)


def october(actor: Actor) -> Month:
    return month_of(actor, OCTOBER, today=MONDAY, calendar=CALENDAR)


def square(month: Month, day: date) -> Square:
    return next(found for week in month.weeks for found in week if found.day == day)


def test_the_sheet_is_whole_weeks_from_monday_to_sunday(house: House) -> None:
    month = october(house.head)
    days = [found.day for week in month.weeks for found in week]
    assert (days[0], days[-1]) == (date(2022, 9, 26), date(2022, 11, 6))
    assert days == [days[0] + timedelta(count) for count in range(42)]
    assert [found.day for week in month.weeks for found in week if found.inside] == days[5:36]
    assert (month.before, month.after) == (date(2022, 9, 1), date(2022, 11, 1))


def test_january_follows_december_and_december_comes_before(house: House) -> None:
    december = month_of(house.head, date(2022, 12, 1), today=MONDAY, calendar=CALENDAR)
    january = month_of(house.head, date(2023, 1, 1), today=MONDAY, calendar=CALENDAR)
    assert (december.after, january.before) == (date(2023, 1, 1), date(2022, 12, 1))


def test_a_day_holds_its_first_tasks_and_counts_the_rest(house: House) -> None:
    made = [make_task(house, due_on=FRIDAY) for _ in range(SHOWN_A_DAY + 2)]
    found = square(october(house.head), FRIDAY)
    assert found.tasks == made[:SHOWN_A_DAY]
    assert (found.total, found.more, found.late) == (SHOWN_A_DAY + 2, 2, 0)


def test_what_is_late_is_counted_and_what_is_done_is_left_out(house: House) -> None:
    past = MONDAY - timedelta(days=3)
    late, done = make_task(house, due_on=past), make_task(house, due_on=past)
    Task.objects.filter(pk=done.pk).update(state=TaskState.REVIEWED)
    found = square(october(house.head), past)
    assert (found.tasks, found.total, found.late) == ([late], 1, 1)


def test_a_stranger_sees_no_task_and_no_number(house: House) -> None:
    make_task(house, due_on=FRIDAY)
    for stranger in strangers_of(house):
        found = square(october(stranger), FRIDAY)
        assert (found.tasks, found.total) == ([], 0)
        assert october(stranger).total == 0


@pytest.mark.django_db
def test_a_day_off_is_named(house: House) -> None:
    CalendarDay.objects.create(day=FRIDAY, kind=CalendarKind.OFF, name="Nghỉ bù", source="Văn bản mẫu")
    found = square(october(house.head), FRIDAY)
    assert found.named is not None
    assert found.named.name == "Nghỉ bù"
    assert square(october(house.head), date(2022, 10, 15)).working is False
