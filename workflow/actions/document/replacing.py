"""Amending an issued document by another one: replacing wrong content, correcting wrong form (NĐ 30/2020 Điều 18)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.document.drafting import Draft, draft_document, drafting_units, lock_document, may_draft
from workflow.actions.document.issuing import HEAD_TITLE
from workflow.choices import DocumentKind, LinkKind
from workflow.core.amending import correcting_text, replacing_body
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.core.numbering import renewed_symbol
from workflow.models import Document, DocumentLink, Unit
from workflow.permissions import Actor
from workflow.queries.document import CHIEF_TITLE, appendices_of, head_of, head_on, signed_by_order, symbol_of
from workflow.queries.paperlife import chases, cited, life_of
from workflow.queries.paperlist import find_document

LONGEST_REASON = 2000
LONGEST_PASSAGE = 4000


def may_amend(by: Actor, document: Document) -> bool:
    """Tell whether the person may draft what replaces or corrects a document that he sees: who may draft for its task.

    A reminder's or a report's document is amended by who chases, never by the unit that it chases.
    """
    task = document.task
    if task is not None and chases(document):
        return may_draft(by, task, unit_id=task.host_unit_id)
    return may_draft(by, task)


@action
def start_replacement(document_id: int, *, reason: str, by: Actor, now: datetime) -> Document:
    """Draft a document of the same kind that replaces an issued one whose content is wrong; return the draft.

    It begins with the old text, parts and appendices, says in its first line what it replaces, and passes the flow of
    any draft. The old one stands, with its PDF, data and hash, and counts as replaced once the draft is issued.

    :raises NotFound: when the document is not seen.
    :raises NotPermitted: unless the person may draft for the same task, or in a unit's name.
    :raises WrongState: when it is not issued, recalled, replaced, or a draft that replaces it waits.
    :raises Invalid: without a reason.
    """
    old = _lock(document_id, by=by)
    _stop(life_of(old).why_not_replaced)
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do thay thế", limit=LONGEST_REASON)
    fields.stop_if_wrong()
    unit = _unit_for(old, by, now)
    draft = Draft(
        kind=DocumentKind(old.kind),
        subject=old.subject,
        body=replacing_body(cited(old), old.body),
        recipients=_names(old.recipients),
        copies=_names(old.copies),
        grounds=_names(old.grounds),
        keeper=old.keeper,
        urgency=old.urgency,
        facts=dict(old.facts),
        appendices=appendices_of(old),
        symbol=_symbol_again(old, now),
        signer_title=CHIEF_TITLE if signed_by_order(old) else HEAD_TITLE,
    )
    new = draft_document(draft, task=old.task, unit_id=unit.pk, by=by, now=now)
    DocumentLink.objects.create(document=new, target=old, kind=LinkKind.REPLACES, made_at=now)
    details = {"reason": reason, "document": new.pk}
    record_event("document.start_replacement", subject=f"document:{old.pk}", by=by, now=now, details=details)
    return new


@action
def start_correction(
    document_id: int, *, wrong: str, right: str, recipients: Sequence[str] = (), by: Actor, now: datetime
) -> Document:
    """Draft the công văn that corrects an issued document's form, presentation or procedure; return the draft.

    `wrong` is what stands there, `right` what should. It goes to the places that the document went to, or to
    `recipients` where they are given; it passes the flow of any draft.

    :raises NotFound: when the document is not seen.
    :raises NotPermitted: unless the person may draft for the same task, or in a unit's name.
    :raises WrongState: when it is not issued, recalled, replaced, or a draft that corrects it waits.
    :raises Invalid: with the fields that are wrong.
    """
    old = _lock(document_id, by=by)
    _stop(life_of(old).why_not_corrected)
    fields = Fields()
    wrong = fields.text("wrong", wrong, "Nội dung đã in", limit=LONGEST_PASSAGE)
    right = fields.text("right", right, "Nội dung đúng", limit=LONGEST_PASSAGE)
    if wrong and wrong == right:
        fields.refuse("right", "Nội dung đúng giống hệt nội dung đã in; hãy ghi chỗ khác nhau.")
    fields.stop_if_wrong()
    unit = _unit_for(old, by, now)
    subject, body = correcting_text(cited(old), wrong, right)
    draft = Draft(
        kind=DocumentKind.LETTER,
        subject=subject,
        body=body,
        recipients=tuple(recipients) or correction_places(old),
        symbol=symbol_of(DocumentKind.LETTER, unit, timezone.localdate(now)),
        signer_title=CHIEF_TITLE if signed_by_order(old) else HEAD_TITLE,
    )
    new = draft_document(draft, task=old.task, unit_id=unit.pk, by=by, now=now)
    DocumentLink.objects.create(document=new, target=old, kind=LinkKind.CORRECTS, made_at=now)
    details = {"wrong": wrong, "right": right, "document": new.pk}
    record_event("document.start_correction", subject=f"document:{old.pk}", by=by, now=now, details=details)
    return new


def correction_places(document: Document) -> tuple[str, ...]:
    """Return where a correction goes: to who stands after "Kính gửi", else to who stands under "Nơi nhận"."""
    return _names(document.recipients) or _names(document.copies)


def _names(values: Sequence[object]) -> tuple[str, ...]:
    return tuple(str(value) for value in values)


def _lock(document_id: int, *, by: Actor) -> Document:
    """Lock a document that the person sees and may amend.

    :raises NotFound: when it is not seen.
    :raises NotPermitted: when he may not draft for it.
    """
    find_document(by, document_id)
    document = lock_document(document_id, by=by)
    if not may_amend(by, document):
        raise NotPermitted("Ông/bà không có quyền soạn văn bản thay thế hoặc đính chính văn bản này.")
    return document


def _stop(why_not: str) -> None:
    if why_not:
        raise WrongState(why_not)


def _unit_for(document: Document, by: Actor, now: datetime) -> Unit:
    """Return in whose name the draft stands: the chasing unit's for a reminder or report, else the person's own unit.

    :raises NotPermitted: when he may draft in no unit's name.
    """
    task = document.task
    if task is not None and chases(document):
        return task.host_unit
    units = drafting_units(by, task, on=timezone.localdate(now))
    if not units:
        raise NotPermitted("Ông/bà không có quyền soạn văn bản nhân danh đơn vị nào.")
    host = task.host_unit_id if task is not None else None
    return next((unit for wanted in (by.unit_id, host) for unit in units if unit.pk == wanted), units[0])


def _symbol_again(document: Document, now: datetime) -> str:
    """Return the document's symbol as it is written on the day: a body that was renamed writes its new abbreviation."""
    present = head_on(timezone.localdate(now)).abbreviation
    return renewed_symbol(document.symbol, document.kind, head_of(document).abbreviation, present)
