"""Signing in, the password, the second factor, and which letters one gets."""

from __future__ import annotations

from typing import Any

from django import forms

from workflow.forms import LineField, PlainForm


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


def _code_field(label: str, help_text: str, *, focused: bool = False) -> forms.CharField:
    return forms.CharField(
        label=label,
        help_text=help_text,
        max_length=20,
        widget=forms.TextInput(
            attrs={
                "class": "short",
                "autocomplete": "one-time-code",
                "autocapitalize": "none",
                "spellcheck": "false",
                **({"autofocus": True} if focused else {}),
            }
        ),
        error_messages={"required": "Hãy nhập mã.", "max_length": "Mã quá dài."},
    )


class CodeForm(PlainForm):
    """The code of the second factor, or a recovery code."""

    code = _code_field("Mã xác thực", "6 chữ số đang hiện trong ứng dụng xác thực, hoặc một mã dự phòng.", focused=True)


class FactorForm(PlainForm):
    """The first code, which shows that the secret came across."""

    code = _code_field("Mã 6 chữ số đang hiện trong ứng dụng", "Mã đổi mỗi 30 giây.")


class OwnPasswordForm(PlainForm):
    """The person's password once more, before something that guards the account changes."""

    password = _password_field("Mật khẩu hiện tại", "current-password")


class PasswordForm(PlainForm):
    """The old password, and the new one twice. The action judges both."""

    old_password = _password_field("Mật khẩu hiện tại", "current-password")
    new_password = _password_field("Mật khẩu mới", "new-password")
    again = _password_field("Nhập lại mật khẩu mới", "new-password")

    def __init__(self, rule: str, *args: object, **kwargs: object) -> None:
        """Say the rule for this person's password."""
        super().__init__(*args, **kwargs)
        self.fields["new_password"].help_text = f"{rule} Không giống tên của ông/bà, không dùng lại mật khẩu cũ."

    def clean(self) -> dict[str, Any]:
        """The two must agree."""
        cleaned: dict[str, Any] = super().clean() or {}
        if "new_password" in cleaned and "again" in cleaned and cleaned["new_password"] != cleaned["again"]:
            self.add_error("again", "Hai lần nhập mật khẩu mới không giống nhau.")
        return cleaned


class LettersForm(PlainForm):
    """Where letters go, and which."""

    email = LineField(label="Địa chỉ thư", max_length=254, required=False, help_text="Ví dụ: ten@khanhhoa.gov.vn.")
    digest = forms.BooleanField(
        label="Mỗi ngày làm việc một thư tổng hợp những gì chưa đọc, gửi đầu giờ sáng", required=False
    )
    urgent = forms.BooleanField(
        label="Thư gửi ngay trong giờ làm việc khi có việc gấp: chuyển UBND tỉnh, đôn đốc lần 2, thay đổi về tài khoản",
        required=False,
    )

    def __init__(self, *args: object, **kwargs: object) -> None:
        """Let the browser offer the person's own address."""
        super().__init__(*args, **kwargs)
        self.fields["email"].widget.attrs |= {"autocomplete": "email", "inputmode": "email"}
