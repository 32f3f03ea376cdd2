"""Units and delegations."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.unit import UnitFacts, close_unit, delegate, open_unit, revoke_delegation
from workflow.forms import PickField
from workflow.permissions import ADMINISTER
from workflow.queries.adminlist import find_unit, list_delegations, list_units
from workflow.queries.candidates import all_units, memberships_in_force, open_persons
from workflow.web.forms.administration import CloseUnitForm, DelegateForm, RevokeForm, UnitForm
from workflow.web.request import SiteRequest, require, today_of, typed
from workflow.web.views.administration.form import form_page


def offer(field: object, pairs: list[tuple[int, str]]) -> None:
    """Give a picking field its choices."""
    if isinstance(field, PickField):
        field.offer(pairs)


@require_safe
def administration(request: SiteRequest) -> HttpResponse:
    """The way in."""
    require(request.actor, ADMINISTER)
    return render(request, "workflow/administration/index.html")


@require_safe
def unit_list(request: SiteRequest) -> HttpResponse:
    """Every unit."""
    require(request.actor, ADMINISTER)
    return render(request, "workflow/administration/units.html", {"units": list_units(today_of(request))})


@require_http_methods(["GET", "HEAD", "POST"])
def unit_open(request: SiteRequest) -> HttpResponse:
    """Open a unit."""
    require(request.actor, ADMINISTER)
    form = UnitForm(typed(request))
    units = list_units(today_of(request))
    form.fields["parent_code"].choices = [("", "– Không –"), *((unit.code, unit.name) for unit in units)]  # type: ignore[attr-defined]
    return form_page(
        request,
        form,
        lambda: open_unit(UnitFacts(**form.cleaned_data), by=request.actor, now=request.now),
        title="Thêm đơn vị",
        button="Thêm đơn vị",
        done="Đã thêm đơn vị.",
        after=reverse("unit-list"),
    )


@require_http_methods(["GET", "HEAD", "POST"])
def unit_close(request: SiteRequest, unit_id: int) -> HttpResponse:
    """Close a unit; its open work passes on."""
    require(request.actor, ADMINISTER)
    unit = find_unit(unit_id)
    form = CloseUnitForm(typed(request))
    offer(form.fields["successor_id"], [pair for pair in all_units(today_of(request)) if pair[0] != unit.pk])
    return form_page(
        request,
        form,
        lambda: close_unit(unit_id, **form.cleaned_data, by=request.actor, now=request.now),
        title=f"Đóng {unit.name}",
        button="Đóng đơn vị",
        done="Đã đóng đơn vị.",
        after=reverse("unit-list"),
        consequence="Đơn vị không bị xóa: nhật ký và văn bản cũ vẫn nêu tên. Nhiệm vụ còn mở chuyển cho đơn vị kế "
        "thừa, mọi vị trí công tác trong đơn vị kết thúc.",
    )


@require_safe
def delegation_list(request: SiteRequest) -> HttpResponse:
    """Every delegation."""
    require(request.actor, ADMINISTER)
    return render(request, "workflow/administration/delegations.html", {"delegations": list_delegations()})


@require_http_methods(["GET", "HEAD", "POST"])
def delegation_open(request: SiteRequest) -> HttpResponse:
    """Record a delegation."""
    require(request.actor, ADMINISTER)
    form = DelegateForm(typed(request))
    today = today_of(request)
    offer(form.fields["membership_id"], memberships_in_force(today))
    offer(form.fields["delegate_id"], open_persons(today))
    return form_page(
        request,
        form,
        lambda: delegate(**form.cleaned_data, by=request.actor, now=request.now),
        title="Ghi ủy quyền",
        button="Ghi ủy quyền",
        done="Đã ghi ủy quyền.",
        after=reverse("delegation-list"),
        consequence="Trong thời gian ủy quyền, người được ủy quyền làm thay được mọi việc của vị trí này; từng việc "
        "đều ghi rõ tư cách trong nhật ký.",
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delegation_revoke(request: SiteRequest, delegation_id: int) -> HttpResponse:
    """Revoke a delegation."""
    require(request.actor, ADMINISTER)
    form = RevokeForm(typed(request))
    return form_page(
        request,
        form,
        lambda: revoke_delegation(delegation_id, form.cleaned_data["revoked_on"], by=request.actor, now=request.now),
        title="Thu hồi ủy quyền",
        button="Thu hồi ủy quyền",
        done="Đã thu hồi ủy quyền.",
        after=reverse("delegation-list"),
    )
