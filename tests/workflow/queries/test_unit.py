"""Who acts with which rights; what sets stand for; where guardian and memberships disagree."""

from __future__ import annotations

from datetime import date, datetime

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from guardian.models import GroupObjectPermission, UserObjectPermission

from tests.factories import MONDAY, House, at, grants_of, make_house, make_person, make_unit
from workflow.actions.unit import delegate, revoke_delegation, sync_grants
from workflow.choices import Role, UnitKind
from workflow.core.errors import NotFound, NotPermitted
from workflow.models import Delegation, Membership, Person, Unit, UnitSetMember
from workflow.permissions import ANSWER, CHECK, DECIDE, DO, ROLE_GRANTS, SEE, SIGN, SUBMIT, URGE, Actor
from workflow.queries.unit import (
    delegations_for,
    grant_differences,
    implied_grants,
    load_actor,
    resolve_units,
    stored_grants,
    unit_resolver,
    unit_tree,
)

NOW = at(MONDAY)


@pytest.fixture
def granted(house: House) -> House:
    """The small department with guardian's rows in step."""
    sync_grants(by=None, now=NOW)
    return house


def person_of(actor: Actor) -> Person:
    return Person.objects.get(pk=actor.person_id)


def acting(actor: Actor, **options: object) -> Actor:
    options.setdefault("now", NOW)
    return load_actor(person_of(actor), **options)


def grant_delegation(house: House, *, until: date = date(2022, 10, 31), **columns: object) -> Delegation:
    """The chief lends his place to the reviewer."""
    membership = Membership.objects.get(person_id=house.chief.person_id)
    given = delegate(
        membership.pk,
        house.reviewer.person_id,
        "TL.",
        "01/GUQ-VP",
        date(2022, 9, 30),
        "Ký văn bản đôn đốc",
        date(2022, 10, 1),
        until,
        by=None,
        now=NOW,
    )
    Delegation.objects.filter(pk=given.pk).update(**columns) if columns else None
    return given


# --- the matrix of roles and scopes --------------------------------------------------------------------------------

PLACES = {
    Role.SPECIALIST: "P-A",
    Role.UNIT_HEAD: "P-A",
    Role.OFFICE_REVIEWER: "VP",
    Role.OFFICE_CHIEF: "VP",
    Role.CLERK: "VP",
    Role.LEADER: "LDS",
    Role.OBSERVER: "STC",
    Role.INSPECTOR: "SKHDT",
    Role.EXTERNAL: "STC",
    Role.ADMIN: "SKHDT",
}


@pytest.mark.parametrize("role", list(Role))
def test_each_role_gets_exactly_what_the_table_says(house: House, role: Role) -> None:
    unit = Unit.objects.get(code=PLACES[role])
    person = make_person()
    Membership.objects.create(person=person, unit=unit, role=role, position="Chức vụ", valid_from=date(2022, 1, 1))
    sync_grants(by=None, now=NOW)
    actor = load_actor(person, now=NOW)
    assert actor.grants == grants_of(role, unit)
    assert {codename for _unit, codename in actor.grants} == set(ROLE_GRANTS[role])


def test_a_right_in_ones_own_unit_reaches_its_sections_and_no_sister(granted: House) -> None:
    section = make_unit("P-A-1", UnitKind.SECTION, parent=granted.division)
    sync_grants(by=None, now=NOW)
    head = acting(granted.head)
    assert head.units(SUBMIT) == {granted.division.pk, section.pk}
    assert not head.may(SEE, granted.other.pk)


def test_the_reviewer_checks_every_unit_but_the_office_and_the_leader_only_the_office(granted: House) -> None:
    clerks = make_unit("VT", UnitKind.SECTION, parent=granted.office)
    sync_grants(by=None, now=NOW)
    reviewer, leader = acting(granted.reviewer), acting(granted.leader)
    assert reviewer.may(CHECK, granted.division.pk)
    assert not reviewer.may(CHECK, granted.office.pk)
    assert not reviewer.may(CHECK, clerks.pk)
    assert leader.units(CHECK) == {granted.office.pk, clerks.pk}


def test_a_set_below_a_unit_is_no_part_of_it(granted: House) -> None:
    collective = make_unit("CPTT", UnitKind.COLLECTIVE, parent=granted.department)
    assert collective.pk not in unit_tree().family(granted.department.pk)


def test_head_member_and_stranger_differ(granted: House) -> None:
    head, member, stranger = acting(granted.head), acting(granted.member), acting(granted.stranger)
    unit = granted.division.pk
    assert (head.may(SUBMIT, unit), member.may(SUBMIT, unit), stranger.may(SUBMIT, unit)) == (True, False, False)
    assert (head.may(DO, unit), member.may(DO, unit), stranger.may(DO, unit)) == (True, True, False)
    assert (head.may(SEE, unit), member.may(SEE, unit), stranger.may(SEE, unit)) == (True, True, False)


