"""The register as XLSX: ten columns, the cover, how it prints, no formula, no clock, nothing that Excel refuses."""

from __future__ import annotations

import io
import time
import unicodedata
import zipfile
from dataclasses import replace
from datetime import date

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from workflow.adapters.spreadsheet import LARGEST_CELL, register_sheet
from workflow.core.register import COLUMNS, RegisterRow, RegisterVolume

ROW = RegisterRow(
    document_id=1,
    number=5,
    full_number="05/SKHĐT-VP",
    issued_on=date(2022, 1, 4),
    content="Công văn V/v đôn đốc lần 1",
    signer="Nguyễn Văn Mẫu",
    places=("Sở Tài chính", "Sở Xây dựng"),
    keeper="VT, VP",
    sent_on=date(2022, 1, 4),
    notes=("Thay thế Văn bản số 03/SKHĐT-VP ngày 03/01/2022",),
)
VOLUME = RegisterVolume(
    parent_name="UBND tỉnh Khánh Hòa",
    name="Sở Kế hoạch và Đầu tư",
    year=2022,
    series="chung",
    volume=2,
    since=date(2022, 1, 1),
    until=date(2022, 6, 30),
    rows=(ROW,),
)


def sheet_of(volume: RegisterVolume) -> Worksheet:
    """The file's one sheet, read back by another part of the library."""
    book = openpyxl.load_workbook(io.BytesIO(register_sheet(volume)))
    assert len(book.worksheets) == 1
    return book.worksheets[0]


def cells_of(volume: RegisterVolume) -> list[tuple[object, ...]]:
    """The rows under the head of the table."""
    rows = list(sheet_of(volume).iter_rows(values_only=True))
    return rows[rows.index(COLUMNS) + 1 :]


def test_the_cover_stands_above_the_table() -> None:
    rows = [row[0] for row in sheet_of(VOLUME).iter_rows(values_only=True)]
    assert rows[:8] == [
        "UBND TỈNH KHÁNH HÒA",
        "SỞ KẾ HOẠCH VÀ ĐẦU TƯ",
        "SỔ ĐĂNG KÝ VĂN BẢN ĐI",
        "Năm: 2022",
        "Từ ngày 01/01/2022 đến ngày 30/06/2022",
        "Từ số 05 đến số 05",
        "Quyển số: 02",
        None,
    ]


def test_a_row_has_the_ten_cells_and_the_receipt_is_left_to_be_signed() -> None:
    assert cells_of(VOLUME) == [
        (
            "05/SKHĐT-VP",
            "04/01/2022",
            "Công văn V/v đôn đốc lần 1",
            "Nguyễn Văn Mẫu",
            "Sở Tài chính; Sở Xây dựng",
            "VT, VP",
            "03",
            "04/01/2022",
            None,
            "Thay thế Văn bản số 03/SKHĐT-VP ngày 03/01/2022",
        )
    ]


def test_it_prints_on_landscape_a4_with_the_head_on_every_page() -> None:
    sheet = sheet_of(VOLUME)
    assert (sheet.page_setup.orientation, str(sheet.page_setup.paperSize)) == ("landscape", "9")
    assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage is True
    assert sheet.print_title_rows == "$9:$9"
    assert tuple(cell.value for cell in sheet[9]) == COLUMNS
    assert sheet.freeze_panes == "A10"
    assert sheet.column_dimensions["C"].width == 48


@pytest.mark.parametrize(
    "text", ['=HYPERLINK("http://xau.vn";"Xem")', "=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "=cmd|'/c calc'!A0"]
)
def test_a_text_that_reads_like_a_formula_stays_a_text(text: str) -> None:
    volume = replace(VOLUME, name=text, rows=(replace(ROW, content=text, full_number=text, notes=(text,)),))
    sheet = sheet_of(volume)
    row = sheet[10]
    assert [row[place].value for place in (0, 2, 9)] == [text] * 3
    assert {cell.data_type for cell in row if cell.value is not None} == {"s"}
    assert [row[place].quotePrefix for place in (0, 2, 9)] == [True] * 3
    content = zipfile.ZipFile(io.BytesIO(register_sheet(volume))).read("xl/worksheets/sheet1.xml")
    assert b"<f>" not in content
    assert b"<f " not in content


def test_an_ordinary_text_needs_no_quote() -> None:
    assert [cell.quotePrefix for cell in sheet_of(VOLUME)[10]] == [False] * 10


def test_texts_are_composed_and_without_what_a_file_can_not_hold() -> None:
    loose = unicodedata.normalize("NFD", "Đôn đốc việc thẩm định")
    volume = replace(
        VOLUME, rows=(replace(ROW, content=loose, signer="Nguyễn\x00 Văn\x0b Mẫu\ud800", keeper="😀 <b>&"),)
    )
    [row] = cells_of(volume)
    assert row[2] == "Đôn đốc việc thẩm định"
    assert row[3] == "Nguyễn Văn Mẫu"
    assert row[5] == "😀 <b>&"


def test_a_text_longer_than_a_cell_is_cut_visibly() -> None:
    [row] = cells_of(replace(VOLUME, rows=(replace(ROW, content="á" * 40_000),)))
    assert len(str(row[2])) == LARGEST_CELL
    assert str(row[2]).endswith("á…")


def test_missing_numbers_are_told_below_the_table() -> None:
    assert cells_of(replace(VOLUME, missing=(3, 4)))[-1][0] == "Số không có văn bản trong quyển này: 03, 04."


def test_the_same_register_gives_the_same_bytes_whenever_it_is_written() -> None:
    first = register_sheet(VOLUME)
    time.sleep(2.1)  # an archive keeps time in steps of two seconds
    assert register_sheet(VOLUME) == first


def test_a_register_of_thousands_of_rows_is_written_in_seconds() -> None:
    rows = tuple(replace(ROW, number=number, full_number=f"{number}/SKHĐT-VP") for number in range(1, 3_001))
    begun = time.monotonic()
    assert len(register_sheet(replace(VOLUME, rows=rows))) < 1_000_000
    assert time.monotonic() - begun < 20
