"""Facts that stand twice: what a task's row repeats of other tables, and what a document's hashes repeat of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass

from django.core.files.storage import default_storage
from django.db.models import Case, Count, Exists, F, IntegerField, Max, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.expressions import Combinable
from django.db.models.fields import BooleanField, DateField, DateTimeField, Field
from django.db.models.functions import Coalesce

from workflow.choices import DocumentStatus, ReminderStatus, ReportStatus, RequestStatus, TaskState
from workflow.core.paper import Head
from workflow.models import (
    Document,
    DocumentSignature,
    Escalation,
    Extension,
    Obstacle,
    ProgressNote,
    Reminder,
    Report,
    Suspension,
    Task,
)
from workflow.queries.document import text_hash

KEPT_AT_MOST = 100
UNREADABLE = "(không đọc được)"


@dataclass(frozen=True, slots=True)
class Disagreement:
    """One column of one row, a task's or an issued document's, that does not say what it repeats.

    `task_id` is None for a document of no task.
    """

    task_id: int | None
    code: str
    column: str
    stored: str
    found: str
    kind: str = "nhiệm vụ"

    def __str__(self) -> str:
        return f"{self.kind} {self.code}, cột {self.column}: đang ghi {self.stored}, các bản ghi gốc cho {self.found}"

    def as_data(self) -> dict[str, object]:
        """Return plain data for `--json`."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Facts:
    """How many columns disagree, and the first of them by task."""

    wrong: int
    disagreements: tuple[Disagreement, ...]

    @property
    def ok(self) -> bool:
        """Whether every repeated fact agrees."""
        return self.wrong == 0


def verify_facts(*, progress: Callable[[str], None] | None = None) -> Facts:
    """Compare every fact that a task's row repeats with the rows that it repeats, each in one statement.

    Then every issued document with its hashes: its text, its PDF once it was printed, its signed files; and with the
    book that numbered it. The files are read in full.
    `progress` is called with the column's name before each. Changes nothing.
    """
    wrong = 0
    kept: list[Disagreement] = []
    for column, tasks in _suspects():
        if progress:
            progress(column)
        rows = tasks.order_by("pk").values_list("pk", "code", column, "found")
        for pk, code, stored, found in rows.iterator():
            wrong += 1
            if len(kept) < KEPT_AT_MOST:
                kept.append(Disagreement(pk, code, column, _text(stored), _text(found)))
    if progress:
        progress("text_sha256, pdf_sha256, chữ ký số, sổ đăng ký")
    for broken in _broken_documents():
        wrong += 1
        if len(kept) < KEPT_AT_MOST:
            kept.append(broken)
    return Facts(wrong, tuple(sorted(kept, key=lambda one: (one.task_id or 0, one.code, one.column))))


def _broken_documents() -> Iterator[Disagreement]:
    """Yield each hash of an issued document that its text or its file no longer gives, and what its book denies.

    Documents and signatures are read in parts, and one file at a time, however many there are.
    """
    issued = Document.objects.filter(status=DocumentStatus.ISSUED).select_related("book")
    for document in issued.prefetch_related("appendices").order_by("pk").iterator(chunk_size=500):
        found = {"text_sha256": _said_hash(document), **_by_the_book(document)}
        if document.pdf_name:
            found["pdf_sha256"] = _file_hash(document.pdf_name)
        for column, value in found.items():
            stored = _text(getattr(document, column))
            if stored != value:
                yield Disagreement(document.task_id, document.full_number, column, stored, value, kind="văn bản")
    signatures = DocumentSignature.objects.select_related("document").order_by("document", "ordinal")
    for signature in signatures.iterator(chunk_size=500):
        value = _file_hash(signature.file_name)
        if signature.sha256 != value:
            document = signature.document
            stored = _text(signature.sha256)
            yield Disagreement(document.task_id, document.full_number, "sha256", stored, value, kind="chữ ký số")


def _said_hash(document: Document) -> str:
    """Return the hash of what a document says, or that what is stored can't be read."""
    try:
        return text_hash(document)
    except (LookupError, TypeError, ValueError, AttributeError):
        return UNREADABLE


def _by_the_book(document: Document) -> dict[str, str]:
    """Return the columns of an issued document that its register's book gives too; it once kept neither body nor year.

    A number outside those that the book gave has no true value to compare with: the book's range stands for it.
    """
    book = document.book
    if book is None:
        return {}
    found = {} if document.issuer_id is None else {"issuer_id": str(book.body_id)}
    if document.year is not None:
        found["year"] = str(book.year)
    if not book.first_number <= (document.number or 0) <= book.last_number:
        found["number"] = f"từ {book.first_number} đến {book.last_number}"
    if document.head and not _readable(document.head):
        found["head"] = UNREADABLE
    return found