def test_an_outside_body_answers_for_itself_and_sees_nothing_else(granted: House) -> None:
    outsider = acting(granted.outsider)
    assert outsider.units(ANSWER) == outsider.units(SEE) == {granted.body.pk}


def test_a_superuser_gets_nothing_by_being_one(granted: House) -> None:
    person = make_person(is_superuser=True, is_staff=True)
    assert load_actor(person, now=NOW).grants == frozenset()


def test_an_administrator_has_no_right_over_tasks(granted: House) -> None:
    admin = acting(granted.admin)
    assert admin.units(SEE) == admin.units(DECIDE) == frozenset()


# --- time and standing ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("valid_from", "valid_to", "in_force"),
    [
        (date(2022, 10, 3), None, True),
        (date(2022, 1, 1), date(2022, 10, 3), True),
        (date(2022, 1, 1), date(2022, 10, 2), False),
        (date(2022, 10, 4), None, False),
    ],
)
def test_a_place_counts_on_its_first_and_last_day(
    house: House, valid_from: date, valid_to: date | None, in_force: bool
) -> None:
    person = make_person()
    Membership.objects.create(
        person=person, unit=house.division, role="specialist", position="CV", valid_from=valid_from, valid_to=valid_to
    )
    sync_grants(by=None, now=NOW)
    assert load_actor(person, now=NOW).may(SEE, house.division.pk) is in_force


def test_the_day_is_that_of_the_department_not_of_greenwich(granted: House) -> None:
    Membership.objects.filter(person_id=granted.member.person_id).update(valid_to=date(2022, 10, 2))
    late_sunday_in_greenwich = datetime.fromisoformat("2022-10-02T18:00:00+00:00")
    assert acting(granted.member, now=late_sunday_in_greenwich).grants == frozenset()
    assert acting(granted.member, now=at(date(2022, 10, 2), "23:59")).grants != frozenset()


def test_an_ended_place_counts_for_nothing_though_guardian_still_lists_it(granted: House) -> None:
    Membership.objects.filter(person_id=granted.member.person_id).update(valid_to=date(2022, 9, 1))
    assert any(person == granted.member.person_id for person, _unit, _codename in stored_grants())
    assert acting(granted.member).grants == frozenset()


def test_a_membership_that_guardian_does_not_grant_counts_for_nothing(house: House) -> None:
    assert acting(house.member).grants == frozenset()


@pytest.mark.parametrize("columns", [{"is_active": False}, {"closed_on": MONDAY}, {"closed_on": date(2022, 1, 1)}])
def test_a_closed_or_inactive_person_has_no_rights(granted: House, columns: dict[str, object]) -> None:
    Person.objects.filter(pk=granted.head.person_id).update(**columns)
    actor = acting(granted.head)
    assert (actor.grants, actor.unit_id) == (frozenset(), None)


def test_a_person_who_leaves_tomorrow_still_acts_today(granted: House) -> None:
    Person.objects.filter(pk=granted.head.person_id).update(closed_on=date(2022, 10, 4))
    assert acting(granted.head).may(SUBMIT, granted.division.pk)


def test_the_highest_place_names_the_person(granted: House) -> None:
    Membership.objects.create(
        person_id=granted.member.person_id,
        unit=granted.leadership,
        role=Role.LEADER,
        position="Phó Giám đốc",
        valid_from=date(2022, 1, 1),
    )
    sync_grants(by=None, now=NOW)
    actor = acting(granted.member, address="10.0.0.1")
    assert (actor.position, actor.unit_name, actor.address) == ("Phó Giám đốc", "Lãnh đạo Sở", "10.0.0.1")
    assert actor.may(DO, granted.division.pk)
    assert actor.may(DECIDE, granted.division.pk)


def test_acting_for_oneself_takes_three_queries(granted: House, django_assert_max_num_queries: object) -> None:
    person = person_of(granted.chief)
    with django_assert_max_num_queries(3):
        load_actor(person, now=NOW)


def test_acting_under_a_delegation_takes_three_queries(granted: House, django_assert_max_num_queries: object) -> None:
    given = grant_delegation(granted)
    person = person_of(granted.reviewer)
    with django_assert_max_num_queries(3):
        load_actor(person, now=NOW, delegation_id=given.pk)


# --- delegation ----------------------------------------------------------------------------------------------------


