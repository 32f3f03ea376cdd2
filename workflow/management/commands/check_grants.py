"""Check that guardian's rows are what memberships imply."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError

from workflow.queries.clock import current_moment
from workflow.queries.unit import grant_differences


class Command(BaseCommand):
    """Print each difference; exit 1 when there is one."""

    help = "Kiểm tra quyền trên đơn vị có khớp với vị trí công tác"

    def handle(self, *_args: object, **_options: object) -> None:
        """Compare and say what differs.

        :raises CommandError: when something differs.
        """
        lines = grant_differences(current_moment())
        for line in lines:
            self.stdout.write(line)
        if lines:
            raise CommandError(f"{len(lines)} chỗ không khớp; chạy sync_grants để đồng bộ.")
        self.stdout.write("Quyền trên đơn vị khớp với vị trí công tác.")
