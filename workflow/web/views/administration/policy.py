"""Policies and rules."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from workflow.actions.policy import set_policy
from workflow.adapters.rulefile import load_policy_kinds
from workflow.permissions import ADMINISTER
from workflow.queries.adminlist import list_policies, list_rules, policy_value
from workflow.web.forms.administration import PolicyForm
from workflow.web.request import SiteRequest, require, today_of, typed
from workflow.web.views.administration.form import form_page


@require_safe
def policy_list(request: SiteRequest) -> HttpResponse:
    """Every policy with its default, value, effective date, reason and who set it."""
    require(request.actor, ADMINISTER)
    policies = list_policies(today_of(request), load_policy_kinds())
    return render(request, "workflow/administration/policies.html", {"policies": policies})


@require_http_methods(["GET", "HEAD", "POST"])
def policy_set(request: SiteRequest, key: str) -> HttpResponse:
    """Set a policy's value from a day on."""
    require(request.actor, ADMINISTER)
    today = today_of(request)
    value = policy_value(key, today)
    kind = load_policy_kinds()[key]
    form = PolicyForm(kind, value, typed(request), initial={"valid_from": today})

    def run() -> None:
        data = form.cleaned_data
        set_policy(key, data["value"], data["valid_from"], data["reason"], by=request.actor, now=request.now)

    return form_page(
        request,
        form,
        run,
        title=kind.title,
        button="Đặt giá trị",
        done="Đã đặt giá trị mới.",
        after=reverse("policy-list"),
        consequence=f"Đang dùng: {kind.shown(value)}. Giá trị mới có hiệu lực từ ngày ghi dưới đây; quyết định đã có "
        "giữ nguyên, mọi nhiệm vụ đang chạy được xét lại.",
    )


@require_safe
def rule_list(request: SiteRequest) -> HttpResponse:
    """Every rule with its clause word for word."""
    require(request.actor, ADMINISTER)
    return render(request, "workflow/administration/rules.html", {"rules": list_rules()})
