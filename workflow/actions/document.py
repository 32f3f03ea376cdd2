"""Outgoing documents: drafting, the gapless register, issuing, and the job that prints each issued one once.

A number is given inside the transaction that issues, with the register's row locked: what rolls back takes no number.
An issued document never changes; its text is hashed when it is issued and its PDF is printed once.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone
from django_tasks import task as background_task

from workflow.actions.audit import action, record_event
from workflow.actions.transition import lock_task
from workflow.adapters.pdf import Paper, print_paper
from workflow.choices import Capacity, DocumentKind, DocumentStatus, ReminderStatus, UnitKind
from workflow.core.errors import Invalid, NotFound, NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.core.numbering import COMMON_SERIES, LARGEST_NUMBER, next_numbers
from workflow.models import Document, RegisterBook, Task, Unit
from workflow.permissions import DECIDE, DO, REGISTER, SIGN, URGE, Actor
from workflow.queries.document import issuing_body, letterhead, text_hash

RENDER_CHUNK = 200
"""How many documents one background job prints."""

RENDER_GRACE = timedelta(minutes=10)
"""How long after its issue a document's PDF may still be under way."""

CHIEF_TITLE = "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG"
HEAD_TITLE = "GIÁM ĐỐC"
PLAUSIBLE_YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a document says before it is issued. `recipients` are the names after "Kính gửi"."""

    kind: DocumentKind
    subject: str
    body: str
    recipients: tuple[str, ...]
    symbol: str
    signer_name: str = ""
    signer_title: str = ""


@action
def open_register(
    body_id: int, year: int, series: str, first_number: int, *, by: Actor | None, now: datetime
) -> RegisterBook:
    """Open a series of a year that does not begin with 1, because the paper register gave the numbers before it.

    A series that nobody opened opens itself with 1 at its first document (NĐ 30/2020 Điều 15: from 01 on 1 January).

    :raises NotPermitted: unless văn thư does it.
    :raises Invalid: with the fields that are wrong.
    :raises WrongState: when the series is open already.
    """
    if by is not None and not by.may(REGISTER, body_id):
        raise NotPermitted("Chỉ văn thư được mở sổ đăng ký văn bản đi.")
    fields = Fields()
    series = fields.text("series", series, "Tên sổ", limit=20)
    if year not in PLAUSIBLE_YEARS:
        fields.refuse("year", f"Năm {year} không hợp lý; hãy nhập năm của sổ.")
    if not 1 <= first_number <= LARGEST_NUMBER:
        fields.refuse("first_number", f"Số đầu phải từ 1 đến {LARGEST_NUMBER}.")
    if not Unit.objects.filter(pk=body_id, kind=UnitKind.DEPARTMENT).exists():
        fields.refuse("body_id", "Chỉ cơ quan ban hành (Sở) có sổ đăng ký văn bản đi; hãy chọn lại cơ quan.")
    fields.stop_if_wrong()
    book, made = RegisterBook.objects.get_or_create(
        body_id=body_id,
        year=year,
        series=series,
        defaults={"first_number": first_number, "last_number": first_number - 1},
    )
    if not made:
        raise WrongState(f"Sổ “{series}” năm {year} đã mở, số gần nhất là {book.last_number}.")
    opened = {"body": body_id, "year": year, "series": series, "first_number": first_number}
    record_event("register.open", subject="register", by=by, now=now, after=opened)
    return book


def take_numbers(
    body_id: int, year: int, count: int, *, series: str = COMMON_SERIES
) -> tuple[RegisterBook, Sequence[int]]:
    """Take the next numbers of a series, in order and without a gap, and return them with the locked register.

    Must run inside the transaction that issues; the register's row stays locked until it ends, so that numbers follow
    the order of issuing and a rollback gives them back.

    :raises RuntimeError: outside a transaction.
    :raises WrongState: when the series has run out of numbers.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("take_numbers must run inside the transaction that issues.")
    RegisterBook.objects.get_or_create(body_id=body_id, year=year, series=series)
    book = RegisterBook.objects.select_for_update().get(body_id=body_id, year=year, series=series)
    try:
        numbers = next_numbers(book.last_number, count)
    except ValueError as error:
        raise WrongState(str(error)) from error
    book.last_number = numbers[-1]
    book.save(update_fields=["last_number"])
    return book, numbers


