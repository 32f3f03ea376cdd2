"""The background: what is scheduled and when, who is alive, and the second chance of a job whose worker died.

Jobs run at least once, so each does its work through idempotent actions and takes its moment when it begins. Leases and
retries go by the machine's time (`now_real`), slots by the site's, which in a demonstration is the demonstration's.
None of these writes is an act upon a plan or a task, so none stands in the trail; what the jobs do does.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TypeAlias

from django.conf import settings
from django.db import IntegrityError
from django_tasks import TaskResultStatus, task
from django_tasks.base import Task as JobFunction
from django_tasks_db.models import DBTaskResult

from workflow.actions.audit import action
from workflow.actions.checkpoint import make_checkpoints
from workflow.actions.document import render_missing
from workflow.actions.flow import flows
from workflow.actions.login import forget_old_sessions
from workflow.actions.notification import send_digests, send_urgent
from workflow.actions.sweep import sweep
from workflow.actions.unit import sync_grants
from workflow.core.errors import WrongState
from workflow.core.escalation import local_day
from workflow.core.job import (
    daily_slot,
    five_minute_slot,
    hour_slot,
    lost_for_good,
    minute_slot,
    office_slot,
    retry_delay,
)
from workflow.core.rulebook import Rulebook
from workflow.models import DemonstrationClock, ScheduledRun, WorkerLease
from workflow.queries.clock import current_moment, forget_clock
from workflow.queries.job import LEASE_LASTS, LOST_ERROR, Job, lost_jobs
from workflow.queries.rulebook import load_rulebook

logger = logging.getLogger("workflow.job")

ATTEMPTS_AT_MOST = 5
FIRST_DELAY = timedelta(seconds=5)
LONGEST_DELAY = timedelta(minutes=5)
JUST_AFTER_MIDNIGHT = time(0, 1)
KEEP_DONE = timedelta(days=1)
KEEP_FAILED = timedelta(days=90)
KEEP_SLOTS = timedelta(days=7)
KEEP_LEASES = timedelta(days=1)

ScheduledJob: TypeAlias = "JobFunction[[], dict[str, int]]"

# --- the scheduled jobs ----------------------------------------------------------------------------------------------


@task
def run_sweep() -> dict[str, int]:
    """Let every rule act that is due now; idempotent, see `workflow.actions.sweep`."""
    result = sweep(now=current_moment())
    done = {f"{effect} {rule}": times for (effect, rule), times in sorted(result.effects.items())}
    return {"looked_at": result.looked_at, "quarantined": len(result.quarantined), **done}


@task
def sync_grants_job() -> dict[str, int]:
    """Bring the rights in line with the memberships in force today; idempotent."""
    counts = sync_grants(by=None, now=current_moment())
    return {"added": counts.added, "removed": counts.removed}


@task
def make_checkpoint_job() -> dict[str, int]:
    """Chain a checkpoint over the trail's heads that moved; idempotent: nothing moved, no checkpoint."""
    return {"checkpoints": len(make_checkpoints(by=None, now=current_moment()))}


@task
def send_digests_job() -> dict[str, int]:
    """Ask for one letter to each person whom nothing told yet; idempotent: a notice is mailed once."""
    return {"letters": send_digests(now=current_moment())}


@task
def send_urgent_job() -> dict[str, int]:
    """Ask for letters about what is urgent, and again for letters not sent; idempotent as the digests are."""
    return {"letters": send_urgent(now=current_moment())}


@task
def render_missing_job() -> dict[str, int]:
    """Ask again for the PDF of issued documents whose printing failed; idempotent: each is printed once."""
    return {"documents": render_missing(now=current_moment())}


@task
def nudge_steps_job() -> dict[str, int]:
    """Tell of approval steps that are late; idempotent: each level is told once of a step."""
    return {"steps": flows().nudge(now=current_moment())}


@dataclass(frozen=True, slots=True)
class Schedule:
    """One thing that happens by the clock. `slot` gives the moment the run stands for, or nothing when none is due."""

    name: str
    job: ScheduledJob
    slot: Callable[[datetime, Rulebook], datetime | None]


def _opening(now: datetime, rulebook: Rulebook) -> datetime | None:
    policies = rulebook.policies.on(local_day(now))
    return office_slot(now, policies.window_from, policies.window_to, rulebook.calendar)


def _urgent(now: datetime, rulebook: Rulebook) -> datetime | None:
    return five_minute_slot(now) if _opening(now, rulebook) is not None else None


SCHEDULES = (
    Schedule("sweep", run_sweep, lambda now, _rulebook: minute_slot(now)),
    Schedule("grants", sync_grants_job, lambda now, _rulebook: daily_slot(now, JUST_AFTER_MIDNIGHT)),
    Schedule("checkpoint", make_checkpoint_job, lambda now, _rulebook: hour_slot(now)),
    Schedule("render", render_missing_job, lambda now, _rulebook: hour_slot(now)),
    Schedule("steps", nudge_steps_job, lambda now, _rulebook: hour_slot(now)),
    Schedule("digest", send_digests_job, _opening),
    Schedule("urgent", send_urgent_job, _urgent),
)

# --- the clock -------------------------------------------------------------------------------------------------------


def enqueue_due(*, now: datetime, now_real: datetime, schedules: tuple[Schedule, ...] = SCHEDULES) -> list[str]:
    """Enqueue every scheduled job whose slot has come and was not taken yet; returns the names of the slots taken.

    `now` is the site's moment. Any number of clocks may call this at once: one of them takes a slot.
    """
    rulebook = load_rulebook()
    taken = []
    for schedule in schedules:
        slot = schedule.slot(now, rulebook)
        if slot is not None and enqueue_once(schedule.name, slot, schedule.job, now_real=now_real):
            taken.append(schedule.name)
    return taken


