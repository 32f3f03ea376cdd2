"""Reading the background: which workers live, which jobs are lost, failed or waiting too long."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TypeAlias

from django.db import connection
from django.db.models import Q
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from workflow.models import WorkerLease

LEASE_LASTS = timedelta(seconds=60)
"""A worker not seen for so long is taken for dead; it renews six times in this time."""

WAITS_TOO_LONG = timedelta(minutes=5)
"""A job ready for so long without being taken: too few workers, or none."""

LOST_ERROR = "workflow.WorkerLost"
"""What stands as the error of a job that lost too many workers."""

ENDED_ERROR = "builtins.SystemExit"
"""What django-tasks-db stores when its worker was told to end in the middle of a job."""

Job: TypeAlias = "DBTaskResult[..., object]"


class Trouble(StrEnum):
    """What is wrong with a job, most pressing first."""

    POISON = "poison"
    FAILED = "failed"
    STUCK = "stuck"
    WAITING = "waiting"


TROUBLE_LABELS = {
    Trouble.POISON: "Làm dừng tiến trình nhiều lần, không chạy lại nữa",
    Trouble.FAILED: "Bị lỗi",
    Trouble.STUCK: "Mất tiến trình đang chạy, chờ chạy lại",
    Trouble.WAITING: "Chờ quá lâu, chưa tiến trình nào nhận",
}


@dataclass(frozen=True, slots=True)
class TroubledJob:
    """One job that a person should know of."""

    job_id: str
    task_path: str
    trouble: Trouble
    since: datetime
    attempts: int
    error: str

    @property
    def label(self) -> str:
        """What is wrong, in words."""
        return TROUBLE_LABELS[self.trouble]


@dataclass(frozen=True, slots=True)
class JobHealth:
    """The state of the background at one moment."""

    workers: int
    waiting: int
    running: int
    troubled: list[TroubledJob]

    @property
    def is_well(self) -> bool:
        """Whether at least one worker lives and no job is in trouble."""
        return self.workers > 0 and not self.troubled


def machine_moment() -> datetime:
    """Return the real moment by which leases are judged, never the demonstration's.

    On PostgreSQL the database's own clock, so that hosts whose clocks differ judge alike; on SQLite there is one host.
    """
    if connection.vendor != "postgresql":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        moment: datetime = cursor.fetchone()[0]
    return moment


def live_workers(*, now_real: datetime, lease: timedelta = LEASE_LASTS) -> set[str]:
    """Return the ids of the workers seen within the lease."""
    return set(WorkerLease.objects.filter(seen_at__gt=now_real - lease).values_list("worker_id", flat=True))


def lost_jobs(*, now_real: datetime, lease: timedelta = LEASE_LASTS) -> list[Job]:
    """Return the jobs to be run again: running for a worker whose lease is over, or ended with their worker.

    A job begun within the lease is left alone, so that a worker which only now appears is not robbed.
    """
    alive = live_workers(now_real=now_real, lease=lease)
    candidates = DBTaskResult.objects.filter(
        Q(status=TaskResultStatus.RUNNING, started_at__lte=now_real - lease)
        | Q(status=TaskResultStatus.FAILED, exception_class_path=ENDED_ERROR)
    ).order_by("started_at", "id")
    return [
        job
        for job in candidates
        if job.status == TaskResultStatus.FAILED or not job.worker_ids or job.worker_ids[-1] not in alive
    ]


def troubled_jobs(*, now_real: datetime, lease: timedelta = LEASE_LASTS, limit: int = 100) -> list[TroubledJob]:
    """Return the jobs in trouble, most pressing kind first, then the newest; at most `limit` of each kind."""
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED).exclude(exception_class_path=ENDED_ERROR)
    overdue = (
        DBTaskResult.objects.ready()
        .filter(enqueued_at__lte=now_real - WAITS_TOO_LONG)
        .filter(Q(run_after__gt=now_real) | Q(run_after__lte=now_real - WAITS_TOO_LONG))
    )
    rows = [(_failed_kind(job), job) for job in failed.order_by("-finished_at")[:limit]]
    rows += [(Trouble.STUCK, job) for job in lost_jobs(now_real=now_real, lease=lease)[:limit]]
    rows += [(Trouble.WAITING, job) for job in overdue.order_by("-enqueued_at")[:limit]]
    order = list(Trouble)
    return [_troubled(kind, job) for kind, job in sorted(rows, key=lambda row: order.index(row[0]))]


def job_health(*, now_real: datetime, lease: timedelta = LEASE_LASTS) -> JobHealth:
    """Return the state of the background, for the office's board and for whoever keeps the machines."""
    return JobHealth(
        workers=len(live_workers(now_real=now_real, lease=lease)),
        waiting=DBTaskResult.objects.filter(status=TaskResultStatus.READY).count(),
        running=DBTaskResult.objects.filter(status=TaskResultStatus.RUNNING).count(),
        troubled=troubled_jobs(now_real=now_real, lease=lease),
    )


def _failed_kind(job: Job) -> Trouble:
    return Trouble.POISON if job.exception_class_path == LOST_ERROR else Trouble.FAILED


def _troubled(kind: Trouble, job: Job) -> TroubledJob:
    lines = job.traceback.strip().splitlines()
    return TroubledJob(
        job_id=str(job.pk),
        task_path=job.task_path,
        trouble=kind,
        since=job.finished_at or job.started_at or job.enqueued_at,
        attempts=len(job.worker_ids),
        error=lines[-1] if lines else "",
    )
