"""Signing in and the password."""

from __future__ import annotations

from typing import Any, Protocol, cast

from django import forms
from django.contrib.auth.password_validation import validate_password

from workflow.forms import PlainForm


class CheckedPerson(Protocol):
    """Whose password is typed."""

    def check_password(self, raw_password: str) -> bool:
        """Tell whether it is the person's."""


def _password_field(label: str, autocomplete: str, help_text: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        strip=False,
        max_length=256,
        widget=forms.PasswordInput(attrs={"autocomplete": autocomplete}),
        error_messages={"required": f"Hãy nhập {label[:1].lower()}{label[1:]}.", "max_length": "Mật khẩu quá dài."},
    )


class SignInForm(PlainForm):
    """Name and password."""

    username = forms.CharField(
        label="Tên đăng nhập",
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
        error_messages={"required": "Hãy nhập tên đăng nhập.", "max_length": "Tên đăng nhập quá dài."},
    )
    password = _password_field("Mật khẩu", "current-password")


class PasswordForm(PlainForm):
    """The old password, and the new one twice."""

    old_password = _password_field("Mật khẩu hiện tại", "current-password")
    new_password = _password_field(
        "Mật khẩu mới", "new-password", "Ít nhất 10 ký tự, không chỉ gồm chữ số, không giống tên của ông/bà."
    )
    again = _password_field("Nhập lại mật khẩu mới", "new-password")

    def __init__(self, person: CheckedPerson, *args: object, **kwargs: object) -> None:
        """Keep whose password it is."""
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_old_password(self) -> str:
        """Check the present password.

        :raises ValidationError: when it is wrong.
        """
        typed = str(self.cleaned_data["old_password"])
        if not self.person.check_password(typed):
            raise forms.ValidationError("Mật khẩu hiện tại không đúng.")
        return typed

    def clean_new_password(self) -> str:
        """Check the new password against the site's rules.

        :raises ValidationError: when it is weak.
        """
        typed = str(self.cleaned_data["new_password"])
        validate_password(typed, cast("Any", self.person))
        return typed

    def clean(self) -> dict[str, Any]:
        """The two must agree."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "new_password" in cleaned and "again" in cleaned and cleaned["new_password"] != cleaned["again"]:
            self.add_error("again", "Hai lần nhập mật khẩu mới không giống nhau.")
        return cleaned
