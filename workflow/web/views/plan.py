"""Kế hoạch: the appendix as printed with its live state, and two years side by side."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from workflow.core.errors import NotPermitted
from workflow.queries.plan import compare_plans, read_plan_page
from workflow.queries.planlist import list_plans, plan_of_year
from workflow.web.navigation import works_here
from workflow.web.request import SiteRequest, number_from, today_of


def _inside(request: SiteRequest) -> None:
    if not works_here(request.actor):
        raise NotPermitted("Kế hoạch dành cho người của Sở.")


@require_safe
def plan_list(request: SiteRequest) -> HttpResponse:
    """Every plan."""
    _inside(request)
    return render(request, "workflow/plan/list.html", {"plans": list_plans()})


@require_safe
def plan_page(request: SiteRequest, year: int) -> HttpResponse:
    """One plan as the paper prints it."""
    _inside(request)
    page = read_plan_page(plan_of_year(year).pk, actor=request.actor, today=today_of(request))
    return render(request, "workflow/plan/page.html", {"page": page, "plan": page.plan})


@require_safe
def plan_compare(request: SiteRequest) -> HttpResponse:
    """Two years side by side; without a choice, the two newest."""
    _inside(request)
    plans = list_plans()
    years = sorted({plan.year for plan in plans})
    former, latter = number_from(request.GET.get("nam")), number_from(request.GET.get("voi"))
    if former is None or latter is None:
        former, latter = (years[-2], years[-1]) if len(years) > 1 else (None, None)
    comparison = compare_plans(former, latter) if former and latter and former != latter else None
    values = {"comparison": comparison, "years": years, "chosen": (former, latter)}
    return render(request, "workflow/plan/compare.html", values)
