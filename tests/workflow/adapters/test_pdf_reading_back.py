"""A printed page, read back by another program, says exactly what was given: letters, marks, breaks and all."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from datetime import date
from io import BytesIO

import pytest
from pypdf import PdfReader

from workflow.adapters.pdf import Paper, letter_html, print_paper

SUBJECT = "đôn đốc lần 2 việc rà soát quỹ đất ở thị xã Ninh Hòa"
BODY = (
    "Căn cứ Kế hoạch số 1186/KH-SKHĐT ngày 19/4/2022 (Mục I.1.5).\n"
    "Ưu tiên giải quyết hồ sơ của tổ chức, doanh nghiệp; nghiêm cấm gây phiền hà, sách nhiễu.\n"
    "Đề nghị Quý cơ quan khẩn trương thực hiện./."
)
PAPER = Paper(
    kind="CV",
    kind_label="Công văn",
    parent_name="UBND tỉnh Khánh Hòa",
    body_name="Sở Kế hoạch và Đầu tư",
    number="1186/SKHĐT-VP",
    symbol="SKHĐT-VP",
    issued_on=date(2022, 2, 7),
    subject=SUBJECT,
    body=BODY,
    recipients=("Sở Tài nguyên và Môi trường", "UBND thị xã Ninh Hòa"),
    keeper="VP",
    signer_name="Nguyễn Văn Mẫu Ưỡn",
    signer_title="TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG",
)


def read(content: bytes) -> str:
    """Return the text of all pages in one form, each run of blanks as one."""
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)
    return " ".join(unicodedata.normalize("NFC", text).split())


@pytest.fixture(scope="module")
def issued() -> bytes:
    return print_paper(PAPER)


@pytest.fixture(scope="module")
def drafted() -> bytes:
    return print_paper(replace(PAPER, number="", issued_on=None, signer_name=""))


class TestIssued:
    @pytest.mark.parametrize(
        "part",
        [
            "UBND TỈNH KHÁNH HÒA",
            "SỞ KẾ HOẠCH VÀ ĐẦU TƯ",
            "Số: 1186/SKHĐT-VP",
            "Khánh Hòa, ngày 07 tháng 02 năm 2022",
            "- Sở Tài nguyên và Môi trường;",
            "- UBND thị xã Ninh Hòa.",
            "Nguyễn Văn Mẫu Ưỡn",
            "Lưu: VT, VP.",
        ],
    )
    def test_a_part_reads_back_with_its_marks(self, issued: bytes, part: str) -> None:
        assert part in read(issued)

    @pytest.mark.parametrize("line", BODY.split("\n"))
    def test_every_paragraph_reads_back_word_for_word(self, issued: bytes, line: str) -> None:
        assert line in read(issued)

    def test_the_subject_reads_back_though_it_is_broken_over_lines(self, issued: bytes) -> None:
        assert f"V/v {SUBJECT}" in read(issued)

    def test_an_issued_paper_nowhere_says_draft(self, issued: bytes) -> None:
        assert "DỰ THẢO" not in read(issued)
        assert "…" not in read(issued)

    def test_its_title_names_it_to_whoever_opens_it(self, issued: bytes) -> None:
        metadata = PdfReader(BytesIO(issued)).metadata
        assert metadata is not None
        assert metadata.title == f"1186/SKHĐT-VP {SUBJECT}"

    def test_the_page_runs_nothing_and_links_nowhere(self, issued: bytes) -> None:
        reader = PdfReader(BytesIO(issued))
        assert all("/Annots" not in page for page in reader.pages)
        root = reader.trailer["/Root"]
        assert not {"/OpenAction", "/AA", "/AcroForm"} & set(root)


class TestDraft:
    def test_a_draft_says_so_on_the_page(self, drafted: bytes) -> None:
        text = read(drafted)
        assert text.startswith("DỰ THẢO")
        assert "Số: …/SKHĐT-VP" in text
        assert "ngày … tháng … năm …" in text

    def test_a_draft_prints_nobodys_name_under_the_place_of_the_signature(self, drafted: bytes) -> None:
        assert "Nguyễn Văn Mẫu Ưỡn" not in read(drafted)
        assert "CHÁNH VĂN PHÒNG" in read(drafted)


HOSTILE = (
    '</p><script>alert(1)</script><img src="http://ac.vi-du/x.png"><style>*{display:none}</style>{{ 7|add:7 }} & "'
)


@pytest.mark.parametrize("column", ["subject", "body", "body_name", "signer_name", "signer_title", "keeper", "symbol"])
def test_markup_in_any_column_is_printed_as_it_was_typed(column: str) -> None:
    html = letter_html(replace(PAPER, number="", **{column: HOSTILE}))
    for tag in ("<script", "<img", "<style>*"):
        assert tag not in html.partition("<body>")[2].lower()
        assert tag not in html.partition("<body>")[0].lower()
    assert "&lt;script&gt;" in html.lower()
    assert "{{ 7|add:7 }}" in html or "{{ 7|ADD:7 }}" in html


def test_markup_among_the_recipients_reads_back_as_text() -> None:
    text = read(print_paper(replace(PAPER, recipients=("<b>Sở</b> & “Ban”", HOSTILE))))
    assert "<b>Sở</b> & “Ban”" in text
    assert "<script>alert(1)</script>" in text
    assert "Số: 1186/SKHĐT-VP" in text


@pytest.mark.parametrize(
    ("recipients", "wanted"),
    [((), False), (("Sở Xây dựng",), True), (("Sở Xây dựng", "Sở Tài chính"), True)],
)
def test_a_paper_to_nobody_has_no_address_line(recipients: tuple[str, ...], wanted: bool) -> None:
    html = letter_html(replace(PAPER, recipients=recipients))
    assert ("Kính gửi:" in html) is wanted
    assert ("- Như trên;" in html) is wanted


def test_empty_lines_of_the_text_make_no_empty_paragraphs() -> None:
    html = letter_html(replace(PAPER, body="Một.\n\n   \nHai./."))
    assert html.count('<p class="text">') == 2
