"""The printed register: the cover of Phụ lục IV, ten columns with their head on each page, and data that is hostile."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import date, datetime

import pdfplumber
import pytest

from workflow.adapters.pdf.register import print_register
from workflow.core.register import COLUMNS, RegisterRow, RegisterVolume

ROWS = tuple(
    RegisterRow(
        document_id=number,
        number=number,
        full_number=f"{number:02d}/SKHĐT-VP",
        issued_on=date(2022, 1, 4),
        content=f"Công văn V/v đôn đốc lần 1 việc thực hiện nhiệm vụ: rà soát, kiến nghị số {number}",
        signer="Nguyễn Văn Mẫu",
        places=("Sở Tài chính", "Sở Xây dựng"),
        keeper="VT, VP",
        sent_on=date(2022, 1, 4),
        notes=("Được thay thế bởi Văn bản số 30/SKHĐT-VP ngày 05/01/2022",) if number == 7 else (),
    )
    for number in range(1, 31)
)
VOLUME = RegisterVolume(
    parent_name="UBND tỉnh Khánh Hòa",
    name="Sở Kế hoạch và Đầu tư",
    year=2022,
    series="chung",
    volume=1,
    since=date(2022, 1, 1),
    until=date(2022, 6, 30),
    rows=ROWS,
    made_at=datetime(2022, 7, 1, 8, 5),  # noqa: DTZ001 -- local time by contract
)
MARGIN = 0.5


def pages_of(volume: RegisterVolume) -> list[pdfplumber.page.Page]:
    printed = print_register(volume)
    pages = pdfplumber.open(io.BytesIO(printed.content)).pages
    assert len(pages) == printed.pages
    return pages


def words(page: pdfplumber.page.Page) -> str:
    return " ".join((page.extract_text() or "").split())


def assert_inside(pages: list[pdfplumber.page.Page]) -> None:
    for page in pages:
        assert max((char["x1"] for char in page.chars), default=0) <= page.width - 15 / 25.4 * 72 + MARGIN
        assert max((char["bottom"] for char in page.chars), default=0) <= page.height


@pytest.fixture(scope="module")
def pages() -> list[pdfplumber.page.Page]:
    return pages_of(VOLUME)


def test_every_page_is_landscape_a4(pages: list[pdfplumber.page.Page]) -> None:
    assert {(round(page.width), round(page.height)) for page in pages} == {(842, 595)}


def test_the_cover_names_body_year_days_numbers_and_volume_and_nothing_else(
    pages: list[pdfplumber.page.Page],
) -> None:
    assert words(pages[0]) == (
        "UBND TỈNH KHÁNH HÒA SỞ KẾ HOẠCH VÀ ĐẦU TƯ SỔ ĐĂNG KÝ VĂN BẢN ĐI Năm: 2022 "
        "Từ ngày 01/01/2022 đến ngày 30/06/2022 Từ số 01 đến số 30 Quyển số: 01"
    )


def test_the_ten_columns_stand_on_every_page_in_their_order(pages: list[pdfplumber.page.Page]) -> None:
    for page in pages[1:]:
        [table] = page.extract_tables()
        head = tuple(" ".join((cell or "").split()) for cell in table[0])
        assert head == COLUMNS
        assert table[1] == [f"({number})" for number in range(1, 11)]


def test_rows_are_read_back_as_they_are_in_the_register(pages: list[pdfplumber.page.Page]) -> None:
    read = [row for page in pages[1:] for row in page.extract_tables()[0][2:]]
    found = [tuple(" ".join((cell or "").split()) for cell in row) for row in read]
    assert found == [row.cells() for row in ROWS]


def test_pages_are_numbered_from_one_behind_the_cover_and_say_when_they_were_made(
    pages: list[pdfplumber.page.Page],
) -> None:
    for number, page in enumerate(pages[1:], 1):
        said = words(page)
        assert said.startswith(f"{number} ")
        assert said.endswith(
            "Sổ đăng ký văn bản đi năm 2022 · quyển số 01 · Lập từ hệ thống Đôn đốc lúc 08:05 ngày 01/07/2022"
        )
        assert "DỰ THẢO" not in said


def test_the_font_is_embedded(pages: list[pdfplumber.page.Page]) -> None:
    assert {char["fontname"].partition("+")[2].split("-")[0] for page in pages for char in page.chars} <= {
        "Liberation",
        "LiberationSerif",
    }


def test_missing_numbers_are_told_at_the_end() -> None:
    assert "Số không có văn bản trong quyển này: 03, 08." in words(pages_of(replace(VOLUME, missing=(3, 8)))[-1])


def test_the_same_volume_is_printed_to_the_same_bytes() -> None:
    few = replace(VOLUME, rows=ROWS[:2])
    assert print_register(few).content == print_register(few).content


def test_long_words_many_places_markup_and_emoji_stay_in_their_cells() -> None:
    nasty = "<script>alert(1)</script> & {{ rows }} 😀"
    rows = (
        replace(ROWS[0], content="Khôngcókhoảngtrắng" * 40, signer="Nguyễn" * 20, keeper=nasty),
        replace(ROWS[1], places=tuple(f"Ủy ban nhân dân xã thứ {number}" for number in range(300))),
        replace(ROWS[2], content=nasty, notes=(nasty,), signer="", keeper="", sent_on=None, places=()),
    )
    pages = pages_of(replace(VOLUME, rows=rows, name="Trung tâm có tên rất dài " * 12))
    assert_inside(pages)
    text = " ".join(words(page) for page in pages)
    assert "xã thứ 299" in text.replace("\n", " ")
    assert "<script>alert(1)</script>" in "".join(text.split())
