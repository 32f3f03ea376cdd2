"""Any history through the door can be rebuilt, at every moment, to what stood in the row then."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import MONDAY, House, at, make_task
from workflow.actions.transition import change_task, lock_task, perform_transition, snapshot
from workflow.choices import TaskState
from workflow.core.errors import ActionError
from workflow.core.hashchain import Plain, plain
from workflow.core.replay import differing
from workflow.models import Task
from workflow.queries.explain import task_as_of
from workflow.queries.task import subject_of
from workflow.queries.trail import TRACKED, task_at, verify_trail

BEGIN = at(MONDAY, "08:00")

WHO = ("member", "head", "reviewer", "leader", "chief", "stranger")
TRANSITIONS = (
    "start",
    "report",
    "return_report",
    "review",
    "escalate",
    "direct",
    "suspend",
    "resume",
    "cancel",
    "reopen",
)
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=12)
CHANGES = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "due_on": st.none() | st.dates(date(2022, 1, 1), date(2023, 12, 31)),
        "processing_until": st.none() | st.dates(date(2022, 1, 1), date(2023, 12, 31)),
        "round": st.integers(1, 9),
        "reminders_issued": st.integers(0, 2),
        "last_reminder_at": st.none() | st.integers(0, 500_000).map(lambda minutes: BEGIN + timedelta(minutes=minutes)),
        "submitted_version": st.none() | st.integers(1, 3),
        "obstacle_open": st.booleans(),
        "quarantine_error": TEXTS,
        "closed_at": st.none() | st.just(BEGIN),
    },
)
STEPS = st.lists(
    st.tuples(st.sampled_from(WHO), st.none() | st.sampled_from(TRANSITIONS), CHANGES, st.integers(0, 300)),
    max_size=10,
)


@contextmanager
def undone() -> Iterator[None]:
    """Undo everything that one example wrote."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def plain_row(task_id: int) -> dict[str, Plain]:
    return {name: plain(value) for name, value in snapshot(Task.objects.get(pk=task_id)).items()}


def step(  # noqa: PLR0917 -- the parts of one step
    house: House, task_id: int, who: str, name: str | None, changes: dict[str, object], now: datetime
) -> bool:
    """Do one step; refusals are part of any history and leave nothing."""
    actor = getattr(house, who)
    if name == "suspend":
        changes = {**changes, "suspended_from": Task.objects.get(pk=task_id).state}
    try:
        with transaction.atomic():
            task = lock_task(task_id, by=actor)
            if name is None:
                change_task(task, name="task.note", by=actor, now=now, changes=changes)
            else:
                perform_transition(task, name, by=actor, now=now, changes=changes)
    except ActionError:
        return False
    return True


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
def test_any_history_is_rebuilt_at_each_of_its_moments(
    house: House, steps: list[tuple[str, str | None, dict[str, object], int]]
) -> None:
    with undone():
        task = make_task(house, now=BEGIN)
        moment = BEGIN
        kept = [(moment, plain_row(task.pk))]
        for who, name, changes, minutes in steps:
            moment += timedelta(minutes=minutes + 1)
            step(house, task.pk, who, name, changes, moment)
            kept.append((moment, plain_row(task.pk)))
        for then, row in kept:
            assert differing(task_at(task.pk, then), row) == []
            former = task_as_of(task, then)
            assert former is not None
            assert differing({name: plain(value) for name, value in snapshot(former).items()}, row) == []
        assert task_at(task.pk, BEGIN - timedelta(seconds=1)) == {}
        assert verify_trail().ok


def test_the_subject_of_a_rebuilt_task_is_the_row_s(house: House) -> None:
    task = make_task(house, now=BEGIN, confirm_monthly=True, start_on=date(2022, 10, 1), obstacle_open=True)
    row = Task.objects.get(pk=task.pk)
    rebuilt = task_as_of(row, at(MONDAY, "12:00"))
    assert rebuilt is not None
    assert subject_of(rebuilt) == subject_of(row)


def test_a_task_of_yesterday_is_not_changed_by_today(house: House) -> None:
    task = make_task(house, now=BEGIN)
    noon, evening = at(MONDAY, "12:00"), at(MONDAY, "18:00")
    assert step(house, task.pk, "member", "start", {"assignee_id": house.member.person_id}, noon)
    assert step(house, task.pk, "head", "report", {"submitted_version": 1, "reported_at": evening}, evening)
    assert task_at(task.pk, at(MONDAY, "11:59"))["state"] == TaskState.ASSIGNED
    assert "assignee_id" not in task_at(task.pk, at(MONDAY, "11:59"))
    assert task_at(task.pk, noon)["assignee_id"] == house.member.person_id
    assert task_at(task.pk, evening)["reported_at"] == "2022-10-03T18:00:00.000000+07:00"


def test_the_trail_alone_gives_back_every_column_of_the_row(house: House) -> None:
    task = make_task(house, product="Báo cáo", parent=make_task(house), sequence=3)
    rebuilt = task_at(task.pk, at(MONDAY))
    assert differing(rebuilt, plain_row(task.pk)) == []
    assert set(rebuilt) <= set(TRACKED)


def test_a_text_that_is_not_composed_unicode_is_rebuilt_as_the_row_reads(house: House) -> None:
    decomposed = "Ra\u0300 soa\u0301t"
    task = make_task(house, title=decomposed)
    assert task_at(task.pk, at(MONDAY))["title"] == "Rà soát"
    assert verify_trail().ok


def test_rebuilding_reads_one_query(house: House, django_assert_num_queries: object) -> None:
    task = make_task(house)
    with django_assert_num_queries(1):  # type: ignore[operator]
        task_at(task.pk, at(MONDAY))
    assert connection.vendor in {"sqlite", "postgresql"}


@pytest.mark.parametrize("minutes", [0, 1])
def test_two_events_of_one_moment_are_both_taken(house: House, minutes: int) -> None:
    task = make_task(house, now=BEGIN)
    later = BEGIN + timedelta(minutes=minutes)
    assert step(house, task.pk, "member", "start", {}, later)
    assert step(house, task.pk, "member", None, {"title": "khác"}, later)
    assert (task_at(task.pk, later)["state"], task_at(task.pk, later)["title"]) == ("in_progress", "khác")
