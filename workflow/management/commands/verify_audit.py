"""manage.py verify_audit: verify the whole trail, and say which record is the first that does not hold."""

from __future__ import annotations

import json
import sys
from argparse import ArgumentParser, ArgumentTypeError
from time import monotonic

from django.core.management.base import BaseCommand

from workflow.queries.trail import Facts, Verification, verify_facts, verify_trail

PROGRESS_SECONDS = 1.0


def noted(text: str) -> tuple[int, str]:
    """Read NUMBER:HASH as `manage.py checkpoint` prints it.

    :raises ArgumentTypeError: when it is not of that form.
    """
    number, _colon, digest = text.strip().partition(":")
    if not number.isdecimal() or len(digest) != 64:
        raise ArgumentTypeError(f"{text!r} không đúng dạng SỐ:MÃ-BĂM, ví dụ 12:9f86d0… (64 chữ số thập lục phân).")
    return int(number), digest.lower()


class Command(BaseCommand):
    """Ends with 0 when everything holds, 1 when something does not."""

    help = "Kiểm tra toàn bộ nhật ký: chuỗi băm, điểm chốt, và hàng của từng nhiệm vụ so với nhật ký."
    requires_system_checks: list[str] = []
    """Whoever looks for damage must be able to, whatever else is wrong."""

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="In kết quả dạng JSON cho máy đọc.")
        parser.add_argument("--quiet", action="store_true", help="Không in gì khi nhật ký nguyên vẹn.")
        parser.add_argument(
            "--noted",
            action="append",
            type=noted,
            default=[],
            metavar="SỐ:MÃ-BĂM",
            help="Điểm chốt đã ghi chép bên ngoài; dùng được nhiều lần.",
        )

    def handle(self, *_args: object, **options: object) -> None:
        """Verify and report."""
        as_json, quiet = bool(options["json"]), bool(options["quiet"])
        wanted = options["noted"]
        progress = None if as_json or quiet else _Progress()
        begun = monotonic()
        trail = verify_trail(progress=progress, noted=dict(wanted) if isinstance(wanted, list) else {})
        facts = verify_facts()
        if as_json:
            self._print_json(trail, facts, monotonic() - begun)
        elif not (quiet and trail.ok and facts.ok):
            self._print(trail, facts, monotonic() - begun)
        if not (trail.ok and facts.ok):
            sys.exit(1)

    def _print_json(self, trail: Verification, facts: Facts, seconds: float) -> None:
        data = trail.as_data()
        data["ok"] = trail.ok and facts.ok
        data["facts_wrong"] = facts.wrong
        data["facts"] = [one.as_data() for one in facts.disagreements]
        data["milliseconds"] = int(1000 * seconds)
        self.stdout.write(json.dumps(data, ensure_ascii=False, indent=2))

    def _print(self, trail: Verification, facts: Facts, seconds: float) -> None:
        out = self.stdout.write
        out(
            f"Đã đọc {trail.events} bản ghi của {trail.chains} chuỗi, {trail.checkpoints} điểm chốt, "
            f"dựng lại {trail.tasks} nhiệm vụ trong {seconds:.1f} giây."
        )
        if trail.last_checkpoint:
            number, digest = trail.last_checkpoint
            out(f"Điểm chốt cuối: {number}:{digest}")
        for name in trail.missing_triggers:
            out(f"LỖI: thiếu trigger {name}; cơ sở dữ liệu không còn tự từ chối việc sửa nhật ký.")
        if trail.first is not None:
            out(f"LỖI: {trail.bad_chains} chuỗi không nguyên vẹn. Bản ghi sai đầu tiên: {trail.first}.")
            for bad in trail.bad[1:]:
                out(f"  - {bad}")
            if trail.bad_chains > len(trail.bad):
                out(f"  … và {trail.bad_chains - len(trail.bad)} chuỗi khác.")
        if not facts.ok:
            out(f"LỖI: {facts.wrong} số liệu của nhiệm vụ hoặc văn bản không khớp bản ghi gốc.")
            for one in facts.disagreements:
                out(f"  - {one}")
        if trail.ok and facts.ok:
            out("Nhật ký nguyên vẹn.")


class _Progress:
    """Prints how far the reading is to the terminal, at most once a second."""

    def __init__(self) -> None:
        self._last = monotonic()

    def __call__(self, done: int, total: int) -> None:
        if monotonic() - self._last >= PROGRESS_SECONDS:
            self._last = monotonic()
            percent = 100 * done // max(total, 1)
            sys.stderr.write(f"… {done}/{total} bản ghi ({percent} %)\n")
            sys.stderr.flush()
