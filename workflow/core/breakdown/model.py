"""What a plan is broken down with, and into what."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date

from workflow.core.deadline import Roll
from workflow.core.workday import WorkCalendar

PLAN, REPORT, SUPPORT, HANDOFF = "plan", "report", "support", "handoff"
ASSIGNED, WAITING_EVENT, REVIEWED = "assigned", "waiting_event", "reviewed"


@dataclass(frozen=True, slots=True, order=True)
class UnitRef:
    """One concrete unit."""

    code: str
    name: str
    pk: int


Resolver = Callable[[str], tuple[UnitRef, ...]]
"""A unit code → the concrete units that it stands for; nothing for a body that is named case by case."""


@dataclass(frozen=True, slots=True)
class DutyReading:
    """How one reporting duty becomes report tasks, and which bullet they stand in place of ("II.1.8/1")."""

    code: str
    period: str
    title: str
    reason: str
    bullet: str = ""
    same_as: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """The document by which a row was fulfilled before the plan was issued."""

    number: str
    issued_on: date
    reason: str


@dataclass(frozen=True, slots=True)
class Readings:
    """The choices made in reading the plans (workflow/seeds/readings.yaml), each with its reason."""

    rollups: Mapping[str, str] = field(default_factory=dict)
    fulfilled: Mapping[tuple[str, str], Fulfilled] = field(default_factory=dict)
    duties: tuple[DutyReading, ...] = ()
    without_tasks: Mapping[str, str] = field(default_factory=dict)
    standing: frozenset[str] = frozenset()
    standing_basis: str = ""


@dataclass(frozen=True, slots=True)
class Terms:
    """What turns words into dates: the calendar and the policies in force on the day of activation."""

    calendar: WorkCalendar
    bound_excluded: bool = True
    roll: Roll = Roll.BACK
    keep_standing: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskDraft:
    """One task to be made; `parent_code` is the code of the draft under which it stands."""

    code: str
    title: str
    kind: str
    state: str = ASSIGNED
    item_code: str = ""
    bullet_ordinal: int | None = None
    clause: str
    product: str = ""
    parent_code: str = ""
    sequence: int = 0
    unit: UnitRef | None
    host: UnitRef
    timeline_text: str = ""
    due_basis: str = ""
    start_on: date | None = None
    last_day: date | None = None
    due_on: date | None = None
    period_start: date | None = None
    confirm_monthly: bool = False
    event_text: str = ""
    fulfilled: Fulfilled | None = None


@dataclass(frozen=True, slots=True, order=True)
class Resolution:
    """The unit that a lead or support code of a bullet was resolved to."""

    item_code: str
    ordinal: int
    stands_for: str
    unit: UnitRef
    leads: bool


@dataclass(frozen=True, slots=True)
class Breakdown:
    """All that a plan's activation makes; `silent` says why a bullet or a duty makes nothing."""

    tasks: tuple[TaskDraft, ...]
    resolutions: tuple[Resolution, ...]
    silent: tuple[tuple[str, str], ...]
