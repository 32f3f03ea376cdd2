"""The identifiers of the bodies that receive documents, which the exchange of electronic documents needs."""

from __future__ import annotations

from datetime import date, datetime

from workflow.actions.audit import action, record_event
from workflow.core.errors import NotFound, NotPermitted
from workflow.core.fields import Fields
from workflow.core.metadata import LONGEST_ORGAN_ID, wrong_id
from workflow.models import Letterhead, Unit
from workflow.permissions import ADMINISTER, Actor
from workflow.queries.organ import IDENTIFIED_KINDS


@action
def set_organ_id(unit_id: int, organ_id: str, valid_from: date, *, by: Actor | None, now: datetime) -> Letterhead:
    """Write the identifier of a body outside the department from a day on (QĐ 20/2020/QĐ-TTg); "" takes it back.

    The department's own stands with the names that it prints (`set_letterhead`).

    :raises NotPermitted: unless an administrator does it.
    :raises NotFound: when there is no such body outside.
    :raises Invalid: with the fields that are wrong.
    """
    if by is not None and not by.holds(ADMINISTER):
        raise NotPermitted("Chỉ quản trị hệ thống được ghi mã định danh của cơ quan.")
    body = Unit.objects.select_for_update(of=("self",)).filter(pk=unit_id, kind__in=IDENTIFIED_KINDS).first()
    if body is None:
        raise NotFound("Không có cơ quan này trong danh mục cơ quan ngoài Sở.")
    fields = Fields()
    organ_id = fields.text("organ_id", organ_id, "Mã định danh", limit=LONGEST_ORGAN_ID, needed=False)
    fault = wrong_id(organ_id, body.name)
    if fault:
        fields.refuse("organ_id", fault)
    if not body.is_open_on(valid_from):
        life = f"từ {body.valid_from:%d/%m/%Y}" + (f" đến {body.valid_to:%d/%m/%Y}" if body.valid_to else "")
        fields.refuse("valid_from", f"{body.name} có trong danh mục {life}; hãy chọn ngày trong thời gian đó.")
    fields.stop_if_wrong()
    former = Letterhead.objects.filter(body=body, valid_from=valid_from).first()
    before = {"organ_id": former.organ_id} if former is not None else {}
    row = former or Letterhead(
        body=body, name=body.name[:200], abbreviation=body.abbreviation, head_title="", valid_from=valid_from
    )
    row.organ_id = organ_id
    row.save()
    after = {"organ_id": organ_id, "valid_from": valid_from}
    record_event("unit.identify", subject=f"unit:{body.code}", by=by, now=now, before=before, after=after)
    return row
