"""The defects of a plan's source, found by looking and by what the person who extracted it noted (domain.md section 8).

Nothing here changes a word of the plan: each defect says what is printed, how it is read, and why.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import groupby

from workflow.core.deadline import UnknownPhrase, read_phrase
from workflow.core.planfile.model import Defect, ParsedItem
from workflow.core.planfile.reader import Fields, Findings

WELL_FORMED = re.compile(r"([0-9]{1,2})\.([0-9]{1,2})")

NOT_NFC = "Chữ không ở dạng NFC"
PAGE_MISSING = "Thiếu trang"
HEAD_MISSING = "Thiếu phần đầu văn bản"
INTERLEAVED = "Ô xen kẽ qua trang"
GLUED = "Chữ dính sang dòng khác"
HEADER_DIFFERS = "Phụ lục lệch với đầu văn bản"
EXTRACTOR = "Ghi chú khi trích"
STT_TWICE = "Stt in trùng"
STT_MISSING = "Thiếu Stt"
STT_MALFORMED = "Stt in sai dạng"
STT_STRAY = "Stt lạc nhóm"
STT_SHIFTED = "Stt in lệch"
STT_ABSENT = "Dòng không còn Stt"
NO_UNIT = "Không nêu đơn vị chủ trì"
NO_SUBJECT = "Gạch không nêu ai làm"
TRUNCATED = "Dòng mất chữ"
PAST = "Hạn đã qua khi ban hành"
ROLLUP = "Dòng tổng hợp"
MISPRINT = "Lỗi in giữ nguyên"
CORRECTED = "Chữ sửa sau nhận dạng"

NOTE_KINDS: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"\bNF[CD]\b"), NOT_NFC),
    (re.compile(r"thiếu một trang", re.IGNORECASE), PAGE_MISSING),
    (re.compile(r"không có phần đầu văn bản", re.IGNORECASE), HEAD_MISSING),
    (re.compile(r"\bô (?:Cách thức )?của dòng\b", re.IGNORECASE), GLUED),
    (re.compile(r"ngắt trang|không còn ranh giới cột|Ranh giới giữa cột", re.IGNORECASE), INTERLEAVED),
    (re.compile(r"Phụ lục bị OCR", re.IGNORECASE), HEADER_DIFFERS),
)
"""What an extractor's note says → what kind of defect it is; the first that fits wins."""


def find_defects(items: Sequence[ParsedItem], issued_on: date, year: int) -> list[Defect]:
    """Return the defects that the rows themselves show."""
    defects: list[Defect] = []
    for group, rows in groupby(items, key=lambda item: item.code.rpartition(".")[0]):
        defects.extend(_numbering(group, list(rows)))
    for item in items:
        defects.extend(_units(item))
        defects.extend(_noted(item))
        defects.extend(_past(item, issued_on, year))
        if item.rollup:
            said = "Kết quả tính từ nhiệm vụ của các dòng khác; không lập nhiệm vụ riêng."
            defects.append(Defect(ROLLUP, f"dòng {item.code}", " ".join(item.content), "", said))
    return defects


def _numbering(group: str, rows: Sequence[ParsedItem]) -> Iterator[Defect]:
    """Compare the printed numbers of one group with the codes; a code's last two parts are the number it stands for."""
    seen: set[str] = set()
    unexplained: set[str] = set()
    for item in rows:
        expected = item.code.partition(".")[2]
        kind = _stt_kind(item.printed_stt, expected, seen)
        seen.add(item.printed_stt)
        if kind in {STT_MALFORMED, STT_STRAY, STT_ABSENT}:
            unexplained.add(expected)
        if kind:
            place = f"dòng {item.code}, cột Stt"
            yield Defect(kind, place, item.printed_stt, expected, item.note or "Mã của ta không theo Stt in.")
    expected_all = [item.code.partition(".")[2] for item in rows]
    for number in expected_all:
        if number not in seen and number not in unexplained:
            printed = ", ".join(item.printed_stt for item in rows)
            yield Defect(STT_MISSING, f"nhóm {group}, cột Stt", printed, number, f"Không dòng nào in Stt “{number}”.")


