"""Nhật ký, for the inspector; each look is itself recorded."""

from __future__ import annotations

from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workflow.actions.inspection import look_at_trail
from workflow.adapters.pdf.trail import print_trail
from workflow.core.errors import Invalid
from workflow.core.eventname import EVENT_LABELS
from workflow.permissions import INSPECT
from workflow.queries.trailextract import MOST_ROWS, extract_trail
from workflow.queries.traillist import Sought, search_trail
from workflow.web.forms.trail import TrailForm
from workflow.web.request import SiteRequest, number_from, require


def _sought(form: TrailForm) -> Sought:
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    return Sought(
        task=asked.get("nhiem_vu") or "",
        person=asked.get("nguoi") or "",
        name=asked.get("su_kien") or "",
        since=asked.get("tu_ngay"),
        until=asked.get("den_ngay"),
    )


def _kept(request: SiteRequest) -> dict[str, str]:
    return {name: value for name in TrailForm.base_fields if (value := request.GET.get(name))}


@require_safe
def trail(request: SiteRequest) -> HttpResponse:
    """Events by task, person, name and dates."""
    require(request.actor, INSPECT)
    form = TrailForm(request.GET or None)
    sought = _sought(form)
    after = number_from(request.GET.get("sau"))
    kept = _kept(request)
    look_at_trail(kept | ({"sau": str(after)} if after else {}), by=request.actor, now=request.now)
    page = search_trail(sought, after=after)
    values = {"form": form, "page": page, "kept": urlencode(kept), "names": EVENT_LABELS, "most": MOST_ROWS}
    return render(request, "workflow/trail/page.html", values, status=400 if form.errors else 200)


@require_safe
def trail_extract(request: SiteRequest) -> HttpResponse:
    """The events now sought, printed; the look is recorded as every look is, with the word that it was printed.

    :raises Invalid: when what is sought makes no sense.
    """
    require(request.actor, INSPECT)
    form = TrailForm(request.GET or None)
    sought = _sought(form)
    if form.errors:
        raise Invalid(" ".join(message for _target, message in form.wrong_fields()))
    look_at_trail(_kept(request) | {"trich_xuat": "pdf"}, by=request.actor, now=request.now)
    extract = extract_trail(sought, asked_by=request.actor, now=request.now)
    headers = {"Content-Disposition": f'attachment; filename="trich-xuat-nhat-ky-{extract.asked_at:%Y%m%d-%H%M}.pdf"'}
    return HttpResponse(print_trail(extract).content, content_type="application/pdf", headers=headers)
