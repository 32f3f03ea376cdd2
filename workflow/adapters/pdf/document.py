"""Printing a document in the form of NĐ 30/2020/NĐ-CP Phụ lục I: which template a kind has, what the template is told.

Here stands what a page says; where and how large it stands is `print/nd30.css` alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workflow.adapters.pdf.engine import WORD_JOINER, PrintedPdf, print_html
from workflow.adapters.pdf.slips import slip_page
from workflow.adapters.pdf.table import PaperTable, table_of
from workflow.choices import INTERNAL_FORMS, Circulation, DocumentKind, Urgency
from workflow.core.bodytext import END, Block, blocks_of, closed, listed, roman
from workflow.core.paper import CIRCULATION, DRAFTER_MARK, AppendixPaper, Paper
from workflow.core.wording import long_day

FOLDER = "workflow/document/print"
STYLESHEET = f"{FOLDER}/nd30.css"

TEMPLATES: Mapping[str, str] = {
    DocumentKind.LETTER: "cv.html",
    DocumentKind.REPORT: "bc.html",
    DocumentKind.SUBMISSION: "ttr.html",
    DocumentKind.NOTICE: "tb.html",
    DocumentKind.PLAN: "kh.html",
}
"""The kinds of Điều 7 that the department makes; the forms of own kind are in `slips`."""

URGENCY_MARKS = {
    Urgency.URGENT: ("khan", "KHẨN"),
    Urgency.VERY_URGENT: ("thuong-khan", "THƯỢNG KHẨN"),
    Urgency.EXPRESS: ("hoa-toc", "HOẢ TỐC"),
}
"""Class and words of each mark (ô 10b); spelt as the decree spells them."""

NO_DAY = "ngày … tháng … năm …"
AS_ABOVE = "Như trên"
COPY_LETTERS = 34
"""How many letters of 11 points fit on one line of "Nơi nhận", roughly."""

BESIDE_SIGNATURE = 12
"""How many lines of "Nơi nhận" stand beside the signature; the rest of a longer list runs on below it, over pages."""

SURE_LINE = 100
"""A paragraph of so many letters takes two lines of the page at least."""


UNPARTED = re.compile(r"\./\.|\d{1,6}(?:/[\w-]{1,16}){1,2}")
"""What no line break may part: the closing "./.", a number with its symbol, a date."""


@dataclass(frozen=True, slots=True)
class PrintedBlock:
    """A block of the body; one that is `kept` shares its page with what follows."""

    kind: str
    lead: str
    text: str
    kept: bool


@dataclass(frozen=True, slots=True)
class PrintedAppendix:
    """An appendix as it is printed: `page` names its kind of page, `after` is what closes a table."""

    heading: str
    title: str
    attached_to: str
    page: str
    blocks: tuple[PrintedBlock, ...]
    table: PaperTable | None
    after: str


def print_paper(paper: Paper) -> PrintedPdf:
    """Print a document as PDF; a draft carries "DỰ THẢO". Reads no network and no file but the fonts.

    :raises FontMissing: when Liberation Serif 2.x is not installed.
    """
    template, context, stylesheet = slip_page(paper) if paper.kind in INTERNAL_FORMS else paper_page(paper)
    return print_html(template, context, stylesheet=stylesheet, title=paper_title(paper), created=paper.issued_on)


def paper_page(paper: Paper) -> tuple[str, dict[str, object], str]:
    """Return template, context and stylesheet of a kind of Điều 7; an unknown kind is printed by its name."""
    template = TEMPLATES.get(paper.kind, "named.html")
    return f"{FOLDER}/{template}", page_context(paper), STYLESHEET


def paper_title(paper: Paper) -> str:
    """Return the title that the file carries: number (or the bare symbol of a draft) and subject."""
    return " ".join(f"{paper.number or paper.symbol} {paper.subject}".split())


def page_context(paper: Paper) -> dict[str, object]:
    """Return what a print template is told: each text as it stands on the page, decided here and not in the template.

    A kind that is not addressed never has "Kính gửi" (Phụ lục I Mục II.9); who it goes to stands under "Nơi nhận".
    """
    addressed = paper.kind not in (DocumentKind.NOTICE, DocumentKind.PLAN)
    recipients = listed(paper.recipients) if addressed else ()
    copies = copy_lines(paper, addressed=bool(recipients))
    beside = _beside_signature(copies)
    return {
        "paper": paper,
        "head": paper.head,
        "author": paper.head.name,
        "draft": paper.is_draft,
        "parent_name": paper.head.parent_name.upper(),
        "body_name": paper.head.name.upper(),
        "number": paper.number or f"…/{paper.symbol}",
        "day": long_day(paper.issued_on) if paper.issued_on is not None else NO_DAY,
        "kind_name": paper.kind_label.upper(),
        "subject": unparted(" ".join(paper.subject.split())),
        "urgency": URGENCY_MARKS.get(Urgency(paper.urgency)) if paper.urgency in Urgency else None,
        "circulation": circulation_mark(paper),
        "drafter_mark": unparted(str(paper.facts.get(DRAFTER_MARK, "")).upper()),
        "recipient": recipients[0].removesuffix(".") if len(recipients) == 1 else "",
        "recipients": recipients if len(recipients) > 1 else (),
        "grounds": [unparted(line) for line in listed(paper.grounds)],
        "blocks": printed_blocks(closed(blocks_of(paper.body)), before_signature=True),
        "copies": copies[:beside],
        "more_copies": copies[beside:],
        "signer_lines": [line.strip().upper() for line in paper.signer_title.split("\n") if line.strip()],
        "signer_name": paper.signer_name.strip(),
        "appendices": printed_appendices(paper),
    }


def circulation_mark(paper: Paper) -> str:
    """Return what stands in the frame of ô 11, "" where the document may go anywhere."""
    said = paper.facts.get(CIRCULATION)
    return Circulation(said).label.upper() if said and said in Circulation.values else ""


def copy_lines(paper: Paper, *, addressed: bool) -> tuple[str, ...]:
    """Return the lines of "Nơi nhận" without their dashes: "Như trên;" under a Kính gửi, the copies, "Lưu: VT, …."."""
    names = [AS_ABOVE] if addressed else list(paper.recipients)
    names += [
        name for name in paper.copies if name.strip(" .;-") != AS_ABOVE and not name.strip(" -").startswith("Lưu:")
    ]
    keeper = paper.keeper.strip()
    return listed([*dict.fromkeys(names), f"Lưu: VT, {keeper}" if keeper else "Lưu: VT"])


def _beside_signature(copies: Sequence[str]) -> int:
    lines = 0
    for rank, line in enumerate(copies):
        lines += 1 + len(line) // COPY_LETTERS
        if lines > BESIDE_SIGNATURE:
            return max(rank, 1)
    return len(copies)


def printed_blocks(blocks: Sequence[Block], *, before_signature: bool = False) -> tuple[PrintedBlock, ...]:
    """Return the blocks with what must not be parted from what follows.

    A title keeps to its text. Before the signing block the last blocks keep to it until they make two lines at least:
    a signature never stands alone on a page.
    """
    kept = set()
    if before_signature:
        lines, rank = 0, len(blocks)
        while lines < 2 and rank > 0:
            rank -= 1
            lines += 2 if len(blocks[rank].line) >= SURE_LINE else 1
            kept.add(rank)
    return tuple(
        PrintedBlock(str(block.kind), block.lead, unparted(block.text), rank in kept or not block.text)
        for rank, block in enumerate(blocks)
    )


def unparted(text: str) -> str:
    """Return a text with word joiners where no line may break; they print nothing and are not read back."""
    return UNPARTED.sub(lambda found: re.sub(r"(?<=[/-])(?=.)|(?<=\.)(?=/)", WORD_JOINER, found[0]), text)


def printed_appendices(paper: Paper) -> tuple[PrintedAppendix, ...]:
    """Return the appendices: numbered in Roman digits only when there are two or more (Phụ lục I Mục III.1)."""
    many = len(paper.appendices) > 1
    attached = unparted(attached_to(paper))
    return tuple(
        _printed_appendix(
            appendix, heading=f"Phụ lục {roman(rank)}" if many else "Phụ lục", attached=attached, odd=bool(rank % 2)
        )
        for rank, appendix in enumerate(paper.appendices, start=1)
    )


def _printed_appendix(appendix: AppendixPaper, *, heading: str, attached: str, odd: bool) -> PrintedAppendix:
    """Return one appendix. Neighbours have pages of different names, so that each numbers its own from 1."""
    table = table_of(appendix)
    blocks = blocks_of(appendix.body)
    return PrintedAppendix(
        heading=heading,
        title=" ".join(appendix.title.split()).upper(),
        attached_to=attached,
        page=("ngang" if appendix.landscape else "doc") + ("-le" if odd else "-chan"),
        blocks=printed_blocks(blocks if table is not None else closed(blocks)),
        table=table,
        after=END if table is not None or not blocks else "",
    )


def attached_to(paper: Paper) -> str:
    """Return the line below an appendix' title; a draft leaves number and date open."""
    day = long_day(paper.issued_on) if paper.issued_on is not None else NO_DAY
    number = paper.number or f"…/{paper.symbol}"
    return f"(Kèm theo {paper.kind_label} số {number} {day} của {paper.head.name})"
