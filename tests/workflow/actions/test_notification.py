"""Telling people in the application: once each, who is told, what is read."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from tests.factories import MONDAY, House, at, make_task
from workflow.actions.notification import mark_read, notify, tell_of
from workflow.choices import NotificationKind, Role
from workflow.core.errors import NotFound
from workflow.models import Membership, Notification, Person, Task
from workflow.permissions import CHECK, DECIDE, DO, SUBMIT, URGE, Actor
from workflow.queries.notification import bodies_with_accounts, people_of

NOW = at(MONDAY)
TUESDAY = MONDAY + timedelta(days=1)


def tell(actor: Actor, key: str = "k", task: Task | None = None, text: str = "Việc mới") -> Notification:
    """Tell one person one thing."""
    notify([actor.person_id], key=key, kind=NotificationKind.DECISION, text=text, task=task, now=NOW)
    return Notification.objects.get(person_id=actor.person_id, key=key)


# Thông báo


def test_each_person_is_told_once_whatever_runs_twice(house: House) -> None:
    people = [house.head.person_id, house.member.person_id, house.head.person_id, None]
    for _again in range(2):
        notify(people, key="a", kind=NotificationKind.NUDGE, text="x", task=None, now=NOW)
    assert Notification.objects.count() == 2


def test_a_second_key_is_another_message(house: House) -> None:
    tell(house.head, "a")
    tell(house.head, "b")
    assert Notification.objects.filter(person_id=house.head.person_id).count() == 2


def test_many_people_are_told_in_one_statement(house: House) -> None:
    people = list(Person.objects.values_list("pk", flat=True))
    with CaptureQueriesContext(connection) as queries:
        notify(people, key="a", kind=NotificationKind.NUDGE, text="x", task=None, now=NOW)
    assert len([query for query in queries if "INSERT" in query["sql"]]) == 1


def test_nobody_to_tell_is_nothing_to_write(house: House) -> None:
    notify([], key="a", kind=NotificationKind.NUDGE, text="x", task=None, now=NOW)
    assert not Notification.objects.exists()


def test_who_did_it_is_not_told_of_it(house: House) -> None:
    task = make_task(house)
    tell_of(
        task,
        heads_of=[(task.unit_id, DO)],
        kind=NotificationKind.REPORT,
        text="x",
        by=house.member,
        now=NOW,
    )
    assert list(Notification.objects.values_list("person_id", flat=True)) == [house.head.person_id]


def test_a_message_goes_with_the_change_that_it_tells_of(house: House) -> None:
    before = transaction.savepoint()
    tell(house.head)
    transaction.savepoint_rollback(before)
    assert not Notification.objects.exists()


# Ai được báo


@pytest.mark.parametrize(
    ("codename", "names"),
    [
        (DO, {"head", "member"}),
        (SUBMIT, {"head"}),
        (CHECK, {"reviewer", "chief"}),
        (URGE, {"reviewer", "chief"}),
        (DECIDE, {"leader"}),
    ],
)
def test_those_who_hold_a_right_on_a_unit_are_found(house: House, codename: str, names: set[str]) -> None:
    expected = {getattr(house, name).person_id for name in names}
    assert set(people_of(house.division.pk, codename, MONDAY)) == expected


def test_a_leader_checks_the_office_and_the_office_does_not(house: House) -> None:
    assert people_of(house.office.pk, CHECK, MONDAY) == [house.leader.person_id]


def test_people_are_found_in_two_queries(house: House) -> None:
    with CaptureQueriesContext(connection) as queries:
        people_of(house.division.pk, DO, MONDAY)
    assert len(queries) == 2


def test_places_that_ended_or_have_not_begun_hold_no_right(house: House) -> None:
    Membership.objects.filter(person_id=house.head.person_id).update(valid_to=MONDAY - timedelta(days=1))
    Membership.objects.filter(person_id=house.member.person_id).update(valid_from=MONDAY + timedelta(days=1))
    assert people_of(house.division.pk, DO, MONDAY) == []
    assert people_of(None, DO, MONDAY) == []


def test_a_closed_person_is_not_told(house: House) -> None:
    Person.objects.filter(pk=house.head.person_id).update(closed_on=MONDAY)
    Person.objects.filter(pk=house.member.person_id).update(is_active=False)
    assert people_of(house.division.pk, DO, MONDAY) == []


def test_an_observer_is_no_account_that_answers(house: House) -> None:
    Membership.objects.create(
        person_id=house.stranger.person_id,
        unit=house.silent_body,
        role=Role.OBSERVER,
        position="x",
        valid_from=date(2020, 1, 1),
    )
    assert bodies_with_accounts([house.body.pk, house.silent_body.pk], MONDAY) == {house.body.pk}


# Đã đọc


def test_a_person_reads_his_own_messages_only(house: House) -> None:
    own, others = tell(house.head), tell(house.member)
    assert mark_read(own.pk, by=house.head, now=NOW) == 1
    with pytest.raises(NotFound):
        mark_read(others.pk, by=house.head, now=NOW)
    own.refresh_from_db()
    others.refresh_from_db()
    assert (own.read_at, others.read_at) == (NOW, None)


def test_a_message_read_twice_keeps_its_first_moment(house: House) -> None:
    own = tell(house.head)
    mark_read(own.pk, by=house.head, now=NOW)
    assert mark_read(own.pk, by=house.head, now=at(TUESDAY)) == 0
    own.refresh_from_db()
    assert own.read_at == NOW


def test_all_of_a_persons_messages_are_read_at_once(house: House) -> None:
    tell(house.head, "a")
    tell(house.head, "b")
    other = tell(house.member)
    assert mark_read(None, by=house.head, now=NOW) == 2
    other.refresh_from_db()
    assert other.read_at is None


def test_a_message_of_a_task_no_longer_seen_is_not_found(house: House) -> None:
    own = tell(house.stranger, task=make_task(house))
    with pytest.raises(NotFound):
        mark_read(own.pk, by=house.stranger, now=NOW)