def test_a_delegate_has_the_rights_of_the_lent_place_and_its_capacity(granted: House) -> None:
    given = grant_delegation(granted)
    actor = acting(granted.reviewer, delegation_id=given.pk)
    assert actor.may(SIGN, granted.division.pk)
    assert (actor.capacity, actor.delegation_id, actor.principal_id) == ("TL.", given.pk, granted.chief.person_id)
    assert (actor.person_id, actor.principal_name) == (granted.reviewer.person_id, granted.chief.name)
    assert actor.position == Role.OFFICE_REVIEWER.label


def test_without_naming_the_delegation_the_person_acts_for_himself(granted: House) -> None:
    grant_delegation(granted)
    actor = acting(granted.reviewer)
    assert (actor.capacity, actor.principal_id) == ("", None)
    assert not actor.may(SIGN, granted.division.pk)


def test_a_delegation_creates_no_guardian_rows(granted: House) -> None:
    before = stored_grants()
    grant_delegation(granted)
    sync_grants(by=None, now=NOW)
    assert stored_grants() == before


def test_only_the_named_place_is_lent_not_all_that_the_delegator_holds(granted: House) -> None:
    Membership.objects.create(
        person_id=granted.chief.person_id,
        unit=granted.leadership,
        role=Role.LEADER,
        position="Phó Giám đốc",
        valid_from=date(2022, 1, 1),
    )
    sync_grants(by=None, now=NOW)
    membership = Membership.objects.get(person_id=granted.chief.person_id, role=Role.OFFICE_CHIEF)
    given = delegate(
        membership.pk,
        granted.reviewer.person_id,
        "TL.",
        "02/GUQ-VP",
        date(2022, 9, 30),
        "Ký",
        date(2022, 10, 1),
        date(2022, 10, 31),
        by=None,
        now=NOW,
    )
    assert not acting(granted.reviewer, delegation_id=given.pk).holds(DECIDE)


@pytest.mark.parametrize(
    "columns",
    [
        {"valid_to": date(2022, 10, 2)},
        {"valid_from": date(2022, 10, 4)},
        {"revoked_on": MONDAY},
        {"revoked_on": date(2022, 10, 1)},
    ],
    ids=["expired", "not yet", "revoked today", "revoked before"],
)
def test_a_delegation_out_of_force_is_refused(granted: House, columns: dict[str, object]) -> None:
    given = grant_delegation(granted, **columns)
    with pytest.raises(NotPermitted, match="không còn hiệu lực"):
        acting(granted.reviewer, delegation_id=given.pk)
    assert not delegations_for(person_of(granted.reviewer), NOW).exists()


def test_a_delegation_revoked_tomorrow_holds_today(granted: House) -> None:
    given = grant_delegation(granted)
    revoke_delegation(given.pk, date(2022, 10, 4), by=None, now=NOW)
    assert acting(granted.reviewer, delegation_id=given.pk).holds(SIGN)
    with pytest.raises(NotPermitted):
        acting(granted.reviewer, delegation_id=given.pk, now=at(date(2022, 10, 4)))


def test_nobody_uses_a_delegation_that_is_not_his(granted: House) -> None:
    given = grant_delegation(granted)
    for actor in (granted.stranger, granted.head, granted.chief):
        with pytest.raises(NotPermitted):
            acting(actor, delegation_id=given.pk)


def test_a_delegation_falls_with_the_delegators_place_or_account(granted: House) -> None:
    given = grant_delegation(granted)
    Membership.objects.filter(person_id=granted.chief.person_id).update(valid_to=date(2022, 10, 2))
    with pytest.raises(NotPermitted):
        acting(granted.reviewer, delegation_id=given.pk)
    Membership.objects.filter(person_id=granted.chief.person_id).update(valid_to=None)
    Person.objects.filter(pk=granted.chief.person_id).update(is_active=False)
    with pytest.raises(NotPermitted):
        acting(granted.reviewer, delegation_id=given.pk)


def test_a_delegate_has_no_more_than_guardian_grants_the_delegator(granted: House) -> None:
    given = grant_delegation(granted)
    UserObjectPermission.objects.filter(user_id=granted.chief.person_id, permission__codename=SIGN).delete()
    actor = acting(granted.reviewer, delegation_id=given.pk)
    assert not actor.holds(SIGN)
    assert actor.holds(URGE)


def test_the_powers_a_person_may_use_are_listed(granted: House) -> None:
    given = grant_delegation(granted)
    assert list(delegations_for(person_of(granted.reviewer), NOW)) == [given]
    assert list(delegations_for(person_of(granted.chief), NOW)) == []


# --- what sets stand for -------------------------------------------------------------------------------------------


