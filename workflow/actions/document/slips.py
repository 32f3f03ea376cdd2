"""One-stop forms of a dossier as documents: phiếu hướng dẫn, thông báo bổ sung, xin lỗi và hẹn lại ngày trả kết quả."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from workflow.actions.audit import action
from workflow.actions.document.compiling import draft_words, task_and_unit
from workflow.choices import OPEN_STATES, DocumentKind, TaskKind
from workflow.core.errors import WrongState
from workflow.core.fields import Fields
from workflow.core.wording.slips import DossierFacts, Slip, apology_slip, missing_papers_slip
from workflow.models import Document, Task
from workflow.permissions import Actor
from workflow.queries.document import head_on
from workflow.queries.rulebook import load_rulebook

LONGEST_NAME = 200
MOST_PAPERS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Applicant:
    """Who handed the dossier in, and on which day; None: the day on which it was opened here."""

    name: str
    received_on: date | None = None


@action
def compile_missing_papers(
    task_id: int,
    missing: str,
    applicant: Applicant,
    reason: str = "",
    return_by: date | None = None,
    *,
    accepted: bool,
    by: Actor,
    now: datetime,
) -> Document:
    """Draft what tells an applicant which papers are missing, one a line.

    Before the dossier is `accepted` that is a phiếu hướng dẫn, after it a thông báo bổ sung (2022 I.1.5, bullets 1, 2).

    :raises NotFound: when the dossier is not seen.
    :raises NotPermitted: unless the person may draft for it.
    :raises WrongState: when the task is no dossier, or is closed.
    :raises Invalid: with the fields that are wrong.
    """
    task, unit = task_and_unit(task_id, by=by, now=now)
    _require_dossier(task)
    today = timezone.localdate(now)
    fields = Fields()
    listed = [line for line in fields.text("missing", missing, "Giấy tờ còn thiếu").splitlines() if line.strip()]
    if len(listed) > MOST_PAPERS:
        fields.refuse("missing", f"Có {len(listed)} dòng; hãy rút xuống còn nhiều nhất {MOST_PAPERS} dòng.")
    reason = fields.text("reason", reason, "Lý do", needed=False)
    if return_by is not None:
        fields.coming_day("return_by", return_by, "Ngày nộp lại", today=today)
    dossier = _read_dossier(fields, task, applicant, today)
    fields.stop_if_wrong()
    slip = missing_papers_slip(
        dossier,
        accepted=accepted,
        missing=listed,
        reason=reason,
        return_by=return_by,
        body_name=head_on(today).name,
    )
    kind = DocumentKind.SUPPLEMENT_NOTICE if accepted else DocumentKind.GUIDANCE_SLIP
    to = (dossier.applicant,)
    return draft_words(kind, slip.words, task, unit, to=to, facts=slip.facts, by=by, now=now)


@action
def compile_apology(
    task_id: int, reason: str, new_date: date | None, applicant: Applicant, *, by: Actor, now: datetime
) -> Document:
    """Draft the apology to an applicant with a reason and a new, concrete date on which the result will be given.

    The new date is a working day after today and after the term that is missed. Sources: one-stop form 04 of TT
    01/2018/TT-VPCP; NĐ 61/2018 Đ19.9 asked for reason and new date until 30/6/2025.

    :raises NotFound: when the dossier is not seen.
    :raises NotPermitted: unless the person may draft for it.
    :raises WrongState: when the task is no dossier, or is closed.
    :raises Invalid: with the fields that are wrong.
    """
    task, unit = task_and_unit(task_id, by=by, now=now)
    _require_dossier(task)
    today = timezone.localdate(now)
    fields = Fields()
    reason = fields.text("reason", reason, "Lý do chậm")
    day = _read_new_date(fields, new_date, task, today)
    dossier = _read_dossier(fields, task, applicant, today)
    fields.stop_if_wrong()
    slip: Slip = apology_slip(dossier, reason=reason, new_date=day, body_name=head_on(today).name)
    to = (dossier.applicant,)
    return draft_words(DocumentKind.APOLOGY, slip.words, task, unit, to=to, facts=slip.facts, by=by, now=now)


def _require_dossier(task: Task) -> None:
    if task.kind != TaskKind.DOSSIER:
        raise WrongState("Mẫu này chỉ dùng cho hồ sơ thủ tục hành chính.")
    if task.state not in OPEN_STATES:
        raise WrongState("Hồ sơ đã kết thúc nên không lập mẫu này nữa.")


def _read_dossier(fields: Fields, task: Task, applicant: Applicant, today: date) -> DossierFacts:
    opened = timezone.localdate(task.created_at)
    given = applicant.received_on or opened
    return DossierFacts(
        code=task.code,
        procedure=task.title,
        applicant=fields.text("applicant", applicant.name, "Tên người nộp hồ sơ", limit=LONGEST_NAME),
        received_on=fields.past_day("received_on", given, "Ngày tiếp nhận", today=today),
        due_on=task.due_on,
    )


def _read_new_date(fields: Fields, new_date: date | None, task: Task, today: date) -> date:
    if new_date is None:
        fields.refuse("new_date", "Chưa nhập ngày hẹn lại; hãy chọn một ngày làm việc cụ thể.")
        return today
    if new_date <= today:
        said = f"Ngày hẹn lại {new_date:%d/%m/%Y} không sau hôm nay ({today:%d/%m/%Y})"
        fields.refuse("new_date", f"{said}; hãy chọn một ngày làm việc sau hôm nay.")
    elif task.due_on is not None and new_date <= task.due_on:
        said = f"Ngày hẹn lại {new_date:%d/%m/%Y} không sau ngày đã hẹn {task.due_on:%d/%m/%Y}"
        fields.refuse("new_date", f"{said}; hãy chọn một ngày làm việc sau ngày đã hẹn.")
    elif not load_rulebook().calendar.is_working(new_date):
        fields.refuse("new_date", f"Ngày {new_date:%d/%m/%Y} là ngày nghỉ; hãy chọn một ngày làm việc.")
    return new_date
