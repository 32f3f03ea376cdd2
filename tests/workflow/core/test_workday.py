"""Working days over Tết, swapped Saturdays, year ends and leap days, against a calendar that walks day by day."""

import copy
import pickle
import time
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.workday import DayKind, WorkCalendar, Workdays

OFF, MAKEUP = DayKind.OFF, DayKind.MAKEUP


def days_off(first: date, last: date) -> dict[date, DayKind]:
    return {first + timedelta(days=index): OFF for index in range((last - first).days + 1)}


# Tết 2022 and 2023, the Mondays that compensate a holiday, and the swaps of 2024 and 2025.
DECIDED: Mapping[date, DayKind] = {
    date(2022, 1, 3): OFF,
    **days_off(date(2022, 1, 31), date(2022, 2, 4)),
    date(2022, 4, 11): OFF,
    **days_off(date(2022, 4, 30), date(2022, 5, 3)),
    **days_off(date(2022, 9, 1), date(2022, 9, 2)),
    date(2023, 1, 2): OFF,
    **days_off(date(2023, 1, 20), date(2023, 1, 26)),
    **days_off(date(2023, 4, 29), date(2023, 5, 3)),
    **days_off(date(2023, 9, 1), date(2023, 9, 4)),
    date(2024, 1, 1): OFF,
    **days_off(date(2024, 2, 8), date(2024, 2, 14)),
    date(2024, 4, 18): OFF,
    **days_off(date(2024, 4, 29), date(2024, 5, 1)),
    date(2024, 5, 4): MAKEUP,
    **days_off(date(2024, 9, 2), date(2024, 9, 3)),
    date(2025, 1, 1): OFF,
    **days_off(date(2025, 1, 27), date(2025, 1, 31)),
    date(2025, 4, 26): MAKEUP,
    **days_off(date(2025, 4, 30), date(2025, 5, 2)),
}
CALENDAR = WorkCalendar(DECIDED, first_year=2022, last_year=2025, provisional_years={2025})

# Dates before, in and after the covered years, so that every law is tried across both edges.
dates = st.dates(min_value=date(2021, 6, 1), max_value=date(2026, 7, 31))
shifts = st.integers(min_value=-600, max_value=600).map(Workdays)
terms = st.integers(min_value=0, max_value=600).map(Workdays)


def walked_is_working(day: date) -> bool:
    kind = DECIDED.get(day)
    return kind is MAKEUP or (kind is None and day.weekday() < 5)


def walked_add(day: date, days: int) -> date:
    step = timedelta(days=1 if days >= 0 else -1)
    if days == 0:
        while not walked_is_working(day):
            day += step
        return day
    left = abs(days)
    while left:
        day += step
        left -= walked_is_working(day)
    return day


def walked_count(start: date, end: date) -> int:
    if end < start:
        return -walked_count(end, start)
    return sum(walked_is_working(start + timedelta(days=index)) for index in range(1, (end - start).days + 1))


