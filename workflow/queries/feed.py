"""Whose a calendar address is, and what stands in it: open tasks that this person may see at that very moment."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta

from django.utils import timezone

from workflow.choices import OPEN_STATES
from workflow.core.errors import NotFound
from workflow.models import CalendarFeed, Task
from workflow.permissions import Actor
from workflow.queries.task import visible_tasks
from workflow.queries.unit import load_actor

LONGEST = 1000
"""How many tasks one feed holds at most; a feed is for one's own work, not for the whole department's."""

BACK = timedelta(days=366)


def feed_hash(token: str) -> str:
    """Return the SHA-256 of a token, which is all that is kept of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def open_feed(actor: Actor) -> CalendarFeed | None:
    """Return the person's address that works now, if he made one."""
    return CalendarFeed.objects.filter(person_id=actor.person_id, revoked_at=None).first()


def feed_owner(token: str, *, now: datetime) -> Actor:
    """Return the person whose address it is, with his rights of now; never those of a delegation.

    :raises NotFound: when nobody's is, or it was revoked, or the person's account was closed.
    """
    feed = CalendarFeed.objects.select_related("person").filter(token_sha256=feed_hash(token), revoked_at=None).first()
    if feed is None:
        raise NotFound
    actor = load_actor(feed.person, now=now)
    if not actor.grants:
        raise NotFound
    return actor


def feed_tasks(actor: Actor, *, now: datetime) -> list[Task]:
    """Return the open tasks with a day that the person may see, from a year back on, the earliest first (one query)."""
    since: date = timezone.localdate(now - BACK)
    rows = visible_tasks(actor).filter(state__in=OPEN_STATES, due_on__gte=since).select_related("unit")
    return list(rows.order_by("due_on", "pk")[:LONGEST])
