"""E-mail: one digest a person a working day, what is urgent at once, each person's choice, nothing doubled or lost."""

from __future__ import annotations

import json
import re
import smtplib
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail
from django.core.mail import EmailMessage
from django.db import transaction
from django.test import override_settings
from django_tasks_db.models import DBTaskResult

from tests.factories import MONDAY, House, at, make_task
from workflow.actions.notification import MOST_LINES, choose_letters, mail_letter, notify, send_digests, send_urgent
from workflow.actions.unit import sync_grants
from workflow.choices import NotificationKind
from workflow.core.errors import Invalid
from workflow.models import AuditEvent, CalendarDay, Letter, Notification, Person, Task
from workflow.permissions import Actor

NOW = at(MONDAY, "08:00")
TUESDAY = MONDAY + timedelta(days=1)
SMTP_DOWN = {
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "127.0.0.1",
    "EMAIL_PORT": 9,
}


@pytest.fixture
def addressed(house: House) -> House:
    """The small department with an address for each person, and guardian's rows as memberships imply them."""
    for person in Person.objects.all():
        person.email = f"{person.username}@example.test"
        person.save(update_fields=["email"])
    sync_grants(by=None, now=NOW)
    return house


def tell(
    actor: Actor, key: str = "k", task: Task | None = None, text: str = "Việc mới", urgent: bool = False
) -> Notification:
    """Tell one person one thing on Sunday night, so that it waits for Monday's letters."""
    moment = NOW - timedelta(hours=10)
    kind = NotificationKind.DECISION
    notify([actor.person_id], key=key, kind=kind, text=text, task=task, now=moment, urgent=urgent)
    return Notification.objects.get(person_id=actor.person_id, key=key)


def deliver(now: datetime = NOW) -> list[int]:
    """Run the jobs that wait, as a worker would, and return how many messages each letter carried."""
    jobs = list(DBTaskResult.objects.order_by("enqueued_at", "id"))
    DBTaskResult.objects.all().delete()
    assert {job.task_path for job in jobs} <= {"workflow.actions.notification.letters.deliver_letter"}
    return [mail_letter(job.args_kwargs["args"][0], now=now) for job in jobs]


def digest(now: datetime = NOW) -> list[int]:
    """Ask for the day's digests and deliver them."""
    send_digests(now=now)
    return deliver(now)


# Thư tổng hợp


def test_one_mail_a_person_carries_what_is_new(addressed: House) -> None:
    task = make_task(addressed)
    tell(addressed.head, "a", task, "Việc thứ nhất")
    tell(addressed.head, "b", None, "Việc thứ hai")
    assert digest() == [2]
    [letter] = mail.outbox
    person = Person.objects.get(pk=addressed.head.person_id)
    assert letter.to == [person.email]
    assert letter.subject == "[Đôn đốc] 2 nội dung mới đến ngày 03/10/2022"
    assert letter.body.startswith(f"Kính gửi ông/bà {person.full_name},")
    assert re.findall(r"^- 02/10 22:00 · Quyết định: (.*)$", letter.body, re.MULTILINE) == [
        "Việc thứ nhất",
        "Việc thứ hai",
    ]
    assert set(Notification.objects.values_list("emailed_at", flat=True)) == {NOW}
    assert list(Letter.objects.values_list("kind", "day", "lines", "done_at")) == [("digest", MONDAY, 2, NOW)]


def test_the_letter_names_no_address_unless_the_site_has_one(addressed: House) -> None:
    tell(addressed.head, "a")
    digest()
    assert "http" not in mail.outbox[0].body
    tell(addressed.head, "b")
    with override_settings(BASE_URL="https://dondoc.example.gov.vn"):
        digest(at(TUESDAY))
    found = set(re.findall(r"https?://[^/\s]+", mail.outbox[1].body))
    assert found == {"https://dondoc.example.gov.vn"}


def test_a_job_run_again_sends_nothing_more(addressed: House) -> None:
    tell(addressed.head)
    send_digests(now=NOW)
    letter = Letter.objects.get()
    assert [mail_letter(letter.pk, now=NOW) for _again in range(3)] == [1, 0, 0]
    assert len(mail.outbox) == 1


