"""The PDF of an issued document, printed once by a background job."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone
from django_tasks import task as background_task

from workflow.actions.audit import action
from workflow.adapters.pdf import Paper, print_paper
from workflow.choices import DocumentKind, DocumentStatus
from workflow.core.errors import Invalid
from workflow.models import Document
from workflow.queries.document import letterhead

RENDER_CHUNK = 200
"""How many documents one background job prints."""

RENDER_GRACE = timedelta(minutes=10)
"""How long after its issue a document's PDF may still be under way."""


def request_rendering(document_ids: Sequence[int]) -> None:
    """Ask for the PDF of issued documents; jobs of two hundred documents join the caller's transaction."""
    ids = list(document_ids)
    for start in range(0, len(ids), RENDER_CHUNK):
        render_documents.enqueue(ids[start : start + RENDER_CHUNK])


def render_missing(*, now: datetime) -> int:
    """Ask again for the PDF of each issued document that should have one by now, one job each; return how many.

    A job that failed is not run again by the queue: what it should have printed is found here, from the table. One that
    is only late is printed once all the same. One job a document, so that one that can't be printed stops no other.
    """
    late = Document.objects.filter(status=DocumentStatus.ISSUED, pdf_name="", issued_at__lte=now - RENDER_GRACE)
    ids = list(late.order_by("issued_at", "pk").values_list("pk", flat=True)[:RENDER_CHUNK])
    for document_id in ids:
        request_rendering([document_id])
    return len(ids)


@background_task()
def render_documents(document_ids: list[int]) -> int:
    """Run as a job: print each issued document that was not printed yet; return how many were printed now.

    Run again, or by two workers at once, each document is printed and stored once.
    """
    return sum(render_document(document_id) for document_id in document_ids)


def render_document(document_id: int) -> bool:
    """Print one issued document, store the PDF and its SHA-256, and return whether it was done now.

    Printing takes a while and holds no lock; storing locks the row and writes `pdf_name` and `pdf_sha256` once. A draft
    is never stored.

    :raises Invalid: when the document does not exist.
    """
    document = Document.objects.select_related("task__host_unit").filter(pk=document_id).first()
    if document is None:
        raise Invalid.of(document_id=f"Không có văn bản số {document_id}.")
    if document.status != DocumentStatus.ISSUED or document.pdf_name:
        return False
    return _store_pdf(document_id, print_paper(paper_of(document)))


@action
def _store_pdf(document_id: int, content: bytes) -> bool:
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.pdf_name:
        return False
    wanted = f"documents/{document.issued_on:%Y}/{document.pk}-{document.text_sha256[:12]}.pdf"
    document.pdf_name = default_storage.save(wanted, ContentFile(content))
    document.pdf_sha256 = hashlib.sha256(content).hexdigest()
    document.save(update_fields=["pdf_name", "pdf_sha256"])
    return True


def paper_of(document: Document) -> Paper:
    """Return what is printed of a document, issued or not."""
    head = letterhead(document.issued_on or timezone.localdate(document.drafted_at))
    is_letter = document.kind == DocumentKind.LETTER
    host = document.task.host_unit.abbreviation if document.task is not None else ""
    drafting = document.symbol.rpartition("-")[2] if is_letter else host
    return Paper(
        kind=document.kind,
        kind_label=str(DocumentKind(document.kind).label),
        parent_name=head.parent_name,
        body_name=head.body_name,
        number=document.full_number,
        symbol=document.symbol,
        issued_on=document.issued_on,
        subject=document.subject,
        body=document.body,
        recipients=tuple(str(name) for name in document.recipients),
        keeper=drafting,
        signer_name=document.signer_name,
        signer_title=document.signer_title,
    )