def _readable(head: dict[str, object]) -> bool:
    """Tell whether the names that were frozen at issue can still be read."""
    try:
        Head.from_data(head)
    except (LookupError, TypeError, AttributeError):
        return False
    return True


def _file_hash(name: str) -> str:
    if not default_storage.exists(name):
        return "(không còn tệp)"
    with default_storage.open(name, "rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _text(value: object) -> str:
    return "(trống)" if value in (None, "") else str(value)


def _suspects() -> Iterator[tuple[str, QuerySet[Task]]]:
    """Yield (column, tasks whose column is not `found`)."""
    issued = Reminder.objects.filter(task=OuterRef("pk"), round=OuterRef("round"), status=ReminderStatus.ISSUED)
    drafts = Reminder.objects.filter(task=OuterRef("pk"), round=OuterRef("round"), status=ReminderStatus.DRAFT)
    approved = Extension.objects.filter(task=OuterRef("pk"), status=RequestStatus.APPROVED)
    obstacles = Obstacle.objects.filter(task=OuterRef("pk"), status=RequestStatus.PENDING)
    months = ProgressNote.objects.filter(task=OuterRef("pk"), month__isnull=False)
    yield "reminders_issued", _unlike("reminders_issued", _count(issued))
    yield "last_reminder_at", _too_early("last_reminder_at", _latest(issued, "issued_at", DateTimeField()))
    yield "reminder_drafted", _unlike("reminder_drafted", Exists(drafts))
    yield "extended_count", _unlike("extended_count", _count(approved))
    yield "obstacle_open", _unlike("obstacle_open", Exists(obstacles))
    yield "confirmed_month", _unlike("confirmed_month", _latest(months, "month", DateField()))
    yield "submitted_version", _wrong_versions()
    yield "state", _wrong_states()


def _unlike(column: str, found: Combinable | Exists) -> QuerySet[Task]:
    return Task.objects.annotate(found=found).exclude(
        Q(**{column: F("found")}) | Q(**{f"{column}__isnull": True, "found__isnull": True})
    )


def _too_early(column: str, found: Combinable) -> QuerySet[Task]:
    """A wait counts from the last issue or, after a resume, a return or a reopening, from later; never from nothing."""
    earlier = Q(**{f"{column}__lt": F("found")})
    either = Q(**{f"{column}__isnull": True, "found__isnull": False}) | Q(
        **{f"{column}__isnull": False, "found__isnull": True}
    )
    return Task.objects.annotate(found=found).filter(earlier | either)


def _count(rows: QuerySet[Reminder] | QuerySet[Extension]) -> Combinable:
    counted = rows.order_by().values("task").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), Value(0))


def _latest(rows: QuerySet[Reminder] | QuerySet[ProgressNote], column: str, kind: Field[object, object]) -> Combinable:
    latest = rows.order_by().values("task").annotate(latest=Max(column)).values("latest")
    return Subquery(latest, output_field=kind)


def _wrong_versions() -> QuerySet[Task]:
    """A reported task names its submitted version; any version that a task names was handed in once."""
    reports = Report.objects.filter(task=OuterRef("pk"))
    submitted = Subquery(reports.filter(status=ReportStatus.SUBMITTED).values("version")[:1])
    handed_in = reports.filter(version=OuterRef("submitted_version")).exclude(status=ReportStatus.DRAFT)
    return Task.objects.annotate(found=submitted).filter(
        Q(state=TaskState.REPORTED) & (Q(found__isnull=True) | ~Q(submitted_version=F("found")))
        | Q(submitted_version__isnull=False) & ~Exists(handed_in)
    )


def _wrong_states() -> QuerySet[Task]:
    """A suspended task has an open suspension; an escalated one has its escalation of this round."""
    stopped = Suspension.objects.filter(task=OuterRef("pk"), resumed_on__isnull=True)
    raised = Escalation.objects.filter(task=OuterRef("pk"), round=OuterRef("round"))
    backed = Case(
        When(state=TaskState.SUSPENDED, then=Exists(stopped)),
        When(state=TaskState.ESCALATED, then=Exists(raised)),
        default=Value(True),
        output_field=BooleanField(),
    )
    return Task.objects.annotate(found=backed).filter(found=False)
