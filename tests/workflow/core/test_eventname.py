"""Every event that an action records has a Vietnamese name."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from workflow.core.eventname import DETAIL_LABELS, EVENT_LABELS, event_headline, event_label, say_date
from workflow.models import Task

ROOT = Path(__file__).resolve().parents[3]
SOURCES = sorted([*(ROOT / "workflow" / "actions").rglob("*.py"), *(ROOT / "approvals").rglob("*.py")])
NAMED_FIRST = {"record_event", "Entry"}
DOTTED = re.compile(r"^[a-z_]+\.[a-z_]+$")


def texts_in(node: ast.expr | None) -> Iterator[str]:
    """The plain texts that an argument may be: one text, or either side of a condition."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from texts_in(node.body)
        yield from texts_in(node.orelse)


def names_in(call: ast.Call) -> Iterator[str]:
    """The event names that one call states; a helper's own arguments count when they read like one."""
    subjects = {name.split(".")[0] for name in EVENT_LABELS}
    for argument in call.args:
        yield from (text for text in texts_in(argument) if DOTTED.match(text) and text.split(".")[0] in subjects)
    function = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    named = next((keyword.value for keyword in call.keywords if keyword.arg == "name"), None)
    if function in NAMED_FIRST:
        yield from texts_in(call.args[0] if call.args else named)
    elif function == "change_task":
        yield from texts_in(named)
    elif function == "perform_transition":
        yield from (f"task.{name}" for name in texts_in(call.args[1] if len(call.args) > 1 else named))


def recorded_names() -> dict[str, str]:
    """Every event name in the actions, with a file where it stands."""
    found = {}
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                found |= dict.fromkeys(names_in(node), path.relative_to(ROOT).as_posix())
    return found


def test_the_search_finds_names_at_all() -> None:
    assert "task.create" in recorded_names()


def test_every_recorded_name_has_a_vietnamese_label() -> None:
    missing = {name: path for name, path in sorted(recorded_names().items()) if name not in EVENT_LABELS}
    assert missing == {}, "thêm vào EVENT_LABELS của workflow/core/eventname.py"


def test_every_transition_of_the_task_has_a_label() -> None:
    transitions = {transition.name for transition in Task._meta.get_field("state").get_all_transitions(Task)}
    assert {name for name in transitions if f"task.{name}" not in EVENT_LABELS} == set()


def test_names_are_dotted_english_and_labels_are_vietnamese_sentences() -> None:
    assert [name for name in EVENT_LABELS if not DOTTED.match(name)] == []
    assert [label for label in EVENT_LABELS.values() if not label[0].isupper() or label.endswith(".")] == []


def test_an_unknown_name_is_shown_as_it_is() -> None:
    assert event_label("task.unknown") == "task.unknown"
    assert event_label("task.start") == "Bắt đầu thực hiện"


def test_an_approvals_step_is_told_by_its_title_and_its_decision() -> None:
    told = {"title": "Văn phòng Sở kiểm tra", "label": "Trả lại báo cáo"}
    assert event_headline("approval.decide", told) == "Văn phòng Sở kiểm tra: Trả lại báo cáo"
    assert event_headline("approval.decide", {}) == "Qua một bước phê duyệt"
    assert event_headline("task.start", told) == "Bắt đầu thực hiện"


def test_detail_labels_are_plain_words() -> None:
    assert all(label and label[0].isupper() for label in DETAIL_LABELS.values())


@pytest.mark.parametrize(
    ("day", "said"),
    [
        (date(2022, 10, 17), "thứ Hai ngày 17/10/2022"),
        (date(2022, 10, 22), "thứ Bảy ngày 22/10/2022"),
        (date(2022, 1, 2), "Chủ nhật ngày 02/01/2022"),
    ],
)
def test_a_date_is_said_with_its_weekday(day: date, said: str) -> None:
    assert say_date(day) == said
