"""The rows, bullets, figures and duties of a plan file."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from workflow.core.planfile.model import ParsedBullet, ParsedDuty, ParsedItem, ParsedTarget
from workflow.core.planfile.reader import Fields, Findings
from workflow.core.planfile.timing import check_duty_due, check_schedule, read_timeline

ITEM_CODE = re.compile(r"[IVX]+\.[1-9][0-9]?\.[1-9][0-9]?")
CHANGES = frozenset({"unchanged", "changed", "partly_comparable", "dropped", "new"})
WITHOUT_COUNTERPART = frozenset({"dropped", "new"})
COMPARATORS = frozenset({">=", "<=", "=", ">", "<"})
NEXT_STEP = "nơi được giao làm bước tiếp theo"
URGED = "bên được đôn đốc/được triển khai đến"
"""How a bullet's note says what a supporting unit is where the paper does not print "phối hợp"."""


@dataclass(frozen=True, slots=True)
class Known:
    """The codes a plan may name, its year, and which of its rows are read as roll-ups."""

    units: frozenset[str]
    rules: frozenset[str]
    year: int
    rollups: frozenset[str]


def read_items(rows: Iterable[Fields], known: Known, found: Findings) -> tuple[ParsedItem, ...]:
    """Read the appendix's rows, in the order of the file."""
    items = tuple(_read_item(fields, order, known) for order, fields in enumerate(rows, start=1))
    report_duplicates("items", [item.code for item in items], found, "dòng")
    return items


def report_duplicates(place: str, codes: Collection[str], found: Findings, noun: str) -> None:
    """Keep an error for each code that stands more than once."""
    listed = list(codes)
    for code in sorted({code for code in listed if code and listed.count(code) > 1}):
        found.error(
            f"{place}/{code}", f"mã {noun} “{code}” trùng.", "Mỗi mã chỉ dùng một lần; Stt in để ở printed_stt."
        )


def _read_item(fields: Fields, order: int, known: Known) -> ParsedItem:
    truncated = fields.flag("truncated")
    code = fields.code("code", longest=20)
    if code and not ITEM_CODE.fullmatch(code):
        fields.found.error(fields.at("code"), f"mã dòng “{code}” sai dạng.", "Ghi phần.nhóm.dòng, ví dụ II.1.3.")
    bullets = tuple(_read_bullet(row, ordinal, known) for ordinal, row in enumerate(fields.rows("method"), start=1))
    if not bullets:
        fields.found.error(fields.at("method"), "không có gạch đầu dòng nào.", "Ghi cột Cách thức của dòng.")
    _check_unit_lists(fields, bullets, known)
    timeline = fields.text("timeline_text", required=not truncated, longest=255)
    _check_timing(fields, timeline, known.year, truncated=truncated)
    status = fields.text("status_at_issue", required=False)
    if status not in {"", "done"}:
        fields.found.error(
            fields.at("status_at_issue"), f"không hiểu “{status}”.", "Chỉ dùng done, hoặc bỏ trường này."
        )
    counterpart = _read_counterpart(fields)
    item = ParsedItem(
        order=order,
        code=code,
        printed_stt=fields.text("printed_stt", required=not truncated, longest=20),
        section=fields.text("section", longest=255),
        group=fields.text("group", longest=255),
        content=fields.texts("content", required=not truncated),
        product=fields.texts("product", required=not truncated),
        timeline_text=timeline,
        schedule=fields.plain("schedule"),
        rule_codes=fields.codes("rules", known.rules, "quy tắc"),
        quantitative=tuple(_read_figure(row) for row in fields.rows("quantitative")),
        bullets=bullets,
        truncated=truncated,
        missing=fields.text("missing", required=truncated),
        inferred=_read_inferred(fields),
        rollup=code in known.rollups,
        done_at_issue=status == "done",
        counterpart_code=counterpart[0],
        counterpart_year=counterpart[1],
        change=counterpart[2],
        change_detail=counterpart[3],
        note=fields.text("note", required=False),
    )
    fields.finish()
    return item


def _check_timing(fields: Fields, timeline: str, year: int, *, truncated: bool) -> None:
    schedule = read_timeline(timeline, year, fields.at("timeline_text"), fields.found) if timeline else None
    given = fields.mapping("schedule", required=not truncated)
    if given is None:
        return
    if schedule is not None:
        check_schedule(given, schedule, year)
    elif not timeline:
        fields.found.error(
            given.place, "có lịch mà dòng không in tiến độ.", "Ghi timeline_text hoặc để trống schedule."
        )


def _read_inferred(fields: Fields) -> dict[str, object]:
    """Return what is read from another year; it proves nothing and must say so itself."""
    for key in [str(key) for key in fields.data if str(key).startswith("inferred_from_")]:
        inferred = fields.plain(key)
        if not inferred.get("warning"):
            fields.found.error(fields.at(key), "thiếu warning.", "Ghi rõ phần này không phải chứng cứ của năm nay.")
        return {"from": key.removeprefix("inferred_from_"), **inferred}
    return {}


