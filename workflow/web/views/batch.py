"""Lập bản PDF: how far the printing of many documents is, and asking again for one that failed."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from workflow.actions.document import ask_rendering_again, may_issue
from workflow.queries.job import machine_moment
from workflow.queries.paperbatch import load_batch
from workflow.web.navigation import BOARD
from workflow.web.request import SiteRequest, require, today_of

RELOAD_SECONDS = 5
STILL = "yen"
"""What the address carries when a person asked the page not to reload by itself."""


@require_safe
def document_batch(request: SiteRequest) -> HttpResponse:
    """How many documents wait for their PDF, how many have it, which failed and why; reloads while something waits."""
    require(request.actor, *BOARD)
    batch = load_batch(request.actor, today=today_of(request), now_real=machine_moment())
    reloads = batch.waiting > 0 and STILL not in request.GET
    values = {
        "batch": batch,
        "faults": [(document, may_issue(request.actor, document)) for document in batch.faults],
        "reloads": reloads,
        "still": STILL,
        "seconds": RELOAD_SECONDS,
    }
    response = render(request, "workflow/document/batch.html", values)
    if reloads:
        response["Refresh"] = str(RELOAD_SECONDS)
    return response


@require_POST
def document_print_again(request: SiteRequest, document_id: int) -> HttpResponse:
    """Ask again for the PDF of one document whose printing failed."""
    document = ask_rendering_again(document_id, by=request.actor, now=request.now)
    messages.success(request, f"Đã yêu cầu lập lại bản PDF của văn bản {document.full_number}.")
    return redirect("document-batch") if request.POST.get("tu") == "lap-pdf" else redirect("document", document_id)
