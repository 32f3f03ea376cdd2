"""Telling people: in the application at once, by e-mail once a working day, or at once what is urgent."""

from workflow.actions.notification.letters import (
    MOST_LINES,
    choose_letters,
    deliver_letter,
    mail_letter,
    send_digests,
    send_urgent,
    write_letter,
)
from workflow.actions.notification.telling import mark_read, notify, tell_of

__all__ = [
    "MOST_LINES",
    "choose_letters",
    "deliver_letter",
    "mail_letter",
    "mark_read",
    "notify",
    "send_digests",
    "send_urgent",
    "tell_of",
    "write_letter",
]
