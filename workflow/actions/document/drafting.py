"""Drafts: writing one, writing it anew, dropping it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.document.parts import (
    Parts,
    clean_parts,
    clean_recipients,
    names_of,
    set_parts,
    write_appendices,
)
from workflow.actions.flow import Target, close_flows, flows, open_flow
from workflow.actions.transition import lock_task
from workflow.choices import DocumentKind, DocumentStatus, FlowKind, ReminderStatus, UnitKind
from workflow.core.errors import NotFound, NotPermitted, Stale, WrongState
from workflow.core.fields import Fields
from workflow.models import Document, DocumentRevision, Task, Unit
from workflow.permissions import DECIDE, DO, REGISTER, URGE, Actor
from workflow.queries.document import PART_COLUMNS, issuing_body, may_issue, parts_said, signed_by_order
from workflow.queries.task import may_any

DRAFTING = (DO, URGE, REGISTER, DECIDE)
"""Who works on a matter, chases it, keeps the register or decides may draft for it."""

ONLY_LETTERS_BY_ORDER = "Chỉ công văn được ký thừa lệnh (TL.); văn bản loại này do Lãnh đạo Sở ký."


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft(Parts):
    """What a document says before it is issued. `recipients` are the names after "Kính gửi"."""

    kind: DocumentKind
    subject: str
    body: str
    recipients: tuple[str, ...]
    symbol: str
    signer_name: str = ""
    signer_title: str = ""


@action
def draft_document(
    draft: Draft, *, task: Task | None = None, unit_id: int | None = None, by: Actor | None, now: datetime
) -> Document:
    """Draft a document; it has no number and counts nothing until it is issued. Its flow opens in the same transaction.

    `unit_id` is the unit that drafts, in whose name the flow stands: of a task's two units, or any of the department
    where the document is of no task. Without it the unit that chases the task drafts, else the person's own. A named
    kind whose keeper nobody wrote is kept by that unit.

    :raises NotPermitted: unless the person works on the task, chases it, or keeps the register; with `unit_id`, there.
    :raises Invalid: with the fields that are wrong.
    """
    if task is not None:
        task = lock_task(task.pk, by=None)
    if by is not None and not may_draft(by, task, unit_id=unit_id):
        raise NotPermitted("Ông/bà không có quyền soạn văn bản cho nhiệm vụ hoặc đơn vị này.")
    fields = Fields()
    subject = fields.text("subject", draft.subject, "Trích yếu")
    body = fields.text("body", draft.body, "Nội dung")
    symbol = fields.text("symbol", draft.symbol, "Ký hiệu", limit=40)
    parts = clean_parts(fields, draft)
    recipients = clean_recipients(fields, draft.kind, draft.recipients, parts.copies)
    if unit_id is not None:
        unit = _require_drafting_unit(fields, unit_id, timezone.localdate(now))
        if unit is not None and not parts.keeper and draft.kind != DocumentKind.LETTER:
            parts = replace(parts, keeper=unit.abbreviation)
    document = Document(
        task=task,
        kind=draft.kind,
        symbol=symbol,
        subject=subject,
        body=body,
        recipients=recipients,
        signer_name=draft.signer_name,
        signer_title=draft.signer_title,
        drafted_by_id=by.person_id if by is not None else None,
        drafted_at=now,
    )
    set_parts(document, parts)
    if document.kind != DocumentKind.LETTER and signed_by_order(document):
        fields.refuse("signer", ONLY_LETTERS_BY_ORDER)
    fields.stop_if_wrong()
    document.save(force_insert=True)
    if parts.appendices:
        write_appendices(document, parts.appendices)
    after = {
        "kind": document.kind,
        "symbol": symbol,
        "subject": subject,
        "status": document.status,
        "task": document.task_id,
    }
    said = names_of(parts)
    record_event("document.draft", subject=f"document:{document.pk}", by=by, now=now, after=after, details=said)
    open_flow(FlowKind.DOCUMENT, document_target(document, unit_id=unit_id, by=by, now=now), by=by, now=now)
    return document


def _require_drafting_unit(fields: Fields, unit_id: int, on: date) -> Unit | None:
    unit = Unit.objects.filter(pk=unit_id).first()
    if unit is None or not _drafts(unit, on):
        fields.refuse("unit", "Đơn vị này không soạn văn bản của Sở hoặc đã giải thể; hãy chọn đơn vị khác.")
        return None
    return unit


def _drafts(unit: Unit, on: date) -> bool:
    """Tell whether documents are drafted in the unit's name: a part of the department, not the department itself."""
    return unit.is_internal and unit.kind != UnitKind.DEPARTMENT and unit.is_open_on(on)


