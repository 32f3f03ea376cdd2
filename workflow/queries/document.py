"""Reading what a document needs: the issuing body, the symbol, the letterhead."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date

from workflow.choices import UnitKind
from workflow.core.errors import WrongState
from workflow.core.hashchain import canonical
from workflow.core.numbering import symbol_for
from workflow.models import AuditEvent, Document, Unit


@dataclass(frozen=True, slots=True)
class Letterhead:
    """The two lines at the head of a document."""

    parent_name: str
    body_name: str


def issuing_body(on: date) -> Unit:
    """Return the department that issues, as it is on the day.

    :raises WrongState: when there is none.
    """
    for unit in Unit.objects.filter(kind=UnitKind.DEPARTMENT).select_related("parent").order_by("-valid_from", "pk"):
        if unit.is_open_on(on):
            return unit
    raise WrongState("Chưa có Sở trong danh mục đơn vị nên không phát hành được văn bản; đề nghị quản trị bổ sung.")


def province(on: date) -> Unit:
    """Return UBND tỉnh.

    :raises WrongState: when it is missing.
    """
    for unit in Unit.objects.filter(kind=UnitKind.PROVINCE).order_by("-valid_from", "pk"):
        if unit.is_open_on(on):
            return unit
    raise WrongState("Chưa có UBND tỉnh trong danh mục đơn vị nên không lập được báo cáo; đề nghị quản trị bổ sung.")


CHIEF_TITLE = "TL. GIÁM ĐỐC\nCHÁNH VĂN PHÒNG"
"""The title under which Chánh Văn phòng signs by order."""


def signed_by_order(document: Document) -> bool:
    """Tell whether the document is one that Chánh Văn phòng signs TL. GIÁM ĐỐC."""
    return document.signer_title.startswith("TL.")


def writers_of(document: Document) -> frozenset[int]:
    """Return everybody who wrote the draft, and those in whose place they did, from its own chain (one query)."""
    hands = {document.drafted_by_id} if document.drafted_by_id else set()
    events = AuditEvent.objects.filter(chain=f"document:{document.pk}", name__in=WRITING_EVENTS)
    for body in events.values_list("body", flat=True):
        actor = json.loads(body)["actor"]
        hands.update(pk for pk in (actor["id"], actor.get("in_place_of", {}).get("id")) if pk is not None)
    return frozenset(hands)


WRITING_EVENTS = ("document.draft", "document.revise")


def text_hash(document: Document) -> str:
    """Return the SHA-256 of everything that an issued document says, as canonical JSON."""
    said = {
        "kind": document.kind,
        "number": document.full_number,
        "issued_on": document.issued_on,
        "subject": document.subject,
        "body": document.body,
        "recipients": document.recipients,
        "signer_name": document.signer_name,
        "signer_title": document.signer_title,
    }
    return hashlib.sha256(canonical(said).encode()).hexdigest()


def symbol_of(kind: str, drafting_unit: Unit | None, on: date) -> str:
    """Return the symbol of a document that the unit drafts; a unit without abbreviation drafts as Văn phòng.

    :raises WrongState: when the abbreviations that the symbol needs are missing.
    """
    drafting = drafting_unit.abbreviation if drafting_unit is not None and drafting_unit.is_internal else ""
    if not drafting:
        office = Unit.objects.filter(kind=UnitKind.OFFICE).order_by("pk").first()
        drafting = office.abbreviation if office is not None else ""
    try:
        return symbol_for(kind, issuing_body(on).abbreviation, drafting)
    except ValueError as error:
        raise WrongState(str(error)) from error


def letterhead(on: date) -> Letterhead:
    """Return the issuing body's letterhead: the parent's name and its own, without the parent's place repeated.

    "Sở Kế hoạch và Đầu tư tỉnh Khánh Hòa" under "UBND tỉnh Khánh Hòa" is printed "SỞ KẾ HOẠCH VÀ ĐẦU TƯ", as both
    plans print it.
    """
    body = issuing_body(on)
    above = body.parent.name if body.parent is not None else province(on).name
    above = above.replace("Ủy ban nhân dân", "UBND")
    place = above.removeprefix("UBND").strip()
    name = body.name.removesuffix(place).strip() if place else body.name
    return Letterhead(above, name)
