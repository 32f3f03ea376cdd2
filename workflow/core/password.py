"""How strong a password must be: longer and of four kinds of characters when nothing else guards the account."""

from __future__ import annotations

LEAST_ALONE = 14
"""Characters of a password that is the only guard (TCVN 14423:2026, suggested)."""

LEAST_WITH_FACTOR = 8
"""Characters of a password beside a second factor (TCVN 14423:2026, suggested)."""


def kinds_in(password: str) -> int:
    """Return how many of the four kinds stand in it: small letters, capitals, digits, anything else."""
    tests = (str.islower, str.isupper, str.isdigit, lambda letter: not letter.isalnum())
    return sum(any(test(letter) for letter in password) for test in tests)


def strength_fault(password: str, *, second_factor: bool) -> str:
    """Return what is missing and what to do, or "" when the password is strong enough."""
    if second_factor:
        short = len(password) < LEAST_WITH_FACTOR
        return f"Mật khẩu phải có ít nhất {LEAST_WITH_FACTOR} ký tự." if short else ""
    if len(password) < LEAST_ALONE:
        return f"Mật khẩu phải có ít nhất {LEAST_ALONE} ký tự (mật khẩu này có {len(password)})."
    if kinds_in(password) < 4:
        return "Mật khẩu phải có đủ bốn loại ký tự: chữ thường, chữ hoa, chữ số và ký tự khác (ví dụ dấu - hoặc !)."
    return ""


def strength_rule(*, second_factor: bool) -> str:
    """Return the rule in words, as a form's hint."""
    if second_factor:
        return f"Ít nhất {LEAST_WITH_FACTOR} ký tự, vì tài khoản có xác thực hai bước."
    return f"Ít nhất {LEAST_ALONE} ký tự, đủ chữ thường, chữ hoa, chữ số và ký tự khác."
