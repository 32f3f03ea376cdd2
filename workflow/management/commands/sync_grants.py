"""Make guardian's rows follow the memberships in force today."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from workflow.actions.unit import sync_grants
from workflow.queries.clock import current_moment


class Command(BaseCommand):
    """Write what is missing, take away what is surplus."""

    help = "Đồng bộ quyền trên đơn vị theo vị trí công tác đang có hiệu lực"

    def handle(self, *_args: object, **_options: object) -> None:
        """Run the action and print its counts."""
        counts = sync_grants(by=None, now=current_moment())
        self.stdout.write(f"Thêm {counts.added} quyền, bớt {counts.removed}, giữ nguyên {counts.kept}.")
