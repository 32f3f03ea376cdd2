"""When something scheduled falls due."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.job import daily_slot, hour_slot, lost_for_good, minute_slot, office_slot, retry_delay
from workflow.core.rulebook import ZONE
from workflow.core.workday import DayKind, WorkCalendar

NATIONAL_DAY = date(2022, 9, 2)
MAKEUP_SATURDAY = date(2022, 9, 10)
CALENDAR = WorkCalendar({NATIONAL_DAY: DayKind.OFF, MAKEUP_SATURDAY: DayKind.MAKEUP}, first_year=2022, last_year=2022)
EIGHT, FIVE = time(8), time(17)

moments = st.datetimes(datetime(2022, 1, 1), datetime(2023, 12, 31), timezones=st.just(ZONE))  # noqa: DTZ001 -- hypothesis adds the zone


def local(day: date, clock: str) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def test_a_minute_slot_is_the_start_of_the_running_minute() -> None:
    assert minute_slot(local(NATIONAL_DAY, "10:05:59.999999")) == local(NATIONAL_DAY, "10:05")


def test_an_hour_slot_is_the_start_of_the_running_hour() -> None:
    assert hour_slot(local(NATIONAL_DAY, "10:59:59")) == local(NATIONAL_DAY, "10:00")


def test_a_slot_is_reckoned_in_local_time_whatever_the_zone_of_the_moment() -> None:
    evening_in_greenwich = datetime(2022, 9, 1, 17, 1, tzinfo=UTC)
    assert daily_slot(evening_in_greenwich, time(0, 1)) == local(NATIONAL_DAY, "00:01")


@pytest.mark.parametrize(
    ("clock", "slot"),
    [
        ("00:00:59", local(date(2022, 9, 1), "00:01")),
        ("00:01:00", local(NATIONAL_DAY, "00:01")),
        ("23:59:59", local(NATIONAL_DAY, "00:01")),
    ],
)
def test_a_daily_slot_is_the_latest_at_or_before_now(clock: str, slot: datetime) -> None:
    assert daily_slot(local(NATIONAL_DAY, clock), time(0, 1)) == slot


@pytest.mark.parametrize(
    ("day", "clock", "slot"),
    [
        (date(2022, 9, 5), "07:59:59", None),
        (date(2022, 9, 5), "08:00", local(date(2022, 9, 5), "08:00")),
        (date(2022, 9, 5), "16:59", local(date(2022, 9, 5), "08:00")),
        (date(2022, 9, 5), "17:00", None),
        (NATIONAL_DAY, "09:00", None),
        (date(2022, 9, 3), "09:00", None),
        (MAKEUP_SATURDAY, "09:00", local(MAKEUP_SATURDAY, "08:00")),
    ],
    ids=["early", "opening", "late", "closed", "holiday", "saturday", "make-up saturday"],
)
def test_an_office_slot_stands_in_the_working_hours_of_a_working_day(
    day: date, clock: str, slot: datetime | None
) -> None:
    assert office_slot(local(day, clock), EIGHT, FIVE, CALENDAR) == slot


@given(now=moments)
def test_no_slot_lies_ahead_and_none_is_older_than_its_period(now: datetime) -> None:
    for slot, period in (
        (minute_slot(now), timedelta(minutes=1)),
        (hour_slot(now), timedelta(hours=1)),
        (daily_slot(now, EIGHT), timedelta(days=1)),
    ):
        assert timedelta(0) <= now - slot < period


@given(now=moments, later=st.timedeltas(timedelta(0), timedelta(days=2)))
def test_a_later_moment_never_has_an_earlier_slot(now: datetime, later: timedelta) -> None:
    for slot in (minute_slot, hour_slot, lambda moment: daily_slot(moment, EIGHT)):
        assert slot(now) <= slot(now + later)


@given(now=moments)
def test_every_moment_of_one_slot_gives_the_same_slot(now: datetime) -> None:
    assert minute_slot(minute_slot(now)) == minute_slot(now)
    assert hour_slot(hour_slot(now)) == hour_slot(now)
    assert daily_slot(daily_slot(now, EIGHT), EIGHT) == daily_slot(now, EIGHT)


def test_the_wait_before_the_next_attempt_doubles_up_to_the_longest() -> None:
    first, longest = timedelta(seconds=5), timedelta(seconds=30)
    waits = [retry_delay(attempt, first, longest).total_seconds() for attempt in range(1, 6)]
    assert waits == [5, 10, 20, 30, 30]


def test_a_wait_after_absurdly_many_attempts_is_the_longest() -> None:
    assert retry_delay(10**9, timedelta(seconds=5), timedelta(minutes=5)) == timedelta(minutes=5)


def test_there_is_no_wait_before_the_first_attempt() -> None:
    with pytest.raises(ValueError, match="ít nhất một lần"):
        retry_delay(0, timedelta(seconds=5), timedelta(minutes=5))


def test_a_job_is_lost_for_good_at_the_limit_and_not_before() -> None:
    assert [lost_for_good(["w"] * attempts, 5) for attempts in (0, 4, 5, 6)] == [False, False, True, True]
