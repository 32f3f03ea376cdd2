"""Waking every open clock after a change of calendar, policies or rules."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date

import pytest
from django.db import DatabaseError, connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY, House, at, make_task
from workflow.actions.rulebook import wake_tasks
from workflow.actions.transition import lock_task
from workflow.choices import TaskState
from workflow.models import Task

NOW = at(MONDAY)


def test_open_clocks_are_woken_and_nothing_else(house: House) -> None:
    awake = [make_task(house, due_on=date(2022, 12, 30)), make_task(house, state=TaskState.IN_PROGRESS)]
    asleep = [make_task(house, state=TaskState.REVIEWED), make_task(house, unit=None)]
    apart = make_task(house)
    Task.objects.filter(pk=apart.pk).update(quarantined_at=NOW, next_due=None)
    assert wake_tasks(now=NOW) == 2
    assert set(Task.objects.filter(next_due=NOW).values_list("pk", flat=True)) == {task.pk for task in awake}
    assert not Task.objects.filter(pk__in=[task.pk for task in [*asleep, apart]], next_due=NOW).exists()


def test_what_is_due_already_keeps_its_moment(house: House) -> None:
    task = make_task(house)
    earlier = at(date(2022, 9, 1))
    Task.objects.filter(pk=task.pk).update(next_due=earlier)
    assert wake_tasks(now=NOW) == 0
    task.refresh_from_db()
    assert task.next_due == earlier


def test_it_is_one_statement_that_locks_by_key_first(house: House) -> None:
    for _ in range(3):
        make_task(house)
    with CaptureQueriesContext(connection) as seen:
        wake_tasks(now=NOW)
    [statement] = [query["sql"] for query in seen if query["sql"].startswith("UPDATE")]
    if connection.vendor == "postgresql":
        assert statement.rstrip(")").endswith("FOR UPDATE")
        assert "ORDER BY 1 ASC FOR UPDATE" in statement or 'ORDER BY U0."id" ASC FOR UPDATE' in statement


def repeat(act: Callable[[int], None], faults: list[DatabaseError]) -> None:
    """Do it in transactions of its own, one after the other; a deadlock shows as a fault of the database."""
    try:
        for turn in range(15):
            with transaction.atomic():
                act(turn)
    except DatabaseError as error:
        faults.append(error)
    finally:
        connections.close_all()


@pytest.mark.django_db(transaction=True)
def test_it_never_waits_in_a_ring_with_an_action_on_several_tasks(house: House) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time, so nothing can wait in a ring")
    tasks = [make_task(house) for _ in range(40)]
    keys = [task.pk for task in tasks]
    # Writing rows moves them in the table: the order of reading is then no longer that of the keys.
    for key in keys[:20]:
        Task.objects.filter(pk=key).update(search="dời chỗ")
    faults: list[DatabaseError] = []

    def act(_turn: int) -> None:
        for key in keys:
            lock_task(key, by=None)

    def wake(turn: int) -> None:
        wake_tasks(now=at(date(2022, 10, 3), f"08:{59 - turn:02}"))

    threads = [threading.Thread(target=repeat, args=(each, faults)) for each in (act, wake, wake)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []
