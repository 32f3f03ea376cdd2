"""What stands on the printed page."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from workflow.adapters.pdf import Paper, letter_html, print_paper

LETTER = Paper(
    kind="CV",
    kind_label="Công văn",
    parent_name="UBND tỉnh Khánh Hòa",
    body_name="Sở Kế hoạch và Đầu tư",
    number="05/SKHĐT-VP",
    symbol="SKHĐT-VP",
    issued_on=date(2022, 10, 17),
    subject="đôn đốc lần 1 việc tham gia ý kiến",
    body="Đoạn thứ nhất.\nĐoạn thứ hai./.",
    recipients=("Sở Xây dựng",),
    keeper="VP",
    signer_name="",
    signer_title="TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG",
)
DRAFT = replace(LETTER, number="", issued_on=None)
REPORT = replace(LETTER, kind="BC", kind_label="Báo cáo", number="06/BC-SKHĐT", symbol="BC-SKHĐT")


def printed(paper: Paper) -> str:
    reader = PdfReader(BytesIO(print_paper(paper)))
    return " ".join(" ".join(page.extract_text() for page in reader.pages).split())


def test_an_issued_letter_is_one_a4_page_with_its_parts() -> None:
    reader = PdfReader(BytesIO(print_paper(LETTER)))
    [page] = reader.pages
    assert (round(float(page.mediabox.width)), round(float(page.mediabox.height))) == (595, 842)
    text = printed(LETTER)
    for part in (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM",
        "Độc lập - Tự do - Hạnh phúc",
        "UBND TỈNH KHÁNH HÒA",
        "SỞ KẾ HOẠCH VÀ ĐẦU TƯ",
        "Số: 05/SKHĐT-VP",
        "Khánh Hòa, ngày 17 tháng 10 năm 2022",
        "V/v đôn đốc lần 1",
        "Kính gửi: Sở Xây dựng",
        "Đoạn thứ hai./.",
        "Nơi nhận:",
        "Lưu: VT, VP.",
        "TL. GIÁM ĐỐC",
        "CHÁNH VĂN PHÒNG",
    ):
        assert part in text
    assert "DỰ THẢO" not in text


def test_fonts_have_the_metrics_of_times_and_are_embedded() -> None:
    [page] = PdfReader(BytesIO(print_paper(LETTER))).pages
    fonts = {str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()}
    assert fonts
    assert all("Liberation-Serif" in name or "LiberationSerif" in name or "Times" in name for name in fonts)


def test_a_draft_says_that_it_is_one_and_has_no_number_or_date() -> None:
    text = printed(DRAFT)
    assert "DỰ THẢO" in text
    assert "…/SKHĐT-VP" in text
    assert "ngày … tháng … năm …" in text


@pytest.mark.parametrize("paper", [LETTER, replace(LETTER, number=""), replace(LETTER, issued_on=None)])
def test_a_paper_without_number_or_day_is_a_draft(paper: Paper) -> None:
    assert paper.is_draft is (paper is not LETTER)


def test_a_report_has_its_kind_above_its_subject_and_no_about_line() -> None:
    html = letter_html(REPORT).partition("<body>")[2]
    assert "V/v" not in html
    assert html.index("Báo cáo") < html.index("đôn đốc lần 1")


def test_a_letter_prints_no_kind() -> None:
    assert 'class="kind"' not in letter_html(LETTER)


def test_several_addressees_stand_on_lines_of_their_own() -> None:
    html = letter_html(replace(LETTER, recipients=("Sở Xây dựng", "Sở Tài chính")))
    assert "- Sở Xây dựng;" in html
    assert "- Sở Tài chính." in html


def test_the_name_of_who_signed_is_printed_only_when_somebody_did() -> None:
    assert "Nguyễn Văn Mẫu" not in letter_html(LETTER)
    assert "Nguyễn Văn Mẫu" in letter_html(replace(LETTER, signer_name="Nguyễn Văn Mẫu"))


def test_what_a_person_typed_is_printed_as_text_and_fetches_nothing() -> None:
    nasty = replace(LETTER, body='<img src="file:///etc/passwd"> & <b>đậm</b>')
    assert "&lt;img" in letter_html(nasty)
    assert "<b>đậm</b>" in printed(nasty)


def test_a_long_text_runs_over_several_pages() -> None:
    long = replace(LETTER, body="\n".join(f"Đoạn {number}. " + "chữ " * 80 for number in range(20)))
    assert len(PdfReader(BytesIO(print_paper(long))).pages) > 1
