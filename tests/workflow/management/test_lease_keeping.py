"""Keeping a lease and hearing the demand to end, with the database's failures played."""

from __future__ import annotations

import logging
import os
import signal
import threading
import time
from collections.abc import Iterator

import pytest
from django.db import OperationalError

from workflow.management import lease
from workflow.management.commands import clock, worker
from workflow.management.lease import EndWatch
from workflow.models import WorkerLease


class CountedStop(threading.Event):
    """An event that lets so many waits pass, then tells to stop."""

    def __init__(self, beats: int) -> None:
        super().__init__()
        self.beats = beats

    def wait(self, timeout: float | None = None) -> bool:
        self.beats -= 1
        return self.beats < 0


class Link:
    """A connection that counts how often it was closed."""

    def __init__(self) -> None:
        self.closed = 0

    def close(self) -> None:
        self.closed += 1


@pytest.fixture
def link(monkeypatch: pytest.MonkeyPatch) -> Link:
    """Stand in for the keeper's own connection, which a test's transaction must not lose."""
    stand_in = Link()
    monkeypatch.setattr(lease, "connection", stand_in)
    return stand_in


@pytest.fixture
def _signals_kept() -> Iterator[None]:
    numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGQUIT)
    former = [signal.getsignal(number) for number in numbers]
    yield
    for number, handler in zip(numbers, former, strict=True):
        signal.signal(number, handler)


@pytest.mark.django_db
def test_a_lease_is_renewed_at_each_beat(link: Link) -> None:
    lease.renew_until(CountedStop(3), "w", "máy", 0.0)
    kept = WorkerLease.objects.get()
    assert (kept.worker_id, kept.host, kept.pid) == ("w", "máy", os.getpid())
    assert kept.seen_at > kept.started_at
    assert link.closed == 1


def test_a_database_that_is_locked_is_waited_for(
    monkeypatch: pytest.MonkeyPatch, link: Link, caplog: pytest.LogCaptureFixture
) -> None:
    renewals: list[str] = []

    def renew(worker_id: str, **_columns: object) -> None:
        renewals.append(worker_id)
        if len(renewals) < 3:
            raise OperationalError("database is locked")

    monkeypatch.setattr(lease, "renew_lease", renew)
    monkeypatch.setattr(lease, "machine_moment", lambda: None)
    with caplog.at_level(logging.WARNING, "workflow.worker"):
        lease.renew_until(CountedStop(4), "w", "máy", 0.0)
    assert renewals == ["w"] * 4
    assert [record.getMessage() for record in caplog.records] == [
        "Chưa gia hạn được tiến trình w: database is locked"
    ] * 2
    assert link.closed == 3


def test_a_worker_that_lost_its_database_begins_again_as_another(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ids: list[str] = []
    given_back: list[str] = []

    def run(_command: str, *, worker_id: str, **_options: object) -> None:
        ids.append(worker_id)
        if len(ids) == 1:
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(worker, "call_command", run)
    monkeypatch.setattr(worker, "PAUSE", 0.0)
    monkeypatch.setattr(worker, "connection", Link())
    monkeypatch.setattr(lease, "renew_lease", lambda *_parts, **_columns: None)
    monkeypatch.setattr(lease, "machine_moment", lambda: None)
    monkeypatch.setattr(lease, "end_lease", given_back.append)
    with caplog.at_level(logging.WARNING, "workflow.worker"):
        worker.Command().work(EndWatch(1), interval=0.1, heartbeat=60, batch=False)
    assert len(set(ids)) == 2
    assert given_back == ids
    assert "server closed" in caplog.text


def test_a_worker_asked_to_end_while_its_database_is_away_does_not_begin_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(worker, "call_command", lambda *_parts, **_options: pytest.fail("began again"))
    watch = EndWatch(1)
    watch.asked = True
    worker.Command().work(watch, interval=0.1, heartbeat=60, batch=False)


def test_a_worker_id_is_new_each_time_names_its_host_and_fits_its_column() -> None:
    ids = {worker.new_worker_id("h" * 200) for _ in range(50)}
    assert len(ids) == 50
    assert all(len(worker_id) <= 64 and f"-{os.getpid()}-" in worker_id for worker_id in ids)


@pytest.mark.usefixtures("_signals_kept")
def test_the_watch_hears_the_demand_to_end_whoever_handles_it() -> None:
    handled: list[int] = []
    signal.signal(signal.SIGTERM, lambda number, _frame: handled.append(number))
    watch = EndWatch(grace=3600)
    watch.start()
    os.kill(os.getpid(), signal.SIGTERM)
    end = time.monotonic() + 5
    while not watch.asked and time.monotonic() < end:
        time.sleep(0.01)
    watch.stop()
    assert (watch.asked, handled) == (True, [signal.SIGTERM])


@pytest.mark.usefixtures("_signals_kept")
def test_the_watch_passes_over_other_signals_and_can_be_stopped() -> None:
    signal.signal(signal.SIGUSR1, lambda _number, _frame: None)
    watch = EndWatch(grace=3600)
    watch.start()
    os.kill(os.getpid(), signal.SIGUSR1)
    time.sleep(0.1)
    watch.stop()
    assert not watch.asked
    assert signal.set_wakeup_fd(-1) == -1


def test_a_beat_comes_at_once_and_then_only_after_its_time() -> None:
    done: list[int] = []
    beat = clock.Beat("đếm", 3600, lambda: done.append(1))
    beat.run_when_due()
    beat.run_when_due()
    assert done == [1]
    beat.next_at = time.monotonic()
    beat.run_when_due()
    assert done == [1, 1]


@pytest.mark.parametrize("error", [OperationalError("khóa"), ValueError("chính sách sai"), KeyError("thiếu")])
def test_a_duty_that_fails_is_logged_and_tried_again(error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    def duty() -> None:
        raise error

    beat = clock.Beat("xếp lịch", 0.0, duty)
    with caplog.at_level(logging.WARNING, "workflow.clock"):
        beat.run_when_due()
        beat.run_when_due()
    assert [record.getMessage().split(":")[0] for record in caplog.records] == ["Chưa xếp lịch được"] * 2


def test_an_error_of_the_program_itself_is_not_hidden() -> None:
    def duty() -> None:
        raise TypeError("lỗi lập trình")

    with pytest.raises(TypeError):
        clock.Beat("xếp lịch", 0.0, duty).run_when_due()


def test_the_clock_and_an_idle_worker_end_with_code_zero() -> None:
    for command in (clock, worker):
        with pytest.raises(SystemExit) as end:
            command.end(signal.SIGTERM, None)
        assert end.value.code == 0
