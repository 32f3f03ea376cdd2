"""E-mail: one digest a person a working day, and what is urgent at once; both only in working hours.

A letter is a row before it is sent. It is filled (which messages it carries) in one transaction and sent in another
that holds its row: two sweeps make one letter, a killed worker sends the same letter with the same Message-ID, and a
mail server that is down for a day leaves letters that are asked for again.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Q, QuerySet
from django.utils import timezone
from django_tasks import task

from workflow.actions.audit import action, record_event
from workflow.adapters.mail import AddressRefused, send_plain
from workflow.choices import LetterKind, NotificationKind
from workflow.core.errors import Invalid
from workflow.core.escalation import in_issue_window
from workflow.models import Letter, Notification, Person
from workflow.permissions import Actor
from workflow.queries.clock import current_moment
from workflow.queries.notification import notifications_of, unmailed
from workflow.queries.rulebook import load_rulebook
from workflow.queries.unit import load_actor

MOST_LINES = 40
"""How many messages one e-mail lists; the rest is only counted."""

ASK_AGAIN = timedelta(minutes=30)
"""How long a letter that was asked for and not sent is left alone."""


@action
def send_digests(*, now: datetime) -> int:
    """Ask for the day's digest of each person who has something unread that no e-mail carried; return how many.

    Only in the working hours of a working day (policy `issue_window`): outside it does nothing, and what waits is taken
    up by the next call within them. A digest of an earlier day that never went out becomes today's. The jobs are
    enqueued in this transaction.
    """
    day = _office_day(now)
    if day is None:
        return 0
    had = Letter.objects.filter(kind=LetterKind.DIGEST, day=day).values("person_id")
    left = Letter.objects.filter(kind=LetterKind.DIGEST, day__lt=day, done_at__isnull=True)
    left = left.exclude(person_id__in=had)
    newest = {row.person_id: row.pk for row in left.order_by("day", "pk")}
    Notification.objects.filter(letter__in=list(left)).update(letter=None)
    left.exclude(pk__in=newest.values()).delete()
    Letter.objects.filter(pk__in=newest.values()).update(day=day, asked_at=now)
    people = (
        unmailed(now).filter(person__digest_by_mail=True).exclude(person_id__in=had).values_list("person_id", flat=True)
    )
    _make(sorted(set(people) - set(newest)), LetterKind.DIGEST, day, now)
    asked = Letter.objects.filter(kind=LetterKind.DIGEST, day=day, asked_at=now, done_at__isnull=True)
    return _ask(asked, now)


@action
def send_urgent(*, now: datetime) -> int:
    """Ask for a letter to each person who has something urgent, and again for letters that were not sent.

    Returns how many were asked for; none outside working hours, where what is urgent waits too.
    """
    day = _office_day(now)
    if day is None:
        return 0
    asked = _ask_again(day, now)
    urgent = unmailed(now).filter(urgent=True, person__urgent_by_mail=True)
    unsent = Letter.objects.filter(kind=LetterKind.URGENT, done_at__isnull=True).values("person_id")
    people = sorted(set(urgent.exclude(person_id__in=unsent).values_list("person_id", flat=True)))
    _make(people, LetterKind.URGENT, day, now)
    fresh = Letter.objects.filter(kind=LetterKind.URGENT, day=day, asked_at=now, done_at__isnull=True)
    return asked + _ask(fresh.filter(person_id__in=people), now)


def _office_day(now: datetime) -> date | None:
    rulebook = load_rulebook()
    day = timezone.localdate(now)
    return day if in_issue_window(now, rulebook.calendar, rulebook.policies.on(day)) else None


def _make(people: Sequence[int], kind: LetterKind, day: date, now: datetime) -> None:
    """Make a letter for each; one that another sweep made meanwhile stands."""
    had: dict[int, int] = {}
    if kind == LetterKind.URGENT:
        rows = Letter.objects.filter(person_id__in=people, kind=kind, day=day).order_by("ordinal")
        had = dict(rows.values_list("person_id", "ordinal"))
    Letter.objects.bulk_create(
        [Letter(person_id=one, kind=kind, day=day, ordinal=had.get(one, 0) + 1, asked_at=now) for one in people],
        ignore_conflicts=True,
    )


def _ask_again(day: date, now: datetime) -> int:
    """Ask again for today's digests and for urgent letters of any day that were asked for a while ago."""
    waiting = Letter.objects.filter(
        Q(kind=LetterKind.URGENT) | Q(day=day), done_at__isnull=True, asked_at__lte=now - ASK_AGAIN
    )
    return _ask(waiting, now)


def _ask(letters: QuerySet[Letter], now: datetime) -> int:
    ids = sorted(letters.values_list("pk", flat=True))
    Letter.objects.filter(pk__in=ids).update(asked_at=now)
    for letter_id in ids:
        deliver_letter.enqueue(letter_id)
    return len(ids)


@task()
def deliver_letter(letter_id: int) -> int:
    """Run as a job: send the letter, by the site's clock, in working hours; run again, it sends nothing more."""
    return mail_letter(letter_id, now=current_moment())


def mail_letter(letter_id: int, *, now: datetime) -> int:
    """Fill one letter, then send it; return how many messages it carried, 0 when nothing was sent.

    :raises OSError: when the mail server can't be reached; the letter is then asked for again.
    """
    if _office_day(now) is None:
        return 0
    _fill(letter_id, now=now)
    return _send(letter_id, now=now)


