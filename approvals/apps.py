"""The approvals app: who must say yes, in which order (flows arrive with their own issue)."""

from __future__ import annotations

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Django's registration of the app."""

    name = "approvals"
    verbose_name = "Phê duyệt"
    default_auto_field = "django.db.models.BigAutoField"
