"""The request as the pages of the approvals know it: with the acting person and the moment."""

from __future__ import annotations

from datetime import date, datetime

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from approvals.models import Approval
from workflow.permissions import Actor

MAX_ID = 2**63 - 1

PLACES = {"viec": "my-work", "ban": "office-board"}
"""Where a decision may have been begun, and where it goes back to."""


class ApprovalRequest(HttpRequest):
    """A request that the site's middleware prepared.

    A view sets `way_back`, address and words, once it has found what the person sees: a refusal leads there.
    """

    actor: Actor
    now: datetime
    way_back: tuple[str, str]


def today_of(request: ApprovalRequest) -> date:
    """Return the local day of the request's moment."""
    return timezone.localdate(request.now)


def number_from(text: str | None) -> int | None:
    """Read a whole, positive number from an address or a form; None when it is none."""
    if text is None or not text.isascii() or not text.isdigit() or len(text) > len(str(MAX_ID)):
        return None
    number = int(text)
    return number if 0 < number <= MAX_ID else None


def place_of(request: ApprovalRequest) -> str:
    """Return the list from which the person came, "" when it was none."""
    place = request.POST.get("tu") or request.GET.get("tu") or ""
    return place if place in PLACES else ""


def back_from(request: ApprovalRequest, approval: Approval) -> str:
    """Return where to go after a decision: the list it was begun in, the task's approvals, or the approval."""
    place = place_of(request)
    if place:
        return reverse(PLACES[place])
    if approval.subject_id is not None:
        return reverse("task", args=[approval.subject_id]) + "#phe-duyet"
    return reverse("approval", args=[approval.pk])
