"""Calling back an issued document; the document itself stays as it was issued (NĐ 30/2020 Điều 18)."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.document.drafting import lock_document
from workflow.actions.notification import notify, tell_of
from workflow.choices import NotificationKind
from workflow.core.errors import NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.models import Document, Recall, Unit
from workflow.permissions import DECIDE, REGISTER, SUBMIT, Actor
from workflow.queries.notification import people_of_any
from workflow.queries.paperlife import life_of
from workflow.queries.paperlist import find_document
from workflow.queries.task import may_any

LONGEST_REASON = 2000


def may_recall(by: Actor, document: Document) -> bool:
    """Tell whether the person may recall the document: a leader or văn thư."""
    return may_any(by, (DECIDE, REGISTER), document.task)


@action
def recall_document(document_id: int, *, reason: str, by: Actor, now: datetime) -> Recall:
    """Record that an issued document is called back, and tell who wrote, signed and issued it and the units concerned.

    Its text, number, PDF and hash stay; so does what it counts on its task. Nobody outside the system is told by it.

    :raises NotFound: when the document is not seen.
    :raises NotPermitted: unless a leader or văn thư does it.
    :raises WrongState: when it is not issued, or recalled already.
    :raises Invalid: without a reason.
    """
    find_document(by, document_id)
    document = lock_document(document_id, by=by)
    if not may_recall(by, document):
        raise NotPermitted("Chỉ Lãnh đạo Sở hoặc văn thư được thu hồi văn bản đã phát hành.")
    why_not = life_of(document).why_not_recalled
    if why_not:
        raise WrongState(why_not)
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do thu hồi", limit=LONGEST_REASON)
    fields.stop_if_wrong()
    recall = Recall.objects.create(document=document, reason=reason, recalled_at=now, recalled_by_id=by.person_id)
    _tell(document, f"Văn bản số {document.full_number} đã thu hồi: {reason}", by=by, now=now)
    record_event(
        "document.recall",
        subject=f"document:{document.pk}",
        by=by,
        now=now,
        after={"recalled_at": now},
        details={"reason": reason, "number": document.full_number, "task": document.task_id},
    )
    return recall


def _tell(document: Document, text: str, *, by: Actor, now: datetime) -> None:
    """Tell the document's hands, and the heads of its task's units; of one of no task, of the units it was sent to."""
    hands = (document.drafted_by_id, document.signed_by_id, document.issued_by_id)
    task, kind = document.task, NotificationKind.DECISION
    if task is not None:
        heads = [(task.unit_id, SUBMIT), (task.host_unit_id, SUBMIT)]
        tell_of(task, heads_of=heads, persons=hands, kind=kind, text=text, by=by, now=now)
        return
    sent_to = Unit.objects.filter(name__in=[*document.recipients, *document.copies]).values_list("pk", flat=True)
    people = people_of_any([(unit, SUBMIT) for unit in sent_to], timezone.localdate(now))
    told = (people | {person for person in hands if person is not None}) - {by.person_id}
    notify(told, key=f"recall:{document.pk}", kind=kind, text=text, task=None, now=now)
