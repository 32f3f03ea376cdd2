"""The database itself refuses what must not stand: every unique and every check constraint, by the ORM and past it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction

from tests.workflow.models.conftest import NOW, Changes, Stand, clone_row, copy_row, set_raw
from workflow.choices import CalendarKind, RuleEffect, TaskState, UnitKind
from workflow.models import Document, Person, SecondFactor, Task, Unit


@dataclass(frozen=True)
class Once:
    """One unique constraint: a row, what keeps its copy clear of other constraints, what makes the copy another."""

    row: str
    name: str
    apart: Changes
    besides: Changes = field(default_factory=dict)


@dataclass(frozen=True)
class Free:
    """A partial unique constraint that is out of force: with these columns any number of rows may stand."""

    row: str
    name: str
    columns: Changes


@dataclass(frozen=True)
class Bound:
    """One check constraint: values that are refused and values at the bound that may stand."""

    row: str
    name: str
    refused: Changes
    allowed: Changes


LATER = NOW + timedelta(hours=1)

ONCE = (
    Once("extension", "extension_one_pending", {"status": "refused"}),
    Once("suspension", "suspension_one_open", {"resumed_on": date(2022, 10, 5)}),
    Once("obstacle", "obstacle_one_open", {"status": "approved"}),
    Once("chain", "key", {"key": "khac"}),
    Once("event", "audit_event_once", {"seq": 2}),
    Once("checkpoint", "number", {"number": 2}),
    Once("calendar_day", "day", {"day": date(2022, 9, 3)}),
    Once("report_revision", "report_revision_once", {"revision": 2}),
    Once("document_revision", "document_revision_once", {"revision": 2}),
    Once("book", "register_book_once", {"series": "mật"}),
    Once("book", "register_book_once", {"year": 2023}),
    Once("document", "document_number_once", {"number": 6}, {"symbol": "BC-SKHĐT"}),
    Once("document", "document_full_number_once", {"symbol": "SKHĐT-P-A"}, {"book_id": None, "status": "draft"}),
    Once("document", "document_full_number_once", {"year": 2023}, {"book_id": None, "status": "draft"}),
    Once("document", "document_full_number_once", {"issuer_id": None}, {"book_id": None, "status": "draft"}),
    Once("letterhead", "letterhead_once_a_day", {"valid_from": date(2025, 3, 1)}),
    Once("appendix", "appendix_once", {"ordinal": 2}),
    Once("link", "document_link_once", {"kind": "corrects"}),
    Once("recall", "document", {"document_id": None}),
    Once("second_factor", "person", {"person_id": None}),
    Once("signature", "signature_ordinal_once", {"ordinal": 2}, {"role": "organisation"}),
    Once("signature", "signature_role_once", {"role": "organisation"}, {"ordinal": 2}),
    Once("escalation", "escalation_once_a_round", {"round": 2}),
    Once("lease", "worker_id", {"worker_id": "tho-2"}),
    Once("slot", "scheduled_run_once", {"slot": LATER}),
    Once("slot", "scheduled_run_once", {"name": "checkpoint"}),
    Once("notification", "notification_once", {"key": "nudge:2"}),
    Once("letter", "letter_once", {"day": date(2022, 10, 4)}),
    Once("calendar_feed", "calendar_feed_one_open", {"revoked_at": NOW}),
    Once("recovery_code", "recovery_code_once", {"digest": "d" * 64}),
    Once("plan", "number", {"number": "1337/KH-SKHĐT"}),
    Once("item", "plan_item_once", {"code": "I.1.6"}),
    Once("bullet", "plan_bullet_once", {"ordinal": 2}),
    Once("bullet_unit", "bullet_unit_once", {"leads": False}),
    Once("target", "plan_target_once", {"code": "CT-2"}),
    Once("duty", "reporting_duty_once", {"code": "BC-NAM"}),
    Once("policy", "policy_once", {"recorded_at": LATER}),
    Once("policy", "policy_once", {"valid_from": date(2022, 10, 4)}),
    Once("rule", "rule_once", {"version": 2}),
    Once("rule", "rule_once", {"effect": "nudge"}),
    Once("reminder", "reminder_once", {"ordinal": 2}),
    Once("reminder", "reminder_once", {"round": 2}),
    Once("report", "report_version_once", {"version": 2}, {"status": "returned"}),
    Once("report", "report_one_draft", {"status": "returned"}, {"version": 2}),
    Once("note", "note_one_a_month", {"month": date(2022, 8, 1)}),
    Once("attachment", "stored_as", {"stored_as": "2022/10/b.pdf"}),
    Once("task", "code", {"code": "KH2022/I.1.6"}),
    Once("unit", "code", {"code": "P-C"}),
    Once("set_member", "unit_set_member_once", {"member_id": None}),
    Once("membership", "membership_once", {"role": "specialist"}),
    Once("membership", "membership_once", {"valid_from": date(2021, 1, 1)}),
    Once("person", "username", {"username": "nguoi-khac"}),
)

FREE = (
    Free("calendar_feed", "calendar_feed_one_open", {"revoked_at": NOW}),
    Free("extension", "extension_one_pending", {"status": "refused"}),
    Free("suspension", "suspension_one_open", {"resumed_on": date(2022, 10, 5)}),
    Free("obstacle", "obstacle_one_open", {"status": "withdrawn"}),
    Free("document", "document_number_once", {"number": None, "status": "draft"}),
    Free("document", "document_full_number_once", {"number": None, "status": "draft"}),
    Free("reminder", "reminder_once", {"status": "withdrawn"}),
    Free("note", "note_one_a_month", {"month": None}),
)

BOUNDS = (
    Bound("calendar_day", "calendar_kind_known", {"kind": "half"}, {"kind": CalendarKind.MAKEUP}),
    Bound("letter", "letter_kind_known", {"kind": "weekly", "ordinal": 2}, {"kind": "urgent", "ordinal": 2}),
    Bound("letter", "letter_one_digest", {"ordinal": 2}, {"kind": "urgent", "ordinal": 2}),
    Bound("document", "document_issued_has_number", {"number": None}, {"number": 1}),
    Bound("document", "document_issued_has_number", {"issued_on": None}, {"issued_on": date(2022, 10, 4)}),
    Bound("document", "document_issued_has_number", {"book_id": None}, {"status": "draft", "book_id": None}),
    Bound("rule", "rule_effect_known", {"effect": "shout"}, {"effect": RuleEffect.CONFIRM}),
    Bound("reminder", "reminder_ordinal_one_or_two", {"ordinal": 0}, {"ordinal": 1}),
    Bound("reminder", "reminder_ordinal_one_or_two", {"ordinal": 3}, {"ordinal": 2}),
    Bound("task", "task_state_known", {"state": "overdue"}, {"state": "reviewed"}),
    Bound("task", "task_state_known", {"state": ""}, {"state": "suspended"}),
    Bound("task", "task_two_reminders_a_round", {"reminders_issued": 3}, {"reminders_issued": 2}),
    Bound("unit", "unit_kind_known", {"kind": "vu"}, {"kind": UnitKind.CENTRE}),
    Bound("unit", "unit_dates_in_order", {"valid_to": date(2019, 12, 31)}, {"valid_to": date(2020, 1, 1)}),
    Bound("membership", "membership_role_known", {"role": "boss"}, {"role": "observer"}),
    Bound("membership", "membership_dates_in_order", {"valid_to": date(2019, 1, 1)}, {"valid_to": date(2020, 1, 1)}),
    Bound("delegation", "delegation_dates_in_order", {"valid_to": date(2022, 10, 2)}, {"valid_to": date(2022, 10, 3)}),
    Bound("delegation", "delegation_capacity_known", {"capacity": ""}, {"capacity": "KT."}),
    Bound("delegation", "delegation_capacity_known", {"capacity": "Q."}, {"capacity": "TUQ."}),
)

CHECKED_APART = {
    "task_not_its_own_parent",
    "report_one_submitted",
    "document_link_not_itself",
}
"""Constraints with tests of their own below."""


def declared() -> dict[str, models.BaseConstraint]:
    return {
        constraint.name: constraint
        for model in apps.get_app_config("workflow").get_models()
        for constraint in model._meta.constraints
    }


def unique_columns() -> set[str]:
    return {
        field.name
        for model in apps.get_app_config("workflow").get_models()
        for field in model._meta.concrete_fields
        if field.unique and not field.primary_key
    }


def columns_of(row: models.Model, name: str) -> list[str]:
    constraint = declared().get(name)
    names = constraint.fields if isinstance(constraint, models.UniqueConstraint) else (name,)
    return [type(row)._meta.get_field(each).column for each in names]


def says(error: IntegrityError, row: models.Model, name: str) -> bool:
    """Whether the database names the constraint (PostgreSQL) or exactly its columns (SQLite)."""
    table = type(row)._meta.db_table
    if connection.vendor == "postgresql":
        text = str(error)
        return f'"{name}"' in text or f'"{table}_{name}_' in text
    if name in {"audit_event_once", "number"} and str(error).startswith("nhật ký chỉ ghi thêm"):
        return str(error).endswith(f"ghi đè bảng {table}")
    listed = str(error).removeprefix("UNIQUE constraint failed: ")
    return sorted(listed.split(", ")) == sorted(f"{table}.{column}" for column in columns_of(row, name))


def another(case: Once, stand: Stand) -> Changes:
    """What makes the copy another row; a place in another set, a recall of another document need rows of the stand."""
    if case.row == "set_member":
        return {"member_id": Unit.objects.get(code="P-B").pk}
    if case.row == "recall":
        return {"document_id": Document.objects.get(subject="Bản trước").pk}
    if case.row == "second_factor":
        return {"person_id": Person.objects.exclude(pk__in=SecondFactor.objects.values("person")).earliest("pk").pk}
    if "issuer_id" in case.apart:
        return {"issuer_id": Unit.objects.get(code="P-B").pk}
    return case.apart


ids = [f"{case.name}-{'-'.join(case.apart)}" for case in ONCE]


def test_every_declared_constraint_is_tried_in_this_file() -> None:
    tried = {case.name for case in ONCE} | {case.name for case in BOUNDS} | CHECKED_APART
    assert set(declared()) | unique_columns() == tried


def test_every_partial_constraint_is_tried_out_of_force_too() -> None:
    partial = {
        name
        for name, constraint in declared().items()
        if isinstance(constraint, models.UniqueConstraint) and constraint.condition is not None
    }
    assert partial == {case.name for case in FREE} | {"report_one_draft", "report_one_submitted"}


@pytest.mark.parametrize("case", ONCE, ids=ids)
def test_a_second_row_of_the_same_key_is_refused_to_the_orm(stand: Stand, case: Once) -> None:
    row = stand[case.row]
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        clone_row(row, **case.besides)
    assert says(caught.value, row, case.name), str(caught.value)


@pytest.mark.parametrize("case", ONCE, ids=ids)
def test_a_second_row_of_the_same_key_is_refused_to_raw_sql(stand: Stand, case: Once) -> None:
    row = stand[case.row]
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        copy_row(row, **case.besides)
    assert says(caught.value, row, case.name), str(caught.value)


@pytest.mark.parametrize("case", ONCE, ids=ids)
def test_a_row_that_differs_in_the_key_stands_beside_it(stand: Stand, case: Once) -> None:
    row = stand[case.row]
    before = type(row)._default_manager.count()
    copy_row(row, **(case.besides | another(case, stand)))
    assert type(row)._default_manager.count() == before + 1


@pytest.mark.parametrize("case", FREE, ids=[case.name for case in FREE])
def test_out_of_force_any_number_of_rows_may_stand(stand: Stand, case: Free) -> None:
    row = stand[case.row]
    before = type(row)._default_manager.count()
    copy_row(row, **case.columns)
    copy_row(row, **case.columns)
    assert type(row)._default_manager.count() == before + 2


@pytest.mark.parametrize("case", BOUNDS, ids=[f"{case.name}-{'-'.join(case.refused)}" for case in BOUNDS])
class TestBounds:
    def test_a_value_outside_is_refused_to_the_orm(self, stand: Stand, case: Bound) -> None:
        row = stand[case.row]
        with pytest.raises(IntegrityError, match=case.name), transaction.atomic():
            type(row)._default_manager.filter(pk=row.pk).update(**case.refused)

    def test_a_value_outside_is_refused_to_raw_sql(self, stand: Stand, case: Bound) -> None:
        with pytest.raises(IntegrityError, match=case.name), transaction.atomic():
            set_raw(stand[case.row], **case.refused)

    def test_a_value_at_the_bound_stands(self, stand: Stand, case: Bound) -> None:
        row = stand[case.row]
        set_raw(row, **case.allowed)
        stored = type(row)._default_manager.values(*case.allowed).get(pk=row.pk)
        assert stored == case.allowed


@pytest.mark.parametrize("state", TaskState.values)
def test_each_state_of_the_domain_may_be_stored(stand: Stand, state: str) -> None:
    set_raw(stand["task"], state=state)
    assert Task.objects.values_list("state", flat=True).get(pk=stand["task"].pk) == state


@pytest.mark.parametrize("kind", UnitKind.values)
def test_each_kind_of_unit_may_be_stored(stand: Stand, kind: str) -> None:
    set_raw(stand["unit"], kind=kind)
    assert Unit.objects.get(pk=stand["unit"].pk).kind == kind


def test_a_task_is_never_its_own_parent(stand: Stand) -> None:
    task = stand["task"]
    with pytest.raises(IntegrityError, match="task_not_its_own_parent"), transaction.atomic():
        set_raw(task, parent_id=task.pk)
    clone_row(task, code="con", parent_id=task.pk)
    assert Task.objects.get(code="con").parent_id == task.pk


def test_a_document_does_nothing_to_itself(stand: Stand) -> None:
    with pytest.raises(IntegrityError, match="document_link_not_itself"), transaction.atomic():
        set_raw(stand["link"], target_id=stand["document"].pk)
    with pytest.raises(IntegrityError, match="document_link_not_itself"), transaction.atomic():
        clone_row(stand["link"], target_id=stand["document"].pk)


def test_a_task_has_one_submitted_and_one_draft_version_at_most(stand: Stand) -> None:
    draft = stand["report"]
    clone_row(draft, version=2, status="submitted")
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        copy_row(draft, version=3, status="submitted")
    assert says(caught.value, draft, "report_one_submitted"), str(caught.value)
    copy_row(draft, version=3, status="returned")
    copy_row(draft, version=4, status="returned")
    copy_row(draft, version=5, status="accepted")
    assert type(draft)._default_manager.count() == 5


def test_a_null_where_a_column_needs_a_value_is_refused(stand: Stand) -> None:
    for name, column in (("task", "title"), ("task", "host_unit_id"), ("report", "author_id"), ("policy", "reason")):
        with pytest.raises(IntegrityError), transaction.atomic():
            set_raw(stand[name], **{column: None})


@pytest.mark.parametrize(
    ("name", "column"),
    [("task", "round"), ("task", "chain_seq"), ("report", "version"), ("book", "last_number"), ("event", "seq")],
)
def test_a_count_below_nothing_is_refused(stand: Stand, name: str, column: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        copy_row(stand[name], **({"code": "âm"} if name == "task" else {}), **{column: -1})
