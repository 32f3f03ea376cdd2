"""What a policy's value may be: kinds of value, and Vietnamese words for what is wrong with one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time

from workflow.core.hashchain import Plain

CHOICE, FLAG, NUMBER, WINDOW, DAYS = "choice", "flag", "number", "window", "days"


@dataclass(frozen=True, slots=True)
class PolicyKind:
    """One policy key: its title, default, reason, and the values it takes.

    `allowed` maps each value of a choice to its label; `least` and `largest` bound a number or each number of a list,
    in `unit`; `most` is how many numbers a list may hold.
    """

    key: str
    title: str
    kind: str
    default: Plain
    reason: str
    allowed: Mapping[str, str]
    least: int = 0
    largest: int = 0
    most: int = 0
    unit: str = ""

    def fault(self, value: Plain) -> str:
        """Return what is wrong with a value and what to do, or "" when it may be set."""
        return _FAULTS[self.kind](self, value)

    def shown(self, value: Plain) -> str:
        """Return a value as a person reads it."""
        if self.kind == CHOICE:
            return self.allowed.get(str(value), str(value))
        if self.kind == FLAG:
            return "có" if value is True else "không"
        if isinstance(value, dict):
            return f"từ {value.get('from')} đến {value.get('to')}"
        if isinstance(value, list):
            *first, last = [str(item) for item in value] or [""]
            said = f"{', '.join(first)} và {last}" if first else last
            return f"{said} {self.unit}" if value else "không có mốc nào"
        return f"{value} {self.unit}".strip()


def _is_count(value: Plain) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _choice_fault(kind: PolicyKind, value: Plain) -> str:
    if isinstance(value, str) and value in kind.allowed:
        return ""
    return f"Chọn một trong các giá trị: {', '.join(kind.allowed)}."


def _flag_fault(_kind: PolicyKind, value: Plain) -> str:
    return "" if isinstance(value, bool) else "Chọn có hoặc không."


def _number_fault(kind: PolicyKind, value: Plain) -> str:
    if isinstance(value, int) and _is_count(value) and kind.least <= value <= kind.largest:
        return ""
    return f"Nhập số nguyên từ {kind.least} đến {kind.largest} ({kind.unit})."


def _window_fault(_kind: PolicyKind, value: Plain) -> str:
    wanted = "Nhập giờ bắt đầu và giờ kết thúc dạng 08:00, 17:00; giờ bắt đầu phải trước giờ kết thúc."
    if not isinstance(value, dict) or set(value) != {"from", "to"}:
        return wanted
    try:
        begins, ends = (time.fromisoformat(str(value[key])) for key in ("from", "to"))
    except ValueError:
        return wanted
    return "" if begins.tzinfo is None and ends.tzinfo is None and begins < ends else wanted


def _days_fault(kind: PolicyKind, value: Plain) -> str:
    wanted = f"Nhập tối đa {kind.most} số nguyên khác nhau, mỗi số từ {kind.least} đến {kind.largest} ({kind.unit})."
    if not isinstance(value, list) or len(value) > kind.most or not all(_is_count(item) for item in value):
        return wanted
    numbers = [item for item in value if isinstance(item, int)]
    good = len(set(numbers)) == len(numbers) and all(kind.least <= item <= kind.largest for item in numbers)
    return "" if good else wanted


_FAULTS = {
    CHOICE: _choice_fault,
    FLAG: _flag_fault,
    NUMBER: _number_fault,
    WINDOW: _window_fault,
    DAYS: _days_fault,
}
