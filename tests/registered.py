"""Issued documents that stand in a register, made as rows: the tests of the register need many and no flow."""

from __future__ import annotations

from datetime import date

from tests.factories import MONDAY, House, at
from workflow.choices import DocumentKind, DocumentStatus, LinkKind
from workflow.models import Delivery, Document, DocumentLink, RegisterBook


def book_of(house: House, year: int = 2022, *, first_number: int = 1, series: str = "chung") -> RegisterBook:
    """Make or return the department's series of the year."""
    book, _made = RegisterBook.objects.get_or_create(
        body=house.department,
        year=year,
        series=series,
        defaults={"first_number": first_number, "last_number": first_number - 1},
    )
    return book


def register_document(
    house: House,
    number: int,
    *,
    day: date = MONDAY,
    kind: str = DocumentKind.LETTER,
    replaces: Document | None = None,
    link: LinkKind = LinkKind.REPLACES,
    sent: bool = True,
    **columns: object,
) -> Document:
    """Make one issued document with that number, sent on its day."""
    book = book_of(house, day.year)
    columns.setdefault("symbol", "SKHĐT-VP" if kind == DocumentKind.LETTER else f"{kind}-SKHĐT")
    columns.setdefault("subject", f"việc {number}")
    columns.setdefault("body", "Nội dung./.")
    columns.setdefault("recipients", ["Sở Tài chính"])
    columns.setdefault("signer_name", "Nguyễn Văn Mẫu")
    columns.setdefault("text_sha256", f"{number:064x}")
    document = Document.objects.create(
        kind=kind,
        status=DocumentStatus.ISSUED,
        book=book,
        issuer=house.department,
        year=day.year,
        number=number,
        issued_on=day,
        issued_at=at(day),
        drafted_at=at(day, "08:00"),
        **columns,
    )
    RegisterBook.objects.filter(pk=book.pk, last_number__lt=number).update(last_number=number)
    if sent:
        Delivery.objects.create(document=document, recipient="Sở Tài chính", sent_at=at(day, "10:00"))
    if replaces is not None:
        DocumentLink.objects.create(document=document, target=replaces, kind=link, made_at=at(day))
    return document
