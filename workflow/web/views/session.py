"""Signing in and out, the password, and in whose place one acts."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from workflow.actions.login import Admission, Door, change_password, enter_by_code, enter_by_password, record_logout
from workflow.choices import Gate
from workflow.core.errors import NotFound
from workflow.core.password import strength_rule
from workflow.forms import run_into_form
from workflow.queries.adminlist import find_person
from workflow.queries.password import has_factor
from workflow.queries.unit import delegations_for
from workflow.web.clock import site_now
from workflow.web.forms.session import CodeForm, PasswordForm, SignInForm
from workflow.web.gate import held_by, pass_gate, set_gates
from workflow.web.request import DELEGATION_KEY, SiteRequest, number_from, typed

BACKEND = "django.contrib.auth.backends.ModelBackend"

ENTERING_KEY = "entering"
"""Where the session of nobody keeps who gave the right password and is now asked for a code."""

CODE_LASTS = timedelta(minutes=5)
"""How long after the password the code may come."""

WRONG_CODE = "Mã không đúng hoặc đã dùng rồi. Hãy nhập mã đang hiện, hoặc một mã dự phòng chưa dùng."


def shut_words() -> str:
    """Return what every refusal says, whatever its reason: nobody learns from it which accounts there are."""
    return (
        "Tên đăng nhập hoặc mật khẩu không đúng. "
        f"Sau {settings.LOCKOUT_FAILURES} lần sai trong {settings.LOCKOUT_WINDOW_MINUTES} phút, tài khoản bị khóa "
        f"{settings.LOCKOUT_MINUTES} phút và nhập đúng cũng chưa vào được. Hãy thử lại sau, hoặc liên hệ quản trị."
    )


def _safe_next(request: HttpRequest) -> str:
    target = request.POST.get("next") or request.GET.get("next") or ""
    allowed = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if allowed else "/"


def _address(request: HttpRequest) -> str:
    return str(request.META.get("REMOTE_ADDR", ""))


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in(request: HttpRequest) -> HttpResponse:
    """Ask name and password. A wrong name, a wrong password and a locked account get the same answer."""
    if request.user.is_authenticated:
        return redirect("my-work")
    form = SignInForm(typed(request))
    if request.method == "POST" and form.is_valid():
        name = form.cleaned_data["username"].strip()
        person = authenticate(request, username=name, password=form.cleaned_data["password"])
        admission = enter_by_password(
            name, right=person is not None, address=_address(request), now=site_now(), now_real=timezone.now()
        )
        if admission.door is Door.OPEN:
            return _welcome(request, admission, _safe_next(request))
        if admission.door is Door.CODE:
            return _ask_code(request, admission)
        form.add_error(None, shut_words())
    status = 400 if form.errors else 200
    return render(request, "workflow/session/sign_in.html", {"form": form, "next": _safe_next(request)}, status=status)


def _ask_code(request: HttpRequest, admission: Admission) -> HttpResponse:
    assert admission.person is not None  # noqa: S101 -- an open door names its person
    request.session.cycle_key()
    request.session[ENTERING_KEY] = {
        "person": admission.person.pk,
        "password": admission.person.get_session_auth_hash(),
        "until": (timezone.now() + CODE_LASTS).timestamp(),
        "next": _safe_next(request),
    }
    return redirect("sign-in-code")


def _welcome(request: HttpRequest, admission: Admission, after: str) -> HttpResponse:
    """Begin a session under a new key."""
    assert admission.person is not None  # noqa: S101 -- an open door names its person
    request.session.pop(ENTERING_KEY, None)
    login(request, admission.person, backend=BACKEND)
    request.session["address"] = _address(request)
    request.session["device"] = request.headers.get("User-Agent", "")[:300]
    return redirect(set_gates(request, admission.gates, after))


@login_not_required
@never_cache
@sensitive_post_parameters("code")
@require_http_methods(["GET", "HEAD", "POST"])
def sign_in_code(request: HttpRequest) -> HttpResponse:
    """Ask the code of the second factor of who gave the right password a few minutes ago in this browser."""
    entering = request.session.get(ENTERING_KEY)
    if request.user.is_authenticated or entering is None:
        return redirect("my-work")
    person = find_person(entering["person"])
    same = constant_time_compare(person.get_session_auth_hash(), entering["password"])
    if not same or timezone.now().timestamp() > entering["until"]:
        return _begin_again(request, "Đã quá thời gian nhập mã. Hãy đăng nhập lại từ đầu.")
    form = CodeForm(typed(request))
    if request.method == "POST" and form.is_valid():
        admission = enter_by_code(
            person.pk, form.cleaned_data["code"], address=_address(request), now=site_now(), now_real=timezone.now()
        )
        if admission.door is Door.OPEN:
            return _welcome(request, admission, entering["next"])
        if admission.door is Door.SHUT:
            return _begin_again(request, shut_words())
        form.add_error("code", WRONG_CODE)
    return render(request, "workflow/session/code.html", {"form": form}, status=400 if form.errors else 200)


def _begin_again(request: HttpRequest, words: str) -> HttpResponse:
    request.session.flush()
    messages.error(request, words)
    return redirect("sign-in")


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
    form = PasswordForm(strength_rule(second_factor=has_factor(request.user)), typed(request))

    def change() -> None:
        old, new = form.cleaned_data["old_password"], form.cleaned_data["new_password"]
        request.user = change_password(old, new, by=request.actor, now=request.now)

    if request.method == "POST" and form.is_valid() and run_into_form(form, change):
        after = pass_gate(request, Gate.PASSWORD, "profile")
        update_session_auth_hash(request, request.user)
        messages.success(request, "Đã đổi mật khẩu. Các phiên đăng nhập khác của ông/bà đã kết thúc.")
        return redirect(after)
    values = {"form": form, "forced": held_by(request) == Gate.PASSWORD}
    return render(request, "workflow/session/password.html", values, status=400 if form.errors else 200)


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
