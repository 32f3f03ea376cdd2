"""Lịch: the month's deadlines, the days off, and a person's own address for another calendar program."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from workflow.actions.calendar import remove_calendar_day, set_calendar_day
from workflow.actions.feed import make_feed, revoke_feed
from workflow.adapters.ics import Entry, write_ics
from workflow.core.errors import NotFound
from workflow.forms import run_into_form
from workflow.permissions import ADMINISTER, SEE
from workflow.queries.calendar import preview_calendar_change
from workflow.queries.daylist import calendar_day, calendar_year
from workflow.queries.feed import feed_owner, feed_tasks, open_feed
from workflow.queries.month import month_of
from workflow.queries.rulebook import load_rulebook
from workflow.web.clock import site_now
from workflow.web.forms.administration import CalendarDayForm, RemoveDayForm
from workflow.web.request import SiteRequest, number_from, require, today_of, typed

WEEKDAYS = ("Thứ Hai", "Thứ Ba", "Thứ Tư", "Thứ Năm", "Thứ Sáu", "Thứ Bảy", "Chủ nhật")
FIRST_YEAR, LAST_YEAR = 2000, 2100


@require_safe
def month_page(request: SiteRequest) -> HttpResponse:
    """What is due on each day of one month, `?thang=2022-11`."""
    require(request.actor, SEE)
    today = today_of(request)
    first = _month(request.GET.get("thang")) or today.replace(day=1)
    month = month_of(request.actor, first, today=today, calendar=load_rulebook().calendar)
    return render(request, "workflow/calendar/month.html", {"month": month, "weekdays": WEEKDAYS})


def _month(text: str | None) -> date | None:
    try:
        first = date.fromisoformat(f"{text}-01")
    except ValueError:
        return None
    return first if FIRST_YEAR <= first.year < LAST_YEAR else None


@require_safe
def feed_page(request: SiteRequest) -> HttpResponse:
    """Whether the person has an address of his own, and how to use one."""
    require(request.actor, SEE)
    return render(request, "workflow/calendar/feed.html", {"feed": open_feed(request.actor)})


@require_POST
def feed_make(request: SiteRequest) -> HttpResponse:
    """Make an address; it is shown on this very answer and never again."""
    require(request.actor, SEE)
    token = make_feed(by=request.actor, now=request.now)
    address = request.build_absolute_uri(reverse("calendar-feed", args=[token]))
    return render(request, "workflow/calendar/feed.html", {"feed": open_feed(request.actor), "address": address})


@require_POST
def feed_revoke(request: SiteRequest) -> HttpResponse:
    """End the address."""
    revoke_feed(by=request.actor, now=request.now)
    messages.success(request, "Đã thu hồi địa chỉ lịch. Chương trình đang dùng địa chỉ đó không đọc được nữa.")
    return redirect("calendar-feed-page")


@login_not_required
@require_safe
def feed(request: HttpRequest, token: str) -> HttpResponse:
    """The deadlines as an iCalendar file, for whoever has the address: what its owner may see now."""
    now = site_now()
    owner = feed_owner(token, now=now)
    entries = [
        Entry(
            uid=f"nhiem-vu-{task.pk}@{request.get_host()}",
            day=task.due_on,
            title=f"Hạn: {task.title}",
            text=f"{task.unit.name if task.unit else 'Chưa có đơn vị chủ trì'}. {task.clause}".strip(),
            address=request.build_absolute_uri(reverse("task", args=[task.pk])),
        )
        for task in feed_tasks(owner, now=now)
        if task.due_on is not None
    ]
    content = write_ics(f"Đôn đốc: {owner.name}", entries, now=now)
    answer = HttpResponse(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = 'inline; filename="don-doc.ics"'
    answer.headers["Cache-Control"] = "no-store, private"
    return answer


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