class TestWorkdays:
    def test_adds_and_subtracts_its_own_kind(self) -> None:
        assert Workdays(3) + Workdays(4) == Workdays(7)
        assert Workdays(3) - Workdays(4) == Workdays(-1)
        assert -Workdays(3) == Workdays(-3)
        assert sum([Workdays(1), Workdays(2)], Workdays(0)) == Workdays(3)

    def test_compares_with_its_own_kind(self) -> None:
        assert Workdays(2) < Workdays(3) <= Workdays(3)
        assert max(Workdays(2), Workdays(5)) == Workdays(5)
        assert sorted([Workdays(2), Workdays(-1)]) == [Workdays(-1), Workdays(2)]

    def test_is_an_int_only_when_asked(self) -> None:
        assert int(Workdays(5)) == 5
        assert not Workdays(0)
        assert Workdays(-1)
        assert str(Workdays(5)) == "5 ngày làm việc"
        assert len({Workdays(5), Workdays(5)}) == 1

    @pytest.mark.parametrize(
        "other",
        [date(2022, 5, 24), datetime(2022, 5, 24, tzinfo=UTC), timedelta(days=1), 1, 1.5, "1", None],
    )
    def test_refuses_to_be_added_to_anything_else_from_either_side(self, other: object) -> None:
        for operation in ("__add__", "__sub__", "__radd__", "__rsub__"):
            with pytest.raises(TypeError, match=r"chỉ cộng trừ với ngày làm việc.*WorkCalendar\.add"):
                getattr(Workdays(3), operation)(other)

    def test_names_the_way_out_when_it_stands_beside_a_date(self) -> None:
        with pytest.raises(TypeError, match="Không cộng trừ được ngày làm việc với date"):
            _ = date(2022, 5, 24) + Workdays(3)  # type: ignore[operator]
        with pytest.raises(TypeError, match="Không cộng trừ được ngày làm việc với timedelta"):
            _ = timedelta(days=1) + Workdays(3)  # type: ignore[operator]
        with pytest.raises(TypeError, match="Không cộng trừ được ngày làm việc với date"):
            _ = date(2022, 5, 24) - Workdays(3)  # type: ignore[operator]

    def test_is_no_timedelta_and_does_not_compare_with_a_number(self) -> None:
        assert not isinstance(Workdays(1), timedelta)
        with pytest.raises(TypeError):
            _ = Workdays(1) < 2  # type: ignore[operator]
        assert Workdays(1) != 1  # type: ignore[comparison-overlap]

    @pytest.mark.parametrize("value", [1.0, "3", True, None, timedelta(days=3)])
    def test_is_built_from_whole_numbers_only(self, value: object) -> None:
        with pytest.raises(TypeError, match="phải là số nguyên"):
            Workdays(value)  # type: ignore[arg-type]

    def test_is_immutable(self) -> None:
        three = Workdays(3)
        with pytest.raises(FrozenInstanceError):
            three.days = 4  # type: ignore[misc]


class TestIsWorking:
    @pytest.mark.parametrize(
        ("day", "working"),
        [
            (date(2022, 4, 29), True),  # Friday before the long weekend
            (date(2022, 4, 30), False),
            (date(2022, 5, 2), False),  # Monday, compensation
            (date(2022, 5, 3), False),  # Tuesday, compensation
            (date(2022, 5, 4), True),
            (date(2022, 2, 4), False),  # Tết, mùng 4
            (date(2022, 2, 7), True),
            (date(2024, 2, 29), True),  # leap day
            (date(2024, 4, 29), False),  # swapped Monday
            (date(2024, 5, 4), True),  # make-up Saturday
            (date(2024, 5, 11), False),  # any other Saturday
            (date(2025, 4, 26), True),
            (date(2023, 1, 1), False),
            (date(2022, 12, 30), True),
            (date(2022, 12, 31), False),
        ],
    )
    def test_follows_the_decided_days_before_the_weekly_pattern(self, day: date, working: bool) -> None:
        assert CALENDAR.is_working(day) is working

    @given(day=dates)
    def test_agrees_with_the_table_every_day(self, day: date) -> None:
        assert CALENDAR.is_working(day) is walked_is_working(day)

    def test_knows_only_weekends_outside_the_covered_years(self) -> None:
        assert CALENDAR.is_working(date(2021, 9, 2))
        assert not CALENDAR.is_working(date(2021, 9, 4))
        assert CALENDAR.is_working(date(2026, 9, 2))
        assert not CALENDAR.is_working(date(2026, 9, 5))


