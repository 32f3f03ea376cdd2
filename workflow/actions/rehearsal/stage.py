"""The stage of a rehearsed year: its cast and calendar, and one act of one person at one moment."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, time

from workflow.actions.rehearsal.cast import FIRST_MINUTE, Cast, dice, moment_of
from workflow.core.rulebook import ZONE
from workflow.core.workday import WorkCalendar, Workdays
from workflow.models import Task
from workflow.permissions import Actor

Play = Callable[[datetime], object]


@dataclass(frozen=True, slots=True)
class Act:
    """Something that one person does at one moment; `key` orders acts of the same minute and names it in errors.

    `task_id` and `state`: the person does it only while the task is in the state in which he saw it that morning.
    """

    moment: datetime
    key: str
    play: Play
    task_id: int | None = None
    state: str = ""

    def is_still_wanted(self) -> bool:
        """Tell whether the task is still as the person saw it in the morning."""
        return self.task_id is None or Task.objects.filter(pk=self.task_id, state=self.state).exists()


@dataclass
class Stage:
    """What the scenes and the daily work share."""

    seed: int
    cast: Cast
    calendar: WorkCalendar
    counters: dict[str, int] = field(default_factory=dict)

    def act(self, day: date, key: str, play: Play, *, of: Task | None = None, earliest: int = FIRST_MINUTE) -> Act:
        """Make an act at a moment of the day that the seed and the key decide; `of` is the task that it is about."""
        moment = moment_of(self.seed, day, key, earliest=earliest)
        return Act(moment, key, play) if of is None else Act(moment, key, play, of.pk, of.state)

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
