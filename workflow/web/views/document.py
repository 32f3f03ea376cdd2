"""Văn bản."""

from __future__ import annotations

from django.contrib import messages
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from workflow.actions.document import cancel_draft, drafting_units, may_amend, may_issue, may_recall
from workflow.actions.document.compiling import may_route
from workflow.choices import DocumentKind, DocumentStatus
from workflow.core.errors import NotFound
from workflow.permissions import SEE
from workflow.queries.compilation import may_consolidate
from workflow.queries.metadata import exchange_panel
from workflow.queries.paperlife import chases, counted_as, life_of, relations_of
from workflow.queries.paperlist import STANDINGS, find_document, list_documents
from workflow.queries.register import READERS
from workflow.queries.signature import open_printed, signature_panel
from workflow.web.navigation import BOARD
from workflow.web.request import SiteRequest, number_from, require, today_of


@require_safe
def document_list(request: SiteRequest) -> HttpResponse:
    """Drafts and issued documents, newest first."""
    require(request.actor, SEE)
    actor, asked = request.actor, request.GET
    status, kind, text = asked.get("trang-thai", ""), asked.get("loai", ""), asked.get("chu", "")[:120]
    values = {
        "page": list_documents(actor, status=status, kind=kind, text=text, after=number_from(asked.get("sau"))),
        "status": status,
        "kind": kind,
        "text": text,
        "statuses": STANDINGS,
        "kinds": DocumentKind.choices,
        "drafts": bool(drafting_units(actor, None, on=today_of(request))),
        "compiles": may_consolidate(actor),
        "batches": any(actor.holds(codename) for codename in BOARD),
        "register": any(actor.holds(codename) for codename in READERS),
    }
    return render(request, "workflow/document/list.html", values)


@require_safe
def document_page(request: SiteRequest, document_id: int) -> HttpResponse:
    """One document's text, number, PDF, and what became of it."""
    actor = request.actor
    document = find_document(actor, document_id)
    life = life_of(document)
    issues, amends = may_issue(actor, document), may_amend(actor, document)
    draft = document.status == DocumentStatus.DRAFT and not chases(document)
    values = {
        "document": document,
        "life": life,
        "signing": signature_panel(document, actor),
        "exchange": exchange_panel(document, actor),
        "relations": relations_of(life, actor),
        "counted": counted_as(document) if document.status == DocumentStatus.ISSUED else "",
        "may_route": may_route(actor, document),
        "may_cancel": draft and (document.drafted_by_id == actor.person_id or issues),
        "may_replace": amends and not life.why_not_replaced,
        "may_correct": amends and not life.why_not_corrected,
        "may_recall": may_recall(actor, document) and not life.why_not_recalled,
        "may_print_again": issues and document.status == DocumentStatus.ISSUED and bool(document.pdf_error),
    }
    return render(request, "workflow/document/page.html", values)


@require_POST
def document_cancel(request: SiteRequest, document_id: int) -> HttpResponse:
    """Drop a draft."""
    cancel_draft(document_id, by=request.actor, now=request.now)
    messages.success(request, "Đã bỏ dự thảo.")
    return redirect("document-list")


@require_safe
def document_file(request: SiteRequest, document_id: int) -> FileResponse:
    """The frozen PDF of an issued document, if it is still the one that was frozen.

    :raises NotFound: when it is not printed yet, or no longer there.
    :raises Damaged: when the file is not what was stored when the document was printed.
    """
    document = find_document(request.actor, document_id)
    if not document.pdf_name:
        raise NotFound("Bản PDF của văn bản này chưa có. Bản PDF được lập sau khi phát hành ít phút.")
    name = f"{document.full_number.replace('/', '-')}.pdf"
    content = open_printed(document)
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
