"""What follows when the calendar, a policy or a rule changes: every open clock is looked at again."""

from __future__ import annotations

from datetime import datetime

from workflow.choices import CLOCK_STATES
from workflow.models import Task


def wake_tasks(*, now: datetime) -> int:
    """Have the sweep look at every task whose clock runs, since a stored `next_due` may rest on what was before.

    One statement, whatever the number of tasks; the sweep then decides and stores each task's next moment anew. Must
    run inside the transaction of the change. The rows are locked in the order of their keys before any is written, as
    actions on several tasks lock them, so that the two can't wait for each other. Returns how many tasks were woken.
    """
    clocks = Task.objects.filter(state__in=CLOCK_STATES, unit__isnull=False, quarantined_at__isnull=True)
    asleep = clocks.exclude(next_due__lte=now).select_for_update().order_by("pk")
    return Task.objects.filter(pk__in=asleep.values("pk")).update(next_due=now)
