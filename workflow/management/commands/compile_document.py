"""manage.py compile_document: draft a report of Văn phòng or a plan from the live data, in a person's name."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, datetime

from django.core.management.base import BaseCommand, CommandError

from workflow.actions.document.compiling import compile_briefing, compile_period, compile_plan
from workflow.core.errors import ActionError
from workflow.models import Person
from workflow.queries.clock import current_moment
from workflow.queries.compilation import find_plan_of
from workflow.queries.unit import load_actor

KINDS = {
    "giao-ban": "báo cáo giao ban của --month",
    "6-thang": "báo cáo tổng hợp 6 tháng của kế hoạch --year",
    "nam": "báo cáo tổng hợp năm của kế hoạch --year",
    "ke-hoach": "kế hoạch --year",
}


def read_month(text: str) -> date:
    """Return the first day of the month that YYYY-MM names.

    :raises ValueError: when it names none.
    """
    return date.fromisoformat(f"{text}-01")


class Command(BaseCommand):
    """Drafts one compiled document; it goes through the document flow like any other."""

    help = "Lập dự thảo văn bản từ số liệu: " + "; ".join(f"{kind}: {words}" for kind, words in KINDS.items()) + "."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("kind", choices=KINDS, help="loại văn bản")
        parser.add_argument("--by", required=True, help="tên đăng nhập của người soạn")
        parser.add_argument("--month", type=read_month, help="tháng của báo cáo giao ban, ví dụ 2022-10")
        parser.add_argument("--year", type=int, help="năm của kế hoạch, ví dụ 2022")
        parser.add_argument("--remarks", default="", help="phần nhận xét, kiến nghị")

    def handle(
        self, *, kind: str, by: str, month: date | None, year: int | None, remarks: str, **_options: object
    ) -> None:
        """Draft, and print which document was made.

        :raises CommandError: when an option is missing or the action refuses.
        """
        now = current_moment()
        if kind == "giao-ban" and month is None:
            raise CommandError("Báo cáo giao ban cần --month, ví dụ --month 2022-10.")
        if kind != "giao-ban" and year is None:
            raise CommandError("Loại văn bản này cần --year, ví dụ --year 2022.")
        try:
            document_id = _compile(kind, by, month, year, remarks, now)
        except ActionError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"Đã lập dự thảo văn bản {document_id}.")


def _compile(kind: str, by: str, month: date | None, year: int | None, remarks: str, now: datetime) -> int:  # noqa: PLR0917 -- the command's options
    person = Person.objects.filter(username=by).first()
    if person is None:
        raise CommandError(f"Không có người dùng tên đăng nhập {by!r}.")
    actor = load_actor(person, now=now)
    if month is not None and kind == "giao-ban":
        return int(compile_briefing(month, remarks, by=actor, now=now).pk)
    plan = find_plan_of(year or 0)
    if kind == "ke-hoach":
        return int(compile_plan(plan.pk, by=actor, now=now).pk)
    return int(compile_period(plan.pk, kind == "6-thang", remarks, by=actor, now=now).pk)
