"""The identifiers of the bodies that receive documents."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.document.organ import set_organ_id
from workflow.permissions import ADMINISTER
from workflow.queries.organ import find_organ, list_organs
from workflow.web.forms.organ import OrganForm
from workflow.web.request import SiteRequest, require, today_of, typed
from workflow.web.views.administration.form import form_page


@require_safe
def organ_list(request: SiteRequest) -> HttpResponse:
    """Every body outside the department with its identifier of today."""
    require(request.actor, ADMINISTER)
    return render(request, "workflow/administration/organs.html", {"bodies": list_organs(today_of(request))})


@require_http_methods(["GET", "HEAD", "POST"])
def organ_set(request: SiteRequest, unit_id: int) -> HttpResponse:
    """Write a body's identifier from a day on; at first from the day since when the body is in the list."""
    require(request.actor, ADMINISTER)
    body = find_organ(unit_id, today_of(request))
    since = body.since or body.unit.valid_from
    form = OrganForm(typed(request), initial={"organ_id": body.organ_id, "valid_from": since})
    return form_page(
        request,
        form,
        lambda: set_organ_id(unit_id, **form.cleaned_data, by=request.actor, now=request.now),
        title=f"Mã định danh của {body.unit.name}",
        button="Lưu mã định danh",
        done=f"Đã lưu mã định danh của {body.unit.name}.",
        after=reverse("organ-list"),
        consequence="Gói edXML của văn bản phát hành từ ngày này dùng mã mới; gói đã xuất không đổi.",
    )
