"""What a change of the calendar would move is listed before anyone confirms; nothing is written."""

from __future__ import annotations

from datetime import date

from tests.factories import House, at, make_task
from workflow.actions.calendar import remove_calendar_day, set_calendar_day
from workflow.choices import CalendarKind, Certainty
from workflow.models import AuditEvent, CalendarDay, Task
from workflow.queries.calendar import calendar_with, former_days, preview_calendar_change
from workflow.queries.rulebook import load_rulebook

NOW = at(date(2022, 10, 3))
TODAY = NOW.date()
FRIDAY = date(2022, 10, 14)
THURSDAY = date(2022, 10, 13)


def test_a_preview_lists_what_would_move_in_order_and_writes_nothing(house: House) -> None:
    later, first = make_task(house, code="B"), make_task(house, code="A")
    make_task(house, due_on=THURSDAY)
    events = AuditEvent.objects.count()
    assert preview_calendar_change(FRIDAY, CalendarKind.OFF, on=TODAY) == [
        ("A", FRIDAY, THURSDAY),
        ("B", FRIDAY, THURSDAY),
    ]
    assert not CalendarDay.objects.exists()
    assert AuditEvent.objects.count() == events
    assert {task.due_on for task in Task.objects.filter(pk__in=[first.pk, later.pk])} == {FRIDAY}


def test_a_change_that_moves_nothing_gives_an_empty_list(house: House) -> None:
    make_task(house)
    assert preview_calendar_change(date(2022, 12, 1), CalendarKind.OFF, on=TODAY) == []
    assert preview_calendar_change(FRIDAY, None, on=TODAY) == []


def test_the_change_then_does_what_the_preview_said(house: House) -> None:
    task = make_task(house)
    said = preview_calendar_change(FRIDAY, CalendarKind.OFF, on=TODAY)
    set_calendar_day(FRIDAY, CalendarKind.OFF, "Nghỉ", "TB", Certainty.CONFIRMED, by=house.admin, now=NOW)
    task.refresh_from_db()
    assert said == [(task.code, FRIDAY, task.due_on)]
    back = preview_calendar_change(FRIDAY, None, on=TODAY)
    assert back == [(task.code, THURSDAY, FRIDAY)]
    remove_calendar_day(FRIDAY, "Nhầm", by=house.admin, now=at(TODAY, "10:00"))
    task.refresh_from_db()
    assert task.due_on == FRIDAY


def test_a_reader_learns_the_codes_of_his_own_tasks_alone(house: House) -> None:
    task = make_task(house, unit=house.division)

    def seen_by(actor: object) -> list[str]:
        return [row[0] for row in preview_calendar_change(FRIDAY, CalendarKind.OFF, on=TODAY, actor=actor)]  # type: ignore[arg-type]

    assert seen_by(house.member) == [task.code]
    assert seen_by(house.reviewer) == [task.code]
    assert seen_by(house.stranger) == [""]
    assert seen_by(house.admin) == [""]


def test_a_preview_of_one_day_and_of_three_tasks_takes_the_same_number_of_queries(
    house: House, django_assert_num_queries: object
) -> None:
    make_task(house)
    set_calendar_day(date(2022, 9, 1), CalendarKind.OFF, "Nghỉ", "TB", Certainty.CONFIRMED, by=None, now=NOW)
    load_rulebook()
    with django_assert_num_queries(5):  # type: ignore[operator]
        preview_calendar_change(FRIDAY, CalendarKind.OFF, on=TODAY, actor=house.reviewer)
    make_task(house)
    make_task(house)
    with django_assert_num_queries(5):  # type: ignore[operator]
        preview_calendar_change(FRIDAY, CalendarKind.OFF, on=TODAY, actor=house.reviewer)


def test_a_calendar_with_a_day_of_a_new_year_covers_that_year(house: House) -> None:
    calendar = calendar_with(load_rulebook().calendar, {date(2030, 1, 1): CalendarKind.OFF})
    assert calendar.last_year == 2030
    assert not calendar.is_working(date(2030, 1, 1))
    assert calendar_with(calendar, {date(2030, 1, 1): None}).is_working(date(2030, 1, 1))


def test_former_days_say_what_stood_there(house: House) -> None:
    set_calendar_day(FRIDAY, CalendarKind.OFF, "Nghỉ", "TB", Certainty.CONFIRMED, by=None, now=NOW)
    assert former_days([FRIDAY, THURSDAY]) == {
        "2022-10-14": {"kind": "off", "certainty": "confirmed"},
        "2022-10-13": None,
    }
