"""Playing the days of a year through the same actions that people and the engine use, the clock as an argument."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from workflow.actions.audit import seeded_action_ids
from workflow.actions.checkpoint import make_checkpoint
from workflow.actions.flow import flows
from workflow.actions.rehearsal.cast import Cast
from workflow.actions.rehearsal.compiled import plan_compiled_day
from workflow.actions.rehearsal.desk import plan_desks_day
from workflow.actions.rehearsal.papers import plan_papers_day
from workflow.actions.rehearsal.scenes import plan_scenes_day
from workflow.actions.rehearsal.script import Script
from workflow.actions.rehearsal.stage import Act, Play, Stage, local_moment
from workflow.actions.rehearsal.work import plan_units_day
from workflow.actions.sweep import sweep
from workflow.core.errors import ActionError
from workflow.queries.rulebook import load_rulebook

NIGHT, MORNING, OPENING, EVENING = "00:05", "08:00", "08:30", "18:00"


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a rehearsal stands: the day just played, days played of all days, acts of people so far."""

    day: date
    played: int
    total: int
    acts: int

    @property
    def percent(self) -> int:
        """Return how much of the span is played, of a hundred."""
        return 100 * self.played // max(self.total, 1)


@dataclass
class Rehearsal:
    """One year being played: give it days in order."""

    stage: Stage
    script: Script
    source: Random
    acts: int = 0

    @classmethod
    def prepare(cls, year: int, seed: int) -> Rehearsal:
        """Assemble the cast and the calendar; the units, people and rules must stand in the database."""
        stage = Stage(seed, Cast.assemble(seed), load_rulebook().calendar)
        return cls(stage, Script(year), Random(f"{seed}:{year}:việc"))  # noqa: S311 -- a rehearsal, no secret

    def play_day(self, day: date, opening: Play | None = None) -> None:
        """Play one day: sweeps at night and in the morning, people in working hours, a checkpoint at the month's end.

        After the morning's sweep those are told on whom a step of an approval waits too long. On days off only the
        sweeps happen. `opening` is what opens a year, before people begin. An act that an action
        refuses is a fault of the script and is not passed over.

        :raises ActionError: with the act's name in its notes.
        """
        with seeded_action_ids(self.source):
            sweep(now=local_moment(day, NIGHT))
            sweep(now=local_moment(day, MORNING))
            flows().nudge(now=local_moment(day, MORNING))
            if opening is not None:
                opening(local_moment(day, OPENING))
            if self.stage.calendar.is_working(day):
                self._play_people(day)
            if (day + timedelta(days=1)).month != day.month:
                make_checkpoint(by=None, now=local_moment(day, EVENING))

    def play_night(self, day: date) -> None:
        """Play only the night's sweep of a day, so that the day itself lies open for real people."""
        with seeded_action_ids(self.source):
            sweep(now=local_moment(day, NIGHT))

    def _play_people(self, day: date) -> None:
        waiting = flows().waiting()
        acts = [
            *plan_scenes_day(self.stage, self.script, day),
            *plan_desks_day(self.stage, self.script, day, waiting),
            *plan_compiled_day(self.stage, self.script, day),
            *plan_papers_day(self.stage, self.script, day, waiting),
            *plan_units_day(self.stage, self.script, day, waiting),
        ]
        for act in sorted(acts, key=lambda act: (act.moment, act.key)):
            if act.is_still_wanted():
                self._play_act(act)
                self.acts += 1

    def _play_act(self, act: Act) -> None:
        try:
            act.play(act.moment)
        except ActionError as error:
            error.add_note(f"Cảnh: {act.key}, lúc {act.moment:%d/%m/%Y %H:%M}.")
            raise
