"""Signing in and out and the password, in the trail (chain "login")."""

from __future__ import annotations

from datetime import datetime

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from workflow.actions.audit import action, record_event
from workflow.core.errors import Invalid
from workflow.models import Person
from workflow.permissions import Actor

CHAIN = "login"


def _entering(person: Person, address: str) -> Actor:
    """A person at the door: named in the trail, with no right yet."""
    return Actor(person.pk, person.full_name, "", None, "", frozenset(), address=address)


@action
def record_login(person_id: int, *, address: str, now: datetime) -> None:
    """Record that the person signed in."""
    person = Person.objects.get(pk=person_id)
    record_event("login.success", subject=CHAIN, by=_entering(person, address), now=now)


@action
def record_refused_login(username: str, *, address: str, now: datetime) -> None:
    """Record a refused sign-in. What was typed is kept only when it names an account: it may be a password."""
    person = Person.objects.filter(username=username).first()
    details = {"address": address, "known": person is not None, "username": person.username if person else ""}
    record_event("login.failure", subject=CHAIN, by=None, now=now, details=details)


@action
def record_logout(*, by: Actor, now: datetime) -> None:
    """Record that the person signed out."""
    record_event("login.end", subject=CHAIN, by=by, now=now)


@action
def change_password(new_password: str, *, by: Actor, now: datetime) -> None:
    """Set the acting person's own new password; the caller has checked the old one. The password is not recorded.

    :raises Invalid: when the password is weak.
    """
    person = Person.objects.select_for_update().get(pk=by.person_id)
    try:
        validate_password(new_password, person)
    except ValidationError as error:
        raise Invalid.of(new_password=" ".join(error.messages)) from None
    person.set_password(new_password)
    person.save(update_fields=["password"])
    record_event("login.password", subject=CHAIN, by=by, now=now)
