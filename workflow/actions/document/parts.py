"""The further parts of a document: nơi nhận, căn cứ, lưu, độ khẩn, phụ lục, and the facts of a form of its own kind."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from workflow.choices import INTERNAL_FORMS, Circulation, DocumentKind, Urgency
from workflow.core.fields import Fields
from workflow.core.paper import CIRCULATION, DRAFTER_MARK, AppendixPaper
from workflow.models import Appendix, Document
from workflow.queries.document import said_parts

NO_RECIPIENT = "Hãy ghi ít nhất một nơi ở phần “Kính gửi”, mỗi nơi một dòng."
NO_COPY = "Hãy ghi ít nhất một nơi ở phần “Nơi nhận”, mỗi nơi một dòng."
PRINTED_BY_ITSELF = "Không ghi “{line}” ở phần “Nơi nhận”: dòng này được in sẵn. Người giữ bản lưu ghi ở phần “Lưu”."
LONGEST_RECIPIENT = 255
LONGEST_GROUND = 500
LONGEST_KEEPER = 60
LONGEST_MARK = 30
LONGEST_TITLE = 500
MOST_RECIPIENTS = 500
MOST_APPENDICES = 20
MOST_COLUMNS = 20

NEEDS_RECIPIENT = frozenset({DocumentKind.LETTER, DocumentKind.SUBMISSION})
"""Kinds that always say "Kính gửi"; a report does only to a higher body, so it may go to "Nơi nhận" alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What a document may say besides subject and text.

    `copies` are the lines of "Nơi nhận" beyond "Như trên", `grounds` the căn cứ, each a line; `keeper` is who keeps the
    copy, printed after "Lưu: VT"; `facts` is plain data: `CIRCULATION` and `DRAFTER_MARK` of any kind, and what the
    forms that have a page of their own need.
    """

    copies: tuple[str, ...] = ()
    grounds: tuple[str, ...] = ()
    keeper: str = ""
    urgency: int = Urgency.NORMAL
    appendices: tuple[AppendixPaper, ...] = ()
    facts: Mapping[str, object] = field(default_factory=dict)


def clean_recipients(fields: Fields, kind: str, names: Sequence[str], copies: Sequence[str]) -> list[str]:
    """Return the names after "Kính gửi" without empty lines; refuse a document that goes nowhere.

    Công văn and tờ trình are addressed to somebody; any other kind goes at least to one "Nơi nhận" (NĐ 30/2020 Phụ lục
    I Mục II.9). Internal forms go with their file and may name nobody.
    """
    label = "Một dòng ở phần “Kính gửi”"
    named = [fields.text("recipients", name, label, limit=LONGEST_RECIPIENT) for name in names if name.strip()]
    if len(named) > MOST_RECIPIENTS:
        fields.refuse("recipients", f"Có {len(named)} nơi ở phần “Kính gửi”; một văn bản gửi nhiều nhất 500 nơi.")
    field, message = missing_place(kind, named, copies)
    if field:
        fields.refuse(field, message)
    return named


def missing_place(kind: str, recipients: Sequence[str], copies: Sequence[str]) -> tuple[str, str]:
    """Return the field in which a document of the kind must yet say where it goes, and what to do; else ("", "")."""
    if not recipients and kind in NEEDS_RECIPIENT:
        return "recipients", NO_RECIPIENT
    if not recipients and not copies and kind not in INTERNAL_FORMS:
        return "copies", NO_COPY
    return "", ""


def clean_parts(fields: Fields, parts: Parts) -> Parts:
    """Return the parts as they are stored: NFC, without empty lines and without the marks that are printed anyway."""
    copies = _lines(fields, "copies", parts.copies, "Một dòng ở phần “Nơi nhận”", LONGEST_RECIPIENT)
    for line in copies:
        if line.casefold() == "như trên" or line.casefold().startswith("lưu:"):
            fields.refuse("copies", PRINTED_BY_ITSELF.format(line=line))
    if len(copies) > MOST_RECIPIENTS:
        fields.refuse("copies", f"Có {len(copies)} dòng ở phần “Nơi nhận”; một văn bản gửi nhiều nhất 500 nơi.")
    if parts.urgency not in Urgency.values:
        fields.refuse("urgency", "Không có độ khẩn này; hãy chọn lại.")
    if len(parts.appendices) > MOST_APPENDICES:
        fields.refuse("appendices", f"Có {len(parts.appendices)} phụ lục; một văn bản có nhiều nhất {MOST_APPENDICES}.")
    return Parts(
        copies=tuple(copies),
        grounds=tuple(_lines(fields, "grounds", parts.grounds, "Một dòng căn cứ", LONGEST_GROUND)),
        keeper=fields.text("keeper", parts.keeper, "Phần “Lưu”", limit=LONGEST_KEEPER, needed=False),
        urgency=parts.urgency,
        appendices=tuple(_clean_appendix(fields, ordinal, row) for ordinal, row in enumerate(parts.appendices, 1)),
        facts=_clean_facts(fields, parts.facts),
    )


def _clean_facts(fields: Fields, facts: Mapping[str, object]) -> dict[str, object]:
    """Return the facts as they are stored; a mark that is not wanted is left out, so that it changes no hash."""
    cleaned = {str(name): _plain(fields, value) for name, value in facts.items()}
    circulation = str(cleaned.pop(CIRCULATION, None) or "")
    mark = str(cleaned.pop(DRAFTER_MARK, None) or "")
    if circulation not in Circulation.values:
        fields.refuse(CIRCULATION, "Không có phạm vi lưu hành này; hãy chọn lại.")
    label = "Ký hiệu người soạn, số bản"
    mark = fields.text(DRAFTER_MARK, " ".join(mark.split()), label, limit=LONGEST_MARK, needed=False)
    return cleaned | {name: said for name, said in ((CIRCULATION, circulation), (DRAFTER_MARK, mark)) if said}


def _lines(fields: Fields, name: str, lines: Sequence[str], label: str, limit: int) -> list[str]:
    bare = [line.strip().removeprefix("-").strip().rstrip(";.").strip() for line in lines]
    return [fields.text(name, line, label, limit=limit) for line in bare if line]


def _clean_appendix(fields: Fields, ordinal: int, row: AppendixPaper) -> AppendixPaper:
    """Return one appendix as it is stored: a title, and text or a table whose rows fit its columns."""
    name, called = f"appendix_{ordinal}", f"Phụ lục {ordinal}"
    title = fields.text(name, row.title, f"Tên của phụ lục {ordinal}", limit=LONGEST_TITLE)
    body = fields.text(name, row.body, called, needed=False)
    width = len(row.columns)
    cells = tuple(tuple(fields.text(name, cell, called, needed=False) for cell in line) for line in row.rows)
    columns = tuple((fields.text(name, said, called, needed=False), max(1, share)) for said, share in row.columns)
    if not body and not cells:
        fields.refuse(name, f"{called} chưa có nội dung; hãy ghi nội dung hoặc bỏ tên phụ lục.")
    if width > MOST_COLUMNS:
        fields.refuse(name, f"{called} có {width} cột; một bảng có nhiều nhất {MOST_COLUMNS} cột.")
    for place, line in enumerate(cells, 1):
        if len(line) not in {1, width}:
            said = f"dòng {place} có {len(line)} ô, tiêu đề có {width} cột"
            fields.refuse(name, f"{called}: {said}; hãy sửa cho bằng nhau.")
    return AppendixPaper(title=title, body=body, columns=columns, rows=cells, landscape=row.landscape)


def _plain(fields: Fields, value: object) -> object:
    """Return a fact as plain data; texts without control characters, days as 2022-10-03."""
    if isinstance(value, str):
        return fields.text("facts", value, "Dữ liệu của mẫu", needed=False)
    if isinstance(value, Mapping):
        return {str(name): _plain(fields, one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(fields, one) for one in value]
    if isinstance(value, date):
        return value.isoformat()
    if value is None or isinstance(value, int):
        return value
    fields.refuse("facts", "Dữ liệu của mẫu có giá trị không ghi lại được; hãy gõ lại.")
    return None


def set_parts(document: Document, parts: Parts) -> None:
    """Put the parts but the appendices on a document in memory."""
    document.copies, document.grounds = list(parts.copies), list(parts.grounds)
    document.keeper, document.urgency, document.facts = parts.keeper, parts.urgency, dict(parts.facts)


def write_appendices(document: Document, appendices: Sequence[AppendixPaper]) -> None:
    """Store a draft's appendices in place of those that it had (two statements)."""
    Appendix.objects.filter(document=document).delete()
    Appendix.objects.bulk_create(appendix_rows(document, appendices))


def appendix_rows(document: Document, appendices: Iterable[AppendixPaper]) -> list[Appendix]:
    """Return, unsaved, the rows of a document's appendices; it must have its key."""
    return [
        Appendix(
            document=document,
            ordinal=ordinal,
            title=row.title,
            body=row.body,
            columns=[{"title": title, "width": width} for title, width in row.columns],
            rows=[list(cells) for cells in row.rows],
            landscape=row.landscape,
        )
        for ordinal, row in enumerate(appendices, 1)
    ]


def names_of(parts: Parts) -> dict[str, object]:
    """Return what the trail says of the parts: all but the appendices' contents, which the hash at issue covers."""
    return said_parts(parts, [row.title for row in parts.appendices])
