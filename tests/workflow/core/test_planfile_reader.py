"""Fields of a plan file one by one: what they give, what they report, and that nothing stops the rest."""

from __future__ import annotations

import unicodedata
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.factories import at
from workflow.core.fold import is_nfc
from workflow.core.planfile.defects import find_defects
from workflow.core.planfile.model import ParsedBullet, ParsedItem, PlanError, PlanErrors
from workflow.core.planfile.reader import Fields, Findings, plain_value, type_name
from workflow.core.planfile.timing import check_duty_due, check_report_date

KNOWN = frozenset({"VP", "P-DKKD"})


def fields(**data: object) -> Fields:
    return Fields(data, "chỗ", Findings())


def said(read: Fields) -> list[str]:
    return [f"{error.place}: {error.message}" for error in read.found.errors]


# --- texts ---------------------------------------------------------------------------------------------------------


def test_a_text_is_trimmed_and_composed_and_the_place_noted() -> None:
    read = fields(a=unicodedata.normalize("NFD", "  Kế hoạch "))
    assert read.text("a") == "Kế hoạch"
    assert read.found.not_nfc == ["chỗ/a"]
    assert read.found.errors == []


@pytest.mark.parametrize(("value", "message"), [(None, "thiếu."), ("  ", "để trống."), (5, "phải là một chuỗi chữ")])
def test_a_required_text_that_is_not_there_is_reported(value: object, message: str) -> None:
    read = fields(a=value)
    assert read.text("a") == (value.strip() if isinstance(value, str) else "")
    assert message in said(read)[0]


def test_an_optional_text_may_be_absent_or_empty() -> None:
    read = fields(b="")
    assert (read.text("a", required=False), read.text("b", required=False)) == ("", "")
    assert read.found.errors == []


def test_a_text_longer_than_its_column_is_reported() -> None:
    read = fields(a="x" * 11)
    read.text("a", longest=10)
    assert said(read) == ["chỗ/a: dài 11 ký tự, quá 10."]


def test_one_text_or_several_read_alike() -> None:
    assert fields(a="một").texts("a") == ("một",)
    assert fields(a=["một", "hai"]).texts("a") == ("một", "hai")


def test_a_list_keeps_its_good_parts_and_names_the_bad() -> None:
    read = fields(a=["một", 2, " ", "bốn"])
    assert read.texts("a") == ("một", "bốn")
    assert [line.split(":")[0] for line in said(read)] == ["chỗ/a/2", "chỗ/a/3"]


# --- codes ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["II.1.3", "BC-NAM-UBND", "P-DKKD", "2022"])
def test_codes_of_the_plans_are_well_formed(code: str) -> None:
    read = fields(a=code)
    assert read.code("a") == code
    assert read.found.errors == []


@pytest.mark.parametrize("code", ["ii.1", "P DKKD", "Đ", "-A", "A/B", "A" * 41])
def test_other_codes_are_reported(code: str) -> None:
    read = fields(a=code)
    read.code("a")
    assert len(said(read)) >= 1


def test_unknown_and_repeated_codes_are_reported_and_left_out() -> None:
    read = fields(a=["VP", "P-MA", "VP", 3, "P-DKKD"])
    assert read.codes("a", KNOWN, "đơn vị") == ("VP", "P-DKKD")
    assert [line.split(":")[0] for line in said(read)] == ["chỗ/a/2", "chỗ/a/3", "chỗ/a/4"]


def test_an_absent_optional_list_of_codes_is_empty() -> None:
    read = fields()
    assert read.codes("a", KNOWN, "đơn vị", required=False) == ()
    assert read.found.errors == []


# --- numbers, flags, dates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("value", "read_as"), [(85, "85"), (85.5, "85.5"), (0, "0"), (99.25, "99.25")])
def test_figures_are_read_exactly(value: float, read_as: str) -> None:
    assert fields(a=value).decimal("a") == Decimal(read_as)


@pytest.mark.parametrize("value", [True, "85", None, 1.234, 10**8, float("nan"), float("inf"), [1]])
def test_what_is_no_usable_figure_is_reported(value: object) -> None:
    read = fields(a=value)
    assert read.decimal("a") == 0
    assert len(said(read)) == 1


