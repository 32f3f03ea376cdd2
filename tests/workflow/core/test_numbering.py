"""Symbols and numbers as NĐ 30/2020 prints them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.choices import DocumentKind
from workflow.core.numbering import (
    LARGEST_NUMBER,
    LETTER,
    full_number,
    next_numbers,
    renewed_symbol,
    series_for,
    symbol_for,
    volume_of,
)


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        (DocumentKind.LETTER, "SKHĐT-VP"),
        (DocumentKind.REPORT, "BC-SKHĐT"),
        (DocumentKind.NOTICE, "TB-SKHĐT"),
        (DocumentKind.SUBMISSION, "TTr-SKHĐT"),
    ],
)
def test_a_letter_names_the_drafting_unit_and_a_named_kind_its_type(kind: str, expected: str) -> None:
    assert symbol_for(kind, "SKHĐT", "VP") == expected


def test_the_letter_is_the_one_kind_of_the_database_without_abbreviation() -> None:
    assert DocumentKind.LETTER.value == LETTER


@pytest.mark.parametrize(("body", "unit"), [("", "VP"), ("SKHĐT", "")])
def test_a_symbol_without_its_abbreviations_is_refused(body: str, unit: str) -> None:
    with pytest.raises(ValueError, match="Thiếu chữ viết tắt"):
        symbol_for(DocumentKind.LETTER, body, unit)


def test_a_named_kind_needs_no_drafting_unit() -> None:
    assert symbol_for(DocumentKind.REPORT, "SKHĐT", "") == "BC-SKHĐT"


@pytest.mark.parametrize(("number", "expected"), [(5, "05/SKHĐT-VP"), (10, "10/SKHĐT-VP"), (1337, "1337/SKHĐT-VP")])
def test_a_number_below_ten_has_a_leading_zero(number: int, expected: str) -> None:
    assert full_number(number, "SKHĐT-VP") == expected


@pytest.mark.parametrize("number", [0, -1, LARGEST_NUMBER + 1])
def test_what_is_no_number_of_a_register_is_refused(number: int) -> None:
    with pytest.raises(ValueError, match="Số văn bản"):
        full_number(number, "SKHĐT-VP")


@given(st.integers(0, 10_000), st.integers(1, 200))
def test_numbers_follow_the_last_one_without_a_gap(last: int, count: int) -> None:
    numbers = list(next_numbers(last, count))
    assert numbers == [last + step for step in range(1, count + 1)]


@pytest.mark.parametrize(("last", "count"), [(0, 0), (5, -1), (LARGEST_NUMBER, 1)])
def test_no_numbers_are_given_where_none_can_be(last: int, count: int) -> None:
    with pytest.raises(ValueError, match="số"):
        next_numbers(last, count)


@pytest.mark.parametrize(
    ("kind", "mode", "internal", "series"),
    [
        ("CV", "common", False, "chung"),
        ("BC", "common", False, "chung"),
        ("CV", "by_kind", False, "CV"),
        ("BC", "by_kind", False, "BC"),
        ("PTr", "common", True, "PTr"),
        ("PTr", "by_kind", True, "PTr"),
    ],
)
def test_a_kind_is_numbered_in_the_common_series_or_in_its_own(
    kind: str, mode: str, internal: bool, series: str
) -> None:
    assert series_for(kind, mode, internal=internal) == series


def test_the_first_volume_of_a_series_has_its_plain_name() -> None:
    assert [volume_of("chung", ordinal) for ordinal in (1, 2, 3)] == ["chung", "chung 2", "chung 3"]


@pytest.mark.parametrize(
    ("symbol", "kind", "renewed"),
    [
        ("SKHĐT-VP", "CV", "STC-VP"),
        ("SKHĐT-P-A", "CV", "STC-P-A"),
        ("SKHĐTX-VP", "CV", "SKHĐTX-VP"),
        ("BC-SKHĐT", "BC", "BC-STC"),
        ("BC-SKHĐT-VP", "BC", "BC-SKHĐT-VP"),
        ("HĐTV-VP", "CV", "HĐTV-VP"),
    ],
)
def test_a_reorganised_body_changes_only_symbols_that_are_made_of_its_former_name(
    symbol: str, kind: str, renewed: str
) -> None:
    assert renewed_symbol(symbol, kind, "SKHĐT", "STC") == renewed
