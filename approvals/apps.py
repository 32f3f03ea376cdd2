"""The approvals app: who must say yes, in which order."""

from __future__ import annotations

from django.apps import AppConfig


class ApprovalsConfig(AppConfig):
    """Django's registration of the app; it puts its flows in place for the actions of the work."""

    name = "approvals"
    verbose_name = "Phê duyệt"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Install the flows, and register the checks that refuse an unsafe one."""
        from approvals import checks  # noqa: F401, PLC0415 -- tables are not loaded before
        from approvals.actions.port import Port  # noqa: PLC0415 -- as above
        from workflow.actions.flow import install_flows  # noqa: PLC0415 -- as above

        install_flows(Port())
