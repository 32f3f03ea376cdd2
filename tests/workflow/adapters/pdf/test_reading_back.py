"""A printed page, read back by other programs, says exactly what was given: letters, marks, breaks and all."""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.printed import LETTER, NOTICE, PAPERS, PLAN, REPORT, Printed, drafted, read, sample
from workflow.adapters.pdf import print_paper
from workflow.adapters.pdf.document import attached_to, copy_lines
from workflow.core.paper import Paper


def plain(text: str) -> str:
    """Return a text in one form: NFC, single blanks."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def flow(content: bytes) -> str:
    """Return the text of all pages as pypdf reads it, which knows nothing of our columns."""
    return plain(" ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages))


def printed_with(**changes: object) -> Printed:
    return read(print_paper(replace(LETTER, **changes)).content)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", PAPERS)
def test_every_line_of_the_body_reads_back_word_for_word(kind: str) -> None:
    text = flow(sample(kind).content)
    for line in PAPERS[kind].body.split("\n"):
        assert line in text


@pytest.mark.parametrize("kind", PAPERS)
def test_subject_names_grounds_and_copies_read_back(kind: str) -> None:
    paper, text = PAPERS[kind], flow(sample(kind).content)
    assert paper.subject in text
    for part in (*paper.recipients, *copy_lines(paper, addressed=bool(paper.recipients)), paper.signer_name):
        assert part in text
    for ground in paper.grounds:
        assert ground.rstrip(".") in text
    for line in paper.signer_title.split("\n"):
        assert line in text


@pytest.mark.parametrize("kind", ["BC", "KH"])
def test_every_cell_of_an_appendix_reads_back(kind: str) -> None:
    text = flow(sample(kind).content)
    for appendix in PAPERS[kind].appendices:
        assert appendix.title.upper() in text
        assert attached_to(PAPERS[kind]) in text
        for row in appendix.rows:
            assert plain(" ".join(row)) in text


def test_numbers_days_and_months_are_padded_as_the_decree_wants() -> None:
    assert sample("BC").has("Khánh Hòa, ngày 07 tháng 02 năm 2022")
    assert sample("BC").has("Số: 08/BC-SKHĐT")
    assert sample("KH").has("Khánh Hòa, ngày 19 tháng 4 năm 2022")


@pytest.mark.parametrize("kind", PAPERS)
def test_an_issued_paper_nowhere_says_draft_and_leaves_nothing_open(kind: str) -> None:
    text = flow(sample(kind).content)
    assert "DỰ THẢO" not in text
    assert "…" not in text


@pytest.mark.parametrize("kind", PAPERS)
def test_a_draft_says_so_on_each_page_and_leaves_number_and_day_open(kind: str) -> None:
    printed = sample(kind, draft=True)
    assert printed.has(f"Số: …/{PAPERS[kind].symbol}")
    assert printed.has("Khánh Hòa, ngày … tháng … năm …")
    assert {line.page for line in printed.lines if line.text.endswith("DỰ THẢO")} == set(range(len(printed.sizes)))
    assert not printed.has(PAPERS[kind].signer_name)


@pytest.mark.parametrize("paper", [LETTER, replace(LETTER, number=""), replace(LETTER, issued_on=None)])
def test_a_paper_without_number_or_day_is_a_draft(paper: Paper) -> None:
    assert paper.is_draft is (paper is not LETTER)


def test_one_addressee_stands_on_the_line_of_kinh_gui() -> None:
    assert sample("CV").has("Kính gửi: Sở Xây dựng")
    assert sample("CV").has("- Như trên;")


def test_several_addressees_stand_on_lines_of_their_own() -> None:
    lines = [line.text for line in sample("TTr").lines]
    at = lines.index("Kính gửi:")
    assert lines[at + 1 : at + 3] == ["- UBND tỉnh Khánh Hòa;", "- Sở Nội vụ tỉnh Khánh Hòa."]


@pytest.mark.parametrize(
    "paper", [replace(NOTICE, recipients=("UBND tỉnh",)), replace(PLAN, recipients=("UBND tỉnh",))]
)
def test_a_notice_and_a_plan_are_never_addressed(paper: Paper) -> None:
    printed = read(print_paper(paper).content)
    assert not printed.has("Kính gửi")
    assert not printed.has("Như trên")
    assert printed.has("- UBND tỉnh;")


def test_a_report_without_addressees_has_no_address_line() -> None:
    printed = read(print_paper(replace(REPORT, recipients=(), appendices=())).content)
    assert not printed.has("Kính gửi")
    assert not printed.has("Như trên")


def test_one_appendix_has_no_number_and_two_have_roman_ones() -> None:
    assert any(line.text == "Phụ lục" for line in sample("KH").lines)
    assert {"Phụ lục I", "Phụ lục II"} <= {line.text for line in sample("BC").lines}


def test_each_content_ends_with_its_mark_once_however_it_was_typed() -> None:
    for body in ("Một.\nHai./.", "Một.\nHai.", "Một.\nHai"):
        ends = [line.text for line in printed_with(body=body).lines if line.text.endswith("./.")]
        assert ends == ["Hai./."]


def test_a_letter_prints_no_name_of_its_kind() -> None:
    assert not sample("CV").has("CÔNG VĂN")


def test_three_lines_of_authority_stand_above_the_name() -> None:
    printed = printed_with(signer_title="TL. GIÁM ĐỐC\nKT. CHÁNH VĂN PHÒNG\nPHÓ CHÁNH VĂN PHÒNG")
    heights = [printed.find(text).baseline for text in ("TL. GIÁM ĐỐC", "KT. CHÁNH", "PHÓ CHÁNH", LETTER.signer_name)]
    assert heights == sorted(heights)


def test_a_number_and_its_symbol_never_part_over_two_lines() -> None:
    body = "\n".join(f"{'x' * width} Công văn số 1205/SKHĐT-VP ngày 19/4/2022." for width in range(30, 60))
    lines = [line.text for line in printed_with(body=body).lines]
    assert sum("1205/SKHĐT-VP" in line for line in lines) == 30
    assert sum("19/4/2022" in line for line in lines) == 30


def test_the_file_names_the_document_and_its_body_to_whoever_opens_it() -> None:
    metadata = PdfReader(BytesIO(sample("CV").content)).metadata
    assert metadata is not None
    assert metadata.title == f"05/SKHĐT-VP {LETTER.subject}"
    assert metadata.author == "Sở Kế hoạch và Đầu tư"


def test_the_names_of_a_later_day_print_as_they_are_then() -> None:
    printed = printed_with(head=replace(LETTER.head, name="Sở Tài chính", abbreviation="STC"))
    assert printed.has("SỞ TÀI CHÍNH")
    assert not printed.has("SỞ KẾ HOẠCH")


def test_decomposed_letters_are_printed_composed() -> None:
    draft = drafted(LETTER)
    apart = replace(draft, body=unicodedata.normalize("NFD", draft.body))
    assert print_paper(apart).content == print_paper(draft).content
