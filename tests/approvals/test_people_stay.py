"""Nobody who stands in a flow or in a trail can be deleted, and nothing on which something hangs goes with him.

viewflow's own model of a step deletes the step with its owner; ours does not, and here is the proof for each way in
which a person may stand, by the ORM and past it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from viewflow.workflow.models import Process as ViewflowProcess
from viewflow.workflow.models import Task as ViewflowTask

from approvals.actions.talking import comment, enclose
from approvals.models import Approval, Comment, Enclosure, Step
from tests.approvals.factories import NOW, proposal_at, report_at
from tests.factories import House, make_person
from workflow.choices import Role
from workflow.models import AuditEvent, Delegation, Membership, Notification, Person, Proposal

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("file_store")]

OURS = ("approvals", "workflow")


def opened(house: House, person: Person) -> None:
    Approval.objects.filter(pk=report_at(house, "check").approval().pk).update(opened_by=person)


def holds_a_step_that_waits(house: House, person: Person) -> None:
    Step.objects.filter(pk=report_at(house, "check").step().pk).update(owner=person, status="ASSIGNED")


def decided_a_step(house: House, person: Person) -> None:
    matter = report_at(house, "check")
    Step.objects.filter(process=matter.approval(), decided_at__isnull=False).update(owner=person)


def decided_in_a_closed_approval(house: House, person: Person) -> None:
    matter = report_at(house, "check")
    matter.act("accept", house.reviewer)
    Step.objects.filter(process=matter.approval(), decided_at__isnull=False).update(owner=person)


def had_another_decide_in_his_place(house: House, person: Person) -> None:
    matter = report_at(house, "check")
    Step.objects.filter(process=matter.approval(), decided_at__isnull=False).update(principal=person)


def spoke(house: House, person: Person) -> None:
    said = comment(report_at(house, "check").approval().pk, "Đã xem.", by=house.head, now=NOW)
    Comment.objects.filter(pk=said.pk).update(author=person)


def gave_a_file(house: House, person: Person) -> None:
    given = enclose(report_at(house, "check").approval().pk, "a.pdf", b"%PDF-1.7\n", by=house.head, now=NOW)
    Enclosure.objects.filter(pk=given.pk).update(given_by=person)


def proposed(house: House, person: Person) -> None:
    Proposal.objects.filter(pk=proposal_at(house, "head").pk).update(proposed_by=person)


def stands_in_the_trail(house: House, person: Person) -> None:
    del house
    AuditEvent.objects.create(
        chain="thu:1",
        seq=1,
        occurred_at=NOW,
        action_id="00000000-0000-0000-0000-000000000009",
        name="approval.decide",
        actor=person,
        body="{}",
        hash="c" * 64,
    )


def holds_a_place(house: House, person: Person) -> None:
    Membership.objects.create(
        person=person, unit=house.division, role=Role.SPECIALIST, position="Chuyên viên", valid_from=NOW.date()
    )


def held_a_place_that_ended(house: House, person: Person) -> None:
    Membership.objects.create(
        person=person,
        unit=house.division,
        role=Role.SPECIALIST,
        position="Chuyên viên",
        valid_from=NOW.date(),
        valid_to=NOW.date(),
    )


def acts_for_another(house: House, person: Person) -> None:
    Delegation.objects.create(
        membership=Membership.objects.get(person_id=house.head.person_id),
        delegate=person,
        capacity="KT.",
        document_number="1/UQ",
        document_date=NOW.date(),
        scope="Mẫu",
        valid_from=NOW.date(),
        valid_to=NOW.date(),
    )


def was_told(house: House, person: Person) -> None:
    del house
    Notification.objects.create(person=person, key="mau", kind="nudge", text="Mẫu", created_at=NOW)


WAYS: dict[str, Callable[[House, Person], None]] = {
    way.__name__: way
    for way in (
        opened,
        holds_a_step_that_waits,
        decided_a_step,
        decided_in_a_closed_approval,
        had_another_decide_in_his_place,
        spoke,
        gave_a_file,
        proposed,
        stands_in_the_trail,
        holds_a_place,
        held_a_place_that_ended,
        acts_for_another,
        was_told,
    )
}


def counted() -> dict[str, int]:
    """How many rows each table of the house and of viewflow holds."""
    tables = [model for model in apps.get_models(include_auto_created=True) if model._meta.managed]
    return {model._meta.label: model._default_manager.count() for model in tables}


def delete_raw(row: models.Model) -> None:
    """Delete a row past the ORM, then let the database judge the references as it does at a commit."""
    table = connection.ops.quote_name(type(row)._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {table} WHERE id = %s", [row.pk])
        assert cursor.rowcount == 1
    connection.check_constraints()


def assert_kept(row: models.Model, *, raw: bool = True) -> None:
    """The row can't be deleted in any way, and each try leaves everything as it was; `raw` tries SQL too."""
    before = counted()
    with pytest.raises(ProtectedError), transaction.atomic():
        row.delete()
    with pytest.raises(ProtectedError), transaction.atomic():
        type(row)._default_manager.filter(pk=row.pk).delete()
    if raw:
        with pytest.raises(IntegrityError), transaction.atomic():
            delete_raw(row)
    assert counted() == before
    assert type(row)._default_manager.filter(pk=row.pk).exists()


# --- people ---


