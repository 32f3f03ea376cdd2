"""Real worker and clock processes, killed, stopped and ended, on a database of their own."""

from __future__ import annotations

import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.management.base import BaseCommand

from tests.machine import DAYS, JOBS, LEASES, SLOTS, Machine, eventually, made_machine
from workflow.management.commands import clock, sweep, worker

QUICK_WORKER = ("worker", "--interval", "0.1", "--heartbeat", "0.3")
QUICK_RECLAIM = ("clock", "--once", "--lease", "1.5", "--first-delay", "0.1")


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory, django_db_setup: None) -> Iterator[Machine]:
    """One installation for the tests of this file."""
    with made_machine(tmp_path_factory.mktemp("machine")) as machine:
        yield machine


@pytest.fixture
def machine(installation: Machine) -> Iterator[Machine]:
    """The installation, with an empty queue and no process."""
    installation.clear()
    yield installation
    installation.clear()


def probes(machine: Machine) -> list[str]:
    """The states of the probe jobs; the clock's own jobs are left out."""
    return [
        str(row[0])
        for row in machine.rows(f"SELECT status FROM {JOBS} WHERE task_path LIKE 'tests.%' ORDER BY enqueued_at")
    ]


def reclaim(machine: Machine) -> None:
    """Let the clock look once, when the lease of what died is over, and drop the jobs that it scheduled."""
    time.sleep(1.6)
    machine.manage(*QUICK_RECLAIM)
    machine.rows(f"DELETE FROM {JOBS} WHERE task_path NOT LIKE 'tests.%'")


def ends_within(process: subprocess.Popen[bytes], seconds: float) -> int:
    """Ask a process to end and return its code."""
    process.send_signal(signal.SIGTERM)
    return process.wait(timeout=seconds)


def started_worker(machine: Machine, *arguments: str) -> subprocess.Popen[bytes]:
    """Start a worker and wait until it lives."""
    known = machine.count(LEASES)
    process = machine.start(*QUICK_WORKER, *arguments)
    eventually(lambda: machine.count(LEASES) > known)
    return process


def test_a_job_enqueued_in_a_rolled_back_change_never_runs(machine: Machine) -> None:
    machine.run_code(
        "from django.db import transaction\n"
        "from tests import probe_jobs\n"
        "try:\n"
        "    with transaction.atomic():\n"
        "        probe_jobs.mark_day('bị hủy')\n"
        "        probe_jobs.fail.enqueue('không được chạy')\n"
        "        raise KeyError\n"
        "except KeyError:\n"
        "    probe_jobs.do_nothing.enqueue()\n"
    )
    machine.manage("worker", "--batch")
    assert machine.rows(f"SELECT task_path, status FROM {JOBS}") == [("tests.probe_jobs.do_nothing", "SUCCESSFUL")]
    assert machine.count(DAYS) == 0


def test_the_job_of_a_killed_worker_is_run_again_and_its_effect_stands_once(machine: Machine) -> None:
    machine.enqueue("mark_then_wait", str(machine.folder))
    first = started_worker(machine)
    eventually(lambda: machine.lines("begun"))
    first.kill()
    first.wait()
    assert probes(machine) == ["RUNNING"]
    assert machine.count(DAYS) == 0

    machine.let_go()
    reclaim(machine)
    assert probes(machine) == ["READY"]
    second = started_worker(machine)
    eventually(lambda: probes(machine) == ["SUCCESSFUL"])

    assert [len(machine.lines(name)) for name in ("begun", "done")] == [2, 1]
    assert machine.lines("done") == [str(second.pid)]
    assert machine.count(DAYS) == 1


