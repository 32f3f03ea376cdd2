"""Showing how far a long command has come."""

from __future__ import annotations

from time import monotonic

from django.core.management.base import OutputWrapper

from workflow.actions.rehearsal import Progress

REDRAW_SECONDS = 0.2


class ProgressLine:
    """On a terminal one line that is written over; elsewhere a plain line a month."""

    def __init__(self, out: OutputWrapper) -> None:
        """Take where to write."""
        self._out = out
        self._terminal = out.isatty()
        self._drawn_at = 0.0
        self._month = ""

    def __call__(self, progress: Progress) -> None:
        """Show where the rehearsal stands."""
        month = f"{progress.day:%m/%Y}"
        if self._terminal:
            if monotonic() - self._drawn_at >= REDRAW_SECONDS:
                self._drawn_at = monotonic()
                self._draw(f"Đang diễn tháng {month}: {progress.percent}% ({progress.acts} việc)")
        elif month != self._month:
            self._out.write(f"Đang diễn tháng {month} ({progress.percent}%, {progress.acts} việc)")
        self._month = month

    def end(self) -> None:
        """Clear the line on a terminal, so that what follows stands alone."""
        if self._terminal:
            self._draw("")

    def _draw(self, text: str) -> None:
        self._out.write(f"\r\x1b[K{text}", ending="")
        self._out.flush()
