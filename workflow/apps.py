"""The workflow app: plans, tasks, rules, documents and the trail."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowConfig(AppConfig):
    """Django's registration of the app; importing `checks` registers the system checks that refuse an unsafe start."""

    name = "workflow"
    verbose_name = "Đôn đốc"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the system checks once the models are loaded."""
        from workflow import checks  # noqa: F401, PLC0415 -- models must be loaded first
