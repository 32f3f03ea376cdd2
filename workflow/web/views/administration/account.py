"""What an administrator does at the doors of another's account."""

from __future__ import annotations

from django.http import HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from workflow.actions.unit import end_sessions_of, reset_factor, reset_password, unlock_person
from workflow.forms import PlainForm
from workflow.permissions import ADMINISTER
from workflow.queries.adminlist import find_person
from workflow.web.forms.administration import FirstPasswordForm, ReasonForm
from workflow.web.request import SiteRequest, require, typed
from workflow.web.views.administration.form import form_page


@require_http_methods(["GET", "HEAD", "POST"])
def person_unlock(request: SiteRequest, person_id: int) -> HttpResponse:
    """Let a person who is locked out try again."""
    require(request.actor, ADMINISTER)
    person = find_person(person_id)
    return form_page(
        request,
        PlainForm(typed(request)),
        lambda: unlock_person(person_id, by=request.actor, now=request.now, now_real=timezone.now()),
        title=f"Mở khóa đăng nhập của {person.full_name}",
        button="Mở khóa",
        done="Đã mở khóa. Người này đăng nhập được ngay.",
        after=reverse("person", args=[person_id]),
        consequence="Người này đăng nhập lại được ngay bằng mật khẩu đang có. Hãy chắc chắn đúng người đề nghị.",
    )


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def person_password(request: SiteRequest, person_id: int) -> HttpResponse:
    """Give a person who lost his password a new first one."""
    require(request.actor, ADMINISTER)
    person = find_person(person_id)
    form = FirstPasswordForm(typed(request))
    return form_page(
        request,
        form,
        lambda: reset_password(person_id, form.cleaned_data["password"], by=request.actor, now=request.now),
        title=f"Đặt lại mật khẩu của {person.full_name}",
        button="Đặt lại mật khẩu",
        done="Đã đặt lại mật khẩu. Người này phải đổi mật khẩu ở lần đăng nhập tới.",
        after=reverse("person", args=[person_id]),
        consequence="Mọi phiên đăng nhập của người này kết thúc; khóa do nhập sai được mở; người này được báo ngay.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_factor(request: SiteRequest, person_id: int) -> HttpResponse:
    """Take away the second factor of a person who lost his telephone and his recovery codes."""
    require(request.actor, ADMINISTER)
    person = find_person(person_id)
    form = ReasonForm(typed(request))
    return form_page(
        request,
        form,
        lambda: reset_factor(person_id, form.cleaned_data["reason"], by=request.actor, now=request.now),
        title=f"Bỏ xác thực hai bước của {person.full_name}",
        button="Bỏ xác thực hai bước",
        done="Đã bỏ xác thực hai bước. Người này phải đặt mật khẩu mới ở lần đăng nhập tới.",
        after=reverse("person", args=[person_id]),
        consequence="Mọi phiên đăng nhập của người này kết thúc; lần sau chỉ hỏi mật khẩu, rồi bắt đặt mật khẩu mới, "
        "và, nếu vai trò đòi hỏi, đặt lại xác thực hai bước. Người này được báo ngay.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_sessions(request: SiteRequest, person_id: int) -> HttpResponse:
    """End every session of a person."""
    require(request.actor, ADMINISTER)
    person = find_person(person_id)
    return form_page(
        request,
        PlainForm(typed(request)),
        lambda: end_sessions_of(person_id, by=request.actor, now=request.now),
        title=f"Kết thúc mọi phiên đăng nhập của {person.full_name}",
        button="Kết thúc mọi phiên",
        done="Đã kết thúc mọi phiên đăng nhập của người này.",
        after=reverse("person", args=[person_id]),
        consequence="Người này phải đăng nhập lại trên mọi máy; nội dung đang gõ dở mà chưa gửi sẽ mất.",
    )