def document_target(
    document: Document, *, unit_id: int | None = None, by: Actor | None = None, now: datetime
) -> Target:
    """Return what a document's flow is opened on: the document, in the name of the unit that drafts or chases."""
    if unit_id is None:
        task = document.task
        unit_id = task.host_unit_id if task is not None else (by.unit_id if by is not None else None)
    return Target(document.pk, document.task_id, unit_id or issuing_body(timezone.localdate(now)).pk, document.subject)


def may_draft(by: Actor, task: Task | None, *, unit_id: int | None = None) -> bool:
    """Tell whether the person may draft for the task: who works on it, chases or decides.

    With `unit_id`, whether he may in the name of exactly that unit, which must be one of the task's two.
    """
    own = (task.unit_id, task.host_unit_id) if task is not None else None
    if unit_id is not None:
        return (own is None or unit_id in own) and any(by.may(codename, unit_id) for codename in DRAFTING)
    return may_any(by, DRAFTING, task)


def drafting_units(by: Actor, task: Task | None, *, on: date) -> list[Unit]:
    """Return the units in whose name the person may draft on the day, by name (one query, none with a task)."""
    found: set[Unit]
    if task is not None:
        found = {unit for unit in (task.unit, task.host_unit) if unit is not None}
    else:
        held = frozenset[int]().union(*(by.units(codename) for codename in DRAFTING))
        found = set(Unit.objects.filter(pk__in=sorted(held)))
    named = [unit for unit in found if _drafts(unit, on) and may_draft(by, task, unit_id=unit.pk)]
    return sorted(named, key=lambda unit: (unit.name, unit.pk))


def may_revise(by: Actor, document: Document) -> bool:
    """Tell whether the person may write the draft anew: for its task, or in the unit whose name its flow is in."""
    if document.task is not None:
        return may_draft(by, document.task)
    waiting = flows().waiting(FlowKind.DOCUMENT, document.pk)
    return may_draft(by, None, unit_id=waiting[0].unit_id if waiting else None)


@action
def revise_document(
    document_id: int,
    revision: int,
    subject: str,
    body: str,
    recipients: Sequence[str],
    *,
    parts: Parts | None = None,
    by: Actor,
    now: datetime,
) -> Document:
    """Write a draft anew; whatever was signed before is signed no more (NĐ 30/2020 Điều 11 khoản 2).

    Without `parts` the further parts stay as they stand. Its flow follows in the same transaction: what was signed goes
    back to its signer, whoever changed it and how.

    :raises NotFound: when the document, or its task, is not seen.
    :raises NotPermitted: unless the person may draft it.
    :raises WrongState: when it is no draft.
    :raises Stale: when somebody wrote it anew since the page was shown.
    :raises Invalid: with the fields that are wrong.
    """
    document = lock_document(document_id, by=by)
    if not may_revise(by, document):
        raise NotPermitted("Ông/bà không có quyền sửa dự thảo này.")
    require_draft(document)
    require_revision(document, revision)
    fields = Fields()
    subject = fields.text("subject", subject, "Trích yếu")
    body = fields.text("body", body, "Nội dung")
    given = clean_parts(fields, parts) if parts is not None else None
    copies = given.copies if given is not None else document.copies
    named = clean_recipients(fields, document.kind, recipients, copies)
    fields.stop_if_wrong()
    _keep_former(document)
    document.revision += 1
    document.subject, document.body, document.recipients = subject, body, named
    if given is not None:
        set_parts(document, given)
        write_appendices(document, given.appendices)
    was_signed = document.signed_at is not None
    document.signed_by_id, document.signed_at, document.signer_name = None, None, ""
    document.save(update_fields=REVISED_COLUMNS)
    details = {"revision": document.revision, "was_signed": was_signed, "body": body, "subject": subject}
    details |= names_of(given) if given is not None else {}
    record_event("document.revise", subject=f"document:{document.pk}", by=by, now=now, details=details)
    flows().written_anew(FlowKind.DOCUMENT, document.pk, subject, document.revision, task=document.task, by=by, now=now)
    return document