def test_a_worker_taken_for_dead_that_comes_back_does_nothing_twice(machine: Machine) -> None:
    machine.enqueue("wait_then_mark", str(machine.folder))
    first = started_worker(machine)
    eventually(lambda: machine.lines("begun"))
    first.send_signal(signal.SIGSTOP)
    reclaim(machine)
    assert probes(machine) == ["READY"]

    machine.let_go()
    machine.manage("worker", "--batch")
    assert probes(machine) == ["SUCCESSFUL"]
    first.send_signal(signal.SIGCONT)
    assert ends_within(first, 20) == 0

    assert len(machine.lines("done")) == 1
    assert machine.count(DAYS) == 1
    assert probes(machine) == ["SUCCESSFUL"]


def test_a_long_job_of_a_live_worker_is_not_taken_from_it(machine: Machine) -> None:
    machine.enqueue("wait_then_mark", str(machine.folder))
    started_worker(machine)
    eventually(lambda: machine.lines("begun"))
    time.sleep(1)
    reclaim(machine)
    assert probes(machine) == ["RUNNING"]
    machine.let_go()
    eventually(lambda: probes(machine) == ["SUCCESSFUL"])
    assert len(machine.lines("begun")) == 1


def test_a_job_that_kills_its_worker_is_given_up_and_the_next_job_runs(machine: Machine) -> None:
    machine.enqueue("kill_own_worker")
    machine.rows(f'UPDATE {JOBS} SET worker_ids = \'["a", "b", "c", "d"]\'')
    victim = machine.start(*QUICK_WORKER)
    assert victim.wait(timeout=30) == -signal.SIGKILL
    reclaim(machine)
    assert machine.rows(f"SELECT status, exception_class_path FROM {JOBS}") == [("FAILED", "workflow.WorkerLost")]
    machine.enqueue("do_nothing")
    machine.manage("worker", "--batch")
    assert probes(machine) == ["FAILED", "SUCCESSFUL"]


def test_an_idle_worker_ends_at_once_and_gives_its_lease_back(machine: Machine) -> None:
    alive = started_worker(machine)
    assert ends_within(alive, 5) == 0
    assert machine.count(LEASES) == 0


def test_a_worker_asked_to_end_finishes_its_job_first(machine: Machine) -> None:
    machine.enqueue("wait_then_mark", str(machine.folder))
    alive = started_worker(machine)
    eventually(lambda: machine.lines("begun"))
    alive.send_signal(signal.SIGTERM)
    machine.let_go()
    assert alive.wait(timeout=10) == 0
    assert probes(machine) == ["SUCCESSFUL"]
    assert machine.count(LEASES) == 0


def test_a_worker_asked_to_end_breaks_off_a_job_that_takes_too_long_and_it_is_run_again(machine: Machine) -> None:
    machine.enqueue("mark_then_wait", str(machine.folder))
    alive = started_worker(machine, "--grace", "0.5")
    eventually(lambda: machine.lines("begun"))
    ends_within(alive, 10)
    assert machine.count(JOBS, "exception_class_path = 'builtins.SystemExit'") == 1
    assert machine.count(DAYS) == 0
    assert machine.count(LEASES) == 0

    machine.let_go()
    reclaim(machine)
    time.sleep(0.2)
    machine.manage("worker", "--batch")
    assert probes(machine) == ["SUCCESSFUL"]
    assert machine.count(DAYS) == 1


def test_a_worker_renews_its_lease_while_it_lives(machine: Machine) -> None:
    started_worker(machine)
    [(first,)] = machine.rows(f"SELECT seen_at FROM {LEASES}")
    eventually(lambda: machine.rows(f"SELECT seen_at FROM {LEASES}") != [(first,)])
    assert machine.count(LEASES) == 1


def test_two_workers_share_the_queue_and_run_each_job_once(machine: Machine) -> None:
    workers = [machine.start(*QUICK_WORKER) for _ in range(2)]
    machine.run_code("from tests import probe_jobs\nfor _ in range(30): probe_jobs.do_nothing.enqueue()")
    eventually(lambda: machine.job_states() == ["SUCCESSFUL"] * 30)
    assert all(len(str(ids).split(",")) == 1 for (ids,) in machine.rows(f"SELECT worker_ids FROM {JOBS}"))
    assert [ends_within(process, 5) for process in workers] == [0, 0]


