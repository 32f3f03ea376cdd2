"""Rebuilding a task's columns from its trail alone (domain.md section 7.7).

The first event of a task's chain, "task.create", carries every column that was not empty in `after`; every later event
carries what it changed in `before` and `after`. What no event ever named is empty.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from workflow.core.hashchain import Plain

CREATE = "task.create"

EMPTY: tuple[Plain, ...] = (None, "", 0, False)
"""What a creation event leaves out."""

MISSING = "(trống)"


class ReplayBreak(Exception):
    """A record that can't follow what was rebuilt before it. `column` is "" when no single column is at fault."""

    def __init__(self, seq: int, column: str, reason: str) -> None:
        """Keep the record's number, the column and the Vietnamese reason."""
        super().__init__(reason)
        self.seq = seq
        self.column = column
        self.reason = reason


def read_body(text: str) -> dict[str, Plain]:
    """Return a stored body as data.

    :raises ValueError: when the text is no JSON object.
    """
    body = json.loads(text)
    if not isinstance(body, dict):
        raise ValueError("nội dung không phải một đối tượng JSON")
    return body


def read_moment(body: Mapping[str, Plain]) -> datetime:
    """Return the moment that a body states.

    :raises ValueError: when it states none with a time zone.
    """
    moment = datetime.fromisoformat(str(body.get("at")))
    if moment.tzinfo is None:
        raise ValueError("thời điểm không có múi giờ")
    return moment


def same(one: Plain, other: Plain) -> bool:
    """Tell whether two stored values mean the same: equal, both empty, or one moment written in two time zones."""
    if one == other:
        return isinstance(one, bool) == isinstance(other, bool) or one in EMPTY
    if one in EMPTY and other in EMPTY:
        return True
    if not (isinstance(one, str) and isinstance(other, str)) or one[10:11] != "T" or other[10:11] != "T":
        return False
    try:
        return datetime.fromisoformat(one) == datetime.fromisoformat(other)
    except (ValueError, TypeError):
        return False


class Replay:
    """A task's columns, rebuilt one event after the other.

    With `tracked`, columns of other tables that an event mentions are passed over.
    """

    __slots__ = ("_tracked", "begun", "columns")

    def __init__(self, tracked: Collection[str] | None = None) -> None:
        """Begin before the first event."""
        self.columns: dict[str, Plain] = {}
        self.begun = False
        self._tracked = tracked

    def apply(self, body: Mapping[str, Plain]) -> None:
        """Take one event's changes over.

        :raises ReplayBreak: when the first event is not the creation, a later one is, or `before` does not agree with
            what the events before it left.
        """
        seq, before, after = body.get("seq"), body.get("before"), body.get("after")
        if not isinstance(seq, int) or not isinstance(before, dict) or not isinstance(after, dict):
            raise ReplayBreak(0, "", "thiếu seq, before hoặc after")
        if not self.begun:
            if body.get("name") != CREATE:
                raise ReplayBreak(seq, "", f"bản ghi đầu không phải {CREATE}")
            self.begun = True
        elif body.get("name") == CREATE:
            raise ReplayBreak(seq, "", "nhiệm vụ được tạo lần thứ hai")
        columns = self.columns
        for column, value in before.items():
            if self._tracked is not None and column not in self._tracked:
                continue
            found = columns.get(column)
            if found != value and not same(found, value):
                raise ReplayBreak(
                    seq, column, f"cột {column} trước đó là {show(found)}, bản ghi này nói là {show(value)}"
                )
        for column, value in after.items():
            if self._tracked is None or column in self._tracked:
                columns[column] = value


def show(value: Plain) -> str:
    """Return a stored value as a person reads it in a finding."""
    if value is None or value == "":
        return MISSING
    return json.dumps(value, ensure_ascii=False)


def rebuild(
    bodies: Iterable[str], *, until: datetime | None = None, tracked: Collection[str] | None = None
) -> dict[str, Plain]:
    """Return a task's columns after the events up to a moment (None = all of them), from their bodies in order.

    A column that is not in the answer is empty; the answer is empty when the task did not exist yet. Reading stops at
    the first event later than the moment: an event's time is when its request came, its number the order in which it
    took effect.

    :raises ReplayBreak: when an event can't follow those before it.
    :raises ValueError: when a body is no JSON object or states no moment.
    """
    replay = Replay(tracked)
    for text in bodies:
        body = read_body(text)
        if until is not None and read_moment(body) > until:
            break
        replay.apply(body)
    return replay.columns


def differing(rebuilt: Mapping[str, Plain], row: Mapping[str, Plain]) -> list[str]:
    """Return the names of the row's columns whose value is not the rebuilt one, sorted."""
    return sorted(
        column for column, value in row.items() if value != rebuilt.get(column) and not same(rebuilt.get(column), value)
    )
