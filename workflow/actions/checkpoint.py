"""Checkpoints: a dated, chained record of every chain's head that moved since the one before."""

from __future__ import annotations

import json
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from workflow.actions.audit import action
from workflow.adapters.setwise import update_rows
from workflow.core.errors import NotPermitted
from workflow.core.hashchain import GENESIS, canonical, link
from workflow.models import AuditChain, AuditCheckpoint, Task
from workflow.permissions import ADMINISTER, Actor

HEADS_AT_MOST = 50_000
"""How many heads one checkpoint names: some 5 MB of text, and locks held for a second or two."""


@action
def make_checkpoint(*, by: Actor | None, now: datetime) -> AuditCheckpoint | None:
    """Write one checkpoint over at most `HEADS_AT_MOST` chain heads that moved, and mark them as checkpointed.

    A head is taken under its row's lock, so a change that commits later counts for the next checkpoint; a row that
    somebody holds at this moment is left for the next one too, so nobody waits for a checkpoint in a circle. Returns
    None when nothing moved, or when another checkpoint took the number first: that one has won and this gives way.
    A checkpoint records no event, since it would move a chain itself.

    :raises NotPermitted: when a person without the right to administer asks for it.
    """
    if by is not None and not by.holds(ADMINISTER):
        raise NotPermitted("Chỉ quản trị hoặc hệ thống lập được điểm chốt nhật ký.")
    last = AuditCheckpoint.objects.order_by("-number").values_list("number", "hash").first() or (0, GENESIS)
    chains = _lock_moved_chains(HEADS_AT_MOST)
    tasks = _lock_moved_tasks(HEADS_AT_MOST - len(chains))
    if not chains and not tasks:
        return None
    heads = [[chain.key, chain.seq, chain.head] for chain in chains]
    heads += [[f"task:{task.pk}", task.chain_seq, task.chain_head] for task in tasks]
    checkpoint = _chained(last, sorted(heads), now)
    try:
        with transaction.atomic():
            checkpoint.save(force_insert=True)
    except IntegrityError:
        return None
    _mark(tasks, chains)
    return checkpoint


def make_checkpoints(*, by: Actor | None, now: datetime) -> list[AuditCheckpoint]:
    """Write checkpoints, each in its own transaction, until every head that stood still at the start is named.

    :raises NotPermitted: see `make_checkpoint`.
    """
    made: list[AuditCheckpoint] = []
    while (checkpoint := make_checkpoint(by=by, now=now)) is not None:
        full = len(json.loads(checkpoint.body)["heads"]) >= HEADS_AT_MOST
        checkpoint.body = ""  # several of these texts at once would be large; the row keeps its own
        made.append(checkpoint)
        if not full:
            break
    return made


def _lock_moved_tasks(at_most: int) -> list[Task]:
    moved = Task.objects.filter(chain_seq__gt=F("checkpointed_seq")).only("id", "chain_seq", "chain_head")
    return list(moved.select_for_update(skip_locked=True, no_key=True).order_by("id")[:at_most])


def _lock_moved_chains(at_most: int) -> list[AuditChain]:
    moved = AuditChain.objects.filter(seq__gt=F("checkpointed_seq"))
    return list(moved.select_for_update(skip_locked=True, no_key=True).order_by("id")[:at_most])


def _chained(last: tuple[int, str], heads: list[list[object]], now: datetime) -> AuditCheckpoint:
    number, previous = last
    body = canonical({"number": number + 1, "at": now, "heads": heads})
    return AuditCheckpoint(number=number + 1, made_at=now, body=body, previous_hash=previous, hash=link(previous, body))


def _mark(tasks: list[Task], chains: list[AuditChain]) -> None:
    for task in tasks:
        task.checkpointed_seq = task.chain_seq
    for chain in chains:
        chain.checkpointed_seq = chain.seq
    update_rows(tasks, ["checkpointed_seq"])
    update_rows(chains, ["checkpointed_seq"])
