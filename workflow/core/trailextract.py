"""An extract of the trail (trích xuất nhật ký) as plain data; no official form was found, so the form is our own."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

TITLE = "TRÍCH XUẤT NHẬT KÝ"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractRow:
    """One event: when (local time), who, what was done, to what, what it says, and the start of its hash."""

    at: datetime
    actor: str
    place: str
    act: str
    subject: str
    content: tuple[str, ...]
    hash_start: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailExtract:
    """What is printed: the body's names, what was sought in words, who asked when, the checkpoint, the events.

    `rows` stand oldest first. `more` tells that older events match too and are not in this extract. `asked_at` is
    local time.
    """

    parent_name: str
    name: str
    scope: tuple[str, ...]
    asked_by: str
    asked_position: str
    asked_at: datetime
    checkpoint: str
    rows: tuple[ExtractRow, ...]
    more: bool = False
