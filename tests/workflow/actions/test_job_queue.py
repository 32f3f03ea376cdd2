"""Scheduling, leases and the second chance of a job, in one process."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from tests import probe_jobs
from tests.factories import MONDAY, at
from workflow.actions.audit import action
from workflow.actions.job import (
    ATTEMPTS_AT_MOST,
    SCHEDULES,
    Schedule,
    end_lease,
    enqueue_due,
    enqueue_once,
    forget_old_jobs,
    make_checkpoint_job,
    reclaim_jobs,
    renew_lease,
    run_sweep,
    send_digests_job,
    set_demonstration_clock,
    sync_grants_job,
)
from workflow.core.errors import WrongState
from workflow.models import AuditCheckpoint, CalendarDay, DemonstrationClock, ScheduledRun, WorkerLease
from workflow.queries.clock import current_moment, forget_clock
from workflow.queries.job import LOST_ERROR, Trouble, troubled_jobs

NOW = timezone.now()
ALL_NAMES = ["sweep", "grants", "checkpoint", "render", "steps", "digest", "urgent"]


@pytest.fixture(autouse=True)
def _own_clock() -> object:
    forget_clock()
    yield
    forget_clock()


def waiting() -> list[str]:
    """The functions of the jobs that wait, in the order of their making."""
    rows = DBTaskResult.objects.filter(status=TaskResultStatus.READY).order_by("enqueued_at")
    return [path.rsplit(".", 1)[1] for path in rows.values_list("task_path", flat=True)]


def tick(now: datetime) -> list[str]:
    return enqueue_due(now=now, now_real=NOW)


def begun(worker_id: str, started_at: datetime) -> DBTaskResult:
    """A job that a worker took at that time."""
    job = DBTaskResult.objects.get(pk=probe_jobs.do_nothing.enqueue().id)
    job.claim(worker_id)
    DBTaskResult.objects.filter(pk=job.pk).update(started_at=started_at)
    job.refresh_from_db()
    return job


# --- enqueueing is part of the change --------------------------------------------------------------------------------


class Broken(Exception):
    """What makes a change fail in these tests."""


@action
def change_and_enqueue(*, fails: bool) -> None:
    probe_jobs.mark_day("việc")
    probe_jobs.do_nothing.enqueue()
    if fails:
        raise Broken


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_change_that_was_rolled_back_was_never_enqueued() -> None:
    with pytest.raises(Broken):
        change_and_enqueue(fails=True)
    assert (CalendarDay.objects.count(), waiting()) == (0, [])


@pytest.mark.django_db(transaction=True)
def test_a_job_of_a_change_that_was_committed_waits() -> None:
    change_and_enqueue(fails=False)
    assert (CalendarDay.objects.count(), waiting()) == (1, ["do_nothing"])


@pytest.mark.django_db(transaction=True)
def test_nobody_else_sees_a_job_before_its_change_is_committed() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the in-memory database has one connection; test_worker_and_clock.py covers the file")
    seen: list[int] = []

    def look() -> None:
        seen.append(DBTaskResult.objects.count())
        connection.close()

    with transaction.atomic():
        probe_jobs.do_nothing.enqueue()
        other = threading.Thread(target=look)
        other.start()
        other.join()
    look()
    assert seen == [0, 1]


# --- the schedule ----------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_on_a_working_morning_everything_is_due_once() -> None:
    assert tick(at(MONDAY, "08:00")) == ALL_NAMES
    assert tick(at(MONDAY, "08:00")) == []
    assert waiting() == [
        "run_sweep",
        "sync_grants_job",
        "make_checkpoint_job",
        "render_missing_job",
        "nudge_steps_job",
        "send_digests_job",
        "send_urgent_job",
    ]
    assert ScheduledRun.objects.count() == 7


@pytest.mark.django_db
def test_before_the_office_opens_no_letters_are_sent() -> None:
    assert tick(at(MONDAY, "07:59")) == ["sweep", "grants", "checkpoint", "render", "steps"]


@pytest.mark.django_db
def test_on_a_day_off_no_letters_are_sent() -> None:
    CalendarDay.objects.create(day=MONDAY, kind="off", name="Nghỉ", source="kiểm thử")
    assert {"digest", "urgent"}.isdisjoint(tick(at(MONDAY, "09:00")))


@pytest.mark.django_db
def test_the_letters_missed_in_the_morning_go_out_when_the_clock_is_back() -> None:
    assert "digest" in tick(at(MONDAY, "11:17"))
    assert ScheduledRun.objects.get(name="digest").slot == at(MONDAY, "08:00")


@pytest.mark.django_db
def test_what_is_urgent_is_looked_for_every_five_minutes_of_the_working_hours() -> None:
    clocks = ("07:59", "08:00", "08:04", "08:05", "16:59", "17:00")
    assert [clock for clock in clocks if "urgent" in tick(at(MONDAY, clock))] == ["08:00", "08:05", "16:59"]


@pytest.mark.django_db
def test_rights_are_looked_at_just_after_midnight() -> None:
    tick(at(MONDAY, "23:59"))
    assert "grants" not in tick(at(date(2022, 10, 4), "00:00"))
    assert "grants" in tick(at(date(2022, 10, 4), "00:01"))


@pytest.mark.django_db
def test_a_sweep_is_due_each_minute_and_a_checkpoint_each_hour() -> None:
    tick(at(MONDAY, "10:00"))
    assert [tick(at(MONDAY, clock)) for clock in ("10:01", "10:01", "10:59", "11:00")] == [
        ["sweep"],
        [],
        ["sweep", "urgent"],
        ["sweep", "checkpoint", "render", "steps", "urgent"],
    ]


@pytest.mark.django_db
def test_a_queue_without_workers_does_not_grow() -> None:
    for minute in range(10):
        assert "sweep" in tick(at(MONDAY, f"10:{minute:02}"))
    assert waiting().count("run_sweep") == 1


@pytest.mark.django_db
def test_a_sweep_that_runs_already_does_not_stand_in_for_the_next() -> None:
    tick(at(MONDAY, "10:00"))
    DBTaskResult.objects.update(status=TaskResultStatus.RUNNING, started_at=NOW, worker_ids=["w"])
    tick(at(MONDAY, "10:01"))
    assert waiting() == ["run_sweep"]


@pytest.mark.django_db
def test_a_slot_whose_job_cannot_be_enqueued_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    class Refusing:
        module_path = "tests.probe_jobs.refusing"

        def enqueue(self) -> None:
            raise Broken

    slot = at(MONDAY, "10:00")
    with pytest.raises(Broken):
        enqueue_once("sweep", slot, Refusing(), now_real=NOW)
    assert enqueue_once("sweep", slot, probe_jobs.do_nothing, now_real=NOW)


@pytest.mark.django_db
def test_a_tick_with_nothing_due_writes_nothing(django_assert_max_num_queries: object) -> None:
    tick(at(MONDAY, "10:00"))
    with django_assert_max_num_queries(len(SCHEDULES) + 4) as queries:
        tick(at(MONDAY, "10:00"))
    assert [query for query in queries.captured_queries if not query["sql"].startswith("SELECT")] == []


@pytest.mark.django_db
def test_two_clocks_one_after_the_other_take_a_slot_once() -> None:
    slot = at(MONDAY, "10:00")
    assert [enqueue_once("sweep", slot, probe_jobs.do_nothing, now_real=NOW) for _clock in range(2)] == [True, False]
    assert waiting() == ["do_nothing"]


@pytest.mark.django_db
def test_a_clock_that_comes_between_the_look_and_the_insert_loses(monkeypatch: pytest.MonkeyPatch) -> None:
    slot = at(MONDAY, "10:00")
    looks: list[bool] = []
    real = type(ScheduledRun.objects.all()).exists

    def late(self: object) -> bool:
        looks.append(real(self))
        if len(looks) == 1:
            ScheduledRun.objects.create(name="sweep", slot=slot, enqueued_at=NOW)
        return looks[-1]

    monkeypatch.setattr(type(ScheduledRun.objects.all()), "exists", late)
    assert not enqueue_once("sweep", slot, probe_jobs.do_nothing, now_real=NOW)
    assert looks == [False, True]
    assert waiting() == []


@pytest.mark.django_db(transaction=True)
def test_many_clocks_at_once_take_a_slot_once() -> None:
    if connection.vendor != "postgresql":
        pytest.skip("the in-memory database has one connection; test_worker_and_clock.py covers the file")
    slots = [at(MONDAY, "10:00") + timedelta(minutes=minute) for minute in range(20)]
    schedules = [
        (slot, Schedule("sweep", probe_jobs.do_nothing, lambda _now, _rules, slot=slot: slot)) for slot in slots
    ]
    together = threading.Barrier(6)
    won: list[datetime] = []
    errors: list[BaseException] = []

    def clock() -> None:
        try:
            for slot, schedule in schedules:
                together.wait(timeout=30)
                if enqueue_due(now=slot, now_real=NOW, schedules=(schedule,)):
                    won.append(slot)
        except BaseException as error:  # noqa: BLE001 -- shown by the assertion below
            errors.append(error)
            together.abort()
        finally:
            connection.close()

    clocks = [threading.Thread(target=clock) for _ in range(6)]
    for thread in clocks:
        thread.start()
    for thread in clocks:
        thread.join()
    assert errors == []
    assert sorted(won) == slots
    assert ScheduledRun.objects.count() == len(slots)


@pytest.mark.django_db
@pytest.mark.parametrize("job", [run_sweep, sync_grants_job, make_checkpoint_job, send_digests_job])
def test_every_scheduled_job_runs_on_an_empty_department_and_runs_again(house: object, job: object) -> None:
    first = job.call()
    assert all(isinstance(number, int) for number in first.values())
    again = job.call()
    assert set(again.values()) <= {0}


@pytest.mark.django_db
def test_the_checkpoint_job_names_what_moved() -> None:
    sync_grants_job.call()
    enqueue_due(now=at(MONDAY, "10:00"), now_real=NOW)
    assert make_checkpoint_job.call()["checkpoints"] == AuditCheckpoint.objects.count()


# --- the demonstration's clock ---------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_demonstration_clock_shows_the_chosen_moment_and_goes_on(settings: object) -> None:
    settings.DEMONSTRATION = True
    set_demonstration_clock(at(MONDAY, "08:00"), now_real=timezone.now() - timedelta(hours=2))
    assert abs(current_moment() - at(MONDAY, "10:00")) < timedelta(minutes=1)


@pytest.mark.django_db
def test_the_demonstration_clock_has_one_setting(settings: object) -> None:
    settings.DEMONSTRATION = True
    for clock in ("08:00", "15:00"):
        set_demonstration_clock(at(MONDAY, clock), now_real=timezone.now())
    assert DemonstrationClock.objects.count() == 1
    assert abs(current_moment() - at(MONDAY, "15:00")) < timedelta(minutes=1)


@pytest.mark.django_db
def test_a_demonstration_set_back_schedules_its_slots_again(settings: object) -> None:
    settings.DEMONSTRATION = True
    for clock in ("08:00", "09:00", "10:00"):
        tick(at(MONDAY, clock))
    set_demonstration_clock(at(MONDAY, "08:30"), now_real=timezone.now())
    assert tick(at(MONDAY, "08:00")) == []
    assert tick(at(MONDAY, "09:00")) == ["sweep", "checkpoint", "render", "steps", "urgent"]


@pytest.mark.django_db
def test_outside_a_demonstration_the_clock_cannot_be_set(settings: object) -> None:
    settings.DEMONSTRATION = False
    with pytest.raises(WrongState, match="DONDOC_DEMONSTRATION"):
        set_demonstration_clock(at(MONDAY), now_real=timezone.now())
    assert DemonstrationClock.objects.count() == 0


# --- leases ----------------------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_lease_is_made_once_and_then_renewed() -> None:
    renew_lease("w", host="máy-1", pid=7, now_real=NOW)
    renew_lease("w", host="máy-1", pid=7, now_real=NOW + timedelta(seconds=10))
    lease = WorkerLease.objects.get()
    assert (lease.started_at, lease.seen_at, lease.host, lease.pid) == (
        NOW,
        NOW + timedelta(seconds=10),
        "máy-1",
        7,
    )


@pytest.mark.django_db
def test_renewing_a_lease_is_one_statement(django_assert_num_queries: object) -> None:
    with django_assert_num_queries(1):
        renew_lease("w", host="máy-1", pid=7, now_real=NOW)


@pytest.mark.django_db
def test_a_worker_gives_back_its_own_lease_only() -> None:
    for worker_id in ("a", "b"):
        renew_lease(worker_id, host="máy", pid=1, now_real=NOW)
    end_lease("a")
    assert [str(lease) for lease in WorkerLease.objects.all()] == ["b"]


# --- the second chance -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_the_job_of_a_dead_worker_is_put_back_after_a_short_wait() -> None:
    job = begun("dead", NOW - timedelta(minutes=5))
    assert reclaim_jobs(now_real=NOW).again == [str(job.pk)]
    job.refresh_from_db()
    assert (job.status, job.worker_ids, job.started_at) == (TaskResultStatus.READY, ["dead"], None)
    assert job.run_after == NOW + timedelta(seconds=5)


@pytest.mark.django_db
def test_the_job_of_a_live_worker_is_left_to_it() -> None:
    renew_lease("alive", host="máy", pid=1, now_real=NOW - timedelta(seconds=30))
    begun("alive", NOW - timedelta(hours=1))
    assert reclaim_jobs(now_real=NOW).again == []


@pytest.mark.django_db
def test_a_job_is_put_back_once_by_two_clocks() -> None:
    begun("dead", NOW - timedelta(minutes=5))
    assert [len(reclaim_jobs(now_real=NOW).again) for _clock in range(2)] == [1, 0]


@pytest.mark.django_db
def test_a_job_that_ends_while_it_is_being_put_back_stays_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    job = begun("slow", NOW - timedelta(minutes=5))
    found = [DBTaskResult.objects.get(pk=job.pk)]
    job.set_successful({})
    monkeypatch.setattr("workflow.actions.job.lost_jobs", lambda **_times: found)
    assert reclaim_jobs(now_real=NOW).again == []
    job.refresh_from_db()
    assert job.status == TaskResultStatus.SUCCESSFUL


@pytest.mark.django_db
def test_a_job_taken_anew_while_it_is_being_put_back_stays_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    job = begun("dead", NOW - timedelta(minutes=5))
    found = [DBTaskResult.objects.get(pk=job.pk)]
    job.claim("new")
    monkeypatch.setattr("workflow.actions.job.lost_jobs", lambda **_times: found)
    assert reclaim_jobs(now_real=NOW).again == []
    job.refresh_from_db()
    assert (job.status, job.worker_ids) == (TaskResultStatus.RUNNING, ["dead", "new"])


@pytest.mark.django_db
def test_a_job_broken_off_with_its_worker_is_put_back_clean() -> None:
    job = begun("ended", NOW)
    job.set_failed(SystemExit(1))
    assert reclaim_jobs(now_real=NOW).again == [str(job.pk)]
    job.refresh_from_db()
    assert (job.status, job.finished_at, job.exception_class_path, job.traceback) == (
        TaskResultStatus.READY,
        None,
        "",
        "",
    )


@pytest.mark.django_db
def test_a_job_that_failed_by_itself_is_listed_and_not_put_back() -> None:
    job = begun("w", NOW)
    job.set_failed(ValueError("sai"))
    assert reclaim_jobs(now_real=NOW).again == []
    assert [(found.trouble, found.error) for found in troubled_jobs(now_real=NOW)] == [
        (Trouble.FAILED, "ValueError: sai")
    ]


@pytest.mark.django_db
@pytest.mark.parametrize("ended", [False, True], ids=["killed", "broken off"])
def test_a_job_that_lost_five_workers_is_given_up_and_listed(ended: bool) -> None:
    job = DBTaskResult.objects.get(pk=probe_jobs.do_nothing.enqueue().id)
    waits, moment = [], NOW
    for attempt in range(1, ATTEMPTS_AT_MOST + 1):
        job.claim(f"w{attempt}")
        if ended:
            job.set_failed(SystemExit(1))
        DBTaskResult.objects.filter(pk=job.pk).update(started_at=moment)
        moment += timedelta(hours=1)
        result = reclaim_jobs(now_real=moment)
        job.refresh_from_db()
        if result.again:
            waits.append((job.run_after - moment).total_seconds())
    assert waits == [5, 10, 20, 40]
    assert result.given_up == [str(job.pk)]
    assert (job.status, job.exception_class_path, job.finished_at) == (TaskResultStatus.FAILED, LOST_ERROR, moment)
    assert "w1, w2, w3, w4, w5" in job.traceback
    assert reclaim_jobs(now_real=moment + timedelta(days=1)).again == []
    assert [found.trouble for found in troubled_jobs(now_real=moment)] == [Trouble.POISON]


@pytest.mark.django_db
def test_a_given_up_job_does_not_hold_up_the_others() -> None:
    poison = begun("w5", NOW - timedelta(hours=1))
    DBTaskResult.objects.filter(pk=poison.pk).update(worker_ids=[f"w{number}" for number in range(1, 6)])
    good = begun("dead", NOW - timedelta(hours=1))
    result = reclaim_jobs(now_real=NOW)
    assert (result.given_up, result.again) == ([str(poison.pk)], [str(good.pk)])


@pytest.mark.django_db
def test_old_jobs_slots_and_leases_are_forgotten() -> None:
    old, new = NOW - timedelta(days=8), NOW - timedelta(hours=1)
    for moment in (old, new):
        job = begun("w", moment)
        DBTaskResult.objects.filter(pk=job.pk).update(status=TaskResultStatus.SUCCESSFUL, finished_at=moment)
        failed = begun("w", moment)
        DBTaskResult.objects.filter(pk=failed.pk).update(status=TaskResultStatus.FAILED, finished_at=moment)
        ScheduledRun.objects.create(name="sweep", slot=moment, enqueued_at=moment)
        renew_lease(f"w{moment:%d}", host="máy", pid=1, now_real=moment)
    begun("w", old)
    assert forget_old_jobs(now_real=NOW) == 1
    assert sorted(DBTaskResult.objects.values_list("status", flat=True)) == [
        TaskResultStatus.FAILED,
        TaskResultStatus.FAILED,
        TaskResultStatus.RUNNING,
        TaskResultStatus.SUCCESSFUL,
    ]
    assert (ScheduledRun.objects.count(), WorkerLease.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_failure_is_kept_for_ninety_days() -> None:
    job = begun("w", NOW)
    DBTaskResult.objects.filter(pk=job.pk).update(status=TaskResultStatus.FAILED, finished_at=NOW - timedelta(days=91))
    assert forget_old_jobs(now_real=NOW) == 1


@pytest.mark.django_db
def test_the_columns_of_the_queue_that_reclaiming_leans_on_are_there() -> None:
    columns = {field.name for field in DBTaskResult._meta.get_fields()}
    assert columns >= {
        "status",
        "started_at",
        "finished_at",
        "worker_ids",
        "run_after",
        "exception_class_path",
        "traceback",
        "task_path",
    }
    job = DBTaskResult.objects.get(pk=probe_jobs.do_nothing.enqueue().id)
    assert job.run_after.year == 9999, "“now” is stored as a far date, never as null"
