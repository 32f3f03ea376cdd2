"""The words of documents that are written from data, in plain administrative Vietnamese; nothing is invented.

A text cites a clause only where the rule has one; where it has none it says what it stands on instead. What is not
known is left out. Paragraphs are separated by one line break; the last ends with "./." as the forms of NĐ 30/2020
Phụ lục III do.
"""

from workflow.core.wording.chasing import LONGEST_CHRONOLOGY, escalation_text, reminder_text
from workflow.core.wording.chronology import chronology
from workflow.core.wording.facts import (
    COPY_TO_LEADERS,
    END,
    PLACE,
    Basis,
    Cited,
    EarlierReminder,
    Moment,
    TaskFacts,
    Words,
    inside,
    long_day,
    short_day,
    without_stop,
)
from workflow.core.wording.reasons import DRAFT_WAITS, why_no_escalation, why_no_reminder

__all__ = [
    "COPY_TO_LEADERS",
    "DRAFT_WAITS",
    "END",
    "LONGEST_CHRONOLOGY",
    "PLACE",
    "Basis",
    "Cited",
    "EarlierReminder",
    "Moment",
    "TaskFacts",
    "Words",
    "chronology",
    "escalation_text",
    "inside",
    "long_day",
    "reminder_text",
    "short_day",
    "why_no_escalation",
    "why_no_reminder",
    "without_stop",
]