def test_true_is_no_number_and_one_is_no_flag() -> None:
    read = fields(a=True, b=1)
    assert (read.number("a"), read.flag("b")) == (None, False)
    assert said(read) == [
        "chỗ/a: phải là một số nguyên, đang là true hoặc false.",
        "chỗ/b: phải là true hoặc false, đang là một số nguyên.",
    ]


def test_a_date_is_read_quoted_or_not() -> None:
    read = fields(a="2022-05-25", b=date(2022, 5, 25))
    assert read.day("a") == read.day("b") == date(2022, 5, 25)


@pytest.mark.parametrize(
    "value", ["2022-02-29", "25/5/2022", "hôm qua", 20220525.5, at(date(2022, 5, 25)), "20220525", []]
)
def test_what_is_no_date_is_reported(value: object) -> None:
    read = fields(a=value)
    assert read.day("a") is None
    assert "không phải một ngày có thật" in said(read)[0]


def test_an_absent_date_is_reported_only_when_it_is_needed() -> None:
    read = fields()
    assert (read.day("a"), read.day("b", required=False)) == (None, None)
    assert said(read) == ["chỗ/a: thiếu."]


# --- nesting -------------------------------------------------------------------------------------------------------


def test_rows_are_named_by_their_code_or_their_number() -> None:
    read = fields(rows=[{"code": "A"}, {"code": ""}, "x"])
    assert [row.place for row in read.rows("rows", named_by="code")] == ["chỗ/rows/A", "chỗ/rows/2", "chỗ/rows/3"]
    assert said(read) == ["chỗ/rows/3: phải là một mục có tên trường, đang một chuỗi chữ."]


def test_fields_that_nobody_asked_for_are_reported() -> None:
    read = fields(a="x", la="y")
    read.text("a")
    read.finish()
    assert said(read) == ["chỗ/la: không có trường này trong mẫu."]


def test_a_plain_mapping_is_ready_for_a_json_column() -> None:
    read = fields(a={"ngày": date(2022, 5, 25), "số": 1.5, "chữ": ["x ", {"y": None}], 7: True})
    assert read.plain("a") == {"ngày": "2022-05-25", "số": "1.5", "chữ": ["x", {"y": None}], "7": True}


def test_reading_what_is_no_mapping_reports_it_once_and_reads_as_empty() -> None:
    read = Fields("chữ", "chỗ", Findings())
    assert (read.text("a"), read.number("b"), read.day("c")) == ("", None, None)
    assert len(said(read)) == 1


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=10) | st.dates(),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
        max_leaves=12,
    )
)
def test_whatever_is_kept_plain_is_nfc_and_no_date(value: object) -> None:
    def check(kept: object) -> None:
        assert not isinstance(kept, date | float)
        if isinstance(kept, str):
            assert is_nfc(kept)
        elif isinstance(kept, dict):
            assert all(isinstance(key, str) for key in kept)
            [check(inner) for inner in kept.values()]
        elif isinstance(kept, list):
            [check(inner) for inner in kept]

    check(plain_value(value, "", Findings()))


@pytest.mark.parametrize(
    ("value", "word"),
    [(None, "để trống"), ("a", "một chuỗi chữ"), ([], "một danh sách"), (1.5, "1.5"), ({}, "một mục có tên trường")],
)
def test_the_kind_of_a_value_is_said_in_vietnamese(value: object, word: str) -> None:
    assert type_name(value) == word


def test_errors_print_one_a_line() -> None:
    errors = PlanErrors([PlanError("a", "sai.", "Sửa."), PlanError("b", "thiếu.", "")])
    assert str(errors) == "a: sai. Sửa.\nb: thiếu."


