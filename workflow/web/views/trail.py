"""Nhật ký, for the inspector; each look is itself recorded."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workflow.actions.inspection import look_at_trail
from workflow.core.eventname import EVENT_LABELS
from workflow.permissions import INSPECT
from workflow.queries.traillist import Sought, search_trail
from workflow.web.forms.trail import TrailForm
from workflow.web.request import SiteRequest, number_from, require


@require_safe
def trail(request: SiteRequest) -> HttpResponse:
    """Events by task, person, name and dates."""
    require(request.actor, INSPECT)
    form = TrailForm(request.GET or None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    sought = Sought(
        task=asked.get("nhiem_vu") or "",
        person=asked.get("nguoi") or "",
        name=asked.get("su_kien") or "",
        since=asked.get("tu_ngay"),
        until=asked.get("den_ngay"),
    )
    after = number_from(request.GET.get("sau"))
    kept = {name: value for name in form.fields if (value := request.GET.get(name))}
    look_at_trail(kept | ({"sau": str(after)} if after else {}), by=request.actor, now=request.now)
    page = search_trail(sought, after=after)
    values = {"form": form, "page": page, "kept": urlencode(kept), "names": EVENT_LABELS}
    return render(request, "workflow/trail/page.html", values, status=400 if form.errors else 200)
