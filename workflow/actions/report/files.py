"""Files given with a report or an answer: what they are is told by their content, where they lie by chance."""

from __future__ import annotations

import hashlib
from datetime import datetime
from secrets import token_hex

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from workflow.actions.audit import action, record_event
from workflow.actions.report.drafting import keep_revision
from workflow.actions.task import require_open
from workflow.actions.transition import lock_task
from workflow.choices import ReportStatus, TaskKind
from workflow.core.errors import Invalid, NotPermitted, WrongState
from workflow.core.filetype import ACCEPTED, FileType, clean_name, detect_type
from workflow.models import Attachment, Report, Task
from workflow.permissions import ANSWER, DO, REGISTER, SUBMIT, Actor

MEGABYTE = 1024 * 1024


@action
def attach_file(task_id: int, name: str, content: bytes, *, by: Actor, now: datetime) -> Attachment:
    """Keep a file with the task's draft, or with the answer of a consulted body that văn thư has just recorded.

    Stored under a random name through Django's storage, with its SHA-256 in the row and in the trail. The type comes
    from the content; the shown name gets the ending of that type. A version under review takes no more files, so that
    what was looked at is what is approved; only the scan of a recorded answer may follow it. When the transaction is
    rolled back afterwards, a file that no row names may stay in the store.

    :raises NotFound: when the task is not seen.
    :raises NotPermitted: unless a person of the unit, the consulted body or văn thư (for its answer) does it.
    :raises WrongState: when the task is closed or its report is under review.
    :raises Invalid: when the file is empty, too large or of no accepted kind.
    """
    task = lock_task(task_id, by=by)
    if not _may_attach(task, by):
        raise NotPermitted("Ông/bà không được kèm tệp vào nhiệm vụ của đơn vị này.")
    require_open(task)
    report = _version_for_files(task)
    kind = accept_content(content)
    stored = default_storage.save(f"attachments/{timezone.localdate(now):%Y/%m}/{token_hex(16)}", ContentFile(content))
    attachment = Attachment.objects.create(
        task=task,
        report=report,
        name=clean_name(name, kind),
        stored_as=stored,
        content_type=kind.content_type,
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by_id=by.person_id,
        uploaded_at=now,
    )
    if report is not None and report.status == ReportStatus.DRAFT:
        keep_revision(report)
        report.revision += 1
        report.save(update_fields=["revision"])
    details = {
        "attachment": attachment.pk,
        "name": attachment.name,
        "sha256": attachment.sha256,
        "size": attachment.size,
        "version": report.version if report else None,
        "revision": report.revision if report else None,
    }
    record_event("report.attach", subject=task, by=by, now=now, details=details)
    return attachment


def _may_attach(task: Task, by: Actor) -> bool:
    rights = (DO, SUBMIT, ANSWER, REGISTER) if task.kind == TaskKind.CONSULTATION else (DO, SUBMIT)
    return any(by.may(codename, task.unit_id) for codename in rights)


def _version_for_files(task: Task) -> Report | None:
    report = Report.objects.filter(task=task, status__in=(ReportStatus.DRAFT, ReportStatus.SUBMITTED)).first()
    if report is not None and report.status == ReportStatus.SUBMITTED and not report.answer_number:
        raise WrongState(f"Bản {report.version} đang chờ duyệt nên không kèm thêm tệp được; hãy rút bản đó trước.")
    return report


def accept_content(content: bytes) -> FileType:
    """Tell a file's type from its content.

    :raises Invalid: when it is empty, too large or of no accepted kind.
    """
    if not content:
        raise Invalid.of(content="Tệp rỗng; hãy chọn lại tệp có nội dung.")
    if len(content) > settings.ATTACHMENT_MAX_BYTES:
        most = settings.ATTACHMENT_MAX_BYTES // MEGABYTE
        said = f"Tệp lớn {len(content) / MEGABYTE:.1f} MB, vượt mức {most} MB"
        raise Invalid.of(content=f"{said}; hãy giảm dung lượng (ví dụ quét lại ở độ phân giải thấp hơn).")
    kind = detect_type(content)
    if kind is None:
        raise Invalid.of(content=f"Nội dung tệp không thuộc loại được nhận; hãy dùng {ACCEPTED}.")
    return kind
