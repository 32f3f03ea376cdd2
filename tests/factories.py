"""Small makers of real rows for tests: no mocks, the same tables and actions as the product."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import count
from zoneinfo import ZoneInfo

from workflow.actions.task import create_tasks
from workflow.choices import DocumentKind, EscalationStatus, Ladder, Role, TaskKind, TaskOrigin, UnitKind
from workflow.models import AuditEvent, Document, Escalation, Membership, Person, Reminder, Rule, Task, Unit
from workflow.permissions import ROLE_GRANTS, Actor, Scope
from workflow.queries.unit import load_actor

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
_numbers = count(1)

MONDAY = date(2022, 10, 3)
"""A plain working Monday, with no holiday for weeks around it."""


def at(day: date, clock: str = "09:00") -> datetime:
    """Return a local moment of a day."""
    return datetime.combine(day, datetime.strptime(clock, "%H:%M").time(), ZONE)  # noqa: DTZ007 -- zone is given


def make_unit(code: str, kind: UnitKind = UnitKind.DIVISION, **columns: object) -> Unit:
    """Make or return a unit."""
    columns.setdefault("name", f"Đơn vị {code}")
    columns.setdefault("abbreviation", code)
    columns.setdefault("valid_from", date(2020, 1, 1))
    unit, _made = Unit.objects.get_or_create(code=code, defaults={"kind": kind, **columns})
    return unit


def make_person(name: str = "", **columns: object) -> Person:
    """Make a person with an unusable password."""
    number = next(_numbers)
    return Person.objects.create(
        username=f"nguoi{number}", full_name=name or f"Nguyễn Văn Mẫu {number}", password="!", **columns
    )


def grants_of(role: Role, unit: Unit) -> frozenset[tuple[int, str]]:
    """Return what one role in one unit is granted, by the table of permissions.py alone."""
    rows = {row.pk: row for row in Unit.objects.all()}

    def inside(row: Unit, roots: set[int]) -> bool:
        while row is not None:
            if row.pk in roots:
                return True
            row = rows.get(row.parent_id)
        return False

    office = {row.pk for row in rows.values() if row.kind == UnitKind.OFFICE}
    grants = set()
    for codename, scope in ROLE_GRANTS[role].items():
        for row in rows.values():
            held = {
                Scope.ALL: True,
                Scope.OWN: inside(row, {unit.pk}),
                Scope.OFFICE: inside(row, office),
                Scope.NOT_OFFICE: not inside(row, office),
            }[scope]
            if held:
                grants.add((row.pk, codename))
    return frozenset(grants)


def make_actor(role: Role, unit: Unit, *, person: Person | None = None, name: str = "") -> Actor:
    """Make a person with one membership and return him as an acting person with that role's rights of now."""
    person = person or make_person(name)
    Membership.objects.get_or_create(
        person=person, unit=unit, role=role, valid_from=date(2020, 1, 1), defaults={"position": Role(role).label}
    )
    return Actor(person.pk, person.full_name, Role(role).label, unit.pk, unit.name, grants_of(role, unit))


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


PERSON_NAMES = (
    "head",
    "member",
    "stranger",
    "other_head",
    "reviewer",
    "chief",
    "office_member",
    "clerk",
    "leader",
    "inspector",
    "admin",
    "outsider",
)
"""The persons of the small department, by the field of `House` that holds each."""


def make_house() -> House:
    """Make the small department."""
    province = make_unit("UBND", UnitKind.PROVINCE, name="Ủy ban nhân dân tỉnh Khánh Hòa")
    department = make_unit("SKHDT", UnitKind.DEPARTMENT, name="Sở Kế hoạch và Đầu tư", abbreviation="SKHĐT")
    office = make_unit("VP", UnitKind.OFFICE, name="Văn phòng Sở", parent=department)
    division = make_unit("P-A", name="Phòng Một", parent=department)
    other = make_unit("P-B", name="Phòng Hai", parent=department)
    leadership = make_unit("LDS", UnitKind.LEADERSHIP, name="Lãnh đạo Sở", parent=department)
    body = make_unit("STC", UnitKind.OUTSIDE, name="Sở Tài chính")
    silent = make_unit("SXD", UnitKind.OUTSIDE, name="Sở Xây dựng")
    return House(
        department=department,
        office=office,
        division=division,
        other=other,
        leadership=leadership,
        province=province,
        body=body,
        silent_body=silent,
        head=make_actor(Role.UNIT_HEAD, division),
        member=make_actor(Role.SPECIALIST, division),
        stranger=make_actor(Role.SPECIALIST, other),
        other_head=make_actor(Role.UNIT_HEAD, other),
        reviewer=make_actor(Role.OFFICE_REVIEWER, office),
        chief=make_actor(Role.OFFICE_CHIEF, office),
        office_member=make_actor(Role.SPECIALIST, office),
        clerk=make_actor(Role.CLERK, office),
        leader=make_actor(Role.LEADER, leadership),
        inspector=make_actor(Role.INSPECTOR, department),
        admin=make_actor(Role.ADMIN, department),
        outsider=make_actor(Role.EXTERNAL, body),
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
