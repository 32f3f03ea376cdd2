"""Every component of NĐ 30/2020 Phụ lục I at its place, size, face and length, measured on files read back."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.measured import NAMES, checks, table
from tests.printed import MM, PAPERS, read, sample
from workflow.adapters.pdf import print_paper
from workflow.core.paper import CIRCULATION, DRAFTER_MARK

DOCS = Path(__file__).parents[4] / "docs" / "documents.md"


@pytest.mark.parametrize("kind", PAPERS)
def test_every_component_of_an_issued_document_is_as_the_decree_says(kind: str) -> None:
    assert [check for check in checks(kind) if not check.holds] == []


@pytest.mark.parametrize("kind", PAPERS)
def test_every_component_of_a_draft_is_as_the_decree_says(kind: str) -> None:
    assert [check for check in checks(kind, draft=True) if not check.holds] == []


@pytest.mark.parametrize("kind", NAMES)
def test_the_page_about_documents_says_what_is_measured_today(kind: str) -> None:
    said = DOCS.read_text(encoding="utf-8").partition(f"### {NAMES[kind]}\n")[2].partition("\n\n###")[0].split("\n")
    assert [line for line in table(kind).split("\n")[1:] if line not in said] == []


@pytest.mark.parametrize("kind", PAPERS)
def test_the_blocks_stand_in_the_decrees_order(kind: str) -> None:
    printed = sample(kind)
    paper = PAPERS[kind]
    subject = "V/v" if kind == "CV" else NAMES[kind].upper()
    order = ["CỘNG HÒA XÃ HỘI", "Độc lập", "Số: ", subject, *(["Kính gửi:"] if paper.recipients else [])]
    order += ["./.", "Nơi nhận:", "- Lưu: VT"]
    heights = [
        next(line.baseline for line in printed.lines if text in line.text and line.size != 12.5) for text in order
    ]
    if kind != "CV":
        heights[3] = next(line.baseline for line in printed.lines if line.text == subject)
    assert heights == sorted(heights)


@pytest.mark.parametrize("kind", PAPERS)
def test_names_of_the_bodies_stand_left_and_the_nation_right(kind: str) -> None:
    printed = sample(kind)
    assert printed.find("UBND TỈNH").right < printed.find("CỘNG HÒA").left
    assert printed.find("Số: ").middle == pytest.approx(printed.find("SỞ KẾ HOẠCH VÀ ĐẦU TƯ").middle, abs=1)
    assert printed.find("Nơi nhận:").left == pytest.approx(30 * MM, abs=0.5)


def test_the_contact_line_stands_at_the_foot_of_a_letter_under_a_rule_of_full_width() -> None:
    printed = sample("CV")
    contact = printed.find("Địa chỉ:")
    [rule] = [box for box in printed.strokes if box.top < contact.baseline < box.bottom + 1 and box.width > 150 * MM][
        :1
    ]
    assert rule.width / MM == pytest.approx(160, abs=0.1)
    assert contact.baseline > 270 * MM
    assert not sample("BC").has("Địa chỉ:")


def test_an_urgency_mark_stands_in_the_left_column_below_the_subject_of_a_letter() -> None:
    printed = sample("CV")
    mark = next(line for line in printed.lines if line.text == "KHẨN")
    assert mark.baseline > printed.find("thuận chủ trương").baseline
    assert mark.middle == pytest.approx(printed.find("Số: ").middle, abs=1)
    assert {letter.text for line in [mark] for letter in line.letters} == set("KHẨN")


MARKS = ("LƯU HÀNH", "XEM XONG", "PL.(")


@pytest.mark.parametrize("kind", PAPERS)
def test_how_far_it_goes_and_who_drafted_stand_on_no_paper_that_does_not_say_so(kind: str) -> None:
    printed = read(print_paper(replace(PAPERS[kind], facts={})).content)
    assert [mark for mark in MARKS if printed.has(mark)] == []
    frames = [box for box in printed.strokes if box.page == 0 and abs(box.width / MM - 52) < 1]
    assert frames == []


def test_a_wrong_circulation_prints_no_frame() -> None:
    printed = read(print_paper(replace(PAPERS["CV"], facts={CIRCULATION: "ra_ngoai", DRAFTER_MARK: ""})).content)
    assert not any(printed.has(mark) for mark in MARKS)


def test_the_drafters_mark_is_printed_in_capitals_below_a_long_list_of_copies() -> None:
    copies = tuple(f"Phòng thứ {place}" for place in range(1, 31))
    printed = read(print_paper(replace(PAPERS["CV"], copies=copies, facts={DRAFTER_MARK: "pl.(300)"})).content)
    [mark] = [line for line in printed.lines if line.text == "PL.(300)"]
    last = printed.find("- Lưu: VT")
    assert (mark.page, mark.baseline > last.baseline) == (last.page, True)


def test_internal_forms_print_neither_mark() -> None:
    slip = replace(PAPERS["CV"], kind="PHD", kind_label="Phiếu hướng dẫn hoàn thiện hồ sơ")
    printed = read(print_paper(slip).content)
    assert not any(printed.has(mark) for mark in MARKS)


def test_a_document_without_urgency_has_no_red() -> None:
    assert all(stroke.color == (0.0, 0.0, 0.0) for stroke in sample("BC").strokes)
