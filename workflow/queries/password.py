"""Judging a new password: strength, what everybody uses, the person's own name, what he used before."""

from __future__ import annotations

from django.conf import settings
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from workflow.core.password import strength_fault, strength_rule
from workflow.models import PasswordRecord, Person, SecondFactor

WORDS = {
    "password_too_common": "Mật khẩu này quá phổ biến, dễ bị đoán.",
    "password_too_similar": "Mật khẩu quá giống tên hoặc thông tin cá nhân.",
}


def has_factor(person: Person) -> bool:
    """Tell whether the person has confirmed a second factor."""
    return not person._state.adding and SecondFactor.objects.filter(person=person).exists()


class StrengthValidator:
    """Django's validator of `core.password`."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Let a strong password pass.

        :raises ValidationError: when it is too short or of too few kinds.
        """
        if fault := strength_fault(password, second_factor=user is not None and has_factor(user)):
            raise ValidationError(fault, code="password_weak")

    def get_help_text(self) -> str:
        """Return the rule of an account without a second factor."""
        return strength_rule(second_factor=False)


class ReuseValidator:
    """Refuses the present password and the last ones (setting PASSWORD_HISTORY; 0 refuses only the present one)."""

    def validate(self, password: str, user: Person | None = None) -> None:
        """Let a password pass that is new to the person.

        :raises ValidationError: when he has or had it.
        """
        if user is None or user._state.adding:
            return
        kept = PasswordRecord.objects.filter(person=user).order_by("-pk").values_list("encoded", flat=True)
        for encoded in {user.password, *kept[: settings.PASSWORD_HISTORY]}:
            if check_password(password, encoded):
                raise ValidationError(f"{self.get_help_text()} Hãy đặt mật khẩu khác.", code="password_reused")

    def get_help_text(self) -> str:
        """Return the rule in words."""
        if settings.PASSWORD_HISTORY <= 1:
            return "Mật khẩu mới phải khác mật khẩu đang dùng."
        return f"Không dùng lại mật khẩu nào trong {settings.PASSWORD_HISTORY} mật khẩu gần nhất."


def password_faults(password: str, person: Person) -> str:
    """Return what is wrong with a new password, in Vietnamese sentences; "" when it may be set."""
    try:
        validate_password(password, person)
    except ValidationError as error:
        return " ".join(WORDS.get(one.code or "", str(one.message)) for one in error.error_list)
    return ""
