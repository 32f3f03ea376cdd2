"""The second factor: setting it, its recovery codes, giving it up."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.login.entering import CHAIN
from workflow.adapters.secondfactor import matching_step, new_recovery_codes, recovery_digest, seal
from workflow.core.errors import Invalid, NotPermitted, WrongState
from workflow.models import Person, RecoveryCode, SecondFactor
from workflow.permissions import Actor
from workflow.queries.login import factor_is_asked


def _own_row(by: Actor) -> Person:
    return Person.objects.select_for_update(no_key=True).get(pk=by.person_id)


def _check_password(person: Person, password: str) -> None:
    if not person.check_password(password):
        raise Invalid.of(password="Mật khẩu không đúng.")  # noqa: S106 -- words about one


def _write_codes(person: Person) -> list[str]:
    codes = new_recovery_codes()
    RecoveryCode.objects.filter(person=person).delete()
    RecoveryCode.objects.bulk_create(RecoveryCode(person=person, digest=recovery_digest(code)) for code in codes)
    return codes


@action
def confirm_factor(secret: str, code: str, *, by: Actor, now: datetime, now_real: datetime) -> list[str]:
    """Set the person's second factor once he shows a code made from the secret; return ten recovery codes, shown once.

    :raises WrongState: when he has one already.
    :raises Invalid: when the code does not come from the secret.
    """
    person = _own_row(by)
    if SecondFactor.objects.filter(person=person).exists():
        raise WrongState("Tài khoản đã có xác thực hai bước; muốn đổi điện thoại thì bỏ cái cũ trước.")
    step = matching_step(secret, code, now_real=now_real, after=0)
    if step is None:
        raise Invalid.of(code="Mã không đúng hoặc đã hết hạn. Hãy xem giờ của điện thoại và nhập mã đang hiện.")
    SecondFactor.objects.create(person=person, sealed=seal(secret), confirmed_at=now, last_step=step)
    codes = _write_codes(person)
    record_event("login.factor", subject=CHAIN, by=by, now=now)
    return codes


@action
def renew_codes(password: str, *, by: Actor, now: datetime) -> list[str]:
    """Replace the person's recovery codes, used or not, by ten new ones, shown once.

    :raises WrongState: when he has no second factor.
    :raises Invalid: when the password is wrong.
    """
    person = _own_row(by)
    if not SecondFactor.objects.filter(person=person).exists():
        raise WrongState("Tài khoản chưa có xác thực hai bước.")
    _check_password(person, password)
    codes = _write_codes(person)
    record_event("login.recovery_codes", subject=CHAIN, by=by, now=now)
    return codes


@action
def drop_factor(password: str, *, by: Actor, now: datetime) -> None:
    """Give up the person's own second factor; at the next sign-in he sets a password that is strong without it.

    :raises NotPermitted: when policy asks a second factor of his role; an administrator may then reset it.
    :raises WrongState: when he has none.
    :raises Invalid: when the password is wrong.
    """
    person = _own_row(by)
    if factor_is_asked(person, timezone.localdate(now)):
        raise NotPermitted("Vai trò của ông/bà bắt buộc có xác thực hai bước. Mất điện thoại: liên hệ quản trị.")
    _check_password(person, password)
    if not SecondFactor.objects.filter(person=person).delete()[0]:
        raise WrongState("Tài khoản chưa có xác thực hai bước.")
    RecoveryCode.objects.filter(person=person).delete()
    person.must_change_password = True
    person.save(update_fields=["must_change_password"])
    record_event("login.drop_factor", subject=CHAIN, by=by, now=now)
