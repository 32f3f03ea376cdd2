"""Tổng quan."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workflow.queries.overview import BAR, load_overview
from workflow.web.navigation import OVERVIEW
from workflow.web.request import SiteRequest, number_from, require, today_of


@require_safe
def overview(request: SiteRequest) -> HttpResponse:
    """How one year's tasks stand, `?nam=2022`; every figure leads to the list that makes it."""
    require(request.actor, *OVERVIEW)
    today = today_of(request)
    asked = number_from(request.GET.get("nam"))
    year = asked if asked is not None and 2000 <= asked < 2100 else today.year
    shown = load_overview(request.actor, year, today=today)
    values = {"shown": shown, "bar": BAR}
    return render(request, "workflow/overview/page.html", values)