REVISED_COLUMNS = ("revision", "subject", "body", "recipients", *PART_COLUMNS, "signed_by", "signed_at", "signer_name")


def _keep_former(document: Document) -> None:
    """Keep what a draft says before it is written over."""
    DocumentRevision.objects.create(
        document=document,
        revision=document.revision,
        subject=document.subject,
        body=document.body,
        recipients=document.recipients,
        said=parts_said(document),
    )


@action
def cancel_draft(document_id: int, *, by: Actor | None, now: datetime) -> Document:
    """Drop a draft that stands by itself; it stays in the table, marked as dropped.

    :raises NotFound: when the document, or its task, is not seen.
    :raises NotPermitted: unless who drafted it, or who may issue it, does it.
    :raises WrongState: when it is no draft, or belongs to a reminder or to a duty to report.
    """
    document = lock_document(document_id, by=by)
    if document.status != DocumentStatus.DRAFT:
        raise WrongState("Chỉ bỏ được dự thảo; văn bản này không còn là dự thảo.")
    if document.reminders.exclude(status=ReminderStatus.WITHDRAWN).exists() or document.escalations.exists():
        raise WrongState("Dự thảo này thuộc một lần đôn đốc hoặc báo cáo UBND tỉnh; hãy rút tại mục đó.")
    if by is not None and by.person_id != document.drafted_by_id and not may_issue(by, document):
        raise NotPermitted("Chỉ người soạn hoặc văn thư được bỏ dự thảo này.")
    document.status = DocumentStatus.CANCELLED
    document.save(update_fields=["status"])
    close_flows(FlowKind.DOCUMENT, [document.pk], "dự thảo đã bỏ", of=document.task, by=by, now=now)
    record_event(
        "document.cancel",
        subject=f"document:{document.pk}",
        by=by,
        now=now,
        before={"status": DocumentStatus.DRAFT},
        after={"status": DocumentStatus.CANCELLED},
    )
    return document


def lock_document(document_id: int, *, by: Actor | None) -> Document:
    """Lock the document's task first, as every action does, then the document.

    :raises NotFound: when the document, or its task, is not seen.
    """
    found = Document.objects.filter(pk=document_id).values_list("task_id", flat=True).first()
    if found is not None:
        lock_task(found, by=by)
    document = Document.objects.select_for_update(of=("self",)).filter(pk=document_id).first()
    if document is None or (document.task_id is None and by is not None and not may_draft(by, None)):
        raise NotFound
    return document


def require_draft(document: Document) -> None:
    """Let pass a draft.

    :raises WrongState: when it is issued or dropped.
    """
    if document.status != DocumentStatus.DRAFT:
        label = DocumentStatus(document.status).label
        raise WrongState(f"Văn bản đang ở trạng thái “{label}” nên không sửa, không ký được nữa.")


def require_revision(document: Document, revision: int) -> None:
    """Let pass the writing that the person looked at.

    :raises Stale: when it was written anew since.
    """
    if document.revision != revision:
        raise Stale("Dự thảo đã được sửa sau khi ông/bà mở trang này; chưa ghi gì. Hãy đọc lời văn mới rồi làm lại.")
