"""Signing and issuing: from its issue on a document never changes, and its text is hashed then."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime

from django.db import IntegrityError
from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.document.drafting import lock_document, require_draft, require_revision
from workflow.actions.document.register import series_of, take_numbers
from workflow.actions.document.rendering import request_rendering
from workflow.actions.flow import only_in_flow
from workflow.choices import Capacity, DocumentKind, DocumentStatus, ReminderStatus
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.numbering import renewed_symbol
from workflow.core.paper import Head
from workflow.models import Delivery, Document, RegisterBook
from workflow.permissions import DECIDE, SIGN, Actor
from workflow.queries.document import Issuer, head_on, issuer_on, may_issue, signed_by_order, text_hash
from workflow.queries.rulebook import load_rulebook

HEAD_TITLE = "GIÁM ĐỐC"
OFFICE_CHIEF = "CHÁNH VĂN PHÒNG"
GIVEN_ALREADY = (
    "Số {number} của năm {year} đã được cấp cho một văn bản khác; văn bản này chưa phát hành. Hãy báo văn thư kiểm tra "
    "sổ đăng ký văn bản đi và ký hiệu của văn bản."
)

FROZEN_COLUMNS = (
    "status",
    "book",
    "number",
    "symbol",
    "issuer",
    "year",
    "head",
    "issued_on",
    "issued_at",
    "issued_by",
    "signer_name",
    "signer_title",
    "text_sha256",
)

THROUGH = "(thông qua "
"""How a recipient says that another body passes the document on: "UBND tỉnh (thông qua Sở Nội vụ)"."""

FOR_REPORT = re.compile(r"\s*\((?:để )?b/c\)\s*$")
"""How "Nơi nhận" says why somebody gets the document: "UBND tỉnh (b/c)"; it is no part of his name."""


def freeze(document: Document, book: RegisterBook, number: int, head: Head, *, by: Actor | None, now: datetime) -> None:
    """Give a draft its number, names, date and text hash in memory; the caller saves it in the same transaction."""
    document.status = DocumentStatus.ISSUED
    document.book_id = book.pk
    document.number = number
    document.issuer_id, document.year = book.body_id, book.year
    document.head = head.as_data()
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
    head_title = head_on(timezone.localdate(now)).head_title
    document.signer_name = by.name
    document.signer_title = signing_title(by, by_order=by_order, head_title=head_title)
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

    The document takes the names and the register of the body that issues on the day. A draft from before the body's
    reorganisation takes its present abbreviation into the symbol; the event says so.

    :raises WrongState: when it is no draft, or its number with its symbol was given already.
    """
    if document.status != DocumentStatus.DRAFT:
        label = DocumentStatus(document.status).label
        raise WrongState(f"Văn bản đang ở trạng thái “{label}” nên không phát hành được nữa.")
    today = timezone.localdate(now)
    issuer = issuer_on(today)
    if by is not None:
        _sign_off(document, by, issuer.head.head_title)
    former_symbol = _renew_symbol(document, issuer)
    series = series_of(document.kind, load_rulebook().policies.on(today))
    book, numbers = take_numbers(issuer.body.pk, today.year, 1, series=series)
    freeze(document, book, numbers[0], issuer.head, by=by, now=now)
    try:
        document.save(update_fields=FROZEN_COLUMNS)
    except IntegrityError as error:
        raise WrongState(GIVEN_ALREADY.format(number=document.full_number, year=today.year)) from error
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
        details={
            "body": document.body,
            "subject": document.subject,
            "task": document.task_id,
            **({"former_symbol": former_symbol} if former_symbol else {}),
        },
    )
    return document


def _renew_symbol(document: Document, issuer: Issuer) -> str:
    """Give a draft from before the issuer's present names their abbreviation; return the symbol it had, "" if it stays.

    Only such a draft costs queries: the names of the day when it was drafted.
    """
    drafted_on = timezone.localdate(document.drafted_at)
    if drafted_on >= issuer.since:
        return ""
    try:
        former = head_on(drafted_on).abbreviation
    except WrongState:
        return ""
    symbol = document.symbol
    document.symbol = renewed_symbol(symbol, document.kind, former, issuer.head.abbreviation)
    return symbol if document.symbol != symbol else ""


def deliveries_of(documents: Iterable[Document], *, now: datetime) -> list[Delivery]:
    """Return, unsaved, each way that documents take, by "Kính gửi" and "Nơi nhận".

    "gửi A (thông qua B)" goes to B and, through B, to A.
    """
    rows = []
    for document in documents:
        for recipient in [*document.recipients, *document.copies]:
            name, _bracket, rest = FOR_REPORT.sub("", recipient).partition(THROUGH)
            through = rest.rstrip(")").strip()
            if through:
                rows.append(Delivery(document=document, recipient=through, sent_at=now))
            rows.append(Delivery(document=document, recipient=name.strip(), through=through, sent_at=now))
    return rows


def _sign_off(document: Document, by: Actor, head_title: str) -> None:
    """Print the signer's name when the person who issues is the one who signs; văn thư signs nothing."""
    if document.signer_name:
        return
    unit_id = document.task.unit_id if document.task is not None else by.unit_id
    by_order = not by.may(DECIDE, unit_id)
    if by_order and not (document.kind == DocumentKind.LETTER and by.may(SIGN, unit_id)):
        return
    document.signer_name = by.name
    document.signer_title = signing_title(by, by_order=by_order, head_title=head_title)


def signing_title(by: Actor, *, by_order: bool, head_title: str = HEAD_TITLE) -> str:
    """Return what is printed above a signer's name, a line each (NĐ 30/2020 Điều 13 and Phụ lục I).

    The head signs as GIÁM ĐỐC, or as the letterhead calls him, his deputy KT.; Chánh Văn phòng signs TL. GIÁM ĐỐC by
    order, his deputy KT. CHÁNH VĂN PHÒNG below it; somebody else signs TUQ. when he acts under a delegation that says
    so.
    """
    position = by.position.upper()
    head, order = (f"TL. {head_title}\n{OFFICE_CHIEF}", OFFICE_CHIEF) if by_order else (head_title, head_title)
    if by.capacity == Capacity.TUQ:
        return f"TUQ. {head_title}\n{position}"
    if position.startswith("PHÓ"):
        lines = head.split("\n")
        return "\n".join([*lines[:-1], f"KT. {order}", position])
    return head
