"""What each policy takes, and what a person is told about a value that it does not take."""

from __future__ import annotations

import pytest

from workflow.adapters.rulefile import load_policy_kinds
from workflow.core.rulebook import DEFAULT_POLICIES, read_policies

KINDS = load_policy_kinds()


def test_the_file_and_the_code_name_the_same_policies_with_the_same_defaults() -> None:
    assert {key: kind.default for key, kind in KINDS.items()} == DEFAULT_POLICIES


@pytest.mark.parametrize("key", sorted(DEFAULT_POLICIES))
def test_every_default_is_a_value_that_its_policy_takes(key: str) -> None:
    assert KINDS[key].fault(DEFAULT_POLICIES[key]) == ""
    assert KINDS[key].reason
    assert KINDS[key].title


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("reading_i15", "C"),
        ("reading_i15", True),
        ("reading_i15", None),
        ("wait_days", 0),
        ("wait_days", 31),
        ("wait_days", "3"),
        ("wait_days", True),
        ("reminders_needed_a", 3),
        ("reminders_needed_b", -1),
        ("customer_escalation", "có"),
        ("customer_escalation", 1),
        ("customer_escalation", None),
        ("issue_window", "08:00"),
        ("issue_window", {"from": "08:00"}),
        ("issue_window", {"from": "08:00", "to": "17:00", "more": "x"}),
        ("issue_window", {"from": "17:00", "to": "08:00"}),
        ("issue_window", {"from": "08:00", "to": "08:00"}),
        ("issue_window", {"from": "sáng", "to": "chiều"}),
        ("issue_window", {"from": "08:00+07:00", "to": "17:00+07:00"}),
        ("nudge_days", 5),
        ("nudge_days", [5, 5]),
        ("nudge_days", [0]),
        ("nudge_days", [61]),
        ("nudge_days", ["5"]),
        ("nudge_days", [True]),
        ("nudge_days", [10, 7, 5, 3, 1]),
    ],
)
def test_a_wrong_value_is_refused_with_what_to_do(key: str, value: object) -> None:
    fault = KINDS[key].fault(value)  # type: ignore[arg-type]
    assert fault.startswith(("Chọn", "Nhập"))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("reading_i15", "B"),
        ("wait_days", 1),
        ("wait_days", 30),
        ("reminders_needed_c", 2),
        ("customer_escalation", False),
        ("issue_window", {"from": "07:30", "to": "16:30"}),
        ("nudge_days", []),
        ("nudge_days", [10, 5, 3, 1]),
    ],
)
def test_every_value_that_is_taken_can_be_read_by_the_engine(key: str, value: object) -> None:
    assert KINDS[key].fault(value) == ""  # type: ignore[arg-type]
    read_policies({**DEFAULT_POLICIES, key: value})  # type: ignore[dict-item]


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("customer_escalation", True, "có"),
        ("customer_escalation", False, "không"),
        ("wait_days", 3, "3 ngày làm việc"),
        ("issue_window", {"from": "08:00", "to": "17:00"}, "từ 08:00 đến 17:00"),
        ("nudge_days", [5, 1], "5 và 1 ngày làm việc"),
        ("nudge_days", [], "không có mốc nào"),
        ("roll_term", "forward", "Sang ngày làm việc kế tiếp"),
        ("roll_term", "lạ", "lạ"),
    ],
)
def test_a_value_is_shown_in_words(key: str, value: object, shown: str) -> None:
    assert KINDS[key].shown(value) == shown  # type: ignore[arg-type]