class TestAdd:
    @pytest.mark.parametrize(
        ("day", "days", "expected"),
        [
            (date(2022, 4, 29), 1, date(2022, 5, 4)),  # over 30/4–3/5
            (date(2022, 4, 29), 3, date(2022, 5, 6)),
            (date(2022, 1, 28), 1, date(2022, 2, 7)),  # over Tết 2022
            (date(2023, 1, 19), 1, date(2023, 1, 27)),  # over Tết 2023
            (date(2024, 4, 26), 1, date(2024, 5, 2)),
            (date(2024, 5, 3), 1, date(2024, 5, 4)),  # onto the make-up Saturday
            (date(2024, 5, 3), 2, date(2024, 5, 6)),
            (date(2025, 4, 25), 2, date(2025, 4, 28)),
            (date(2022, 12, 30), 1, date(2023, 1, 3)),  # over the year end
            (date(2021, 12, 31), 1, date(2022, 1, 4)),  # from before the covered years
            (date(2025, 12, 31), 1, date(2026, 1, 1)),  # out of the covered years
            (date(2024, 2, 28), 1, date(2024, 2, 29)),  # leap day
            (date(2023, 2, 28), 1, date(2023, 3, 1)),
            (date(2022, 5, 4), -1, date(2022, 4, 29)),
            (date(2023, 1, 3), -1, date(2022, 12, 30)),
            (date(2024, 5, 6), -1, date(2024, 5, 4)),
            (date(2022, 5, 24), 0, date(2022, 5, 24)),
        ],
    )
    def test_skips_days_off_and_takes_make_up_days(self, day: date, days: int, expected: date) -> None:
        assert CALENDAR.add(day, Workdays(days)) == expected

    @pytest.mark.parametrize("day", [date(2022, 5, 20), date(2022, 5, 21), date(2022, 5, 22)])
    def test_one_day_after_a_friday_saturday_or_sunday_is_the_monday(self, day: date) -> None:
        assert CALENDAR.add(day, Workdays(1)) == date(2022, 5, 23)

    @pytest.mark.parametrize("day", [date(2022, 5, 21), date(2022, 5, 22), date(2022, 5, 23)])
    def test_one_day_before_a_saturday_sunday_or_monday_is_the_friday(self, day: date) -> None:
        assert CALENDAR.add(day, Workdays(-1)) == date(2022, 5, 20)

    def test_zero_days_from_a_day_off_is_the_next_working_day(self) -> None:
        assert CALENDAR.add(date(2022, 4, 30), Workdays(0)) == date(2022, 5, 4)

    @given(day=dates, days=shifts)
    def test_agrees_with_walking_day_by_day(self, day: date, days: Workdays) -> None:
        assert CALENDAR.add(day, days) == walked_add(day, int(days))

    @given(day=dates, days=shifts)
    def test_always_lands_on_a_working_day(self, day: date, days: Workdays) -> None:
        assert CALENDAR.is_working(CALENDAR.add(day, days))

    @given(day=dates, days=shifts)
    def test_is_undone_by_its_opposite_from_a_working_day(self, day: date, days: Workdays) -> None:
        start = CALENDAR.first_on_or_after(day)
        assert CALENDAR.add(CALENDAR.add(start, days), -days) == start

    @given(day=dates, first=terms, second=terms)
    def test_two_terms_in_a_row_are_one_long_term(self, day: date, first: Workdays, second: Workdays) -> None:
        start = CALENDAR.first_on_or_after(day)
        assert CALENDAR.add(CALENDAR.add(start, first), second) == CALENDAR.add(start, first + second)

    @given(day=dates, later=st.integers(0, 400), days=shifts)
    def test_a_later_start_never_ends_sooner(self, day: date, later: int, days: Workdays) -> None:
        assert CALENDAR.add(day, days) <= CALENDAR.add(day + timedelta(days=later), days)

    @given(day=dates, days=shifts)
    def test_one_more_day_ends_later(self, day: date, days: Workdays) -> None:
        start = CALENDAR.first_on_or_after(day)
        assert CALENDAR.add(start, days) < CALENDAR.add(start, days + Workdays(1))

    def test_takes_a_count_of_working_days_and_nothing_else(self) -> None:
        with pytest.raises(TypeError, match="ngày làm việc"):
            CALENDAR.add(date(2022, 5, 24), 3)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="ngày làm việc"):
            CALENDAR.add(date(2022, 5, 24), timedelta(days=3))  # type: ignore[arg-type]

    @pytest.mark.parametrize("days", [10_000_000, -10_000_000])
    def test_says_so_when_the_result_leaves_the_calendar(self, days: int) -> None:
        with pytest.raises(OverflowError, match="ngoài các năm 1–9999"):
            CALENDAR.add(date(2022, 5, 24), Workdays(days))


