"""manage.py quarantine: list the tasks that the sweep set apart, and take one back after its cause was mended."""

from __future__ import annotations

from argparse import ArgumentParser

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workflow.actions.sweep import release_quarantined
from workflow.models import Task
from workflow.queries.clock import current_moment


class Command(BaseCommand):
    """Lists the tasks set apart with their errors; with `--release` the sweep looks at one again."""

    help = "Liệt kê các nhiệm vụ bị tách riêng vì lỗi; --release MÃ đưa một nhiệm vụ trở lại sau khi đã sửa lỗi."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--release", metavar="MÃ-NHIỆM-VỤ", help="đưa nhiệm vụ này trở lại")

    def handle(self, *, release: str | None, **_options: object) -> None:
        """List, or take back.

        :raises CommandError: when the task does not stand apart.
        """
        apart = Task.objects.filter(quarantined_at__isnull=False).order_by("quarantined_at", "pk")
        if release is None:
            for task in apart:
                since = timezone.localtime(task.quarantined_at)
                self.stdout.write(f"{task.code} từ {since:%H:%M %d/%m/%Y}: {task.quarantine_error}")
            self.stdout.write(f"{len(apart)} nhiệm vụ bị tách riêng.")
            return
        found = apart.filter(code=release).first()
        if found is None:
            raise CommandError(f"Không có nhiệm vụ nào mã “{release}” đang bị tách riêng.")
        release_quarantined(found.pk, now=current_moment())
        self.stdout.write(f"Đã đưa {release} trở lại; lần quét tới sẽ xét.")
