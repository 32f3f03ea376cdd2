"""Sổ đăng ký văn bản đi: the issued documents of one series, its gaps, and the volumes that were printed."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min, QuerySet
from django.utils import timezone
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from workflow.choices import DocumentKind, DocumentStatus, LinkKind
from workflow.core.errors import NotFound, WrongState
from workflow.core.numbering import COMMON_SERIES
from workflow.core.paper import Head
from workflow.core.register import (
    RegisterRow,
    RegisterScope,
    RegisterVolume,
    content_of,
    missing_numbers,
    places_of,
    say_day,
)
from workflow.models import AuditEvent, Document, DocumentLink, Recall, RegisterBook
from workflow.permissions import DECIDE, INSPECT, REGISTER, URGE, Actor
from workflow.queries.document import head_of_body, letterhead_on, province
from workflow.queries.paper import drafting_abbreviation

PAGE = 50
READ_AT_ONCE = 500
MOST_MISSING = 50
"""How many missing numbers are named; more are a fault that one list does not mend."""

MOST_PRINTED = 1_000
"""How many rows one printed volume holds: more are bound in a further volume."""

MOST_EXPORTED = 20_000
"""How many rows one XLSX holds."""

READERS = (REGISTER, URGE, DECIDE, INSPECT)
"""Who reads the whole register."""

PRINT_JOB = "workflow.actions.document.registerfile.print_register_file"
"""The path of the job that prints a volume, as the queue keeps it."""

PRINT_EVENT = "register.print"
LAST_PRINTS = 20
EVENTS_READ = 200

WORDS = {
    LinkKind.REPLACES: ("Thay thế", "Được thay thế bởi"),
    LinkKind.CORRECTS: ("Đính chính", "Được đính chính tại"),
}
"""What a document's row says of the other one: when it acts upon it, and when it is acted upon."""


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One page of a series, newest first, and the number below which the next one begins (None at the end)."""

    rows: list[RegisterRow]
    after: int | None
    total: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class PrintedVolume:
    """A volume that was printed, as its event says it."""

    event_id: int
    printed_at: datetime
    volume: int
    first_number: int
    last_number: int
    rows: int
    pages: int
    sha256: str
    rows_sha256: str
    file_name: str
    asked_by: str


@dataclass(frozen=True, slots=True)
class WaitingPrint:
    """A volume that is asked for and not there yet, or whose printing failed."""

    asked_at: datetime
    volume: int
    rows: int
    failed: bool


def register_books(actor: Actor) -> list[RegisterBook]:
    """Return the series that the person may read, the newest year and in it the common series first (one query)."""
    books = RegisterBook.objects.select_related("body__parent").order_by("-year", "body__name", "series")
    read = [book for book in books if any(actor.may(codename, book.body_id) for codename in READERS)]
    return sorted(read, key=lambda book: (-book.year, not book.series.startswith(COMMON_SERIES), book.body.name))


def find_book(actor: Actor, book_id: int) -> RegisterBook:
    """Return one series that the person may read.

    :raises NotFound: when it does not exist or may not be read.
    """
    for book in register_books(actor):
        if book.pk == book_id:
            return book
    raise NotFound("Không tìm thấy sổ đăng ký văn bản đi này, hoặc ông/bà không được xem.")


def list_register(book: RegisterBook, scope: RegisterScope, *, below: int | None = None) -> RegisterPage:
    """Return a page of the series, newest first, in a fixed number of queries (one more where numbers are missing)."""
    found_all = _documents(scope)
    rows = _with_relations(found_all).order_by("-number")
    if below is not None:
        rows = rows.filter(number__lt=below)
    found = list(rows[: PAGE + 1])
    shown = [_row(document) for document in found[:PAGE]]
    after = shown[-1].number if len(found) > PAGE else None
    return RegisterPage(shown, after, found_all.count(), gaps_of(book))


def gaps_of(book: RegisterBook) -> tuple[int, ...]:
    """Return the numbers of the series that were given and that no issued document has; there must be none.

    Numbers before the series' first one were given by the paper register and are not missing.
    """
    return _gaps(book.pk, book.first_number, book.last_number)


def _gaps(book_id: int, first: int, last: int) -> tuple[int, ...]:
    there = _documents(RegisterScope(book_id, first=first, last=last))
    if there.count() == max(last - first + 1, 0):
        return ()
    numbers = list(there.order_by("number").values_list("number", flat=True))
    return missing_numbers(first, last, [number for number in numbers if number is not None], most=MOST_MISSING)


def load_volume(scope: RegisterScope, volume: int, *, most: int, now: datetime) -> RegisterVolume:
    """Return the rows of the scope as one volume, in the order of their numbers, with the names for its cover.

    The names are those of the newest document in it, so that a volume of 2022 keeps its names of 2022.

    :raises NotFound: when there is no such series.
    :raises WrongState: when no document is in the scope, or more than `most`.
    """
    book = RegisterBook.objects.select_related("body__parent").filter(pk=scope.book_id).first()
    if book is None:
        raise NotFound("Không tìm thấy sổ đăng ký văn bản đi này.")
    there = _documents(scope)
    of = there.aggregate(count=Count("pk"), first=Min("issued_on"), last=Max("issued_on"))
    if not of["count"]:
        raise WrongState("Không có văn bản nào trong phạm vi đã chọn nên chưa có gì để lập; hãy nới ngày hoặc số.")
    if of["count"] > most:
        raise WrongState(
            f"Phạm vi đã chọn có {of['count']} văn bản, quá {most}; hãy chọn khoảng số hoặc khoảng ngày hẹp hơn "
            "để chia thành nhiều quyển."
        )
    rows = tuple(_rows(_with_relations(there).order_by("number")))
    head = _head(book, there.order_by("-number").first())
    return RegisterVolume(
        parent_name=head.parent_name,
        name=head.name,
        year=book.year,
        series=book.series,
        volume=volume,
        since=scope.since or of["first"],
        until=scope.until or of["last"],
        rows=rows,
        missing=_gaps(book.pk, rows[0].number, rows[-1].number),
        made_at=timezone.localtime(now),
    )


def _documents(scope: RegisterScope) -> QuerySet[Document]:
    rows = Document.objects.filter(book_id=scope.book_id, status=DocumentStatus.ISSUED, number__isnull=False)
    bounds = {
        "issued_on__gte": scope.since,
        "issued_on__lte": scope.until,
        "number__gte": scope.first,
        "number__lte": scope.last,
    }
    return rows.filter(**{name: bound for name, bound in bounds.items() if bound is not None})


def _with_relations(rows: QuerySet[Document]) -> QuerySet[Document]:
    related = ("deliveries", "links__target", "linked_by__document")
    return rows.select_related("task__host_unit", "recall").prefetch_related(*related)


def _rows(documents: QuerySet[Document]) -> Iterator[RegisterRow]:
    for document in documents.iterator(chunk_size=READ_AT_ONCE):
        yield _row(document)


def _row(document: Document) -> RegisterRow:
    sent = [timezone.localdate(delivery.sent_at) for delivery in document.deliveries.all()]
    keeper = document.keeper or drafting_abbreviation(document)
    return RegisterRow(
        document_id=document.pk,
        number=document.number or 0,
        full_number=document.full_number,
        issued_on=document.issued_on or date.min,
        content=content_of(document.kind, str(DocumentKind(document.kind).label), document.subject),
        signer=document.signer_name,
        places=places_of([str(name) for name in document.recipients], [str(name) for name in document.copies]),
        keeper=f"VT, {keeper}" if keeper else "VT",
        sent_on=min(sent) if sent else None,
        notes=tuple(_notes(document)),
    )


def _notes(document: Document) -> Iterator[str]:
    recall: Recall | None = getattr(document, "recall", None)
    if recall is not None:
        yield f"Thu hồi ngày {say_day(timezone.localdate(recall.recalled_at))}: {' '.join(recall.reason.split())}"
    yield from _link_notes([(link, link.document) for link in document.linked_by.all()], passive=True)
    yield from _link_notes([(link, link.target) for link in document.links.all()], passive=False)


def _link_notes(links: Sequence[tuple[DocumentLink, Document]], *, passive: bool) -> Iterator[str]:
    """Yield what the row says of other documents; one that was never issued does nothing to this one."""
    for link, other in links:
        words = WORDS.get(LinkKind(link.kind))
        if words is not None and other.status == DocumentStatus.ISSUED:
            yield f"{words[passive]} Văn bản số {other.full_number} ngày {say_day(other.issued_on)}"


def _head(book: RegisterBook, newest: Document | None) -> Head:
    if newest is not None and newest.head:
        return Head.from_data(newest.head)
    on = (newest.issued_on if newest is not None else None) or date(book.year, 12, 31)
    row = letterhead_on(book.body, on)
    above = "" if row is not None else (book.body.parent.name if book.body.parent is not None else province(on).name)
    return head_of_body(book.body, above, row)


# --- what was printed ------------------------------------------------------------------------------------------------


def printed_volumes(book_id: int) -> list[PrintedVolume]:
    """Return the newest printed volumes of a series, from the trail (one query)."""
    events = AuditEvent.objects.filter(chain="register", name=PRINT_EVENT).order_by("-seq")[:EVENTS_READ]
    found = [(event, json.loads(event.body)["details"]) for event in events]
    return [_printed(event, details) for event, details in found if details["book"] == book_id][:LAST_PRINTS]


def find_print(actor: Actor, event_id: int) -> PrintedVolume:
    """Return one printed volume of a series that the person may read.

    :raises NotFound: when it does not exist or may not be read.
    """
    event = AuditEvent.objects.filter(pk=event_id, chain="register", name=PRINT_EVENT).first()
    if event is None:
        raise NotFound("Không tìm thấy bản in này.")
    details = json.loads(event.body)["details"]
    find_book(actor, details["book"])
    return _printed(event, details)


def was_printed(rows_sha256: str) -> bool:
    """Tell whether a volume with exactly these rows and names was printed (one query)."""
    named = AuditEvent.objects.filter(chain="register", name=PRINT_EVENT, body__contains=rows_sha256)
    return named.exists()


def _printed(event: AuditEvent, details: dict[str, object]) -> PrintedVolume:
    numbers = {name: int(str(details[name])) for name in ("volume", "first_number", "last_number", "rows", "pages")}
    return PrintedVolume(
        event_id=event.pk,
        printed_at=event.occurred_at,
        sha256=str(details["sha256"]),
        rows_sha256=str(details["rows_sha256"]),
        file_name=str(details["file"]),
        asked_by=str(details["asked_by"]),
        **numbers,
    )


def waiting_prints(book_id: int, printed: Sequence[PrintedVolume]) -> list[WaitingPrint]:
    """Return the series' volumes that are asked for and not printed, and those whose printing failed (one query).

    A failed one is no longer told of once the same rows are among the `printed`.
    """
    states = (TaskResultStatus.READY, TaskResultStatus.RUNNING, TaskResultStatus.FAILED)
    jobs = DBTaskResult.objects.filter(task_path=PRINT_JOB, status__in=states).order_by("-enqueued_at")[:LAST_PRINTS]
    there = {each.rows_sha256 for each in printed}
    asked = [(job, job.args_kwargs["kwargs"]) for job in jobs]
    return [
        WaitingPrint(job.enqueued_at, kwargs["volume"], kwargs["rows"], job.status == TaskResultStatus.FAILED)
        for job, kwargs in asked
        if kwargs["scope"]["book_id"] == book_id and kwargs["rows_sha256"] not in there
    ]


def print_is_waiting(rows_sha256: str) -> bool:
    """Tell whether a job that prints these rows is in the queue or runs (one query)."""
    states = (TaskResultStatus.READY, TaskResultStatus.RUNNING)
    jobs = DBTaskResult.objects.filter(task_path=PRINT_JOB, status__in=states).values_list("args_kwargs", flat=True)
    return any(each["kwargs"]["rows_sha256"] == rows_sha256 for each in jobs)
