"""People and their places."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.unit import appoint, close_person, end_membership, open_person
from workflow.permissions import ADMINISTER
from workflow.queries.adminlist import find_person, list_persons
from workflow.queries.candidates import all_units
from workflow.queries.login import account_state
from workflow.web.forms.administration import AppointForm, ClosePersonForm, EndForm, PersonForm
from workflow.web.request import SiteRequest, number_from, require, today_of, typed
from workflow.web.views.administration.form import form_page
from workflow.web.views.administration.unit import offer


@require_safe
def person_list(request: SiteRequest) -> HttpResponse:
    """Everybody with an account."""
    require(request.actor, ADMINISTER)
    text = request.GET.get("chu", "")[:120]
    page = list_persons(today_of(request), text=text, page=number_from(request.GET.get("trang")) or 1)
    return render(request, "workflow/administration/persons.html", {"page": page, "text": text})


@require_safe
def person_page(request: SiteRequest, person_id: int) -> HttpResponse:
    """One person's account and places."""
    require(request.actor, ADMINISTER)
    person = find_person(person_id)
    values = {"person": person, "account": account_state(person, now_real=timezone.now())}
    return render(request, "workflow/administration/person.html", values)


@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def person_open(request: SiteRequest) -> HttpResponse:
    """Open an account."""
    require(request.actor, ADMINISTER)
    form = PersonForm(typed(request))
    return form_page(
        request,
        form,
        lambda: open_person(**form.cleaned_data, by=request.actor, now=request.now),
        title="Thêm người dùng",
        button="Thêm người dùng",
        done="Đã thêm người dùng. Hãy bổ nhiệm vị trí công tác để người này làm việc được.",
        after=reverse("person-list"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_close(request: SiteRequest, person_id: int) -> HttpResponse:
    """Close an account; nothing is deleted."""
    require(request.actor, ADMINISTER)
    person = find_person(person_id)
    form = ClosePersonForm(typed(request))
    return form_page(
        request,
        form,
        lambda: close_person(person_id, form.cleaned_data["closed_on"], by=request.actor, now=request.now),
        title=f"Đóng tài khoản của {person.full_name}",
        button="Đóng tài khoản",
        done="Đã đóng tài khoản.",
        after=reverse("person", args=[person_id]),
        consequence="Người này không đăng nhập được nữa; mọi vị trí công tác kết thúc. Nhật ký vẫn giữ tên.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def person_appoint(request: SiteRequest, person_id: int) -> HttpResponse:
    """Give a person a place."""
    require(request.actor, ADMINISTER)
    person = find_person(person_id)
    form = AppointForm(typed(request))
    offer(form.fields["unit_id"], all_units(today_of(request)))
    return form_page(
        request,
        form,
        lambda: appoint(person_id, **form.cleaned_data, by=request.actor, now=request.now),
        title=f"Bổ nhiệm {person.full_name}",
        button="Bổ nhiệm",
        done="Đã bổ nhiệm.",
        after=reverse("person", args=[person_id]),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def membership_end(request: SiteRequest, person_id: int, membership_id: int) -> HttpResponse:
    """End a place."""
    require(request.actor, ADMINISTER)
    person = find_person(person_id)
    form = EndForm(typed(request))
    return form_page(
        request,
        form,
        lambda: end_membership(membership_id, form.cleaned_data["ended_on"], by=request.actor, now=request.now),
        title=f"Kết thúc vị trí của {person.full_name}",
        button="Kết thúc vị trí",
        done="Đã kết thúc vị trí công tác.",
        after=reverse("person", args=[person_id]),
    )
