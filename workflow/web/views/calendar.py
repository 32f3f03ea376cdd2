"""Lịch làm việc."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.calendar import remove_calendar_day, set_calendar_day
from workflow.core.errors import NotFound
from workflow.forms import run_into_form
from workflow.permissions import ADMINISTER
from workflow.queries.calendar import preview_calendar_change
from workflow.queries.daylist import calendar_day, calendar_year
from workflow.web.forms.administration import CalendarDayForm, RemoveDayForm
from workflow.web.request import SiteRequest, number_from, require, today_of, typed


@require_safe
def calendar_page(request: SiteRequest) -> HttpResponse:
    """The days off and make-up days of one year."""
    year = number_from(request.GET.get("nam")) or today_of(request).year
    shown = calendar_year(year if 1900 <= year <= 2200 else today_of(request).year)
    return render(
        request,
        "workflow/calendar/page.html",
        {"shown": shown, "may_edit": request.actor.holds(ADMINISTER)},
    )


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_set(request: SiteRequest) -> HttpResponse:
    """Set a day: first what would move is shown, then it is confirmed."""
    require(request.actor, ADMINISTER)
    form = CalendarDayForm(typed(request))
    moved = None
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        if request.POST.get("step") == "confirm":
            if run_into_form(form, lambda: set_calendar_day(**data, by=request.actor, now=request.now)):
                messages.success(request, f"Đã ghi ngày {data['day']:%d/%m/%Y} vào lịch.")
                return redirect(f"{reverse('calendar')}?nam={data['day'].year}")
        else:
            moved = preview_calendar_change(data["day"], data["kind"], on=today_of(request), actor=request.actor)
    values = {"form": form, "moved": moved, "moves": _moves(moved), "title": "Thêm hoặc sửa một ngày trong lịch"}
    return render(request, "workflow/calendar/change.html", values, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def calendar_remove(request: SiteRequest, text: str) -> HttpResponse:
    """Take a day out of the calendar, after showing what would move."""
    require(request.actor, ADMINISTER)
    day = _day(text)
    row = calendar_day(day)
    if row is None:
        raise NotFound(f"Ngày {day:%d/%m/%Y} không có trong lịch.")
    form = RemoveDayForm(typed(request))
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        if run_into_form(form, lambda: remove_calendar_day(day, reason, by=request.actor, now=request.now)):
            messages.success(request, f"Đã bỏ ngày {day:%d/%m/%Y} khỏi lịch.")
            return redirect(f"{reverse('calendar')}?nam={day.year}")
    moved = preview_calendar_change(day, None, on=today_of(request), actor=request.actor)
    values = {
        "form": form,
        "moved": moved,
        "moves": _moves(moved),
        "row": row,
        "title": f"Bỏ ngày {day:%d/%m/%Y} ({row.name}) khỏi lịch",
    }
    return render(request, "workflow/calendar/change.html", values, status=400 if form.errors else 200)


def _moves(moved: list[tuple[str, date, date]] | None) -> list[tuple[date, date, int, list[str]]]:
    """Gather the deadlines that move alike: old day, new day, how many, the codes that the person may read."""
    alike: dict[tuple[date, date], list[str]] = {}
    for code, old, new in moved or []:
        alike.setdefault((old, new), []).append(code)
    return [(old, new, len(codes), [code for code in codes if code]) for (old, new), codes in sorted(alike.items())]


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise NotFound from None
