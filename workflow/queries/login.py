"""Reading who may come in, what he must do first, and where he is signed in."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db.models import Q

from workflow.choices import Gate
from workflow.models import Membership, PasswordRecord, Person, RecoveryCode, SecondFactor, SignInSession
from workflow.queries.password import has_factor


def factor_is_asked(person: Person, on: date) -> bool:
    """Tell whether policy asks a second factor: of a role held, or lent by a delegation in force (one query)."""
    if not settings.SECOND_FACTOR_ROLES:
        return False
    lent = Q(
        Q(delegations__revoked_on__isnull=True) | Q(delegations__revoked_on__gt=on),
        delegations__delegate=person,
        delegations__valid_from__lte=on,
        delegations__valid_to__gte=on,
    )
    held = Membership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on),
        Q(person=person) | lent,
        valid_from__lte=on,
        role__in=settings.SECOND_FACTOR_ROLES,
    )
    return held.exists()


def gates_for(person: Person, on: date) -> list[Gate]:
    """Return what the person must do before the pages open, in that order."""
    gates = []
    if factor_is_asked(person, on) and not has_factor(person):
        gates.append(Gate.FACTOR)
    if person.must_change_password:
        gates.append(Gate.PASSWORD)
    return gates


def session_handle(session_key: str) -> str:
    """Return how a page names a session: the key itself would let its reader in."""
    return hashlib.sha256(f"dondoc.session {session_key}".encode()).hexdigest()[:24]


@dataclass(frozen=True, slots=True)
class SessionLine:
    """One session as its person sees it."""

    handle: str
    device: str
    address: str
    began_at: datetime
    seen_at: datetime
    is_this: bool


def sessions_of(person_id: int, *, this: str | None, now_real: datetime) -> list[SessionLine]:
    """Return the person's sessions that are not over, this one first (one query)."""
    rows = SignInSession.objects.filter(person_id=person_id, expire_date__gt=now_real).order_by("-seen_at")
    lines = [
        SessionLine(
            handle=session_handle(row.session_key),
            device=device_words(row.device),
            address=row.address,
            began_at=row.began_at,
            seen_at=row.seen_at,
            is_this=row.session_key == this,
        )
        for row in rows.defer("session_data")
    ]
    return sorted(lines, key=lambda line: not line.is_this)


BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("CocCoc", "Cốc Cốc"), ("coc_coc", "Cốc Cốc"), ("Firefox/", "Firefox"))
LATER_BROWSERS = (("Chrome/", "Chrome"), ("Safari/", "Safari"))
SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "macOS"),
    ("Linux", "Linux"),
)


def device_words(agent: str) -> str:
    """Return a browser's own line about itself in a few words: "Chrome trên Windows"."""
    browser = next((word for mark, word in (*BROWSERS, *LATER_BROWSERS) if mark in agent), "")
    system = next((word for mark, word in SYSTEMS if mark in agent), "")
    return f"{browser or 'Trình duyệt khác'} trên {system}" if system else browser or "Trình duyệt không rõ"


@dataclass(frozen=True, slots=True)
class Profile:
    """What a person sees of his own account."""

    person: Person
    places: list[Membership]
    factor: SecondFactor | None
    codes_left: int
    factor_asked: bool
    password_set_at: datetime | None


def load_profile(person: Person, on: date) -> Profile:
    """Return the person's account: places in force, second factor, recovery codes, password's age (five queries)."""
    places = Membership.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gte=on), person=person, valid_from__lte=on
    )
    factor = SecondFactor.objects.filter(person=person).first()
    left = RecoveryCode.objects.filter(person=person, used_at__isnull=True).count() if factor is not None else 0
    record = PasswordRecord.objects.filter(person=person).order_by("-pk").first()
    return Profile(
        person=person,
        places=list(places.select_related("unit").order_by("valid_from")),
        factor=factor,
        codes_left=left,
        factor_asked=factor_is_asked(person, on),
        password_set_at=record.set_at if record is not None else None,
    )


@dataclass(frozen=True, slots=True)
class AccountState:
    """What an administrator sees of an account's doors."""

    locked_until: datetime | None
    has_factor: bool
    sessions: int


def account_state(person: Person, *, now_real: datetime) -> AccountState:
    """Return whether the account is locked, has a second factor, and is signed in anywhere (two queries)."""
    locked = person.locked_until if person.locked_until is not None and person.locked_until > now_real else None
    sessions = SignInSession.objects.filter(person=person, expire_date__gt=now_real).count()
    return AccountState(locked, has_factor(person), sessions)
