"""manage.py rehearse: play a plan's year through the same actions, with the clock as an argument."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from workflow.actions.rehearsal import rehearse_plan
from workflow.core.errors import ActionError
from workflow.management.progress import ProgressLine


class Command(BaseCommand):
    """Plays one year and prints what happened by rule."""

    help = "Diễn cả năm của một kế hoạch bằng chính các thao tác của hệ thống, rồi in kết quả theo quy tắc."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--plan", type=int, choices=(2022, 2023), required=True, help="năm của kế hoạch")
        parser.add_argument("--until", type=read_day, required=True, help="diễn đến sáng ngày này, ví dụ 2022-11-21")
        parser.add_argument("--seed", type=int, default=1, help="số gieo: cùng số thì cùng diễn biến (mặc định 1)")
        parser.add_argument("--quiet", action="store_true", help="chỉ in kết quả, không in tiến độ")

    def handle(self, *, plan: int, until: date, seed: int, quiet: bool, **_options: object) -> None:
        """Play, then print the summary.

        :raises CommandError: outside a demonstration, or with the reason why the rehearsal refused.
        """
        if not settings.DEMONSTRATION:
            raise CommandError("Chỉ diễn được khi DONDOC_DEMONSTRATION=1; không chạy trên hệ thống thật.")
        line = None if quiet else ProgressLine(self.stdout)
        try:
            summary = rehearse_plan(plan, until, seed, progress=line)
        except (ActionError, LookupError) as error:
            raise CommandError("\n".join([str(error), *getattr(error, "__notes__", ())])) from error
        if line is not None:
            line.end()
        for text in summary.lines():
            self.stdout.write(text)


def read_day(text: str) -> date:
    """Return the day that YYYY-MM-DD names.

    :raises ValueError: when it names none.
    """
    return date.fromisoformat(text)
