"""The PDF of an issued document, printed once by a background job."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django_tasks import task as background_task

from workflow.actions.audit import action, record_event
from workflow.actions.document.drafting import lock_document
from workflow.adapters.pdf import FontMissing, PrintedPdf, print_paper
from workflow.choices import DocumentStatus
from workflow.core.errors import ActionError, Invalid, NotPermitted, WrongState
from workflow.models import Document
from workflow.permissions import Actor
from workflow.queries.document import may_issue
from workflow.queries.paper import paper_of

logger = logging.getLogger("workflow.document")

RENDER_CHUNK = 25
"""How many documents one background job prints: few enough that several workers share a morning's reminders, and that
what a killed worker has to look through again is done in seconds."""

RENDER_GRACE = timedelta(minutes=10)
"""How long after its issue a document's PDF may still be under way."""

MISSING_AT_MOST = 200
"""How many documents that were never printed one call of `render_missing` asks for again."""

FAULTY_AT_MOST = 1000
"""How many documents whose printing failed one call of `render_missing` asks for again."""

IN_LOG = "Chi tiết ở nhật ký kỹ thuật của tiến trình nền, tìm theo mã văn bản {pk}."


def request_rendering(document_ids: Sequence[int]) -> None:
    """Ask for the PDF of issued documents; jobs of `RENDER_CHUNK` documents join the caller's transaction."""
    ids = list(document_ids)
    for start in range(0, len(ids), RENDER_CHUNK):
        render_documents.enqueue(ids[start : start + RENDER_CHUNK])


def render_missing(*, now: datetime) -> int:
    """Ask again for the PDF of each issued document that should have one by now; return for how many.

    A job whose worker died too often is not run again by the queue: what it should have printed is found here, from the
    table. One that is only late is printed once all the same. What was never tried gets a job each, since it may be
    what kills workers; what failed with an error fails alone again, so it goes together, after the others. The clock
    calls this once an hour: nothing that can't be printed is tried oftener by itself.
    """
    late = Document.objects.filter(status=DocumentStatus.ISSUED, pdf_name="", issued_at__lte=now - RENDER_GRACE)
    oldest = late.order_by("issued_at", "pk").values_list("pk", flat=True)
    untried = list(oldest.filter(pdf_error="")[:MISSING_AT_MOST])
    faulty = list(oldest.exclude(pdf_error="")[:FAULTY_AT_MOST])
    for document_id in untried:
        request_rendering([document_id])
    request_rendering(faulty)
    return len(untried) + len(faulty)


@action
def ask_rendering_again(document_id: int, *, by: Actor, now: datetime) -> Document:
    """Ask at once for the PDF of a document whose printing failed; its event says who did.

    :raises NotFound: when the document, or its task, is not seen.
    :raises NotPermitted: unless who may issue it does it.
    :raises WrongState: when it is not issued, has its PDF, or is being printed.
    """
    document = lock_document(document_id, by=by)
    if not may_issue(by, document):
        raise NotPermitted("Chỉ văn thư hoặc người ký được yêu cầu lập lại bản PDF của văn bản này.")
    if document.status != DocumentStatus.ISSUED:
        raise WrongState("Văn bản chưa phát hành nên chưa có bản PDF để lập.")
    if document.pdf_name:
        raise WrongState("Bản PDF của văn bản này đã có và không lập lại: văn bản đã phát hành thì giữ nguyên.")
    if not document.pdf_error:
        raise WrongState("Bản PDF đang chờ lập; hãy tải lại trang sau ít phút.")
    fault, document.pdf_error = document.pdf_error, ""
    document.save(update_fields=["pdf_error"])
    request_rendering([document.pk])
    record_event("document.ask_pdf", subject=f"document:{document.pk}", by=by, now=now, details={"pdf_error": fault})
    return document


@background_task()
def render_documents(document_ids: list[int]) -> int:
    """Run as a job: print each issued document that was not printed yet; return how many were printed now.

    Run again, or by two workers at once, each document is printed and stored once. A document that can't be printed
    keeps why in `pdf_error`, in plain words, and stops no other; the trace goes to the log.
    """
    printed = 0
    for document_id in document_ids:
        try:
            printed += render_document(document_id)
        except Exception as error:
            logger.exception("Không lập được PDF của văn bản có mã %d.", document_id)
            _note_fault(document_id, fault_words(error, document_id))
    return printed


def render_document(document_id: int) -> bool:
    """Print one issued document, store the PDF with its SHA-256 and pages, and return whether it was done now.

    Printing takes a while and holds no lock; storing locks the row and writes it once. A draft is never stored.

    :raises Invalid: when the document does not exist.
    """
    rows = Document.objects.select_related("task__host_unit").prefetch_related("appendices")
    document = rows.filter(pk=document_id).first()
    if document is None:
        raise Invalid.of(document_id=f"Không có văn bản số {document_id}.")
    if document.status != DocumentStatus.ISSUED or document.pdf_name:
        return False
    return _store_pdf(document_id, print_paper(paper_of(document)))


@action
def _store_pdf(document_id: int, printed: PrintedPdf) -> bool:
    """Store the file, then the row that makes it count: killed in between, a file is left that no row names."""
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.pdf_name:
        return False
    wanted = f"documents/{document.issued_on:%Y}/{document.pk}-{document.text_sha256[:12]}.pdf"
    document.pdf_name = default_storage.save(wanted, ContentFile(printed.content))
    document.pdf_sha256 = hashlib.sha256(printed.content).hexdigest()
    document.pdf_pages = printed.pages
    document.pdf_error = ""
    document.save(update_fields=["pdf_name", "pdf_sha256", "pdf_pages", "pdf_error"])
    return True


@action
def _note_fault(document_id: int, words: str) -> None:
    """Keep why a document was not printed, unless another worker printed it meanwhile."""
    Document.objects.filter(pk=document_id, status=DocumentStatus.ISSUED, pdf_name="").update(pdf_error=words)


def fault_words(error: Exception, document_id: int) -> str:
    """Return why a document was not printed, for a person: what is wrong and where to look, never a trace."""
    if isinstance(error, ActionError | FontMissing):
        return str(error)
    where = IN_LOG.format(pk=document_id)
    if isinstance(error, OSError):
        return f"Không ghi được tệp PDF vào kho lưu trữ (kho đầy hoặc mất kết nối). {where}"
    if isinstance(error, LookupError | ValueError | TypeError | AttributeError):
        return f"Dữ liệu của văn bản có chỗ không in được. {where}"
    return f"Chương trình in gặp lỗi. {where}"
