"""Identifiers of the bodies that receive documents: by whom, of what form, from which day, kept in the trail."""

from __future__ import annotations

import json
from datetime import date

import pytest

from tests.factories import House, at
from workflow.actions.document.organ import set_organ_id
from workflow.core.errors import Invalid, NotFound, NotPermitted
from workflow.models import AuditEvent, Letterhead
from workflow.queries.document import head_on
from workflow.queries.organ import find_organ, list_organs

NOW = at(date(2022, 10, 3))
FROM = date(2022, 1, 1)


def test_an_administrator_writes_it_and_nobody_else(house: House) -> None:
    for person in (house.clerk, house.leader, house.head):
        with pytest.raises(NotPermitted):
            set_organ_id(house.body.pk, "H32.7", FROM, by=person, now=NOW)
    set_organ_id(house.body.pk, "H32.7", FROM, by=house.admin, now=NOW)
    assert find_organ(house.body.pk, FROM).organ_id == "H32.7"
    event = AuditEvent.objects.get(name="unit.identify")
    assert (event.chain, json.loads(event.body)["after"]) == (
        "unit:STC",
        {"organ_id": "H32.7", "valid_from": "2022-01-01"},
    )


def test_it_holds_from_its_day_and_one_of_the_same_day_is_written_over(house: House) -> None:
    for organ_id, since in (("H32.7", FROM), ("H32.8", date(2022, 7, 1)), ("H32.9", date(2022, 7, 1))):
        set_organ_id(house.body.pk, organ_id, since, by=house.admin, now=NOW)
    assert [find_organ(house.body.pk, day).organ_id for day in (date(2021, 1, 1), date(2022, 6, 30), FROM)] == [
        "",
        "H32.7",
        "H32.7",
    ]
    assert find_organ(house.body.pk, date(2022, 7, 1)).organ_id == "H32.9"
    newest = AuditEvent.objects.filter(name="unit.identify").order_by("seq").last()
    assert newest is not None
    assert json.loads(newest.body)["before"] == {"organ_id": "H32.8"}


def test_one_that_was_wrong_is_taken_back(house: House) -> None:
    set_organ_id(house.body.pk, "H32.7", FROM, by=house.admin, now=NOW)
    set_organ_id(house.body.pk, " ", FROM, by=house.admin, now=NOW)
    assert find_organ(house.body.pk, FROM).organ_id == ""


@pytest.mark.parametrize(
    ("organ_id", "since", "field"),
    [
        ("h32.7", FROM, "organ_id"),
        ("000.00.00.H41", FROM, "organ_id"),
        ("H32." + "1" * 40, FROM, "organ_id"),
        ("H32.7", date(2019, 12, 31), "valid_from"),
    ],
)
def test_what_is_wrong_is_refused_by_name(house: House, organ_id: str, since: date, field: str) -> None:
    with pytest.raises(Invalid) as refused:
        set_organ_id(house.body.pk, organ_id, since, by=house.admin, now=NOW)
    assert list(refused.value.fields) == [field]
    assert not Letterhead.objects.exists()


def test_units_inside_have_none_of_their_own_and_the_department_prints_as_before(house: House) -> None:
    for unit in (house.division, house.department):
        with pytest.raises(NotFound):
            set_organ_id(unit.pk, "H32.7", FROM, by=house.admin, now=NOW)
    before = head_on(FROM)
    set_organ_id(house.province.pk, "H32", FROM, by=house.admin, now=NOW)
    assert head_on(FROM) == before
    assert [body.unit.code for body in list_organs(FROM)] == ["STC", "SXD", "UBND"]
