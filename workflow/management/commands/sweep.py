"""manage.py sweep: let every rule act that is due, now and in this process."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workflow.actions.sweep import SweepResult, sweep
from workflow.core.escalation import CONFIRM, ESCALATE, NUDGE, REMIND
from workflow.management.moment import read_moment
from workflow.queries.clock import current_moment

EFFECT_LABELS = {
    NUDGE: "nhắc trước hạn",
    REMIND: "đôn đốc",
    ESCALATE: "báo cáo UBND tỉnh",
    CONFIRM: "hỏi xác nhận hằng tháng",
}


def summarise(result: SweepResult) -> list[str]:
    """Return what a sweep did as lines, by rule."""
    lines = [f"Đã xem lại {result.looked_at} nhiệm vụ đến lúc."]
    for (effect, rule), times in sorted(result.effects.items(), key=lambda row: (row[0][1], row[0][0])):
        lines.append(f"  {rule}: {EFFECT_LABELS.get(effect, effect)} {times} lần")
    if not result.effects:
        lines.append("  Không có quy tắc nào phải áp dụng.")
    for code, error in result.quarantined:
        lines.append(f"  TÁCH RIÊNG {code}: {error}")
    return lines


class Command(BaseCommand):
    """Runs one sweep and prints its summary by rule."""

    help = "Quét các nhiệm vụ đến lúc phải nhắc, đôn đốc, báo cáo UBND tỉnh và in kết quả theo quy tắc."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--at", type=read_moment, help="thời điểm quét, ví dụ 2022-11-21T08:00; mặc định: lúc này")

    def handle(self, *, at: datetime | None, **_options: object) -> None:
        """Sweep at the site's moment, or at the one given.

        :raises CommandError: for a moment to come, outside a demonstration: its papers would be dated ahead of time;
            and before the department was seeded.
        """
        now = current_moment()
        if at is not None and at > now and not settings.DEMONSTRATION:
            raise CommandError("Không quét trước cho thời điểm chưa đến khi vận hành thật.")
        moment = at or now
        self.stdout.write(f"Quét lúc {timezone.localtime(moment):%H:%M ngày %d/%m/%Y}")
        try:
            result = sweep(now=moment)
        except LookupError as error:
            raise CommandError(str(error)) from None
        for line in summarise(result):
            self.stdout.write(line)
