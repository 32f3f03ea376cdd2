"""The tree of units: one query, and always of the rows as they stand, though a tree built before is used again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import House, make_unit
from workflow.choices import UnitKind
from workflow.models import Unit
from workflow.queries.unit import unit_tree

pytestmark = pytest.mark.django_db


def test_the_tree_says_of_each_unit_what_its_row_says(house: House) -> None:
    Unit.objects.filter(pk=house.other.pk).update(valid_to=date(2022, 6, 30))
    columns = ("pk", "code", "name", "kind", "parent_id", "valid_from", "valid_to")
    told = [tuple(getattr(node, name) for name in columns) for node in unit_tree().nodes.values()]
    assert told == list(Unit.objects.order_by("code").values_list(*columns))
    assert unit_tree().nodes[house.other.pk].valid_to == date(2022, 6, 30)


def test_it_is_one_query_and_built_once_while_nothing_changes(
    house: House, django_assert_num_queries: Callable[[int], CaptureQueriesContext]
) -> None:
    first = unit_tree()
    with django_assert_num_queries(1):
        assert unit_tree() is first


@pytest.mark.parametrize(
    "change",
    [{"name": "Phòng Mới"}, {"parent": None}, {"valid_to": date(2022, 1, 1)}, {"kind": UnitKind.OFFICE}],
    ids=["name", "place", "end", "kind"],
)
def test_a_change_by_any_way_shows_at_once(house: House, change: dict[str, object]) -> None:
    before = unit_tree()
    Unit.objects.filter(pk=house.division.pk).update(**change)
    after = unit_tree()
    assert after is not before
    for name, value in change.items():
        assert getattr(after.nodes[house.division.pk], "parent_id" if name == "parent" else name) == value


def test_a_new_unit_is_gone_again_when_its_transaction_is_undone(house: House) -> None:
    before = set(unit_tree().by_code)
    with transaction.atomic():
        made = make_unit("P-THU", parent=house.department)
        assert set(unit_tree().by_code) == {*before, "P-THU"}
        assert made.pk in unit_tree().family(house.department.pk)
        transaction.set_rollback(True)
    assert set(unit_tree().by_code) == before
    assert made.pk not in unit_tree().family(house.department.pk)
