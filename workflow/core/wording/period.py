"""The consolidated reports of half a year and of a year (2022 III.2, II.1.8), with their table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from workflow.core.paper import AppendixPaper
from workflow.core.wording.facts import COPY_TO_LEADERS, END, Cited, Words, long_day, without_stop

NO_REMARKS = "Phần nhận xét, khó khăn và kiến nghị do Văn phòng Sở bổ sung trước khi trình"

COLUMNS = (
    ("Stt", 1),
    ("Nội dung/Nhiệm vụ", 5),
    ("Kết quả/Sản phẩm phải có", 4),
    ("Thời hạn", 2),
    ("Đơn vị", 3),
    ("Kết quả thực hiện", 6),
    ("Tình trạng", 3),
)


@dataclass(frozen=True, slots=True)
class Share:
    """What one unit did for a row: its name, the result that was accepted ("" for none), how it stands in words."""

    unit_name: str
    result: str
    standing: str


@dataclass(frozen=True, slots=True)
class PeriodRow:
    """A row of the plan with what its units did; `heading` is the group that begins with it, "" within a group."""

    stt: str
    content: str
    product: str
    timeline: str
    shares: tuple[Share, ...]
    heading: str = ""


@dataclass(frozen=True, slots=True)
class PeriodFigures:
    """All that the report says; `until` is the period's last day, `as_of` the day on which things stand so."""

    plan: Cited
    year: int
    half: bool
    until: date
    as_of: date
    rows: tuple[PeriodRow, ...]
    owed: int
    done: int
    late: int
    silent: tuple[tuple[str, int], ...]
    """Units that owe results whose term has passed, each with how many."""

    @property
    def called(self) -> str:
        """The period in words."""
        return f"6 tháng đầu năm {self.year}" if self.half else f"năm {self.year}"

    @property
    def is_over(self) -> bool:
        """Whether the period had ended on that day; before, its open work is an estimate."""
        return self.as_of >= self.until


def period_text(figures: PeriodFigures, *, body_name: str, remarks: str = "") -> Words:
    """Return the words of the consolidated report; `remarks` are what people say of the figures."""
    still = figures.owed - figures.done
    estimate = "" if figures.is_over else f"; số còn lại ước thực hiện đến hết {long_day(figures.until)}"
    lines = [
        f"Thực hiện {figures.plan.in_full()}, {body_name} báo cáo kết quả thực hiện {figures.called} như sau:",
        "I. TÌNH HÌNH THỰC HIỆN",
        f"Số liệu tính đến hết {long_day(figures.as_of)}.",
        (
            f"Tổng số nhiệm vụ theo dõi trong kỳ: {figures.owed:02d}; đã hoàn thành {figures.done:02d}; "
            f"chưa hoàn thành {still:02d}, trong đó quá hạn {figures.late:02d}{estimate}."
        ),
        "Kết quả từng nhiệm vụ nêu tại Phụ lục kèm theo Báo cáo này.",
        "II. ĐƠN VỊ CHƯA BÁO CÁO KẾT QUẢ ĐÃ ĐẾN HẠN",
        *_silent(figures.silent),
        "III. NHẬN XÉT, KIẾN NGHỊ",
        (remarks or NO_REMARKS).strip().rstrip(" .;/") + END,
    ]
    table = AppendixPaper(
        title=f"KẾT QUẢ THỰC HIỆN KẾ HOẠCH {figures.called.upper()}",
        columns=COLUMNS,
        rows=tuple(row for item in figures.rows for row in _lines(item)),
        landscape=True,
    )
    subject = f"Kết quả thực hiện {figures.plan.short()} {figures.called}"
    return Words(subject, "\n".join(lines), copies=(COPY_TO_LEADERS,), appendices=(table,) if figures.rows else ())


def _silent(units: Sequence[tuple[str, int]]) -> list[str]:
    if not units:
        return ["Các đơn vị đã báo cáo đủ kết quả đến hạn."]
    lines = [f"- {name}: {count:02d} nhiệm vụ;" for name, count in units]
    return [*lines[:-1], f"{lines[-1][:-1]}."]


def _merged(shares: Sequence[Share]) -> list[Share]:
    """Return the shares with those units on one line that have no result yet and stand alike."""
    alike: dict[object, list[Share]] = {}
    for place, share in enumerate(shares):
        alike.setdefault(place if share.result else share.standing, []).append(share)
    return [
        Share("; ".join(share.unit_name for share in group), group[0].result, group[0].standing)
        for group in alike.values()
    ]


def _lines(item: PeriodRow) -> list[tuple[str, ...]]:
    """Return a row's lines: its heading spanning the table, the row with its first unit, then the other units."""
    lines: list[tuple[str, ...]] = [(item.heading,)] if item.heading else []
    said = (item.stt, without_stop(item.content), without_stop(item.product), item.timeline)
    shares = _merged(item.shares) or [Share("", "", "")]
    for number, share in enumerate(shares):
        before = said if number == 0 else ("", "", "", "")
        lines.append((*before, share.unit_name, share.result, share.standing))
    return lines
