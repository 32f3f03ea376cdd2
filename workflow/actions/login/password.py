"""Setting a password."""

from __future__ import annotations

from datetime import datetime

from workflow.actions.audit import action, record_event
from workflow.actions.login.entering import CHAIN
from workflow.core.errors import Invalid
from workflow.models import PasswordRecord, Person, SignInSession
from workflow.permissions import Actor
from workflow.queries.password import password_faults


def keep_password(person: Person, password: str, *, must_change: bool, now: datetime) -> None:
    """Set a judged password on a locked row, remember it, and end every session; the calling action records its event.

    The row must have been saved once.
    """
    person.set_password(password)
    person.must_change_password = must_change
    person.save(update_fields=["password", "must_change_password"])
    PasswordRecord.objects.create(person=person, encoded=person.password, set_at=now)
    SignInSession.objects.filter(person=person).delete()


@action
def change_password(old_password: str, new_password: str, *, by: Actor, now: datetime) -> Person:
    """Set the acting person's own new password; all his sessions end, and the caller begins a new one.

    Neither password is recorded.

    :raises Invalid: when the old password is wrong, or the new one is weak or was used before.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=by.person_id)
    if not person.check_password(old_password):
        raise Invalid.of(old_password="Mật khẩu hiện tại không đúng.")  # noqa: S106 -- words
    if fault := password_faults(new_password, person):
        raise Invalid.of(new_password=fault)
    keep_password(person, new_password, must_change=False, now=now)
    record_event("login.password", subject=CHAIN, by=by, now=now)
    return person
