"""The sweep: what the plans' rules make happen to tasks whose moment has come.

Tasks are found by their stored `next_due` (a partial index), locked in batches with SKIP LOCKED, decided one by one in
Python, and written table by table in one statement a batch. One sweep does at most ONE step a task. A batch that fails
is rolled back and done again row by row; a row that fails alone is quarantined with its error and never stops the
others. Killed anywhere and run again, it ends in the same state: every effect is unique by (task, round, ordinal) and
commits with its event and the task's new `next_due`.
"""

from __future__ import annotations

import gc
import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import DataError, IntegrityError

from workflow.actions.audit import action
from workflow.actions.sweep.effects import Batch
from workflow.actions.sweep.office import Office, read_office
from workflow.actions.transition import change_task
from workflow.core.escalation import Decision, decide
from workflow.core.rulebook import Rulebook
from workflow.models import Task
from workflow.queries.rulebook import load_rulebook
from workflow.queries.task import subject_of

logger = logging.getLogger("workflow.sweep")

BATCH_SIZE = 1000
ROW_FAULTS = (ArithmeticError, AttributeError, DataError, IntegrityError, LookupError, TypeError, ValueError)
"""Faults that a row's own data may cause. A lost connection or a deadlock is none of them: the next sweep goes on."""

ALIKE_AT_MOST = 20
"""When so many rows fail first and all alike, the cause is not theirs."""

NOT_AGAIN_BEFORE = timedelta(minutes=1)
"""A task just dealt with is not looked at again by the same sweep."""


@dataclass(slots=True)
class SweepResult:
    """What one sweep did: tasks looked at, effects by (effect, rule code), tasks set apart with their error."""

    looked_at: int = 0
    effects: Counter[tuple[str, str]] = field(default_factory=Counter)
    quarantined: list[tuple[str, str]] = field(default_factory=list)

    def count(self, effect: str) -> int:
        """Return how often an effect happened, whatever the rule."""
        return sum(times for (kind, _rule), times in self.effects.items() if kind == effect)


def sweep(
    *, now: datetime, batch_size: int = BATCH_SIZE, progress: Callable[[SweepResult], None] | None = None
) -> SweepResult:
    """Let every rule act that is due at `now` (an aware moment); each batch commits on its own.

    With nothing due it is one query. The department is read anew for each batch, since people and units change while
    a long sweep runs. `progress` is called after each batch with the result so far.

    :raises LookupError: when something is due and no department stands in the table.
    :raises Exception: the fault itself, when the first rows of a batch all fail alike (`ALIKE_AT_MOST`).
    """
    result = SweepResult()
    while due_ids(now, 1):
        office = read_office(now)
        try:
            with no_collection():
                taken = _sweep_batch(office, result, batch_size, now=now)
        except ROW_FAULTS as error:
            logger.warning("Một lô bị lỗi (%s), xử lý lại từng nhiệm vụ.", type(error).__name__)
            taken = _sweep_row_by_row(office, result, batch_size, now=now)
        if progress is not None:
            progress(result)
        if not taken:  # others hold what is due
            break
    return result


@contextmanager
def no_collection() -> Iterator[None]:
    """Let Python's cycle collector rest while a batch is made.

    A batch makes some ten thousand objects and frees none before it ends, so that every search among them is in vain
    and took a tenth of the sweep's time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def due_ids(now: datetime, limit: int) -> list[int]:
    """Return the ids of the tasks whose moment has come, the longest waiting first."""
    due = Task.objects.filter(next_due__lte=now).order_by("next_due", "id")
    return list(due.values_list("id", flat=True)[:limit])


@action
def _sweep_batch(office: Office, result: SweepResult, size: int, *, now: datetime) -> int:
    due = Task.objects.select_for_update(skip_locked=True, of=("self",)).filter(next_due__lte=now)
    tasks = list(due.order_by("next_due", "id")[:size])
    if tasks:
        done = _apply(tasks, office, load_rulebook(), now=now)
        result.effects.update(done)
        result.looked_at += len(tasks)
    return len(tasks)


def _sweep_row_by_row(office: Office, result: SweepResult, size: int, *, now: datetime) -> int:
    """Sweep each task of the batch by itself; set those apart that fail, unless one cause lies behind them all.

    :raises Exception: one of `ROW_FAULTS`, when the first rows all fail alike: nothing is set apart then, since the
        fault is the house's and not theirs.
    """
    ids = due_ids(now, size)
    failed: list[tuple[int, str, str]] = []
    for number, task_id in enumerate(ids, start=1):
        try:
            result.effects.update(_sweep_one(task_id, office, now=now))
        except ROW_FAULTS as error:
            failed.append((task_id, type(error).__name__, str(error)))
            alike = {(kind, text) for _id, kind, text in failed}
            if number == len(failed) == ALIKE_AT_MOST and len(alike) == 1:
                logger.exception("%d nhiệm vụ đầu đều hỏng như nhau; dừng, không tách riêng nhiệm vụ nào.", number)
                raise
        result.looked_at += 1
    for task_id, kind, text in failed:
        code = _quarantine(task_id, f"{kind}: {text}", now=now)
        if code:
            result.quarantined.append((code, text))
    return len(ids)


@action
def _sweep_one(task_id: int, office: Office, *, now: datetime) -> Counter[tuple[str, str]]:
    found = Task.objects.select_for_update(skip_locked=True, of=("self",)).filter(pk=task_id, next_due__lte=now)
    return _apply(list(found), office, load_rulebook(), now=now)


def _apply(tasks: list[Task], office: Office, rulebook: Rulebook, *, now: datetime) -> Counter[tuple[str, str]]:
    """Decide for each task and write all effects; returns what happened."""
    decisions: list[tuple[Task, Decision]] = [(task, decide(subject_of(task), rulebook, now)) for task in tasks]
    batch = Batch(office, rulebook, now)
    for task, decision in decisions:
        if decision.acts:
            batch.add(task, decision)
        else:
            batch.look_again(task)
    batch.write(not_before=now + NOT_AGAIN_BEFORE)
    return Counter(
        (decision.effect, decision.rule.code)
        for _task, decision in decisions
        if decision.acts and decision.rule is not None
    )


@action
def _quarantine(task_id: int, error: str, *, now: datetime) -> str:
    """Set a task apart so that it can't stop the others; Văn phòng sees it in its list. Returns its code."""
    task = Task.objects.select_for_update(of=("self",)).filter(pk=task_id).first()
    if task is None or task.quarantined_at is not None:
        return ""
    change_task(
        task,
        name="task.quarantine",
        by=None,
        now=now,
        changes={"quarantined_at": now, "quarantine_error": error[:500]},
    )
    return task.code


@action
def release_quarantined(task_id: int, *, now: datetime) -> None:
    """Take a task back among the others, after its cause was mended."""
    task = Task.objects.select_for_update(of=("self",)).get(pk=task_id)
    change_task(task, name="task.release", by=None, now=now, changes={"quarantined_at": None, "quarantine_error": ""})
