"""A fault of one row sets that row apart; a fault of the house stops the sweep and sets nobody apart."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test.utils import CaptureQueriesContext

from tests.factories import House, at, make_task
from workflow.actions import sweep as sweeping
from workflow.actions.policy import seed_rules
from workflow.actions.sweep import ALIKE_AT_MOST, sweep
from workflow.actions.sweep.effects import Batch
from workflow.core.escalation import Decision
from workflow.models import Membership, Reminder, Task, Unit

FRIDAY = date(2022, 10, 14)
MORNING = at(date(2022, 10, 17), "08:00")
Fault = Callable[[Task], str]


@pytest.fixture
def rules(house: House) -> House:
    seed_rules(by=None, now=at(date(2022, 4, 19)))
    return house


def late(house: House, count: int) -> list[Task]:
    return [make_task(house, due_on=FRIDAY, nudged_days=1) for _ in range(count)]


def break_rows(monkeypatch: pytest.MonkeyPatch, fault: Fault) -> list[int]:
    """Let each task fail for which `fault` says something; returns the list of those looked at, as it grows."""
    real, looked = Batch.add, []

    def add(self: Batch, task: Task, decision: Decision) -> None:
        looked.append(task.pk)
        said = fault(task)
        if said:
            raise ValueError(said)
        real(self, task, decision)

    monkeypatch.setattr(Batch, "add", add)
    return looked


def quarantined() -> int:
    return Task.objects.filter(quarantined_at__isnull=False).count()


def test_when_the_first_rows_all_fail_alike_the_sweep_stops_and_sets_nobody_apart(
    rules: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    late(rules, ALIKE_AT_MOST + 5)
    looked = break_rows(monkeypatch, lambda task: "bảng chính sách hỏng")
    with pytest.raises(ValueError, match="bảng chính sách hỏng"):
        sweep(now=MORNING)
    assert quarantined() == 0
    assert len(looked) == 1 + ALIKE_AT_MOST, "the batch's first row, then one by one"
    assert Task.objects.filter(next_due__lte=MORNING).count() == ALIKE_AT_MOST + 5, "all are still due"


def test_when_the_cause_is_mended_the_next_sweep_does_them_all(rules: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = late(rules, ALIKE_AT_MOST + 1)
    with monkeypatch.context() as broken:
        break_rows(broken, lambda task: "hỏng")
        with pytest.raises(ValueError, match="hỏng"):
            sweep(now=MORNING)
    assert sweep(now=MORNING).count("remind") == len(tasks)


def test_rows_that_fail_each_in_its_own_way_are_set_apart(rules: House, monkeypatch: pytest.MonkeyPatch) -> None:
    late(rules, ALIKE_AT_MOST + 2)
    break_rows(monkeypatch, lambda task: f"nhiệm vụ {task.code} hỏng")
    result = sweep(now=MORNING)
    assert quarantined() == len(result.quarantined) == ALIKE_AT_MOST + 2
    for task in Task.objects.filter(quarantined_at__isnull=False):
        assert task.quarantine_error == f"ValueError: nhiệm vụ {task.code} hỏng"


def test_one_good_row_among_the_first_shows_that_the_house_stands(
    rules: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    tasks = late(rules, ALIKE_AT_MOST + 5)
    good = tasks[3].pk
    break_rows(monkeypatch, lambda task: "" if task.pk == good else "hỏng")
    result = sweep(now=MORNING)
    assert result.count("remind") == 1
    assert quarantined() == len(result.quarantined) == len(tasks) - 1


def test_a_few_rows_that_fail_alike_are_set_apart(rules: House, monkeypatch: pytest.MonkeyPatch) -> None:
    late(rules, ALIKE_AT_MOST - 1)
    break_rows(monkeypatch, lambda task: "hỏng")
    assert len(sweep(now=MORNING).quarantined) == quarantined() == ALIKE_AT_MOST - 1


def test_each_row_is_counted_once_as_looked_at(rules: House, monkeypatch: pytest.MonkeyPatch) -> None:
    tasks = late(rules, 4)
    break_rows(monkeypatch, lambda task: "hỏng" if task.pk == tasks[0].pk else "")
    result = sweep(now=MORNING)
    assert (result.looked_at, result.count("remind"), len(result.quarantined)) == (4, 3, 1)


def test_a_department_that_is_not_seeded_is_said_and_sets_nobody_apart(rules: House) -> None:
    late(rules, 2)
    Unit.objects.filter(pk=rules.province.pk).update(valid_to=date(2021, 1, 1))
    with pytest.raises(LookupError, match="UBND tỉnh"):
        sweep(now=MORNING)
    assert quarantined() == 0


def test_an_idle_sweep_asks_for_nothing_but_what_is_due(
    rules: House, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    make_task(rules, due_on=date(2022, 12, 30))
    with django_assert_num_queries(1):
        assert sweep(now=at(date(2022, 10, 4))).looked_at == 0


def test_each_batch_sees_the_department_as_it_is_then(rules: House, monkeypatch: pytest.MonkeyPatch) -> None:
    late(rules, 2)
    real, chiefs = sweeping.read_office, []

    def read(now: object) -> object:
        office = real(now)  # type: ignore[arg-type]
        chiefs.append(office.chief_name)
        Membership.objects.filter(person_id=rules.chief.person_id).update(valid_to=date(2022, 10, 16))
        return office

    monkeypatch.setattr(sweeping, "read_office", read)
    sweep(now=MORNING, batch_size=1)
    assert chiefs == [rules.chief.name, ""]
    names = Reminder.objects.order_by("pk").values_list("document__signer_name", flat=True)
    assert list(names) == [rules.chief.name, ""]
