"""Data that nobody should type: long names, long lists, long words, markup, signs without letters, nothing at all."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import pytest
from pypdf import PdfReader

from tests.printed import HEAD, LETTER, MM, NOTICE, PLAN, SUBMISSION, TABLE, Printed, read
from workflow.adapters.pdf import print_paper
from workflow.adapters.pdf.table import percents, table_of
from workflow.core.paper import AppendixPaper, Head, Paper

MARKUP = (
    '</p><script>alert(1)</script><img src="http://ac.vi-du/x.png"><style>*{display:none}</style>{{ 7|add:7 }} &amp; "'
)
WORD = "Ữ" * 200
LONG_NAME = "Ủy ban nhân dân thành phố trực thuộc trung ương có tên rất dài viết hoa xuống đúng bốn dòng chữ in hoa"

JUSTIFIED = 2.0
"""How far, in points, a justified line may stand over: WeasyPrint leaves the width of word joiners out of its sum."""


def outside(printed: Printed) -> list[str]:
    """Return what stands outside the margins of its page, but for page numbers and the mark of a draft above."""
    found = []
    for page, letters in enumerate(printed.letters):
        width, height = printed.sizes[page]
        for letter in letters:
            across = letter.left < 30 * MM - 0.5 or letter.right > width - 20 * MM + JUSTIFIED
            above = letter.bottom < 20 * MM and letter.text not in "0123456789DỰ THẢO"
            if letter.text.strip() and (across or above or letter.bottom > height - 20 * MM + 0.5):
                found.append(f"{page}: {letter.text} {letter.left:.0f} {letter.bottom:.0f}")
    return found


def full_of(text: str, base: Paper) -> Paper:
    """Return a paper that has the text in each of its fields."""
    return replace(
        base,
        kind_label=text,
        head=Head(parent_name=text, name=text, abbreviation=text, place=text, contact=text),
        symbol=text,
        number=text,
        subject=text,
        body="\n".join(
            (text, f"I. {text}", f"1. {text}", f"Điều 1. {text}", f"a) {text}", f"- {text}", f"Cuối {text}")
        ),
        recipients=(text, text),
        copies=(text,),
        grounds=(text, text),
        keeper=text,
        signer_name=text,
        signer_title=f"{text}\n{text}",
        appendices=(
            AppendixPaper(
                title=text, body=text, columns=((text, 1), (text, 40), ("Ba", 40)), rows=((text,), (text,) * 3)
            ),
        ),
    )


def test_names_of_four_lines_push_the_number_down_and_keep_it_level_with_the_date() -> None:
    name = "Trung tâm Xúc tiến đầu tư, thương mại, hỗ trợ doanh nghiệp và phát triển cụm công nghiệp tỉnh Khánh Hòa"
    printed = read(print_paper(replace(LETTER, head=replace(HEAD, parent_name=LONG_NAME, name=name))).content)
    left = [line for line in printed.lines if line.page == 0 and line.right < 94 * MM]
    number = printed.find("Số: ")
    names = [line for line in left if line.baseline < number.baseline]
    assert len([line for line in names if line.face == ""]) >= 4
    assert len([line for line in names if line.face == "Bold"]) >= 4
    assert number.baseline == pytest.approx(printed.find("Khánh Hòa, ngày").baseline, abs=0.1)
    widest = max((line for line in names if line.face == "Bold"), key=lambda line: line.width)
    assert 1 / 3 <= printed.rule_under(names[-1]).width / widest.width <= 1 / 2
    assert outside(printed) == []


@pytest.mark.parametrize("base", [LETTER, NOTICE], ids=["addressed", "not addressed"])
def test_three_hundred_recipients_run_over_pages_and_all_are_there(base: Paper) -> None:
    names = tuple(f"UBND xã số {number}" for number in range(1, 301))
    printed = read(print_paper(replace(base, recipients=names, copies=names[:100])).content)
    for name in names[:-1]:
        assert printed.has(f"- {name};")
    assert outside(printed) == []
    assert printed.find("Nơi nhận:").page == printed.find("GIÁM ĐỐC").page


def test_an_appendix_of_sixty_pages_keeps_its_head_and_its_numbers() -> None:
    told = "\n".join(f"Việc thứ {number}" for number in range(1, 13))
    rows = tuple((str(number), told, "Văn phòng Sở", "Trước 15/12", "Đã xong") for number in range(1, 131))
    printed = print_paper(replace(PLAN, appendices=(replace(TABLE, rows=rows),)))
    reader = PdfReader(BytesIO(printed.content))
    assert printed.pages == len(reader.pages) >= 61
    for page in (2, 30, printed.pages - 1):
        text = " ".join(reader.pages[page].extract_text().split())
        assert text.startswith("Stt Nhiệm vụ Đơn vị chủ trì Thời hạn Kết quả")
        assert text.endswith(f" {page}")


def test_each_appendix_numbers_its_own_pages_from_its_second_one_on() -> None:
    upright = replace(TABLE, landscape=False)
    printed = read(print_paper(replace(PLAN, appendices=(TABLE, TABLE, upright, upright, TABLE))).content)
    starts = [line.page for line in printed.lines if line.text.startswith("Phụ lục ") and line.face == "Bold"]
    ends = [*starts[1:], len(printed.sizes)]
    wanted = {
        start + number: str(number + 1)
        for start, end in zip(starts, ends, strict=True)
        for number in range(1, end - start)
    }
    assert len(wanted) >= 5
    numbers = {line.page: line.text for line in printed.lines if line.baseline < 20 * MM}
    assert numbers == wanted


@pytest.mark.parametrize("base", [LETTER, SUBMISSION, NOTICE], ids=["letter", "submission", "notice"])
def test_words_of_two_hundred_letters_stay_inside_the_margins(base: Paper) -> None:
    assert outside(read(print_paper(full_of(WORD, base)).content)) == []


@pytest.mark.parametrize("base", [LETTER, SUBMISSION, NOTICE], ids=["letter", "submission", "notice"])
def test_markup_in_any_field_is_printed_as_it_was_typed(base: Paper) -> None:
    content = print_paper(full_of(MARKUP, base)).content
    text = "".join("".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).split())
    assert text.count("".join(MARKUP.split())) >= 10
    assert "{{7|ADD:7}}" in text
    assert "14" not in text
    assert outside(read(content)) == []


@pytest.mark.parametrize("text", ["😀", "\u202eđảo", "\u0338", "\u0000", "𝕳", "עברית", "\ufeff"])
def test_signs_that_the_font_lacks_break_nothing(text: str) -> None:
    printed = read(print_paper(full_of(f"trước {text} sau", SUBMISSION)).content)
    assert outside(printed) == []
    assert printed.has("TRƯỚC")
    assert printed.has("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM")


@pytest.mark.parametrize("kind", ["CV", "BC", "TTr", "TB", "KH", "khác"])
def test_a_paper_with_nothing_on_it_is_printed_all_the_same(kind: str) -> None:
    empty = Head(parent_name="", name="", abbreviation="", place="")
    blank = AppendixPaper(title="", columns=(("", 0),), rows=((), ("",)))
    paper = Paper(
        kind=kind,
        kind_label="",
        head=empty,
        symbol="",
        subject="",
        body="",
        appendices=(blank, AppendixPaper(title="")),
    )
    printed = read(print_paper(paper).content)
    assert printed.has("DỰ THẢO")
    assert printed.has("- Lưu: VT.")
    assert outside(printed) == []


def test_a_row_longer_than_a_page_runs_on_under_the_tables_head() -> None:
    long = AppendixPaper(title="Dài", columns=(("Stt", 1), ("Nội dung", 9)), rows=(("1", "chữ " * 6000), ("2", "hết")))
    printed = read(print_paper(replace(PLAN, appendices=(long,))).content)
    assert {line.page for line in printed.lines if "Nội dung" in line.text} == set(range(1, len(printed.sizes)))
    assert outside(printed) == []


def test_rows_of_odd_lengths_lose_no_cell() -> None:
    table = table_of(AppendixPaper(title="", columns=(("a", 1), ("b", 1)), rows=(("1",), ("1", "2", "", "3"), ())))
    assert table is not None
    assert [row.cells for row in table.rows] == [("1",), ("1", "2; 3"), ("",)]


@pytest.mark.parametrize("shares", [[1], [6, 40, 20, 14, 20], [1] * 33, [0, 0], [1, 1000], [-5, 5], [1, 1, 1]])
def test_widths_add_up_and_no_column_vanishes(shares: list[int]) -> None:
    widths = percents(shares)
    assert sum(widths) == 100
    assert min(widths) >= 3


def test_more_columns_than_a_page_can_hold_are_refused_with_a_sentence() -> None:
    with pytest.raises(ValueError, match="34 cột; nhiều nhất là 33 cột"):
        table_of(AppendixPaper(title="", columns=(("a", 1),) * 34))
