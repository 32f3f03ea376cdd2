"""Addresses of the site."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("workflow.web.urls")),
    path("", include("approvals.urls")),
]

handler400 = "workflow.web.views.error.bad_request"
handler403 = "workflow.web.views.error.forbidden"
handler404 = "workflow.web.views.error.not_found"
handler500 = "workflow.web.views.error.broken"
