"""The one door: every change of a task's state, and of its other columns, goes through here.

Lock, permission, condition, change, event, in this order, in one transaction (domain.md section 7.1 and 7.2).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import cast

from django.contrib.auth.models import PermissionsMixin
from django.db import transaction
from django_fsm import TransitionNotAllowed, can_proceed, has_transition_perm

from workflow.actions.audit import Entry, append_to_task
from workflow.adapters.rowwise import append_row, lock_row, write_row
from workflow.choices import TaskState
from workflow.core.errors import NotFound, NotPermitted, WrongState
from workflow.core.escalation import next_moment
from workflow.core.rulebook import Rulebook
from workflow.models import Task
from workflow.permissions import Actor
from workflow.queries.rulebook import load_rulebook
from workflow.queries.task import may_see, subject_of
from workflow.queries.trail.tracked import TRACKED


def lock_task(task_id: int, *, by: Actor | None) -> Task:
    """Lock and return the task's row until the transaction ends.

    :raises NotFound: when it does not exist or the person may not see it.
    """
    task = lock_row(Task, task_id)
    if task is None or (by is not None and not may_see(by, task)):
        raise NotFound
    return task


def snapshot(task: Task) -> dict[str, object]:
    """Return the tracked columns as they stand."""
    return {name: getattr(task, name) for name in TRACKED}


def set_next_due(task: Task, rulebook: Rulebook, now: datetime) -> None:
    """Store the moment at which the sweep must look at the task again; a quarantined task has none."""
    task.next_due = None if task.quarantined_at else next_moment(subject_of(task), rulebook, now)


def state_label(state: str) -> str:
    """Return the state's Vietnamese word."""
    return str(TaskState(state).label)


def transition_label(task: Task, name: str) -> str:
    """Return the transition's Vietnamese verb as declared on the model."""
    declared = getattr(type(task), name)._django_fsm.transitions
    return str(next(iter(declared.values())).custom["label"])


def enter_state(task: Task, name: str, *, by: Actor | None, as_engine: bool = False) -> None:
    """Run one declared transition on a locked task in memory, after its permission and conditions.

    The engine (`by` None) may run only what is declared for it, or what an action runs for it (`as_engine`).

    :raises NotPermitted: when the person has not the transition's right on the task's units.
    :raises WrongState: when the task is not in a source state, or a condition fails.
    """
    method = getattr(task, name)
    label = transition_label(task, name)
    declared = method._django_fsm
    if not declared.has_transition(task.state):
        raise WrongState(f"Nhiệm vụ đang ở trạng thái “{state_label(task.state)}” nên không thể “{label}”.")
    if by is None:
        custom = declared.get_transition(task.state).custom
        if not (as_engine or custom.get("engine")):
            raise NotPermitted(f"Hệ thống không được tự “{label}”.")
    elif can_proceed(method) and not has_transition_perm(method, cast("PermissionsMixin", by)):
        raise NotPermitted(f"Ông/bà không có quyền “{label}” đối với nhiệm vụ này.")
    try:
        method()
    except TransitionNotAllowed:
        raise WrongState(f"Nhiệm vụ chưa đủ điều kiện để “{label}”.") from None


def perform_transition(
    task: Task,
    name: str,
    *,
    by: Actor | None,
    now: datetime,
    changes: Mapping[str, object] | None = None,
    clause: str = "",
    details: Mapping[str, object] | None = None,
    as_engine: bool = False,
) -> Task:
    """Change the state of a task that `lock_task` locked in this transaction, with other columns, and record it.

    Columns in `changes` are set after the permission and before the transition's conditions are judged, so that a
    condition may ask for them. The event is named "task.<name>".

    :raises NotPermitted: see `enter_state`.
    :raises WrongState: see `enter_state`.
    """
    before = snapshot(task)
    for column, value in (changes or {}).items():
        setattr(task, column, value)
    enter_state(task, name, by=by, as_engine=as_engine)
    _save_change(task, before, Entry(f"task.{name}", clause=clause, details=details or {}), by=by, now=now)
    return task


def change_task(
    task: Task,
    *,
    name: str,
    by: Actor | None,
    now: datetime,
    changes: Mapping[str, object] | None = None,
    clause: str = "",
    details: Mapping[str, object] | None = None,
) -> Task:
    """Change columns of a locked task other than its state, and record the event `name`.

    Permission is the calling action's: it names the right and asks before it calls.
    """
    before = snapshot(task)
    for column, value in (changes or {}).items():
        setattr(task, column, value)
    _save_change(task, before, Entry(name, clause=clause, details=details or {}), by=by, now=now)
    return task


def _save_change(task: Task, before: Mapping[str, object], entry: Entry, *, by: Actor | None, now: datetime) -> None:
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("perform_transition must run inside an action's transaction.")
    after = snapshot(task)
    changed = [name for name in TRACKED if before[name] != after[name]]
    set_next_due(task, load_rulebook(), now)
    entry.before = {name: before[name] for name in changed}
    entry.after = {name: after[name] for name in changed}
    event = append_to_task(task, entry, by=by, now=now)
    write_row(task, [*changed, "next_due", "chain_seq", "chain_head"])
    append_row(event)