def test_two_sweeps_make_one_letter(addressed: House) -> None:
    tell(addressed.head)
    assert [send_digests(now=NOW), send_digests(now=NOW + timedelta(minutes=1))] == [1, 0]
    assert Letter.objects.count() == 1


def test_a_second_digest_waits_for_the_next_working_day(addressed: House) -> None:
    tell(addressed.head, "a")
    digest()
    tell(addressed.head, "b")
    assert digest(at(MONDAY, "16:00")) == []
    assert digest(at(TUESDAY)) == [1]
    assert len(mail.outbox) == 2


def test_what_was_read_in_the_application_is_not_mailed(addressed: House) -> None:
    tell(addressed.head, "a", text="Đã đọc")
    Notification.objects.update(read_at=NOW - timedelta(hours=1))
    tell(addressed.head, "b", text="Chưa đọc")
    assert digest() == [1]
    assert "Đã đọc" not in mail.outbox[0].body


def test_a_mail_says_nothing_of_what_the_person_may_no_longer_see_when_it_is_written(addressed: House) -> None:
    """The stranger sees only his own unit's task, the head only his, an office reviewer both."""
    first, second = make_task(addressed), make_task(addressed, unit=addressed.other)
    for actor in (addressed.stranger, addressed.head, addressed.reviewer):
        tell(actor, "a", first, "Chuyện của phòng Một")
        tell(actor, "b", second, "Chuyện của phòng Hai")
    send_digests(now=NOW)
    assert sorted(deliver()) == [1, 1, 2]
    addresses = dict(Person.objects.values_list("email", "pk"))
    told = {addresses[letter.to[0]]: re.findall("phòng (Một|Hai)", letter.body) for letter in mail.outbox}
    assert told == {
        addressed.stranger.person_id: ["Hai"],
        addressed.head.person_id: ["Một"],
        addressed.reviewer.person_id: ["Một", "Hai"],
    }


def test_a_right_lost_between_asking_and_writing_counts(addressed: House) -> None:
    tell(addressed.stranger, "a", make_task(addressed, unit=addressed.other), "Chuyện của phòng Hai")
    send_digests(now=NOW)
    Person.objects.get(pk=addressed.stranger.person_id).memberships.update(valid_to=MONDAY - timedelta(days=1))
    assert deliver() == [0]
    assert mail.outbox == []


def test_a_person_who_may_see_none_of_it_gets_no_mail(addressed: House) -> None:
    tell(addressed.stranger, "a", make_task(addressed))
    assert digest() == [0]
    assert mail.outbox == []
    assert send_digests(now=at(TUESDAY)) == 0


def test_a_long_mail_counts_what_it_does_not_list(addressed: House) -> None:
    for number in range(MOST_LINES + 3):
        tell(addressed.head, f"k{number}", None, f"Việc {number}")
    digest()
    assert "và 3 nội dung khác" in mail.outbox[0].body
    assert not Notification.objects.filter(emailed_at__isnull=True).exists()


@pytest.mark.parametrize("moment", [at(MONDAY, "07:59"), at(MONDAY, "17:00"), at(MONDAY + timedelta(days=5))])
def test_no_mail_is_asked_for_outside_working_hours(addressed: House, moment: datetime) -> None:
    tell(addressed.head)
    tell(addressed.head, "gap", urgent=True)
    Notification.objects.update(created_at=at(MONDAY - timedelta(days=1)))
    assert (send_digests(now=moment), send_urgent(now=moment)) == (0, 0)
    assert not DBTaskResult.objects.exists()


def test_a_holiday_has_no_letters_and_the_next_working_day_has_them(addressed: House) -> None:
    CalendarDay.objects.create(day=MONDAY, kind="off", name="Nghỉ", source="kiểm thử")
    tell(addressed.head)
    assert digest() == []
    assert digest(at(TUESDAY)) == [1]


def test_a_job_that_a_worker_takes_after_hours_waits_for_the_next_morning(addressed: House) -> None:
    tell(addressed.head)
    send_digests(now=NOW)
    assert deliver(at(MONDAY, "19:00")) == [0]
    assert mail.outbox == []
    assert digest(at(TUESDAY)) == [1]


