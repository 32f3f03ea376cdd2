"""Việc của tôi."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from workflow.permissions import ADMINISTER, SEE
from workflow.queries.inbox import load_inbox
from workflow.web.request import SiteRequest, today_of


@require_safe
def my_work(request: SiteRequest) -> HttpResponse:
    """What waits for this person now; an administrator without tasks goes on to his own pages."""
    if not request.actor.holds(SEE) and request.actor.holds(ADMINISTER):
        return redirect("administration")
    groups = load_inbox(request.actor, today=today_of(request))
    return render(request, "workflow/inbox/my_work.html", {"groups": groups})
