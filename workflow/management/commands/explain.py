"""manage.py explain: why something happens to a task, or nothing does, and what comes next."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError
from datetime import date, datetime, time

from django.core.management.base import BaseCommand, CommandError

from workflow.core.errors import ActionError
from workflow.core.eventname import say_date
from workflow.core.explanation import RuleLook
from workflow.core.hashchain import plain
from workflow.core.replay import ReplayBreak
from workflow.core.rulebook import ZONE
from workflow.models import Task
from workflow.queries.clock import current_moment
from workflow.queries.explain import Explanation, explain_task

MARKS = {True: "đúng", False: "sai"}


def moment(text: str) -> datetime:
    """Read an ISO moment; without a zone it is Vietnamese time, a bare date means the end of that day.

    :raises ArgumentTypeError: when it is no date.
    """
    try:
        if len(text) == 10:
            return datetime.combine(date.fromisoformat(text), time.max, ZONE)
        found = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(f"{text!r} không phải ngày giờ ISO, ví dụ 2022-05-31 hoặc 2022-05-31T09:00.") from None
    return found if found.tzinfo else found.replace(tzinfo=ZONE)


class Command(BaseCommand):
    """Prints every rule that was looked at, true or false, with its inputs and clause, and the forecast."""

    help = "Giải thích một nhiệm vụ: quy tắc nào đúng, sai, vì sao, và điều gì đến vào ngày nào."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the arguments."""
        parser.add_argument("task", metavar="MÃ-NHIỆM-VỤ")
        parser.add_argument("--at", type=moment, default=None, help="Thời điểm (ISO); một ngày trơn là cuối ngày ấy.")
        parser.add_argument("--json", action="store_true", help="In dạng JSON.")

    def handle(self, *_args: object, **options: object) -> None:
        """Explain and print."""
        code, at = str(options["task"]), options["at"]
        task = Task.objects.filter(code=code).first()
        if task is None:
            raise CommandError(f"Không có nhiệm vụ mã “{code}”.")
        try:
            found = explain_task(task, at=at if isinstance(at, datetime) else None, now=current_moment())
        except ActionError as error:
            raise CommandError(str(error)) from error
        except ReplayBreak as error:
            raise CommandError(
                f"Nhật ký của nhiệm vụ hỏng ở bản ghi số {error.seq}: {error.reason}. Hãy chạy manage.py verify_audit."
            ) from error
        if options["json"]:
            self.stdout.write(json.dumps(plain(found.as_data()), ensure_ascii=False, indent=2))
        else:
            self._print(found)

    def _print(self, found: Explanation) -> None:
        out, account = self.stdout.write, found.account
        local = found.moment.astimezone(ZONE)
        source = "dựng lại từ nhật ký, theo quy tắc và chính sách đã biết lúc đó" if found.from_trail else "hiện tại"
        out(f"{found.code}: {found.title}")
        out(f"Lúc {local:%H:%M} {say_date(local.date())} ({source}). Trạng thái: {found.state_label}.")
        out("")
        out(account.now)
        for sentence in account.sentences:
            out(sentence)
        out("")
        out("Các quy tắc đã xét:")
        for rule in account.rules:
            self._print_rule(rule)
        if found.past:
            out("")
            out("Đã xảy ra:")
        for effect in found.past:
            basis = effect.decision.get("basis")
            cited = f" (theo {basis}, quy tắc {effect.decision.get('rule')})" if basis else ""
            out(f"  - {effect.at.astimezone(ZONE):%H:%M %d/%m/%Y} {effect.label}{cited}")
        out("")
        out("Chính sách của ngày ấy:")
        for label, value in account.policies:
            out(f"  - {label}: {value}")

    def _print_rule(self, rule: RuleLook) -> None:
        out = self.stdout.write
        chosen = " ← áp dụng" if rule.chosen else ""
        out(f"[{MARKS[rule.holds]}] {rule.code} (phiên bản {rule.version}) {rule.title}: {rule.effect}{chosen}")
        flags = " [yêu cầu của khách hàng, không có điều khoản]" if rule.customer else ""
        out(f"    Căn cứ: {rule.citation}{flags}")
        if rule.clause:
            out(f"    Nguyên văn: “{rule.clause}”")
        if rule.left_out:
            out(f"    Không xét: {rule.left_out}")
        for check in rule.checks:
            out(f"    - {check.label}: cần {check.wanted}, đang là {check.found} → {MARKS[check.holds]}")