class TestCount:
    @pytest.mark.parametrize(
        ("start", "end", "expected"),
        [
            (date(2022, 4, 29), date(2022, 5, 4), 1),
            (date(2022, 5, 4), date(2022, 4, 29), -1),
            (date(2022, 1, 28), date(2022, 2, 7), 1),
            (date(2024, 4, 26), date(2024, 5, 6), 4),  # 2, 3, 4 (make-up) and 6 May
            (date(2022, 5, 24), date(2022, 5, 24), 0),
            (date(2022, 12, 30), date(2023, 1, 3), 1),
            (date(2021, 12, 31), date(2026, 1, 1), 1003),  # 1044 weekdays, 43 off, 2 make-up days
        ],
    )
    def test_counts_after_the_start_up_to_the_end(self, start: date, end: date, expected: int) -> None:
        assert CALENDAR.count(start, end) == Workdays(expected)

    @given(start=dates, end=dates)
    def test_agrees_with_walking_day_by_day(self, start: date, end: date) -> None:
        assert CALENDAR.count(start, end) == Workdays(walked_count(start, end))

    @given(day=dates, days=shifts)
    def test_agrees_with_add_from_a_working_day(self, day: date, days: Workdays) -> None:
        start = CALENDAR.first_on_or_after(day)
        assert CALENDAR.count(start, CALENDAR.add(start, days)) == days

    @given(day=dates, days=terms.filter(bool))
    def test_agrees_with_add_from_any_day_when_the_term_is_positive(self, day: date, days: Workdays) -> None:
        assert CALENDAR.count(day, CALENDAR.add(day, days)) == days

    @given(start=dates, end=dates)
    def test_changes_sign_when_turned_round(self, start: date, end: date) -> None:
        assert CALENDAR.count(start, end) == -CALENDAR.count(end, start)

    @given(start=dates, middle=dates, end=dates)
    def test_adds_up_over_a_day_between(self, start: date, middle: date, end: date) -> None:
        assert CALENDAR.count(start, middle) + CALENDAR.count(middle, end) == CALENDAR.count(start, end)


class TestNearestWorkingDay:
    @pytest.mark.parametrize(
        ("day", "before", "after"),
        [
            (date(2022, 11, 19), date(2022, 11, 18), date(2022, 11, 21)),
            (date(2022, 12, 31), date(2022, 12, 30), date(2023, 1, 3)),
            (date(2023, 1, 23), date(2023, 1, 19), date(2023, 1, 27)),
            (date(2024, 5, 5), date(2024, 5, 4), date(2024, 5, 6)),
            (date(2024, 5, 4), date(2024, 5, 4), date(2024, 5, 4)),
            (date(2026, 1, 3), date(2026, 1, 2), date(2026, 1, 5)),
        ],
    )
    def test_is_found_on_either_side(self, day: date, before: date, after: date) -> None:
        assert CALENDAR.last_on_or_before(day) == before
        assert CALENDAR.first_on_or_after(day) == after

    @given(day=dates)
    def test_brackets_the_day_and_leaves_a_working_day_alone(self, day: date) -> None:
        before, after = CALENDAR.last_on_or_before(day), CALENDAR.first_on_or_after(day)
        assert before <= day <= after
        assert (before == day == after) is CALENDAR.is_working(day)
        assert CALENDAR.count(before, after) == Workdays(0 if CALENDAR.is_working(day) else 1)

    def test_says_so_at_the_edges_of_time(self) -> None:
        assert CALENDAR.first_on_or_after(date.min) == date.min
        assert CALENDAR.last_on_or_before(date.max) == date.max
        with pytest.raises(OverflowError, match="ngoài các năm"):
            CALENDAR.add(date.min, Workdays(-1))
        with pytest.raises(OverflowError, match="ngoài các năm"):
            CALENDAR.add(date.max, Workdays(1))


class TestProvisional:
    def test_holds_for_the_named_years_and_days_and_outside_the_span(self) -> None:
        calendar = WorkCalendar(
            {}, first_year=2022, last_year=2024, provisional_years=[2024], provisional_days=[date(2022, 2, 4)]
        )
        assert calendar.is_provisional(date(2022, 2, 4))
        assert not calendar.is_provisional(date(2022, 2, 5))
        assert calendar.is_provisional(date(2024, 2, 29))
        assert calendar.is_provisional(date(2021, 12, 31))
        assert calendar.is_provisional(date(2025, 1, 1))
        assert not calendar.is_provisional(date(2023, 12, 31))


