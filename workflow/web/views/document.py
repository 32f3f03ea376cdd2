"""Văn bản."""

from __future__ import annotations

import hashlib

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from workflow.actions.document import cancel_draft, drafting_units, may_issue
from workflow.choices import DocumentStatus
from workflow.core.errors import Damaged, NotFound
from workflow.permissions import SEE
from workflow.queries.paperlist import find_document, list_documents
from workflow.web.request import SiteRequest, number_from, require, today_of


@require_safe
def document_list(request: SiteRequest) -> HttpResponse:
    """Drafts and issued documents, newest first."""
    require(request.actor, SEE)
    status, text = request.GET.get("trang-thai", ""), request.GET.get("chu", "")[:120]
    page = list_documents(request.actor, status=status, text=text, after=number_from(request.GET.get("sau")))
    drafts = bool(drafting_units(request.actor, None, on=today_of(request)))
    values = {"page": page, "status": status, "text": text, "statuses": DocumentStatus.choices, "drafts": drafts}
    return render(request, "workflow/document/list.html", values)


@require_safe
def document_page(request: SiteRequest, document_id: int) -> HttpResponse:
    """One document's text, number and PDF."""
    document = find_document(request.actor, document_id)
    stands_alone = not document.reminders.exists() and not document.escalations.exists()
    draft = document.status == DocumentStatus.DRAFT and stands_alone
    values = {
        "document": document,
        "may_cancel": draft
        and (document.drafted_by_id == request.actor.person_id or may_issue(request.actor, document)),
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

    :raises Damaged: when the file is not what was stored when the document was printed.
    """
    document = find_document(request.actor, document_id)
    if not document.pdf_name or not default_storage.exists(document.pdf_name):
        raise NotFound("Bản PDF của văn bản này chưa có. Bản PDF được lập sau khi phát hành ít phút.")
    name = f"{document.full_number.replace('/', '-')}.pdf"
    content = default_storage.open(document.pdf_name, "rb")
    if hashlib.file_digest(content, "sha256").hexdigest() != document.pdf_sha256:
        content.close()
        raise Damaged(
            f"Bản PDF của văn bản {document.full_number} trong kho lưu trữ không còn đúng như lúc phát hành nên không "
            "được mở. Đề nghị báo ngay quản trị hệ thống để lấy lại tệp từ bản sao lưu, và báo Văn phòng Sở; "
            "nội dung văn bản trên trang này vẫn xem được."
        )
    content.seek(0)
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
