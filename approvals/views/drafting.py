"""Drafting an outgoing document by hand, of a task or by itself."""

from __future__ import annotations

from dataclasses import fields

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from approvals.forms import MORE, SIGNS_BY_ORDER, DraftForm, as_typed, asked_slots
from approvals.models import Approval
from approvals.queries.standing import may_act_at, open_approval, waiting_step
from approvals.views.offers import who_must_act
from approvals.views.request import ApprovalRequest, number_from, today_of
from workflow.actions.document import HEAD_TITLE, Draft, draft_document, drafting_units
from workflow.choices import FlowKind
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.forms import run_into_form
from workflow.permissions import DO, URGE
from workflow.queries.document import CHIEF_TITLE, symbol_of
from workflow.queries.taskpage import find_task


@require_http_methods(["GET", "POST"])
def document_draft(request: ApprovalRequest) -> HttpResponse:
    """Show the form of a draft, or draft a document; `?nhiem-vu=` names the task that it is of.

    :raises NotFound: when the task is none that the person sees.
    :raises NotPermitted: when he may draft in no unit's name.
    """
    actor, today = request.actor, today_of(request)
    asked = request.GET.get("nhiem-vu")
    task = find_task(actor, _number(asked)) if asked is not None else None
    units = drafting_units(actor, task, on=today)
    if not units:
        raise NotPermitted(f"Ông/bà không có quyền soạn văn bản{' cho nhiệm vụ này' if task else ''}.")
    sent = request.method == "POST" and MORE not in request.POST
    slots = asked_slots(request.POST)
    form = DraftForm(request.POST, slots=slots) if sent else DraftForm(initial=as_typed(request.POST), slots=slots)
    form.offer([(unit.pk, unit.name) for unit in units], own=actor.unit_id)
    one = units[0] if len(units) == 1 else None

    def write() -> None:
        data = form.cleaned_data
        unit = one or next(each for each in units if each.pk == data["unit"])
        try:
            symbol = symbol_of(data["kind"], unit, today)
        except WrongState as error:
            raise Invalid(str(error)) from error
        parts = form.parts()
        draft = Draft(
            kind=data["kind"],
            subject=data["subject"],
            body=data["body"],
            recipients=tuple(data["recipients"]),
            symbol=symbol,
            signer_title=CHIEF_TITLE if data["signer"] == SIGNS_BY_ORDER else HEAD_TITLE,
            **{field.name: getattr(parts, field.name) for field in fields(parts)},
        )
        made.append(draft_document(draft, task=task, unit_id=unit.pk, by=actor, now=request.now).pk)

    made: list[int] = []
    status = 200
    if sent:
        if form.is_valid() and run_into_form(form, write):
            return _lead_on(request, made[0])
        status = 400
    values = {
        "form": form,
        "task": task,
        "unit": one,
        "presents": any(actor.may(codename, unit.pk) for codename in (DO, URGE) for unit in units),
        "back": reverse("task", args=[task.pk]) if task is not None else reverse("document-list"),
    }
    return render(request, "approvals/draft.html", values, status=status)


def _number(asked: str) -> int:
    number = number_from(asked)
    if number is None:
        raise NotFound
    return number


def _lead_on(request: ApprovalRequest, document_id: int) -> HttpResponse:
    """Lead to the approval that was opened, and say on whom it waits there."""
    approval: Approval | None = open_approval(FlowKind.DOCUMENT, document_id)
    step = waiting_step(approval) if approval is not None else None
    if approval is None or step is None:
        return redirect("document", document_id)
    if may_act_at(request.actor, step):
        messages.success(request, "Đã lưu dự thảo. Đọc lại rồi bấm “Trình dự thảo”.")
    else:
        messages.success(request, f"Đã lưu dự thảo; chờ trình: {who_must_act(step)}.")
    return redirect("approval", approval.pk)
