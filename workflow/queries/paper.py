"""What is printed of a document: everything that stands on it, as one plain value."""

from __future__ import annotations

from datetime import date

from workflow.choices import ADDRESSED_KINDS, DocumentKind
from workflow.core.paper import Paper
from workflow.models import Document
from workflow.queries.document import appendices_of, head_of


def paper_of(document: Document, *, today: date | None = None) -> Paper:
    """Return what is printed of a document, issued or not; appendices are read in one query unless prefetched.

    An issued document keeps the names of its day. `today` is the day on which a draft is looked at, whose names it
    shows; without it those of the day when it was drafted. A kind that is not addressed has no "Kính gửi"
    (NĐ 30/2020 Phụ lục I Mục II.9): whoever it goes to stands under "Nơi nhận".
    """
    addressed = document.kind in ADDRESSED_KINDS
    recipients, copies = _lines(document.recipients), _lines(document.copies)
    return Paper(
        kind=document.kind,
        kind_label=str(DocumentKind(document.kind).label),
        head=head_of(document, today=today),
        number=document.full_number,
        symbol=document.symbol,
        issued_on=document.issued_on,
        subject=document.subject,
        body=document.body,
        recipients=recipients if addressed else (),
        copies=copies if addressed else recipients + copies,
        grounds=_lines(document.grounds),
        keeper=document.keeper or drafting_abbreviation(document),
        urgency=document.urgency,
        signer_name=document.signer_name,
        signer_title=document.signer_title,
        appendices=appendices_of(document),
        facts=dict(document.facts),
    )


def drafting_abbreviation(document: Document) -> str:
    """Return the abbreviation of the unit that drafted: a công văn's symbol ends with it, else the chasing unit's."""
    if document.kind == DocumentKind.LETTER:
        return document.symbol.rpartition("-")[2]
    return document.task.host_unit.abbreviation if document.task is not None else ""


def _lines(names: list[object]) -> tuple[str, ...]:
    return tuple(str(name) for name in names)
