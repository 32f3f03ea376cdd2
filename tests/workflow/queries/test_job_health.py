"""What the office and the keeper of the machines see of the background."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tests import probe_jobs
from workflow.actions.job import renew_lease
from workflow.queries.job import (
    LOST_ERROR,
    Trouble,
    job_health,
    live_workers,
    lost_jobs,
    machine_moment,
    troubled_jobs,
)

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LONG_AGO = NOW - timedelta(minutes=10)


def put(status: str, **columns: object) -> DBTaskResult:
    """Put one job of the given state into the queue."""
    job_id = probe_jobs.do_nothing.enqueue().id
    DBTaskResult.objects.filter(pk=job_id).update(status=status, **columns)
    return DBTaskResult.objects.get(pk=job_id)


def running_for(worker_id: str, started_at: datetime = LONG_AGO) -> DBTaskResult:
    return put(TaskResultStatus.RUNNING, started_at=started_at, worker_ids=[worker_id])


def live(worker_id: str, seen_at: datetime = NOW) -> None:
    renew_lease(worker_id, host="máy", pid=1, now_real=seen_at)


def test_a_worker_lives_while_it_was_seen_within_the_lease() -> None:
    live("just", NOW)
    live("lately", NOW - timedelta(seconds=59))
    live("gone", NOW - timedelta(seconds=60))
    assert live_workers(now_real=NOW) == {"just", "lately"}


def test_the_length_of_a_lease_can_be_given() -> None:
    live("w", NOW - timedelta(seconds=5))
    assert live_workers(now_real=NOW, lease=timedelta(seconds=4)) == set()


def test_a_job_running_for_a_worker_without_lease_is_lost() -> None:
    job = running_for("dead")
    assert [lost.pk for lost in lost_jobs(now_real=NOW)] == [job.pk]


def test_a_job_running_for_a_live_worker_is_not_lost_however_long_it_takes() -> None:
    live("alive")
    running_for("alive", NOW - timedelta(hours=5))
    assert lost_jobs(now_real=NOW) == []


def test_only_the_last_worker_of_a_job_counts() -> None:
    live("first")
    put(TaskResultStatus.RUNNING, started_at=LONG_AGO, worker_ids=["first", "second"])
    assert len(lost_jobs(now_real=NOW)) == 1


def test_a_job_begun_within_the_lease_is_left_alone() -> None:
    running_for("not seen yet", NOW - timedelta(seconds=59))
    assert lost_jobs(now_real=NOW) == []


def test_a_job_that_its_ending_worker_broke_off_is_lost_at_once() -> None:
    live("w")
    job = put(
        TaskResultStatus.FAILED,
        started_at=NOW,
        finished_at=NOW,
        worker_ids=["w"],
        exception_class_path="builtins.SystemExit",
    )
    assert [lost.pk for lost in lost_jobs(now_real=NOW)] == [job.pk]


def test_a_job_that_failed_by_itself_is_not_run_again() -> None:
    put(TaskResultStatus.FAILED, finished_at=NOW, exception_class_path="builtins.ValueError")
    assert lost_jobs(now_real=NOW) == []


def test_troubled_jobs_stand_by_how_pressing_they_are() -> None:
    put(TaskResultStatus.READY, enqueued_at=LONG_AGO)
    running_for("dead")
    put(
        TaskResultStatus.FAILED,
        finished_at=NOW,
        exception_class_path="builtins.ValueError",
        traceback="Traceback:\n  …\nValueError: sai\n",
    )
    put(TaskResultStatus.FAILED, finished_at=NOW, exception_class_path=LOST_ERROR, worker_ids=["a", "b"])
    put(TaskResultStatus.SUCCESSFUL, finished_at=NOW)
    found = troubled_jobs(now_real=NOW)
    assert [job.trouble for job in found] == [Trouble.POISON, Trouble.FAILED, Trouble.STUCK, Trouble.WAITING]
    assert [job.attempts for job in found] == [2, 0, 1, 0]
    assert found[1].error == "ValueError: sai"
    assert found[1].label == "Bị lỗi"
    assert {job.task_path for job in found} == {"tests.probe_jobs.do_nothing"}


def test_a_job_waits_too_long_only_after_five_minutes() -> None:
    put(TaskResultStatus.READY, enqueued_at=NOW - timedelta(minutes=4))
    assert troubled_jobs(now_real=NOW) == []


def test_a_job_that_waits_for_its_next_attempt_is_not_in_trouble() -> None:
    put(TaskResultStatus.READY, enqueued_at=LONG_AGO, run_after=NOW + timedelta(hours=2))
    put(TaskResultStatus.READY, enqueued_at=LONG_AGO, run_after=NOW - timedelta(minutes=1))
    assert troubled_jobs(now_real=NOW) == []


def test_a_job_broken_off_with_its_worker_is_listed_once_as_stuck() -> None:
    put(
        TaskResultStatus.FAILED,
        started_at=LONG_AGO,
        finished_at=LONG_AGO,
        exception_class_path="builtins.SystemExit",
    )
    assert [job.trouble for job in troubled_jobs(now_real=NOW)] == [Trouble.STUCK]


def test_the_list_of_each_kind_is_bounded() -> None:
    for _ in range(4):
        running_for("dead")
        put(TaskResultStatus.READY, enqueued_at=LONG_AGO)
    found = troubled_jobs(now_real=NOW, limit=3)
    assert [job.trouble for job in found] == [Trouble.STUCK] * 3 + [Trouble.WAITING] * 3


def test_the_background_is_well_with_a_worker_and_no_trouble() -> None:
    live("w")
    put(TaskResultStatus.READY)
    running_for("w")
    health = job_health(now_real=NOW)
    assert (health.workers, health.waiting, health.running, health.troubled) == (1, 1, 1, [])
    assert health.is_well


def test_the_background_is_not_well_without_a_worker() -> None:
    assert not job_health(now_real=NOW).is_well


def test_the_background_is_not_well_with_a_failed_job() -> None:
    live("w")
    put(TaskResultStatus.FAILED, finished_at=NOW, exception_class_path="builtins.ValueError")
    assert not job_health(now_real=NOW).is_well


@pytest.mark.parametrize("jobs", [1, 3])
def test_reading_the_background_takes_the_same_queries_for_any_number_of_jobs(
    jobs: int, django_assert_num_queries: object
) -> None:
    for _ in range(jobs):
        running_for("dead")
        put(TaskResultStatus.FAILED, finished_at=NOW, exception_class_path="builtins.ValueError")
    with django_assert_num_queries(7):
        job_health(now_real=NOW)


def test_the_machine_moment_is_now_and_moves() -> None:
    first = machine_moment()
    second = machine_moment()
    assert first.tzinfo is not None
    assert first < second
    assert abs(timezone.now() - second) < timedelta(minutes=1)
