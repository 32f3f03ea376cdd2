"""A person's notices page by page, newest first."""

from __future__ import annotations

from dataclasses import dataclass

from workflow.models import Notification
from workflow.permissions import Actor
from workflow.queries.notification import notifications_of

PAGE = 30


@dataclass(frozen=True, slots=True)
class NoticePage:
    """One page of notices, and the id after which the next one begins (None at the end)."""

    rows: list[Notification]
    after: int | None


def count_unread(actor: Actor) -> int:
    """Return how many notices the person may see and has not read (one query)."""
    return notifications_of(actor).filter(read_at__isnull=True).count()


def list_notices(actor: Actor, *, after: int | None = None) -> NoticePage:
    """Return a page of the person's own notices, newest first (one query)."""
    rows = notifications_of(actor).select_related("task").order_by("-id")
    if after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows[: PAGE + 1])
    return NoticePage(found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None)