@pytest.fixture
def sets(house: House) -> House:
    inner = make_unit("CP", UnitKind.COLLECTIVE, parent=house.department)
    outer = make_unit("CPTT", UnitKind.COLLECTIVE, parent=house.department)
    for unit_set, member in ((inner, house.division), (inner, house.other), (outer, inner), (outer, house.office)):
        UnitSetMember.objects.create(unit_set=unit_set, member=member, basis="thử")
    return house


def codes(code: str, on: date = MONDAY) -> list[str]:
    return [unit.code for unit in resolve_units(code, on)]


def test_a_set_stands_for_its_members_and_theirs(sets: House) -> None:
    assert codes("CPTT") == ["P-A", "P-B", "VP"]


def test_a_concrete_unit_stands_for_itself(sets: House) -> None:
    assert codes("P-A") == ["P-A"]
    assert codes("STC") == ["STC"]


def test_a_unit_closed_before_the_day_is_left_out(sets: House) -> None:
    Unit.objects.filter(code="P-B").update(valid_to=date(2022, 10, 2))
    assert codes("CPTT") == ["P-A", "VP"]
    assert codes("CPTT", date(2022, 10, 2)) == ["P-A", "P-B", "VP"]


def test_bodies_named_case_by_case_stand_for_nobody(sets: House) -> None:
    make_unit("CQ-YKIEN", UnitKind.OUTSIDE)
    make_unit("KHACH-HANG", UnitKind.PUBLIC)
    assert codes("CQ-YKIEN") == codes("KHACH-HANG") == []


def test_an_unknown_code_is_said(sets: House) -> None:
    with pytest.raises(NotFound, match="P-MA"):
        resolve_units("P-MA", MONDAY)


def test_sets_that_hold_each_other_end(sets: House) -> None:
    UnitSetMember.objects.create(
        unit_set=Unit.objects.get(code="CP"), member=Unit.objects.get(code="CPTT"), basis="vòng"
    )
    assert codes("CPTT") == ["P-A", "P-B", "VP"]


def test_resolving_many_codes_takes_two_queries(sets: House, django_assert_num_queries: object) -> None:
    with django_assert_num_queries(2):
        resolver = unit_resolver(MONDAY)
        for code in ("CPTT", "CP", "P-A", "VP"):
            resolver.resolve(code)


def test_the_tree_is_one_query_whatever_its_size(house: House, django_assert_num_queries: object) -> None:
    for number in range(20):
        make_unit(f"P-{number}", parent=house.division)
    with django_assert_num_queries(1):
        tree = unit_tree()
        assert len(tree.family(house.division.pk)) == 21


# --- guardian against memberships ----------------------------------------------------------------------------------


def test_after_a_sync_nothing_differs(granted: House) -> None:
    assert grant_differences(NOW) == []
    assert implied_grants(MONDAY) == set(stored_grants())


def test_a_missing_row_is_named(granted: House) -> None:
    UserObjectPermission.objects.filter(user_id=granted.member.person_id, permission__codename=DO).delete()
    username = person_of(granted.member).username
    assert grant_differences(NOW) == [f"thiếu: {username} – do_tasks – P-A"]


def test_a_tampered_row_is_named(granted: House) -> None:
    content_type = ContentType.objects.get_for_model(Unit)
    permission = Permission.objects.get(content_type=content_type, codename=DECIDE)
    UserObjectPermission.objects.create(
        user_id=granted.stranger.person_id,
        permission=permission,
        content_type=content_type,
        object_pk=str(granted.division.pk),
    )
    username = person_of(granted.stranger).username
    assert grant_differences(NOW) == [f"thừa: {username} – decide_matters – P-A"]
    assert not acting(granted.stranger).holds(DECIDE)


def test_a_grant_to_a_group_or_to_everybody_is_named(granted: House) -> None:
    content_type = ContentType.objects.get_for_model(Unit)
    permission = Permission.objects.get(content_type=content_type, codename=SEE)
    GroupObjectPermission.objects.create(
        group=Group.objects.create(name="Tất cả"),
        permission=permission,
        content_type=content_type,
        object_pk=str(granted.division.pk),
    )
    person = person_of(granted.stranger)
    person.user_permissions.add(permission)
    lines = grant_differences(NOW)
    assert f"thừa: nhóm Tất cả – see_tasks – đơn vị số {granted.division.pk}" in lines
    assert f"thừa: {person.username} – quyền đơn vị cấp chung, không theo đơn vị" in lines
    assert not acting(granted.stranger).may(SEE, granted.division.pk)


def test_two_houses_are_one(db: None) -> None:
    first, second = make_house(), make_house()
    assert first.office == second.office
