"""Whatever units the sets stand for, and whenever the plan is issued, a breakdown keeps its promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workflow.adapters.planfile import read_plan_file
from workflow.adapters.seeds import PLAN_FILES, load_readings, load_rule_codes, load_units
from workflow.choices import SET_KINDS
from workflow.core.breakdown import Breakdown, Terms, UnitRef, break_down
from workflow.core.planfile import ParsedPlan, parse_plan
from workflow.core.workday import DayKind, WorkCalendar

UNITS = {row.code: row for row in load_units()}
SETS = sorted(code for code, row in UNITS.items() if row.kind in SET_KINDS)
CONCRETE = ["VP", "P-DKKD", "TT-XTDT", "BPMC", "VT", "CHI-DOAN", "BBT"]
UNNAMED = {"CQ-YKIEN", "CQ-LQ"}
OFFICE = UnitRef("VP", "Văn phòng Sở", 1)


def ref(code: str) -> UnitRef:
    return UnitRef(code, UNITS[code].name, 1 if code == "VP" else 2 + sorted(UNITS).index(code))


@cache
def plan(year: int) -> ParsedPlan:
    return parse_plan(
        read_plan_file(PLAN_FILES[year - 2022]).mapping,
        unit_codes=frozenset(UNITS),
        rule_codes=load_rule_codes(),
        rollups=load_readings().rollups,
    )


members = st.fixed_dictionaries({code: st.lists(st.sampled_from(CONCRETE), max_size=4, unique=True) for code in SETS})
calendars = st.builds(
    lambda days: WorkCalendar(dict.fromkeys(days, DayKind.OFF), first_year=2022, last_year=2023),
    st.sets(st.dates(date(2022, 1, 3), date(2023, 12, 28)), max_size=40),
)
years = st.sampled_from([2022, 2023])
house = settings(max_examples=40, deadline=None)


def make(year: int, sets: dict[str, list[str]], calendar: WorkCalendar, issued_on: date | None = None) -> Breakdown:
    def resolve(code: str) -> tuple[UnitRef, ...]:
        if code in UNNAMED:
            return ()
        return tuple(sorted(ref(one) for one in sets.get(code, [code])))

    source = plan(year) if issued_on is None else replace(plan(year), issued_on=issued_on)
    former = plan(2022) if year == 2023 else None
    return break_down(
        source, resolve=resolve, host=OFFICE, terms=Terms(calendar), readings=load_readings(), former=former
    )


@house
@given(years, members, calendars)
def test_codes_are_unique_and_parents_come_first(year: int, sets: dict[str, list[str]], calendar: WorkCalendar) -> None:
    seen: dict[str, object] = {}
    for draft in make(year, sets, calendar).tasks:
        assert draft.code not in seen
        assert not draft.parent_code or draft.parent_code in seen
        seen[draft.code] = draft


@house
@given(years, members, calendars)
def test_a_due_day_is_a_working_day_not_after_the_last_day(
    year: int, sets: dict[str, list[str]], calendar: WorkCalendar
) -> None:
    for draft in make(year, sets, calendar).tasks:
        assert (draft.due_on is None) == (draft.last_day is None)
        if draft.due_on is not None and draft.last_day is not None:
            assert calendar.is_working(draft.due_on)
            assert draft.due_on <= draft.last_day


@house
@given(years, members, calendars)
def test_a_child_is_chased_by_the_unit_of_its_parent_and_owed_by_another(
    year: int, sets: dict[str, list[str]], calendar: WorkCalendar
) -> None:
    tasks = {draft.code: draft for draft in make(year, sets, calendar).tasks}
    for draft in tasks.values():
        if draft.parent_code:
            lead = tasks[draft.parent_code]
            assert draft.host == lead.unit
            assert draft.unit is not None
            assert draft.unit != lead.unit
        else:
            assert draft.host == OFFICE


@house
@given(years, members, calendars)
def test_a_bullet_owes_once_a_unit(year: int, sets: dict[str, list[str]], calendar: WorkCalendar) -> None:
    led = [
        (draft.item_code, draft.bullet_ordinal, draft.unit)
        for draft in make(year, sets, calendar).tasks
        if draft.kind == "plan"
    ]
    assert len(led) == len(set(led))


@house
@given(years, members, calendars)
def test_no_bullet_vanishes_even_when_its_set_is_empty(
    year: int, sets: dict[str, list[str]], calendar: WorkCalendar
) -> None:
    made = make(year, sets, calendar)
    silent = {place for place, _why in made.silent}
    found = {(draft.item_code, draft.bullet_ordinal) for draft in made.tasks}
    for item in plan(year).items:
        for bullet in item.bullets:
            place = f"dòng {item.code}, gạch {bullet.ordinal}"
            assert (item.code, bullet.ordinal) in found or place in silent or f"dòng {item.code}" in silent


@house
@given(years, members)
def test_nobody_reports_to_himself(year: int, sets: dict[str, list[str]]) -> None:
    calendar = WorkCalendar({}, first_year=2022, last_year=2023)
    for draft in make(year, sets, calendar).tasks:
        if draft.kind == "report" and draft.title.endswith("gửi Văn phòng Sở"):
            assert draft.unit != OFFICE


@house
@given(years, st.integers(min_value=0, max_value=364), members)
def test_whenever_a_plan_is_issued_no_report_is_born_late(year: int, days: int, sets: dict[str, list[str]]) -> None:
    issued_on = date(year, 1, 1) + timedelta(days=days)
    calendar = WorkCalendar({}, first_year=2022, last_year=2023)
    for draft in make(year, sets, calendar, issued_on).tasks:
        if draft.kind == "report":
            assert draft.due_on is not None
            assert draft.due_on >= issued_on


@house
@given(years, members, calendars)
def test_the_same_plan_makes_the_same_tasks(year: int, sets: dict[str, list[str]], calendar: WorkCalendar) -> None:
    assert make(year, sets, calendar) == make(year, sets, calendar)


@pytest.mark.parametrize("year", [2022, 2023])
def test_nothing_but_the_fulfilled_row_is_born_closed(year: int) -> None:
    sets = {code: ["P-DKKD", "VP"] for code in SETS}
    made = make(year, sets, WorkCalendar({}, first_year=2022, last_year=2023))
    closed = [draft.item_code for draft in made.tasks if draft.state == "reviewed"]
    assert closed == (["II.1.3"] if year == 2022 else [])
