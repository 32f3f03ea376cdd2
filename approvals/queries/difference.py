"""Which version stands to be decided, and what changed since the version that somebody looked at."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from typing import Any

from approvals.models import Approval
from workflow.choices import Circulation, FlowKind, Urgency
from workflow.core.paper import CIRCULATION, DRAFTER_MARK
from workflow.models import Attachment, AuditEvent, Document, DocumentRevision, Report, ReportRevision
from workflow.queries.document import parts_said
from workflow.queries.report import Line, LineChange

_MARKS = {"  ": LineChange.SAME, "+ ": LineChange.ADDED, "- ": LineChange.REMOVED}


def newest_version(approval: Approval) -> int | None:
    """Return the revision that stands to be decided, None where the matter has no versions."""
    if approval.kind == FlowKind.REPORT:
        found = Report.objects.filter(task_id=approval.target_id).order_by("-revision")
        return found.values_list("revision", flat=True).first()
    if approval.kind == FlowKind.DOCUMENT:
        return Document.objects.filter(pk=approval.target_id).values_list("revision", flat=True).first()
    return None


def text_of(approval: Approval, revision: int) -> list[str]:
    """Return what a revision said, line by line; nothing when it was never kept."""
    return _report_lines(approval, revision) if approval.kind == FlowKind.REPORT else _paper_lines(approval, revision)


def _report_lines(approval: Approval, revision: int) -> list[str]:
    kept = ReportRevision.objects.filter(report__task_id=approval.target_id, revision=revision).first()
    found = kept or Report.objects.filter(task_id=approval.target_id, revision=revision).first()
    if found is None:
        return []
    nothing = ["Không có gì để báo cáo."] if found.nothing_to_report else []
    files = _files_at(approval.target_id, kept.report_id if kept is not None else found.pk, revision)
    return [*nothing, *found.content.splitlines(), *found.evidence.splitlines(), *files]


def _files_at(task_id: int, report_id: int, revision: int) -> list[str]:
    """Return the files that went with a revision; the trail says with which writing each of them came."""
    given: dict[int, int] = {}
    for body in AuditEvent.objects.filter(task_id=task_id, name="report.attach").values_list("body", flat=True):
        details = json.loads(body)["details"]
        given[details["attachment"]] = details.get("revision") or 0
    files = Attachment.objects.filter(report_id=report_id).order_by("pk")
    return [f"Tệp kèm theo: {file.name}" for file in files if given.get(file.pk, 0) <= revision]


def _paper_lines(approval: Approval, revision: int) -> list[str]:
    kept = DocumentRevision.objects.filter(document_id=approval.target_id, revision=revision).first()
    found = kept or Document.objects.filter(pk=approval.target_id, revision=revision).first()
    if found is None:
        return []
    said = found.said if isinstance(found, DocumentRevision) else parts_said(found)
    addressed = [f"Kính gửi: {name}" for name in found.recipients]
    return [found.subject, *found.body.splitlines(), *addressed, *_part_lines(said)]


def _part_lines(said: Mapping[str, Any]) -> list[str]:
    """Return the further parts of a draft, a line each; of an appendix its title, its text and each row."""
    lines = [f"Căn cứ: {ground}" for ground in said.get("grounds", ())]
    lines += [f"Nơi nhận: {name}" for name in said.get("copies", ())]
    if said.get("keeper"):
        lines.append(f"Lưu: VT, {said['keeper']}")
    if said.get("urgency"):
        lines.append(f"Độ khẩn: {Urgency(said['urgency']).label}")
    lines += _mark_lines(said.get("facts", {}))
    for ordinal, appendix in enumerate(said.get("appendices", ()), 1):
        laid = " (in khổ ngang)" if appendix["landscape"] else ""
        lines.append(f"Phụ lục {ordinal}: {appendix['title']}{laid}")
        lines += appendix["body"].splitlines()
        table = [[title for title, _width in appendix["columns"]], *appendix["rows"]]
        lines += [" | ".join(row) for row in table if row]
    return lines


def _mark_lines(facts: Mapping[str, Any]) -> list[str]:
    """Return what is said of how far a draft may go, and of who drafted it."""
    circulation, mark = facts.get(CIRCULATION), facts.get(DRAFTER_MARK)
    lines = [f"Phạm vi lưu hành: {Circulation(circulation).label}"] if circulation else []
    return [*lines, f"Ký hiệu người soạn, số bản: {mark}"] if mark else lines


def what_changed(approval: Approval, seen: int, newest: int) -> list[Line]:
    """Return the lines of the newest revision beside the one that was seen, each marked as same, added or removed."""
    found = difflib.ndiff(text_of(approval, seen), text_of(approval, newest))
    return [Line(_MARKS[line[:2]], line[2:]) for line in found if line[:2] in _MARKS]
