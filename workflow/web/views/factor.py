"""Xác thực hai bước: setting it, its recovery codes, giving it up."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.login import confirm_factor, drop_factor, renew_codes
from workflow.adapters.secondfactor import draw_code, enrolment_address, new_secret, seal, unseal
from workflow.choices import Gate
from workflow.core.errors import NotFound, WrongState
from workflow.forms import run_into_form
from workflow.queries.password import has_factor
from workflow.web.forms.session import FactorForm, OwnPasswordForm
from workflow.web.gate import held_by, pass_gate
from workflow.web.request import SiteRequest, typed

SECRET_KEY = "factor_secret"  # noqa: S105 -- the name of a place in the session
"""Where the session keeps, sealed, the secret that is being taken over into a telephone."""


def _secret(request: SiteRequest) -> str:
    sealed = request.session.get(SECRET_KEY)
    return unseal(sealed) if sealed else ""


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: SiteRequest) -> HttpResponse:
    """Show the QR code and take the first code; then show the recovery codes, once.

    :raises WrongState: when there is a second factor already.
    """
    if has_factor(request.user):
        raise WrongState("Tài khoản đã có xác thực hai bước. Xem ở trang Hồ sơ.")
    secret = _secret(request)
    if not secret:
        secret = new_secret()
        request.session[SECRET_KEY] = seal(secret)
    form = FactorForm(typed(request))
    codes: list[str] = []

    def confirm() -> None:
        typed_code = form.cleaned_data["code"]
        codes.extend(confirm_factor(secret, typed_code, by=request.actor, now=request.now, now_real=timezone.now()))

    if request.method == "POST" and form.is_valid() and run_into_form(form, confirm):
        del request.session[SECRET_KEY]
        return _codes_page(request, codes, pass_gate(request, Gate.FACTOR, reverse("profile")))
    values = {
        "form": form,
        "secret": " ".join(secret[first : first + 4] for first in range(0, len(secret), 4)),
        "forced": held_by(request) == Gate.FACTOR,
    }
    return render(request, "workflow/session/factor.html", values, status=400 if form.errors else 200)


def _codes_page(request: SiteRequest, codes: list[str], after: str) -> HttpResponse:
    address = after if after.startswith("/") else reverse(after)
    return render(request, "workflow/session/codes.html", {"codes": codes, "after": address})


@require_safe
def factor_picture(request: SiteRequest) -> HttpResponse:
    """The QR code of the secret that is being taken over, as a picture of its own so that the CSP stays strict.

    :raises NotFound: when nothing is being taken over.
    """
    secret = _secret(request)
    if not secret:
        raise NotFound
    picture = draw_code(enrolment_address(secret, request.user.username))
    return HttpResponse(picture, content_type="image/svg+xml", headers={"Cache-Control": "no-store, private"})


@sensitive_variables()
@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def codes_renew(request: SiteRequest) -> HttpResponse:
    """Make ten new recovery codes; the former ones no longer count."""
    form = OwnPasswordForm(typed(request))
    codes: list[str] = []

    def renew() -> None:
        codes.extend(renew_codes(form.cleaned_data["password"], by=request.actor, now=request.now))

    if request.method == "POST" and form.is_valid() and run_into_form(form, renew):
        return _codes_page(request, codes, "profile")
    return _password_page(
        request,
        form,
        title="Tạo lại mã dự phòng",
        button="Tạo mười mã mới",
        consequence="Mười mã dự phòng mới thay các mã cũ; mã cũ, đã dùng hay chưa, không còn dùng được.",
    )


@sensitive_post_parameters()
@require_http_methods(["GET", "HEAD", "POST"])
def factor_drop(request: SiteRequest) -> HttpResponse:
    """Give up one's own second factor, where policy does not ask it."""
    form = OwnPasswordForm(typed(request))
    if (
        request.method == "POST"
        and form.is_valid()
        and run_into_form(form, lambda: drop_factor(form.cleaned_data["password"], by=request.actor, now=request.now))
    ):
        messages.success(request, "Đã bỏ xác thực hai bước.")
        return redirect("profile")
    return _password_page(
        request,
        form,
        title="Bỏ xác thực hai bước",
        button="Bỏ xác thực hai bước",
        consequence="Lần đăng nhập sau chỉ hỏi mật khẩu, và ông/bà phải đặt một mật khẩu mới, dài hơn. "
        "Các mã dự phòng không còn dùng được.",
    )


def _password_page(
    request: SiteRequest, form: OwnPasswordForm, *, title: str, button: str, consequence: str
) -> HttpResponse:
    values = {"form": form, "title": title, "button": button, "consequence": consequence}
    return render(request, "workflow/session/confirm.html", values, status=400 if form.errors else 200)
