"""Reading what a document needs: the issuing body, the symbol, the letterhead."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date

from django.utils import timezone

from workflow.choices import DocumentKind, UnitKind
from workflow.core.errors import WrongState
from workflow.core.hashchain import canonical
from workflow.core.numbering import symbol_for
from workflow.core.paper import AppendixPaper, Head
from workflow.core.wording import PLACE
from workflow.models import Appendix, AuditEvent, Document, Letterhead, Unit
from workflow.permissions import DECIDE, REGISTER, SIGN, Actor
from workflow.queries.task import may_any


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


def may_issue(actor: Actor, document: Document) -> bool:
    """Tell whether the person may issue the document, and take it out to be sent once it is issued.

    Văn thư may any document, a leader any, Chánh Văn phòng a công văn (TL.).
    """
    codenames = (REGISTER, DECIDE, SIGN) if document.kind == DocumentKind.LETTER else (REGISTER, DECIDE)
    return may_any(actor, codenames, document.task)


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
    """Return the SHA-256 of everything that an issued document says, as canonical JSON.

    What a document does not have is left out, so that hashes from before there were such parts stay valid. Appendices
    are read in one query unless prefetched.
    """
    said: dict[str, object] = {
        "kind": document.kind,
        "number": document.full_number,
        "issued_on": document.issued_on,
        "subject": document.subject,
        "body": document.body,
        "recipients": document.recipients,
        "signer_name": document.signer_name,
        "signer_title": document.signer_title,
    }
    if document.head:
        said["head"] = document.head
    return hashlib.sha256(canonical(said | parts_said(document)).encode()).hexdigest()


PART_COLUMNS = ("copies", "grounds", "keeper", "urgency", "facts")
"""The further parts of a document beside its appendices, called so in the table and in `Parts`."""


def parts_said(document: Document) -> dict[str, object]:
    """Return the further parts that a document has, as plain data; one that is empty is left out."""
    return said_parts(document, [asdict(appendix) for appendix in appendices_of(document)])


def said_parts(source: object, appendices: Sequence[object]) -> dict[str, object]:
    """Return the parts of a document, or of what was typed of one, with what is to be said of its appendices."""
    parts = {name: getattr(source, name) for name in PART_COLUMNS} | {"appendices": appendices}
    return {name: value for name, value in parts.items() if value}


def appendices_of(document: Document) -> tuple[AppendixPaper, ...]:
    """Return a document's appendices in order; one that is not stored yet has none (one query unless prefetched)."""
    return tuple(appendix_paper(row) for row in document.appendices.all()) if document.pk else ()


def appendix_paper(row: Appendix) -> AppendixPaper:
    """Return one appendix as it is printed."""
    return AppendixPaper(
        title=row.title,
        body=row.body,
        columns=tuple((str(column["title"]), int(column["width"])) for column in row.columns),
        rows=tuple(tuple(str(cell) for cell in cells) for cells in row.rows),
        landscape=row.landscape,
    )


def symbol_of(kind: str, drafting_unit: Unit | None, on: date) -> str:
    """Return the symbol of a document that the unit drafts; a unit without abbreviation drafts as Văn phòng.

    :raises WrongState: when the abbreviations that the symbol needs are missing.
    """
    drafting = drafting_unit.abbreviation if drafting_unit is not None and drafting_unit.is_internal else ""
    if not drafting:
        office = Unit.objects.filter(kind=UnitKind.OFFICE).order_by("pk").first()
        drafting = office.abbreviation if office is not None else ""
    try:
        return symbol_for(kind, head_on(on).abbreviation, drafting)
    except ValueError as error:
        raise WrongState(str(error)) from error


def letterhead_on(body: Unit, on: date) -> Letterhead | None:
    """Return how it is written that the body names itself on the day, None when nobody wrote it (one query)."""
    return Letterhead.objects.filter(body=body, valid_from__lte=on).order_by("-valid_from").first()


def head_of_body(body: Unit, parent_name: str, row: Letterhead | None) -> Head:
    """Return the head of a body's documents: as its row says, else made of the names in the list of units.

    "Sở Kế hoạch và Đầu tư tỉnh Khánh Hòa" under "UBND tỉnh Khánh Hòa" is printed "SỞ KẾ HOẠCH VÀ ĐẦU TƯ", as both
    plans print it.
    """
    if row is not None:
        return Head(**{name: str(getattr(row, name)) for name in Head.__dataclass_fields__})
    above = parent_name.replace("Ủy ban nhân dân", "UBND")
    place = above.removeprefix("UBND").strip()
    name = body.name.removesuffix(place).strip() if place else body.name
    return Head(parent_name=above, name=name, abbreviation=body.abbreviation, place=PLACE)


@dataclass(frozen=True, slots=True)
class Issuer:
    """The body that issues on a day, how it names itself, and since when it has been both."""

    body: Unit
    head: Head
    since: date


def issuer_on(on: date) -> Issuer:
    """Return who issues on the day (two queries, three where neither its names nor its parent are written).

    :raises WrongState: when there is no department, or no body above it.
    """
    body = issuing_body(on)
    row = letterhead_on(body, on)
    if row is not None:
        return Issuer(body, head_of_body(body, "", row), max(body.valid_from, row.valid_from))
    above = body.parent.name if body.parent is not None else province(on).name
    return Issuer(body, head_of_body(body, above, None), body.valid_from)


def head_on(on: date) -> Head:
    """Return how the issuing body names itself on the day, by the same queries.

    :raises WrongState: when there is no department, or no body above it.
    """
    return issuer_on(on).head


def head_of(document: Document, *, today: date | None = None) -> Head:
    """Return the names on a document: an issued one's as they were frozen, a draft's as they are `today`.

    Without `today`, and for a document issued before names were kept, those of the document's own day.

    :raises WrongState: when names are not kept and there is no department on that day.
    """
    if document.head:
        return Head.from_data(document.head)
    return head_on(document.issued_on or today or timezone.localdate(document.drafted_at))
