"""The body of a document as blocks: headings, điều, khoản, điểm, bullets, paragraphs (NĐ 30/2020 Phụ lục I Mục II.6).

A body is plain lines, one block a line; nothing in it is markup. What a line is stands in how it begins, as it would be
typed on paper. Printing, previews and exports read the same blocks.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import zip_longest

END = "./."
"""What closes a content: every form of NĐ 30/2020 Phụ lục III ends so."""

LONGEST_TITLE = 120
"""A line longer than this many letters is a sentence, not the title of what follows."""

STOPS = ".;:,!?…/"


class BlockKind(StrEnum):
    """What a line of the body is."""

    HEADING = "heading"
    """Roman number and a title in capitals: "I. KẾT QUẢ THỰC HIỆN"; bold."""

    ARTICLE = "article"
    """An article such as "Điều 1. Phạm vi"; number and title bold."""

    TITLE = "title"
    """A khoản that has a title of its own line: "1. Tồn tại, hạn chế"; bold."""

    CLAUSE = "clause"
    """A khoản of running text, such as "1. Giao Văn phòng …"."""

    POINT = "point"
    """A điểm: "a) …"."""

    BULLET = "bullet"
    """A line that begins with "-" or "+"."""

    PARAGRAPH = "paragraph"


@dataclass(frozen=True, slots=True)
class Block:
    """One line of the body: `lead` is its bold beginning (or ""), `text` the rest."""

    kind: BlockKind
    text: str
    lead: str = ""

    @property
    def line(self) -> str:
        """The whole line as it was written."""
        return f"{self.lead} {self.text}".strip()


ROMAN = re.compile(r"(?=[IVXLC])[IVXLC]+\.\s+\S")
ARTICLE = re.compile(r"(Điều\s+\d+[a-zđ]?\.)\s*(.*)", re.DOTALL)
CLAUSE = re.compile(r"\d{1,3}(\.\d{1,3})*\.\s+\S")
POINT = re.compile(r"[a-zđăâêôơư]{1,2}\)\s*\S")
BULLET = re.compile(r"[-+–•]\s+\S")

ENTITLED = frozenset({BlockKind.PARAGRAPH, BlockKind.POINT, BlockKind.BULLET})
"""What may follow a khoản's title; a khoản that another khoản follows is an item of a list, not a title."""


def blocks_of(body: str) -> tuple[Block, ...]:
    """Return the blocks of a body; empty lines make none."""
    lines = [" ".join(line.split()) for line in body.splitlines()]
    blocks = [_block(line) for line in lines if line]
    return tuple(_titled(block, after) for block, after in zip_longest(blocks, blocks[1:]))


def _block(line: str) -> Block:
    if ROMAN.match(line) and _is_capitals(line):
        return Block(BlockKind.HEADING, "", lead=line)
    if article := ARTICLE.fullmatch(line):
        number, text = article.groups()
        return (
            Block(BlockKind.ARTICLE, "", lead=line) if is_title(text) else Block(BlockKind.ARTICLE, text, lead=number)
        )
    for kind, pattern in ((BlockKind.CLAUSE, CLAUSE), (BlockKind.POINT, POINT), (BlockKind.BULLET, BULLET)):
        if pattern.match(line):
            return Block(kind, line)
    return Block(BlockKind.PARAGRAPH, line)


def _titled(block: Block, after: Block | None) -> Block:
    """Return the khoản as a title when its line is one and what it is the title of follows."""
    if block.kind is BlockKind.CLAUSE and after is not None and after.kind in ENTITLED and is_title(block.text):
        return Block(BlockKind.TITLE, "", lead=block.text)
    return block


def is_title(text: str) -> bool:
    """Tell whether a line reads as a title: short, and without a stop at its end."""
    return 0 < len(text) <= LONGEST_TITLE and text[-1] not in STOPS


def _is_capitals(line: str) -> bool:
    title = line.partition(".")[2]
    return title == title.upper() and sum(char.isalpha() for char in title) > 1


def ended(text: str) -> str:
    """Return a content's last line closed by "./.", which stands there once however the line ended."""
    bare = text.rstrip()
    if bare.endswith(END):
        return bare
    return (bare[:-1] if bare.endswith((".", ";", ",")) else bare) + END


def closed(blocks: Sequence[Block]) -> tuple[Block, ...]:
    """Return the blocks, the last one closed by "./."; no blocks stay no blocks."""
    if not blocks:
        return ()
    last = blocks[-1]
    end = replace(last, text=ended(last.text)) if last.text else replace(last, lead=ended(last.lead))
    return (*blocks[:-1], end)


def listed(lines: Sequence[str]) -> tuple[str, ...]:
    """Return the lines of a list, each ending with ";" and the last with "." (căn cứ, Kính gửi, Nơi nhận)."""
    bare = [" ".join(line.split()).rstrip(" ;.,") for line in lines]
    kept = [line for line in bare if line]
    return tuple(line + (";" if rank < len(kept) else ".") for rank, line in enumerate(kept, start=1))


def roman(number: int) -> str:
    """Return a number from 1 on in Roman digits, as appendices are numbered.

    :raises ValueError: when it is below 1.
    """
    if number < 1:
        raise ValueError(f"Số La Mã bắt đầu từ I, không có {number}.")
    digits = ((100, "C"), (90, "XC"), (50, "L"), (40, "XL"), (10, "X"), (9, "IX"), (5, "V"), (4, "IV"), (1, "I"))
    text = ""
    for value, letters in digits:
        count, number = divmod(number, value)
        text += letters * count
    return text
