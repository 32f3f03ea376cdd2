"""From the mapping of a plan's YAML to a checked plan, or to every error at once."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from workflow.core.planfile.defects import find_defects, header_defects, nfc_defects, read_noted_defects
from workflow.core.planfile.model import Defect, ParsedPlan, PlanErrors
from workflow.core.planfile.reader import Fields, Findings
from workflow.core.planfile.rows import Known, check_targets, read_duties, read_items, read_targets

NUMBER = re.compile(r"[1-9][0-9]*/KH-[A-ZĐ-]+")
YEARS = range(2000, 2100)
HEADER_TEXTS = ("legal_basis_text", "opening", "part_ii_text", "appendix_reference")
SOURCE_FILE = "tệp"


def parse_plan(
    data: object,
    *,
    unit_codes: Collection[str],
    rule_codes: Collection[str],
    rollups: Collection[str] = (),
) -> ParsedPlan:
    """Check the mapping of a plan file and return the plan with the defects of its source.

    `unit_codes` and `rule_codes` are what the plan may name; `rollups` are the row codes read as roll-ups. Pure:
    nothing is written. Texts come out in NFC; a source that was not is listed as a defect (domain.md section 8).

    :raises PlanErrors: with every error found, each with its place and what to do.
    """
    found = Findings()
    top = Fields(data, SOURCE_FILE, found)
    if not top.usable:
        raise PlanErrors(found.errors)
    top.place = ""
    head = top.mapping("plan")
    year = head.number("year") if head is not None else None
    if year is not None and year not in YEARS:
        found.error("plan/year", f"năm {year} không hợp lý.", "Ghi năm của kế hoạch, từ 2000 đến 2099.")
        year = None
    known = Known(frozenset(unit_codes), frozenset(rule_codes), year or YEARS.start, frozenset(rollups))
    items = read_items(top.rows("items", named_by="code"), known, found)
    if not items:
        found.error("items", "kế hoạch không có dòng nào.", "Ghi các dòng của phụ lục.")
    targets = read_targets(top.rows("targets", named_by="code"), known, implied=False)
    targets += read_targets(top.rows("implied_targets", required=False, named_by="code"), known, implied=True)
    check_targets(targets, found)
    duties = read_duties(top.rows("reporting_duties", named_by="code"), known, found)
    defects = read_noted_defects(top, found)
    top.finish()
    plan = _read_head(head, known, found) if head is not None else None
    if found.errors or plan is None:
        raise PlanErrors(sorted(set(found.errors)))
    number, issued_on, header = plan
    defects = [
        *find_defects(items, issued_on, known.year),
        *header_defects(number, issued_on, str(header["appendix_reference"])),
        *nfc_defects(found.not_nfc),
        *defects,
    ]
    return ParsedPlan(
        number=number,
        issued_on=issued_on,
        year=known.year,
        title=str(header.pop("title")),
        issuer_code=str(header.pop("issuer")),
        signer_name=str(header.pop("signer_name")),
        signer_capacity=str(header.pop("signer_capacity")),
        header=header,
        items=items,
        targets=tuple(targets),
        duties=duties,
        defects=_once(defects),
    )


def _once(defects: list[Defect]) -> tuple[Defect, ...]:
    return tuple(dict.fromkeys(defects))


def _read_head(head: Fields, known: Known, found: Findings) -> tuple[str, date, dict[str, object]] | None:
    """Read the plan's head: its number, its day, and the rest as it will be stored."""
    number = head.text("number", longest=40)
    if number and not NUMBER.fullmatch(number):
        found.error("plan/number", f"số, ký hiệu “{number}” sai dạng.", "Ghi như trên văn bản, ví dụ 1186/KH-SKHĐT.")
    issued_on = head.day("date")
    if issued_on is not None and abs(issued_on.year - known.year) > 1:
        found.error("plan/date", f"ngày {issued_on:%d/%m/%Y} cách xa năm kế hoạch {known.year}.", "Sửa ngày hoặc năm.")
    header: dict[str, object] = {"title": head.text("title"), **_read_people(head, known)}
    header["place"] = head.text("place", required=False)
    header.update({key: head.text(key) for key in HEADER_TEXTS})
    header["legal_basis"] = [_read_basis(row) for row in head.rows("legal_basis")]
    header.update({key: list(head.texts(key)) for key in ("recipients", "purpose", "requirements")})
    header["organisation"] = [_read_clause(row) for row in head.rows("organisation")]
    head.finish()
    return None if issued_on is None else (number, issued_on, header)


def _read_people(head: Fields, known: Known) -> dict[str, object]:
    """Read who issued and who signed."""
    people: dict[str, object] = {}
    issuer = head.mapping("issuing_body")
    if issuer is not None:
        people["issuer"] = issuer.code("code")
        people["issuer_name"] = issuer.text("name")
        if people["issuer"] and people["issuer"] not in known.units:
            issuer.found.error(issuer.at("code"), f"không có đơn vị mang mã “{people['issuer']}”.", "Sửa mã.")
        issuer.finish()
    signer = head.mapping("signer")
    if signer is not None:
        people["signer_name"] = signer.text("name", longest=120)
        people["signer_capacity"] = signer.text("capacity", longest=120)
        signer.finish()
    return people


def _read_basis(fields: Fields) -> dict[str, str]:
    issued_on = fields.day("date")
    basis = {
        "number": fields.text("number"),
        "date": issued_on.isoformat() if issued_on else "",
        "subject": fields.text("subject"),
        "issuer": fields.text("issuer", required=False),
    }
    fields.finish()
    return basis


def _read_clause(fields: Fields) -> dict[str, str]:
    clause = {"clause": fields.text("clause"), "text": fields.text("text")}
    fields.finish()
    return clause
