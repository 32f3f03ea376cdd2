"""Bring a plan's YAML in: check everything, import in one transaction, make its tasks."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from workflow.actions.plan import activate_plan, dry_run_outline, import_plan
from workflow.adapters.planfile import PlanFile, read_plan_file
from workflow.adapters.seeds import load_readings, load_rule_codes
from workflow.core.errors import ActionError
from workflow.core.planfile import ParsedPlan, PlanErrors, parse_plan
from workflow.core.rulebook import ZONE
from workflow.queries.clock import current_moment
from workflow.queries.unit import unit_tree


class Command(BaseCommand):
    """Import and activate one plan, or show what that would make."""

    help = "Nhập một kế hoạch từ tệp YAML (docs/plan-format.md)"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the file and the options."""
        parser.add_argument("file", type=Path, help="tệp YAML của kế hoạch")
        parser.add_argument("--dry-run", action="store_true", help="chỉ kiểm tra và cho xem sẽ lập những gì")
        parser.add_argument("--no-activate", action="store_true", help="nhập mà chưa lập nhiệm vụ")
        parser.add_argument("--at", type=datetime.fromisoformat, help="coi như lúc này (ISO), dùng khi trình diễn")

    def handle(self, *_args: object, **options: object) -> None:
        """Read, check, and write in the order of docs/plan-format.md.

        :raises CommandError: with every error of the file, or the reason why an action refused.
        """
        file = Path(str(options["file"]))
        now = _moment(options["at"])
        source, parsed = self._read(file)
        try:
            if options["dry_run"]:
                for line in dry_run_outline(parsed, now=now):
                    self.stdout.write(line)
                self.stdout.write("Mới chỉ xem trước: chưa ghi gì.")
                return
            done = import_plan(parsed, source_name=source.name, source_sha256=source.sha256, by=None, now=now)
            self.stdout.write(done.message)
            if not options["no_activate"]:
                self.stdout.write(activate_plan(done.plan_id, by=None, now=now).message)
        except ActionError as error:
            raise CommandError(str(error)) from error

    def _read(self, file: Path) -> tuple[PlanFile, ParsedPlan]:
        units = unit_tree().by_code
        if not units:
            raise CommandError("Chưa có đơn vị nào; chạy manage.py seed trước.")
        try:
            source = read_plan_file(file)
            parsed = parse_plan(
                source.mapping, unit_codes=units, rule_codes=load_rule_codes(), rollups=load_readings().rollups
            )
        except PlanErrors as errors:
            lines = [f"Tệp có {len(errors.errors)} lỗi, chưa nhập gì:"]
            lines += [f"  {number}. {error}" for number, error in enumerate(errors.errors, start=1)]
            raise CommandError("\n".join(lines)) from errors
        return source, parsed


def _moment(given: object) -> datetime:
    if not isinstance(given, datetime):
        return current_moment()
    return given if given.tzinfo is not None else given.replace(tzinfo=ZONE)
