"""Opening tasks that no plan names: UBND tỉnh's, and dossiers."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from workflow.actions.task import open_dossier, open_province_task
from workflow.forms import run_into_form
from workflow.permissions import DECIDE, DO, URGE
from workflow.queries.candidates import owing_units
from workflow.web.forms.task import DossierForm, ProvinceTaskForm
from workflow.web.request import SiteRequest, require, today_of, typed


@require_http_methods(["GET", "HEAD", "POST"])
def province_task(request: SiteRequest) -> HttpResponse:
    """Open a task that UBND tỉnh assigned."""
    require(request.actor, URGE, DECIDE)
    actor = request.actor
    units = actor.units(URGE) | actor.units(DECIDE)
    form = ProvinceTaskForm(typed(request))
    form.fields["unit_id"].offer(pair for pair in owing_units(today_of(request)) if pair[0] in units)  # type: ignore[attr-defined]
    opened: list[int] = []

    def run() -> None:
        opened.append(open_province_task(**form.cleaned_data, by=actor, now=request.now).pk)

    if request.method == "POST" and form.is_valid() and run_into_form(form, run):
        messages.success(request, "Đã mở việc UBND tỉnh giao.")
        return redirect("task", opened[0])
    values = {
        "form": form,
        "title": "Mở việc UBND tỉnh giao",
        "button": "Mở nhiệm vụ",
        "consequence": "Đơn vị chủ trì nhận việc ngay. Cơ quan được lấy ý kiến cho việc này mà trả lời chậm thì phải "
        "báo cáo UBND tỉnh, không qua đôn đốc.",
    }
    return render(request, "workflow/task/open.html", values, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def dossier(request: SiteRequest) -> HttpResponse:
    """Open a dossier of an administrative procedure."""
    require(request.actor, DO)
    actor = request.actor
    units = actor.units(DO)
    form = DossierForm(typed(request))
    form.fields["unit_id"].offer(pair for pair in owing_units(today_of(request)) if pair[0] in units)  # type: ignore[attr-defined]
    opened: list[int] = []

    def run() -> None:
        opened.append(open_dossier(**form.cleaned_data, by=actor, now=request.now).pk)

    if request.method == "POST" and form.is_valid() and run_into_form(form, run):
        messages.success(request, "Đã mở hồ sơ.")
        return redirect("task", opened[0])
    values = {
        "form": form,
        "title": "Mở hồ sơ thủ tục hành chính",
        "button": "Mở hồ sơ",
        "consequence": "Thời gian xử lý quyết định việc đôn đốc cơ quan được lấy ý kiến: hết thời gian mà chưa có trả "
        "lời thì phải báo cáo UBND tỉnh.",
    }
    return render(request, "workflow/task/open.html", values, status=400 if form.errors else 200)
