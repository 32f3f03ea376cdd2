"""What an administrator does at the doors of another's account; each is told to its person at once."""

from __future__ import annotations

from datetime import datetime

from workflow.actions.audit import action, current_act, record_event
from workflow.actions.login import keep_password
from workflow.actions.notification import notify
from workflow.actions.unit.rights import require_administrator
from workflow.choices import NotificationKind
from workflow.core.errors import Invalid, NotFound, WrongState
from workflow.models import Person, RecoveryCode, SecondFactor, SignInSession
from workflow.permissions import Actor
from workflow.queries.password import password_faults


def _open_account(person_id: int, by: Actor) -> Person:
    require_administrator(by)
    person = Person.objects.select_for_update(no_key=True).filter(pk=person_id).first()
    if person is None:
        raise NotFound("Không có người dùng này.")
    if person.closed_on is not None:
        raise WrongState(f"Tài khoản {person.username} đã đóng.")
    return person


def _tell(person: Person, text: str, now: datetime) -> None:
    said = f"{text} Nếu ông/bà không đề nghị việc này, hãy liên hệ quản trị."
    key = f"account:{current_act()}"
    notify([person.pk], key=key, kind=NotificationKind.SYSTEM, text=said, task=None, now=now, urgent=True)


@action
def unlock_person(person_id: int, *, by: Actor, now: datetime, now_real: datetime) -> None:
    """Let a person who is locked out try again at once.

    :raises NotPermitted: when the acting person is no administrator.
    :raises NotFound: when there is no such person.
    :raises WrongState: when the account is closed, or not locked.
    """
    person = _open_account(person_id, by)
    until = person.locked_until
    if until is None or until <= now_real:
        raise WrongState("Tài khoản này không bị khóa.")
    person.failed_entries, person.failed_since, person.locked_until = 0, None, None
    person.save(update_fields=["failed_entries", "failed_since", "locked_until"])
    _tell(person, "Quản trị đã mở khóa tài khoản bị khóa do nhập sai nhiều lần.", now)
    record_event("person.unlock", subject=f"person:{person.pk}", by=by, now=now, before={"locked_until": until})


@action
def reset_password(person_id: int, password: str, *, by: Actor, now: datetime) -> None:
    """Give a person who lost his password a new first one, to be changed at the next sign-in; all his sessions end.

    A lock for wrong tries ends too. The password is not recorded.

    :raises NotPermitted: when the acting person is no administrator.
    :raises NotFound: when there is no such person.
    :raises WrongState: when the account is closed.
    :raises Invalid: when the password is weak or was used before, or it is the acting person's own account.
    """
    person = _open_account(person_id, by)
    if by.person_id == person.pk:
        raise Invalid.of(password="Mật khẩu của chính mình thì đổi ở trang Hồ sơ.")  # noqa: S106 -- words
    if fault := password_faults(password, person):
        raise Invalid.of(password=fault)
    keep_password(person, password, must_change=True, now=now)
    person.failed_entries, person.failed_since, person.locked_until = 0, None, None
    person.save(update_fields=["failed_entries", "failed_since", "locked_until"])
    _tell(person, "Quản trị đã đặt lại mật khẩu của ông/bà.", now)
    record_event("person.reset_password", subject=f"person:{person.pk}", by=by, now=now)


@action
def reset_factor(person_id: int, reason: str, *, by: Actor, now: datetime) -> None:
    """Take away the second factor of a person who lost his telephone and his recovery codes; his sessions end.

    At the next sign-in he sets a new factor where policy asks for one, and a new password.

    :raises NotPermitted: when the acting person is no administrator.
    :raises NotFound: when there is no such person.
    :raises WrongState: when the account is closed, or has no second factor.
    :raises Invalid: when no reason is given, or it is the acting person's own account.
    """
    person = _open_account(person_id, by)
    if by.person_id == person.pk:
        raise Invalid.of(reason="Xác thực hai bước của chính mình phải do một quản trị khác bỏ.")
    if not reason.strip():
        raise Invalid.of(reason="Chưa nhập lý do; hãy nhập rồi gửi lại.")
    if not SecondFactor.objects.filter(person=person).delete()[0]:
        raise WrongState("Tài khoản này không có xác thực hai bước.")
    RecoveryCode.objects.filter(person=person).delete()
    SignInSession.objects.filter(person=person).delete()
    person.must_change_password = True
    person.save(update_fields=["must_change_password"])
    _tell(person, "Quản trị đã bỏ xác thực hai bước của ông/bà.", now)
    details = {"reason": reason.strip()}
    record_event("person.reset_factor", subject=f"person:{person.pk}", by=by, now=now, details=details)


@action
def end_sessions_of(person_id: int, *, by: Actor, now: datetime) -> int:
    """End every session of a person; return how many ended.

    :raises NotPermitted: when the acting person is no administrator.
    :raises NotFound: when there is no such person.
    :raises WrongState: when the account is closed, or signed in nowhere.
    """
    person = _open_account(person_id, by)
    ended: int = SignInSession.objects.filter(person=person).delete()[0]
    if not ended:
        raise WrongState("Tài khoản này không có phiên đăng nhập nào.")
    details = {"count": ended}
    record_event("person.end_sessions", subject=f"person:{person.pk}", by=by, now=now, details=details)
    return ended
