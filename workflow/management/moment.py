"""Reading a moment from the command line."""

from __future__ import annotations

from argparse import ArgumentTypeError
from datetime import datetime

from django.utils import timezone


def read_moment(text: str) -> datetime:
    """Return the moment that an ISO text names; without a zone it is local time (Asia/Ho_Chi_Minh).

    :raises ArgumentTypeError: when the text names no moment.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ArgumentTypeError(
            f"{text!r} không phải thời điểm; hãy viết như 2022-11-21 hoặc 2022-11-21T08:00."
        ) from None
    return timezone.make_aware(moment) if timezone.is_naive(moment) else moment
