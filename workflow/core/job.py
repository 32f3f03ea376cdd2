"""When something scheduled falls due: pure arithmetic over moments, with no table and no clock of its own.

A slot is the moment for which a run stands. The latest slot at or before now is the only one that matters: what was
missed while the clock was down is made up by one run, not by many.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time, timedelta

from workflow.core.rulebook import ZONE
from workflow.core.workday import WorkCalendar

ONE_DAY = timedelta(days=1)


def minute_slot(now: datetime) -> datetime:
    """Return the start of the running minute, local time."""
    return now.astimezone(ZONE).replace(second=0, microsecond=0)


def five_minute_slot(now: datetime) -> datetime:
    """Return the start of the running five minutes, local time."""
    local = now.astimezone(ZONE)
    return local.replace(minute=local.minute - local.minute % 5, second=0, microsecond=0)


def hour_slot(now: datetime) -> datetime:
    """Return the start of the running hour, local time."""
    return now.astimezone(ZONE).replace(minute=0, second=0, microsecond=0)


def daily_slot(now: datetime, at: time) -> datetime:
    """Return the latest moment at or before now at which the local clock showed `at`."""
    local = now.astimezone(ZONE)
    slot = datetime.combine(local.date(), at, ZONE)
    return slot if slot <= local else slot - ONE_DAY


def office_slot(now: datetime, opens: time, closes: time, calendar: WorkCalendar) -> datetime | None:
    """Return today's opening when today is a working day and the office is open, else nothing.

    What is sent to people waits for an hour at which they work; a day on which the clock was down is not made up.
    """
    local = now.astimezone(ZONE)
    if not calendar.is_working(local.date()) or not opens <= local.time() < closes:
        return None
    return datetime.combine(local.date(), opens, ZONE)


def retry_delay(attempts: int, first: timedelta, longest: timedelta) -> timedelta:
    """Return how long to wait before the next attempt: doubled each time, up to the longest.

    :raises ValueError: when there was no attempt yet.
    """
    if attempts < 1:
        raise ValueError("Chỉ tính thời gian chờ sau ít nhất một lần chạy.")
    # Bounded before the power is taken: a list of attempts that grew without end must not overflow.
    return min(first * (1 << min(attempts - 1, 20)), longest)


def lost_for_good(worker_ids: Sequence[str], limit: int) -> bool:
    """Tell whether a job lost so many workers that it must not be tried again: it may be what kills them."""
    return len(worker_ids) >= limit
