"""Telling people: in the application at once, by e-mail once a working day."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from django.utils import timezone
from django_tasks import task

from workflow.actions.audit import action, current_act
from workflow.adapters.mail import send_plain
from workflow.choices import NotificationKind
from workflow.core.errors import NotFound
from workflow.core.escalation import in_issue_window
from workflow.models import Notification, Person, Task
from workflow.permissions import Actor
from workflow.queries.notification import notifications_of, people_of_any, unmailed
from workflow.queries.rulebook import load_rulebook
from workflow.queries.unit import load_actor

MOST_LINES = 40
"""How many messages one e-mail lists; the rest is only counted."""


@action
def notify(
    person_ids: Iterable[int | None],
    *,
    key: str,
    kind: NotificationKind,
    text: str,
    task: Task | None,
    now: datetime,
    yields: bool = True,
) -> None:
    """Tell each person once, whatever runs twice: one row a person and key, all in one statement.

    A message that `yields` leaves what the person was told under the key as it stands; else it takes its place.
    Nothing is recorded in the trail: a message follows from an act that is. People who may not see the task must not
    be among `person_ids`; `people_of` gives only those who hold a right on its unit.
    """
    people = sorted({person_id for person_id in person_ids if person_id is not None})
    rows = [
        Notification(person_id=person_id, key=key, kind=kind, text=text, task=task, created_at=now)
        for person_id in people
    ]
    if rows and yields:
        Notification.objects.bulk_create(rows, ignore_conflicts=True)
    elif rows:
        Notification.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["person", "key"], update_fields=["kind", "text"]
        )


@action
def tell_of(
    task: Task,
    *,
    heads_of: Iterable[tuple[int | None, str]] = (),
    persons: Iterable[int | None] = (),
    kind: NotificationKind,
    text: str,
    by: Actor | None,
    now: datetime,
    yields: bool = False,
) -> None:
    """Tell those who hold a right on a unit, and named persons, of what just happened to a task.

    One act tells a person of one task once, however many of its parts address him: what happened to the work stands,
    what `yields` (a step was passed, a flow was closed) is for those who were told nothing else. `heads_of` are (unit
    id, codename) pairs. Whoever did it himself is not told.
    """
    day = timezone.localdate(now)
    people = {person_id for person_id in persons if person_id is not None}
    people |= people_of_any(heads_of, day)
    if by is not None:
        people.discard(by.person_id)
    key = f"act:{current_act()}:{task.pk}"
    notify(people, key=key, kind=kind, text=text, task=task, now=now, yields=yields)


@action
def mark_read(notification_id: int | None, *, by: Actor, now: datetime) -> int:
    """Mark one of the person's own messages as read, or all of them (None); return how many were unread.

    :raises NotFound: when the message is not his, or of a task that he may no longer see.
    """
    own = notifications_of(by)
    if notification_id is not None:
        own = own.filter(pk=notification_id)
        if not own.exists():
            raise NotFound
    return own.filter(read_at__isnull=True).update(read_at=now)


@action
def send_digests(*, now: datetime) -> int:
    """Ask for one e-mail to each person who has messages that no e-mail carried yet; return how many were asked for.

    Only in the working hours of a working day (policy `issue_window`), at most one a person a day: outside it does
    nothing and the next call in working hours takes up what waits. The jobs are enqueued in this transaction.
    """
    rulebook = load_rulebook()
    day = timezone.localdate(now)
    if not in_issue_window(now, rulebook.calendar, rulebook.policies.on(day)):
        return 0
    had = Notification.objects.filter(emailed_at__gte=_day_begins(now)).values("person_id")
    waiting = unmailed(now).exclude(person_id__in=had).order_by("person_id")
    people = list(waiting.values_list("person_id", flat=True).distinct())
    for person_id in people:
        deliver_digest.enqueue(person_id, now.isoformat())
    return len(people)


@task()
def deliver_digest(person_id: int, moment: str) -> int:
    """Run as a job: send the person's digest as of the moment (ISO); run again, it sends nothing more."""
    return mail_digest(person_id, now=datetime.fromisoformat(moment))


@action
def mail_digest(person_id: int, *, now: datetime) -> int:
    """Send one person's unmailed messages in one e-mail and mark them; return how many it carried.

    Nothing is sent when the person had an e-mail that day already. Messages of tasks that the person may no longer
    see are left out; they are marked too, since nothing waits for them any more. The mail goes out before the commit:
    killed in between, the same message (same Message-ID) is sent again rather than lost.

    :raises OSError: when the mail server can't be reached; the job is then tried again on the next call.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    if Notification.objects.filter(person=person, emailed_at__gte=_day_begins(now)).exists():
        return 0
    waiting = list(unmailed(now).filter(person=person).values_list("pk", flat=True))
    seen = notifications_of(load_actor(person, now=now)).filter(pk__in=waiting)
    messages = list(seen.order_by("created_at", "pk"))
    Notification.objects.filter(pk__in=waiting).update(emailed_at=now)
    if messages:
        day = timezone.localdate(now)
        send_plain(
            person.email,
            f"[Đôn đốc] {len(messages)} nội dung mới đến ngày {day:%d/%m/%Y}",
            write_digest(person, messages, day),
            message_id=f"dondoc-{person.pk}-{day:%Y%m%d}@don-doc",
        )
    return len(messages)


def write_digest(person: Person, messages: list[Notification], day: date) -> str:
    """Return the e-mail's plain text: the messages in order of time, with their kinds."""
    lines = [
        f"Kính gửi ông/bà {person.full_name},",
        "",
        f"Đến ngày {day:%d/%m/%Y}, hệ thống Đôn đốc có {len(messages)} nội dung mới gửi ông/bà:",
        "",
    ]
    for message in messages[:MOST_LINES]:
        told = timezone.localtime(message.created_at)
        lines.append(f"- {told:%d/%m %H:%M} · {NotificationKind(message.kind).label}: {message.text}")
    if len(messages) > MOST_LINES:
        lines.append(f"- và {len(messages) - MOST_LINES} nội dung khác.")
    lines += ["", "Đề nghị đăng nhập hệ thống để xem và xử lý.", "Thư này do hệ thống gửi tự động, xin không trả lời."]
    return "\n".join(lines) + "\n"


def _day_begins(now: datetime) -> datetime:
    return timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
