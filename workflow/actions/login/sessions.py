"""Ending sessions. A session that ends is deleted; that it began and ended stands in the trail."""

from __future__ import annotations

from datetime import datetime

from workflow.actions.audit import action, record_event
from workflow.actions.login.entering import CHAIN
from workflow.core.errors import NotFound
from workflow.models import SignInSession
from workflow.permissions import Actor
from workflow.queries.login import session_handle


@action
def end_session(handle: str, *, by: Actor, now: datetime) -> None:
    """End one of the person's own sessions, named as on his profile.

    :raises NotFound: when he has no such session, or it is over already.
    """
    keys = SignInSession.objects.filter(person_id=by.person_id).values_list("session_key", flat=True)
    key = next((key for key in keys if session_handle(key) == handle), None)
    if key is None or not SignInSession.objects.filter(pk=key).delete()[0]:
        raise NotFound("Phiên đăng nhập này đã kết thúc.")
    record_event("login.end_sessions", subject=CHAIN, by=by, now=now, details={"count": 1})


@action
def end_other_sessions(keep: str | None, *, by: Actor, now: datetime) -> int:
    """End all the person's sessions but the one kept; return how many ended."""
    ended = SignInSession.objects.filter(person_id=by.person_id).exclude(session_key=keep).delete()[0]
    if ended:
        record_event("login.end_sessions", subject=CHAIN, by=by, now=now, details={"count": ended})
    return ended


@action
def expire_session(session_key: str, *, by: Actor, now: datetime) -> None:
    """End a session that was left alone, or has lasted, too long; two requests at once record it once."""
    if SignInSession.objects.filter(pk=session_key).delete()[0]:
        record_event("login.expire", subject=CHAIN, by=by, now=now)


def forget_old_sessions(*, now_real: datetime) -> int:
    """Delete the rows of sessions whose time is over; returns how many. Nobody can enter by them any more."""
    deleted: int = SignInSession.objects.filter(expire_date__lt=now_real).delete()[0]
    return deleted
