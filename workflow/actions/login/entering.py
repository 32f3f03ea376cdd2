"""At the door: a password, then a code where there is a second factor; wrong tries are counted and lock the account.

Counts, locks and codes go by the machine's time (`now_real`): a demonstration's clock may stand in another year.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from django.conf import settings
from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.adapters.secondfactor import matching_step, recovery_digest, unseal
from workflow.choices import Gate
from workflow.models import Person, RecoveryCode, SecondFactor
from workflow.permissions import Actor
from workflow.queries.login import gates_for
from workflow.queries.password import has_factor

CHAIN = "login"


class Door(StrEnum):
    """What happens at the door."""

    SHUT = "shut"
    CODE = "code"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class Admission:
    """The answer at the door: shut (never saying why), a code is asked, or open, with what must be done first."""

    door: Door
    person: Person | None = None
    gates: Sequence[Gate] = ()


SHUT = Admission(Door.SHUT)


def _entering(person: Person, address: str) -> Actor:
    """A person at the door: named in the trail, with no right yet."""
    return Actor(person.pk, person.full_name, "", None, "", frozenset(), address=address)


@action
def record_login(person_id: int, *, address: str, now: datetime, by_code: str = "") -> None:
    """Record that the person signed in; `by_code` names the second factor that was asked, if one was."""
    person = Person.objects.get(pk=person_id)
    details = {"second_factor": by_code} if by_code else {}
    record_event("login.success", subject=CHAIN, by=_entering(person, address), now=now, details=details)


@action
def record_refused_login(username: str, *, address: str, now: datetime, **details: object) -> None:
    """Record a refused sign-in. What was typed is kept only when it names an account: it may be a password."""
    person = Person.objects.filter(username=username).first()
    told = {"address": address, "known": person is not None, "username": person.username if person else "", **details}
    record_event("login.failure", subject=CHAIN, by=None, now=now, details=told)


@action
def record_logout(*, by: Actor, now: datetime) -> None:
    """Record that the person signed out."""
    record_event("login.end", subject=CHAIN, by=by, now=now)


@action
def enter_by_password(username: str, *, right: bool, address: str, now: datetime, now_real: datetime) -> Admission:
    """Answer a name and a password; the caller has checked the password (`right`), also of names that do not exist.

    A wrong password counts; with LOCKOUT_FAILURES of them within LOCKOUT_WINDOW_MINUTES the account is locked for
    LOCKOUT_MINUTES, and then even the right password gets the same answer. Several web processes count in one row.
    """
    person = _locked_row(username=username)
    if person is None or not _may_enter(person, now):
        record_refused_login(username, address=address, now=now)
        return SHUT
    if _is_locked(person, now_real):
        record_refused_login(username, address=address, now=now, locked=True)
        return SHUT
    if not right:
        _count_failure(person, address=address, now=now, now_real=now_real, stage="password")
        return SHUT
    if has_factor(person):
        return Admission(Door.CODE, person)
    return _open(person, address=address, now=now)


@action
def enter_by_code(person_id: int, code: str, *, address: str, now: datetime, now_real: datetime) -> Admission:
    """Answer the second step: a code of the authenticator, or a recovery code, each of which counts once.

    Wrong codes count with wrong passwords. The right password stood in the same session, by the same password, a few
    minutes before: the caller sees to that.
    """
    person = _locked_row(pk=person_id)
    if person is None or not _may_enter(person, now) or _is_locked(person, now_real):
        name = person.username if person is not None else ""
        record_refused_login(name, address=address, now=now, locked=person is not None, stage="code")
        return SHUT
    used = _use_code(person, code, now_real=now_real)
    if not used:
        _count_failure(person, address=address, now=now, now_real=now_real, stage="code")
        return SHUT if _is_locked(person, now_real) else Admission(Door.CODE, person)
    return _open(person, address=address, now=now, by_code=used)


def _locked_row(**wanted: object) -> Person | None:
    return Person.objects.select_for_update(no_key=True).filter(**wanted).first()


def _may_enter(person: Person, now: datetime) -> bool:
    closed = person.closed_on is not None and person.closed_on <= timezone.localdate(now)
    return person.is_active and not closed


def _is_locked(person: Person, now_real: datetime) -> bool:
    return person.locked_until is not None and person.locked_until > now_real


def _count_failure(person: Person, *, address: str, now: datetime, now_real: datetime, stage: str) -> None:
    window = timedelta(minutes=settings.LOCKOUT_WINDOW_MINUTES)
    if person.failed_since is None or now_real - person.failed_since > window:
        person.failed_entries, person.failed_since = 0, now_real
    person.failed_entries += 1
    failed = person.failed_entries
    locks = failed >= settings.LOCKOUT_FAILURES
    if locks:
        person.failed_entries, person.failed_since = 0, None
        person.locked_until = now_real + timedelta(minutes=settings.LOCKOUT_MINUTES)
    person.save(update_fields=["failed_entries", "failed_since", "locked_until"])
    record_refused_login(person.username, address=address, now=now, stage=stage, failed=failed)
    if locks:
        details = {"username": person.username, "address": address, "minutes": settings.LOCKOUT_MINUTES}
        record_event("login.lock", subject=CHAIN, by=None, now=now, details=details)


def _use_code(person: Person, code: str, *, now_real: datetime) -> str:
    """Return by what the person came in, having marked it as used; "" when the code is wrong."""
    factor = SecondFactor.objects.select_for_update().filter(person=person).first()
    if factor is None:
        return ""
    step = matching_step(unseal(factor.sealed), code, now_real=now_real, after=factor.last_step)
    if step is not None:
        factor.last_step = step
        factor.save(update_fields=["last_step"])
        return "totp"
    unused = RecoveryCode.objects.filter(person=person, digest=recovery_digest(code), used_at__isnull=True)
    return "recovery" if unused.update(used_at=now_real) else ""


def _open(person: Person, *, address: str, now: datetime, by_code: str = "") -> Admission:
    if person.failed_entries or person.locked_until is not None:
        person.failed_entries, person.failed_since, person.locked_until = 0, None, None
        person.save(update_fields=["failed_entries", "failed_since", "locked_until"])
    record_login(person.pk, address=address, now=now, by_code=by_code)
    return Admission(Door.OPEN, person, gates_for(person, timezone.localdate(now)))
