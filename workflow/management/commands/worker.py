"""manage.py worker: run the jobs of the queue."""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from argparse import ArgumentParser
from types import FrameType

from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.db import InterfaceError, OperationalError, connection
from django.utils.crypto import get_random_string

from workflow.management.lease import EndWatch, kept_lease
from workflow.management.readiness import require_ready_database

logger = logging.getLogger("workflow.worker")

PAUSE = 3.0
"""Seconds to wait for a database that is away before the next try."""


def end(_signal: int, _frame: FrameType | None) -> None:
    """End at once: no job runs yet."""
    sys.exit(0)


def new_worker_id(host: str) -> str:
    """Return an id that no worker had before, not even one of the same host and process number."""
    return f"{host[:40]}-{os.getpid()}-{get_random_string(8).lower()}"


class Command(BaseCommand):
    """Runs django-tasks-db's worker under a lease, so that the clock can tell when it died."""

    help = "Chạy tiến trình nền: thư, bản tổng hợp, quét nhắc việc. Chạy bao nhiêu tiến trình, trên mấy máy cũng được."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare the options; times are in seconds."""
        parser.add_argument("--interval", type=float, default=1.0, help="số giây giữa hai lần xem hàng đợi")
        parser.add_argument("--heartbeat", type=float, default=10.0, help="số giây giữa hai lần báo còn sống")
        parser.add_argument("--grace", type=float, default=15.0, help="số giây chờ công việc đang chạy khi phải dừng")
        parser.add_argument("--batch", action="store_true", help="chạy hết hàng đợi rồi dừng")

    def handle(self, *, interval: float, heartbeat: float, grace: float, batch: bool, **_options: object) -> None:
        """Check the database, then work until told to end; a database that goes away is waited for."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, end)
        require_ready_database(self.stdout, self.stderr)
        watch = EndWatch(grace)
        watch.start()
        try:
            self.work(watch, interval=interval, heartbeat=heartbeat, batch=batch)
        finally:
            watch.stop()

    def work(self, watch: EndWatch, *, interval: float, heartbeat: float, batch: bool) -> None:
        """Run the queue under a lease; begin again, as another worker, when the database went away."""
        host = socket.gethostname()
        while not watch.asked:
            # Each run has an id of its own: a job that the last run could not finish belongs to a worker that is gone.
            worker_id = new_worker_id(host)
            try:
                with kept_lease(worker_id, host, heartbeat):
                    call_command(
                        "db_worker",
                        worker_id=worker_id,
                        interval=interval,
                        batch=batch,
                        reload=False,
                        startup_delay=False,
                    )
            except (OperationalError, InterfaceError) as error:
                logger.warning("Cơ sở dữ liệu chưa sẵn sàng, thử lại sau %g giây: %s", PAUSE, error)
                connection.close()
                time.sleep(PAUSE)
            else:
                return