@action
def _fill(letter_id: int, *, now: datetime) -> None:
    """Note which messages the letter carries, once; from then on no other letter carries them."""
    letter = Letter.objects.select_for_update().get(pk=letter_id)
    if letter.done_at is not None or letter.notifications.exists():
        return
    waiting = unmailed(now).filter(person_id=letter.person_id)
    if letter.kind == LetterKind.URGENT:
        waiting = waiting.filter(urgent=True)
    Notification.objects.filter(pk__in=list(waiting.values_list("pk", flat=True)), letter__isnull=True).update(
        letter=letter
    )


@action
def _send(letter_id: int, *, now: datetime) -> int:
    """Send what the person may still see of the letter, then mark it; the mail goes out before the commit.

    Killed in between, the same letter goes out again with the same Message-ID rather than never. Whoever chose no such
    letters meanwhile, or has left, gets none, and the messages are free for another.
    """
    letter = Letter.objects.select_for_update().select_related("person").get(pk=letter_id)
    if letter.done_at is not None:
        return 0
    person = letter.person
    carried = letter.notifications.all()
    letter.done_at = now
    if not _wants(person, LetterKind(letter.kind)):
        carried.update(letter=None)
        letter.save(update_fields=["done_at"])
        return 0
    seen = notifications_of(load_actor(person, now=now)).filter(letter=letter, read_at__isnull=True)
    messages = list(seen.order_by("created_at", "pk"))
    if messages:
        try:
            _mail(letter, person, messages)
        except AddressRefused as refused:
            letter.error = f"Máy chủ thư từ chối địa chỉ {person.email}: {refused}"
            messages = []
    letter.lines = len(messages)
    carried.update(emailed_at=now)
    letter.save(update_fields=["done_at", "lines", "error"])
    return letter.lines


def _wants(person: Person, kind: LetterKind) -> bool:
    chosen = person.urgent_by_mail if kind == LetterKind.URGENT else person.digest_by_mail
    return chosen and bool(person.email) and person.is_active and person.closed_on is None


def _mail(letter: Letter, person: Person, messages: list[Notification]) -> None:
    count = len(messages)
    subject = f"[Đôn đốc] {count} nội dung mới đến ngày {letter.day:%d/%m/%Y}"
    if letter.kind == LetterKind.URGENT:
        subject = f"[Đôn đốc] Gấp: {count} nội dung cần xem ngay"
    identifier = f"dondoc-{person.pk}-{letter.day:%Y%m%d}"
    if letter.kind == LetterKind.URGENT:
        identifier += f"-gap{letter.ordinal}"
    send_plain(person.email, subject, write_letter(letter, person, messages), message_id=f"{identifier}@don-doc")


def write_letter(letter: Letter, person: Person, messages: list[Notification]) -> str:
    """Return the e-mail's plain text: the messages in order of time, with their kinds, and where to read on."""
    urgent = letter.kind == LetterKind.URGENT
    told = f"Đến ngày {letter.day:%d/%m/%Y}, hệ thống Đôn đốc có {len(messages)} nội dung mới gửi ông/bà:"
    if urgent:
        told = f"Hệ thống Đôn đốc có {len(messages)} nội dung cần ông/bà xem ngay:"
    lines = [f"Kính gửi ông/bà {person.full_name},", "", told, ""]
    for message in messages[:MOST_LINES]:
        moment = timezone.localtime(message.created_at)
        lines.append(f"- {moment:%d/%m %H:%M} · {NotificationKind(message.kind).label}: {message.text}")
    if len(messages) > MOST_LINES:
        lines.append(f"- và {len(messages) - MOST_LINES} nội dung khác.")
    lines += ["", "Đề nghị đăng nhập hệ thống để xem và xử lý."]
    if settings.BASE_URL:
        lines.append(f"Thông báo: {settings.BASE_URL}/thong-bao/")
        lines.append(f"Chọn nhận hay không nhận thư này: {settings.BASE_URL}/ho-so/#thu")
    lines.append("Thư này do hệ thống gửi tự động, xin không trả lời.")
    return "\n".join(lines) + "\n"


@action
def choose_letters(email: str, *, digest: bool, urgent: bool, by: Actor, now: datetime) -> None:
    """Set where the acting person's own letters go and which he gets; in the application he is told in any case.

    :raises Invalid: when the address is wrong, or letters are wanted without one.
    """
    person = Person.objects.select_for_update(no_key=True).get(pk=by.person_id)
    address = email.strip()
    try:
        validate_email(address or "a@b.vn")
    except ValidationError:
        raise Invalid.of(email=f"“{address}” không phải một địa chỉ thư.") from None
    if (digest or urgent) and not address:
        raise Invalid.of(email="Hãy ghi địa chỉ thư để nhận thư, hoặc bỏ chọn cả hai loại thư.")
    before = {"email": person.email, "digest": person.digest_by_mail, "urgent": person.urgent_by_mail}
    after = {"email": address, "digest": digest, "urgent": urgent}
    if before == after:
        return
    person.email, person.digest_by_mail, person.urgent_by_mail = address, digest, urgent
    person.save(update_fields=["email", "digest_by_mail", "urgent_by_mail"])
    record_event("person.letters", subject=f"person:{person.pk}", by=by, now=now, before=before, after=after)
