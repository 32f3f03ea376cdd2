"""Trích xuất nhật ký: the events that an inspector looks at, as they are printed."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Field, Model
from django.utils import timezone

from workflow.core.eventname import DETAIL_LABELS, EVENT_LABELS
from workflow.core.register import say_day, say_moment
from workflow.core.replay import CREATE
from workflow.core.trailextract import ExtractRow, TrailExtract
from workflow.models import AuditCheckpoint, Document, Person, Plan, Proposal, Task, Unit
from workflow.permissions import Actor
from workflow.queries.document import head_on
from workflow.queries.trail.timeline import say_plain
from workflow.queries.traillist import Entry, Sought, read_trail

MOST_ROWS = 500
"""How many events one extract holds: it is printed while the person waits, a second for sixty events."""

HASH_START = 12
LONGEST_VALUE = 300
MOST_LINES = 20

TABLES: dict[str, type[Model]] = {
    "document": Document,
    "person": Person,
    "plan": Plan,
    "proposal": Proposal,
    "task": Task,
    "unit": Unit,
}
"""The table that each sort of chain is about: its columns have Vietnamese names."""


def extract_trail(sought: Sought, *, asked_by: Actor, now: datetime) -> TrailExtract:
    """Return what is printed of the events sought, oldest first; of more than `MOST_ROWS` the newest ones.

    Permission and logging are the caller's.
    """
    found = read_trail(sought, most=MOST_ROWS + 1)
    local = timezone.localtime(now)
    head = head_on(local.date())
    unit = f", {asked_by.unit_name}" if asked_by.unit_name else ""
    return TrailExtract(
        parent_name=head.parent_name,
        name=head.name,
        scope=scope_words(sought),
        asked_by=asked_by.name,
        asked_position=f"{asked_by.position}{unit}",
        asked_at=local,
        checkpoint=_checkpoint_line(now),
        rows=tuple(_row(entry) for entry in reversed(found[:MOST_ROWS])),
        more=len(found) > MOST_ROWS,
    )


def scope_words(sought: Sought) -> tuple[str, ...]:
    """Return what is sought, a line each; everything when nothing was narrowed."""
    lines = []
    if sought.task:
        lines.append(f"Nhiệm vụ có mã: {sought.task}")
    if sought.person:
        lines.append(f"Người: {sought.person}")
    if sought.name:
        lines.append(f"Sự kiện: {EVENT_LABELS.get(sought.name, sought.name)}")
    if sought.since is not None:
        lines.append(f"Từ ngày {say_day(sought.since)}")
    if sought.until is not None:
        lines.append(f"Đến hết ngày {say_day(sought.until)}")
    return tuple(lines) or ("Toàn bộ nhật ký",)


def _checkpoint_line(now: datetime) -> str:
    """Return which checkpoint was the newest; the text after "mã" is what `verify_audit --noted` takes."""
    found = AuditCheckpoint.objects.filter(made_at__lte=now).order_by("-number").first()
    if found is None:
        return "Chưa có điểm chốt nhật ký nào trước thời điểm trích xuất."
    moment = say_moment(timezone.localtime(found.made_at))
    return f"Điểm chốt nhật ký gần nhất: số {found.number}, lúc {moment}, mã {found.number}:{found.hash}"


def _row(entry: Entry) -> ExtractRow:
    position = ", ".join(part for part in (entry.position, entry.unit) if part)
    subject = f"Nhiệm vụ {entry.task_code}" if entry.task_code else entry.place
    return ExtractRow(
        at=timezone.localtime(entry.at),
        actor=f"{entry.actor} ({entry.capacity})" if entry.capacity else entry.actor,
        place=position,
        act=entry.label,
        subject=f"{subject}, bản ghi thứ {entry.seq}",
        content=_content(entry),
        hash_start=entry.hash[:HASH_START],
    )


def _content(entry: Entry) -> tuple[str, ...]:
    sort = entry.chain.partition(":")[0]
    changes = [change for change in entry.changes if entry.name != CREATE or change[0] in {"title", "due_on"}]
    lines = [_change(_field(sort, column), column, old, new) for column, old, new in changes]
    lines += [f"{label}: {_say(value)}" for label, value in entry.details]
    if entry.clause:
        lines.append(f"Căn cứ: {_say(entry.clause)}")
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"… và {len(lines) - MOST_LINES} mục khác"]
    return tuple(lines)


def _field(sort: str, column: str) -> Field[object, object] | None:
    table = TABLES.get(sort)
    fields = table._meta.concrete_fields if table is not None else ()
    return next((field for field in fields if column in (field.attname, field.name)), None)


def _change(field: Field[object, object] | None, column: str, old: str, new: str) -> str:
    """Return what changed, by the Vietnamese names of the column and of its stored words where its table has them."""
    if field is None:
        return f"{DETAIL_LABELS.get(column, column)}: {_say(old)} → {_say(new)}"
    named = str(field.verbose_name)
    words = {str(value): str(label) for value, label in field.flatchoices}
    return f"{named[:1].upper()}{named[1:]}: {_say(words.get(old, old))} → {_say(words.get(new, new))}"


def _say(value: str) -> str:
    said = " ".join(say_plain(value).split())
    return said if len(said) <= LONGEST_VALUE else f"{said[:LONGEST_VALUE]}… (rút gọn)"
