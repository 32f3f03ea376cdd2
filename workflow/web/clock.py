"""What a page calls now."""

from __future__ import annotations

from datetime import datetime

from workflow.queries.clock import current_moment


def site_now() -> datetime:
    """Return the site's moment: the machine's, moved by the demonstration's clock when one is set."""
    return current_moment()
