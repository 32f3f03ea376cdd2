"""Small makers of real rows for tests: no mocks, the same tables and actions as the product."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from contextvars import copy_context
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from typing import TypeVar
from zoneinfo import ZoneInfo

from workflow.actions.task import create_tasks
from workflow.choices import DocumentKind, EscalationStatus, Ladder, Role, TaskKind, TaskOrigin, UnitKind
from workflow.models import AuditEvent, Document, Escalation, Membership, Person, Reminder, Rule, Task, Unit
from workflow.permissions import ROLE_GRANTS, Actor, Scope
from workflow.queries.unit import load_actor

T = TypeVar("T")

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_numbers = count(1)

MONDAY = date(2022, 10, 3)
"""A plain working Monday, with no holiday for weeks around it."""


def at(day: date, clock: str = "09:00") -> datetime:
    """Return a local moment of a day."""
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), ZONE)  # noqa: DTZ007 -- zone is given


def carried(job: Callable[[], T]) -> Callable[[], T]:
    """Return the job bound to the context it is made in, for a thread: by itself a thread stands outside any node."""
    context = copy_context()
    return lambda: context.run(job)


def make_unit(code: str, kind: UnitKind = UnitKind.DIVISION, **columns: object) -> Unit:
    """Make or return a unit."""
    columns.setdefault("name", f"Đơn vị {code}")
    columns.setdefault("abbreviation", code)
    columns.setdefault("valid_from", date(2020, 1, 1))
    unit, _made = Unit.objects.get_or_create(code=code, defaults={"kind": kind, **columns})
    return unit


def _new_person(name: str = "", **columns: object) -> Person:
    number = next(_numbers)
    return Person(username=f"nguoi{number}", full_name=name or f"Nguyễn Văn Mẫu {number}", password="!", **columns)


def make_person(name: str = "", **columns: object) -> Person:
    """Make a person with an unusable password."""
    person = _new_person(name, **columns)
    person.save(force_insert=True)
    return person


def grants_of(role: Role, unit: Unit, among: Iterable[Unit] | None = None) -> frozenset[tuple[int, str]]:
    """Return what one role in one unit is granted, by the table of permissions.py alone; `among` are all units."""
    rows = {row.pk: row for row in (Unit.objects.all() if among is None else among)}
    office = {row.pk for row in rows.values() if row.kind == UnitKind.OFFICE}

    def above(row: Unit | None) -> set[int]:
        found = set()
        while row is not None:
            found.add(row.pk)
            row = rows.get(row.parent_id)
        return found

    held: dict[Scope, set[int]] = {
        Scope.ALL: set(rows),
        Scope.OWN: {row.pk for row in rows.values() if unit.pk in above(row)},
        Scope.OFFICE: {row.pk for row in rows.values() if office & above(row)},
        Scope.NOT_OFFICE: {row.pk for row in rows.values() if not office & above(row)},
    }
    return frozenset((pk, codename) for codename, scope in ROLE_GRANTS[role].items() for pk in held[scope])


def make_actor(role: Role, unit: Unit, *, person: Person | None = None, name: str = "") -> Actor:
    """Make a person with one membership and return him as an acting person with that role's rights of now."""
    person = person or make_person(name)
    Membership.objects.get_or_create(
        person=person, unit=unit, role=role, valid_from=date(2020, 1, 1), defaults={"position": Role(role).label}
    )
    return _acting(person, role, unit, grants_of(role, unit))


def _acting(person: Person, role: Role, unit: Unit, grants: frozenset[tuple[int, str]]) -> Actor:
    return Actor(person.pk, person.full_name, Role(role).label, unit.pk, unit.name, grants)


@dataclass
class House:
    """A small department: two divisions, the office, leaders, one outside body, and one person a role."""

    department: Unit
    office: Unit
    division: Unit
    other: Unit
    leadership: Unit
    province: Unit
    body: Unit
    silent_body: Unit
    head: Actor
    member: Actor
    stranger: Actor
    other_head: Actor
    reviewer: Actor
    chief: Actor
    office_member: Actor
    clerk: Actor
    leader: Actor
    inspector: Actor
    admin: Actor
    outsider: Actor
    extra: dict[str, Actor] = field(default_factory=dict)


INSIDE = ("office", "division", "other", "leadership")
"""The units of the small department that stand inside it, by the field of `House`."""

UNITS = {
    "province": ("UBND", UnitKind.PROVINCE, "Ủy ban nhân dân tỉnh Khánh Hòa"),
    "department": ("SKHDT", UnitKind.DEPARTMENT, "Sở Kế hoạch và Đầu tư"),
    "office": ("VP", UnitKind.OFFICE, "Văn phòng Sở"),
    "division": ("P-A", UnitKind.DIVISION, "Phòng Một"),
    "other": ("P-B", UnitKind.DIVISION, "Phòng Hai"),
    "leadership": ("LDS", UnitKind.LEADERSHIP, "Lãnh đạo Sở"),
    "body": ("STC", UnitKind.OUTSIDE, "Sở Tài chính"),
    "silent_body": ("SXD", UnitKind.OUTSIDE, "Sở Xây dựng"),
}
"""The units of the small department: code, kind, name."""

PLACES = {
    "head": (Role.UNIT_HEAD, "division"),
    "member": (Role.SPECIALIST, "division"),
    "stranger": (Role.SPECIALIST, "other"),
    "other_head": (Role.UNIT_HEAD, "other"),
    "reviewer": (Role.OFFICE_REVIEWER, "office"),
    "chief": (Role.OFFICE_CHIEF, "office"),
    "office_member": (Role.SPECIALIST, "office"),
    "clerk": (Role.CLERK, "office"),
    "leader": (Role.LEADER, "leadership"),
    "inspector": (Role.INSPECTOR, "department"),
    "admin": (Role.ADMIN, "department"),
    "outsider": (Role.EXTERNAL, "body"),
}
"""The persons of the small department: role and unit."""

