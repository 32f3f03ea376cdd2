"""Telling people: once each, in the application and by one e-mail a working day."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.core import mail
from django.db import connection, transaction
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult

from tests.factories import MONDAY, House, at, make_task
from workflow.actions.notification import (
    MOST_LINES,
    deliver_digest,
    mail_digest,
    mark_read,
    notify,
    send_digests,
    tell_of,
)
from workflow.actions.unit import sync_grants
from workflow.choices import NotificationKind, Role
from workflow.core.errors import NotFound
from workflow.models import Membership, Notification, Person, Task
from workflow.permissions import CHECK, DECIDE, DO, SUBMIT, URGE, Actor
from workflow.queries.notification import bodies_with_accounts, people_of

NOW = at(MONDAY)
MORNING = at(MONDAY, "08:30")
TUESDAY = MONDAY + timedelta(days=1)


@pytest.fixture
def addressed(house: House) -> House:
    """The small department with an address for each person, and guardian's rows as memberships imply them."""
    for person in Person.objects.all():
        person.email = f"{person.username}@example.test"
        person.save(update_fields=["email"])
    sync_grants(by=None, now=NOW)
    return house


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


# Thư tổng hợp


def test_one_mail_a_person_carries_what_is_new(addressed: House) -> None:
    task = make_task(addressed)
    tell(addressed.head, "a", task, "Việc thứ nhất")
    tell(addressed.head, "b", None, "Việc thứ hai")
    assert mail_digest(addressed.head.person_id, now=NOW) == 2
    [letter] = mail.outbox
    person = Person.objects.get(pk=addressed.head.person_id)
    assert letter.to == [person.email]
    assert letter.subject == "[Đôn đốc] 2 nội dung mới đến ngày 03/10/2022"
    assert letter.body.startswith(f"Kính gửi ông/bà {person.full_name},")
    assert re.findall(r"^- 03/10 09:00 · Quyết định: (.*)$", letter.body, re.MULTILINE) == [
        "Việc thứ nhất",
        "Việc thứ hai",
    ]
    assert set(Notification.objects.values_list("emailed_at", flat=True)) == {NOW}


def test_a_digest_run_again_sends_nothing_more(addressed: House) -> None:
    tell(addressed.head)
    moment = NOW.isoformat()
    assert deliver_digest.call(addressed.head.person_id, moment) == 1
    assert deliver_digest.call(addressed.head.person_id, moment) == 0
    assert len(mail.outbox) == 1


def test_a_second_mail_waits_for_the_next_day(addressed: House) -> None:
    tell(addressed.head, "a")
    mail_digest(addressed.head.person_id, now=MORNING + timedelta(hours=1))
    tell(addressed.head, "b")
    assert mail_digest(addressed.head.person_id, now=at(MONDAY, "16:00")) == 0
    assert mail_digest(addressed.head.person_id, now=at(TUESDAY)) == 1
    assert len(mail.outbox) == 2


def test_the_same_mail_has_the_same_identifier_when_sent_again(addressed: House) -> None:
    tell(addressed.head)
    mail_digest(addressed.head.person_id, now=NOW)
    Notification.objects.update(emailed_at=None)
    mail_digest(addressed.head.person_id, now=NOW)
    identifiers = {letter.extra_headers["Message-ID"] for letter in mail.outbox}
    assert identifiers == {f"<dondoc-{addressed.head.person_id}-20221003@don-doc>"}


def test_a_mail_says_nothing_of_what_the_person_may_no_longer_see(addressed: House) -> None:
    hidden, shown = make_task(addressed), make_task(addressed, unit=addressed.other)
    tell(addressed.stranger, "a", hidden, "Chuyện của phòng khác")
    tell(addressed.stranger, "b", shown, "Chuyện của phòng mình")
    assert mail_digest(addressed.stranger.person_id, now=NOW) == 1
    [letter] = mail.outbox
    assert "Chuyện của phòng mình" in letter.body
    assert "phòng khác" not in letter.body
    assert "1 nội dung" in letter.subject


def test_a_person_who_may_see_none_of_it_gets_no_mail(addressed: House) -> None:
    tell(addressed.stranger, "a", make_task(addressed))
    assert mail_digest(addressed.stranger.person_id, now=NOW) == 0
    assert mail.outbox == []
    assert send_digests(now=at(TUESDAY)) == 0


def test_a_long_mail_counts_what_it_does_not_list(addressed: House) -> None:
    for number in range(MOST_LINES + 3):
        tell(addressed.head, f"k{number}", None, f"Việc {number}")
    mail_digest(addressed.head.person_id, now=NOW)
    assert "và 3 nội dung khác" in mail.outbox[0].body
    assert not Notification.objects.filter(emailed_at__isnull=True).exists()


@override_settings(EMAIL_BACKEND="django.core.mail.backends.smtp.EmailBackend", EMAIL_HOST="127.0.0.1", EMAIL_PORT=9)
def test_a_mail_that_could_not_be_sent_is_sent_on_the_next_call(addressed: House) -> None:
    tell(addressed.head)
    with pytest.raises(OSError, match="refused"):
        mail_digest(addressed.head.person_id, now=NOW)
    assert Notification.objects.filter(emailed_at__isnull=True).count() == 1
    assert send_digests(now=NOW) == 1


def test_jobs_are_asked_for_in_working_hours_one_a_person(addressed: House) -> None:
    tell(addressed.head, "a")
    tell(addressed.head, "b")
    tell(addressed.member, "a")
    assert send_digests(now=NOW) == 2
    jobs = DBTaskResult.objects.order_by("args_kwargs")
    assert {job.task_path for job in jobs} == {"workflow.actions.notification.deliver_digest"}
    asked = {tuple(job.args_kwargs["args"]) for job in jobs}
    assert asked == {
        (addressed.head.person_id, NOW.isoformat()),
        (addressed.member.person_id, NOW.isoformat()),
    }


@pytest.mark.parametrize("moment", [at(MONDAY, "07:59"), at(MONDAY, "17:00"), at(MONDAY + timedelta(days=5))])
def test_no_mail_is_asked_for_outside_working_hours(addressed: House, moment: object) -> None:
    tell(addressed.head)
    Notification.objects.update(created_at=at(MONDAY - timedelta(days=1)))
    assert send_digests(now=moment) == 0
    assert not DBTaskResult.objects.exists()


def test_who_had_a_mail_today_or_has_no_address_is_not_asked_for(addressed: House) -> None:
    tell(addressed.head, "a")
    mail_digest(addressed.head.person_id, now=NOW)
    tell(addressed.head, "b")
    tell(addressed.member)
    Person.objects.filter(pk=addressed.member.person_id).update(email="")
    assert send_digests(now=at(MONDAY, "15:00")) == 0


def test_a_closed_person_gets_no_mail(addressed: House) -> None:
    tell(addressed.head)
    Person.objects.filter(pk=addressed.head.person_id).update(closed_on=MONDAY)
    assert send_digests(now=NOW) == 0


def test_jobs_of_a_change_that_was_rolled_back_never_exist(addressed: House) -> None:
    tell(addressed.head)
    before = transaction.savepoint()
    assert send_digests(now=NOW) == 1
    transaction.savepoint_rollback(before)
    assert not DBTaskResult.objects.exists()
