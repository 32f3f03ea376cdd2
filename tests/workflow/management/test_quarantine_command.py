"""manage.py quarantine."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError

from tests.factories import MONDAY, House, at, event_names, make_task
from workflow.models import Task


def printed(*arguments: str) -> str:
    out = StringIO()
    call_command("quarantine", *arguments, stdout=out)
    return out.getvalue()


def apart(house: House) -> Task:
    task = make_task(house)
    Task.objects.filter(pk=task.pk).update(
        quarantined_at=at(MONDAY, "08:15"), quarantine_error="ValueError: dữ liệu hỏng", next_due=None
    )
    return task


def test_the_tasks_set_apart_are_listed_with_moment_and_error(house: House) -> None:
    task = apart(house)
    make_task(house)
    assert printed().splitlines() == [
        f"{task.code} từ 08:15 03/10/2022: ValueError: dữ liệu hỏng",
        "1 nhiệm vụ bị tách riêng.",
    ]


def test_a_released_task_stands_among_the_others_with_an_event(house: House) -> None:
    task = apart(house)
    assert f"Đã đưa {task.code} trở lại" in printed("--release", task.code)
    task.refresh_from_db()
    assert (task.quarantined_at, task.quarantine_error) == (None, "")
    assert event_names(task) == ["task.release"]
    assert printed() == "0 nhiệm vụ bị tách riêng.\n"


def test_what_does_not_stand_apart_is_not_released(house: House) -> None:
    task = make_task(house)
    for code in (task.code, "KHONG-CO"):
        with pytest.raises(CommandError, match="đang bị tách riêng"):
            printed("--release", code)
    assert event_names(task) == []
