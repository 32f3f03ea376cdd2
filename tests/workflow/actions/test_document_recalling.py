"""An issued document is called back: recorded once, told to those concerned, and nothing of the document changes."""

from __future__ import annotations

import json
from datetime import date

import pytest
from django.db import connection

from tests.factories import House, at, make_actor, make_house, make_rule, make_task
from tests.racing import race
from workflow.actions.document import (
    Draft,
    draft_document,
    issue_document,
    recall_document,
    start_replacement,
)
from workflow.choices import DocumentKind, ReminderStatus, Role
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.models import AuditEvent, Document, Notification, Recall, Reminder, Task
from workflow.permissions import Actor
from workflow.queries.paperlife import life_of, recall_consequences
from workflow.queries.paperlist import list_documents

NOW = at(date(2022, 10, 17))
LATER = at(date(2022, 10, 20))
WHY = "Ban hành nhầm thẩm quyền."


def drafted(house: House, task: Task | None, by: Actor, recipients: tuple[str, ...] = ("Sở Tài chính",)) -> Document:
    draft = Draft(
        kind=DocumentKind.LETTER,
        subject="đề nghị báo cáo",
        body="Đề nghị báo cáo./.",
        recipients=recipients,
        symbol="SKHĐT-VP",
    )
    return draft_document(draft, task=task, by=by, now=NOW)


def issued(
    house: House, *, task: Task | None = None, by: Actor | None = None, recipients: tuple[str, ...] = ("Sở Tài chính",)
) -> Document:
    return issue_document(drafted(house, task, by or house.reviewer, recipients).pk, by=house.clerk, now=NOW)


def recalled(document: Document, by: Actor) -> Recall:
    return recall_document(document.pk, reason=WHY, by=by, now=LATER)


def told() -> dict[int, str]:
    return dict(Notification.objects.filter(text__contains="đã thu hồi").values_list("person_id", "text"))


def as_issued(document: Document) -> bool:
    """Whether the row says what it said when it was issued."""
    return Document.objects.filter(pk=document.pk).values().get() == {
        field.attname: getattr(document, field.attname) for field in Document._meta.concrete_fields
    }


def test_a_recall_is_recorded_with_its_reason_and_the_document_stays(house: House) -> None:
    document = issued(house, task=make_task(house))
    document.refresh_from_db()
    recall = recalled(document, house.leader)
    assert (recall.reason, recall.recalled_at, recall.recalled_by_id) == (WHY, LATER, house.leader.person_id)
    assert as_issued(document)
    event = AuditEvent.objects.filter(chain=f"document:{document.pk}").latest("seq")
    body = json.loads(event.body)
    assert (event.name, event.actor_id) == ("document.recall", house.leader.person_id)
    assert body["details"] == {"reason": WHY, "number": "01/SKHĐT-VP", "task": document.task_id}


def test_leaders_and_the_clerk_recall_others_do_not(house: House) -> None:
    task = make_task(house)
    for person in (house.leader, house.clerk):
        assert recalled(issued(house, task=task), person).pk
        assert recalled(issued(house), person).pk
    of_task, alone = issued(house, task=task), issued(house)
    observer = make_actor(Role.OBSERVER, house.division)
    for person, refusal in (
        (house.head, NotPermitted),
        (house.member, NotPermitted),
        (house.reviewer, NotPermitted),
        (house.chief, NotPermitted),
        (house.inspector, NotPermitted),
        (observer, NotPermitted),
        (house.stranger, NotFound),
        (house.outsider, NotFound),
        (house.admin, NotFound),
    ):
        with pytest.raises(refusal):
            recalled(of_task, person)
    for person, refusal in ((house.chief, NotPermitted), (house.head, NotFound), (house.stranger, NotFound)):
        with pytest.raises(refusal):
            recalled(alone, person)
    assert Recall.objects.count() == 4


def test_nothing_is_recalled_twice_or_before_it_is_issued(house: House) -> None:
    document = issued(house)
    recalled(document, house.leader)
    with pytest.raises(WrongState, match="đã thu hồi ngày 20/10/2022"):
        recalled(document, house.clerk)
    with pytest.raises(WrongState, match="chưa phát hành"):
        recalled(drafted(house, None, house.reviewer), house.clerk)
    assert Recall.objects.count() == 1


@pytest.mark.parametrize("reason", ["", " \n", "x" * 2001])
def test_a_reason_is_needed(house: House, reason: str) -> None:
    document = issued(house)
    with pytest.raises(Invalid) as refused:
        recall_document(document.pk, reason=reason, by=house.leader, now=LATER)
    assert set(refused.value.fields) == {"reason"}
    assert not Recall.objects.exists()


