"""The site's clock: the machine's, or the demonstration's when one is set."""

from __future__ import annotations

from datetime import datetime
from time import monotonic

from django.conf import settings
from django.utils import timezone

from workflow.models import DemonstrationClock

KEEP_SECONDS = 3.0
"""How long a read of the demonstration's clock is kept; a process sees a change at most this much later."""

_kept: dict[str, tuple[float, tuple[datetime, datetime] | None]] = {}


def demonstration_clock() -> tuple[datetime, datetime] | None:
    """Return (moment of the machine, moment then shown) when a demonstration clock is set, else None.

    One query at most every `KEEP_SECONDS`; none outside a demonstration.
    """
    if not settings.DEMONSTRATION:
        return None
    kept = _kept.get("clock")
    if kept is not None and monotonic() - kept[0] < KEEP_SECONDS:
        return kept[1]
    row = DemonstrationClock.objects.order_by("-pk").values_list("real_at", "shown_at").first()
    _kept["clock"] = (monotonic(), row)
    return row


def forget_clock() -> None:
    """Drop what was kept, so that the next reading sees the table (after a change, and between tests)."""
    _kept.clear()


def current_moment() -> datetime:
    """Return the moment that the whole site calls now: pages, worker, clock and sweep all ask here."""
    real = timezone.now()
    row = demonstration_clock()
    return real if row is None else row[1] + (real - row[0])
