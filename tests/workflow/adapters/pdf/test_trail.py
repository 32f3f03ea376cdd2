"""The printed extract of the trail: what was sought, by whom, the checkpoint, the events, and data that is hostile."""

from __future__ import annotations

import io
from dataclasses import replace
from datetime import datetime

import pdfplumber
import pytest

from workflow.adapters.pdf.trail import COLUMNS, print_trail
from workflow.core.trailextract import ExtractRow, TrailExtract

ROW = ExtractRow(
    at=datetime(2022, 10, 3, 9, 12, 5),  # noqa: DTZ001 -- local time by contract
    actor="Nguyễn Văn Mẫu (KT.)",
    place="Chuyên viên Văn phòng, Văn phòng Sở",
    act="Phát hành văn bản đôn đốc",
    subject="Nhiệm vụ 2022-II.1.5, bản ghi thứ 7",
    content=("Trạng thái: Dự thảo → Đã phát hành", "Số văn bản: 05/SKHĐT-VP"),
    hash_start="0123456789ab",
)
EXTRACT = TrailExtract(
    parent_name="UBND tỉnh Khánh Hòa",
    name="Sở Kế hoạch và Đầu tư",
    scope=("Sự kiện: Phát hành văn bản đôn đốc", "Từ ngày 01/10/2022"),
    asked_by="Trần Thị Mẫu",
    asked_position="Thanh tra, Sở Kế hoạch và Đầu tư",
    asked_at=datetime(2022, 11, 1, 8, 5),  # noqa: DTZ001 -- local time by contract
    checkpoint=f"Điểm chốt nhật ký gần nhất: số 12, lúc 08:00 ngày 01/11/2022, mã 12:{'a1' * 32}",
    rows=(ROW,) * 30,
)


def pages_of(extract: TrailExtract) -> list[pdfplumber.page.Page]:
    return pdfplumber.open(io.BytesIO(print_trail(extract).content)).pages


def words(page: pdfplumber.page.Page) -> str:
    return " ".join((page.extract_text() or "").split())


@pytest.fixture(scope="module")
def pages() -> list[pdfplumber.page.Page]:
    return pages_of(EXTRACT)


def test_the_first_page_says_what_was_sought_by_whom_when_and_the_checkpoint(pages: list[pdfplumber.page.Page]) -> None:
    said = words(pages[0])
    for part in (
        "UBND TỈNH KHÁNH HÒA SỞ KẾ HOẠCH VÀ ĐẦU TƯ TRÍCH XUẤT NHẬT KÝ",
        "Phạm vi Sự kiện: Phát hành văn bản đôn đốc; Từ ngày 01/10/2022",
        "Người trích xuất Trần Thị Mẫu, Thanh tra, Sở Kế hoạch và Đầu tư",
        "Lúc trích xuất 08:05 ngày 01/11/2022",
        "Số bản ghi 30 Đối chiếu",
        f"12:{'a1' * 32}",
    ):
        assert part in said
    assert "DỰ THẢO" not in said


def test_an_event_is_read_back_whole_under_the_columns_that_stand_on_each_page(
    pages: list[pdfplumber.page.Page],
) -> None:
    rows = []
    for page in pages:
        for table in page.extract_tables():
            assert tuple(table[0]) == COLUMNS
            rows += [[" ".join((cell or "").split()) for cell in row] for row in table[1:]]
    assert (
        rows
        == [
            [
                "09:12:05 03/10/2022",
                "Nguyễn Văn Mẫu (KT.) Chuyên viên Văn phòng, Văn phòng Sở",
                "Phát hành văn bản đôn đốc",
                "Nhiệm vụ 2022-II.1.5, bản ghi thứ 7",
                "Trạng thái: Dự thảo → Đã phát hành Số văn bản: 05/SKHĐT-VP",
                "0123456789ab",
            ]
        ]
        * 30
    )


def test_each_page_says_when_it_was_made_and_pages_are_numbered_from_the_second(
    pages: list[pdfplumber.page.Page],
) -> None:
    assert len(pages) > 2
    assert all(
        "Trích xuất từ hệ thống Đôn đốc lúc 08:05 ngày 01/11/2022 · Trần Thị Mẫu" in words(page) for page in pages
    )
    assert [words(page).split()[0] for page in pages[1:]] == [str(number) for number in range(2, len(pages) + 1)]


def test_an_extract_that_is_not_all_says_so() -> None:
    assert "còn bản ghi cũ hơn cũng khớp" in words(pages_of(replace(EXTRACT, rows=(ROW,), more=True))[0])
    assert "còn bản ghi cũ hơn" not in words(pages_of(replace(EXTRACT, rows=(ROW,)))[0])


def test_an_extract_of_nothing_says_so() -> None:
    [page] = pages_of(replace(EXTRACT, rows=()))
    assert "Không có bản ghi nào khớp." in words(page)


def test_long_words_long_contents_markup_and_emoji_stay_on_the_page() -> None:
    nasty = "<b>x</b> {{ extract }} 😀 " + "Khôngcókhoảngtrắng" * 20
    row = replace(ROW, actor=nasty, place=nasty, act=nasty, subject=nasty, content=(nasty,) * 40, hash_start="")
    pages = pages_of(replace(EXTRACT, rows=(row,) * 2, scope=(nasty,), asked_by=nasty, checkpoint=nasty))
    for page in pages:
        assert max(char["x1"] for char in page.chars) <= page.width - 15 / 25.4 * 72 + 0.5
        assert max(char["bottom"] for char in page.chars) <= page.height
    assert "<b>x</b> {{ extract }} □" in words(pages[0])