def enqueue_once(name: str, slot: datetime, job: ScheduledJob, *, now_real: datetime) -> bool:
    """Take a slot and enqueue its job in one transaction; tells whether this call took it.

    A job of the same function that still waits will take its moment later than this slot, so it serves for both: a
    queue without workers does not grow.
    """
    slots = ScheduledRun.objects.filter(name=name, slot=slot)
    if slots.exists():
        return False
    try:
        _take_slot(name, slot, job, now_real=now_real)
    except IntegrityError:
        if slots.exists():
            return False
        raise
    return True


@action
def _take_slot(name: str, slot: datetime, job: ScheduledJob, *, now_real: datetime) -> None:
    ScheduledRun.objects.create(name=name, slot=slot, enqueued_at=now_real)
    if not DBTaskResult.objects.filter(status=TaskResultStatus.READY, task_path=job.module_path).exists():
        job.enqueue()


@action
def set_demonstration_clock(shown_at: datetime, *, now_real: datetime) -> None:
    """Let the site's clock show `shown_at` from now on and run at the machine's pace; replaces an earlier setting.

    Slots that lie ahead of the new moment are given back, so that a clock set back schedules them again.

    :raises WrongState: outside a demonstration.
    """
    if not settings.DEMONSTRATION:
        raise WrongState("Chỉ đặt được đồng hồ trình diễn khi DONDOC_DEMONSTRATION=1.")
    DemonstrationClock.objects.all().delete()
    DemonstrationClock.objects.create(real_at=now_real, shown_at=shown_at)
    ScheduledRun.objects.filter(slot__gt=shown_at).delete()
    forget_clock()


# --- leases and the second chance ------------------------------------------------------------------------------------


def renew_lease(worker_id: str, *, host: str, pid: int, now_real: datetime) -> None:
    """Say that a worker is alive at `now_real`; the first call makes its lease. One statement, no transaction."""
    lease = WorkerLease(worker_id=worker_id, host=host, pid=pid, started_at=now_real, seen_at=now_real)
    WorkerLease.objects.bulk_create(
        [lease], update_conflicts=True, unique_fields=["worker_id"], update_fields=["seen_at"]
    )


def end_lease(worker_id: str) -> None:
    """Say that a worker ended in good order; what it may have left running is reclaimed without waiting longer."""
    WorkerLease.objects.filter(worker_id=worker_id).delete()


@dataclass(frozen=True, slots=True)
class Reclaimed:
    """What one reclaim did, as ids of jobs."""

    again: list[str]
    given_up: list[str]


def reclaim_jobs(
    *, now_real: datetime, lease: timedelta = LEASE_LASTS, first_delay: timedelta = FIRST_DELAY
) -> Reclaimed:
    """Put back every job whose worker's lease is over, or which was ended with its worker, after a growing wait.

    A job that lost `ATTEMPTS_AT_MOST` workers is marked as failed with `workflow.WorkerLost` and listed: it may be
    what kills them. Each row changes by compare-and-swap, so two clocks, or a worker that ends the job at this very
    moment, do no harm.
    """
    result = Reclaimed([], [])
    for job in lost_jobs(now_real=now_real, lease=lease):
        if lost_for_good(job.worker_ids, ATTEMPTS_AT_MOST):
            if _give_up(job, now_real=now_real):
                result.given_up.append(str(job.pk))
                logger.error("Công việc %s (%s) đã %d lần mất tiến trình, không chạy lại nữa.", *_named(job))
        elif _put_back(job, first_delay, now_real=now_real):
            result.again.append(str(job.pk))
            logger.warning("Công việc %s (%s) mất tiến trình lần %d, sẽ chạy lại.", *_named(job))
    return result


def _named(job: Job) -> tuple[str, str, int]:
    return str(job.pk), job.task_path, len(job.worker_ids)


def _swap(job: Job, **columns: object) -> bool:
    """Write the columns when the row still stands as it was read."""
    same = DBTaskResult.objects.filter(
        pk=job.pk, status=job.status, started_at=job.started_at, finished_at=job.finished_at
    )
    return same.update(**columns) == 1


def _put_back(job: Job, first_delay: timedelta, *, now_real: datetime) -> bool:
    return _swap(
        job,
        status=TaskResultStatus.READY,
        run_after=now_real + retry_delay(max(len(job.worker_ids), 1), first_delay, LONGEST_DELAY),
        started_at=None,
        finished_at=None,
        exception_class_path="",
        traceback="",
    )


def _give_up(job: Job, *, now_real: datetime) -> bool:
    return _swap(
        job,
        status=TaskResultStatus.FAILED,
        finished_at=now_real,
        exception_class_path=LOST_ERROR,
        traceback=f"Đã {len(job.worker_ids)} lần mất tiến trình khi đang chạy: {', '.join(job.worker_ids)}",
    )


def forget_old_jobs(*, now_real: datetime) -> int:
    """Delete what nobody needs any more: jobs done a day ago, failures of 90 days, old slots, leases and sessions.

    Returns the number of jobs deleted.
    """
    done = DBTaskResult.objects.filter(status=TaskResultStatus.SUCCESSFUL, finished_at__lt=now_real - KEEP_DONE)
    failed = DBTaskResult.objects.filter(status=TaskResultStatus.FAILED, finished_at__lt=now_real - KEEP_FAILED)
    deleted = done.delete()[0] + failed.delete()[0]
    ScheduledRun.objects.filter(enqueued_at__lt=now_real - KEEP_SLOTS).delete()
    WorkerLease.objects.filter(seen_at__lt=now_real - KEEP_LEASES).delete()
    forget_old_sessions(now_real=now_real)
    return deleted
