"""Thông báo."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from workflow.actions.notification import mark_read
from workflow.queries.noticelist import list_notices
from workflow.web.request import SiteRequest, number_from


@require_safe
def notice_list(request: SiteRequest) -> HttpResponse:
    """The person's own notices, newest first."""
    page = list_notices(request.actor, after=number_from(request.GET.get("sau")))
    return render(request, "workflow/notification/list.html", {"page": page})


@require_POST
def notice_read(request: SiteRequest) -> HttpResponse:
    """Mark one notice as read, or all of them."""
    mark_read(number_from(request.POST.get("notice")), by=request.actor, now=request.now)
    messages.success(request, "Đã đánh dấu đã đọc.")
    return redirect("notice-list")
