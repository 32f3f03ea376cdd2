"""Random departments and careers: after a sync, guardian and memberships agree, and nobody has more than both give."""

from __future__ import annotations

from datetime import date, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.factories import MONDAY, House, at, make_person
from workflow.actions.unit import sync_grants
from workflow.choices import Role
from workflow.models import Membership, Unit
from workflow.permissions import ROLE_GRANTS, Scope
from workflow.queries.unit import UnitTree, grant_differences, implied_grants, load_actor, stored_grants
from workflow.queries.unit.tree import Node

Place = tuple[Role, str, int, int | None]

places = st.lists(
    st.tuples(
        st.sampled_from(list(Role)),
        st.sampled_from(["VP", "P-A", "P-B", "LDS", "SKHDT", "STC"]),
        st.integers(min_value=-400, max_value=30),
        st.one_of(st.none(), st.integers(min_value=0, max_value=600)),
    ),
    max_size=5,
    unique_by=lambda place: (place[0], place[1]),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(career=places)
def test_after_a_sync_guardian_holds_what_memberships_imply(house: House, career: list[Place]) -> None:
    with transaction.atomic():
        check_career(career)
        transaction.set_rollback(True)


def check_career(career: list[Place]) -> None:
    """Give a new person the places, sync, and compare what he has with what the places in force carry."""
    person = make_person()
    units = {unit.code: unit for unit in Unit.objects.all()}
    in_force = set()
    for role, code, begins, lasts in career:
        first = MONDAY + timedelta(days=begins)
        last = None if lasts is None else first + timedelta(days=lasts)
        Membership.objects.create(
            person=person, unit=units[code], role=role, position="Chức vụ", valid_from=first, valid_to=last
        )
        if first <= MONDAY and (last is None or last >= MONDAY):
            in_force.add(role)
    sync_grants(by=None, now=at(MONDAY))
    assert grant_differences(at(MONDAY)) == []
    actor = load_actor(person, now=at(MONDAY))
    mine = {(unit, codename) for _who, unit, codename in stored_grants([person.pk])}
    assert actor.grants == mine == {(unit, name) for _who, unit, name in implied_grants(MONDAY, [person.pk])}
    assert {codename for _unit, codename in mine} == {name for role in in_force for name in ROLE_GRANTS[role]}


@st.composite
def trees(draw: st.DrawFn) -> UnitTree:
    size = draw(st.integers(min_value=1, max_value=15))
    kinds = st.sampled_from(["so", "van_phong", "phong", "bo_phan", "tap_hop", "co_quan_ngoai"])
    nodes = []
    for pk in range(1, size + 1):
        parent = draw(st.one_of(st.none(), st.integers(min_value=1, max_value=pk - 1))) if pk > 1 else None
        nodes.append(Node(pk, f"U{pk}", f"Đơn vị {pk}", draw(kinds), parent, date(2022, 1, 1), None))
    return UnitTree(nodes)


@given(trees())
def test_the_office_and_the_rest_are_the_whole(tree: UnitTree) -> None:
    office, rest = tree.scope(Scope.OFFICE, 1), tree.scope(Scope.NOT_OFFICE, 1)
    assert office | rest == tree.scope(Scope.ALL, 1) == frozenset(tree.nodes)
    assert office & rest == frozenset()


@given(trees())
def test_a_family_holds_its_unit_and_the_families_of_its_children(tree: UnitTree) -> None:
    for node in tree.nodes.values():
        family = tree.family(node.pk)
        assert node.pk in family
        for child in tree.nodes.values():
            if child.parent_id == node.pk and child.kind not in {"tap_hop", "vai_tro"}:
                assert tree.family(child.pk) <= family


@given(trees())
def test_sisters_share_nothing(tree: UnitTree) -> None:
    for one in tree.nodes.values():
        for other in tree.nodes.values():
            if one.pk != other.pk and one.parent_id == other.parent_id:
                assert not tree.family(one.pk) & tree.family(other.pk)
