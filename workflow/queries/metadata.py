"""Metadata of issued documents (NĐ 30/2020 Phụ lục VI), and what a document's page says of its exchange."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.choices import DocumentStatus
from workflow.core.edoc import BUSINESS_LABELS, TYPE_CODES
from workflow.core.metadata import Metadata
from workflow.models import Document
from workflow.permissions import Actor
from workflow.queries.document import may_issue
from workflow.queries.edoc import Reading, edoc_from, read_issued, signing_lines

NOT_ISSUED = "Chỉ văn bản đã phát hành mới lập được gói edXML; văn bản này chưa phát hành hoặc đã bỏ."
NO_PDF = "Bản PDF của văn bản chưa lập xong nên chưa có gì để gửi; hãy thử lại sau ít phút."
NO_CODE = (
    "“{kind}” là mẫu nội bộ hoặc của Bộ phận Một cửa, không có mã trong danh mục loại văn bản của QCVN 102 nên không "
    "lập được gói edXML."
)


def metadata_of(document: Document) -> Metadata:
    """Return the metadata of an issued document, from what was frozen with it; what is not known is left out.

    :raises WrongState: when it is not issued.
    """
    return _metadata(read_issued(document))


def _metadata(reading: Reading) -> Metadata:
    document, (competence, position) = reading.document, signing_lines(reading.document)
    return Metadata(
        organ_id=reading.organ_id,
        type_name=str(document.get_kind_display()),
        code_number=reading.pointer.number,
        code_notation=reading.pointer.notation,
        issued_on=reading.issued_on,
        organ_name=reading.head.name,
        subject=document.subject,
        signer_position=f"{competence}, {position}" if competence else position,
        signer_name=document.signer_name,
        recipients=reading.receivers,
        priority=document.urgency,
        issued_amount=reading.copies,
        pages=document.pdf_pages,
        due_on=reading.due_on,
    )


def why_no_package(document: Document) -> str:
    """Return why there can be no edXML package of the document, "" when there can."""
    if document.status != DocumentStatus.ISSUED:
        return NOT_ISSUED
    if document.kind not in TYPE_CODES:
        return NO_CODE.format(kind=document.get_kind_display())
    return "" if document.pdf_name else NO_PDF


@dataclass(frozen=True, slots=True)
class ExchangePanel:
    """What a document's page says of sending it to other systems.

    `refused` says why there is no package; `remarks` what a person must know before one is used.
    """

    may_export: bool
    refused: str = ""
    business: str = ""
    without_id: bool = False
    missing: tuple[str, ...] = ()
    problems: tuple[str, ...] = ()
    remarks: tuple[str, ...] = ()


def exchange_panel(document: Document, actor: Actor) -> ExchangePanel | None:
    """Return what the page of a document shows of its exchange; None for what is not issued.

    Who may not take it out is shown the metadata's links alone, and nothing is read for that.
    """
    if document.status != DocumentStatus.ISSUED:
        return None
    if not may_issue(actor, document):
        return ExchangePanel(may_export=False)
    reading = read_issued(document)
    metadata, refused = _metadata(reading), why_no_package(document)
    if refused:
        return ExchangePanel(True, refused, missing=metadata.missing, problems=metadata.problems)
    edoc = edoc_from(reading)
    return ExchangePanel(
        may_export=True,
        business=BUSINESS_LABELS[edoc.business],
        without_id=edoc.without_id,
        missing=metadata.missing,
        problems=metadata.problems,
        remarks=edoc.remarks,
    )
