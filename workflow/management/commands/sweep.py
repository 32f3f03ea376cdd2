"""manage.py sweep: let every rule act that is due, now and in this process."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import datetime

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from workflow.actions.sweep import SweepResult, sweep
from workflow.actions.sweep.office import read_office
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
        parser.add_argument(
            "--at",
            type=read_moment,
            help="thời điểm quét, chỉ khi trình diễn, ví dụ 2022-11-21T08:00; mặc định: lúc này",
        )

    def handle(self, *, at: datetime | None, **_options: object) -> None:
        """Sweep at the site's moment, or in a demonstration at the one given.

        :raises CommandError: for a given moment outside a demonstration: papers would be dated ahead or back, and the
            trail would no longer stand in the order of time; and before the department was seeded.
        """
        if at is not None and not settings.DEMONSTRATION:
            said = "Khi vận hành thật chỉ quét cho lúc này; hãy chạy lại không có --at."
            raise CommandError(f"{said} Chọn thời điểm chỉ dùng khi trình diễn (DONDOC_DEMONSTRATION=1).")
        moment = at or current_moment()
        self.stdout.write(f"Quét lúc {timezone.localtime(moment):%H:%M ngày %d/%m/%Y}")
        try:
            read_office(moment)  # says what is missing even when nothing is due
            result = sweep(now=moment)
        except LookupError as error:
            raise CommandError(str(error)) from None
        for line in summarise(result):
            self.stdout.write(line)
