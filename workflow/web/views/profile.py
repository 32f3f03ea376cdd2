"""Hồ sơ: one's own account, letters and sessions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from workflow.actions.login import end_other_sessions, end_session
from workflow.actions.notification import choose_letters
from workflow.forms import run_into_form
from workflow.queries.login import load_profile, sessions_of
from workflow.web.forms.session import LettersForm
from workflow.web.request import SiteRequest, today_of


def _page(request: SiteRequest, form: LettersForm, *, status: int = 200) -> HttpResponse:
    values = {
        "profile": load_profile(request.user, today_of(request)),
        "sessions": sessions_of(request.user.pk, this=request.session.session_key, now_real=timezone.now()),
        "form": form,
    }
    return render(request, "workflow/session/profile.html", values, status=status)


@require_safe
def profile(request: SiteRequest) -> HttpResponse:
    """Everything about one's own account, with what may be changed."""
    person = request.user
    chosen = {"email": person.email, "digest": person.digest_by_mail, "urgent": person.urgent_by_mail}
    return _page(request, LettersForm(initial=chosen))


@require_POST
def letters(request: SiteRequest) -> HttpResponse:
    """Choose which letters to get, and where."""
    form = LettersForm(request.POST)
    if form.is_valid() and run_into_form(
        form, lambda: choose_letters(**form.cleaned_data, by=request.actor, now=request.now)
    ):
        messages.success(request, "Đã ghi lựa chọn về thư thông báo.")
        return redirect(reverse("profile") + "#thu")
    return _page(request, form, status=400)


@require_POST
def session_end(request: SiteRequest) -> HttpResponse:
    """End one of one's own sessions, or all but this one."""
    handle = request.POST.get("session", "")
    if handle:
        end_session(handle, by=request.actor, now=request.now)
        messages.success(request, "Đã kết thúc phiên đăng nhập ấy.")
    else:
        ended = end_other_sessions(request.session.session_key, by=request.actor, now=request.now)
        messages.success(request, f"Đã kết thúc {ended} phiên đăng nhập khác.")
    return redirect(reverse("profile") + "#phien")
