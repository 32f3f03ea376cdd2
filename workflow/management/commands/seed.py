"""Fill a fresh database with what every installation needs, and, where asked for, with the demonstration's people."""

from __future__ import annotations

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflow.actions.calendar import seed_calendar
from workflow.actions.demo import seed_demonstration, seed_plan_units
from workflow.actions.policy import seed_rules
from workflow.adapters.holidays import load_calendar_seed
from workflow.adapters.seeds import SEEDS
from workflow.core.errors import ActionError
from workflow.queries.clock import current_moment


class Command(BaseCommand):
    """Seed units, calendar, policies and rules; run again, it adds only what is missing."""

    help = "Nạp đơn vị, lịch, chính sách, quy tắc; --demonstration thêm dữ liệu trình diễn"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the option."""
        parser.add_argument("--demonstration", action="store_true", help="thêm đơn vị và người trình diễn")

    def handle(self, *_args: object, **options: object) -> None:
        """Run each seeding action in turn and say what was new.

        :raises CommandError: when an action refuses.
        """
        now = current_moment()
        try:
            days = seed_calendar(load_calendar_seed(SEEDS / "calendar.yaml"), by=None, now=now)
            self.stdout.write(f"Lịch: thêm {len(days)} ngày.")
            self.stdout.write(f"Quy tắc: thêm {len(seed_rules(by=None, now=now))}.")
            self.stdout.write(f"Đơn vị: thêm {seed_plan_units(by=None, now=now).units}.")
            if options["demonstration"]:
                counts = seed_demonstration(by=None, now=now)
                self.stdout.write(
                    f"Trình diễn: thêm {counts.units} đơn vị, xác định {counts.sets} tập hợp, {counts.people} người, "
                    f"{counts.delegations} ủy quyền."
                )
        except ActionError as error:
            raise CommandError(str(error)) from error
