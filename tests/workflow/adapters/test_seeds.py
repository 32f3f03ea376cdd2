"""The seed files agree with each other and with the house's words."""

from __future__ import annotations

from pathlib import Path

import pytest

from workflow.adapters.seeds import SEEDS, load_demonstration, load_readings, load_rule_codes, load_units
from workflow.choices import SET_KINDS, Capacity, Role, UnitKind

UNITS = {row.code: row for row in load_units()}
DEMO = load_demonstration()
ALL_UNITS = UNITS | {row.code: row for row in DEMO.units}


def test_every_unit_and_system_of_the_plans_is_there() -> None:
    assert len(UNITS) == 53
    assert sum(row.kind == UnitKind.SYSTEM for row in UNITS.values()) == 9


def test_every_kind_and_parent_is_known() -> None:
    assert {row.kind for row in ALL_UNITS.values()} <= set(UnitKind.values)
    assert {row.parent for row in ALL_UNITS.values()} - {""} <= set(ALL_UNITS)


def test_demonstration_units_are_marked_and_those_of_the_plans_are_not() -> None:
    assert {row.demonstration for row in DEMO.units} == {True}
    assert {row.demonstration for row in UNITS.values()} == {False}


def test_every_set_and_role_of_the_plans_is_resolved_with_a_basis() -> None:
    wanted = {row.code for row in UNITS.values() if row.kind in SET_KINDS}
    assert {row.code for row in DEMO.sets} == wanted
    for row in DEMO.sets:
        assert row.basis.startswith("Lựa chọn trình diễn")
        assert len(row.basis) <= 255
        assert set(row.members) <= set(ALL_UNITS)


def test_bodies_named_case_by_case_are_left_unresolved() -> None:
    assert not {"CQ-LQ", "CQ-YKIEN"} & {row.code for row in DEMO.sets}


def test_each_working_unit_has_a_head_and_a_specialist() -> None:
    inside = {UnitKind.DIVISION, UnitKind.CENTRE, UnitKind.SECTION, UnitKind.ASSOCIATION}
    for unit in ALL_UNITS.values():
        if unit.kind in inside:
            roles = {row.role for row in DEMO.people if row.unit == unit.code}
            assert {Role.UNIT_HEAD, Role.SPECIALIST} <= roles, unit.code


def test_every_role_is_played_by_somebody() -> None:
    assert {row.role for row in DEMO.people} == set(Role.values)


def test_people_are_plainly_fictitious_and_each_has_his_own_account() -> None:
    assert all(" Mẫu " in row.full_name for row in DEMO.people)
    assert len({row.username for row in DEMO.people}) == len({row.full_name for row in DEMO.people}) == len(DEMO.people)
    assert len(DEMO.password) >= 10


def test_the_delegation_names_people_that_exist() -> None:
    accounts = {row.username: row for row in DEMO.people}
    [row] = DEMO.delegations
    assert (accounts[row.delegator].role, row.role) == (Role.OFFICE_CHIEF, Role.OFFICE_CHIEF)
    assert row.delegate in accounts
    assert row.capacity == Capacity.TL


def test_each_reading_has_its_reason() -> None:
    readings = load_readings()
    assert all(readings.rollups.values())
    assert all(duty.reason and duty.title for duty in readings.duties)
    assert all(readings.without_tasks.values())
    assert readings.standing <= {duty.code for duty in readings.duties}


def test_the_rule_codes_are_those_of_the_plans() -> None:
    assert len(load_rule_codes()) == 53
    assert {"R-DONDOC-1", "R-YKIEN-1", "R-TIENDO-1"} <= load_rule_codes()


@pytest.mark.parametrize("name", ["units.yaml", "plans/ke-hoach-2022.yaml", "plans/ke-hoach-2023.yaml"])
def test_the_seeds_stand_in_the_project(name: str) -> None:
    assert Path(SEEDS / name).stat().st_size > 10_000


def test_the_demonstrations_letterhead_says_what_both_plans_print_and_invents_no_code() -> None:
    [row] = DEMO.letterheads
    assert (row.unit, row.parent_name, row.name, row.abbreviation, row.place) == (
        "SKHDT",
        "UBND tỉnh Khánh Hòa",
        "Sở Kế hoạch và Đầu tư",
        "SKHĐT",
        "Khánh Hòa",
    )
