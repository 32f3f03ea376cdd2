"""Opening flows in sets: the same rows as viewflow's own start writes, in as many statements for many as for one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection, transaction
from django.db.models.signals import m2m_changed, post_save, pre_save
from django.test.utils import CaptureQueriesContext
from viewflow.workflow import signals

from approvals.actions.opening import open_approvals
from approvals.actions.opening_many import first_step
from approvals.flows import FLOWS
from approvals.models import Approval, Step
from tests.approvals.factories import NOW, consultation, rules
from tests.factories import House, make_task
from workflow.actions.flow import Target
from workflow.actions.sweep import sweep
from workflow.choices import FlowKind, Ladder
from workflow.models import Document, Escalation, Task, Unit
from workflow.permissions import SUBMIT, Actor

pytestmark = pytest.mark.django_db

SOON, LATE = date(2022, 10, 18), date(2022, 12, 30)
IN_SETS = [kind for kind in FlowKind if kind != FlowKind.PROPOSAL]

MANY = 16
"""So many flows have 32 steps: about as many as SQLite takes in one INSERT (PostgreSQL has no such bound)."""

BY_WALL_CLOCK = ("created", "started", "finished")
KEYS = ("id", "process_id")


def targets_of(tasks: list[Task]) -> list[Target]:
    return [Target(pk=9000 + task.pk, task_id=task.pk, unit_id=task.unit_id or 0, title=task.title) for task in tasks]


def opened_by_viewflow(kind: FlowKind, targets: list[Target], by: Actor | None) -> None:
    for target in targets:
        columns = {
            "kind": kind,
            "target_id": target.pk,
            "subject_id": target.task_id,
            "unit_id": target.unit_id,
            "title": target.title,
            "opened_by_id": by.person_id if by is not None else None,
            "by_head": by is not None and by.may(SUBMIT, target.unit_id),
        }
        FLOWS[kind].start.run(approval=columns, now=NOW)


def written() -> list[object]:
    """Every column of every approval, of its steps in their order, and which step came after which."""
    found: list[object] = []
    for approval in Approval.objects.order_by("pk"):
        steps = list(Step.objects.filter(process=approval).order_by("pk"))
        links = [(step.flow_task.name, one.flow_task.name) for step in steps for one in step.previous.order_by("pk")]
        found.append((columns_of(approval), [columns_of(step) for step in steps], links))
    return found


def columns_of(row: Approval | Step) -> dict[str, object]:
    """Every column as it is stored; of a key nothing, of a stamp by the wall clock only whether there is one."""
    raw = type(row).objects.filter(pk=row.pk).values().get()
    return {
        name: value is not None if name in BY_WALL_CLOCK and isinstance(value, datetime) else value
        for name, value in raw.items()
        if name not in KEYS
    }


@pytest.mark.parametrize("by_whom", ["engine", "member", "head"])
@pytest.mark.parametrize("kind", FlowKind)
def test_the_rows_are_those_that_viewflow_writes_column_by_column(house: House, kind: FlowKind, by_whom: str) -> None:
    by = {"engine": None, "member": house.member, "head": house.head}[by_whom]
    tasks = [make_task(house, due_on=due, unit=unit) for due in (SOON, LATE) for unit in (house.division, house.other)]
    targets = [*targets_of(tasks), Target(pk=77, task_id=None, unit_id=house.office.pk, title="Không của việc nào")]
    with transaction.atomic():
        opened_by_viewflow(kind, targets, by)
        expected = written()
        transaction.set_rollback(True)
    assert not Step.objects.exists()
    opened = open_approvals(kind, targets, by=by, now=NOW)
    assert written() == expected
    assert [approval.target_id for approval in opened] == [target.pk for target in targets]
    assert [approval.pk for approval in opened] == list(Approval.objects.order_by("pk").values_list("pk", flat=True))


def test_a_draft_of_a_report_waits_until_its_task_is_due_when_that_is_later(house: House) -> None:
    tasks = [make_task(house, due_on=due) for due in (SOON, LATE)]
    open_approvals(FlowKind.REPORT, targets_of(tasks), by=None, now=NOW)
    waiting = Step.objects.filter(codename__gt="").order_by("pk").values_list("due_on", flat=True)
    assert list(waiting) == [date(2022, 10, 19), LATE]


def test_every_flow_but_that_of_proposals_leads_straight_to_a_step() -> None:
    assert [kind for kind in FlowKind if first_step(FLOWS[kind]) is not None] == IN_SETS


def test_nobody_listens_to_what_is_left_out() -> None:
    for flow_class in FLOWS.values():
        for signal in (signals.task_started, signals.task_finished, signals.flow_started):
            assert not signal.has_listeners(flow_class)
    for model in (Approval, Step, Step.previous.through):
        for signal in (pre_save, post_save, m2m_changed):
            assert not signal.has_listeners(model)


def count_queries(work: Callable[[], object]) -> int:
    ContentType.objects.get_for_model(Unit)  # read once a process
    with CaptureQueriesContext(connection) as seen:
        work()
    return len(seen)


@pytest.mark.parametrize("kind", IN_SETS)
def test_many_take_as_many_statements_as_one(house: House, kind: FlowKind) -> None:
    targets = targets_of([make_task(house) for _ in range(1 + MANY)])
    one = count_queries(lambda: open_approvals(kind, targets[:1], by=None, now=NOW))
    many = count_queries(lambda: open_approvals(kind, targets[1:], by=None, now=NOW))
    assert many == one
    assert Approval.objects.count() == Step.objects.filter(previous__isnull=False).count() == 1 + MANY


@pytest.mark.parametrize("kind", FlowKind)
def test_what_is_open_already_is_not_opened_twice(house: House, kind: FlowKind) -> None:
    targets = targets_of([make_task(house) for _ in range(3)])
    [first] = open_approvals(kind, targets[:1], by=None, now=NOW)
    rest = open_approvals(kind, [*targets, targets[2]], by=None, now=NOW)
    assert [approval.target_id for approval in rest] == [target.pk for target in targets[1:]]
    assert open_approvals(kind, targets, by=None, now=NOW) == []
    assert Approval.objects.count() == 3
    assert Approval.objects.filter(pk=first.pk).exists()


# --- the engine's sweep ---


def swept(house: House, now: datetime, done: Callable[[], int]) -> tuple[int, int]:
    """Sweep once; return how many statements it took and how many rows it made."""
    before = done()
    taken = count_queries(lambda: sweep(now=now))
    return taken, done() - before


def test_a_sweep_drafts_many_letters_to_bodies_outside_in_as_many_statements_as_one(house: House) -> None:
    rules(house)
    consultation(house)
    few = swept(house, NOW, Document.objects.count)
    for _ in range(MANY):
        consultation(house)
    many = swept(house, NOW, Document.objects.count)
    assert (few[1], many[1]) == (1, MANY)
    assert many[0] == few[0]
    assert Approval.objects.filter(kind=FlowKind.DOCUMENT, closed_at__isnull=True).count() == 1 + MANY


def test_a_sweep_raises_many_duties_in_as_many_statements_as_one(house: House) -> None:
    rules(house)
    consultation(house, ladder=Ladder.C)
    few = swept(house, NOW, Escalation.objects.count)
    for _ in range(MANY):
        consultation(house, ladder=Ladder.C)
    many = swept(house, NOW, Escalation.objects.count)
    assert (few[1], many[1]) == (1, MANY)
    assert many[0] == few[0]
    for kind in (FlowKind.ESCALATION, FlowKind.DOCUMENT):
        assert Approval.objects.filter(kind=kind, closed_at__isnull=True).count() == 1 + MANY