def test_its_hands_and_the_heads_of_its_tasks_units_are_told_once(house: House) -> None:
    document = issued(house, task=make_task(house))
    recalled(document, house.leader)
    people = told()
    assert set(people) == {
        house.reviewer.person_id,
        house.clerk.person_id,
        house.head.person_id,
        house.chief.person_id,
    }
    assert set(people.values()) == {f"Văn bản số 01/SKHĐT-VP đã thu hồi: {WHY}"}


def test_of_one_of_no_task_the_units_that_it_was_sent_to_are_told(house: House) -> None:
    recalled(issued(house, recipients=("Phòng Hai", "Sở Xây dựng")), house.clerk)
    assert set(told()) == {house.other_head.person_id, house.reviewer.person_id}


def test_a_recalled_reminder_counts_as_before_and_the_page_says_so_first(house: House) -> None:
    task = make_task(house)
    document = issued(house, task=task)
    Reminder.objects.create(
        task=task,
        round=task.round,
        ordinal=2,
        document=document,
        rule=make_rule(),
        status=ReminderStatus.ISSUED,
        drafted_at=NOW,
        issued_at=NOW,
    )
    Task.objects.filter(pk=task.pk).update(reminders_issued=2, last_reminder_at=NOW)
    assert recall_consequences(life_of(document))[-1].startswith("Đây là văn bản đôn đốc lần 2: số lần đôn đốc")
    recalled(document, house.leader)
    task.refresh_from_db()
    assert (task.reminders_issued, task.last_reminder_at) == (2, NOW)


def test_a_draft_that_replaces_it_is_named_before(house: House) -> None:
    document = issued(house)
    assert not any("Dự thảo thay thế" in said for said in recall_consequences(life_of(document)))
    start_replacement(document.pk, reason="Sai nội dung.", by=house.clerk, now=LATER)
    assert any("Dự thảo thay thế" in said for said in recall_consequences(life_of(document)))
    assert recalled(document, house.leader).pk


def test_lists_show_and_find_what_was_recalled_or_replaced(house: House) -> None:
    plain, gone, former = issued(house), issued(house), issued(house)
    recalled(gone, house.leader)
    later = start_replacement(former.pk, reason="Sai nội dung.", by=house.clerk, now=LATER)
    issue_document(later.pk, by=house.clerk, now=LATER)
    rows = {row.pk: row for row in list_documents(house.clerk).rows}
    marks = {pk: (row.recalled_at, row.replaced) for pk, row in rows.items()}  # type: ignore[attr-defined]
    assert marks == {
        plain.pk: (None, False),
        gone.pk: (LATER, False),
        former.pk: (None, True),
        later.pk: (None, False),
    }
    assert [row.pk for row in list_documents(house.clerk, status="recalled").rows] == [gone.pk]
    assert [row.pk for row in list_documents(house.clerk, status="replaced").rows] == [former.pk]
    assert [row.pk for row in list_documents(house.clerk, status="recalled", text="02/SKHĐT").rows] == [gone.pk]
    assert list_documents(house.clerk, kind="BC").rows == []
    assert len(list_documents(house.clerk, kind="CV").rows) == 4
    assert len(list_documents(house.clerk, kind="không có").rows) == 4


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite chỉ cho một người ghi một lúc")
def test_two_who_recall_at_once_make_one_recall() -> None:
    house = make_house()
    for _round in range(4):
        document = issued(house)
        outcomes = race(lambda: recalled(document, house.leader), lambda: recalled(document, house.clerk))  # noqa: B023 -- run at once
        assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Recall", "WrongState"]
        assert AuditEvent.objects.filter(chain=f"document:{document.pk}", name="document.recall").count() == 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(connection.vendor != "postgresql", reason="SQLite chỉ cho một người ghi một lúc")
def test_a_recall_and_a_replacement_at_once_do_not_cross() -> None:
    house = make_house()
    for _round in range(4):
        document = issued(house)
        outcomes = race(
            lambda: recalled(document, house.leader),  # noqa: B023 -- run at once
            lambda: start_replacement(document.pk, reason="Sai.", by=house.clerk, now=LATER),  # noqa: B023 -- run at once
        )
        assert isinstance(outcomes[0], Recall)
        assert type(outcomes[1]).__name__ in {"Document", "WrongState"}
