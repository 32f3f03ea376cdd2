"""Work is given only to units that are open on the day and stay so; who is faster wins, the other is told."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from tests.department import ISSUED, parsed
from tests.factories import MONDAY, House, at, last_event, make_task, make_unit
from workflow.actions.consultation import consult
from workflow.actions.plan import import_plan, importing
from workflow.actions.task import assign_lead, open_dossier, open_province_task, reopen_task
from workflow.actions.unit import UnitFacts, close_unit, insert_unit, lock_units, open_person, people, structure
from workflow.choices import HandedBy, TaskState
from workflow.core.errors import Invalid, WrongState
from workflow.models import Person, Plan, Task, Unit
from workflow.queries.unit import heir_of

NOW = at(MONDAY)
LATER = at(MONDAY + timedelta(days=3))
DUE = date(2022, 10, 28)

WAYS: dict[str, Callable[[House, Unit], object]] = {
    "assign_lead": lambda house, unit: assign_lead(
        make_task(house, unit=None).pk, unit.pk, by=house.reviewer, now=LATER
    ),
    "province": lambda house, unit: open_province_task("Việc", unit.pk, DUE, "1", MONDAY, by=house.leader, now=LATER),
    "consult": lambda house, unit: consult(
        make_task(house, due_on=DUE).pk, [unit.pk], "Hỏi", DUE, by=house.member, now=LATER
    ),
}


def closed(house: House, unit: Unit, successor: Unit | None = None) -> Unit:
    close_unit(unit.pk, MONDAY, successor.pk if successor else None, by=house.admin, now=NOW)
    unit.refresh_from_db()
    return unit


def reviewed(house: House, **columns: object) -> Task:
    return make_task(house, state=TaskState.REVIEWED, submitted_version=1, reported_at=NOW, closed_at=NOW, **columns)


# Closed units get no work


@pytest.mark.parametrize("way", WAYS)
def test_a_unit_closed_on_the_day_gets_no_work(house: House, way: str) -> None:
    unit = closed(house, house.other)
    before = Task.objects.filter(unit=unit).count()
    with pytest.raises(Invalid, match="không còn hoạt động"):
        WAYS[way](house, unit)
    assert Task.objects.filter(unit=unit).count() == before


def test_a_closed_unit_opens_no_dossier(house: House) -> None:
    closed(house, house.division, house.other)
    with pytest.raises(Invalid, match="không còn hoạt động"):
        open_dossier("Hồ sơ", house.division.pk, DUE, "HS-1", by=house.member, now=LATER)


@pytest.mark.parametrize("way", WAYS)
def test_an_open_unit_is_locked_before_it_gets_work(house: House, way: str) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has one writer: its transaction locks everything")
    with CaptureQueriesContext(connection) as seen:
        WAYS[way](house, house.other)
    locks = [query["sql"] for query in seen if "FOR NO KEY UPDATE" in query["sql"]]
    assert any('"workflow_unit"' in sql and "ORDER BY" in sql for sql in locks)


def test_units_are_locked_by_key_and_unknown_ones_left_out(house: House) -> None:
    with transaction.atomic():
        found = lock_units([house.other.pk, None, house.division.pk, 10**6, house.other.pk])
    assert list(found) == sorted([house.division.pk, house.other.pk])


@pytest.mark.django_db(transaction=True)
def test_a_unit_that_closes_while_it_is_being_asked_is_refused(house: House) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time, so the two can't overlap there")
    parent = make_task(house, due_on=DUE)
    outcome: list[BaseException | None] = []
    begun = threading.Event()

    def ask() -> None:
        begun.set()
        try:
            consult(parent.pk, [house.silent_body.pk], "Hỏi", DUE, by=house.member, now=LATER)
            outcome.append(None)
        except Invalid as error:
            outcome.append(error)
        finally:
            connections.close_all()

    with transaction.atomic():
        close_unit(house.silent_body.pk, MONDAY, None, by=house.admin, now=NOW)
        asking = threading.Thread(target=ask)
        asking.start()
        begun.wait()
        asking.join(1)
        assert asking.is_alive(), "it waits for the one who closes"
    asking.join()
    assert isinstance(outcome[0], Invalid)
    assert not Task.objects.filter(unit=house.silent_body).exists()


@pytest.mark.django_db(transaction=True)
def test_work_given_first_passes_on_with_the_closing(house: House) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite lets one writer in at a time, so the two can't overlap there")
    heir = make_unit("P-C")
    parent = make_task(house, due_on=DUE, unit=house.other)
    done: list[int] = []

    def close() -> None:
        try:
            done.append(close_unit(house.other.pk, MONDAY, heir.pk, by=house.admin, now=NOW).tasks_passed)
        finally:
            connections.close_all()

    with transaction.atomic():
        [child] = consult(parent.pk, [house.body.pk], "Hỏi", DUE, by=house.other_head, now=NOW)
        closing = threading.Thread(target=close)
        closing.start()
        closing.join(1)
        assert closing.is_alive(), "it waits until the question stands"
    closing.join()
    assert done == [2]
    child.refresh_from_db()
    assert child.host_unit_id == heir.pk


# Reopening what a closed unit had done


def test_a_reopened_task_of_a_closed_unit_passes_to_the_successor(house: House) -> None:
    task = reviewed(house, assignee_id=house.member.person_id)
    closed(house, house.division, house.other)
    reopen_task(task.pk, "Số liệu sai", by=house.leader, now=LATER)
    task.refresh_from_db()
    assert (task.unit_id, task.assignee_id, task.handed_by) == (house.other.pk, None, HandedBy.SUCCESSION)
    assert task.state == TaskState.IN_PROGRESS
    event = last_event(task)
    assert event["details"] == {"reason": "Số liệu sai", "closed_units": [house.division.code]}
    assert event["after"]["unit_id"] == house.other.pk


def test_it_passes_along_a_row_of_successors(house: House) -> None:
    task = reviewed(house)
    third = make_unit("P-C")
    closed(house, house.division, house.other)
    close_unit(house.other.pk, MONDAY + timedelta(days=1), third.pk, by=house.admin, now=LATER)
    reopen_task(task.pk, "Số liệu sai", by=house.leader, now=at(date(2022, 10, 10)))
    task.refresh_from_db()
    assert task.unit_id == third.pk


def test_two_units_may_have_one_successor(house: House) -> None:
    third = make_unit("P-C")
    tasks = [reviewed(house), reviewed(house, unit=house.other)]
    for unit in (house.division, house.other):
        closed(house, unit, third)
    for task in tasks:
        reopen_task(task.pk, "Số liệu sai", by=house.leader, now=LATER)
        task.refresh_from_db()
        assert task.unit_id == third.pk


def test_the_unit_that_chases_it_is_replaced_too(house: House) -> None:
    task = reviewed(house, unit=house.body, host_unit=house.other)
    closed(house, house.other, house.division)
    reopen_task(task.pk, "Số liệu sai", by=house.leader, now=LATER)
    task.refresh_from_db()
    assert (task.unit_id, task.host_unit_id) == (house.body.pk, house.division.pk)


def test_without_a_successor_it_is_not_reopened(house: House) -> None:
    task = reviewed(house)
    closed(house, house.division)
    with pytest.raises(WrongState, match="không có đơn vị kế thừa"):
        reopen_task(task.pk, "Số liệu sai", by=house.leader, now=LATER)
    task.refresh_from_db()
    assert task.state == TaskState.REVIEWED


def test_an_open_unit_is_its_own_heir(house: House) -> None:
    assert heir_of(house.division, MONDAY) == house.division
    assert heir_of(closed(house, house.division), date(2022, 11, 1)) is None


# Two at once


def test_the_slower_of_two_who_open_one_account_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def slower(person: Person) -> dict[str, str]:
        Person.objects.create(username=person.username, full_name="Nguyễn Văn Mẫu Nhanh", password="!")
        return {}

    monkeypatch.setattr(people, "_name_errors", slower)
    with pytest.raises(Invalid, match="Đã có tài khoản “trung”") as refused:
        open_person("trung", "Nguyễn Văn Mẫu Chậm", by=house.admin, now=NOW)
    assert set(refused.value.fields) == {"username"}


def test_the_slower_of_two_who_open_one_unit_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def slower(code: str, field: str) -> None:
        if field == "parent":
            make_unit("P-MOI", name="Nhanh hơn")

    monkeypatch.setattr(structure, "_named", slower)
    facts = UnitFacts(code="P-MOI", name="Chậm hơn", kind="phong", valid_from=MONDAY)
    with transaction.atomic(), pytest.raises(Invalid, match="Đã có đơn vị mang mã “P-MOI”"):
        insert_unit(facts, by=house.admin, now=NOW)
    assert Unit.objects.get(code="P-MOI").name == "Nhanh hơn"


def test_the_slower_of_two_who_import_one_plan_is_told_so(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = parsed(2022)
    issuer = make_unit(plan.issuer_code)

    def slower(code: str) -> Unit:
        Plan.objects.create(
            number=plan.number,
            issued_on=plan.issued_on,
            year=plan.year,
            issuer=issuer,
            source_sha256="1" * 64,
            imported_at=ISSUED[2022],
        )
        return issuer

    monkeypatch.setattr(importing, "Unit", SimpleNamespace(objects=SimpleNamespace(get=slower)))
    with pytest.raises(Invalid, match="vừa được nhập ở nơi khác"):
        import_plan(plan, source_name="a.yaml", source_sha256="0" * 64, by=None, now=ISSUED[2022])
