"""Opening and closing accounts, and giving and ending places in units."""

from __future__ import annotations

from datetime import date, datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.login import keep_password
from workflow.actions.unit.rights import require_administrator, write_grants
from workflow.choices import Role, UnitKind
from workflow.core.errors import Invalid, NotFound, WrongState
from workflow.core.fold import nfc
from workflow.models import Delegation, Membership, Person, SignInSession, Unit
from workflow.permissions import Actor
from workflow.queries.password import password_faults

OFFICE_ROLES = frozenset({Role.OFFICE_REVIEWER, Role.OFFICE_CHIEF})
INSIDE_ROLES = frozenset({Role.SPECIALIST, Role.UNIT_HEAD, Role.CLERK, Role.LEADER, *OFFICE_ROLES})


@action
def open_person(
    username: str,
    full_name: str,
    email: str = "",
    password: str | None = None,
    *,
    demonstration: bool = False,
    by: Actor | None,
    now: datetime,
) -> Person:
    """Open an account. Without a password nobody can sign in with it until one is set.

    The first password must be changed at the first sign-in; the demonstration's accounts keep theirs.

    :raises NotPermitted: when the person is no administrator.
    :raises Invalid: when the name is taken or badly formed, the address is wrong, or the password is weak.
    """
    require_administrator(by)
    person = Person(
        username=username.strip(), full_name=nfc(full_name).strip(), email=email.strip(), demonstration=demonstration
    )
    errors = _name_errors(person)
    if password is not None:
        errors |= password_errors(password, person)
    if errors:
        raise Invalid(" ".join(errors.values()), errors)
    person.set_unusable_password()
    try:
        with transaction.atomic():
            person.save(force_insert=True)
    except IntegrityError:
        if not Person.objects.filter(username=person.username).exists():
            raise
        raise Invalid.of(username=_taken(person.username)) from None  # somebody else was faster
    if password is not None:
        keep_password(person, password, must_change=not demonstration, now=now)
    after = {"username": person.username, "full_name": person.full_name, "email": person.email}
    record_event("person.open", subject=f"person:{person.pk}", by=by, now=now, after=after)
    return person


def _taken(username: str) -> str:
    return f"Đã có tài khoản “{username}”."


def _name_errors(person: Person) -> dict[str, str]:
    errors: dict[str, str] = {}
    try:
        Person.username_validator(person.username)
    except ValidationError:
        errors["username"] = "Tên tài khoản chỉ gồm chữ, số và các dấu @ . + - _."
    if not person.username:
        errors["username"] = "Phải ghi tên tài khoản."
    elif Person.objects.filter(username=person.username).exists():
        errors["username"] = _taken(person.username)
    if not person.full_name:
        errors["full_name"] = "Phải ghi họ và tên."
    if person.email:
        try:
            validate_email(person.email)
        except ValidationError:
            errors["email"] = f"“{person.email}” không phải một địa chỉ thư."
    return errors


def password_errors(password: str, person: Person) -> dict[str, str]:
    """Return what the password validators say, in Vietnamese, under the field's name; empty when it is good."""
    fault = password_faults(password, person)
    return {"password": fault} if fault else {}


@action
def close_person(person_id: int, closed_on: date, *, by: Actor | None, now: datetime) -> Person:
    """Close an account from `closed_on` on: its places end the day before, its powers to act for others are revoked,
    and wherever it is signed in it is out at once.

    Nothing is deleted: the trail and the approvals name the person.

    :raises NotPermitted: when the person is no administrator.
    :raises NotFound: when there is no such person.
    :raises WrongState: when the account is closed already.
    :raises Invalid: when somebody would close his own account.
    """
    require_administrator(by)
    person = _locked_person(person_id)
    if person.closed_on is not None:
        raise WrongState(f"Tài khoản {person.username} đã đóng từ ngày {person.closed_on:%d/%m/%Y}.")
    if closed_on > timezone.localdate(now):
        raise Invalid.of(closed_on="Ngày nghỉ còn ở phía trước; đặt ngày cuối cho vị trí, đóng tài khoản vào ngày ấy.")
    if by is not None and by.person_id == person.pk:
        raise Invalid.of(person="Không ai tự đóng tài khoản của chính mình.")
    ended = 0
    for membership in person.memberships.select_for_update():
        if membership.valid_to is None or membership.valid_to >= closed_on:
            membership.valid_to = max(_day_before(closed_on), membership.valid_from)
            membership.save(update_fields=["valid_to"])
            ended += 1
    powers = Delegation.objects.filter(revoked_on__isnull=True, valid_to__gte=closed_on)
    revoked = powers.filter(delegate=person).update(revoked_on=closed_on)
    revoked += powers.filter(membership__person=person).update(revoked_on=closed_on)
    person.closed_on = closed_on
    person.is_active = False
    person.save(update_fields=["closed_on", "is_active"])
    SignInSession.objects.filter(person=person).delete()
    write_grants(now, [person.pk])
    record_event(
        "person.close",
        subject=f"person:{person.pk}",
        by=by,
        now=now,
        before={"closed_on": None},
        after={"closed_on": closed_on},
        details={"memberships": ended, "delegations": revoked},
    )
    return person


def _day_before(day: date) -> date:
    return date.fromordinal(day.toordinal() - 1)