@pytest.mark.parametrize("way", WAYS)
def test_a_person_who_stands_somewhere_is_kept(house: House, way: str) -> None:
    person = make_person()
    WAYS[way](house, person)
    assert_kept(person)


def test_a_person_who_stands_nowhere_may_be_taken_out(house: House) -> None:
    """The tests above would prove nothing if a deletion always failed."""
    for delete in (Person.delete, delete_raw):
        person = make_person()
        delete(person)
        assert not Person.objects.filter(pk=person.pk).exists()


def test_deleting_everybody_at_once_deletes_nobody(house: House) -> None:
    report_at(house, "check")
    before = counted()
    with pytest.raises(ProtectedError), transaction.atomic():
        Person.objects.all().delete()
    assert counted() == before


def to_persons(labels: tuple[str, ...] | None = None) -> list[models.ForeignKey[Any, Any]]:
    """Every reference to a person, of all tables or of the apps named, those between two tables too."""
    return [
        field
        for model in apps.get_models(include_auto_created=True)
        if labels is None or model._meta.app_label in labels
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.model is Person
    ]


UNPROTECTED = {
    "guardian.UserObjectPermission.user": "a grant is derived from memberships, which protect the person themselves",
    "viewflow.Task.owner": "viewflow's own table of steps; ours is approvals.Step and this one stays empty",
    "workflow.Person_groups.person": "Django's list of a person's groups; nobody is in one and no right comes of it",
    "workflow.Person_user_permissions.person": "Django's list of global rights; a system check refuses any",
}
"""References to a person that go with him when he is deleted, each with the reason why nothing is lost by it."""


def test_every_reference_to_a_person_protects_him_but_for_those_with_a_reason() -> None:
    loose = {str(field) for field in to_persons() if field.remote_field.on_delete is not models.PROTECT}
    assert loose == set(UNPROTECTED)
    assert all(len(reason) > 30 for reason in UNPROTECTED.values())


def test_every_reference_of_the_approvals_to_a_person_is_one_of_the_ways_above() -> None:
    assert {str(field) for field in to_persons(("approvals",))} == {
        "approvals.Approval.opened_by",
        "approvals.Step.owner",
        "approvals.Step.principal",
        "approvals.Comment.author",
        "approvals.Enclosure.given_by",
    }


def test_the_database_knows_every_reference_to_a_person() -> None:
    assert all(field.db_constraint for field in to_persons(OURS))


def test_viewflows_own_tables_stay_empty(house: House) -> None:
    report_at(house, "check").act("accept", house.reviewer)
    proposal_at(house, "decide").act("approve", house.leader)
    assert (ViewflowProcess.objects.count(), ViewflowTask.objects.count()) == (0, 0)


# --- approvals, steps and what hangs on them ---


def test_an_approval_on_which_steps_hang_is_kept(house: House) -> None:
    assert_kept(report_at(house, "check").approval())


def test_an_approval_that_ended_is_kept_too(house: House) -> None:
    matter = report_at(house, "check")
    matter.act("accept", house.reviewer)
    assert_kept(matter.approval())


def test_a_step_at_which_somebody_spoke_is_kept(house: House) -> None:
    matter = report_at(house, "check")
    comment(matter.approval().pk, "Đã xem.", by=house.head, now=NOW)
    assert_kept(matter.step())


def test_a_step_at_which_a_file_was_given_is_kept(house: House) -> None:
    matter = report_at(house, "check")
    enclose(matter.approval().pk, "a.pdf", b"%PDF-1.7\n", by=house.head, now=NOW)
    assert_kept(matter.step())


def test_a_step_on_which_nothing_hangs_is_kept_as_well(house: House) -> None:
    """Who decided what stands in its row and in the trail; nobody takes the one out of the other's sight."""
    matter = report_at(house, "check")
    matter.act("accept", house.reviewer)
    for step in Step.objects.filter(process=matter.approval()):
        assert_kept(step, raw=False)
    with pytest.raises(ProtectedError):
        Step.objects.all().delete()
    with pytest.raises(ProtectedError):
        Approval.objects.all().delete()
    with pytest.raises(ProtectedError):
        matter.approval().task_set.all().delete()


def test_what_was_said_and_given_is_kept(house: House) -> None:
    matter = report_at(house, "check")
    assert_kept(comment(matter.approval().pk, "Đã xem.", by=house.head, now=NOW), raw=False)
    assert_kept(enclose(matter.approval().pk, "a.pdf", b"%PDF-1.7\n", by=house.head, now=NOW), raw=False)
    with pytest.raises(ProtectedError):
        matter.approval().comments.all().delete()


def test_the_task_and_the_unit_of_an_approval_are_kept(house: House) -> None:
    approval = proposal_at(house, "head").approval()
    assert_kept(approval.unit)
    subject = report_at(house, "check").approval().subject
    assert subject is not None
    assert_kept(subject)


def test_every_reference_of_the_approvals_protects_what_it_mentions() -> None:
    """But for what viewflow hangs on its own rows: the order of the steps, and that a step's right is one on units."""
    loose = {
        str(field)
        for model in apps.get_app_config("approvals").get_models(include_auto_created=True)
        for field in model._meta.concrete_fields
        if isinstance(field, models.ForeignKey) and field.remote_field.on_delete is not models.PROTECT
    }
    assert loose == {
        "approvals.Step.owner_permission_content_type",
        "approvals.Step_previous.from_step",
        "approvals.Step_previous.to_step",
    }
