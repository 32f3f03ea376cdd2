"""What the work is told of the flows: the steps that wait, and the figures of each flow."""

from __future__ import annotations

from datetime import date

import pytest

from tests.factories import House, at, make_task
from workflow.actions.flow import Waiting, flows
from workflow.actions.report import save_draft
from workflow.choices import FlowKind

pytestmark = pytest.mark.django_db

NOW = at(date(2022, 10, 17), "09:00")
LATER = at(date(2022, 10, 17), "10:00")


def test_a_step_that_waits_is_told_with_its_node_and_since_when(house: House) -> None:
    task = make_task(house)
    assert flows().waiting() == []
    save_draft(task.pk, "Đã làm xong.", by=house.member, now=NOW)
    waits = Waiting(FlowKind.REPORT, task.pk, task.pk, task.unit_id or 0, "draft", NOW)
    assert flows().waiting() == flows().waiting(FlowKind.REPORT, task.pk) == [waits]
    assert flows().waiting(FlowKind.DOCUMENT) == flows().waiting(FlowKind.REPORT, task.pk + 1) == []
    flows().act(FlowKind.REPORT, task.pk, "submit", 1, by=house.head, now=LATER)
    assert [(found.node, found.since) for found in flows().waiting()] == [("check", LATER)]


def test_each_flow_is_counted_by_result_and_by_what_came_back(house: House) -> None:
    task = make_task(house)
    assert {kind for kind, figures in flows().figures().items() if figures} == set()
    save_draft(task.pk, "Đã làm xong.", by=house.member, now=NOW)
    flows().act(FlowKind.REPORT, task.pk, "submit", 1, by=house.head, now=LATER)
    flows().act(FlowKind.REPORT, task.pk, "withdraw", 1, by=house.head, now=LATER)
    assert flows().figures()[FlowKind.REPORT] == {"open": 1, "withdraw": 1}
