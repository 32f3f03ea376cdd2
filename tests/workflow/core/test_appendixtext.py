"""Appendices as they are typed or pasted: text, tables by | or tabs, and back again."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workflow.core.appendixtext import appendix_of, text_of
from workflow.core.paper import AppendixPaper


def test_plain_lines_are_text() -> None:
    made = appendix_of("Danh sách", "Dòng một\r\n\r\nDòng hai  ", landscape=True)
    assert made == AppendixPaper(title="Danh sách", body="Dòng một\n\nDòng hai", landscape=True)


@pytest.mark.parametrize(
    "typed",
    [
        "Stt | Tên | Ghi chú\n1 | Phòng Một | \n2 | Phòng Hai | xong",
        "| Stt | Tên | Ghi chú |\n|---|:--|---|\n| 1 | Phòng Một | |\n| 2 | Phòng Hai | xong |",
        "Stt\tTên\tGhi chú\n1\tPhòng Một\t\n2\tPhòng Hai\txong",
        "Stt\tTên\tGhi chú\n1\tPhòng Một\n2\tPhòng Hai\txong",
    ],
)
def test_a_table_is_read_from_bars_or_tabs(typed: str) -> None:
    made = appendix_of("Bảng", typed)
    assert [title for title, _width in made.columns] == ["Stt", "Tên", "Ghi chú"]
    assert made.rows == (("1", "Phòng Một", ""), ("2", "Phòng Hai", "xong"))
    assert made.body == ""


def test_text_before_and_after_the_table_stays_text_and_a_line_inside_heads_a_group() -> None:
    made = appendix_of("Bảng", "Mở đầu\nStt | Tên\nI. CÁC PHÒNG\n1 | Phòng Một\n\n2 | Phòng Hai\nGhi chú cuối")
    assert made.body == "Mở đầu\nGhi chú cuối"
    assert made.rows == (("I. CÁC PHÒNG",), ("1", "Phòng Một"), ("2", "Phòng Hai"))


def test_a_row_that_is_too_long_is_kept_so_that_it_can_be_refused() -> None:
    assert appendix_of("Bảng", "a | b\n1 | 2 | 3").rows == (("1", "2", "3"),)


def test_columns_share_the_width_by_their_longest_line() -> None:
    made = appendix_of("Bảng", f"Stt | Tên | Nội dung\n1 | Phòng Một | {'x' * 300}")
    assert [width for _title, width in made.columns] == [4, 9, 40]


def test_a_break_inside_a_cell_is_shown_as_a_mark_and_read_back() -> None:
    appendix = appendix_of("Bảng", "Stt | Tên\n1 | Phòng Một⏎Phòng Hai")
    assert appendix.rows == (("1", "Phòng Một\nPhòng Hai"),)
    assert text_of(appendix) == "Stt | Tên\n1 | Phòng Một⏎Phòng Hai"


CELLS = st.text(alphabet="abcđ |⏎1", max_size=6).map(lambda text: text.strip().replace("⏎", ""))


@given(st.lists(st.tuples(CELLS.filter(bool), CELLS, CELLS), min_size=1, max_size=6), st.booleans())
def test_what_is_shown_is_read_back_as_it_was(rows: list[tuple[str, str, str]], groups: bool) -> None:
    typed = "\n".join("\t".join(row) for row in [("A", "B", "C"), *rows])
    made = appendix_of("Bảng", typed)
    if groups and not any("|" in cell for row in made.rows for cell in row):
        made = AppendixPaper(title="Bảng", columns=made.columns, rows=(("Nhóm",), *made.rows))
    again = appendix_of("Bảng", text_of(made))
    assert (again.rows, [title for title, _width in again.columns]) == (made.rows, ["A", "B", "C"])
