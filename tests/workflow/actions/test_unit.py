"""Units, people, places and powers: opened, closed, never deleted; guardian always in step."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db.models import ProtectedError

from tests.factories import MONDAY, House, at, make_person, make_task, make_unit
from workflow.actions.unit import (
    UnitFacts,
    appoint,
    close_person,
    close_unit,
    define_unit_set,
    delegate,
    end_membership,
    open_person,
    open_unit,
    revoke_delegation,
    seed_units,
    sync_grants,
)
from workflow.choices import HandedBy, Role, TaskState, UnitKind
from workflow.core.errors import ActionError, Invalid, NotFound, NotPermitted, WrongState
from workflow.models import AuditEvent, Delegation, Membership, Person, Task, Unit
from workflow.permissions import ADMINISTER, DO, SEE, Actor
from workflow.queries.unit import grant_differences, load_actor, resolve_units

NOW = at(MONDAY)
PASSWORD = "Trinh-Dien-2022"


@pytest.fixture
def synced(house: House) -> House:
    sync_grants(by=None, now=NOW)
    return house


def facts(code: str = "P-MOI", **columns: object) -> UnitFacts:
    columns.setdefault("name", "Phòng Mới")
    columns.setdefault("kind", "phong")
    columns.setdefault("valid_from", date(2022, 1, 1))
    columns.setdefault("parent_code", "SKHDT")
    return UnitFacts(code=code, **columns)


def events(name: str) -> list[dict[str, object]]:
    return [
        json.loads(body) for body in AuditEvent.objects.filter(name=name).order_by("id").values_list("body", flat=True)
    ]


def no_change() -> tuple[int, int, int, int]:
    return Unit.objects.count(), Person.objects.count(), Membership.objects.count(), AuditEvent.objects.count()


def in_step() -> bool:
    return grant_differences(NOW) == []


# --- who may -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["head", "member", "stranger", "reviewer", "chief", "clerk", "leader", "inspector", "outsider"]
)
def test_only_an_administrator_administers(synced: House, name: str) -> None:
    actor: Actor = getattr(synced, name)
    membership = Membership.objects.get(person_id=synced.member.person_id)
    before = no_change()
    for act in (
        lambda: open_unit(facts(), by=actor, now=NOW),
        lambda: close_unit(synced.division.pk, MONDAY, synced.other.pk, by=actor, now=NOW),
        lambda: define_unit_set("CPTT", ["P-A"], "thử", by=actor, now=NOW),
        lambda: open_person("ai.do", "Nguyễn Văn Mẫu", by=actor, now=NOW),
        lambda: close_person(synced.member.person_id, MONDAY, by=actor, now=NOW),
        lambda: appoint(synced.member.person_id, synced.other.pk, "specialist", "CV", MONDAY, by=actor, now=NOW),
        lambda: end_membership(membership.pk, MONDAY, by=actor, now=NOW),
        lambda: sync_grants(by=actor, now=NOW),
    ):
        with pytest.raises(NotPermitted):
            act()
    assert no_change() == before


def test_an_administrator_may_and_is_named_in_the_trail(synced: House) -> None:
    open_unit(facts(), by=synced.admin, now=NOW)
    [event] = events("unit.open")
    assert (event["actor"]["id"], event["chain"]) == (synced.admin.person_id, "unit:P-MOI")
    assert event["after"]["name"] == "Phòng Mới"


def test_administration_is_never_exercised_under_a_delegation(synced: House) -> None:
    borrowed = Actor(1, "A", "", None, "", frozenset({(synced.office.pk, ADMINISTER)}), "TUQ.", 9, 2, "B")
    with pytest.raises(NotPermitted):
        open_unit(facts(), by=borrowed, now=NOW)


# --- units ---------------------------------------------------------------------------------------------------------


def test_a_new_unit_is_seen_at_once_by_those_who_see_all(synced: House) -> None:
    unit = open_unit(facts(), by=synced.admin, now=NOW)
    assert in_step()
    assert load_actor(Person.objects.get(pk=synced.reviewer.person_id), now=NOW).may(SEE, unit.pk)
    assert not load_actor(Person.objects.get(pk=synced.stranger.person_id), now=NOW).may(SEE, unit.pk)


@pytest.mark.parametrize(
    ("columns", "field"),
    [
        ({"code": "P-A"}, "code"),
        ({"name": " "}, "code"),
        ({"kind": "vu"}, "kind"),
        ({"parent_code": "KHONG-CO"}, "parent"),
        ({"predecessor_code": "KHONG-CO"}, "predecessor"),
    ],
)
def test_a_unit_that_cannot_be_is_refused_by_field(synced: House, columns: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        open_unit(facts(**columns), by=None, now=NOW)
    assert field in caught.value.fields


def test_units_are_seeded_parents_first_and_once(house: House) -> None:
    rows = [facts("CON", parent_code="CHA"), facts("CHA", parent_code="SKHDT")]
    assert seed_units(rows, by=None, now=NOW) == 2
    assert Unit.objects.get(code="CON").parent == Unit.objects.get(code="CHA")
    assert seed_units(rows, by=None, now=NOW) == 0


def test_seeding_does_not_undo_what_somebody_changed(house: House) -> None:
    seed_units([facts("CHA")], by=None, now=NOW)
    Unit.objects.filter(code="CHA").update(name="Tên mới")
    seed_units([facts("CHA")], by=None, now=NOW)
    assert Unit.objects.get(code="CHA").name == "Tên mới"


def test_a_seed_without_its_parent_is_refused_whole(house: House) -> None:
    with pytest.raises(Invalid, match="CON"):
        seed_units([facts("P-X"), facts("CON", parent_code="MAT")], by=None, now=NOW)
    assert not Unit.objects.filter(code="P-X").exists()


def test_a_set_is_defined_with_its_basis_and_changes_are_recorded(synced: House) -> None:
    make_unit("CPTT", UnitKind.COLLECTIVE, parent=synced.department)
    assert define_unit_set("CPTT", ["P-A", "P-B"], "Quyết định X", by=synced.admin, now=NOW) == 2
    assert define_unit_set("CPTT", ["P-A", "P-B"], "Quyết định X", by=synced.admin, now=NOW) == 0
    assert define_unit_set("CPTT", ["P-B", "VP"], "Quyết định X", by=synced.admin, now=NOW) == 2
    assert [unit.code for unit in resolve_units("CPTT", MONDAY)] == ["P-B", "VP"]
    assert [event["after"] for event in events("unit.define_set")] == [
        {"P-A": "Quyết định X", "P-B": "Quyết định X"},
        {"P-B": "Quyết định X", "VP": "Quyết định X"},
    ]


def test_a_set_that_cannot_be_is_refused(synced: House) -> None:
    make_unit("CP", UnitKind.COLLECTIVE)
    make_unit("CPTT", UnitKind.COLLECTIVE)
    define_unit_set("CPTT", ["CP"], "thử", by=None, now=NOW)
    for code, members, basis in (
        ("P-A", ["P-B"], "thử"),
        ("CP", ["MAT"], "thử"),
        ("CP", ["P-A"], " "),
        ("CP", ["CPTT"], "vòng"),
        ("CP", ["CP"], "vòng"),
    ):
        with pytest.raises(Invalid):
            define_unit_set(code, members, basis, by=None, now=NOW)


# --- closing a unit ------------------------------------------------------------------------------------------------


def test_open_work_passes_to_the_successor_with_an_event_each(synced: House) -> None:
    owed = make_task(synced, assignee_id=synced.member.person_id)
    chased = make_task(synced, unit=synced.body, host_unit=synced.division)
    done = make_task(synced, state=TaskState.REVIEWED)
    closing = close_unit(synced.division.pk, MONDAY, synced.other.pk, by=synced.admin, now=NOW)
    assert closing.tasks_passed == 2
    owed.refresh_from_db()
    chased.refresh_from_db()
    done.refresh_from_db()
    assert (owed.unit, owed.host_unit, owed.assignee_id) == (synced.other, synced.office, None)
    assert owed.handed_by == HandedBy.SUCCESSION
    assert (chased.unit, chased.host_unit) == (synced.body, synced.other)
    assert (done.unit, done.handed_by) == (synced.division, HandedBy.PLAN)
    passed = events("task.pass_on")
    assert [event["chain"] for event in passed] == [f"task:{owed.pk}", f"task:{chased.pk}"]
    assert passed[0]["before"]["unit_id"] == synced.division.pk
    assert passed[0]["after"]["unit_id"] == synced.other.pk
    assert passed[0]["details"] == {"closed_unit": "P-A"}


def test_closing_is_one_act_in_the_trail(synced: House) -> None:
    make_task(synced)
    close_unit(synced.division.pk, MONDAY, synced.other.pk, by=synced.admin, now=NOW)
    [closed] = events("unit.close")
    assert {event["action"] for event in events("task.pass_on")} == {closed["action"]}
    assert closed["details"] == {"successor": "P-B", "tasks": 1, "memberships": 2}


def test_places_end_with_the_unit_and_its_past_stays(synced: House) -> None:
    close_unit(synced.division.pk, MONDAY, synced.other.pk, by=synced.admin, now=NOW)
    unit = Unit.objects.get(pk=synced.division.pk)
    assert unit.valid_to == MONDAY
    assert set(unit.memberships.values_list("valid_to", flat=True)) == {MONDAY}
    assert Unit.objects.get(pk=synced.other.pk).predecessor == unit
    tomorrow = at(date(2022, 10, 4))
    sync_grants(by=None, now=tomorrow)
    assert grant_differences(tomorrow) == []
    assert not load_actor(Person.objects.get(pk=synced.head.person_id), now=tomorrow).holds(DO)


def test_sections_and_places_in_sets_pass_too(synced: House) -> None:
    section = make_unit("P-A-1", UnitKind.SECTION, parent=synced.division)
    make_unit("CPTT", UnitKind.COLLECTIVE)
    define_unit_set("CPTT", ["P-A"], "thử", by=None, now=NOW)
    close_unit(synced.division.pk, MONDAY, synced.other.pk, by=synced.admin, now=NOW)
    section.refresh_from_db()
    assert section.parent == synced.other
    assert [unit.code for unit in resolve_units("CPTT", date(2022, 10, 4))] == ["P-B"]


def test_without_a_successor_open_work_keeps_the_unit_open(synced: House) -> None:
    make_task(synced)
    before = no_change()
    with pytest.raises(Invalid, match="còn 1 việc chưa xong"):
        close_unit(synced.division.pk, MONDAY, by=synced.admin, now=NOW)
    assert no_change() == before
    assert Unit.objects.get(pk=synced.division.pk).valid_to is None


def test_a_unit_without_work_needs_no_successor(synced: House) -> None:
    make_task(synced, state=TaskState.CANCELLED)
    assert close_unit(synced.division.pk, MONDAY, by=synced.admin, now=NOW).tasks_passed == 0


def test_a_closing_that_cannot_be_is_refused(synced: House) -> None:
    collective = make_unit("CPTT", UnitKind.COLLECTIVE)
    make_unit("P-A-1", UnitKind.SECTION, parent=synced.division)
    cases: list[tuple[type[ActionError], int, date, int | None]] = [
        (NotFound, 999_999, MONDAY, None),
        (NotFound, synced.division.pk, MONDAY, 999_999),
        (Invalid, synced.division.pk, MONDAY, synced.division.pk),
        (Invalid, synced.division.pk, MONDAY, collective.pk),
        (Invalid, synced.division.pk, MONDAY, synced.body.pk),
        (Invalid, synced.division.pk, date(2019, 1, 1), synced.other.pk),
        (Invalid, synced.division.pk, MONDAY, None),
    ]
    for error, unit_id, day, successor_id in cases:
        with pytest.raises(error):
            close_unit(unit_id, day, successor_id, by=synced.admin, now=NOW)


def test_a_closed_unit_is_not_closed_again_nor_made_a_successor(synced: House) -> None:
    close_unit(synced.other.pk, MONDAY, by=synced.admin, now=NOW)
    with pytest.raises(WrongState):
        close_unit(synced.other.pk, MONDAY, by=synced.admin, now=NOW)
    with pytest.raises(Invalid, match="không hoạt động sau"):
        close_unit(synced.division.pk, MONDAY, synced.other.pk, by=synced.admin, now=NOW)


def test_what_is_still_open_is_not_closed_ahead_of_its_day(synced: House) -> None:
    tomorrow = date(2022, 10, 4)
    with pytest.raises(Invalid, match="vào ngày đóng"):
        close_unit(synced.division.pk, tomorrow, synced.other.pk, by=synced.admin, now=NOW)
    with pytest.raises(Invalid, match="vào ngày ấy"):
        close_person(synced.member.person_id, tomorrow, by=synced.admin, now=NOW)


def test_a_place_that_begins_after_the_closing_is_ended_first(synced: House) -> None:
    appoint(synced.stranger.person_id, synced.division.pk, "specialist", "CV", date(2022, 12, 1), by=None, now=NOW)
    with pytest.raises(Invalid, match="chấm dứt các vị trí"):
        close_unit(synced.division.pk, MONDAY, synced.other.pk, by=synced.admin, now=NOW)


def test_the_database_refuses_to_delete_a_unit_or_a_person_of_the_trail(synced: House) -> None:
    make_task(synced)
    with pytest.raises(ProtectedError):
        synced.division.delete()
    with pytest.raises(ProtectedError):
        Person.objects.get(pk=synced.head.person_id).delete()


# --- people --------------------------------------------------------------------------------------------------------


def test_an_account_is_opened_and_signs_in_with_its_password(synced: House) -> None:
    person = open_person("mau.moi", "Nguyễn Văn Mẫu Mới", "mau@vi-du.vn", PASSWORD, by=synced.admin, now=NOW)
    assert person.check_password(PASSWORD)
    [event] = events("person.open")
    assert event["after"] == {"username": "mau.moi", "full_name": "Nguyễn Văn Mẫu Mới", "email": "mau@vi-du.vn"}
    assert PASSWORD not in json.dumps(event)


def test_an_account_without_a_password_cannot_sign_in(synced: House) -> None:
    assert not open_person("mau.moi", "Nguyễn Văn Mẫu Mới", by=None, now=NOW).has_usable_password()


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("ngan", "ít nhất 14 ký tự"),
        ("password123", "quá phổ biến"),
        ("82736451928555", "đủ bốn loại ký tự"),
        ("truongphong1", "quá giống"),
    ],
)
def test_a_weak_password_is_refused_in_vietnamese(synced: House, password: str, said: str) -> None:
    with pytest.raises(Invalid, match=said) as caught:
        open_person("truongphong", "Nguyễn Văn Mẫu Mới", "", password, by=None, now=NOW)
    assert list(caught.value.fields) == ["password"]


@pytest.mark.parametrize(
    ("username", "full_name", "email", "field"),
    [
        ("", "Nguyễn Văn Mẫu", "", "username"),
        ("có dấu cách", "Nguyễn Văn Mẫu", "", "username"),
        ("trung", "Nguyễn Văn Mẫu", "", "username"),
        ("moi", "  ", "", "full_name"),
        ("moi", "Nguyễn Văn Mẫu", "khong-phai-thu", "email"),
    ],
)
def test_a_wrong_account_is_refused_by_field(
    synced: House, username: str, full_name: str, email: str, field: str
) -> None:
    open_person("trung", "Nguyễn Văn Mẫu Trước", by=None, now=NOW)
    with pytest.raises(Invalid) as caught:
        open_person(username, full_name, email, by=None, now=NOW)
    assert list(caught.value.fields) == [field]


def test_a_place_brings_its_rights_at_once(synced: House) -> None:
    person = make_person()
    appoint(person.pk, synced.division.pk, "specialist", "Chuyên viên", MONDAY, by=synced.admin, now=NOW)
    assert load_actor(person, now=NOW).units(DO) == {synced.division.pk}
    assert in_step()
    [event] = events("person.appoint")
    assert (event["after"]["unit"], event["after"]["role"]) == ("P-A", "specialist")


def test_a_place_that_begins_later_is_granted_by_the_sync_of_that_day(synced: House) -> None:
    person = make_person()
    appoint(person.pk, synced.division.pk, "specialist", "CV", date(2022, 10, 10), by=None, now=NOW)
    assert load_actor(person, now=NOW).grants == frozenset()
    later = at(date(2022, 10, 10))
    counts = sync_grants(by=None, now=later)
    assert counts.added == 2
    assert load_actor(person, now=later).units(DO) == {synced.division.pk}


@pytest.mark.parametrize(
    ("unit", "role", "position", "field"),
    [
        ("division", "vua", "CV", "role"),
        ("division", "office_chief", "Chánh", "role"),
        ("body", "unit_head", "Trưởng", "role"),
        ("division", "external", "CV", "role"),
        ("division", "specialist", " ", "position"),
    ],
)
def test_a_place_that_does_not_fit_is_refused(synced: House, unit: str, role: str, position: str, field: str) -> None:
    with pytest.raises(Invalid) as caught:
        appoint(make_person().pk, getattr(synced, unit).pk, role, position, MONDAY, by=None, now=NOW)
    assert list(caught.value.fields) == [field]


def test_nobody_is_appointed_to_a_set_or_outside_its_days_or_twice(synced: House) -> None:
    collective = make_unit("CPTT", UnitKind.COLLECTIVE)
    person = make_person()
    cases = [
        (collective.pk, MONDAY, None, "unit"),
        (synced.division.pk, date(2019, 1, 1), None, "valid_from"),
        (synced.division.pk, MONDAY, date(2022, 1, 1), "valid_to"),
    ]
    for unit_id, first, last, field in cases:
        with pytest.raises(Invalid) as caught:
            appoint(person.pk, unit_id, "specialist", "CV", first, last, by=None, now=NOW)
        assert field in caught.value.fields
    appoint(person.pk, synced.division.pk, "specialist", "CV", MONDAY, date(2022, 12, 31), by=None, now=NOW)
    with pytest.raises(Invalid, match="đã có vai trò này"):
        appoint(person.pk, synced.division.pk, "specialist", "CV", date(2022, 12, 1), by=None, now=NOW)
    appoint(person.pk, synced.division.pk, "specialist", "CV", date(2023, 1, 1), by=None, now=NOW)


def test_an_administrator_does_not_appoint_himself(synced: House) -> None:
    with pytest.raises(Invalid, match="tự bổ nhiệm"):
        appoint(synced.admin.person_id, synced.office.pk, "leader", "Giám đốc", MONDAY, by=synced.admin, now=NOW)


def test_an_ended_place_loses_its_rights_the_day_after(synced: House) -> None:
    membership = Membership.objects.get(person_id=synced.member.person_id)
    end_membership(membership.pk, date(2022, 10, 2), by=synced.admin, now=NOW)
    assert in_step()
    assert load_actor(Person.objects.get(pk=synced.member.person_id), now=NOW).grants == frozenset()
    with pytest.raises(WrongState):
        end_membership(membership.pk, MONDAY, by=synced.admin, now=NOW)


def test_a_place_is_not_ended_before_it_began(synced: House) -> None:
    membership = Membership.objects.get(person_id=synced.member.person_id)
    with pytest.raises(Invalid):
        end_membership(membership.pk, date(2019, 12, 31), by=None, now=NOW)
    with pytest.raises(NotFound):
        end_membership(999_999, MONDAY, by=None, now=NOW)


def test_closing_a_person_ends_places_and_powers_and_keeps_the_name(synced: House) -> None:
    lent = lend(synced)
    close_person(synced.chief.person_id, MONDAY, by=synced.admin, now=NOW)
    person = Person.objects.get(pk=synced.chief.person_id)
    assert (person.is_active, person.closed_on) == (False, MONDAY)
    assert person.memberships.get().valid_to == date(2022, 10, 2)
    assert Delegation.objects.get(pk=lent.pk).revoked_on == MONDAY
    assert in_step()
    assert events("person.close")[0]["details"] == {"memberships": 1, "delegations": 1}


def test_a_closed_person_is_not_closed_again_nor_appointed(synced: House) -> None:
    close_person(synced.member.person_id, MONDAY, by=synced.admin, now=NOW)
    with pytest.raises(WrongState):
        close_person(synced.member.person_id, MONDAY, by=synced.admin, now=NOW)
    with pytest.raises(Invalid, match="đã đóng"):
        appoint(synced.member.person_id, synced.other.pk, "specialist", "CV", MONDAY, by=None, now=NOW)


def test_nobody_closes_his_own_account(synced: House) -> None:
    with pytest.raises(Invalid):
        close_person(synced.admin.person_id, MONDAY, by=synced.admin, now=NOW)


# --- powers --------------------------------------------------------------------------------------------------------


def lend(house: House, *, by: Actor | None = None, **changes: object) -> Delegation:
    """The chief lends his place to the reviewer for October."""
    terms: dict[str, object] = {
        "membership_id": Membership.objects.get(person_id=house.chief.person_id).pk,
        "delegate_id": house.reviewer.person_id,
        "capacity": "TL.",
        "document_number": "01/GUQ-VP",
        "document_date": date(2022, 9, 30),
        "scope": "Ký văn bản đôn đốc",
        "valid_from": date(2022, 10, 1),
        "valid_to": date(2022, 10, 31),
    } | changes
    return delegate(**terms, by=by, now=NOW)


def test_the_holder_and_the_administrator_may_lend_a_place_nobody_else(synced: House) -> None:
    lend(synced, by=synced.chief)
    lend(synced, by=synced.admin, document_number="02/GUQ-VP")
    for actor in (synced.head, synced.reviewer, synced.leader):
        with pytest.raises(NotPermitted):
            lend(synced, by=actor)
    assert [event["after"]["document_number"] for event in events("person.delegate")] == ["01/GUQ-VP", "02/GUQ-VP"]


def test_a_power_is_one_hop(synced: House) -> None:
    given = lend(synced)
    borrowed = load_actor(Person.objects.get(pk=synced.reviewer.person_id), now=NOW, delegation_id=given.pk)
    with pytest.raises(NotPermitted, match="không được ủy quyền tiếp"):
        lend(synced, by=borrowed, delegate_id=synced.clerk.person_id)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"capacity": ""}, "capacity"),
        ({"capacity": "Q."}, "capacity"),
        ({"document_number": " "}, "document_number"),
        ({"scope": ""}, "scope"),
        ({"valid_to": date(2022, 9, 1)}, "valid_to"),
        ({"document_date": date(2022, 10, 2)}, "document_date"),
        ({"valid_from": date(2019, 10, 1), "document_date": date(2019, 1, 1)}, "valid_from"),
    ],
)
def test_a_power_without_its_parts_is_refused(synced: House, changes: dict[str, object], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        lend(synced, **changes)
    assert field in caught.value.fields
    assert not Delegation.objects.exists()


def test_a_power_stays_within_the_place_it_is_lent_from(synced: House) -> None:
    Membership.objects.filter(person_id=synced.chief.person_id).update(valid_to=date(2022, 10, 15))
    with pytest.raises(Invalid, match="trong thời gian giữ vị trí"):
        lend(synced)
    assert lend(synced, valid_to=date(2022, 10, 15)).valid_to == date(2022, 10, 15)


def test_nobody_lends_to_himself_or_to_a_closed_person_and_administration_is_not_lent(synced: House) -> None:
    with pytest.raises(Invalid, match="chính mình"):
        lend(synced, delegate_id=synced.chief.person_id)
    Person.objects.filter(pk=synced.reviewer.person_id).update(is_active=False)
    with pytest.raises(Invalid, match="đã đóng"):
        lend(synced)
    with pytest.raises(Invalid, match="quản trị không ủy quyền"):
        lend(
            synced,
            membership_id=Membership.objects.get(role=Role.ADMIN).pk,
            delegate_id=synced.clerk.person_id,
        )
    with pytest.raises(NotFound):
        lend(synced, delegate_id=999_999)


def test_a_power_is_revoked_by_its_giver_once(synced: House) -> None:
    given = lend(synced)
    with pytest.raises(NotPermitted):
        revoke_delegation(given.pk, MONDAY, by=synced.stranger, now=NOW)
    with pytest.raises(Invalid):
        revoke_delegation(given.pk, date(2022, 9, 30), by=synced.chief, now=NOW)
    with pytest.raises(WrongState):
        revoke_delegation(given.pk, date(2022, 11, 1), by=synced.chief, now=NOW)
    assert revoke_delegation(given.pk, MONDAY, by=synced.chief, now=NOW).revoked_on == MONDAY
    with pytest.raises(WrongState):
        revoke_delegation(given.pk, MONDAY, by=synced.chief, now=NOW)
    with pytest.raises(NotFound):
        revoke_delegation(999_999, MONDAY, by=synced.chief, now=NOW)
    [event] = events("person.revoke_delegation")
    assert event["after"] == {"revoked_on": "2022-10-03"}


# --- guardian ------------------------------------------------------------------------------------------------------


def test_a_sync_writes_what_is_missing_and_takes_what_is_surplus(house: House) -> None:
    first = sync_grants(by=None, now=NOW)
    assert first.added > 0
    assert (first.removed, first.kept) == (0, 0)
    Membership.objects.filter(person_id=house.member.person_id).update(valid_to=date(2022, 9, 1))
    second = sync_grants(by=None, now=NOW)
    assert (second.added, second.removed) == (0, 2)
    assert in_step()


def test_a_sync_that_changes_nothing_leaves_no_event(synced: House) -> None:
    count = AuditEvent.objects.count()
    counts = sync_grants(by=None, now=NOW)
    assert (counts.added, counts.removed) == (0, 0)
    assert AuditEvent.objects.count() == count


def test_a_sync_writes_in_few_statements(house: House, django_assert_max_num_queries: object) -> None:
    for number in range(30):
        make_unit(f"P-{number}", parent=house.department)
    with django_assert_max_num_queries(20):
        sync_grants(by=None, now=NOW)


def test_the_task_of_a_closed_unit_is_still_seen_by_those_who_see_all(synced: House) -> None:
    done = make_task(synced, state=TaskState.REVIEWED)
    close_unit(synced.division.pk, MONDAY, synced.other.pk, by=synced.admin, now=NOW)
    reviewer = load_actor(Person.objects.get(pk=synced.reviewer.person_id), now=NOW)
    assert reviewer.may(SEE, Task.objects.get(pk=done.pk).unit_id)


def test_an_administrator_does_not_lend_anothers_place_to_himself(synced: House) -> None:
    with pytest.raises(Invalid) as refused:
        lend(synced, by=synced.admin, delegate_id=synced.admin.person_id)
    assert "delegate" in refused.value.fields
    assert not Delegation.objects.exists()
