"""How the body names itself on its documents, from a day on; what was issued keeps the names of its day."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from datetime import date, datetime

from workflow.actions.audit import action, record_event
from workflow.choices import DocumentStatus, UnitKind
from workflow.core.errors import NotFound, NotPermitted
from workflow.core.fields import Fields
from workflow.models import Document, Letterhead, Unit
from workflow.permissions import ADMINISTER, Actor

WHOLE_WORD = re.compile(r"[^\s/]+")
ORGAN_ID = re.compile(r"[A-Z0-9]+(\.[A-Z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class LetterheadFacts:
    """What a body writes of itself (NĐ 30/2020 Phụ lục I ô 2, 4, 13), as in a sentence: the printer sets the capitals.

    `organ_id` is the body's code in the exchange of electronic documents, "" while nobody knows it.
    """

    parent_name: str
    name: str
    abbreviation: str
    place: str
    valid_from: date
    head_title: str = "GIÁM ĐỐC"
    organ_id: str = ""
    contact: str = ""
    basis: str = ""


@action
def set_letterhead(body_id: int, values: LetterheadFacts, *, by: Actor | None, now: datetime) -> Letterhead:
    """Write how the body names itself from a day on; a row of the same day is written over, the trail keeps it.

    A day that has passed may be named: documents keep the names with which they were issued. Only where documents were
    issued before the program kept names would such a day change what they say, and is refused.

    :raises NotPermitted: unless an administrator does it.
    :raises NotFound: when there is no such body.
    :raises Invalid: with the fields that are wrong.
    """
    if by is not None and not by.holds(ADMINISTER):
        raise NotPermitted("Chỉ quản trị hệ thống được đặt tên cơ quan in trên văn bản.")
    body = Unit.objects.select_for_update(of=("self",)).filter(pk=body_id, kind=UnitKind.DEPARTMENT).first()
    if body is None:
        raise NotFound("Không có cơ quan ban hành này.")
    cleaned = _clean(body, values)
    former = Letterhead.objects.filter(body=body, valid_from=cleaned.valid_from).first()
    before = _said(former) if former is not None else {}
    row = former or Letterhead(body=body)
    for name, value in asdict(cleaned).items():
        setattr(row, name, value)
    row.save()
    record_event("letterhead.set", subject=f"unit:{body.code}", by=by, now=now, before=before, after=asdict(cleaned))
    return row


def _said(row: Letterhead) -> dict[str, object]:
    return {name: getattr(row, name) for name in LetterheadFacts.__dataclass_fields__}


def _clean(body: Unit, values: LetterheadFacts) -> LetterheadFacts:
    fields = Fields()
    cleaned = LetterheadFacts(
        parent_name=fields.text("parent_name", values.parent_name, "Tên cơ quan chủ quản", limit=200),
        name=fields.text("name", values.name, "Tên cơ quan", limit=200),
        abbreviation=fields.text("abbreviation", values.abbreviation, "Chữ viết tắt", limit=30),
        place=fields.text("place", values.place, "Địa danh", limit=100),
        valid_from=values.valid_from,
        head_title=fields.text("head_title", values.head_title, "Chức vụ người đứng đầu", limit=100).upper(),
        organ_id=fields.text("organ_id", values.organ_id, "Mã định danh", limit=35, needed=False),
        contact=fields.text("contact", values.contact, "Địa chỉ", limit=255, needed=False),
        basis=fields.text("basis", values.basis, "Căn cứ", limit=255, needed=False),
    )
    if cleaned.abbreviation and not WHOLE_WORD.fullmatch(cleaned.abbreviation):
        fields.refuse("abbreviation", "Chữ viết tắt không có dấu cách, dấu “/”; ví dụ: SKHĐT.")
    if cleaned.organ_id and not ORGAN_ID.fullmatch(cleaned.organ_id):
        fields.refuse("organ_id", "Mã định danh gồm chữ in hoa, số và dấu chấm, ví dụ: H32.1; chưa biết thì để trống.")
    if not body.is_open_on(cleaned.valid_from):
        life = f"từ {body.valid_from:%d/%m/%Y}" + (f" đến {body.valid_to:%d/%m/%Y}" if body.valid_to else "")
        fields.refuse("valid_from", f"{body.name} có trong danh mục {life}; hãy chọn ngày trong thời gian đó.")
    nameless = Document.objects.filter(status=DocumentStatus.ISSUED, issuer=body, head={})
    count = nameless.filter(issued_on__gte=cleaned.valid_from).count()
    if count:
        said = f"Từ ngày này đã có {count} văn bản phát hành khi hệ thống chưa giữ tên cơ quan trên từng văn bản"
        fields.refuse("valid_from", f"{said}; hãy chọn ngày sau các văn bản đó.")
    fields.stop_if_wrong()
    return cleaned
