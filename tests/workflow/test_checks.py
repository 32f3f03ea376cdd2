"""The house refuses to start when a door stands open."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.checks import CheckMessage
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import connection, models
from django.test.utils import isolate_apps
from django_fsm import FSMField, FSMIntegerField, transition

from tests.factories import House, make_person
from tests.tamper import run, triggers_off
from workflow.checks import (
    check_anonymous,
    check_global_grants,
    check_model,
    check_sign_in,
    check_transitions,
    check_triggers,
    refuse_unsafe_start,
)
from workflow.models import Person, Task
from workflow.permissions import ANSWER, SUBMIT, UNIT_PERMISSIONS

DEFAULT = ["default"]


def ids(messages: list[CheckMessage]) -> list[str | None]:
    return [message.id for message in messages]


def nobody(_subject: object, _actor: object) -> bool:
    return False


def everybody(_subject: object, _actor: object) -> bool:
    return True


def unit_permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename, content_type__app_label="workflow", content_type__model="unit")


def test_the_house_itself_has_nothing_to_say(db: None) -> None:
    assert check_transitions(None) == []
    assert check_anonymous(None) == []
    assert check_global_grants(None, databases=DEFAULT) == []
    assert check_triggers(None, databases=DEFAULT) == []
    refuse_unsafe_start()


def test_the_task_s_transitions_are_really_looked_at() -> None:
    field = Task._meta.get_field("state")
    assert len(list(field.get_all_transitions(Task))) > 12
    assert list(check_model(Task)) == []


@isolate_apps("workflow")
def test_a_transition_without_a_permission_is_refused() -> None:
    class Open(models.Model):  # noqa: DJ008 -- no row of it is ever shown
        state = FSMField(default="a", protected=True)

        class Meta:
            app_label = "workflow"

        @transition(state, source="a", target="b")
        def move(self) -> None:
            """Anybody may."""

    [message] = check_model(Open)
    assert (message.id, message.is_serious()) == ("dondoc.E001", True)
    assert message.msg == "Bước chuyển Open.move (từ a) không có permission: ai cũng thực hiện được."
    assert message.hint


@isolate_apps("workflow")
def test_a_transition_with_a_text_for_permission_is_refused() -> None:
    class Worded(models.Model):  # noqa: DJ008 -- no row of it is ever shown
        state = FSMField(default="a", protected=True)

        class Meta:
            app_label = "workflow"

        @transition(state, source="a", target="b", permission="workflow.do_tasks")
        def move(self) -> None:
            """Whoever holds it globally may."""

    [message] = check_model(Worded)
    assert message.id == "dondoc.E002"
    assert "workflow.do_tasks" in message.msg


@isolate_apps("workflow")
def test_a_permission_that_lets_a_person_without_rights_through_is_refused() -> None:
    class Generous(models.Model):  # noqa: DJ008 -- no row of it is ever shown
        state = FSMField(default="a", protected=True)

        class Meta:
            app_label = "workflow"

        @transition(state, source="a", target="b", permission=everybody)
        def move(self) -> None:
            """Everybody may."""

        @transition(state, source="b", target="a", permission=nobody)
        def back(self) -> None:
            """Nobody may."""

    [message] = check_model(Generous)
    assert (message.id, "Generous.move" in message.msg) == ("dondoc.E007", True)


@isolate_apps("workflow")
def test_every_source_of_a_transition_is_looked_at_and_any_kind_of_state_field() -> None:
    class Numbered(models.Model):  # noqa: DJ008 -- no row of it is ever shown
        state = FSMIntegerField(default=0, protected=True)

        class Meta:
            app_label = "workflow"

        @transition(state, source=[0, 1], target=2)
        def move(self) -> None:
            """From two states."""

    assert ids(list(check_model(Numbered))) == ["dondoc.E001", "dondoc.E001"]


@isolate_apps("workflow")
def test_a_state_field_that_can_be_assigned_is_refused() -> None:
    class Loose(models.Model):  # noqa: DJ008 -- no row of it is ever shown
        state = FSMField(default="a")

        class Meta:
            app_label = "workflow"

    [message] = check_model(Loose)
    assert message.id == "dondoc.E006"
    assert "Loose.state" in message.msg


@isolate_apps("workflow")
def test_a_model_without_a_state_machine_is_passed_over() -> None:
    class Plain(models.Model):  # noqa: DJ008 -- no row of it is ever shown
        state = models.CharField(max_length=10)

        class Meta:
            app_label = "workflow"

    assert list(check_model(Plain)) == []


def test_guardian_s_anonymous_user_is_refused(settings: object) -> None:
    for name in ("AnonymousUser", ""):
        settings.ANONYMOUS_USER_NAME = name  # type: ignore[attr-defined]
        assert ids(check_anonymous(None)) == ["dondoc.E005"]


def test_leaving_guardian_s_setting_out_is_refused_since_its_default_is_a_user(settings: object) -> None:
    del settings.ANONYMOUS_USER_NAME  # type: ignore[attr-defined]
    assert ids(check_anonymous(None)) == ["dondoc.E005"]


def test_a_unit_right_given_to_a_person_on_all_units_is_refused(house: House) -> None:
    person = Person.objects.get(pk=house.member.person_id)
    person.user_permissions.add(unit_permission(SUBMIT))
    [message] = check_global_grants(None, databases=DEFAULT)
    assert (message.id, message.is_serious()) == ("dondoc.E003", True)
    assert message.msg == f"Quyền {SUBMIT} trên đơn vị đang được cấp toàn cục cho {person.username}."


def test_a_unit_right_given_to_a_group_is_refused_once_though_several_hold_it(house: House) -> None:
    group = Group.objects.create(name="Lãnh đạo phòng")
    group.permissions.add(unit_permission(ANSWER))
    for person in Person.objects.all()[:2]:
        person.user_permissions.add(unit_permission(ANSWER))
    [message] = check_global_grants(None, databases=DEFAULT)
    assert message.msg.endswith("nhóm Lãnh đạo phòng.")


@pytest.mark.parametrize("codename", [codename for codename, _name in UNIT_PERMISSIONS])
def test_each_unit_right_is_watched(house: House, codename: str) -> None:
    Person.objects.get(pk=house.head.person_id).user_permissions.add(unit_permission(codename))
    assert ids(check_global_grants(None, databases=DEFAULT)) == ["dondoc.E003"]


def test_a_right_that_is_no_unit_s_may_be_given(house: House) -> None:
    other = Permission.objects.exclude(content_type__model="unit").first()
    assert other is not None
    Person.objects.get(pk=house.admin.person_id).user_permissions.add(other)
    assert check_global_grants(None, databases=DEFAULT) == []


def test_an_active_superuser_is_told_but_does_not_stop_the_start(db: None) -> None:
    chief = make_person(is_superuser=True)
    make_person(is_superuser=True, is_active=False)
    [message] = check_global_grants(None, databases=DEFAULT)
    assert (message.id, message.is_serious()) == ("dondoc.W001", False)
    assert message.msg == f"Tài khoản siêu quản trị đang hoạt động: {chief.username}."
    refuse_unsafe_start()


def test_missing_triggers_are_refused_one_by_one(db: None) -> None:
    with triggers_off():
        messages = check_triggers(None, databases=DEFAULT)
    assert ids(messages) == ["dondoc.E004"] * (4 if connection.vendor == "postgresql" else 6)
    assert all(message.is_serious() and "verify_audit" in str(message.hint) for message in messages)


def test_before_the_migration_of_the_triggers_nothing_is_asked_of_the_database(db: None) -> None:
    with triggers_off():
        run("DELETE FROM django_migrations WHERE name = '0002_append_only_trail'")
        assert check_triggers(None, databases=DEFAULT) == []


@pytest.mark.parametrize("databases", [None, [], ["other"]])
def test_the_database_is_asked_only_when_it_is_named(
    databases: list[str] | None, django_assert_num_queries: Callable[..., object], db: None
) -> None:
    with django_assert_num_queries(0):
        assert check_triggers(None, databases=databases) == []
        assert check_global_grants(None, databases=databases) == []


def test_the_guard_lists_all_that_is_wrong_in_one_message(house: House, settings: object) -> None:
    Person.objects.get(pk=house.head.person_id).user_permissions.add(unit_permission(SUBMIT))
    settings.ANONYMOUS_USER_NAME = "AnonymousUser"  # type: ignore[attr-defined]
    with triggers_off(), pytest.raises(ImproperlyConfigured) as caught:
        refuse_unsafe_start()
    text = str(caught.value)
    assert text.startswith("Không khởi động vì hệ thống không an toàn:\n")
    assert all(code in text for code in ("dondoc.E003", "dondoc.E004", "dondoc.E005"))


def test_the_guard_asks_for_the_migrations_first(db: None) -> None:
    run("DELETE FROM django_migrations WHERE name = '0002_append_only_trail'")
    with pytest.raises(ImproperlyConfigured, match=r"manage\.py migrate"):
        refuse_unsafe_start()


def test_the_guard_is_cheap(db: None, django_assert_max_num_queries: Callable[..., object]) -> None:
    with django_assert_max_num_queries(9):
        refuse_unsafe_start()


def test_manage_check_with_the_database_refuses_too(house: House) -> None:
    call_command("check", databases=DEFAULT, verbosity=0)
    Person.objects.get(pk=house.head.person_id).user_permissions.add(unit_permission(SUBMIT))
    with pytest.raises(SystemCheckError, match=r"dondoc\.E003"):
        call_command("check", databases=DEFAULT, verbosity=0)


def test_the_start_of_the_house_runs_the_check_with_the_database() -> None:
    script = (Path(__file__).resolve().parents[2] / "bin" / "serve").read_text(encoding="utf-8")
    assert "check --database default" in script


@pytest.mark.parametrize(
    ("name", "value", "found"),
    [
        ("LOCKOUT_FAILURES", 5, []),
        ("LOCKOUT_FAILURES", 0, ["dondoc.E008"]),
        ("SESSION_IDLE_MINUTES", 4, ["dondoc.E008"]),
        ("PASSWORD_HISTORY", 0, []),
        ("SECOND_FACTOR_ROLES", ["leader", "clerk"], []),
        ("SECOND_FACTOR_ROLES", ["leader", "lanh-dao"], ["dondoc.E009"]),
    ],
)
def test_the_house_refuses_a_sign_in_that_shuts_all_out_or_asks_nobody(
    settings: object, name: str, value: object, found: list[str]
) -> None:
    setattr(settings, name, value)
    assert ids(check_sign_in(None)) == found
