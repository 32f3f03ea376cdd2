"""Writing the trail: every action records exactly one event a change, last, inside its transaction."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import ParamSpec, TypeVar
from uuid import UUID, uuid4

from django.db import transaction

from workflow.adapters.setwise import insert_rows, update_rows
from workflow.core.hashchain import canonical, link
from workflow.models import AuditChain, AuditEvent, Task
from workflow.permissions import Actor

P = ParamSpec("P")
R = TypeVar("R")

_action_id: ContextVar[UUID | None] = ContextVar("action_id", default=None)
_action_ids: ContextVar[Callable[[], UUID]] = ContextVar("action_ids", default=uuid4)

ENGINE_NAME = "Hệ thống Đôn đốc"


def action(function: Callable[P, R]) -> Callable[P, R]:
    """Run a write in one transaction under one action id; an action called by another joins both."""

    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        token = None if _action_id.get() is not None else _action_id.set(_action_ids.get()())
        try:
            with transaction.atomic():
                return function(*args, **kwargs)
        finally:
            if token is not None:
                _action_id.reset(token)

    return run


def current_act() -> UUID:
    """Return the id of the action that runs, which joins all its events and messages.

    :raises LookupError: outside any action.
    """
    found = _action_id.get()
    if found is None:
        raise LookupError("Chỉ có mã của một việc khi việc đó đang chạy (xem `action`).")
    return found


@contextmanager
def seeded_action_ids(source: Random) -> Iterator[None]:
    """Take action ids from a seeded source while the block runs, so that a rehearsed year gives the same trail twice.

    For rehearsals and tests only; everywhere else an action id is random.
    """
    token = _action_ids.set(lambda: UUID(int=source.getrandbits(128), version=4))
    try:
        yield
    finally:
        _action_ids.reset(token)


@dataclass(slots=True)
class Entry:
    """What one event says, before it is chained."""

    name: str
    before: Mapping[str, object] = field(default_factory=dict)
    after: Mapping[str, object] = field(default_factory=dict)
    clause: str = ""
    details: Mapping[str, object] = field(default_factory=dict)


def describe_actor(by: Actor | None) -> dict[str, object]:
    """Return the text copies that stand in every event, so that it reads the same after people and units are closed."""
    if by is None:
        return {"id": None, "name": ENGINE_NAME, "position": "", "unit": "", "capacity": "", "address": ""}
    described: dict[str, object] = {
        "id": by.person_id,
        "name": by.name,
        "position": by.position,
        "unit": by.unit_name,
        "capacity": by.capacity,
        "address": by.address,
    }
    if by.delegation_id is not None:
        described["delegation"] = by.delegation_id
        described["in_place_of"] = {"id": by.principal_id, "name": by.principal_name}
    return described


def _build(
    chain: str, seq: int, previous: str, entry: Entry, *, by: Actor | None, actor: Mapping[str, object], now: datetime
) -> AuditEvent:
    action_id = _action_id.get() or _action_ids.get()()
    body = canonical(
        {
            "chain": chain,
            "seq": seq,
            "name": entry.name,
            "at": now,
            "action": action_id,
            "actor": actor,
            "before": entry.before,
            "after": entry.after,
            "clause": entry.clause,
            "details": entry.details,
        }
    )
    return AuditEvent(
        chain=chain,
        seq=seq,
        occurred_at=now,
        action_id=action_id,
        name=entry.name,
        task_id=int(chain[5:]) if chain.startswith("task:") else None,
        actor_id=by.person_id if by is not None else None,
        body=body,
        previous_hash=previous,
        hash=link(previous, body),
    )


def append_to_task(task: Task, entry: Entry, *, by: Actor | None, now: datetime) -> AuditEvent:
    """Chain one event to a locked task and return it unsaved; the caller saves it and the task's head columns."""
    event = _build(
        f"task:{task.pk}", task.chain_seq + 1, task.chain_head, entry, by=by, actor=describe_actor(by), now=now
    )
    task.chain_seq = event.seq
    task.chain_head = event.hash
    return event


def append_to_tasks(pairs: Sequence[tuple[Task, Entry]], *, by: Actor | None, now: datetime) -> list[AuditEvent]:
    """Chain one event to each of many locked tasks and return them unsaved, in order."""
    actor = describe_actor(by)
    events = []
    for task, entry in pairs:
        event = _build(f"task:{task.pk}", task.chain_seq + 1, task.chain_head, entry, by=by, actor=actor, now=now)
        task.chain_seq = event.seq
        task.chain_head = event.hash
        events.append(event)
    return events


def record_events(pairs: Sequence[tuple[Task | str, Entry]], *, by: Actor | None, now: datetime) -> list[AuditEvent]:
    """Append many events, each to its subject's chain, in a fixed number of statements; else as `record_event`.

    Every task must come as one object, however many events are its own.

    :raises TypeError: when a value has no canonical form.
    """
    tasks = {subject.pk: subject for subject, _entry in pairs if isinstance(subject, Task)}
    chains = _lock_chains({subject for subject, _entry in pairs if isinstance(subject, str)})
    events = append_to_tasks([(one, entry) for one, entry in pairs if isinstance(one, Task)], by=by, now=now)
    actor = describe_actor(by)
    for key, entry in pairs:
        if isinstance(key, str):
            chain = chains[key]
            event = _build(key, chain.seq + 1, chain.head, entry, by=by, actor=actor, now=now)
            chain.seq, chain.head = event.seq, event.hash
            events.append(event)
    update_rows(list(tasks.values()), ("chain_seq", "chain_head"))
    update_rows(list(chains.values()), ("seq", "head"))
    insert_rows(events)
    return events


def _lock_chains(keys: Set[str]) -> dict[str, AuditChain]:
    """Lock the chains of the keys, in their order, those that are new too."""
    if not keys:
        return {}
    AuditChain.objects.bulk_create([AuditChain(key=key) for key in sorted(keys)], ignore_conflicts=True)
    chains = AuditChain.objects.select_for_update().filter(key__in=keys).order_by("key")
    return {chain.key: chain for chain in chains}


def record_event(
    name: str,
    *,
    subject: Task | str,
    by: Actor | None,
    now: datetime,
    before: Mapping[str, object] | None = None,
    after: Mapping[str, object] | None = None,
    clause: str = "",
    details: Mapping[str, object] | None = None,
) -> AuditEvent:
    """Append one event to the subject's chain and save it with the chain's head.

    `subject` is a task locked in this transaction, or the key of another chain ("plan:…", "unit:…", "policy").
    Call it last in an action: the chain's head is then the last lock taken.

    :raises TypeError: when a value has no canonical form.
    """
    entry = Entry(name, before or {}, after or {}, clause, details or {})
    if isinstance(subject, Task):
        event = append_to_task(subject, entry, by=by, now=now)
        event.save(force_insert=True)
        subject.save(update_fields=["chain_seq", "chain_head"])
        return event
    AuditChain.objects.get_or_create(key=subject)
    chain = AuditChain.objects.select_for_update().get(key=subject)
    event = _build(subject, chain.seq + 1, chain.head, entry, by=by, actor=describe_actor(by), now=now)
    event.save(force_insert=True)
    chain.seq, chain.head = event.seq, event.hash
    chain.save(update_fields=["seq", "head"])
    return event
