"""How strong a password must be."""

from __future__ import annotations

import pytest

from workflow.core.password import kinds_in, strength_fault, strength_rule


@pytest.mark.parametrize(
    ("password", "kinds"),
    [("", 0), ("abc", 1), ("abcD", 2), ("abcD1", 3), ("abcD1!", 4), ("đĐ9 ", 4), ("------", 1)],
)
def test_kinds_of_characters_are_counted(password: str, kinds: int) -> None:
    assert kinds_in(password) == kinds


@pytest.mark.parametrize(
    ("password", "second_factor", "said"),
    [
        ("Aa1!aaaaaaaaa", False, "ít nhất 14 ký tự (mật khẩu này có 13)"),
        ("Aa1!aaaaaaaaaa", False, ""),
        ("aa1!aaaaaaaaaa", False, "đủ bốn loại"),
        ("Mật-khẩu-số-9-x", False, ""),
        ("aaaaaaa", True, "ít nhất 8 ký tự"),
        ("aaaaaaaa", True, ""),
    ],
)
def test_a_password_alone_is_longer_and_of_four_kinds(password: str, second_factor: bool, said: str) -> None:
    fault = strength_fault(password, second_factor=second_factor)
    assert said in fault
    assert bool(said) == bool(fault)


def test_the_rule_is_told_as_it_is_judged() -> None:
    assert "14 ký tự" in strength_rule(second_factor=False)
    assert "8 ký tự" in strength_rule(second_factor=True)
