"""The seed of the calendar: the library's first draft, the table that corrects it, and tables that must be refused."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from workflow.adapters.holidays import (
    LIBRARY_SOURCE,
    SEEDED_YEARS,
    CalendarRow,
    CalendarSeedError,
    Certainty,
    load_calendar_seed,
    vietnam_holidays,
)
from workflow.core.fold import is_nfc
from workflow.core.workday import DayKind, WorkCalendar, Workdays

SEED = Path(__file__).resolve().parents[3] / "workflow" / "seeds" / "calendar.yaml"


def span(first: date, last: date) -> set[date]:
    return {first + timedelta(days=index) for index in range((last - first).days + 1)}


# Table 3.1 of the legal facts: weekdays off of the civil service, and Saturdays worked.
OFF_BY_YEAR = {
    2022: {date(2022, 1, 3), date(2022, 4, 11), date(2022, 5, 2), date(2022, 5, 3)}
    | span(date(2022, 1, 31), date(2022, 2, 4))
    | span(date(2022, 9, 1), date(2022, 9, 2)),
    2023: {date(2023, 1, 2)}
    | span(date(2023, 1, 20), date(2023, 1, 26))
    | span(date(2023, 4, 29), date(2023, 5, 3))
    | span(date(2023, 9, 1), date(2023, 9, 4)),
    2024: {date(2024, 1, 1), date(2024, 4, 18)}
    | span(date(2024, 2, 8), date(2024, 2, 14))
    | span(date(2024, 4, 29), date(2024, 5, 1))
    | span(date(2024, 9, 2), date(2024, 9, 3)),
    2025: {date(2025, 1, 1), date(2025, 4, 7)}
    | span(date(2025, 1, 27), date(2025, 1, 31))
    | span(date(2025, 4, 30), date(2025, 5, 2))
    | span(date(2025, 9, 1), date(2025, 9, 2)),
    2026: {date(2026, 1, 1), date(2026, 1, 2), date(2026, 4, 27), date(2026, 11, 24)}
    | span(date(2026, 2, 16), date(2026, 2, 20))
    | span(date(2026, 4, 30), date(2026, 5, 1))
    | span(date(2026, 8, 31), date(2026, 9, 2)),
}
MAKEUP_DAYS = {date(2024, 5, 4), date(2025, 4, 26), date(2026, 1, 10), date(2026, 8, 22)}


@pytest.fixture(scope="module")
def seed() -> dict[date, CalendarRow]:
    return {row.date: row for row in load_calendar_seed(SEED)}


@pytest.fixture(scope="module")
def calendar(seed: dict[date, CalendarRow]) -> WorkCalendar:
    return WorkCalendar(
        {day: row.kind for day, row in seed.items()},
        first_year=SEEDED_YEARS.start,
        last_year=SEEDED_YEARS.stop - 1,
        provisional_days={day for day, row in seed.items() if row.certainty is Certainty.PROVISIONAL},
    )


def written(folder: Path, *rows: str) -> Path:
    path = folder / "lich.yaml"
    path.write_text("rows:\n" + "".join(f"  - {row}\n" for row in rows) if rows else "rows: []\n", encoding="utf-8")
    return path


class TestTheLibrary:
    def test_names_its_days_in_vietnamese(self) -> None:
        found = vietnam_holidays([2022])
        assert found[date(2022, 9, 2)] == "Quốc khánh"
        assert all(is_nfc(name) for name in found.values())
        assert list(found) == sorted(found)

    def test_gives_only_the_years_asked_for(self) -> None:
        assert {day.year for day in vietnam_holidays([2023, 2024])} == {2023, 2024}
        assert vietnam_holidays([]) == {}

    def test_lacks_the_swap_that_the_table_adds(self) -> None:
        # When this fails, the library has learnt the swap: bring the comparison at the head of the table up to date.
        assert date(2026, 1, 2) not in vietnam_holidays([2026])

    def test_does_not_list_the_day_that_another_package_gets_wrong(self) -> None:
        assert date(2025, 9, 3) not in vietnam_holidays([2025])


class TestTheSeed:
    @pytest.mark.parametrize("year", sorted(OFF_BY_YEAR))
    def test_has_exactly_the_weekdays_off_of_the_legal_table(self, seed: dict[date, CalendarRow], year: int) -> None:
        off = {day for day, row in seed.items() if row.kind is DayKind.OFF and day.year == year and day.weekday() < 5}
        assert off == {day for day in OFF_BY_YEAR[year] if day.weekday() < 5}

    def test_has_exactly_the_make_up_saturdays(self, seed: dict[date, CalendarRow]) -> None:
        assert {day for day, row in seed.items() if row.kind is DayKind.MAKEUP} == MAKEUP_DAYS
        assert {day.strftime("%a") for day in MAKEUP_DAYS} == {"Sat"}

    def test_is_in_the_order_of_time_and_in_nfc(self) -> None:
        rows = load_calendar_seed(SEED)
        assert [row.date for row in rows] == sorted({row.date for row in rows})
        assert all(row.name and row.source and is_nfc(row.name + row.source + row.note) for row in rows)

    def test_rests_on_the_table_and_not_on_the_library(self, seed: dict[date, CalendarRow]) -> None:
        assert [day for day, row in seed.items() if row.source == LIBRARY_SOURCE] == []

    def test_names_the_documents_of_the_swaps(self, seed: dict[date, CalendarRow]) -> None:
        assert seed[date(2025, 5, 2)] == CalendarRow(
            date(2025, 5, 2),
            DayKind.OFF,
            "Nghỉ hoán đổi (làm bù thứ Bảy 26/4)",
            "TB 6150/TB-BLĐTBXH",
            Certainty.CONFIRMED,
        )
        assert seed[date(2026, 8, 22)].source.startswith("TB 9441/TB-BNV 16/10/2025")
        assert seed[date(2026, 11, 24)].source == "NQ 28/2026/QH16 Đ2"

    @pytest.mark.parametrize("year", SEEDED_YEARS)
    def test_the_solar_days_of_the_law_are_certain_every_year(self, seed: dict[date, CalendarRow], year: int) -> None:
        for month, day in ((1, 1), (4, 30), (5, 1), (9, 2)):
            row = seed[date(year, month, day)]
            assert (row.kind, row.certainty, row.source) == (DayKind.OFF, Certainty.CONFIRMED, "BLLĐ 2019 Đ112")

    def test_a_day_not_checked_against_its_document_says_why(self, seed: dict[date, CalendarRow]) -> None:
        provisional = [row for row in seed.values() if row.certainty is Certainty.PROVISIONAL]
        assert all(row.note for row in provisional)
        assert seed[date(2022, 2, 1)].note == "chưa đối chiếu văn bản gốc"
        assert seed[date(2026, 1, 10)].certainty is Certainty.PROVISIONAL
        assert seed[date(2027, 2, 8)].note.startswith("chưa có thông báo")
        assert all(not row.note for row in seed.values() if row.certainty is Certainty.CONFIRMED)

    def test_makes_a_calendar_that_counts_over_tet_and_the_swaps(self, calendar: WorkCalendar) -> None:
        assert calendar.add(date(2022, 1, 28), Workdays(1)) == date(2022, 2, 7)
        assert calendar.add(date(2024, 5, 3), Workdays(1)) == date(2024, 5, 4)
        assert calendar.count(date(2025, 12, 31), date(2026, 1, 12)) == Workdays(7)
        assert calendar.is_provisional(date(2027, 2, 8))
        assert not calendar.is_provisional(date(2026, 11, 24))

    def test_leaves_the_undecided_monday_of_november_2026_a_working_day(self, calendar: WorkCalendar) -> None:
        assert calendar.is_working(date(2026, 11, 23))
        assert not calendar.is_working(date(2026, 11, 24))


class TestCorrections:
    def test_what_only_the_library_knows_is_provisional(self, tmp_path: Path) -> None:
        rows = load_calendar_seed(written(tmp_path))
        assert {row.date for row in rows} == set(vietnam_holidays(SEEDED_YEARS))
        assert {(row.kind, row.source, row.certainty) for row in rows} == {
            (DayKind.OFF, LIBRARY_SOURCE, Certainty.PROVISIONAL)
        }

    def test_the_table_replaces_a_day_of_the_library_whole(self, tmp_path: Path) -> None:
        row = '{date: 2025-09-02, kind: "off", name: "Quốc khánh", source: "TB 1", certainty: confirmed}'
        rows = load_calendar_seed(written(tmp_path, row))
        assert [row for row in rows if row.date == date(2025, 9, 2)] == [
            CalendarRow(date(2025, 9, 2), DayKind.OFF, "Quốc khánh", "TB 1", Certainty.CONFIRMED)
        ]

    def test_the_table_removes_a_wrong_day_of_the_library(self, tmp_path: Path) -> None:
        row = '{date: 2027-09-03, kind: working, name: "Không nghỉ", source: "TB 2", certainty: confirmed}'
        days = {row.date for row in load_calendar_seed(written(tmp_path, row))}
        assert date(2027, 9, 3) not in days
        assert date(2027, 9, 2) in days

    def test_a_bare_off_is_understood_though_yaml_reads_it_as_false(self, tmp_path: Path) -> None:
        row = '{date: 2025-09-05, kind: off, name: "Nghỉ bão", source: "CV 3", certainty: provisional}'
        found = {row.date: row for row in load_calendar_seed(written(tmp_path, row))}
        assert found[date(2025, 9, 5)].kind is DayKind.OFF


class TestRefusedTables:
    @pytest.mark.parametrize(
        ("row", "reason"),
        [
            ("chữ", "mỗi dòng phải là một mục"),
            ("{kind: makeup, name: a, source: b, certainty: confirmed}", "date phải là ngày dạng 2022-12-31"),
            ("{date: 2/9/2025, kind: makeup, name: a, source: b, certainty: confirmed}", "không phải '2/9/2025'"),
            (
                "{date: 2025-09-02 10:00:00, kind: makeup, name: a, source: b, certainty: confirmed}",
                "date phải là ngày",
            ),
            ("{date: 2031-09-02, kind: makeup, name: a, source: b, certainty: confirmed}", "ngoài các năm 2022–2027"),
            ("{date: 2025-09-02, kind: holiday, name: a, source: b, certainty: confirmed}", "kind phải là off, makeup"),
            ("{date: 2025-09-02, name: a, source: b, certainty: confirmed}", "kind phải là off, makeup"),
            ("{date: 2025-09-02, kind: makeup, name: a, source: b, certainty: sure}", "certainty phải là confirmed"),
            ("{date: 2025-09-02, kind: makeup, name: a, source: b}", "certainty phải là confirmed"),
            ("{date: 2025-09-02, kind: makeup, source: b, certainty: confirmed}", "thiếu name"),
            ("{date: 2025-09-02, kind: makeup, name: a, source: '  ', certainty: confirmed}", "thiếu source"),
            (
                "{date: 2025-09-02, kind: makeup, name: a, source: b, certainty: confirmed, sure: 1}",
                "không hiểu mục sure",
            ),
        ],
    )
    def test_name_the_row_and_what_is_wrong(self, tmp_path: Path, row: str, reason: str) -> None:
        with pytest.raises(CalendarSeedError, match=r"lich\.yaml, dòng thứ 1: ") as caught:
            load_calendar_seed(written(tmp_path, row))
        assert reason in str(caught.value)

    def test_say_which_day_stands_twice(self, tmp_path: Path) -> None:
        row = "{date: 2024-05-04, kind: makeup, name: a, source: b, certainty: confirmed}"
        with pytest.raises(CalendarSeedError, match="dòng thứ 2: ngày 04/05/2024 đã có ở trên"):
            load_calendar_seed(written(tmp_path, row, row))

    def test_say_that_a_file_is_missing(self, tmp_path: Path) -> None:
        with pytest.raises(CalendarSeedError, match="Không mở được bảng lịch"):
            load_calendar_seed(tmp_path / "khong-co.yaml")

    @pytest.mark.parametrize(
        ("content", "reason"),
        [
            (b"rows: [", "không phải YAML hợp lệ"),
            (b"\xff\xfe\x00", "không phải YAML hợp lệ"),
            (b"rows:\n  - {date: 2025-02-31}\n", "không phải YAML hợp lệ"),
            (b"rows: !!python/object/apply:os.getcwd []\n", "không phải YAML hợp lệ"),
            (b"", "thiếu danh sách “rows”"),
            (b"rows: 3\n", "thiếu danh sách “rows”"),
            (b"- 1\n", "thiếu danh sách “rows”"),
        ],
    )
    def test_say_that_a_file_is_no_table(self, tmp_path: Path, content: bytes, reason: str) -> None:
        path = tmp_path / "lich.yaml"
        path.write_bytes(content)
        with pytest.raises(CalendarSeedError) as caught:
            load_calendar_seed(path)
        assert reason in str(caught.value)