def freeze(document: Document, book: RegisterBook, number: int, *, by: Actor | None, now: datetime) -> None:
    """Give a draft its number, date and text hash in memory; the caller saves it in the same transaction."""
    document.status = DocumentStatus.ISSUED
    document.book_id = book.pk
    document.number = number
    document.issued_on = timezone.localdate(now)
    document.issued_at = now
    document.issued_by_id = by.person_id if by is not None else None
    document.text_sha256 = text_hash(document)


FROZEN_COLUMNS = (
    "status",
    "book",
    "number",
    "issued_on",
    "issued_at",
    "issued_by",
    "signer_name",
    "signer_title",
    "text_sha256",
)


@action
def draft_document(draft: Draft, *, task: Task | None = None, by: Actor | None, now: datetime) -> Document:
    """Draft a document; it has no number and counts nothing until it is issued.

    :raises NotPermitted: unless the person works on the task, chases it, or keeps the register.
    :raises Invalid: with the fields that are wrong.
    """
    if by is not None and not _may_draft(by, task):
        raise NotPermitted("Ông/bà không có quyền soạn văn bản cho nhiệm vụ này.")
    fields = Fields()
    subject = fields.text("subject", draft.subject, "Trích yếu")
    body = fields.text("body", draft.body, "Nội dung")
    symbol = fields.text("symbol", draft.symbol, "Ký hiệu", limit=40)
    if not draft.recipients or not all(name.strip() for name in draft.recipients):
        fields.refuse("recipients", "Chưa nhập nơi nhận; hãy nhập ít nhất một nơi nhận.")
    fields.stop_if_wrong()
    document = Document.objects.create(
        task=task,
        kind=draft.kind,
        symbol=symbol,
        subject=subject,
        body=body,
        recipients=[name.strip() for name in draft.recipients],
        signer_name=draft.signer_name,
        signer_title=draft.signer_title,
        drafted_by_id=by.person_id if by is not None else None,
        drafted_at=now,
    )
    after = {
        "kind": document.kind,
        "symbol": symbol,
        "subject": subject,
        "status": document.status,
        "task": task.pk if task is not None else None,
    }
    record_event("document.draft", subject=f"document:{document.pk}", by=by, now=now, after=after)
    return document


def _may_draft(by: Actor, task: Task | None) -> bool:
    if task is None:
        return any(by.holds(codename) for codename in (DO, URGE, REGISTER, DECIDE))
    units = (task.unit_id, task.host_unit_id)
    return any(by.may(codename, unit) for codename in (DO, URGE, REGISTER, DECIDE) for unit in units)


@action
def issue_document(document_id: int, *, by: Actor | None, now: datetime) -> Document:
    """Issue a draft that stands by itself: number, date, hash, event; its PDF is asked for in the same transaction.

    A reminder's or a report's document is issued by `issue_reminder` or `send_escalation`, so that it counts.

    :raises NotFound: when the document, or its task, is not seen.
    :raises NotPermitted: unless văn thư, or who signs it, does it.
    :raises WrongState: when it is no draft, or belongs to a reminder or to a duty to report.
    """
    document = _lock_document(document_id, by=by)
    if document.reminders.exclude(status=ReminderStatus.WITHDRAWN).exists():
        raise WrongState("Văn bản này thuộc một lần đôn đốc; hãy phát hành tại mục văn bản đôn đốc để được tính.")
    if document.escalations.exists():
        raise WrongState("Văn bản này là báo cáo UBND tỉnh; hãy gửi tại mục báo cáo UBND tỉnh.")
    if by is not None and not may_issue(by, document):
        raise NotPermitted("Chỉ văn thư hoặc người ký được phát hành văn bản này.")
    issue_draft(document, by=by, now=now)
    return document


