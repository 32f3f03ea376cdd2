"""From a phrase to the terms of one task or of several, rolled onto working days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.core.breakdown.model import Terms
from workflow.core.deadline import Schedule, ScheduleKind, last_working_day, months_of, read_phrase

LONGEST = 255


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """One term: what a task carries of it. `suffix` tells the tasks of one bullet apart, "" when there is one."""

    suffix: str = ""
    label: str = ""
    start: date | None = None
    last_day: date | None = None
    due_on: date | None = None
    basis: str = ""
    confirm_monthly: bool = False
    event: str = ""


def shorten(text: str, longest: int) -> str:
    """Cut a text at a word so that it has at most `longest` characters, with an ellipsis where it was cut."""
    if len(text) <= longest:
        return text
    return f"{text[: longest - 1].rpartition(' ')[0].rstrip(' ,;:')}…"


def periods_of(phrase: str, year: int, terms: Terms) -> tuple[Period, ...]:
    """Return the terms that a printed phrase sets in `year`: one, or one a milestone or month (domain.md section 5).

    A missing phrase sets none that can be late, and says so.

    :raises UnknownPhrase: when the phrase is in no form understood.
    """
    if not phrase:
        return (Period(basis="Dòng không in tiến độ (mất trang); không suy đoán hạn."),)
    schedule = read_phrase(phrase, year=year, bound_excluded=terms.bound_excluded)
    if schedule.kind is ScheduleKind.RECURRING_MONTHLY or len(schedule.milestones) > 1:
        prefix = "T" if schedule.kind is ScheduleKind.RECURRING_MONTHLY else "M"
        return tuple(
            _term(schedule, terms, suffix=f"{prefix}{number:02}", label=stone.label, days=(stone.start, stone.last_day))
            for number, stone in enumerate(schedule.milestones, start=1)
        )
    return (_term(schedule, terms, suffix="", label="", days=(schedule.start, schedule.last_day)),)


def months(year: int, first_month: int, terms: Terms) -> tuple[Period, ...]:
    """Return one term a month for a monthly duty whose day the plans do not print: due when the month ends."""
    return tuple(
        _roll(
            Period(
                suffix=f"T{stone.last_day.month:02}",
                label=stone.label,
                start=stone.start,
                last_day=stone.last_day,
                basis=f"Ngày họp giao ban không nêu; đọc là trước khi hết {stone.label}",
            ),
            terms,
        )
        for stone in months_of(year, first_month)
    )


def _term(
    schedule: Schedule, terms: Terms, *, suffix: str, label: str, days: tuple[date | None, date | None]
) -> Period:
    # What waits for an event has no deadline afterwards either: once the event is there, the unit is asked monthly.
    waits_without_end = bool(schedule.event) and days[1] is None
    return _roll(
        Period(
            suffix=suffix,
            label=label,
            start=days[0],
            last_day=days[1],
            basis=schedule.basis,
            confirm_monthly=schedule.confirm_monthly or waits_without_end,
            event=schedule.event or "",
        ),
        terms,
    )


def _roll(period: Period, terms: Terms) -> Period:
    """Move the last day onto a working day and say so."""
    if period.last_day is None:
        return _with(period, None, period.basis)
    due_on = last_working_day(period.last_day, terms.calendar, terms.roll)
    rolled = f"; ngày cuối là ngày nghỉ nên hạn là {due_on:%d/%m/%Y}" if due_on != period.last_day else ""
    return _with(period, due_on, period.basis + rolled)


def _with(period: Period, due_on: date | None, basis: str) -> Period:
    return Period(
        suffix=period.suffix,
        label=period.label,
        start=period.start,
        last_day=period.last_day,
        due_on=due_on,
        basis=shorten(basis, LONGEST),
        confirm_monthly=period.confirm_monthly,
        event=shorten(period.event, LONGEST),
    )
