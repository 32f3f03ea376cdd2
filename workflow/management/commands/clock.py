"""manage.py clock: enqueue what is due by the clock, and put back the jobs of dead workers."""

from __future__ import annotations

import logging
import signal
import sys
import time
from argparse import ArgumentParser
from collections.abc import Callable
from datetime import timedelta
from types import FrameType

from django.core.management.base import BaseCommand
from django.db import DatabaseError, InterfaceError, close_old_connections

from workflow.actions.job import enqueue_due, forget_old_jobs, reclaim_jobs
from workflow.management.readiness import require_ready_database
from workflow.queries.clock import current_moment
from workflow.queries.job import machine_moment

logger = logging.getLogger("workflow.clock")

CLEAN_EVERY = 3600.0


def end(_signal: int, _frame: FrameType | None) -> None:
    """End at once, wherever the clock is: a slot and its job are one transaction."""
    sys.exit(0)


class Beat:
    """One duty of the clock and the seconds between two times."""

    def __init__(self, label: str, every: float, duty: Callable[[], object]) -> None:
        """Make a beat whose first time is now."""
        self.label = label
        self.every = every
        self.duty = duty
        self.next_at = time.monotonic()

    def run_when_due(self) -> None:
        """Do the duty when its time has come. What goes wrong is logged and tried again, and stops no other duty."""
        if time.monotonic() < self.next_at:
            return
        self.next_at = time.monotonic() + self.every
        try:
            self.duty()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("Chưa %s được: %s", self.label, error)
        except (ArithmeticError, LookupError, ValueError):
            logger.exception("Chưa %s được", self.label)


class Command(BaseCommand):
    """Schedules by the site's clock; reclaims by the machine's, in this process, since the workers may be dead."""

    help = "Chạy đồng hồ: xếp lịch quét, kiểm tra quyền, chốt nhật ký, gửi bản tổng hợp; cứu công việc dở dang."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options; times are in seconds."""
        parser.add_argument("--interval", type=float, default=5.0, help="số giây giữa hai lần xem lịch")
        parser.add_argument("--reclaim-every", type=float, default=30.0, help="số giây giữa hai lần tìm việc dở dang")
        parser.add_argument("--lease", type=float, default=60.0, help="số giây không thấy thì coi tiến trình đã chết")
        parser.add_argument("--first-delay", type=float, default=5.0, help="số giây chờ trước lần chạy lại đầu tiên")
        parser.add_argument("--once", action="store_true", help="xem một lượt rồi dừng")

    def handle(
        self, *, interval: float, reclaim_every: float, lease: float, first_delay: float, once: bool, **_rest: object
    ) -> None:
        """Check the database, then tick until told to end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        require_ready_database(self.stdout, self.stderr)
        lasts, delay = timedelta(seconds=lease), timedelta(seconds=first_delay)

        def reclaim() -> None:
            reclaim_jobs(now_real=machine_moment(), lease=lasts, first_delay=delay)

        def schedule() -> None:
            enqueue_due(now=current_moment(), now_real=machine_moment())

        def clean() -> None:
            forget_old_jobs(now_real=machine_moment())

        beats = (
            Beat("tìm việc dở dang", reclaim_every, reclaim),
            Beat("xếp lịch", interval, schedule),
            Beat("dọn việc cũ", CLEAN_EVERY, clean),
        )
        while True:
            close_old_connections()
            for beat in beats:
                beat.run_when_due()
            if once:
                return
            time.sleep(max(0.05, min(beat.next_at for beat in beats) - time.monotonic()))
