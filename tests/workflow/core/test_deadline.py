"""Every phrase of the two plans, the table of printed dates, and phrases that must not be guessed at."""

import unicodedata
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.deadline import (
    Milestone,
    Roll,
    Schedule,
    ScheduleKind,
    UnknownPhrase,
    last_working_day,
    months_of,
    read_phrase,
    term_end,
)
from workflow.core.workday import DayKind, WorkCalendar, Workdays

CALENDAR = WorkCalendar(
    {
        date(2022, 5, 2): DayKind.OFF,
        date(2022, 5, 3): DayKind.OFF,
        date(2022, 9, 1): DayKind.OFF,
        date(2022, 9, 2): DayKind.OFF,
        date(2023, 1, 2): DayKind.OFF,
        date(2024, 4, 29): DayKind.OFF,
        date(2024, 4, 30): DayKind.OFF,
        date(2024, 5, 1): DayKind.OFF,
        date(2024, 5, 4): DayKind.MAKEUP,
    },
    first_year=2022,
    last_year=2024,
)

AFTER_ANNOUNCEMENT = "Sau khi Bộ Kế hoạch và Đầu tư công bố thủ tục hành chính"

# The column "Tiến độ" of 1186/KH-SKHĐT, row by row.
PLAN_2022 = {
    "I.1.1": ("Từ Quý I", ScheduleKind.START_ONLY, date(2022, 1, 1), None),
    "I.1.2": ("Từ Quý I", ScheduleKind.START_ONLY, date(2022, 1, 1), None),
    "I.1.3": ("Quý II", ScheduleKind.WINDOW, date(2022, 4, 1), date(2022, 6, 30)),
    "I.1.4": ("Từ Quý I", ScheduleKind.START_ONLY, date(2022, 1, 1), None),
    "I.1.5": ("Trong năm", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "I.2.1": ("Từ Tháng 01", ScheduleKind.START_ONLY, date(2022, 1, 1), None),
    "I.2.2": ("Thường xuyên", ScheduleKind.ONGOING, date(2022, 1, 1), None),
    "I.2.3": ("Trong năm", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.1.1": ("Trong năm 2022", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.1.2": ("Trong năm 2022", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.1.3": ("Trong Quý I/2022", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 3, 31)),
    "II.1.4": ("Trong Quý II/2022", ScheduleKind.WINDOW, date(2022, 4, 1), date(2022, 6, 30)),
    "II.1.5": ("Trong năm", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.1.6": ("Trong năm", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.1.7": (AFTER_ANNOUNCEMENT, ScheduleKind.EVENT, None, None),
    "II.1.8": ("Tháng 6, Tháng 12", ScheduleKind.MILESTONES, date(2022, 6, 1), date(2022, 12, 31)),
    "II.1.9": ("Trong năm 2022", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.1.10": ("Trong năm 2022", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.1.11": ("Trong năm 2022", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.2.1": ("Trước 15/12", ScheduleKind.BEFORE, None, date(2022, 12, 14)),
    "II.2.2": ("Trong năm 2022", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.2.3": ("Trong năm 2022", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
    "II.2.4": ("Trước 15/12", ScheduleKind.BEFORE, None, date(2022, 12, 14)),
    "II.2.5": ("Trong năm 2022", ScheduleKind.WINDOW, date(2022, 1, 1), date(2022, 12, 31)),
}

# The column "Tiến độ" of 1337/KH-SKHĐT; I.1.5 stood on the missing page and prints nothing.
PLAN_2023 = {
    "I.1.1": ("Từ Quý I", ScheduleKind.START_ONLY, date(2023, 1, 1), None),
    "I.1.2": ("Từ Quý I", ScheduleKind.START_ONLY, date(2023, 1, 1), None),
    "I.1.3": ("Quý II", ScheduleKind.WINDOW, date(2023, 4, 1), date(2023, 6, 30)),
    "I.1.4": ("Từ Quý I", ScheduleKind.START_ONLY, date(2023, 1, 1), None),
    "I.2.1": ("Từ Tháng 01", ScheduleKind.START_ONLY, date(2023, 1, 1), None),
    "I.2.2": ("Thường xuyên", ScheduleKind.ONGOING, date(2023, 1, 1), None),
    "I.2.3": ("Trong năm", ScheduleKind.WINDOW, date(2023, 1, 1), date(2023, 12, 31)),
    "II.1.1": ("Trong năm 2023", ScheduleKind.WINDOW, date(2023, 1, 1), date(2023, 12, 31)),
    "II.1.2": ("Trong năm 2023", ScheduleKind.WINDOW, date(2023, 1, 1), date(2023, 12, 31)),
    "II.1.3": ("Trong năm", ScheduleKind.WINDOW, date(2023, 1, 1), date(2023, 12, 31)),
    "II.1.4": ("Trong năm", ScheduleKind.WINDOW, date(2023, 1, 1), date(2023, 12, 31)),
    "II.2.1": ("Trước 15/12", ScheduleKind.BEFORE, None, date(2023, 12, 14)),
    "II.2.2": ("Trong năm 2023", ScheduleKind.WINDOW, date(2023, 1, 1), date(2023, 12, 31)),
    "II.2.3": ("Trong năm 2023", ScheduleKind.WINDOW, date(2023, 1, 1), date(2023, 12, 31)),
    "II.2.4": ("Trước 15/12", ScheduleKind.BEFORE, None, date(2023, 12, 14)),
    "II.2.5": ("Trong năm 2023", ScheduleKind.WINDOW, date(2023, 1, 1), date(2023, 12, 31)),
}

ROWS = [
    pytest.param(year, *row, id=f"{year}-{code}")
    for year, plan in ((2022, PLAN_2022), (2023, PLAN_2023))
    for code, row in plan.items()
]


class TestThePlans:
    @pytest.mark.parametrize(("year", "phrase", "kind", "start", "last_day"), ROWS)
    def test_every_row_is_read(
        self, year: int, phrase: str, kind: ScheduleKind, start: date | None, last_day: date | None
    ) -> None:
        schedule = read_phrase(phrase, year=year)
        assert (schedule.kind, schedule.start, schedule.last_day) == (kind, start, last_day)
        assert schedule.phrase == phrase
        assert schedule.basis.startswith(f"“{phrase}”: ")

    def test_all_rows_are_here(self) -> None:
        assert (len(PLAN_2022), len(PLAN_2023) + 1) == (24, 17)

    def test_the_row_of_the_missing_page_is_not_guessed(self) -> None:
        with pytest.raises(UnknownPhrase, match="dòng này không in tiến độ") as caught:
            read_phrase(None, year=2023)
        assert caught.value.phrase == ""

    # The dates inside the clauses: 2022 II.1.8, and III.2 of both plans.
    @pytest.mark.parametrize(
        ("phrase", "last_day", "yearly"),
        [
            ("trước ngày 25/5", date(2022, 5, 24), False),
            ("trước ngày 20/11", date(2022, 11, 19), False),
            ("trước ngày 20/11 hàng năm", date(2022, 11, 19), True),
            ("trước ngày 15/12 theo quy định", date(2022, 12, 14), False),
            ("Trước 15/12", date(2022, 12, 14), False),
        ],
    )
    def test_every_dated_clause_is_read(self, phrase: str, last_day: date, yearly: bool) -> None:
        schedule = read_phrase(phrase, year=2022)
        assert (schedule.kind, schedule.last_day) == (ScheduleKind.BEFORE, last_day)
        assert schedule.exclusive
        assert schedule.yearly is yearly
        assert not schedule.milestones

    def test_the_two_standing_reports_are_read_from_their_one_clause(self) -> None:
        schedule = read_phrase("báo cáo 6 tháng trước ngày 25/5 và báo cáo năm trước ngày 20/11 hàng năm", year=2023)
        assert schedule.kind is ScheduleKind.MILESTONES
        assert schedule.milestones == (
            Milestone("báo cáo 6 tháng", None, date(2023, 5, 24)),
            Milestone("báo cáo năm", None, date(2023, 11, 19)),
        )
        assert (schedule.last_day, schedule.exclusive, schedule.yearly) == (date(2023, 11, 19), True, True)

    def test_two_bounds_may_share_their_word(self) -> None:
        schedule = read_phrase("Trước ngày 25/5, 20/11 hàng năm", year=2022)
        assert [milestone.last_day for milestone in schedule.milestones] == [date(2022, 5, 24), date(2022, 11, 19)]
        assert [milestone.label for milestone in schedule.milestones] == ["trước ngày 25/5", "trước 20/11"]

    @pytest.mark.parametrize(
        "phrase",
        [
            "hằng tháng",
            "hàng tháng",
            "Định kỳ hàng tháng",
            "định kỳ hằng tháng",
            "cuộc họp giao ban định kỳ hàng tháng",
            "tại cuộc họp giao ban định kỳ hằng tháng",
        ],
    )
    def test_the_monthly_meeting_makes_one_term_a_month(self, phrase: str) -> None:
        schedule = read_phrase(phrase, year=2022)
        assert schedule.kind is ScheduleKind.RECURRING_MONTHLY
        assert schedule.milestones == months_of(2022)
        assert (schedule.start, schedule.last_day) == (date(2022, 1, 1), date(2022, 12, 31))
        assert not schedule.confirm_monthly

    def test_a_period_left_unsaid_is_read_as_monthly_and_says_so(self) -> None:
        schedule = read_phrase("theo định kỳ hoặc theo yêu cầu của cơ quan có thẩm quyền", year=2022)
        assert schedule.kind is ScheduleKind.RECURRING_MONTHLY
        assert "không nêu chu kỳ" in schedule.basis
        assert "suy đoán" in schedule.basis

    def test_an_event_keeps_its_words_as_printed(self) -> None:
        schedule = read_phrase(AFTER_ANNOUNCEMENT, year=2022)
        assert schedule.event == "Bộ Kế hoạch và Đầu tư công bố thủ tục hành chính"
        assert not schedule.confirm_monthly
        assert "ghi nhận số và ngày" in schedule.basis

    def test_two_months_are_two_milestones_at_their_ends(self) -> None:
        assert read_phrase("Tháng 6, Tháng 12", year=2022).milestones == (
            Milestone("tháng 6/2022", date(2022, 6, 1), date(2022, 6, 30)),
            Milestone("tháng 12/2022", date(2022, 12, 1), date(2022, 12, 31)),
        )

    @pytest.mark.parametrize("phrase", ["Từ Quý I", "Từ Tháng 01", "Thường xuyên", "theo tình hình thực tế"])
    def test_what_has_no_last_day_is_confirmed_monthly(self, phrase: str) -> None:
        schedule = read_phrase(phrase, year=2022)
        assert schedule.last_day is None
        assert schedule.confirm_monthly

    @pytest.mark.parametrize("phrase", ["Quý II", "Trong năm", "Trước 15/12", "Tháng 6, Tháng 12"])
    def test_what_has_a_last_day_needs_no_confirmation(self, phrase: str) -> None:
        schedule = read_phrase(phrase, year=2022)
        assert schedule.last_day is not None
        assert not schedule.confirm_monthly


class TestTheTableOfPrintedDates:
    """The table at the end of section 5 of the domain page, to the day and the weekday."""

    @pytest.mark.parametrize(
        ("phrase", "year", "weekday", "last_day", "last_working"),
        [
            ("trước 25/5", 2022, "Tue", date(2022, 5, 24), date(2022, 5, 24)),
            ("Quý II", 2022, "Thu", date(2022, 6, 30), date(2022, 6, 30)),
            ("trước 20/11", 2022, "Sat", date(2022, 11, 19), date(2022, 11, 18)),
            ("trước 15/12", 2022, "Wed", date(2022, 12, 14), date(2022, 12, 14)),
            ("trong năm", 2022, "Sat", date(2022, 12, 31), date(2022, 12, 30)),
            ("trước 25/5", 2023, "Wed", date(2023, 5, 24), date(2023, 5, 24)),
            ("Quý II", 2023, "Fri", date(2023, 6, 30), date(2023, 6, 30)),
            ("trước 20/11", 2023, "Sun", date(2023, 11, 19), date(2023, 11, 17)),
            ("trước 15/12", 2023, "Thu", date(2023, 12, 14), date(2023, 12, 14)),
            ("trong năm", 2023, "Sun", date(2023, 12, 31), date(2023, 12, 29)),
        ],
    )
    def test_comes_out_exactly(self, phrase: str, year: int, weekday: str, last_day: date, last_working: date) -> None:
        found = read_phrase(phrase, year=year).last_day
        assert found == last_day
        assert found.strftime("%a") == weekday
        assert last_working_day(found, CALENDAR) == last_working


class TestTheBound:
    def test_excludes_its_date_and_explains_it(self) -> None:
        assert read_phrase("Trước 15/12", year=2022) == Schedule(
            kind=ScheduleKind.BEFORE,
            phrase="Trước 15/12",
            last_day=date(2022, 12, 14),
            exclusive=True,
            basis="“Trước 15/12”: ngày cuối là 14/12 (không kể ngày 15/12)",
        )

    def test_includes_its_date_when_the_policy_says_so(self) -> None:
        schedule = read_phrase("Trước 15/12", year=2022, bound_excluded=False)
        assert (schedule.last_day, schedule.exclusive) == (date(2022, 12, 15), False)
        assert schedule.basis == "“Trước 15/12”: ngày cuối là 15/12 (kể cả ngày 15/12, theo chính sách)"

    @pytest.mark.parametrize("phrase", ["Chậm nhất ngày 15/12", "chậm nhất là 15/12", "Đến hết ngày 15/12"])
    @pytest.mark.parametrize("bound_excluded", [True, False])
    def test_at_the_latest_includes_its_date_whatever_the_policy(self, phrase: str, bound_excluded: bool) -> None:
        schedule = read_phrase(phrase, year=2022, bound_excluded=bound_excluded)
        assert (schedule.last_day, schedule.exclusive) == (date(2022, 12, 15), False)

    def test_before_new_year_ends_in_the_year_before(self) -> None:
        schedule = read_phrase("Trước 1/1", year=2023)
        assert schedule.last_day == date(2022, 12, 31)
        assert "31/12/2022" in schedule.basis

    def test_before_the_first_of_march_knows_leap_years(self) -> None:
        assert read_phrase("trước ngày 1/3", year=2024).last_day == date(2024, 2, 29)
        assert read_phrase("trước ngày 1/3", year=2023).last_day == date(2023, 2, 28)
        assert read_phrase("trước ngày 29/2", year=2024).last_day == date(2024, 2, 28)

    @given(bound=st.dates(date(1950, 1, 1), date(2190, 12, 31)), excluded=st.booleans())
    def test_holds_for_every_date_there_is(self, bound: date, excluded: bool) -> None:
        for phrase in (f"Trước ngày {bound.day}/{bound.month}", f"trước {bound.day:02}/{bound.month:02}/{bound.year}"):
            schedule = read_phrase(phrase, year=bound.year, bound_excluded=excluded)
            assert schedule.last_day == bound - timedelta(days=1 if excluded else 0)


class TestTolerance:
    @pytest.mark.parametrize(
        ("written", "plain"),
        [
            ("TRƯỚC 15/12", "Trước 15/12"),
            ("  trước\u00a0 ngày\n15/12. ", "Trước 15/12"),
            ("Trước 15 / 12", "Trước 15/12"),
            ("trước ngày 15-12", "Trước 15/12"),
            ("trước ngày 15 tháng 12", "Trước 15/12"),
            ("trước ngày 15 tháng 12 năm 2022", "Trước 15/12"),
            ("Trước ngày 15/12/2022", "Trước 15/12"),
            ("Trước\u200b 15/12", "Trước 15/12"),
            ("quý ii", "Quý II"),
            ("Qúy II", "Quý II"),
            ("QUÝ 2", "Quý II"),
            ("Quý 02", "Quý II"),
            ("Quý II năm 2022", "Quý II"),
            ("trong quý II/2022", "Quý II"),
            ("Trong năm 2022;", "Trong năm"),
            ("tháng 06 và tháng 12", "Tháng 6, Tháng 12"),
            ("Tháng 12; Tháng 6", "Tháng 6, Tháng 12"),
            ("Tháng 6/2022, Tháng 12/2022", "Tháng 6, Tháng 12"),
            ("từ tháng 1/2022", "Từ Tháng 01"),
            ("Kể từ ngày 01/01/2022", "Từ Quý I"),
            ("trước ngày 20/11, hằng năm", "trước ngày 20/11 hàng năm"),
            ("Thường xuyên, theo tình hình thực tế phát sinh", "Thường xuyên"),
        ],
    )
    def test_reads_the_same_thing_written_otherwise(self, written: str, plain: str) -> None:
        one, other = read_phrase(written, year=2022), read_phrase(plain, year=2022)
        assert (one.kind, one.start, one.last_day, one.exclusive, one.milestones, one.yearly) == (
            other.kind,
            other.start,
            other.last_day,
            other.exclusive,
            other.milestones,
            other.yearly,
        )

    @pytest.mark.parametrize("phrase", sorted({phrase for phrase, *_ in PLAN_2022.values()}))
    def test_the_unicode_form_of_the_source_does_not_matter(self, phrase: str) -> None:
        decomposed = unicodedata.normalize("NFD", phrase)
        assert read_phrase(decomposed, year=2022) == read_phrase(phrase, year=2022)

    @pytest.mark.parametrize(
        ("phrase", "start", "last_day"),
        [
            ("Quý I", date(2024, 1, 1), date(2024, 3, 31)),
            ("Quý III", date(2024, 7, 1), date(2024, 9, 30)),
            ("Quý IV", date(2024, 10, 1), date(2024, 12, 31)),
            ("Tháng 2", date(2024, 2, 1), date(2024, 2, 29)),
            ("Trong tháng 02", date(2024, 2, 1), date(2024, 2, 29)),
            ("Cả năm", date(2024, 1, 1), date(2024, 12, 31)),
        ],
    )
    def test_reads_the_other_periods_of_the_year(self, phrase: str, start: date, last_day: date) -> None:
        schedule = read_phrase(phrase, year=2024)
        assert (schedule.kind, schedule.start, schedule.last_day) == (ScheduleKind.WINDOW, start, last_day)

    @pytest.mark.parametrize("quarter", ["Quý I", "Quý II", "Quý III", "Quý IV"])
    def test_names_the_quarter_in_its_explanation(self, quarter: str) -> None:
        assert f"đến hết {quarter}/2024, ngày cuối là " in read_phrase(quarter, year=2024).basis

    @pytest.mark.parametrize(
        ("phrase", "start"),
        [("Từ Quý III", date(2022, 7, 1)), ("Từ Tháng 10", date(2022, 10, 1)), ("Từ ngày 15/3", date(2022, 3, 15))],
    )
    def test_starts_where_the_phrase_says(self, phrase: str, start: date) -> None:
        schedule = read_phrase(phrase, year=2022)
        assert (schedule.kind, schedule.start) == (ScheduleKind.START_ONLY, start)

    def test_a_printed_year_wins_and_the_difference_is_told(self) -> None:
        schedule = read_phrase("Trong năm 2022", year=2023)
        assert schedule.last_day == date(2022, 12, 31)
        assert "in năm 2022, khác năm 2023 của kế hoạch" in schedule.basis
        assert read_phrase("Trước 15/01/2024", year=2023).last_day == date(2024, 1, 14)
        assert "khác năm" not in read_phrase("Trong năm 2022", year=2022).basis


class TestHostilePhrases:
    @pytest.mark.parametrize(
        ("phrase", "reason"),
        [
            ("trước 31/2", "không có ngày 31/2/2022"),
            ("trước ngày 31/11", "không có ngày 31/11/2022"),
            ("trước ngày 29/2", "không có ngày 29/2/2022"),
            ("trước ngày 0/5", "không có ngày 0/5/2022"),
            ("trước 12/25", "không có tháng 25"),
            ("Tháng 13", "không có tháng 13"),
            ("Từ Tháng 00", "không có tháng 0"),
            ("Trong năm 0000", "năm 0 không hợp lý"),
            ("Trước 15/12/9999", "năm 9999 không hợp lý"),
            ("Tháng 6, Tháng 06", "các mốc trùng nhau"),
            ("trước 20/11, trước 25/5", "trùng nhau hoặc không theo thứ tự"),
            ("trước 20/11 và trước 20/11", "trùng nhau hoặc không theo thứ tự"),
            (AFTER_ANNOUNCEMENT + ", chậm nhất 15/12", "hãy tách thành sự kiện và hạn riêng"),
            ("Sau khi Bộ công bố trong vòng 5 ngày làm việc", "hãy tách thành sự kiện và hạn riêng"),
        ],
    )
    def test_are_refused_with_the_reason(self, phrase: str, reason: str) -> None:
        with pytest.raises(UnknownPhrase) as caught:
            read_phrase(phrase, year=2022)
        assert reason in str(caught.value)
        assert f"“{phrase}”" in str(caught.value)

    @pytest.mark.parametrize(
        "phrase",
        [
            "Quý V",
            "Quý IIII",
            "Quý 0",
            "Quý",
            "Quỹ II",
            "Tháng",
            "Tháng sáu",
            "Từ Quý I đến Quý III",
            "Quý II hoặc Quý III",
            "Trước",
            "Trước quý II",
            "Trước tháng 12",
            "Trước 15/12 (nếu có)",
            "Trước 15/12/22",
            "Trước 15/12 hàng quý",
            "Trước 15/12 và khi có yêu cầu",
            "Trước 12/2022",
            "15/12",
            "hàng năm",
            "định kỳ hằng quý",
            "hằng tuần",
            "Sau khi",
            "Thường xuyên, trước 15/12",
            "Thường xuyên trong năm",
            "Không thường xuyên",
            "Trong năm 2022 và 2023",
            "Trong năm tới",
            "Trong năm 22",
            "Truoc 15/12",
            "Trước １５/１２",
            "Trước ١٥/١٢",
            "Trước 15/12; DROP TABLE task",
            "<script>Quý II</script>",
            "đúng thời gian quy định",
            "đúng thời hạn / đúng hạn, trong năm",
        ],
    )
    def test_are_refused_when_one_word_is_not_understood(self, phrase: str) -> None:
        with pytest.raises(UnknownPhrase) as caught:
            read_phrase(phrase, year=2022)
        assert caught.value.phrase == phrase
        message = str(caught.value)
        assert message.startswith(f"Không đọc được tiến độ “{phrase}”: không thuộc dạng nào đã biết")
        assert "Các dạng đọc được: “Từ Quý I”; " in message
        assert "“Trước 15/12”" in message

    @pytest.mark.parametrize("phrase", ["", "   ", "\n\t", "\u200b", " . ", None])
    def test_nothing_printed_is_said_to_be_nothing(self, phrase: str | None) -> None:
        with pytest.raises(UnknownPhrase, match="dòng này không in tiến độ"):
            read_phrase(phrase, year=2022)

    def test_a_whole_page_is_refused_quickly_and_quoted_briefly(self) -> None:
        page = "Trước 15/12 và " * 20_000
        with pytest.raises(UnknownPhrase) as caught:
            read_phrase(page, year=2022)
        assert len(str(caught.value)) < 800

    def test_a_paragraph_is_no_phrase_even_if_it_begins_like_one(self) -> None:
        with pytest.raises(UnknownPhrase, match="không thuộc dạng nào đã biết"):
            read_phrase("Sau khi " + "Bộ công bố thủ tục hành chính, " * 20, year=2022)

    @given(st.text(max_size=60))
    def test_any_text_is_read_or_refused_and_nothing_else(self, text: str) -> None:
        try:
            answer = read_phrase(text, year=2022).basis
        except UnknownPhrase as refusal:
            answer = str(refusal)
        assert answer.startswith(("“", "Không đọc được tiến độ “"))

    @given(
        st.lists(
            st.sampled_from(
                [
                    "từ",
                    "trước",
                    "ngày",
                    "quý",
                    "I",
                    "tháng",
                    "6",
                    "12",
                    "15/12",
                    "năm",
                    "2022",
                    "trong",
                    ",",
                    "và",
                    "hàng",
                ]
            ),
            max_size=7,
        )
    )
    def test_any_jumble_of_known_words_gives_dates_in_order(self, words: list[str]) -> None:
        try:
            schedule = read_phrase(" ".join(words), year=2022)
        except UnknownPhrase:
            return
        lasts = [milestone.last_day for milestone in schedule.milestones]
        assert lasts == sorted(set(lasts))
        assert not lasts or schedule.last_day == lasts[-1]
        assert schedule.start is None or schedule.last_day is None or schedule.start <= schedule.last_day


class TestLastWorkingDay:
    @pytest.mark.parametrize(
        ("roll", "expected"),
        [(Roll.BACK, date(2022, 4, 29)), (Roll.FORWARD, date(2022, 5, 4)), (Roll.NONE, date(2022, 5, 2))],
    )
    def test_rolls_as_the_policy_says(self, roll: Roll, expected: date) -> None:
        assert last_working_day(date(2022, 5, 2), CALENDAR, roll) == expected

    def test_rolls_back_unless_told_otherwise(self) -> None:
        assert last_working_day(date(2022, 9, 2), CALENDAR) == date(2022, 8, 31)

    def test_a_make_up_saturday_is_good_enough(self) -> None:
        assert last_working_day(date(2024, 5, 4), CALENDAR) == date(2024, 5, 4)

    @given(day=st.dates(date(2021, 1, 1), date(2025, 12, 31)))
    def test_leaves_a_working_day_alone_and_brackets_a_day_off(self, day: date) -> None:
        back, forward = (last_working_day(day, CALENDAR, roll) for roll in (Roll.BACK, Roll.FORWARD))
        assert back <= day <= forward
        assert (back == forward) is CALENDAR.is_working(day)
        assert last_working_day(day, CALENDAR, Roll.NONE) == day


class TestTermEnd:
    @pytest.mark.parametrize(
        ("start", "days", "expected"),
        [
            (date(2022, 5, 23), 3, date(2022, 5, 26)),
            (date(2022, 4, 28), 3, date(2022, 5, 5)),  # over 30/4–3/5
            (date(2022, 5, 21), 1, date(2022, 5, 23)),  # received on a Saturday
            (date(2022, 12, 30), 1, date(2023, 1, 3)),
            (date(2024, 5, 2), 2, date(2024, 5, 4)),  # ends on the make-up Saturday
            (date(2022, 5, 23), 0, date(2022, 5, 23)),
            (date(2022, 5, 21), 0, date(2022, 5, 23)),
        ],
    )
    def test_does_not_count_its_first_day(self, start: date, days: int, expected: date) -> None:
        assert term_end(start, Workdays(days), CALENDAR) == expected

    def test_refuses_a_negative_term(self) -> None:
        with pytest.raises(ValueError, match="không thể âm: -1 ngày làm việc"):
            term_end(date(2022, 5, 23), Workdays(-1), CALENDAR)

    def test_refuses_a_plain_number(self) -> None:
        with pytest.raises(TypeError):
            term_end(date(2022, 5, 23), 3, CALENDAR)  # type: ignore[arg-type]


class TestMonthsOf:
    def test_covers_the_year_without_a_gap(self) -> None:
        months = months_of(2024)
        assert len(months) == 12
        assert months[0] == Milestone("tháng 1/2024", date(2024, 1, 1), date(2024, 1, 31))
        assert months[1].last_day == date(2024, 2, 29)
        assert months[-1].last_day == date(2024, 12, 31)
        for earlier, later in pairwise(months):
            assert later.start == earlier.last_day + timedelta(days=1)

    def test_may_start_later_in_the_year(self) -> None:
        assert [month.label for month in months_of(2022, first_month=11)] == ["tháng 11/2022", "tháng 12/2022"]

    @pytest.mark.parametrize(("year", "first_month"), [(2022, 0), (2022, 13), (0, 1), (10_000, 1)])
    def test_refuses_a_month_that_does_not_exist(self, year: int, first_month: int) -> None:
        with pytest.raises(ValueError, match=f"Không có tháng {first_month}/{year}"):
            months_of(year, first_month)
