"""manage.py adopt_open_work: open the flow of every open matter that was begun before there were flows."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from approvals.actions.adopting import adopt_open_work
from workflow.choices import FlowKind
from workflow.queries.clock import current_moment


class Command(BaseCommand):
    """Once after an upgrade; run again it finds nothing."""

    help = "Đưa việc đang dở từ bản trước vào quy trình phê duyệt, đúng bước đang đứng; chạy lại không làm gì thêm."

    def handle(self, **_options: object) -> None:
        """Adopt, and say how many of each kind; nothing is said when there was nothing."""
        for kind, count in adopt_open_work(now=current_moment()).items():
            self.stdout.write(f"Đã đưa vào quy trình “{FlowKind(kind).label}”: {count} hồ sơ.")