def may_issue(by: Actor, document: Document) -> bool:
    """Tell whether the person may issue: văn thư any document, a leader any, Chánh Văn phòng a công văn (TL.)."""
    codenames = (REGISTER, DECIDE, SIGN) if document.kind == DocumentKind.LETTER else (REGISTER, DECIDE)
    task = document.task
    if task is None:
        return any(by.holds(codename) for codename in codenames)
    return any(by.may(codename, unit) for codename in codenames for unit in (task.unit_id, task.host_unit_id))


@action
def issue_draft(document: Document, *, by: Actor | None, now: datetime) -> Document:
    """Issue a locked draft for the calling action, which has asked for the right; event on the document's chain.

    :raises WrongState: when it is no draft.
    """
    if document.status != DocumentStatus.DRAFT:
        label = DocumentStatus(document.status).label
        raise WrongState(f"Văn bản đang ở trạng thái “{label}” nên không phát hành được nữa.")
    today = timezone.localdate(now)
    if by is not None:
        _sign_off(document, by)
    book, numbers = take_numbers(issuing_body(today).pk, today.year, 1)
    freeze(document, book, numbers[0], by=by, now=now)
    document.save(update_fields=FROZEN_COLUMNS)
    request_rendering([document.pk])
    record_event(
        "document.issue",
        subject=f"document:{document.pk}",
        by=by,
        now=now,
        before={"status": DocumentStatus.DRAFT},
        after={
            "status": document.status,
            "number": document.full_number,
            "issued_on": document.issued_on,
            "text_sha256": document.text_sha256,
        },
        details={"body": document.body, "subject": document.subject, "task": document.task_id},
    )
    return document


def _sign_off(document: Document, by: Actor) -> None:
    """Print the signer's name when the person who issues is the one who signs; văn thư signs nothing."""
    if document.signer_name:
        return
    unit_id = document.task.unit_id if document.task is not None else by.unit_id
    by_order = not by.may(DECIDE, unit_id)
    if by_order and not (document.kind == DocumentKind.LETTER and by.may(SIGN, unit_id)):
        return
    document.signer_name, document.signer_title = by.name, signing_title(by, by_order=by_order)


def signing_title(by: Actor, *, by_order: bool) -> str:
    """Return what is printed above a signer's name, a line each (NĐ 30/2020 Điều 13 and Phụ lục I).

    The director signs as GIÁM ĐỐC, his deputy KT.; Chánh Văn phòng signs TL. GIÁM ĐỐC by order, his deputy KT. CHÁNH
    VĂN PHÒNG below it; somebody else signs TUQ. when he acts under a delegation that says so.
    """
    position = by.position.upper()
    head, order = (CHIEF_TITLE, "CHÁNH VĂN PHÒNG") if by_order else (HEAD_TITLE, HEAD_TITLE)
    if by.capacity == Capacity.TUQ:
        return f"TUQ. {HEAD_TITLE}\n{position}"
    if position.startswith("PHÓ"):
        lines = head.split("\n")
        return "\n".join([*lines[:-1], f"KT. {order}", position])
    return head


@action
def cancel_draft(document_id: int, *, by: Actor | None, now: datetime) -> Document:
    """Drop a draft that stands by itself; it stays in the table, marked as dropped.

    :raises NotFound: when the document, or its task, is not seen.
    :raises NotPermitted: unless who drafted it, or who may issue it, does it.
    :raises WrongState: when it is no draft, or belongs to a reminder or to a duty to report.
    """
    document = _lock_document(document_id, by=by)
    if document.status != DocumentStatus.DRAFT:
        raise WrongState("Chỉ bỏ được dự thảo; văn bản này không còn là dự thảo.")
    if document.reminders.exclude(status=ReminderStatus.WITHDRAWN).exists() or document.escalations.exists():
        raise WrongState("Dự thảo này thuộc một lần đôn đốc hoặc báo cáo UBND tỉnh; hãy rút tại mục đó.")
    if by is not None and by.person_id != document.drafted_by_id and not may_issue(by, document):
        raise NotPermitted("Chỉ người soạn hoặc văn thư được bỏ dự thảo này.")
    document.status = DocumentStatus.CANCELLED
    document.save(update_fields=["status"])
    record_event(
        "document.cancel",
        subject=f"document:{document.pk}",
        by=by,
        now=now,
        before={"status": DocumentStatus.DRAFT},
        after={"status": DocumentStatus.CANCELLED},
    )
    return document


