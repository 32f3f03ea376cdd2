"""Writing a draft document anew, and giving a step to a person."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from approvals.actions.assigning import reassign
from approvals.actions.deciding import require_waiting
from approvals.forms import (
    MORE,
    ReassignForm,
    ReviseForm,
    as_typed,
    asked_slots,
    first_slots,
    standing_values,
)
from approvals.queries.difference import what_changed
from approvals.queries.page import find_draft, find_step
from approvals.queries.talk import choosable, may_give
from approvals.views.request import ApprovalRequest, number_from, today_of
from workflow.actions.document import may_revise, revise_document
from workflow.choices import DocumentStatus
from workflow.core.errors import NotPermitted, Stale, WrongState
from workflow.forms import run_into_form
from workflow.models import Document
from workflow.queries.document import appendices_of


@require_http_methods(["GET", "POST"])
def document_revise(request: ApprovalRequest, document_id: int) -> HttpResponse:
    """Show a draft to be written anew, or write it.

    :raises NotPermitted: when the person may not draft it.
    :raises WrongState: when it is no draft.
    """
    document, approval = find_draft(request.actor, document_id)
    if approval is not None:
        request.way_back = (reverse("approval", args=[approval.pk]), "Mở lại hồ sơ")
    if not may_revise(request.actor, document):
        raise NotPermitted("Ông/bà không có quyền sửa dự thảo này.")
    if document.status != DocumentStatus.DRAFT:
        raise WrongState("Văn bản này không còn là dự thảo nên không sửa được nữa.")
    seen = number_from(request.POST.get("revision"))
    sent = request.method == "POST" and MORE not in request.POST
    form = _form(request, document, sent=sent)
    stale: Stale | None = None
    status = 200
    if sent:
        status = 400
        try:
            if form.is_valid() and run_into_form(form, lambda: _write(request, document, seen or 0, form)):
                messages.success(request, "Đã sửa dự thảo; ai quyết định tiếp theo đều xem lời văn mới.")
                return redirect("approval", approval.pk) if approval else redirect("document", document_id)
        except Stale as error:
            stale, status = error, error.status
            if approval is not None and seen is not None:
                error.changes = what_changed(approval, seen, document.revision)
    values = {
        "document": document,
        "approval": approval,
        "task": document.task,
        "form": form,
        "seen": document.revision if stale or seen is None else seen,
        "stale": stale,
        "back": reverse("approval", args=[approval.pk]) if approval else reverse("document", args=[document_id]),
    }
    return render(request, "approvals/revise.html", values, status=status)


def _form(request: ApprovalRequest, document: Document, *, sent: bool) -> ReviseForm:
    """Return the form of a draft: as it stands, as it was sent, or as it was typed with room for one more appendix."""
    former = appendices_of(document)
    if sent:
        form = ReviseForm(request.POST, slots=asked_slots(request.POST))
    elif request.method == "POST":
        form = ReviseForm(initial=as_typed(request.POST), slots=asked_slots(request.POST))
    else:
        form = ReviseForm(initial=standing_values(document, former), slots=first_slots(former))
    form.former, form.of_kind = former, document.kind
    return form


def _write(request: ApprovalRequest, document: Document, seen: int, form: ReviseForm) -> object:
    data = form.cleaned_data
    return revise_document(
        document.pk,
        seen,
        data["subject"],
        data["body"],
        data["recipients"],
        parts=form.parts(document.facts),
        by=request.actor,
        now=request.now,
    )


@require_http_methods(["GET", "POST"])
def approval_reassign(request: ApprovalRequest, step_id: int) -> HttpResponse:
    """Show to whom a step may be given, or give it.

    :raises NotPermitted: unless the head of those who hold the step's right does it.
    :raises WrongState: when the step waits no longer.
    """
    step = find_step(request.actor, step_id)
    request.way_back = (reverse("approval", args=[step.process_id]), "Mở lại hồ sơ")
    if not may_give(request.actor, step):
        said = "việc này của người đứng đầu nơi xử lý bước"
        raise NotPermitted(f"Ông/bà không giao được bước “{step.title}”; {said}.")
    require_waiting(step)
    form = ReassignForm(request.POST) if request.method == "POST" else ReassignForm()
    people = choosable(step.process, step, today_of(request))
    form.offer([(person.pk, person.full_name) for person in people], given=step.owner_id is not None)
    status = 200
    if request.method == "POST":
        if form.is_valid() and run_into_form(
            form, lambda: reassign(step_id, form.cleaned_data["person"], by=request.actor, now=request.now)
        ):
            messages.success(request, "Đã giao người xử lý bước này.")
            return redirect("approval", step.process_id)
        status = 400
    values = {"approval": step.process, "task": step.process.subject, "step": step, "form": form}
    return render(request, "approvals/reassign.html", values, status=status)