def _read_counterpart(fields: Fields) -> tuple[str, int | None, str, str]:
    counterpart = fields.mapping("counterpart")
    if counterpart is None:
        return "", None, "", ""
    found = fields.found
    year = counterpart.number("year")
    code = counterpart.code("code", longest=20) if counterpart.has("code") else ""
    change = counterpart.text("change")
    detail = counterpart.text("detail", required=False)
    if change and change not in CHANGES:
        found.error(
            counterpart.at("change"), f"không hiểu “{change}”.", f"Dùng một trong: {', '.join(sorted(CHANGES))}."
        )
    elif change and (change in WITHOUT_COUNTERPART) == bool(code):
        wrong = "phải có code của dòng tương ứng" if not code else "không được có code"
        found.error(counterpart.at("code"), f"“{change}” {wrong}.", "Đối chiếu hai kế hoạch rồi sửa.")
    counterpart.finish()
    return code, year, change, detail


def _read_bullet(fields: Fields, ordinal: int, known: Known) -> ParsedBullet:
    note = fields.text("note", required=False)
    for row in fields.rows("due", required=False):
        row.day("date")
        row.flag("exclusive")
        row.text("period")
        row.finish()
    bullet = ParsedBullet(
        ordinal=ordinal,
        text=fields.text("text"),
        lead=fields.codes("lead", known.units, "đơn vị"),
        support=fields.codes("support", known.units, "đơn vị"),
        addressee=fields.codes("addressee", known.units, "đơn vị", required=False),
        handoff=NEXT_STEP in note,
        fragment=fields.flag("fragment"),
        note=note,
    )
    if bullet.support and not bullet.lead:
        fields.found.error(fields.at("lead"), "có đơn vị phối hợp mà không có đơn vị chủ trì.", "Ghi đơn vị chủ trì.")
    fields.finish()
    return bullet


def _check_unit_lists(fields: Fields, bullets: tuple[ParsedBullet, ...], known: Known) -> None:
    """The row's own lists of units must say what its bullets say, in their order."""
    for key, from_bullets in (
        ("lead_units", [code for bullet in bullets for code in bullet.lead]),
        ("support_units", [code for bullet in bullets for code in bullet.support]),
    ):
        given = fields.codes(key, known.units, "đơn vị")
        if list(given) != list(dict.fromkeys(from_bullets)):
            fields.found.error(fields.at(key), "không khớp với các gạch đầu dòng.", "Ghi đúng các đơn vị của method.")


def _read_figure(fields: Fields) -> dict[str, object]:
    figure: dict[str, object] = {
        "value": str(fields.decimal("value")),
        "unit": fields.text("unit", longest=40),
        "comparator": _comparator(fields),
        "what": fields.text("what"),
        "note": fields.text("note", required=False),
    }
    fields.finish()
    return figure


def _comparator(fields: Fields) -> str:
    comparator = fields.text("comparator")
    if comparator and comparator not in COMPARATORS:
        fields.found.error(
            fields.at("comparator"), f"không hiểu “{comparator}”.", f"Dùng một trong: {' '.join(sorted(COMPARATORS))}."
        )
    return comparator


def read_targets(rows: Iterable[Fields], known: Known, *, implied: bool) -> list[ParsedTarget]:
    """Read the figures that the plan prints, or those that its words imply."""
    targets = []
    for fields in rows:
        fields.text("where", required=False)
        year = fields.number("year")
        if year is not None and year != known.year:
            fields.found.error(fields.at("year"), f"năm {year} khác năm kế hoạch {known.year}.", "Sửa năm.")
        targets.append(
            ParsedTarget(
                code=fields.code("code"),
                name=fields.text("name"),
                comparator=_comparator(fields),
                value=fields.decimal("value"),
                measure=fields.text("unit", longest=40),
                clause=fields.text("clause", longest=120),
                text=fields.text("text"),
                implied=implied,
                alternative_to=fields.text("alternative_to", required=False, longest=40),
                note=fields.text("note", required=False),
            )
        )
        fields.finish()
    return targets


def check_targets(targets: list[ParsedTarget], found: Findings) -> None:
    """Codes must be unique, and an alternative must name another figure of the plan."""
    codes = [target.code for target in targets]
    report_duplicates("targets", codes, found, "chỉ tiêu")
    for target in targets:
        if target.alternative_to and target.alternative_to not in codes:
            found.error(
                f"targets/{target.code}/alternative_to",
                f"không có chỉ tiêu “{target.alternative_to}”.",
                "Ghi mã một chỉ tiêu khác của kế hoạch.",
            )


def read_duties(rows: Iterable[Fields], known: Known, found: Findings) -> tuple[ParsedDuty, ...]:
    """Read the duties to report; what the tables have no column for is kept in `due`."""
    duties = []
    for fields in rows:
        due = fields.mapping("due")
        kept = check_duty_due(due) if due is not None else {}
        for key in ("where", "to_basis"):
            if fields.has(key):
                kept[key] = fields.text(key)
        if fields.has("then_to"):
            kept["then_to"] = list(fields.codes("then_to", known.units, "đơn vị"))
        if fields.flag("truncated"):
            kept["truncated"] = True
        duties.append(
            ParsedDuty(
                code=fields.code("code"),
                from_codes=fields.codes("from", known.units, "đơn vị"),
                to_codes=fields.codes("to", known.units, "đơn vị"),
                via_codes=fields.codes("via", known.units, "đơn vị", required=False),
                frequency=fields.text("frequency", longest=40),
                due=kept,
                clause=fields.text("clause", longest=40),
                text=fields.text("text"),
                note=fields.text("note", required=False),
            )
        )
        fields.finish()
    report_duplicates("reporting_duties", [duty.code for duty in duties], found, "nghĩa vụ báo cáo")
    return tuple(duties)