def test_a_job_that_fails_leaves_the_worker_alive(machine: Machine) -> None:
    machine.enqueue("fail", "hỏng")
    machine.enqueue("do_nothing")
    machine.manage("worker", "--batch")
    assert probes(machine) == ["FAILED", "SUCCESSFUL"]


def test_what_the_clock_schedules_the_worker_runs(machine: Machine) -> None:
    machine.manage("clock", "--once")
    machine.manage("worker", "--batch")
    done = {
        str(path).rsplit(".", 1)[1]: status for path, status in machine.rows(f"SELECT task_path, status FROM {JOBS}")
    }
    for letters in ("send_digests_job", "send_urgent_job"):
        done.pop(letters, None)  # only in the hours in which people work
    assert done == dict.fromkeys(
        ("run_sweep", "sync_grants_job", "make_checkpoint_job", "render_missing_job", "nudge_steps_job"), "SUCCESSFUL"
    )


def test_two_clocks_schedule_a_slot_once(machine: Machine) -> None:
    clocks = [machine.start("clock", "--interval", "0.1", "--reclaim-every", "0.2") for _ in range(2)]
    eventually(lambda: machine.count(SLOTS, "name = 'sweep'") > 0)
    time.sleep(3)
    assert [process.poll() for process in clocks] == [None, None]
    assert [ends_within(process, 5) for process in clocks] == [0, 0]
    assert (
        machine.count(SLOTS) == machine.rows(f"SELECT count(*) FROM (SELECT DISTINCT name, slot FROM {SLOTS}) x")[0][0]
    )
    assert machine.count(JOBS, "task_path LIKE '%.run_sweep'") == 1
    assert machine.count(JOBS, "task_path LIKE '%.sync_grants_job'") == 1
    assert "Chưa" not in machine.logged()


@pytest.mark.parametrize("interval", ["0.1", "60"], ids=["busy", "asleep"])
def test_the_clock_ends_promptly(machine: Machine, interval: str) -> None:
    process = machine.start("clock", "--interval", interval)
    eventually(lambda: machine.count(SLOTS) > 0)
    assert ends_within(process, 3) == 0


def test_a_clock_puts_a_job_back_while_it_goes_on(machine: Machine) -> None:
    machine.enqueue("wait_then_mark", str(machine.folder))
    first = started_worker(machine)
    eventually(lambda: machine.lines("begun"))
    first.kill()
    first.wait()
    machine.let_go()
    machine.start("clock", "--reclaim-every", "0.3", "--lease", "1.5", "--first-delay", "0.1")
    started_worker(machine)
    eventually(lambda: probes(machine) == ["SUCCESSFUL"])
    assert machine.count(DAYS) == 1


@pytest.mark.parametrize("command", ["worker", "clock"])
def test_neither_starts_on_a_database_that_was_not_migrated(tmp_path: Path, command: str) -> None:
    empty = Machine(tmp_path)
    process = empty.start(command)
    try:
        assert process.wait(timeout=30) == 1
    finally:
        process.kill()
        process.wait()
    assert "manage.py migrate" in empty.logged()


def test_a_worker_whose_database_went_away_works_on_when_it_is_back(machine: Machine) -> None:
    if not machine.address:
        pytest.skip("a database file does not go away")
    alive = started_worker(machine)
    for _ in range(3):
        machine.rows(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        time.sleep(0.3)
    machine.enqueue("do_nothing")
    eventually(lambda: probes(machine) == ["SUCCESSFUL"])
    assert alive.poll() is None
    assert ends_within(alive, 8) == 0


@pytest.mark.parametrize("command", [worker.Command, clock.Command, sweep.Command])
def test_the_commands_explain_their_options_in_vietnamese(command: type[BaseCommand]) -> None:
    text = command().create_parser("manage.py", "lệnh").format_help()
    assert "số giây" in text or "thời điểm" in text
