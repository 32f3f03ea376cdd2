"""Tasks made one by one: what UBND tỉnh assigns, and one-stop dossiers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tests.factories import MONDAY, House, at, last_event, make_unit
from workflow.actions.task import open_dossier, open_province_task
from workflow.choices import Ladder, TaskKind, TaskOrigin, TaskState, UnitKind
from workflow.core.errors import Invalid, NotPermitted, WrongState
from workflow.models import Notification, Policy, Task, Unit

NOW = at(MONDAY)
FRIDAY = date(2022, 10, 14)
SUNDAY = date(2022, 10, 16)
NEXT_MONDAY = date(2022, 10, 17)


def province_task(house: House, **given: object) -> Task:
    """Open a task that UBND tỉnh assigned, by Văn phòng unless said otherwise."""
    parts = {
        "title": "Báo cáo tình hình giải ngân",
        "unit_id": house.division.pk,
        "due_on": FRIDAY,
        "number": "9123/UBND-TH",
        "issued_on": date(2022, 9, 30),
        "by": house.reviewer,
        "now": NOW,
    }
    return open_province_task(**{**parts, **given})


def dossier(house: House, **given: object) -> Task:
    """Open a dossier of the first division by its member, unless said otherwise."""
    parts = {
        "title": "Chấp thuận chủ trương đầu tư",
        "unit_id": house.division.pk,
        "processing_until": FRIDAY,
        "code": "H26.12-221003-0001",
        "by": house.member,
        "now": NOW,
    }
    return open_dossier(**{**parts, **given})


def test_the_office_opens_what_the_province_assigned(house: House) -> None:
    task = province_task(house)
    task.refresh_from_db()
    assert (task.kind, task.origin, task.ladder) == (TaskKind.PROVINCE, TaskOrigin.PROVINCE, Ladder.A)
    assert (task.state, task.unit, task.host_unit) == (TaskState.ASSIGNED, house.division, house.office)
    assert (task.due_on, task.due_first, task.last_day, task.rule_year) == (FRIDAY, FRIDAY, FRIDAY, 2022)
    assert (task.event_number, task.event_on) == ("9123/UBND-TH", date(2022, 9, 30))
    assert "9123/UBND-TH" in task.due_basis
    assert task.code == "UBND-2022-9123/UBND-TH"
    event = last_event(task)
    assert event["name"] == "task.create"
    assert event["actor"]["id"] == house.reviewer.person_id


def test_the_head_is_told_of_a_new_task_and_can_find_it(house: House) -> None:
    task = province_task(house)
    assert Notification.objects.get(person_id=house.head.person_id).task == task
    assert "bao cao tinh hinh giai ngan" in task.search


def test_a_leader_opens_what_the_province_assigned(house: House) -> None:
    assert province_task(house, by=house.leader).state == TaskState.ASSIGNED


def test_one_document_may_assign_two_tasks(house: House) -> None:
    codes = [province_task(house, unit_id=unit.pk).code for unit in (house.division, house.other, house.division)]
    assert codes == ["UBND-2022-9123/UBND-TH", "UBND-2022-9123/UBND-TH/2", "UBND-2022-9123/UBND-TH/3"]


def test_a_printed_date_on_a_day_off_counts_back(house: House) -> None:
    task = province_task(house, due_on=SUNDAY)
    assert (task.last_day, task.due_on, task.due_first) == (SUNDAY, FRIDAY, FRIDAY)


def test_the_rolling_of_a_printed_date_is_a_policy(house: House) -> None:
    Policy.objects.create(
        key="roll_printed_date",
        value="forward",
        valid_from=date(2022, 1, 1),
        reason="mẫu",
        set_by_name="mẫu",
        recorded_at=NOW,
    )
    assert province_task(house, due_on=SUNDAY).due_on == NEXT_MONDAY


@pytest.mark.parametrize("name", ["head", "member", "clerk", "inspector", "admin", "outsider", "office_member"])
def test_nobody_else_opens_what_the_province_assigned(house: House, name: str) -> None:
    with pytest.raises(NotPermitted):
        province_task(house, by=getattr(house, name))
    assert not Task.objects.exists()


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"title": " "}, {"title"}),
        ({"number": ""}, {"number"}),
        ({"number": "9" * 61}, {"number"}),
        ({"issued_on": MONDAY + timedelta(days=1)}, {"issued_on"}),
        ({"due_on": MONDAY - timedelta(days=1)}, {"due_on"}),
        ({"title": "", "number": "", "due_on": date(2022, 1, 3)}, {"title", "number", "due_on"}),
    ],
)
def test_wrong_parts_of_a_new_task_are_all_named(house: House, given: dict[str, object], fields: set[str]) -> None:
    with pytest.raises(Invalid) as error:
        province_task(house, **given)
    assert set(error.value.fields) == fields
    assert not Task.objects.exists()


def test_a_body_outside_leads_no_task_of_the_department(house: House) -> None:
    with pytest.raises(Invalid) as error:
        province_task(house, unit_id=house.body.pk)
    assert set(error.value.fields) == {"unit_id"}


def test_a_day_off_whose_working_day_before_has_passed_is_refused(house: House) -> None:
    saturday = date(2022, 10, 15)
    with pytest.raises(Invalid, match="ngày làm việc"):
        province_task(house, due_on=SUNDAY, now=at(saturday))


def test_without_an_office_nothing_can_be_chased(house: House) -> None:
    Unit.objects.filter(kind=UnitKind.OFFICE).update(valid_to=date(2022, 1, 1))
    with pytest.raises(WrongState, match="Văn phòng"):
        province_task(house)


def test_a_member_opens_a_dossier_of_his_unit(house: House) -> None:
    task = dossier(house)
    task.refresh_from_db()
    assert (task.kind, task.origin, task.ladder) == (TaskKind.DOSSIER, TaskOrigin.PROCEDURE, Ladder.A)
    assert (task.due_on, task.processing_until, task.due_first) == (FRIDAY, FRIDAY, FRIDAY)
    assert (task.code, task.unit, task.host_unit) == ("H26.12-221003-0001", house.division, house.office)
    assert last_event(task)["after"]["processing_until"] == "2022-10-14"


def test_a_processing_time_that_ends_on_a_day_off_runs_to_the_next_working_day(house: House) -> None:
    task = dossier(house, processing_until=SUNDAY)
    assert (task.last_day, task.processing_until, task.due_on) == (SUNDAY, NEXT_MONDAY, NEXT_MONDAY)


@pytest.mark.parametrize("name", ["stranger", "other_head", "reviewer", "leader", "clerk", "admin", "outsider"])
def test_only_people_of_the_unit_open_its_dossiers(house: House, name: str) -> None:
    with pytest.raises(NotPermitted):
        dossier(house, by=getattr(house, name))


def test_a_dossiers_code_stands_once(house: House) -> None:
    dossier(house)
    with pytest.raises(Invalid) as error:
        dossier(house)
    assert set(error.value.fields) == {"code"}


@pytest.mark.parametrize(
    ("given", "fields"),
    [
        ({"title": ""}, {"title"}),
        ({"code": ""}, {"code"}),
        ({"code": "H" * 101}, {"code"}),
        ({"processing_until": MONDAY - timedelta(days=3)}, {"processing_until"}),
    ],
)
def test_wrong_parts_of_a_dossier_are_named(house: House, given: dict[str, object], fields: set[str]) -> None:
    with pytest.raises(Invalid) as error:
        dossier(house, **given)
    assert set(error.value.fields) == fields


def test_a_closed_unit_takes_no_dossier(house: House) -> None:
    Unit.objects.filter(pk=house.division.pk).update(valid_to=MONDAY - timedelta(days=1))
    with pytest.raises(Invalid) as error:
        dossier(house)
    assert set(error.value.fields) == {"unit_id"}


def test_a_dossier_of_next_year_stands_under_next_years_rules(house: House) -> None:
    assert dossier(house, processing_until=date(2023, 1, 13)).rule_year == 2023


def test_the_longest_number_still_makes_a_code(house: House) -> None:
    make_unit("P-C", name="Phòng Ba", parent=house.department)
    assert len(province_task(house, number="9" * 60).code) <= 120
