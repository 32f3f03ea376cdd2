"""One task's trail for people: its columns at a past moment, and its events as a timeline."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Field

from workflow.core.errors import NotFound
from workflow.core.eventname import DETAIL_LABELS, event_headline
from workflow.core.hashchain import Plain
from workflow.core.replay import CREATE, read_body, read_moment, rebuild
from workflow.core.rulebook import ZONE
from workflow.models import AuditEvent, Person, Plan, PlanItem, Task, Unit
from workflow.permissions import INSPECT, Actor
from workflow.queries.task import may_see
from workflow.queries.trail.tracked import TRACKED

NAMED_TABLES = {"unit_id": Unit, "host_unit_id": Unit, "assignee_id": Person, "plan_id": Plan, "item_id": PlanItem}
HIDDEN_COLUMNS = frozenset({"parent_id", "quarantine_error"})
"""Columns that a timeline leaves out: another task, which the reader may not see, and the text of a failure."""

UNSEEN = "(trống)"


@dataclass(frozen=True, slots=True)
class Change:
    """One column that an event changed, as a person reads it."""

    column: str
    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """One event of a task as a person reads it. `address` and `hash` are filled only for who may inspect the trail."""

    seq: int
    name: str
    label: str
    at: datetime
    actor: str
    position: str
    unit: str
    capacity: str
    in_place_of: str
    clause: str
    changes: tuple[Change, ...]
    details: tuple[tuple[str, str], ...]
    address: str = ""
    hash: str = ""


def task_bodies(task_id: int) -> Iterator[str]:
    """Return the bodies of a task's events in order."""
    events = AuditEvent.objects.filter(chain=f"task:{task_id}").order_by("seq")
    return events.values_list("body", flat=True).iterator()


def task_at(task_id: int, moment: datetime) -> dict[str, Plain]:
    """Return a task's columns at a past moment, rebuilt from its trail alone; empty when it did not exist yet.

    A column that is not named is empty.

    :raises core.replay.ReplayBreak: when the trail does not hold together.
    """
    return rebuild(task_bodies(task_id), until=moment, tracked=frozenset(TRACKED))


def task_events(task: Task, actor: Actor) -> list[TimelineEntry]:
    """Return a task's events for its timeline, oldest first, in at most five queries.

    Everybody who sees the task reads who did what, when, on which clause, and the columns changed; details without a
    Vietnamese label, network addresses and hashes are for who may inspect the trail.

    :raises NotFound: when the person may not see the task.
    """
    if not may_see(actor, task):
        raise NotFound
    rows = AuditEvent.objects.filter(chain=f"task:{task.pk}").order_by("seq").values_list("body", "hash")
    bodies = [(read_body(body), digest) for body, digest in rows]
    names = _names([body for body, _digest in bodies])
    inspects = actor.holds(INSPECT)
    return [_entry(body, digest if inspects else "", names, inspects=inspects) for body, digest in bodies]


def _entry(
    body: dict[str, Plain], digest: str, names: Mapping[tuple[str, int], str], *, inspects: bool
) -> TimelineEntry:
    name, who = str(body["name"]), _mapping(body, "actor")
    principal = _mapping(who, "in_place_of")
    return TimelineEntry(
        seq=int(str(body["seq"])),
        name=name,
        label=event_headline(name, _mapping(body, "details")),
        at=read_moment(body).astimezone(ZONE),
        actor=str(who.get("name") or ""),
        position=str(who.get("position") or ""),
        unit=str(who.get("unit") or ""),
        capacity=str(who.get("capacity") or ""),
        in_place_of=str(principal.get("name") or ""),
        clause=str(body.get("clause") or ""),
        changes=() if name == CREATE else tuple(_changes(body, names)),
        details=tuple(_details(_mapping(body, "details"), everything=inspects)),
        address=str(who.get("address") or "") if inspects else "",
        hash=digest,
    )


def _mapping(body: Mapping[str, Plain], key: str) -> dict[str, Plain]:
    found = body.get(key)
    return found if isinstance(found, dict) else {}


def _changes(body: Mapping[str, Plain], names: Mapping[tuple[str, int], str]) -> Iterator[Change]:
    before, after = _mapping(body, "before"), _mapping(body, "after")
    for column in TRACKED:
        if column in after and column not in HIDDEN_COLUMNS:
            yield Change(
                column,
                column_label(column),
                _say(column, before.get(column), names),
                _say(column, after[column], names),
            )


def _details(details: Mapping[str, Plain], *, everything: bool) -> Iterator[tuple[str, str]]:
    for key, value in details.items():
        if (key in DETAIL_LABELS or everything) and value not in (None, "", [], {}):
            yield DETAIL_LABELS.get(key, key), say_plain(value)


def _names(bodies: Sequence[Mapping[str, Plain]]) -> dict[tuple[str, int], str]:
    """Return what the keys in the changes are called, in one query a table that is mentioned."""
    wanted: dict[str, set[int]] = {column: set() for column in NAMED_TABLES}
    for body in bodies[1:]:
        for side in ("before", "after"):
            for column, value in _mapping(body, side).items():
                if column in wanted and isinstance(value, int):
                    wanted[column].add(value)
    names: dict[tuple[str, int], str] = {}
    for table in (Unit, Person, Plan, PlanItem):
        columns = [column for column, model in NAMED_TABLES.items() if model is table]
        keys = set().union(*(wanted[column] for column in columns))
        if keys:
            found = {row.pk: row for row in table._default_manager.filter(pk__in=keys)}
            names |= {
                (column, key): _called(found[key]) for column in columns for key in wanted[column] if key in found
            }
    return names


def _called(row: object) -> str:
    return row.code if isinstance(row, PlanItem) else str(row)


def column_label(column: str) -> str:
    """Return the Vietnamese name of a task's column."""
    field = _field(column)
    return str(field.verbose_name)


def _field(column: str) -> Field[object, object]:
    return next(field for field in Task._meta.concrete_fields if field.attname == column)


def _say(column: str, value: Plain, names: Mapping[tuple[str, int], str]) -> str:
    if isinstance(value, int) and (column, value) in names:
        return names[column, value]
    choices = dict(_field(column).flatchoices)
    return str(choices[value]) if not isinstance(value, list | dict) and value in choices else say_plain(value)


def say_plain(value: Plain) -> str:
    """Return a stored value as a person reads it: có/không, dates as dd/mm/yyyy, moments in local time."""
    if isinstance(value, bool):
        return "có" if value else "không"
    if value is None or value == "":
        return UNSEEN
    if isinstance(value, list):
        return ", ".join(say_plain(item) for item in value)
    if isinstance(value, dict):
        return "; ".join(f"{key}: {say_plain(item)}" for key, item in value.items())
    return _say_text(value) if isinstance(value, str) else str(value)


def _say_text(text: str) -> str:
    try:
        if len(text) == 10:
            return f"{date.fromisoformat(text):%d/%m/%Y}"
        if text[10:11] == "T":
            return f"{datetime.fromisoformat(text).astimezone(ZONE):%H:%M %d/%m/%Y}"
    except ValueError:
        return text
    return text
