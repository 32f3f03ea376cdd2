"""Đề xuất: the list of what units propose, and making one."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from approvals.forms import ProposalForm
from approvals.models import Approval
from approvals.queries.page import list_proposals, proposing_units
from approvals.queries.standing import open_approval
from approvals.views.request import ApprovalRequest, number_from
from workflow.actions.proposal import make_proposal
from workflow.choices import FlowKind
from workflow.core.errors import NotPermitted
from workflow.forms import run_into_form
from workflow.permissions import ANSWER, DO, SEE, SUBMIT

OUTSIDE = frozenset({SEE, ANSWER})
"""All that a person outside the department may hold; such a one sees no unit's proposals."""


@require_safe
def proposal_list(request: ApprovalRequest) -> HttpResponse:
    """The proposals that the person may see, newest first.

    :raises NotPermitted: when he sees no unit's work, or only looks on from outside: a consulted body, an observer.
    """
    actor = request.actor
    if not (actor.holds(SEE) and any(codename not in OUTSIDE for _unit, codename in actor.grants)):
        raise NotPermitted("Trang này dành cho người có nhiệm vụ khác. Ông/bà không có quyền mở.")
    page = list_proposals(actor, after=number_from(request.GET.get("sau")))
    values = {"page": page, "proposes": actor.holds(DO) or actor.holds(SUBMIT), "paged": "sau" in request.GET}
    return render(request, "approvals/proposals.html", values)


@require_http_methods(["GET", "POST"])
def proposal_make(request: ApprovalRequest) -> HttpResponse:
    """Show the form of a proposal, or make one.

    :raises NotPermitted: when the person works in no unit.
    """
    units = proposing_units(request.actor)
    if not units:
        raise NotPermitted("Chỉ người của đơn vị được đề xuất thay đơn vị.")
    form = ProposalForm(request.POST) if request.method == "POST" else ProposalForm()
    form.offer(units, own=request.actor.unit_id)
    status = 200
    if request.method == "POST":
        made: list[Approval | None] = []
        if form.is_valid() and run_into_form(form, lambda: made.append(_make(request, form))):
            messages.success(request, "Đã gửi đề xuất.")
            approval = made[0]
            return redirect("approval", approval.pk) if approval is not None else redirect("proposal-list")
        status = 400
    one = units[0][1] if len(units) == 1 else ""
    return render(request, "approvals/propose.html", {"form": form, "unit": one}, status=status)


def _make(request: ApprovalRequest, form: ProposalForm) -> Approval | None:
    data = form.cleaned_data
    proposal = make_proposal(data["unit"], data["subject"], data["content"], by=request.actor, now=request.now)
    return open_approval(FlowKind.PROPOSAL, proposal.pk)