def _lock_document(document_id: int, *, by: Actor | None) -> Document:
    """Lock the document's task first, as every action does, then the document.

    :raises NotFound: when the document, or its task, is not seen.
    """
    found = Document.objects.filter(pk=document_id).values_list("task_id", flat=True).first()
    if found is not None:
        lock_task(found, by=by)
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None or (document.task_id is None and by is not None and not _may_draft(by, None)):
        raise NotFound
    return document


def request_rendering(document_ids: Sequence[int]) -> None:
    """Ask for the PDF of issued documents; jobs of two hundred documents join the caller's transaction."""
    ids = list(document_ids)
    for start in range(0, len(ids), RENDER_CHUNK):
        render_documents.enqueue(ids[start : start + RENDER_CHUNK])


def render_missing(*, now: datetime) -> int:
    """Ask again for the PDF of each issued document that should have one by now, one job each; return how many.

    A job that failed is not run again by the queue: what it should have printed is found here, from the table. One that
    is only late is printed once all the same. One job a document, so that one that can't be printed stops no other.
    """
    late = Document.objects.filter(status=DocumentStatus.ISSUED, pdf_name="", issued_at__lte=now - RENDER_GRACE)
    ids = list(late.order_by("issued_at", "pk").values_list("pk", flat=True)[:RENDER_CHUNK])
    for document_id in ids:
        request_rendering([document_id])
    return len(ids)


@background_task()
def render_documents(document_ids: list[int]) -> int:
    """Run as a job: print each issued document that was not printed yet; return how many were printed now.

    Run again, or by two workers at once, each document is printed and stored once.
    """
    return sum(render_document(document_id) for document_id in document_ids)


def render_document(document_id: int) -> bool:
    """Print one issued document, store the PDF and its SHA-256, and return whether it was done now.

    Printing takes a while and holds no lock; storing locks the row and writes `pdf_name` and `pdf_sha256` once. A draft
    is never stored.

    :raises Invalid: when the document does not exist.
    """
    document = Document.objects.select_related("task__host_unit").filter(pk=document_id).first()
    if document is None:
        raise Invalid.of(document_id=f"Không có văn bản số {document_id}.")
    if document.status != DocumentStatus.ISSUED or document.pdf_name:
        return False
    return _store_pdf(document_id, print_paper(paper_of(document)))


@action
def _store_pdf(document_id: int, content: bytes) -> bool:
    document = Document.objects.select_for_update(of=("self",)).get(pk=document_id)
    if document.pdf_name:
        return False
    wanted = f"documents/{document.issued_on:%Y}/{document.pk}-{document.text_sha256[:12]}.pdf"
    document.pdf_name = default_storage.save(wanted, ContentFile(content))
    document.pdf_sha256 = hashlib.sha256(content).hexdigest()
    document.save(update_fields=["pdf_name", "pdf_sha256"])
    return True


def paper_of(document: Document) -> Paper:
    """Return what is printed of a document, issued or not."""
    head = letterhead(document.issued_on or timezone.localdate(document.drafted_at))
    is_letter = document.kind == DocumentKind.LETTER
    host = document.task.host_unit.abbreviation if document.task is not None else ""
    drafting = document.symbol.rpartition("-")[2] if is_letter else host
    return Paper(
        kind=document.kind,
        kind_label=str(DocumentKind(document.kind).label),
        parent_name=head.parent_name,
        body_name=head.body_name,
        number=document.full_number,
        symbol=document.symbol,
        issued_on=document.issued_on,
        subject=document.subject,
        body=document.body,
        recipients=tuple(str(name) for name in document.recipients),
        keeper=drafting,
        signer_name=document.signer_name,
        signer_title=document.signer_title,
    )