def _stt_kind(printed: str, expected: str, seen: set[str]) -> str:
    if not printed:
        return STT_ABSENT
    match = WELL_FORMED.fullmatch(printed)
    if match is None:
        return STT_MALFORMED
    if match[1] != expected.partition(".")[0]:
        return STT_STRAY
    if printed in seen:
        return STT_TWICE
    return STT_SHIFTED if printed != expected else ""


def _units(item: ParsedItem) -> Iterator[Defect]:
    if not item.has_lead:
        said = item.note or "Dòng không nêu đơn vị chủ trì; vào danh sách thiếu đơn vị chủ trì của Văn phòng Sở."
        yield Defect(NO_UNIT, f"dòng {item.code}", item.bullets[0].text if item.bullets else "", "", said)
        return
    for bullet in item.bullets:
        if not bullet.lead:
            yield Defect(NO_SUBJECT, f"dòng {item.code}, gạch {bullet.ordinal}", bullet.text, "", bullet.note)


def _noted(item: ParsedItem) -> Iterator[Defect]:
    place = f"dòng {item.code}"
    if item.truncated:
        kept = " ".join([*item.content, *(bullet.text for bullet in item.bullets)])
        yield Defect(TRUNCATED, place, kept, "", item.missing)
    for note in (item.note, item.missing):
        kind = classify_note(note)
        if kind in {GLUED, INTERLEAVED}:
            yield Defect(kind, place, "", "", note)


def _past(item: ParsedItem, issued_on: date, year: int) -> Iterator[Defect]:
    try:
        last_day = read_phrase(item.timeline_text, year=year).last_day if item.timeline_text else None
    except UnknownPhrase:
        return
    if last_day is not None and last_day < issued_on:
        said = f"Hạn {last_day:%d/%m/%Y} trước ngày ban hành {issued_on:%d/%m/%Y}."
        yield Defect(PAST, f"dòng {item.code}, cột Tiến độ", item.timeline_text, f"{last_day:%d/%m/%Y}", said)


def classify_note(note: str) -> str:
    """Return the kind of defect that an extractor's note tells of."""
    return next((kind for pattern, kind in NOTE_KINDS if pattern.search(note)), EXTRACTOR)


def read_noted_defects(top: Fields, found: Findings) -> list[Defect]:
    """Return the defects that the file lists itself: misprints kept, OCR corrections, notes on the document."""
    defects = []
    for fields in top.rows("source_errors"):
        if fields.data.get("kept") is not True:
            found.error(fields.at("kept"), "lỗi in của văn bản phải được giữ nguyên.", "Ghi kept: true và giữ chữ in.")
        fields.flag("kept")
        place, printed = fields.text("where", longest=120), fields.text("printed")
        reading = fields.text("probable")
        defects.append(Defect(MISPRINT, place, printed, reading, "Giữ nguyên chữ in; cách đọc chỉ để hiểu."))
        fields.finish()
    for fields in top.rows("ocr_corrections"):
        place = fields.text("where", longest=120)
        kind = HEADER_DIFFERS if place == "plan/appendix_reference" else CORRECTED
        defects.append(Defect(kind, place, fields.text("printed"), fields.text("corrected"), fields.text("why")))
        fields.finish()
    notes = top.texts("document_notes")
    defects.extend(Defect(classify_note(note), "cả văn bản", "", "", note) for note in notes)
    return defects


def header_defects(number: str, issued_on: date | None, reference: str) -> Iterable[Defect]:
    """Return a defect when the appendix's reference names another number or day than the plan's head."""
    if issued_on is None or not reference:
        return
    day = f"{issued_on.day}/{issued_on.month}/{issued_on.year}"
    if "".join(number.split()) not in "".join(reference.split()) or day not in reference:
        said = f"Đầu văn bản ghi số {number} ngày {day}."
        yield Defect(HEADER_DIFFERS, "plan/appendix_reference", reference, f"{number} ngày {day}", said)


def nfc_defects(places: Sequence[str]) -> Iterable[Defect]:
    """Return one defect for the places whose text had to be normalised."""
    if places:
        said = f"{len(places)} chỗ đã chuẩn hóa sang NFC, không đổi chữ nào: {', '.join(places[:10])}"
        yield Defect(NOT_NFC, "tệp nhập", "", "", said + ("…" if len(places) > 10 else "."))
