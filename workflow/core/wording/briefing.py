"""The monthly report for the giao ban (2022 III.2, I.2.1): three parts, from figures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflow.core.paper import AppendixPaper
from workflow.core.wording.facts import END, USUAL_COPIES, Words, long_day, long_month, without_stop

NO_REMARKS = "Phần nhận xét, nguyên nhân và phương án giải quyết do Văn phòng Sở bổ sung trước khi trình"
"""What stands in the third part until somebody writes it: figures alone say neither causes nor remedies."""


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """How a unit's tasks stand: owed on the day, done in the month, overdue on the day, due in the month after."""

    name: str
    owed: int = 0
    done: int = 0
    late: int = 0
    coming: int = 0


@dataclass(frozen=True, slots=True)
class LateTask:
    """A task that is overdue."""

    title: str
    unit_name: str
    due_on: date
    reminders: int


@dataclass(frozen=True, slots=True)
class DossierFigures:
    """How dossiers and the opinions asked for them stand; the counts of the month, then those of the day."""

    received: int = 0
    done_in_time: int = 0
    done_late: int = 0
    under_way: int = 0
    late: int = 0
    opinions_awaited: int = 0
    opinions_late: int = 0


@dataclass(frozen=True, slots=True)
class MonthFigures:
    """All that the report of a month says; `as_of` is the day on which things stand so."""

    month: date
    as_of: date
    units: tuple[UnitFigures, ...]
    late: tuple[LateTask, ...]
    dossiers: DossierFigures
    reminders: int
    escalations: int


def briefing_text(figures: MonthFigures, *, remarks: str = "") -> Words:
    """Return the words of the report for the giao ban of a month; `remarks` are what people say of the figures."""
    called = long_month(figures.month)
    dossiers, units = figures.dossiers, figures.units
    late = sum(unit.late for unit in units)
    lines = [
        "I. KẾT QUẢ THỰC HIỆN NHIỆM VỤ CẢI CÁCH HÀNH CHÍNH",
        f"Số liệu tính đến hết {long_day(figures.as_of)}.",
        f"1. Nhiệm vụ đang theo dõi: {_two(sum(unit.owed for unit in units))}, trong đó quá hạn {_two(late)}.",
        f"2. Hoàn thành trong tháng: {_two(sum(unit.done for unit in units))}.",
        f"3. Đến hạn trong tháng sau: {_two(sum(unit.coming for unit in units))}.",
        (
            f"4. Văn bản đôn đốc phát hành trong tháng: {_two(figures.reminders)}; "
            f"báo cáo UBND tỉnh trong tháng: {_two(figures.escalations)}."
        ),
        _where(units, figures.late),
        "II. KẾT QUẢ GIẢI QUYẾT THỦ TỤC HÀNH CHÍNH",
        f"1. Hồ sơ tiếp nhận trong tháng: {_two(dossiers.received)}.",
        (
            f"2. Hồ sơ giải quyết xong trong tháng: {_two(dossiers.done_in_time + dossiers.done_late)}, trong đó "
            f"đúng hạn {_two(dossiers.done_in_time)}, quá hạn {_two(dossiers.done_late)}."
        ),
        f"3. Hồ sơ đang giải quyết: {_two(dossiers.under_way)}, trong đó quá hạn {_two(dossiers.late)}.",
        (
            f"4. Lượt lấy ý kiến đang chờ trả lời: {_two(dossiers.opinions_awaited)}, "
            f"trong đó quá hạn {_two(dossiers.opinions_late)}."
        ),
        "III. NHẬN XÉT, KIẾN NGHỊ",
        f"{_ending(remarks or NO_REMARKS)}",
    ]
    subject = f"Kết quả thực hiện nhiệm vụ {called}, phục vụ cuộc họp giao ban"
    return Words(
        subject,
        "\n".join(lines),
        copies=USUAL_COPIES,
        appendices=tuple(table for table in (_units_table(units), _late_table(figures.late)) if table is not None),
    )


def _two(number: int) -> str:
    """Return a count as administrative texts print it: with a leading zero below ten."""
    return f"{number:02d}"


def _ending(text: str) -> str:
    return text.strip().rstrip(" .;/") + END


def _where(units: Sequence[UnitFigures], late: Sequence[LateTask]) -> str:
    if not units:
        return "Trong kỳ không có nhiệm vụ nào của các đơn vị thuộc Sở."
    tables = "Phụ lục I" if late else "Phụ lục"
    listed = "; danh sách nhiệm vụ quá hạn nêu tại Phụ lục II" if late else "; không có nhiệm vụ quá hạn"
    return f"Số liệu theo đơn vị nêu tại {tables}{listed}."


def _units_table(units: Sequence[UnitFigures]) -> AppendixPaper | None:
    if not units:
        return None
    columns = (
        ("Stt", 1),
        ("Đơn vị", 6),
        ("Đang theo dõi", 2),
        ("Hoàn thành trong tháng", 2),
        ("Quá hạn", 2),
        ("Đến hạn tháng sau", 2),
    )
    rows = tuple(
        (str(number), unit.name, str(unit.owed), str(unit.done), str(unit.late), str(unit.coming))
        for number, unit in enumerate(units, start=1)
    )
    return AppendixPaper(title="TÌNH HÌNH THỰC HIỆN NHIỆM VỤ THEO ĐƠN VỊ", columns=columns, rows=rows)


def _late_table(late: Sequence[LateTask]) -> AppendixPaper | None:
    if not late:
        return None
    columns = (("Stt", 1), ("Nhiệm vụ", 8), ("Đơn vị", 4), ("Thời hạn", 3), ("Đã đôn đốc", 2))
    rows = tuple(
        (str(number), without_stop(task.title), task.unit_name, f"{task.due_on:%d/%m/%Y}", f"{task.reminders} lần")
        for number, task in enumerate(late, start=1)
    )
    return AppendixPaper(title="DANH SÁCH NHIỆM VỤ QUÁ HẠN", columns=columns, rows=rows)