def _locked_person(person_id: int) -> Person:
    person = Person.objects.select_for_update().filter(pk=person_id).first()
    if person is None:
        raise NotFound
    return person


@action
def appoint(  # noqa: PLR0917 -- a place has these parts
    person_id: int,
    unit_id: int,
    role: str,
    position: str,
    valid_from: date,
    valid_to: date | None = None,
    *,
    by: Actor | None,
    now: datetime,
) -> Membership:
    """Give a person a place in a unit, from a day to a day (both included), with the rights that its role carries.

    :raises NotPermitted: when the person is no administrator, or appoints himself.
    :raises NotFound: when the person or the unit does not exist.
    :raises Invalid: when the dates, the role or the unit do not fit together.
    """
    require_administrator(by)
    membership = insert_membership(person_id, unit_id, role, position, valid_from, valid_to, by=by, now=now)
    write_grants(now, [person_id])
    return membership


def insert_membership(  # noqa: PLR0917 -- a place has these parts
    person_id: int,
    unit_id: int,
    role: str,
    position: str,
    valid_from: date,
    valid_to: date | None = None,
    *,
    by: Actor | None,
    now: datetime,
) -> Membership:
    """Insert one membership with its event, without touching grants; for callers that insert many.

    :raises Invalid: see `appoint`.
    :raises NotFound: see `appoint`.
    """
    person = _locked_person(person_id)
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None:
        raise NotFound
    if by is not None and by.person_id == person.pk:
        raise Invalid.of(person="Không ai tự bổ nhiệm chính mình.")
    membership = Membership(
        person=person, unit=unit, role=role, position=nfc(position).strip(), valid_from=valid_from, valid_to=valid_to
    )
    errors = _place_errors(membership)
    if errors:
        raise Invalid(" ".join(errors.values()), errors)
    membership.save(force_insert=True)
    after = {
        "membership": membership.pk,
        "unit": unit.code,
        "role": role,
        "position": membership.position,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    record_event("person.appoint", subject=f"person:{person.pk}", by=by, now=now, after=after)
    return membership


def _place_errors(place: Membership) -> dict[str, str]:
    """Return what is wrong with a place that is not saved yet."""
    errors = _role_errors(place.role, place.unit) | _date_errors(place)
    if not place.position:
        errors["position"] = "Phải ghi chức vụ."
    if place.person.closed_on is not None:
        errors["person"] = f"Tài khoản {place.person.username} đã đóng."
    same = Membership.objects.filter(person=place.person, unit=place.unit, role=place.role)
    lasting = same.filter(Q(valid_to__isnull=True) | Q(valid_to__gte=place.valid_from))
    if place.valid_to is not None:
        lasting = lasting.filter(valid_from__lte=place.valid_to)
    if lasting.exists():
        errors["person"] = f"{place.person.full_name} đã có vai trò này ở {place.unit.name} trong thời gian ấy."
    return errors


def _role_errors(role: str, unit: Unit) -> dict[str, str]:
    if unit.is_set:
        return {"unit": f"{unit.name} là tập hợp, không có vị trí công tác."}
    if role not in Role.values:
        return {"role": f"Không có vai trò “{role}”."}
    if role in OFFICE_ROLES and unit.kind != UnitKind.OFFICE:
        return {"role": f"Vai trò {Role(role).label} chỉ có ở Văn phòng Sở."}
    if role in INSIDE_ROLES and not unit.is_internal:
        return {"role": f"Vai trò {Role(role).label} chỉ có ở đơn vị thuộc Sở."}
    if role == Role.EXTERNAL and unit.is_internal:
        return {"role": "Vai trò cơ quan được lấy ý kiến chỉ có ở cơ quan ngoài Sở."}
    return {}


def _date_errors(place: Membership) -> dict[str, str]:
    if place.valid_to is not None and place.valid_to < place.valid_from:
        return {"valid_to": "Ngày cuối trước ngày đầu."}
    if not place.unit.is_open_on(place.valid_from):
        return {"valid_from": f"{place.unit.name} không hoạt động ngày {place.valid_from:%d/%m/%Y}."}
    return {}


@action
def end_membership(membership_id: int, ended_on: date, *, by: Actor | None, now: datetime) -> Membership:
    """End a place after `ended_on`, its last day; powers lent from it end with it.

    :raises NotPermitted: when the person is no administrator.
    :raises NotFound: when there is no such place.
    :raises WrongState: when it ended before.
    :raises Invalid: when the day is before the place began.
    """
    require_administrator(by)
    membership = Membership.objects.select_for_update().filter(pk=membership_id).first()
    if membership is None:
        raise NotFound
    if membership.valid_to is not None and membership.valid_to <= ended_on:
        raise WrongState(f"Vị trí này đã kết thúc ngày {membership.valid_to:%d/%m/%Y}.")
    if ended_on < membership.valid_from:
        raise Invalid.of(ended_on=f"Vị trí này bắt đầu ngày {membership.valid_from:%d/%m/%Y}.")
    before = {"valid_to": membership.valid_to}
    membership.valid_to = ended_on
    membership.save(update_fields=["valid_to"])
    write_grants(now, [membership.person_id])
    record_event(
        "person.end_membership",
        subject=f"person:{membership.person_id}",
        by=by,
        now=now,
        before=before,
        after={"valid_to": ended_on},
        details={"membership": membership.pk},
    )
    return membership