class TestBuilding:
    def test_refuses_a_day_outside_its_years_and_names_it(self) -> None:
        with pytest.raises(ValueError, match="02/09/2026 nằm ngoài các năm 2022–2025"):
            WorkCalendar({date(2026, 9, 2): OFF}, first_year=2022, last_year=2025)

    def test_refuses_an_empty_span(self) -> None:
        with pytest.raises(ValueError, match="năm đầu 2023 sau năm cuối 2022"):
            WorkCalendar({}, first_year=2023, last_year=2022)

    def test_does_not_change_with_the_mapping_it_was_built_from(self) -> None:
        table = dict(DECIDED)
        calendar = WorkCalendar(table, first_year=2022, last_year=2025)
        table.clear()
        assert not calendar.is_working(date(2022, 5, 2))

    def test_is_immutable(self) -> None:
        with pytest.raises(FrozenInstanceError):
            CALENDAR.first_year = 2000  # type: ignore[misc]

    def test_equals_a_calendar_of_the_same_table_in_any_order(self) -> None:
        reordered = dict(sorted(DECIDED.items(), reverse=True))
        same = WorkCalendar(reordered, first_year=2022, last_year=2025, provisional_years=[2025])
        assert same == CALENDAR
        assert hash(same) == hash(CALENDAR)
        assert same != WorkCalendar({}, first_year=2022, last_year=2025, provisional_years=[2025])

    def test_survives_a_copy_and_a_cache(self) -> None:
        for twin in (copy.deepcopy(CALENDAR), pickle.loads(pickle.dumps(CALENDAR))):
            assert twin == CALENDAR
            assert twin.add(date(2022, 4, 29), Workdays(1)) == date(2022, 5, 4)

    def test_refuses_a_moment_where_a_date_is_meant(self) -> None:
        moment = datetime(2022, 5, 24, 20, 0, tzinfo=UTC)
        for question in (CALENDAR.is_working, CALENDAR.last_on_or_before, CALENDAR.is_provisional):
            with pytest.raises(TypeError, match="datetime"):
                question(moment)
        with pytest.raises(TypeError, match="datetime"):
            WorkCalendar({moment: OFF}, first_year=2022, last_year=2022)

    def test_a_year_with_no_working_day_is_stepped_over(self) -> None:
        calendar = WorkCalendar(days_off(date(2023, 1, 1), date(2023, 12, 31)), first_year=2023, last_year=2023)
        assert calendar.add(date(2022, 12, 30), Workdays(1)) == date(2024, 1, 1)
        assert calendar.add(date(2024, 1, 1), Workdays(-1)) == date(2022, 12, 30)
        assert calendar.count(date(2022, 12, 31), date(2023, 12, 31)) == Workdays(0)


@given(table=st.dictionaries(st.dates(date(2023, 12, 1), date(2024, 3, 31)), st.sampled_from(DayKind), max_size=60))
def test_any_table_lists_its_working_days_once_and_in_order(table: dict[date, DayKind]) -> None:
    calendar = WorkCalendar(table, first_year=2023, last_year=2024)
    found = [calendar.add(date(2023, 11, 30), Workdays(index)) for index in range(1, 100)]
    span = [date(2023, 12, 1) + timedelta(days=index) for index in range((found[-1] - date(2023, 11, 30)).days)]
    assert found == [day for day in span if calendar.is_working(day)]
    assert all(earlier < later for earlier, later in pairwise(found))


def test_a_sweep_of_a_hundred_thousand_questions_takes_no_time_to_speak_of() -> None:
    start, term = date(2022, 4, 29), Workdays(3)
    began = time.perf_counter()
    for _ in range(100_000):
        CALENDAR.add(start, term)
    # About 0.06 s on the machine it was written on; the bound only tells constant time from walking.
    assert time.perf_counter() - began < 2
