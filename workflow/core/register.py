"""The register of outgoing documents (sổ đăng ký văn bản đi) as plain data: the page, the PDF and the XLSX read it.

The ten columns and the cover are those of NĐ 30/2020/NĐ-CP Phụ lục IV Mẫu I; a register that a system keeps is printed
with all of them and bound (Điều 16).
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from workflow.core.hashchain import canonical
from workflow.core.numbering import LETTER

COLUMNS = (
    "Số, ký hiệu văn bản",
    "Ngày tháng văn bản",
    "Tên loại và trích yếu nội dung văn bản",
    "Người ký",
    "Nơi nhận văn bản",
    "Đơn vị, người nhận bản lưu",
    "Số lượng bản",
    "Ngày chuyển",
    "Ký nhận",
    "Ghi chú",
)
"""The columns by the names that Phụ lục IV gives them, in its order."""

TITLE = "SỔ ĐĂNG KÝ VĂN BẢN ĐI"
SAME_AS_ABOVE = "như trên"
SHARES_SUBJECT = ("v/v", "về việc")
PLACES_APART = "; "


@dataclass(frozen=True, slots=True)
class RegisterScope:
    """Which rows of one series are meant: its id, and bounds of days and numbers, both included; None is unbounded."""

    book_id: int
    since: date | None = None
    until: date | None = None
    first: int | None = None
    last: int | None = None

    def as_data(self) -> dict[str, str | int | None]:
        """Return what a background job is asked with."""
        return {
            "book_id": self.book_id,
            "since": self.since.isoformat() if self.since is not None else None,
            "until": self.until.isoformat() if self.until is not None else None,
            "first": self.first,
            "last": self.last,
        }

    @classmethod
    def from_data(cls, data: Mapping[str, str | int | None]) -> RegisterScope:
        """Return the scope that a job was asked with.

        :raises KeyError: when a bound is not named.
        :raises ValueError: when a day is no day.
        """
        since, until, first, last = data["since"], data["until"], data["first"], data["last"]
        return cls(
            book_id=int(data["book_id"] or 0),
            since=date.fromisoformat(str(since)) if since is not None else None,
            until=date.fromisoformat(str(until)) if until is not None else None,
            first=int(first) if first is not None else None,
            last=int(last) if last is not None else None,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterRow:
    """One issued document in its register. `copies` counts the places it goes to and the one kept (house practice)."""

    document_id: int
    number: int
    full_number: str
    issued_on: date
    content: str
    signer: str
    places: tuple[str, ...] = ()
    keeper: str = ""
    sent_on: date | None = None
    notes: tuple[str, ...] = ()

    @property
    def copies(self) -> int:
        """How many copies there are: one a place, and the one that văn thư keeps."""
        return len(self.places) + 1

    def cells(self) -> tuple[str, ...]:
        """Return the ten cells in the order of `COLUMNS`; "Ký nhận" is empty, it is signed by hand."""
        return (
            self.full_number,
            say_day(self.issued_on),
            self.content,
            self.signer,
            PLACES_APART.join(self.places),
            self.keeper,
            f"{self.copies:02d}",
            say_day(self.sent_on),
            "",
            PLACES_APART.join(self.notes),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterVolume:
    """One bound volume (quyển): the names on its cover, its bounds and its rows in the order of their numbers.

    `missing` are numbers between the first and the last row that no document has; there must be none. `made_at` is the
    local moment at which it was put together, for the line at the foot; it is no part of what `rows_sha256` covers.
    """

    parent_name: str
    name: str
    year: int
    series: str
    volume: int
    since: date | None
    until: date | None
    rows: tuple[RegisterRow, ...]
    missing: tuple[int, ...] = ()
    made_at: datetime | None = None

    @property
    def first_number(self) -> int | None:
        """The number of the first row, None when there is none."""
        return self.rows[0].number if self.rows else None

    @property
    def last_number(self) -> int | None:
        """The number of the last row, None when there is none."""
        return self.rows[-1].number if self.rows else None

    def cover_lines(self) -> tuple[str, ...]:
        """Return the lines under the title on the cover: year, days, numbers, volume."""
        return (
            f"Năm: {self.year}",
            f"Từ ngày {say_day(self.since) or '…'} đến ngày {say_day(self.until) or '…'}",
            f"Từ số {_padded(self.first_number)} đến số {_padded(self.last_number)}",
            f"Quyển số: {self.volume:02d}",
        )

    def missing_line(self) -> str:
        """Return the warning that stands under the table, "" when no number is missing."""
        if not self.missing:
            return ""
        return f"Số không có văn bản trong quyển này: {', '.join(f'{number:02d}' for number in self.missing)}."

    def rows_sha256(self) -> str:
        """Return the SHA-256 over everything that is printed of this volume; two equal ones print the same."""
        said = {
            "names": [self.parent_name, self.name],
            "cover": self.cover_lines(),
            "series": self.series,
            "rows": [row.cells() for row in self.rows],
            "missing": self.missing,
        }
        return hashlib.sha256(canonical(said).encode()).hexdigest()


def say_day(day: date | None) -> str:
    """Return 05/01/2022, "" for none."""
    return f"{day:%d/%m/%Y}" if day is not None else ""


def say_moment(moment: datetime) -> str:
    """Return "09:12 ngày 05/01/2022" of a moment that is in local time already."""
    return f"{moment:%H:%M} ngày {moment:%d/%m/%Y}"


def _padded(number: int | None) -> str:
    return f"{number:02d}" if number is not None else "…"


def content_of(kind: str, kind_label: str, subject: str) -> str:
    """Return the cell "Tên loại và trích yếu nội dung văn bản"; a công văn's subject begins with V/v, as printed."""
    said = " ".join(subject.split())
    if kind != LETTER:
        return f"{kind_label}: {said}"
    return f"{kind_label} {said}" if said.lower().startswith(SHARES_SUBJECT) else f"{kind_label} V/v {said}"


def places_of(recipients: Sequence[str], copies: Sequence[str]) -> tuple[str, ...]:
    """Return the places that a document goes to, each once, without the marks of a list and without "Như trên"."""
    found: dict[str, None] = {}
    for line in (*recipients, *copies):
        name = " ".join(line.split()).removeprefix("- ").rstrip(" ;.")
        if name and name.lower() != SAME_AS_ABOVE and not name.lower().startswith("lưu:"):
            found.setdefault(name)
    return tuple(found)


def missing_numbers(first: int, last: int, there: Sequence[int], *, most: int) -> tuple[int, ...]:
    """Return at most `most` numbers from first to last that are not there; `there` is in ascending order."""
    found: list[int] = []
    wanted = first
    for number in (*there, last + 1):
        while wanted < number and len(found) < most and wanted <= last:
            found.append(wanted)
            wanted += 1
        wanted = max(wanted, number + 1)
    return tuple(found)
