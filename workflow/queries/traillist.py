"""Nhật ký for the inspector: events by task, person, name and dates, newest first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from workflow.core.escalation import start_of
from workflow.core.eventname import DETAIL_LABELS, event_headline
from workflow.core.fold import fold
from workflow.models import AuditEvent, Person, Task

PAGE = 50
CHAIN_WORDS = {
    "approval": "Hồ sơ phê duyệt",
    "calendar": "Lịch làm việc",
    "document": "Văn bản",
    "inspection": "Tra cứu nhật ký",
    "login": "Đăng nhập",
    "person": "Người dùng",
    "plan": "Kế hoạch",
    "policy": "Chính sách",
    "proposal": "Đề xuất",
    "register": "Sổ văn bản đi",
    "rule": "Quy tắc",
    "task": "Nhiệm vụ",
    "unit": "Đơn vị",
}
"""What each sort of chain is about, as a person calls it."""
MOST_PERSONS = 200


@dataclass(frozen=True, slots=True)
class Sought:
    """What an inspector looks for; "" and None mean everything."""

    task: str = ""
    person: str = ""
    name: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One event as it is read."""

    pk: int
    at: datetime
    name: str
    label: str
    chain: str
    place: str
    seq: int
    task_id: int | None
    task_code: str
    actor: str
    position: str
    unit: str
    capacity: str
    address: str
    clause: str
    changes: list[tuple[str, str, str]]
    details: list[tuple[str, str]]
    hash: str


@dataclass(frozen=True, slots=True)
class TrailPage:
    """One page of events, and the id after which the next one begins (None at the end)."""

    rows: list[Entry]
    after: int | None


def search_trail(sought: Sought, *, after: int | None = None) -> TrailPage:
    """Return a page of events, newest first (at most four queries). Permission and logging are the caller's."""
    found = read_trail(sought, most=PAGE + 1, after=after)
    shown = found[:PAGE]
    return TrailPage(shown, shown[-1].pk if len(found) > PAGE else None)


def read_trail(sought: Sought, *, most: int, after: int | None = None) -> list[Entry]:
    """Return at most `most` events, newest first, older than the event `after` (at most four queries)."""
    rows = _narrow(AuditEvent.objects.order_by("-id"), sought)
    if after is not None:
        rows = rows.filter(id__lt=after)
    found = list(rows[:most])
    codes = dict(Task.objects.filter(pk__in={row.task_id for row in found if row.task_id}).values_list("pk", "code"))
    return [_entry(row, codes) for row in found]


def _narrow(rows: QuerySet[AuditEvent], sought: Sought) -> QuerySet[AuditEvent]:
    if sought.task:
        rows = rows.filter(task_id__in=Task.objects.filter(code__iexact=sought.task.strip()).values("pk"))
    if sought.person:
        rows = rows.filter(actor_id__in=_persons_named(sought.person))
    if sought.name:
        rows = rows.filter(name__startswith=sought.name)
    if sought.since is not None:
        rows = rows.filter(occurred_at__gte=start_of(sought.since))
    if sought.until is not None:
        rows = rows.filter(occurred_at__lt=start_of(sought.until + timedelta(days=1)))
    return rows


def _persons_named(text: str) -> list[int]:
    """Return the people whose folded name or account holds every word."""
    words = fold(text).split()
    people = Person.objects.values_list("pk", "full_name", "username")
    found = [pk for pk, name, username in people if all(word in fold(f"{name} {username}") for word in words)]
    return found[:MOST_PERSONS]


def _entry(row: AuditEvent, codes: Mapping[int, str]) -> Entry:
    body = json.loads(row.body)
    actor = body.get("actor", {})
    before, after = body.get("before", {}), body.get("after", {})
    return Entry(
        pk=row.pk,
        at=row.occurred_at,
        name=row.name,
        label=event_headline(row.name, body.get("details", {})),
        chain=row.chain,
        place=_place(row.chain),
        seq=row.seq,
        task_id=row.task_id,
        task_code=codes.get(row.task_id, "") if row.task_id is not None else "",
        actor=str(actor.get("name", "")),
        position=str(actor.get("position", "")),
        unit=str(actor.get("unit", "")),
        capacity=str(actor.get("capacity", "")),
        address=str(actor.get("address", "")),
        clause=str(body.get("clause", "")),
        changes=[(key, _say(before.get(key)), _say(after.get(key))) for key in {**before, **after}],
        details=[(DETAIL_LABELS.get(key, key), _say(value)) for key, value in body.get("details", {}).items()],
        hash=row.hash,
    )


def _place(chain: str) -> str:
    sort, _colon, key = chain.partition(":")
    return f"{CHAIN_WORDS.get(sort, sort)} {key}".strip()


def _say(value: object) -> str:
    if value is None or value == "":
        return "(trống)"
    if isinstance(value, bool):
        return "có" if value else "không"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
