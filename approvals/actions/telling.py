"""Telling people of an approval: only who may see it, each of them once an act."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from approvals.models import Approval
from approvals.queries.talk import who_may_see
from workflow.actions.audit import current_act
from workflow.actions.notification import notify, tell_of
from workflow.choices import NotificationKind
from workflow.permissions import Actor


def tell(
    approval: Approval,
    people: Iterable[int | None],
    *,
    kind: NotificationKind,
    text: str,
    by: Actor | None,
    now: datetime,
) -> None:
    """Tell those of the people who may see the approval of what was just recorded; not whoever did it himself.

    Whom the same act told of the work itself (`tell_of`) knows it already: one act, one message.
    """
    told = who_may_see(approval, {pk for pk in people if pk is not None}, timezone.localdate(now))
    if by is not None:
        told.discard(by.person_id)
    if approval.subject is not None:
        tell_of(approval.subject, persons=told, kind=kind, text=text, by=by, now=now, yields=True)
    else:
        notify(told, key=f"act:{current_act()}:approval:{approval.pk}", kind=kind, text=text, task=None, now=now)


def shortened(text: str, most: int = 160) -> str:
    """Return what somebody said as one line that a message carries."""
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
