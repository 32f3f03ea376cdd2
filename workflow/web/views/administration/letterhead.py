"""How the issuing bodies name themselves on documents, by date."""

from __future__ import annotations

from dataclasses import asdict

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.document import LetterheadFacts, set_letterhead
from workflow.permissions import ADMINISTER
from workflow.queries.letterhead import find_body, list_letterheads
from workflow.web.forms.administration import LetterheadForm
from workflow.web.request import SiteRequest, require, today_of, typed
from workflow.web.views.administration.form import form_page


@require_safe
def letterhead_list(request: SiteRequest) -> HttpResponse:
    """Every issuing body with its names by date."""
    require(request.actor, ADMINISTER)
    bodies = list_letterheads(today_of(request))
    return render(request, "workflow/administration/letterheads.html", {"bodies": bodies})


@require_http_methods(["GET", "HEAD", "POST"])
def letterhead_set(request: SiteRequest, body_id: int) -> HttpResponse:
    """Write how a body names itself from a day on, beginning from what is in force."""
    require(request.actor, ADMINISTER)
    body = find_body(body_id, today_of(request))
    form = LetterheadForm(typed(request), initial={**asdict(body.head), "valid_from": body.first_day})
    return form_page(
        request,
        form,
        lambda: set_letterhead(body_id, LetterheadFacts(**form.cleaned_data), by=request.actor, now=request.now),
        title=f"Tên in trên văn bản của {body.unit.name}",
        button="Lưu tên in",
        done="Đã lưu tên in trên văn bản.",
        after=reverse("letterhead-list"),
        consequence="Văn bản phát hành từ ngày ghi dưới đây in theo các tên này, kể cả dự thảo soạn trước đó. Văn bản "
        "đã phát hành không đổi. Ghi trùng ngày với một dòng đã có thì dòng đó được thay, nhật ký giữ nội dung cũ.",
    )
