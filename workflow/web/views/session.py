"""Signing in and out, the password, and in whose place one acts."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.timezone import localdate
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from workflow.actions.login import change_password, record_login, record_logout, record_refused_login
from workflow.core.errors import NotFound
from workflow.queries.unit import delegations_for
from workflow.web.clock import site_now
from workflow.web.forms.session import PasswordForm, SignInForm
from workflow.web.request import DELEGATION_KEY, SiteRequest, number_from, typed

WRONG = "Tên đăng nhập hoặc mật khẩu không đúng. Hãy thử lại, hoặc liên hệ quản trị để đặt lại mật khẩu."


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else "/"


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask name and password. A wrong name and a wrong password get the same answer."""
    if request.user.is_authenticated:
        return redirect("my-work")
    form = SignInForm(typed(request))
    now = site_now()
    address = str(request.META.get("REMOTE_ADDR", ""))
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["username"].strip()
        person = authenticate(request, username=name, password=form.cleaned_data["password"])
        closed = person is not None and person.closed_on is not None and person.closed_on <= localdate(now)
        if person is not None and not closed:
            login(request, person)
            record_login(person.pk, address=address, now=now)
            return redirect(_safe_next(request))
        record_refused_login(name, address=address, now=now)
        form.add_error(None, WRONG)
    status = 400 if form.errors else 200
    return render(request, "workflow/session/sign_in.html", {"form": form, "next": _safe_next(request)}, status=status)


@require_POST
def sign_out(request: SiteRequest) -> HttpResponse:
    """End the session."""
    record_logout(by=request.actor, now=request.now)
    logout(request)
    return redirect("sign-in")


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def password(request: SiteRequest) -> HttpResponse:
    """Change one's own password; other sessions of the person end."""
    form = PasswordForm(request.user, typed(request))
    if request.method == "POST" and form.is_valid():
        change_password(form.cleaned_data["new_password"], by=request.actor, now=request.now)
        request.user.refresh_from_db()
        update_session_auth_hash(request, request.user)
        messages.success(request, "Đã đổi mật khẩu. Các phiên đăng nhập khác của ông/bà đã kết thúc.")
        return redirect("my-work")
    return render(request, "workflow/session/password.html", {"form": form}, status=400 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def capacity(request: SiteRequest) -> HttpResponse:
    """Choose whether to act for oneself or in another's place under a delegation in force.

    :raises NotFound: when the delegation chosen is not the person's.
    """
    found = list(delegations_for(request.user, request.now))
    if request.method != "POST":
        return render(request, "workflow/session/capacity.html", {"delegations": found})
    chosen = number_from(request.POST.get("delegation"))
    if chosen is None:
        request.session.pop(DELEGATION_KEY, None)
        messages.success(request, "Ông/bà đang làm việc với tư cách của chính mình.")
        return redirect("my-work")
    delegation = next((row for row in found if row.pk == chosen), None)
    if delegation is None:
        raise NotFound("Ủy quyền này không còn hiệu lực hoặc không phải của ông/bà.")
    request.session[DELEGATION_KEY] = delegation.pk
    messages.success(request, f"Ông/bà đang làm thay {delegation.membership.person.full_name}.")
    return redirect("my-work")
