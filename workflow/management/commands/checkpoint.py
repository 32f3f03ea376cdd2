"""manage.py checkpoint: write a checkpoint over every chain's head that moved."""

from __future__ import annotations

from django.core.management.base import BaseCommand

from workflow.actions.checkpoint import make_checkpoints
from workflow.queries.clock import current_moment


class Command(BaseCommand):
    """Prints NUMBER:HASH of each checkpoint, to be noted outside this database."""

    help = "Lập điểm chốt nhật ký và in SỐ:MÃ-BĂM để ghi chép bên ngoài hệ thống."

    def handle(self, *_args: object, **_options: object) -> None:
        """Write checkpoints until nothing is left."""
        made = make_checkpoints(by=None, now=current_moment())
        for checkpoint in made:
            self.stdout.write(f"{checkpoint.number}:{checkpoint.hash}")
        if not made:
            self.stdout.write("Không có chuỗi nào thay đổi từ điểm chốt trước.")