# --- dates of duties -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("due", "place"),
    [
        ({"kind": "before_date", "date": "2022-12-15", "exclusive": True, "last_day_strict": "2022-12-14"}, ""),
        ({"kind": "before_date", "date": "2022-12-15", "exclusive": False, "last_day_strict": "2022-12-15"}, ""),
        (
            {"kind": "before_date", "date": "2022-12-15", "exclusive": True, "last_day_strict": "2022-12-15"},
            "last_day_strict",
        ),
        ({"kind": "before_date"}, "date"),
        ({"kind": "in_month", "month": 2, "date": "2024-02-29"}, ""),
        ({"kind": "in_month", "month": 2, "date": "2023-02-27"}, "date"),
        ({"kind": "in_month", "date": "2023-02-28"}, "month"),
        ({"kind": "monthly_meeting", "day": None, "first_month": 1}, ""),
        ({"kind": "monthly_meeting", "first_month": 13}, "first_month"),
        ({"kind": "monthly_meeting", "day": 32}, "day"),
        ({"kind": "not_stated", "text": "theo định kỳ"}, ""),
        ({"kind": "not_stated", "giờ": 5}, "giờ"),
        ({}, "kind"),
    ],
)
def test_a_dutys_date_must_agree_with_itself(due: dict[str, object], place: str) -> None:
    read = Fields(due, "due", Findings())
    check_duty_due(read)
    assert [error.place for error in read.found.errors] == ([f"due/{place}"] if place else [])


@pytest.mark.parametrize(
    ("row", "place"),
    [
        ({"text": "trước ngày 25/5", "date": "2022-05-25", "exclusive": True, "last_day_strict": "2022-05-24"}, ""),
        ({"text": "Tháng 6", "month": 6, "date": "2022-06-30"}, ""),
        ({"text": "Tháng 6", "date": "2022-06-29"}, "date"),
        ({"text": "sớm", "date": "2022-06-29"}, "text"),
        ({"text": "trước ngày 25/5", "date": "2022-05-25", "last_day_strict": "2022-05-23"}, "last_day_strict"),
    ],
)
def test_a_report_date_must_agree_with_its_words(row: dict[str, object], place: str) -> None:
    read = Fields(row, "ngày", Findings())
    check_report_date(read, 2022)
    assert [error.place for error in read.found.errors] == ([f"ngày/{place}"] if place else [])


# --- numbering of any plan -----------------------------------------------------------------------------------------


def row(number: int, printed: str, group: str = "II.1") -> ParsedItem:
    bullet = ParsedBullet(ordinal=1, text="việc", lead=("VP",), support=())
    return ParsedItem(
        order=number,
        code=f"{group}.{number}",
        printed_stt=printed,
        section="",
        group="",
        content=("việc",),
        product=(),
        timeline_text="Trong năm",
        schedule={},
        rule_codes=(),
        quantitative=(),
        bullets=(bullet,),
    )


def numbering(*printed: str) -> list[tuple[str, str]]:
    rows = [row(number, text) for number, text in enumerate(printed, start=1)]
    return [(defect.kind, defect.reading) for defect in find_defects(rows, date(2022, 4, 19), 2022)]


@given(st.integers(min_value=1, max_value=30))
def test_a_well_numbered_group_has_no_defect(size: int) -> None:
    assert numbering(*[f"1.{number}" for number in range(1, size + 1)]) == []


@pytest.mark.parametrize(
    ("printed", "found"),
    [
        (("1.1", "1.1", "1.3"), [("Stt in trùng", "1.2"), ("Thiếu Stt", "1.2")]),
        (("1.1", "12", "1.3"), [("Stt in sai dạng", "1.2")]),
        (("1.1", "2.2", "1.3"), [("Stt lạc nhóm", "1.2")]),
        (("1.1", "", "1.3"), [("Dòng không còn Stt", "1.2")]),
        (
            ("1.2", "1.3", "1.4"),
            [("Stt in lệch", "1.1"), ("Stt in lệch", "1.2"), ("Stt in lệch", "1.3"), ("Thiếu Stt", "1.1")],
        ),
    ],
)
def test_each_fault_of_numbering_is_told_by_its_name(printed: tuple[str, ...], found: list[tuple[str, str]]) -> None:
    assert numbering(*printed) == found


def test_groups_are_numbered_apart() -> None:
    rows = [row(1, "1.1", "I.1"), row(1, "2.1", "I.2"), row(1, "1.1", "II.1")]
    assert find_defects(rows, date(2022, 4, 19), 2022) == []