def test_a_closed_person_and_one_without_address_get_no_mail(addressed: House) -> None:
    tell(addressed.head)
    tell(addressed.member)
    Person.objects.filter(pk=addressed.head.person_id).update(closed_on=MONDAY)
    Person.objects.filter(pk=addressed.member.person_id).update(email="")
    assert send_digests(now=NOW) == 0


def test_a_person_closed_after_his_letter_was_asked_for_gets_none(addressed: House) -> None:
    tell(addressed.head)
    send_digests(now=NOW)
    Person.objects.filter(pk=addressed.head.person_id).update(closed_on=MONDAY, is_active=False)
    assert deliver() == [0]
    assert mail.outbox == []


def test_jobs_of_a_change_that_was_rolled_back_never_exist(addressed: House) -> None:
    tell(addressed.head)
    before = transaction.savepoint()
    assert send_digests(now=NOW) == 1
    transaction.savepoint_rollback(before)
    assert not DBTaskResult.objects.exists()
    assert not Letter.objects.exists()


# Máy chủ thư hỏng, tiến trình bị giết


@override_settings(**SMTP_DOWN)
def test_a_mail_server_that_is_down_all_day_loses_nothing_and_leaves_one_digest_for_the_next(addressed: House) -> None:
    tell(addressed.head, "a", text="Việc hôm qua")
    send_digests(now=NOW)
    with pytest.raises(OSError, match="refused"):
        deliver()
    assert send_urgent(now=at(MONDAY, "08:10")) == 0, "asked for a moment ago"
    assert send_urgent(now=at(MONDAY, "08:30")) == 1, "asked for again"
    with pytest.raises(OSError, match="refused"):
        deliver(at(MONDAY, "08:30"))
    tell(addressed.head, "b", text="Việc hôm nay")
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        assert digest(at(TUESDAY)) == [2]
    [letter] = mail.outbox
    assert letter.body.index("Việc hôm qua") < letter.body.index("Việc hôm nay")
    assert Letter.objects.count() == 1


