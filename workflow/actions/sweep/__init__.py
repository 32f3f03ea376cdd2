"""The sweep: what the plans' rules make happen to tasks whose moment has come.

Tasks are found by their stored `next_due` (a partial index), locked in batches with SKIP LOCKED, decided one by one in
Python, and written table by table in one statement a batch. One sweep does at most ONE step a task. A batch that fails
is rolled back and done again row by row; a row that fails alone is quarantined with its error and never stops the
others. Killed anywhere and run again, it ends in the same state: every effect is unique by (task, round, ordinal) and
commits with its event and the task's new `next_due`.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Callable
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

    `progress` is called after each batch with the result so far.
    """
    result = SweepResult()
    office = read_office(now)
    while True:
        try:
            taken = _sweep_batch(office, result, batch_size, now=now)
        except ROW_FAULTS as error:
            logger.warning("Một lô bị lỗi (%s), xử lý lại từng nhiệm vụ.", type(error).__name__)
            taken = _sweep_row_by_row(office, result, batch_size, now=now)
        if progress is not None:
            progress(result)
        if not taken:
            return result


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
    ids = due_ids(now, size)
    for task_id in ids:
        try:
            result.effects.update(_sweep_one(task_id, office, now=now))
        except ROW_FAULTS as error:
            code = _quarantine(task_id, f"{type(error).__name__}: {error}", now=now)
            if code:
                result.quarantined.append((code, str(error)))
        result.looked_at += 1
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
