"""The stage of a rehearsed year: its cast and calendar, and one act of one person at one moment.

Whatever somebody decides is decided at the step of its approval flow that waits on his desk (`workflow.actions.flow`).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from workflow.actions.flow import flows
from workflow.actions.rehearsal.cast import FIRST_MINUTE, LAST_MINUTE, Cast, dice, moment_of
from workflow.choices import FlowKind
from workflow.core.rulebook import ZONE
from workflow.core.workday import WorkCalendar, Workdays
from workflow.models import Document, Report, Task
from workflow.permissions import Actor

Play = Callable[[datetime], object]

NOON_BEGINS, NOON_ENDS = 11 * 60 + 30, 13 * 60 + 30
MORNING_LENGTH = NOON_BEGINS - FIRST_MINUTE
DAY_LENGTH = MORNING_LENGTH + LAST_MINUTE - NOON_ENDS
"""Minutes at the desk: 9:00 to 11:30 and 13:30 to 16:30."""


@dataclass(frozen=True, slots=True)
class Post:
    """A step of a flow at which somebody is to act."""

    kind: FlowKind
    target_id: int
    node: str

    def is_waiting(self) -> bool:
        """Tell whether that step waits at this moment."""
        return any(found.node == self.node for found in flows().waiting(self.kind, self.target_id))

    def decide(self, outcome: str, *, by: Actor, now: datetime, **given: object) -> None:
        """Decide the step that waits, on the version that stands, with what its form asks for.

        :raises ActionError: as the flow refuses.
        """
        flows().act(self.kind, self.target_id, outcome, self._version(), given, by=by, now=now)

    def _version(self) -> int | None:
        if self.kind == FlowKind.REPORT:
            written = Report.objects.filter(task_id=self.target_id).order_by("-revision")
            return written.values_list("revision", flat=True).first()
        if self.kind == FlowKind.DOCUMENT:
            return Document.objects.filter(pk=self.target_id).values_list("revision", flat=True).first()
        return None


@dataclass(frozen=True, slots=True)
class Act:
    """Something that one person does at one moment; `key` orders acts of the same minute and names it in errors.

    `post`: the person does it only while that step of a flow waits; else, with `task_id` and `state`, only while the
    task is in the state in which he saw it that morning.
    """

    moment: datetime
    key: str
    play: Play
    task_id: int | None = None
    state: str = ""
    post: Post | None = None

    def is_still_wanted(self) -> bool:
        """Tell whether its step of a flow has come, or the task is still as the person saw it in the morning."""
        if self.post is not None:
            return self.post.is_waiting()
        return self.task_id is None or Task.objects.filter(pk=self.task_id, state=self.state).exists()


@dataclass
class Stage:
    """What the scenes and the daily work share."""

    seed: int
    cast: Cast
    calendar: WorkCalendar
    counters: dict[str, int] = field(default_factory=dict)

    def act(
        self,
        day: date,
        key: str,
        play: Play,
        *,
        of: Task | None = None,
        at: Post | None = None,
        earliest: int = FIRST_MINUTE,
        moment: datetime | None = None,
    ) -> Act:
        """Make an act at the moment, or at one that the seed and the key decide.

        `of` is the task that it is about, `at` the step of a flow that it decides.
        """
        when = moment or moment_of(self.seed, day, key, earliest=earliest)
        return Act(when, key, play, of.pk if of is not None else None, of.state if of is not None else "", at)

    def moments(self, day: date, key: str, count: int, *, begin: int = 0) -> list[datetime]:
        """Return moments of the day in order, one for each of so many steps that follow each other.

        `begin` counts minutes at the desk. Each has its part of the day, and its place in it by the seed and the key.
        """
        part = (DAY_LENGTH - begin) // max(count, 1)
        found = []
        for place in range(count):
            worked = begin + place * part + dice(self.seed, "giờ", day, key, place).randint(0, part - 1)
            noon = NOON_ENDS - NOON_BEGINS if worked >= MORNING_LENGTH else 0
            found.append(datetime.combine(day, time.min, ZONE) + timedelta(minutes=FIRST_MINUTE + worked + noon))
        return found

    def working_days_after(self, day: date, days: int) -> date:
        """Return the working day that many working days after the day (before it when negative)."""
        return self.calendar.add(day, Workdays(days))

    def roll(self, span: tuple[int, int], *parts: object) -> int:
        """Draw a whole number of the span."""
        return dice(self.seed, *parts).randint(*span)

    def happens(self, percent: int, *parts: object) -> bool:
        """Tell whether something of that chance happens."""
        return dice(self.seed, *parts).randint(1, 100) <= percent

    def next_number(self, series: str) -> int:
        """Return the next invented number of a series of incoming documents."""
        self.counters[series] = self.counters.get(series, 0) + 1
        return self.counters[series]


def local_moment(day: date, clock: str) -> datetime:
    """Return a local moment of a day, `clock` as HH:MM."""
    return datetime.combine(day, time.fromisoformat(clock), ZONE)


def present(actor: Actor | None, unit: str) -> Actor:
    """Return the actor.

    :raises LookupError: when the unit has nobody with an account.
    """
    if actor is None:
        raise LookupError(f"Đơn vị {unit} không có ai có tài khoản.")
    return actor