def test_a_worker_killed_while_sending_sends_the_same_letter_again(
    addressed: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What comes in meanwhile is not put into the second sending: a mailbox drops it as one it has already."""
    tell(addressed.head, "a", text="Việc thứ nhất")
    send_digests(now=NOW)
    sent: list[EmailMessage] = []
    real = EmailMessage.send

    def die(self: EmailMessage, **_named: Any) -> int:
        sent.append(self)
        raise SystemExit

    monkeypatch.setattr(EmailMessage, "send", die)
    with pytest.raises(SystemExit):
        mail_letter(Letter.objects.get().pk, now=NOW)
    assert Letter.objects.get().done_at is None
    tell(addressed.head, "b", text="Việc thứ hai")
    monkeypatch.setattr(EmailMessage, "send", real)
    assert deliver() == [1]
    [again] = mail.outbox
    assert (again.extra_headers["Message-ID"], again.body) == (sent[0].extra_headers["Message-ID"], sent[0].body)
    assert again.extra_headers["Message-ID"] == f"<dondoc-{addressed.head.person_id}-20221003@don-doc>"
    assert digest(at(TUESDAY)) == [1]


@pytest.mark.parametrize(("code", "given_up"), [(550, True), (450, False)])
def test_an_address_that_the_server_refuses_for_good_is_given_up_with_its_reason(
    addressed: House, monkeypatch: pytest.MonkeyPatch, code: int, given_up: bool
) -> None:
    def refuse(self: EmailMessage, **_named: Any) -> int:
        raise smtplib.SMTPRecipientsRefused({self.to[0]: (code, b"no such user")})

    monkeypatch.setattr(EmailMessage, "send", refuse)
    tell(addressed.head)
    send_digests(now=NOW)
    if given_up:
        assert deliver() == [0]
    else:
        with pytest.raises(OSError, match="450"):
            deliver()
    letter = Letter.objects.get()
    assert (letter.done_at is not None, "no such user" in letter.error) == (given_up, given_up)


# Việc gấp


def test_what_is_urgent_goes_out_at_once_and_not_again_in_the_digest(addressed: House) -> None:
    tell(addressed.head, "a", urgent=True, text="Đôn đốc lần 2")
    tell(addressed.head, "b", text="Việc thường")
    assert send_urgent(now=at(MONDAY, "10:05")) == 1
    assert deliver(at(MONDAY, "10:05")) == [1]
    [letter] = mail.outbox
    assert letter.subject == "[Đôn đốc] Gấp: 1 nội dung cần xem ngay"
    assert "Việc thường" not in letter.body
    assert digest(at(TUESDAY)) == [1]
    assert "Đôn đốc lần 2" not in mail.outbox[1].body


def test_urgent_letters_of_one_day_are_told_apart_and_several_messages_share_one(addressed: House) -> None:
    tell(addressed.head, "a", urgent=True)
    tell(addressed.head, "b", urgent=True)
    send_urgent(now=NOW)
    assert deliver() == [2]
    tell(addressed.head, "c", urgent=True)
    send_urgent(now=at(MONDAY, "08:05"))
    assert deliver(at(MONDAY, "08:05")) == [1]
    assert len({letter.extra_headers["Message-ID"] for letter in mail.outbox}) == 2
    assert list(Letter.objects.order_by("pk").values_list("kind", "ordinal")) == [("urgent", 1), ("urgent", 2)]


def test_what_becomes_urgent_at_night_waits_for_the_morning(addressed: House) -> None:
    tell(addressed.head, urgent=True)
    assert send_urgent(now=at(MONDAY - timedelta(days=1), "22:05")) == 0
    assert send_urgent(now=NOW) == 1


def test_an_escalation_is_always_urgent(addressed: House) -> None:
    kind = NotificationKind.ESCALATION
    notify([addressed.leader.person_id], key="e", kind=kind, text="x", task=None, now=NOW)
    assert Notification.objects.get().urgent
    tell(addressed.head)
    assert not Notification.objects.get(person_id=addressed.head.person_id).urgent


# Mỗi người tự chọn


@pytest.mark.parametrize(
    ("digested", "urgently", "letters"),
    [(True, True, ["urgent", "digest"]), (True, False, ["digest"]), (False, True, ["urgent"]), (False, False, [])],
)
def test_each_person_gets_the_letters_that_he_chose(
    addressed: House, digested: bool, urgently: bool, letters: list[str]
) -> None:
    email = Person.objects.get(pk=addressed.head.person_id).email
    choose_letters(email, digest=digested, urgent=urgently, by=addressed.head, now=NOW)
    tell(addressed.head, "a", urgent=True)
    tell(addressed.head, "b")
    send_urgent(now=NOW)
    send_digests(now=NOW)
    deliver()
    assert list(Letter.objects.order_by("pk").values_list("kind", flat=True)) == letters
    assert len(mail.outbox) == len(letters)
    if not urgently and digested:
        assert "2 nội dung" in mail.outbox[0].subject, "what is urgent is in the digest then"


def test_a_choice_made_after_the_letter_was_asked_for_counts(addressed: House) -> None:
    tell(addressed.head)
    send_digests(now=NOW)
    choose_letters("", digest=False, urgent=False, by=addressed.head, now=NOW)
    assert deliver() == [0]
    assert mail.outbox == []
    assert Notification.objects.get().letter_id is None


def test_a_choice_stands_in_the_trail_and_the_same_again_does_not(addressed: House) -> None:
    for _again in range(2):
        choose_letters("moi@example.test", digest=True, urgent=False, by=addressed.head, now=NOW)
    event = AuditEvent.objects.get(name="person.letters")
    body = json.loads(event.body)
    assert body["after"] == {"email": "moi@example.test", "digest": True, "urgent": False}
    assert event.chain == f"person:{addressed.head.person_id}"


@pytest.mark.parametrize(
    ("email", "digested", "said"), [("khong-phai-thu", True, "không phải"), ("", True, "Hãy ghi địa chỉ")]
)
def test_a_wrong_choice_is_told_and_changes_nothing(addressed: House, email: str, digested: bool, said: str) -> None:
    with pytest.raises(Invalid, match=said):
        choose_letters(email, digest=digested, urgent=False, by=addressed.head, now=NOW)
    assert not AuditEvent.objects.filter(name="person.letters").exists()
