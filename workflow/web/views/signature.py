"""Chữ ký số: handing in a signed PDF, giving it out again, and verifying any PDF."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.document import attach_signed_pdf
from workflow.adapters.signature import read_signatures
from workflow.choices import SignatureRole
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.signature import Unreadable
from workflow.forms import run_into_form
from workflow.queries.paperlist import find_document
from workflow.queries.paperproof import PaperProof, prove_file
from workflow.queries.signature import SignaturePanel, find_signed_file, open_signed, signature_panel
from workflow.web.forms.signature import PdfForm, SignedPdfForm
from workflow.web.request import SiteRequest, typed


@require_http_methods(["GET", "HEAD", "POST"])
def document_verify(request: SiteRequest) -> HttpResponse:
    """Tell whoever is signed in what is known here of a PDF; the file is looked at and not kept."""
    form = PdfForm(typed(request), _sent_files(request))
    proof: PaperProof | None = None
    if request.method == "POST" and form.is_valid():
        proof = _look(request, form.cleaned_data["content"].read())
        if proof.unread and proof.known is None:
            form.add_error("content", proof.unread)
            proof = None
    name = str(form.cleaned_data["content"].name)[:120] if proof is not None else ""
    values = {"form": form, "proof": proof, "name": name}
    status = 400 if request.method == "POST" and form.errors else 200
    return render(request, "workflow/document/verify.html", values, status=status)


def _sent_files(request: SiteRequest) -> MultiValueDict[str, UploadedFile[Any]] | None:
    """Return the files of a form that was sent; None when nothing was, so that a page that opens shows no errors."""
    return request.FILES if request.method == "POST" else None


def _look(request: SiteRequest, content: bytes) -> PaperProof:
    """Return what is known of the content; one whose signatures can't be read may still begin as a known file does."""
    try:
        signatures = read_signatures(content, settings.TRUST_DIR, at=request.now)
    except Unreadable as error:
        return prove_file(content, (), actor=request.actor, unread=str(error))
    return prove_file(content, signatures, actor=request.actor)


@require_http_methods(["GET", "HEAD", "POST"])
def document_hand_in(request: SiteRequest, document_id: int) -> HttpResponse:
    """Take in the document's PDF that its signer, or văn thư, signed with a tool of his own.

    :raises NotPermitted: when it is not this person's signature that is missing next.
    :raises WrongState: when no signature is missing, or none can be put on.
    """
    actor = request.actor
    document = find_document(actor, document_id)
    panel = signature_panel(document, actor)
    role = _role(panel)
    form = SignedPdfForm(typed(request), _sent_files(request))

    def run() -> None:
        content = form.cleaned_data["content"].read()
        attach_signed_pdf(document_id, content, role=role, by=actor, now=request.now)

    if request.method == "POST" and form.is_valid() and run_into_form(form, run):
        messages.success(request, "Đã nhận bản PDF có chữ ký số.")
        return redirect("document", document_id)
    values = {
        "document": document,
        "form": form,
        "organisation": role == SignatureRole.ORGANISATION,
        "newest": _newest(document_id, panel),
    }
    status = 400 if request.method == "POST" and form.errors else 200
    return render(request, "workflow/document/handin.html", values, status=status)


def _newest(document_id: int, panel: SignaturePanel | None) -> str:
    """Return the address of the file that is to be signed: the last signed one, else the frozen PDF."""
    if panel is None or not panel.signatures:
        return reverse("document-file", args=[document_id])
    return reverse("document-signed-file", args=[document_id, panel.signatures[-1].ordinal])


def _role(panel: SignaturePanel | None) -> SignatureRole:
    if panel is None:
        raise WrongState("Chỉ ký số văn bản đã phát hành.")
    if panel.hindered:
        raise WrongState(panel.hindered)
    if panel.role is not None:
        return panel.role
    if panel.waiting:
        raise NotPermitted(f"{panel.waiting} Ông/bà không nộp thay được.")
    raise WrongState("Văn bản này đã có đủ chữ ký số của người có thẩm quyền và của cơ quan.")


@require_safe
def document_signed_file(request: SiteRequest, document_id: int, ordinal: int) -> FileResponse:
    """One signed file of a document that the person may see, if it is still the one that was stored."""
    document, row = find_signed_file(request.actor, document_id, ordinal)
    content = open_signed(document, row)
    name = f"{document.full_number.replace('/', '-')}-ky-so-{row.ordinal}.pdf"
    return FileResponse(content, as_attachment=True, filename=name, content_type="application/pdf")
