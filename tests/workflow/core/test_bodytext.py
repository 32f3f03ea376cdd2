"""What the lines of a body are, and how its end and its lists are closed."""

from __future__ import annotations

import pytest

from workflow.core.bodytext import Block, BlockKind, blocks_of, closed, ended, is_title, listed, roman

KINDS = {
    "I. KẾT QUẢ THỰC HIỆN": BlockKind.HEADING,
    "XIV. PHƯƠNG HƯỚNG, NHIỆM VỤ NĂM 2023": BlockKind.HEADING,
    "I. Kết quả": BlockKind.PARAGRAPH,
    "I. 2022": BlockKind.PARAGRAPH,
    "Điều 1. Phạm vi điều chỉnh": BlockKind.ARTICLE,
    "1. Giao Văn phòng Sở theo dõi.": BlockKind.CLAUSE,
    "1.2. Giao Phòng Tổng hợp.": BlockKind.CLAUSE,
    "a) Văn phòng Sở;": BlockKind.POINT,
    "đ) Thanh tra Sở;": BlockKind.POINT,
    "- Sở Xây dựng;": BlockKind.BULLET,
    "+ Chi tiết.": BlockKind.BULLET,
    "-không cách": BlockKind.PARAGRAPH,
    "19/4/2022 là ngày ban hành.": BlockKind.PARAGRAPH,
    "2022 là năm thứ hai.": BlockKind.PARAGRAPH,
    "<h1>I. KẾT QUẢ</h1>": BlockKind.PARAGRAPH,
}


@pytest.mark.parametrize(("line", "kind"), KINDS.items())
def test_a_line_is_what_it_begins_as(line: str, kind: BlockKind) -> None:
    [block] = blocks_of(line)
    assert block.kind is kind
    assert block.line == line


@pytest.mark.parametrize("body", ["", "\n", "  \n\t\n"])
def test_an_empty_body_has_no_blocks(body: str) -> None:
    assert blocks_of(body) == ()
    assert closed(blocks_of(body)) == ()


def test_empty_lines_make_no_blocks_and_blanks_are_single() -> None:
    assert [block.line for block in blocks_of("Một.\r\n\n   \n  Hai   ba.")] == ["Một.", "Hai ba."]


def test_a_clause_with_a_title_of_its_own_line_is_a_title() -> None:
    title, text = blocks_of("1. Tồn tại, hạn chế\nSở Xây dựng chưa có ý kiến.")
    assert (title.kind, title.lead, title.text) == (BlockKind.TITLE, "1. Tồn tại, hạn chế", "")
    assert text.kind is BlockKind.PARAGRAPH


@pytest.mark.parametrize(
    "body",
    [
        "1. Tồn tại, hạn chế",
        "1. Sở Xây dựng\n2. Sở Tài chính",
        "1. Sở Xây dựng;\nĐoạn sau.",
        "1. " + "dài " * 40 + "\nĐoạn sau.",
    ],
    ids=["nothing follows", "another clause follows", "it ends with a stop", "it is long"],
)
def test_a_clause_is_no_title_when(body: str) -> None:
    assert blocks_of(body)[0].kind is BlockKind.CLAUSE


def test_an_article_with_a_title_is_bold_whole_and_one_with_a_sentence_in_its_number() -> None:
    assert blocks_of("Điều 1. Phạm vi")[0] == Block(BlockKind.ARTICLE, "", lead="Điều 1. Phạm vi")
    assert blocks_of("Điều 2. Giao Văn phòng.")[0] == Block(BlockKind.ARTICLE, "Giao Văn phòng.", lead="Điều 2.")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("theo quy định", "theo quy định./."),
        ("theo quy định.", "theo quy định./."),
        ("theo quy định./.", "theo quy định./."),
        ("theo quy định./. ", "theo quy định./."),
        ("phòng, đơn vị;", "phòng, đơn vị./."),
        ("v.v…", "v.v…./."),
        ("", "./."),
    ],
)
def test_a_content_ends_with_its_mark_once(text: str, wanted: str) -> None:
    assert ended(text) == wanted


def test_only_the_last_block_is_closed_even_when_it_is_a_heading() -> None:
    assert [block.line for block in closed(blocks_of("Một.\nHai."))] == ["Một.", "Hai./."]
    assert closed(blocks_of("I. KẾT LUẬN"))[-1].lead == "I. KẾT LUẬN./."


@pytest.mark.parametrize(
    ("lines", "wanted"),
    [
        ((), ()),
        (("Sở Xây dựng",), ("Sở Xây dựng.",)),
        (("Sở Xây dựng.", " Sở  Tài chính; ", "", "UBND tỉnh"), ("Sở Xây dựng;", "Sở Tài chính;", "UBND tỉnh.")),
    ],
)
def test_a_list_ends_its_lines_with_semicolons_and_the_last_with_a_stop(
    lines: tuple[str, ...], wanted: tuple[str, ...]
) -> None:
    assert listed(lines) == wanted


@pytest.mark.parametrize(("number", "digits"), [(1, "I"), (4, "IV"), (9, "IX"), (14, "XIV"), (40, "XL"), (99, "XCIX")])
def test_appendices_are_numbered_in_roman_digits(number: int, digits: str) -> None:
    assert roman(number) == digits


def test_there_is_no_roman_nought() -> None:
    with pytest.raises(ValueError, match="bắt đầu từ I"):
        roman(0)


@pytest.mark.parametrize(("text", "wanted"), [("Phạm vi", True), ("Phạm vi.", False), ("", False), ("x" * 121, False)])
def test_a_title_is_short_and_has_no_stop(text: str, wanted: bool) -> None:
    assert is_title(text) is wanted
