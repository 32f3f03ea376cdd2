"""Reading reports: their versions, what differs between two, and whose hands are behind one."""

from __future__ import annotations

import difflib
import hashlib
import json
from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

from django.db.models import Q, QuerySet

from workflow.choices import ReportStatus, TaskKind
from workflow.core.fold import fold
from workflow.core.hashchain import canonical
from workflow.models import AuditEvent, Report, Task
from workflow.permissions import ANSWER, DO, SUBMIT, Actor

DRAFT_EVENTS = ("report.draft", "report.attach")
SUBMIT_EVENTS = ("task.report",)


def may_answer_here(task: Task) -> bool:
    """Tell whether the task may be answered by a report written here: not by a consulted body outside the department.

    What it answers is a numbered reply (policy `what_answers`), recorded with số and ngày.
    """
    return task.kind != TaskKind.CONSULTATION or task.unit is None or task.unit.is_internal


def asks_leader(task: Task) -> bool:
    """Tell whether the row's own words send the result to a leader ("trình Lãnh đạo Sở", "báo cáo Giám đốc Sở")."""
    said = fold(task.title)
    return any(words in said for words in LEADER_WORDS)


LEADER_WORDS = ("trinh lanh dao so", "trinh giam doc so", "lanh dao so phe duyet")
"""Words of the plans that name a leader as who decides (2022 I.2.2, II.1.1, III đoạn cuối), without accents."""


class LineChange(StrEnum):
    """What happened to a line between two versions."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a comparison."""

    change: LineChange
    text: str


_MARKS = {"  ": LineChange.SAME, "+ ": LineChange.ADDED, "- ": LineChange.REMOVED}


def newest_report(task_id: int) -> Report | None:
    """Return the task's newest version, whatever its status."""
    return Report.objects.filter(task_id=task_id).order_by("-version").first()


def report_thread(task: Task, *, for_actor: Actor) -> QuerySet[Report]:
    """Return the task's versions in order; drafts only for those who write or submit them."""
    versions = Report.objects.filter(task=task).order_by("version")
    if any(for_actor.may(codename, task.unit_id) for codename in (DO, SUBMIT, ANSWER)):
        return versions
    return versions.filter(~Q(status=ReportStatus.DRAFT))


def compare_versions(older: Report, newer: Report) -> list[Line]:
    """Return what differs, line by line, in the two versions' text and evidence."""
    lines = difflib.ndiff(_lines(older), _lines(newer))
    return [Line(_MARKS[line[:2]], line[2:]) for line in lines if line[:2] in _MARKS]


def _lines(report: Report) -> list[str]:
    said = ["Không có phát sinh."] if report.nothing_to_report else []
    evidence = [f"Minh chứng: {line}" for line in report.evidence.splitlines()]
    return said + report.content.splitlines() + evidence


def describe_version(report: Report) -> str:
    """Return a few words that name a version: its number, who made it and when."""
    who = report.submitted_name or report.author_name
    when = report.submitted_at or report.created_at
    words = str(ReportStatus(report.status).label).lower()
    return f"bản {report.version} ({words}, {who}, {when:%d/%m/%Y})"


def report_hash(report: Report) -> str:
    """Return the SHA-256 of what a version says; it stands in the trail, so a later change of the row shows."""
    said = {
        "version": report.version,
        "content": report.content,
        "nothing_to_report": report.nothing_to_report,
        "evidence": report.evidence,
        "answer_number": report.answer_number,
        "answer_on": report.answer_on,
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def hands_behind(report: Report) -> frozenset[int]:
    """Return the ids of everybody who wrote or submitted the version, and of those in whose place they did.

    Read from the version's row and from the trail, which names each hand that changed a draft and each delegator
    (domain.md section 7.3).
    """
    hands = actors_of(report.task_id, (*DRAFT_EVENTS, *SUBMIT_EVENTS), "version", report.version)
    return hands | {pk for pk in (report.author_id, report.submitted_by_id) if pk is not None}


def actors_of(task_id: int, names: Collection[str], detail: str, value: int) -> frozenset[int]:
    """Return who did the task's events of those names and that detail, and in whose place (one query)."""
    events = AuditEvent.objects.filter(task_id=task_id, name__in=names).order_by("seq")
    hands: set[int] = set()
    for body in events.values_list("body", flat=True):
        event = json.loads(body)
        if event["details"].get(detail) == value:
            actor = event["actor"]
            hands.update(pk for pk in (actor["id"], actor.get("in_place_of", {}).get("id")) if pk is not None)
    return frozenset(hands)
