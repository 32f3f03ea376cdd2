"""Signing and issuing: from its issue on a document never changes, and its text is hashed then."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.document.drafting import lock_document, may_issue, require_draft, require_revision
from workflow.actions.document.register import take_numbers
from workflow.actions.document.rendering import request_rendering
from workflow.actions.flow import only_in_flow
from workflow.choices import Capacity, DocumentKind, DocumentStatus, ReminderStatus
from workflow.core.errors import NotPermitted, WrongState
from workflow.models import Delivery, Document, RegisterBook
from workflow.permissions import DECIDE, SIGN, Actor
from workflow.queries.document import CHIEF_TITLE, issuing_body, signed_by_order, text_hash

HEAD_TITLE = "GIÁM ĐỐC"

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

THROUGH = "(thông qua "
"""How a recipient says that another body passes the document on: "UBND tỉnh (thông qua Sở Nội vụ)"."""


def freeze(document: Document, book: RegisterBook, number: int, *, by: Actor | None, now: datetime) -> None:
    """Give a draft its number, date and text hash in memory; the caller saves it in the same transaction."""
    document.status = DocumentStatus.ISSUED
    document.book_id = book.pk
    document.number = number
    document.issued_on = timezone.localdate(now)
    document.issued_at = now
    document.issued_by_id = by.person_id if by is not None else None
    document.text_sha256 = text_hash(document)


@action
@only_in_flow
def sign_document(document_id: int, revision: int, *, by: Actor, now: datetime) -> Document:
    """Put the signer's name and title on the draft that he looked at; only văn thư's issue makes it count.

    :raises NotFound: when the document, or its task, is not seen.
    :raises NotPermitted: unless a leader, or for a công văn Chánh Văn phòng, signs.
    :raises WrongState: when it is no draft.
    :raises Stale: when somebody wrote it anew since the page was shown.
    """
    document = lock_document(document_id, by=by)
    require_draft(document)
    require_revision(document, revision)
    unit_id = _unit_of(document, by)
    by_order = signed_by_order(document)
    if not by.may(SIGN if by_order else DECIDE, unit_id):
        raise NotPermitted("Ông/bà không có thẩm quyền ký văn bản này.")
    document.signer_name, document.signer_title = by.name, signing_title(by, by_order=by_order)
    document.signed_by_id, document.signed_at = by.person_id, now
    document.save(update_fields=["signer_name", "signer_title", "signed_by", "signed_at"])
    details = {"revision": revision, "signer": document.signer_name, "title": document.signer_title}
    record_event("document.sign", subject=f"document:{document.pk}", by=by, now=now, details=details)
    return document


@action
@only_in_flow
def pass_up_signing(document_id: int, revision: int, *, by: Actor, now: datetime) -> Document:
    """Let a draft that was to be signed by order (TL.) be signed by a leader instead.

    So does Chánh Văn phòng with what he wrote himself: nobody signs his own draft, and the order is given to him alone.

    :raises NotFound: when the document, or its task, is not seen.
    :raises NotPermitted: unless who signs by order does it.
    :raises WrongState: when it is no draft, or a leader signs it already.
    :raises Stale: when somebody wrote it anew since the page was shown.
    """
    document = lock_document(document_id, by=by)
    require_draft(document)
    require_revision(document, revision)
    if not signed_by_order(document):
        raise WrongState("Văn bản này vốn do Lãnh đạo Sở ký; không có gì để chuyển.")
    if not by.may(SIGN, _unit_of(document, by)):
        raise NotPermitted("Chỉ người được ký thừa lệnh mới chuyển được văn bản này lên Lãnh đạo Sở ký.")
    before = {"signer_title": document.signer_title}
    document.signer_title = HEAD_TITLE
    document.signer_name, document.signed_by_id, document.signed_at = "", None, None
    document.save(update_fields=["signer_title", "signer_name", "signed_by", "signed_at"])
    record_event(
        "document.pass_up",
        subject=f"document:{document.pk}",
        by=by,
        now=now,
        before=before,
        after={"signer_title": HEAD_TITLE},
        details={"revision": revision},
    )
    return document


def _unit_of(document: Document, by: Actor) -> int | None:
    return document.task.unit_id if document.task is not None else by.unit_id


@action
@only_in_flow
def issue_document(document_id: int, *, by: Actor | None, now: datetime) -> Document:
    """Issue a draft that stands by itself: number, date, hash, event; its PDF is asked for in the same transaction.

    A reminder's or a report's document is issued by `issue_reminder` or `send_escalation`, so that it counts.

    :raises NotFound: when the document, or its task, is not seen.
    :raises NotPermitted: unless văn thư, or who signs it, does it.
    :raises WrongState: when it is no draft, or belongs to a reminder or to a duty to report.
    """
    document = lock_document(document_id, by=by)
    if document.reminders.exclude(status=ReminderStatus.WITHDRAWN).exists():
        raise WrongState("Văn bản này thuộc một lần đôn đốc; hãy phát hành tại mục văn bản đôn đốc để được tính.")
    if document.escalations.exists():
        raise WrongState("Văn bản này là báo cáo UBND tỉnh; hãy gửi tại mục báo cáo UBND tỉnh.")
    if by is not None and not may_issue(by, document):
        raise NotPermitted("Chỉ văn thư hoặc người ký được phát hành văn bản này.")
    issue_draft(document, by=by, now=now)
    return document


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
    Delivery.objects.bulk_create(deliveries_of([document], now=now))
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


def deliveries_of(documents: Iterable[Document], *, now: datetime) -> list[Delivery]:
    """Return, unsaved, each way that documents take: "gửi A (thông qua B)" goes to B and, through B, to A."""
    rows = []
    for document in documents:
        for recipient in document.recipients:
            name, _bracket, rest = recipient.partition(THROUGH)
            through = rest.rstrip(")").strip()
            if through:
                rows.append(Delivery(document=document, recipient=through, sent_at=now))
            rows.append(Delivery(document=document, recipient=name.strip(), through=through, sent_at=now))
    return rows


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
