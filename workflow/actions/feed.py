"""A person's own calendar address: made, renewed, revoked. The address is shown once; only its hash is kept."""

from __future__ import annotations

import secrets
from datetime import datetime

from workflow.actions.audit import action, record_event
from workflow.core.errors import WrongState
from workflow.models import CalendarFeed, Person
from workflow.permissions import Actor
from workflow.queries.feed import feed_hash

CHAIN = "login"


@action
def make_feed(*, by: Actor, now: datetime) -> str:
    """Make the acting person's address and return its token; a former one ends."""
    Person.objects.select_for_update().get(pk=by.person_id)
    CalendarFeed.objects.filter(person_id=by.person_id, revoked_at=None).update(revoked_at=now)
    token = secrets.token_urlsafe(32)
    CalendarFeed.objects.create(person_id=by.person_id, token_sha256=feed_hash(token), made_at=now)
    record_event("login.feed", subject=CHAIN, by=by, now=now)
    return token


@action
def revoke_feed(*, by: Actor, now: datetime) -> None:
    """End the acting person's address at once.

    :raises WrongState: when there is none.
    """
    if not CalendarFeed.objects.filter(person_id=by.person_id, revoked_at=None).update(revoked_at=now):
        raise WrongState("Ông/bà chưa có địa chỉ lịch nào đang dùng.")
    record_event("login.feed_revoke", subject=CHAIN, by=by, now=now)
