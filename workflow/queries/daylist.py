"""Lịch: the days off and the make-up days of a year, with where each comes from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from workflow.choices import Certainty
from workflow.models import CalendarDay


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year's days, the years that there are, and whether something of it still awaits its document."""

    year: int
    days: list[CalendarDay]
    years: list[int]
    provisional: bool


def calendar_year(year: int) -> CalendarYear:
    """Return one year of the calendar (two queries)."""
    days = list(CalendarDay.objects.filter(day__year=year).order_by("day"))
    years = [day.year for day in CalendarDay.objects.dates("day", "year")]
    return CalendarYear(year, days, years, any(day.certainty == Certainty.PROVISIONAL for day in days))


def calendar_day(day: date) -> CalendarDay | None:
    """Return the row of one day, if the calendar names it."""
    return CalendarDay.objects.filter(day=day).first()
