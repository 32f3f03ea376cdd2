"""What participants say and give at an approval without deciding it."""

from __future__ import annotations

import hashlib
from datetime import datetime
from secrets import token_hex

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from approvals.actions.locking import lock_approval
from approvals.actions.opening import record
from approvals.actions.telling import shortened, tell
from approvals.models import Approval, Comment, Enclosure, Step
from approvals.queries.standing import waiting_step
from approvals.queries.talk import addressees, may_speak, participants
from workflow.actions.audit import action
from workflow.actions.report.files import accept_content
from workflow.choices import NotificationKind
from workflow.core.errors import Invalid, NotPermitted, WrongState
from workflow.core.fields import Fields
from workflow.core.filetype import clean_name
from workflow.permissions import Actor

MOST_FILES = 20
"""How many files one approval takes: enough for any matter, too few to be used as a store."""

LONGEST_COMMENT = 5000


@action
def comment(approval_id: int, text: str, *, by: Actor, now: datetime) -> Comment:
    """Say something at the step that waits; on whom it waits and who took part before are told.

    :raises NotFound: when there is no such approval, or the person may not see it.
    :raises NotPermitted: when he only looks on: an observer, an inspector, an administrator.
    :raises WrongState: when the approval is closed.
    :raises Invalid: when nothing is said, or too much.
    """
    approval, subject = lock_approval(approval_id, by=by)
    _require_speaker(approval, by)
    fields = Fields()
    text = fields.text("text", text, "Nội dung trao đổi", limit=LONGEST_COMMENT)
    fields.stop_if_wrong()
    step = waiting_step(approval)
    said = Comment.objects.create(
        approval=approval, step=step, author_id=by.person_id, author_name=by.name, said_at=now, text=text
    )
    details = {**_at(step), "comment": said.pk, "text": text}
    record(approval, "approval.comment", details, subject=subject, by=by, now=now)
    told = f"{by.name} trao đổi về “{approval.title}”: {shortened(text)}"
    _tell(approval, step, told, by=by, now=now)
    return said


@action
def enclose(approval_id: int, name: str, content: bytes, *, by: Actor, now: datetime) -> Enclosure:
    """Give a file at the step that waits. What it is is told by its content, where it lies by chance.

    Stored through Django's storage under a random name, its SHA-256 in the row and in the trail; the shown name gets
    the ending of what the file is. When the transaction is rolled back afterwards, a file that no row names may stay in
    the store.

    :raises NotFound: when there is no such approval, or the person may not see it.
    :raises NotPermitted: when he only looks on: an observer, an inspector, an administrator.
    :raises WrongState: when the approval is closed.
    :raises Invalid: when the file is empty, too large, of no accepted kind, or one too many.
    """
    approval, subject = lock_approval(approval_id, by=by)
    _require_speaker(approval, by)
    if Enclosure.objects.filter(approval=approval).count() >= MOST_FILES:
        said = f"Hồ sơ này đã có {MOST_FILES} tệp kèm theo, là mức nhiều nhất"
        raise Invalid.of(content=f"{said}; hãy gộp các trang vào một tệp trước khi gửi hoặc dùng tệp đã có.")
    kind = accept_content(content)
    step = waiting_step(approval)
    stored = default_storage.save(f"enclosures/{timezone.localdate(now):%Y/%m}/{token_hex(16)}", ContentFile(content))
    given = Enclosure.objects.create(
        approval=approval,
        step=step,
        name=clean_name(name, kind),
        media_type=kind.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        stored_as=stored,
        given_by_id=by.person_id,
        given_name=by.name,
        given_at=now,
    )
    details = {**_at(step), "enclosure": given.pk, "name": given.name, "sha256": given.sha256, "size": given.size}
    record(approval, "approval.enclose", details, subject=subject, by=by, now=now)
    told = f"{by.name} kèm tệp “{given.name}” vào “{approval.title}”"
    _tell(approval, step, told, by=by, now=now)
    return given


def _require_speaker(approval: Approval, by: Actor) -> None:
    if not may_speak(by, approval):
        raise NotPermitted("Ông/bà chỉ được xem hồ sơ này, không trao đổi hay kèm tệp được.")
    if approval.closed_at is not None:
        at = f"{timezone.localtime(approval.closed_at):%H:%M ngày %d/%m/%Y}"
        raise WrongState(f"Hồ sơ này đã kết thúc lúc {at} nên không trao đổi hay kèm thêm tệp được.")


def _at(step: Step | None) -> dict[str, object]:
    return {} if step is None else {"step": step.pk, "node": step.flow_task.name, "title": str(step.title)}


def _tell(approval: Approval, step: Step | None, text: str, *, by: Actor, now: datetime) -> None:
    people = participants(approval)
    if step is not None:
        people |= addressees(step, timezone.localdate(now))
    tell(approval, people, kind=NotificationKind.SYSTEM, text=text, by=by, now=now)
