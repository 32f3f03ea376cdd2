"""Making tasks and the plain acts on them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from workflow.actions.audit import Entry, action, append_to_tasks
from workflow.actions.transition import set_next_due, snapshot
from workflow.adapters.setwise import update_rows
from workflow.models import AuditEvent, Task
from workflow.permissions import Actor
from workflow.queries.rulebook import load_rulebook


@action
def create_tasks(
    tasks: Sequence[Task], *, by: Actor | None, now: datetime, details: Mapping[str, object] | None = None
) -> list[Task]:
    """Insert new tasks, parents before children, each with its creation event; returns them with their keys.

    Permission is the calling action's. `created_at` and `next_due` are set here; a task's parent must be saved
    already or stand earlier in the list.
    """
    rulebook = load_rulebook()
    pairs = []
    saved: list[Task] = []
    for wave in _waves(tasks):
        for task in wave:
            task.created_at = now
            task.parent = task.parent  # takes over the key of a parent saved in an earlier wave
            set_next_due(task, rulebook, now)
        saved += Task.objects.bulk_create(wave)
    for task in saved:
        columns = {name: value for name, value in snapshot(task).items() if value not in (None, "", 0, False)}
        pairs.append((task, Entry("task.create", after=columns, clause=task.clause, details=details or {})))
    AuditEvent.objects.bulk_create(append_to_tasks(pairs, by=by, now=now))
    update_rows(saved, ["chain_seq", "chain_head"])
    return saved


def _waves(tasks: Sequence[Task]) -> list[list[Task]]:
    """Split into lists so that every parent stands in an earlier list than its children."""
    waves: list[list[Task]] = []
    level: dict[int, int] = {}
    for task in tasks:
        parent = task.parent
        depth = level.get(id(parent), -1) + 1 if parent is not None else 0
        level[id(task)] = depth
        while len(waves) <= depth:
            waves.append([])
        waves[depth].append(task)
    return waves
