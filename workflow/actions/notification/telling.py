"""Telling people in the application, at once; what waits for an e-mail is in `letters`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from workflow.actions.audit import action, current_act
from workflow.choices import URGENT_KINDS, NotificationKind
from workflow.core.errors import NotFound
from workflow.models import Notification, Task
from workflow.permissions import Actor
from workflow.queries.notification import notifications_of, people_of_any


@action
def notify(
    person_ids: Iterable[int | None],
    *,
    key: str,
    kind: NotificationKind,
    text: str,
    task: Task | None,
    now: datetime,
    yields: bool = True,
    urgent: bool = False,
) -> None:
    """Tell each person once, whatever runs twice: one row a person and key, all in one statement.

    What is `urgent`, or of a kind that always is, goes out by e-mail without waiting for the digest.

    A message that `yields` leaves what the person was told under the key as it stands; else it takes its place.
    Nothing is recorded in the trail: a message follows from an act that is. People who may not see the task must not
    be among `person_ids`; `people_of` gives only those who hold a right on its unit.
    """
    people = sorted({person_id for person_id in person_ids if person_id is not None})
    rows = [
        Notification(
            person_id=person_id,
            key=key,
            kind=kind,
            text=text,
            task=task,
            created_at=now,
            urgent=urgent or kind in URGENT_KINDS,
        )
        for person_id in people
    ]
    if rows and yields:
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
    elif rows:
        Notification.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["person", "key"], update_fields=["kind", "text", "urgent"]
        )


@action
def tell_of(
    task: Task,
    *,
    heads_of: Iterable[tuple[int | None, str]] = (),
    persons: Iterable[int | None] = (),
    kind: NotificationKind,
    text: str,
    by: Actor | None,
    now: datetime,
    yields: bool = False,
    urgent: bool = False,
) -> None:
    """Tell those who hold a right on a unit, and named persons, of what just happened to a task.

    One act tells a person of one task once, however many of its parts address him: what happened to the work stands,
    what `yields` (a step was passed, a flow was closed) is for those who were told nothing else. `heads_of` are (unit
    id, codename) pairs. Whoever did it himself is not told.
    """
    day = timezone.localdate(now)
    people = {person_id for person_id in persons if person_id is not None}
    people |= people_of_any(heads_of, day)
    if by is not None:
        people.discard(by.person_id)
    key = f"act:{current_act()}:{task.pk}"
    notify(people, key=key, kind=kind, text=text, task=task, now=now, yields=yields, urgent=urgent)


@action
def mark_read(notification_id: int | None, *, by: Actor, now: datetime) -> int:
    """Mark one of the person's own messages as read, or all of them (None); return how many were unread.

    :raises NotFound: when the message is not his, or of a task that he may no longer see.
    """
    own = notifications_of(by)
    if notification_id is not None:
        own = own.filter(pk=notification_id)
        if not own.exists():
            raise NotFound
    return own.filter(read_at__isnull=True).update(read_at=now)
