"""manage.py start_demonstration_clock: let the demonstration show a chosen moment and go on from there."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workflow.actions.job import set_demonstration_clock
from workflow.core.errors import ActionError
from workflow.management.moment import read_moment


class Command(BaseCommand):
    """Sets the demonstration's clock."""

    help = "Đặt đồng hồ trình diễn: từ lúc này hệ thống hiện thời điểm đã cho và chạy tiếp theo nhịp thật."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--shown-at", type=read_moment, required=True, help="ví dụ 2022-11-21T08:00")

    def handle(self, *, shown_at: datetime, **_options: object) -> None:
        """Set the clock.

        :raises CommandError: outside a demonstration.
        """
        try:
            set_demonstration_clock(shown_at, now_real=timezone.now())
        except ActionError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"Đồng hồ trình diễn đang chỉ {timezone.localtime(shown_at):%H:%M ngày %d/%m/%Y}")
