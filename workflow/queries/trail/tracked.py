"""Which columns of a task stand in its trail."""

from __future__ import annotations

from workflow.models import Task

UNTRACKED = frozenset({"id", "search", "next_due", "chain_seq", "chain_head", "checkpointed_seq"})
"""Columns that are computed from others, or belong to the chain itself."""

TRACKED: tuple[str, ...] = tuple(
    field.attname for field in Task._meta.concrete_fields if field.attname not in UNTRACKED
)
"""The columns that a task's trail rebuilds; `actions.transition` records the same ones."""
