"""Open matters that stand in no flow: what was written before there were flows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Case, Exists, F, Model, OuterRef, Q, QuerySet, Value, When

from approvals.models import Approval
from workflow.choices import (
    DocumentStatus,
    EscalationStatus,
    FlowKind,
    ReportStatus,
    RequestStatus,
    TaskKind,
    TaskState,
)
from workflow.models import Document, Escalation, Extension, Obstacle, Report


@dataclass(frozen=True, slots=True)
class Stray:
    """One open matter without a flow, and how far it has come: "", submitted, sent or advised."""

    kind: FlowKind
    target_id: int
    task_id: int | None
    stage: str = ""


def stray_matters(only: Stray | None = None) -> list[Stray]:
    """Return every open matter that stands in no flow, or the one given if it still does; one query a kind.

    A body's opinion is answered without a flow, and what nobody owes any more (its task done or dropped) asks for none.
    """
    return list(_found(only))


def _found(only: Stray | None) -> Iterator[Stray]:
    for kind, rows in _rows().items():
        if only is not None and only.kind != kind:
            continue
        standing = Approval.objects.filter(kind=kind, target_id=OuterRef("target"), closed_at__isnull=True)
        found = rows.filter(~Exists(standing)).order_by("target")
        if only is not None:
            found = found.filter(target=only.target_id)
        for target, task, stage in found.values_list("target", "of", "stage"):
            yield Stray(kind, target, task, stage)


def _rows() -> dict[FlowKind, QuerySet[Model]]:
    """Return by kind the open matters, each with its `target`, the task that it is `of`, and its `stage`."""
    started = ~Q(task__state__in=(TaskState.REVIEWED, TaskState.CANCELLED))
    submitted = Q(status=ReportStatus.SUBMITTED, task__state=TaskState.REPORTED)
    newer = Report.objects.filter(task=OuterRef("task"), status=ReportStatus.SUBMITTED)
    drafted = Q(status=ReportStatus.DRAFT) & ~Q(Exists(newer))
    pending = Q(status=RequestStatus.PENDING)
    return {
        FlowKind.REPORT: Report.objects.filter(started, submitted | drafted)
        .exclude(task__kind=TaskKind.CONSULTATION)
        .annotate(target=F("task_id"), of=F("task_id"), stage=_stage("submitted", submitted)),
        FlowKind.DOCUMENT: Document.objects.filter(status=DocumentStatus.DRAFT).annotate(
            target=F("pk"), of=F("task_id"), stage=Value("")
        ),
        FlowKind.ESCALATION: Escalation.objects.filter(
            status__in=(EscalationStatus.DUTY, EscalationStatus.SENT)
        ).annotate(target=F("pk"), of=F("task_id"), stage=_stage("sent", Q(status=EscalationStatus.SENT))),
        FlowKind.EXTENSION: Extension.objects.filter(pending).annotate(
            target=F("pk"), of=F("task_id"), stage=Value("")
        ),
        FlowKind.OBSTACLE: Obstacle.objects.filter(pending).annotate(
            target=F("pk"), of=F("task_id"), stage=_stage("advised", Q(advised_by__isnull=False))
        ),
    }


def _stage(name: str, reached: Q) -> Case:
    return Case(When(reached, then=Value(name)), default=Value(""))
