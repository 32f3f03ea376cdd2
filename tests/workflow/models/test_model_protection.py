"""Nothing that the trail or another row mentions can be deleted: not through the ORM, not past it."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError

from tests.factories import MONDAY, at
from tests.workflow.models.conftest import Stand, set_raw
from workflow.models import (
    AuditEvent,
    Document,
    Escalation,
    Membership,
    Person,
    Plan,
    PlanItem,
    RegisterBook,
    Report,
    Rule,
    Task,
    Unit,
)

MENTIONED = (
    "person",
    "unit",
    "membership",
    "plan",
    "item",
    "bullet",
    "task",
    "rule",
    "document",
    "book",
    "report",
    "escalation",
)
"""Rows that other rows of the stand refer to."""

FREE_STANDING = (
    "policy",
    "calendar_day",
    "lease",
    "slot",
    "chain",
    "defect",
    "target",
    "duty",
    "direction",
    "note",
    "report_revision",
    "document_revision",
    "delivery",
    "letterhead",
    "appendix",
    "link",
    "recall",
    "signature",
    "proposal",
)
"""Rows that no other row refers to."""


def relations() -> list[models.ForeignKey[models.Model, models.Model]]:
    """Return every foreign key of the app's own tables."""
    return [
        field
        for model in apps.get_app_config("workflow").get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey)
    ]


def delete_raw(row: models.Model) -> None:
    """Delete a row past the ORM, then let the database judge the references as it does at a commit."""
    table = connection.ops.quote_name(type(row)._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])
        assert cursor.rowcount == 1
    connection.check_constraints()


def test_every_reference_of_the_house_protects_what_it_mentions() -> None:
    found = relations()
    assert len(found) > 50
    loose = [str(field) for field in found if field.remote_field.on_delete is not models.PROTECT]
    assert loose == []


def test_every_table_that_mentions_a_person_a_unit_or_a_task_is_a_reference_the_database_knows() -> None:
    targets = {field.remote_field.model for field in relations()}
    assert {Person, Unit, Task, Plan, PlanItem, Rule, Document, Report, Escalation, RegisterBook, Membership} <= targets
    assert all(field.db_constraint for field in relations())


@pytest.mark.parametrize("name", MENTIONED)
def test_a_mentioned_row_is_not_deleted_by_the_orm(stand: Stand, name: str) -> None:
    row = stand[name]
    with pytest.raises(ProtectedError), transaction.atomic():
        row.delete()
    assert type(row)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", MENTIONED)
def test_a_mentioned_row_is_not_deleted_by_a_queryset(stand: Stand, name: str) -> None:
    row = stand[name]
    with pytest.raises(ProtectedError), transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).delete()
    assert type(row)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", MENTIONED)
def test_a_mentioned_row_is_not_deleted_by_raw_sql(stand: Stand, name: str) -> None:
    row = stand[name]
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_raw(row)
    assert type(row)._default_manager.filter(pk=row.pk).exists()


@pytest.mark.parametrize("name", FREE_STANDING)
def test_the_same_deletion_goes_through_where_nothing_mentions_the_row(stand: Stand, name: str) -> None:
    """The tests above would prove nothing if a deletion always failed."""
    row = stand[name]
    delete_raw(row)
    assert not type(row)._default_manager.filter(pk=row.pk).exists()


def test_a_person_whom_only_the_trail_names_is_not_deleted(stand: Stand) -> None:
    person = Person.objects.create(username="chi-nhat-ky", full_name="Nguyễn Văn Mẫu", password="!")
    AuditEvent.objects.create(
        chain="thu:2",
        seq=1,
        occurred_at=at(MONDAY),
        action_id="00000000-0000-0000-0000-000000000009",
        name="task.start",
        actor=person,
        body="{}",
        hash="c" * 64,
    )
    with pytest.raises(ProtectedError), transaction.atomic():
        person.delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        delete_raw(person)
    assert Person.objects.filter(pk=person.pk).exists()


def test_a_person_whom_nothing_names_yet_may_still_be_taken_out(stand: Stand) -> None:
    person = Person.objects.create(username="nham", full_name="Nguyễn Văn Nhầm", password="!")
    person.delete()
    assert not Person.objects.filter(username="nham").exists()


def test_a_unit_is_kept_by_its_children_and_its_successor(stand: Stand) -> None:
    old = Unit.objects.create(code="CU", name="Phòng cũ", kind="phong", valid_from=MONDAY)
    Unit.objects.create(code="MOI", name="Phòng mới", kind="phong", valid_from=MONDAY, predecessor=old)
    with pytest.raises(ProtectedError), transaction.atomic():
        old.delete()
    roof = Unit.objects.create(code="TREN", name="Khối trên", kind="phong", valid_from=MONDAY)
    Unit.objects.create(code="DUOI", name="Tổ dưới", kind="bo_phan", valid_from=MONDAY, parent=roof)
    with pytest.raises(ProtectedError), transaction.atomic():
        roof.delete()
    assert Unit.objects.filter(code__in=["CU", "TREN"]).count() == 2


def test_a_parent_task_is_kept_by_its_children(stand: Stand) -> None:
    task = stand["task"]
    fresh = Task.objects.create(
        code="cha",
        title="Cha",
        kind="plan",
        ladder="A",
        rule_year=2022,
        host_unit_id=task.host_unit_id,
        created_at=at(MONDAY),
    )
    Task.objects.create(
        code="con",
        title="Con",
        kind="support",
        ladder="A",
        rule_year=2022,
        host_unit_id=task.host_unit_id,
        created_at=at(MONDAY),
        parent=fresh,
    )
    with pytest.raises(ProtectedError), transaction.atomic():
        fresh.delete()
    assert Task.objects.filter(code="cha").exists()


@pytest.mark.parametrize(
    ("name", "column"),
    [
        ("task", "unit_id"),
        ("task", "plan_id"),
        ("report", "author_id"),
        ("escalation", "rule_id"),
        ("document", "book_id"),
        ("membership", "person_id"),
        ("notification", "task_id"),
    ],
)
def test_a_reference_to_a_row_that_is_not_there_is_refused(stand: Stand, name: str, column: str) -> None:
    def point_at_nothing() -> None:
        set_raw(stand[name], **{column: 987654321})
        connection.check_constraints()

    with pytest.raises(IntegrityError), transaction.atomic():
        point_at_nothing()


def test_no_table_of_the_house_offers_djangos_own_permissions() -> None:
    """Rights stand on units alone: a permission like "workflow.change_task" would be a second door."""
    for model in apps.get_app_config("workflow").get_models():
        assert tuple(model._meta.default_permissions) == (), model
        if model is not Unit:
            assert tuple(model._meta.permissions) == (), model
