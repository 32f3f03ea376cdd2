"""Jobs for the tests of the queue alone: they wait where a test wants to kill, stop or end their worker."""

from __future__ import annotations

import os
import signal
import time
from datetime import date
from pathlib import Path

from django.db import transaction
from django_tasks import task

from workflow.choices import CalendarKind
from workflow.models import CalendarDay

PROBE_DAY = date(2022, 9, 2)
PATIENCE = 60.0


def note(folder: str, name: str) -> None:
    """Append this process's number to a file, outside every transaction."""
    with (Path(folder) / name).open("a", encoding="utf-8") as file:
        file.write(f"{os.getpid()}\n")


def wait_for(path: Path) -> None:
    """Wait until the test lets go."""
    end = time.monotonic() + PATIENCE
    while not path.exists() and time.monotonic() < end:
        time.sleep(0.05)


def mark_day(name: str) -> None:
    """Write the one row that may stand once only: a second insert would raise."""
    CalendarDay.objects.create(day=PROBE_DAY, kind=CalendarKind.OFF, name=name, source="kiểm thử")


@task
def mark_then_wait(folder: str) -> str:
    """Write the row and wait, all in one transaction: killed in the wait, nothing stands."""
    with transaction.atomic():
        mark_day("giữa giao dịch")
        note(folder, "begun")
        wait_for(Path(folder) / "go")
    note(folder, "done")
    return "xong"


@task
def wait_then_mark(folder: str) -> str:
    """Wait, then write the row unless it stands: what an idempotent job does."""
    note(folder, "begun")
    wait_for(Path(folder) / "go")
    with transaction.atomic():
        if not CalendarDay.objects.filter(day=PROBE_DAY).exists():
            mark_day("một lần")
            note(folder, "done")
    return "xong"


@task
def kill_own_worker() -> None:
    """Take the worker down with it, as a job that eats all memory does."""
    os.kill(os.getpid(), signal.SIGKILL)


@task
def fail(message: str) -> None:
    """Fail in the plain way."""
    raise ValueError(message)


@task
def do_nothing() -> dict[str, int]:
    """Succeed."""
    return {}