PERSON_NAMES = tuple(PLACES)
"""The persons of the small department, by the field of `House` that holds each."""


def make_house() -> House:
    """Make the small department; thousands of tests begin with it, so each table is written in one or two statements.

    A unit that is there already is taken as it is.
    """
    there = Unit.objects.in_bulk([code for code, _kind, _name in UNITS.values()], field_name="code")
    for wave in (tuple(UNITS)[:2], tuple(UNITS)[2:]):
        missing = [_new_unit(field, there) for field in wave if UNITS[field][0] not in there]
        there |= {unit.code: unit for unit in Unit.objects.bulk_create(missing)}
    units = {field: there[code] for field, (code, _kind, _name) in UNITS.items()}
    people = Person.objects.bulk_create([_new_person() for _name in PLACES])
    Membership.objects.bulk_create(
        Membership(person=person, unit=units[field], role=role, position=role.label, valid_from=date(2020, 1, 1))
        for person, (role, field) in zip(people, PLACES.values(), strict=True)
    )
    among = list(Unit.objects.all())
    actors = {
        name: _acting(person, role, units[field], grants_of(role, units[field], among))
        for person, (name, (role, field)) in zip(people, PLACES.items(), strict=True)
    }
    return House(**units, **actors)


def _new_unit(field: str, there: dict[str, Unit]) -> Unit:
    code, kind, name = UNITS[field]
    return Unit(
        code=code,
        kind=kind,
        name=name,
        abbreviation="SKHĐT" if field == "department" else code,
        parent=there[UNITS["department"][0]] if field in INSIDE else None,
        valid_from=date(2020, 1, 1),
    )


def make_task(house: House, *, now: datetime | None = None, **columns: object) -> Task:
    """Make one task of the first division, due on Friday 14/10/2022 unless said otherwise."""
    number = next(_numbers)
    columns.setdefault("code", f"T{number}")
    columns.setdefault("title", f"Việc số {number}")
    columns.setdefault("kind", TaskKind.PLAN)
    columns.setdefault("origin", TaskOrigin.PLAN)
    columns.setdefault("ladder", Ladder.A)
    columns.setdefault("rule_year", 2022)
    columns.setdefault("unit", house.division)
    columns.setdefault("host_unit", house.office)
    columns.setdefault("due_on", date(2022, 10, 14))
    columns.setdefault("due_first", columns["due_on"])
    columns.setdefault("last_day", columns["due_on"])
    [task] = create_tasks([Task(**columns)], by=None, now=now or at(MONDAY))
    return task


def events_of(task: Task) -> list[dict[str, object]]:
    """Return the task's events in order, as the trail holds them."""
    return [json.loads(event.body) for event in AuditEvent.objects.filter(task_id=task.pk).order_by("seq")]


def last_event(task: Task) -> dict[str, object]:
    """Return the task's newest event."""
    return events_of(task)[-1]


def event_names(task: Task) -> list[str]:
    """Return the names of the task's events after its creation."""
    return [str(event["name"]) for event in events_of(task)[1:]]


def in_place_of(delegate: Actor, principal: Actor) -> Actor:
    """Return the delegate acting in the principal's place, with the principal's rights."""
    return replace(
        delegate,
        grants=principal.grants,
        capacity="KT.",
        delegation_id=1,
        principal_id=principal.person_id,
        principal_name=principal.name,
    )


def make_superuser() -> Actor:
    """Make a superuser who holds no place in any unit, as the application loads him."""
    person = make_person("Nguyễn Văn Mẫu Siêu", is_superuser=True, is_staff=True)
    return load_actor(person, now=at(MONDAY))


def strangers_of(house: House) -> list[Actor]:
    """Return persons who may not see the first division's work: another unit's, an administrator, a superuser."""
    return [house.stranger, house.other_head, house.outsider, house.admin, make_superuser()]


def make_rule(code: str = "R-MAU", effect: str = "remind") -> Rule:
    """Make one rule row that no ladder looks at (no conditions hold for the year 1990)."""
    rule, _made = Rule.objects.get_or_create(
        code=code,
        plan_year=1990,
        effect=effect,
        version=1,
        defaults={"title": "Quy tắc mẫu", "basis": "mẫu", "valid_from": date(1990, 1, 1)},
    )
    return rule


def make_draft_document(task: Task) -> Document:
    """Make one draft letter of the task."""
    return Document.objects.create(
        task=task, kind=DocumentKind.LETTER, symbol="SKHĐT-VP", subject="Mẫu", body="Mẫu", drafted_at=at(MONDAY)
    )


def make_drafted_reminder(task: Task) -> Reminder:
    """Make the first reminder of the task's round as a draft, with the task's flag set."""
    Task.objects.filter(pk=task.pk).update(reminder_drafted=True)
    return Reminder.objects.create(
        task=task,
        round=task.round,
        ordinal=1,
        document=make_draft_document(task),
        rule=make_rule(),
        drafted_at=at(MONDAY),
    )


def make_duty(task: Task, status: EscalationStatus = EscalationStatus.DUTY) -> Escalation:
    """Make the round's duty to report to UBND tỉnh, with its draft document."""
    return Escalation.objects.create(
        task=task,
        round=task.round,
        status=status,
        rule=make_rule(effect="escalate"),
        document=make_draft_document(task),
        raised_at=at(MONDAY),
    )
