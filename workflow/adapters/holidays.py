"""The days off and make-up days to seed the calendar with: the library `holidays`, corrected by our own table.

The library knows the pattern of the law but not every swap (hoán đổi) of the civil service, so it only gives the first
draft; the YAML table, which names a source for each day, wins.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import Final

import yaml

from workflow.core.fold import nfc
from workflow.core.workday import DayKind

SEEDED_YEARS: Final = range(2022, 2028)
LIBRARY_SOURCE: Final = "thư viện holidays"
# The word of a row that takes a wrong day of the library away; the day then follows the weekly pattern.
WORKING: Final = "working"


class Certainty(StrEnum):
    """Whether a day rests on the law or a document that was found, or still awaits one."""

    CONFIRMED = "confirmed"
    PROVISIONAL = "provisional"


class CalendarSeedError(ValueError):
    """A calendar table that cannot be used; the Vietnamese message names the file, the row and what to do."""


@dataclass(frozen=True, slots=True, order=True)
class CalendarRow:
    """One day that departs from the weekly pattern, with the document it rests on.

    `name`, `source` and `note` are Vietnamese, in NFC; `note` says why a provisional day is not confirmed.
    """

    date: date
    kind: DayKind
    name: str
    source: str
    certainty: Certainty
    note: str = ""


def vietnam_holidays(years: Iterable[int]) -> dict[date, str]:
    """Return the public holidays that the library knows for `years`, with their Vietnamese names, in order.

    Days off only, holidays at the weekend included; make-up working days are not among them.
    """
    import holidays  # noqa: PLC0415 -- slow to import and only seeding needs it

    found = holidays.country_holidays("VN", years=list(years), language="vi")
    return {day: nfc(name) for day, name in sorted(found.items())}


def load_calendar_seed(path: Path) -> list[CalendarRow]:
    """Return the seed of the calendar for 2022 to 2027, by date: the library's days corrected by the YAML at `path`.

    A day only the library knows comes out as a provisional day off with the source "thư viện holidays". A row of the
    YAML replaces the library's day whole; a row of kind `working` removes it. Reads the file, writes nothing.

    :raises CalendarSeedError: when the file is missing, is not YAML, or has a row that is wrong or stands twice.
    """
    corrections: dict[date, CalendarRow | None] = {}
    for number, row in enumerate(_read_rows(path), start=1):
        where = f"{path.name}, dòng thứ {number}"
        day, correction = _read_row(row, where)
        if day in corrections:
            raise CalendarSeedError(f"{where}: ngày {day:%d/%m/%Y} đã có ở trên; mỗi ngày chỉ một dòng.")
        corrections[day] = correction
    merged: dict[date, CalendarRow | None] = {
        day: CalendarRow(day, DayKind.OFF, name, LIBRARY_SOURCE, Certainty.PROVISIONAL)
        for day, name in vietnam_holidays(SEEDED_YEARS).items()
    }
    merged.update(corrections)
    return sorted(row for row in merged.values() if row is not None)


def _read_rows(path: Path) -> list[object]:
    try:
        content: object = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CalendarSeedError(f"Không mở được bảng lịch {path}: {error.strerror}.") from error
    except (UnicodeDecodeError, yaml.YAMLError, ValueError) as error:
        raise CalendarSeedError(f"{path.name} không phải YAML hợp lệ (UTF-8): {error}") from error
    rows = content.get("rows") if isinstance(content, dict) else None
    if not isinstance(rows, list):
        raise CalendarSeedError(f"{path.name}: thiếu danh sách “rows”.")
    return rows


def _read_row(row: object, where: str) -> tuple[date, CalendarRow | None]:
    """Return the day of a row and the row itself, or None in its place when the row removes the day."""
    if not isinstance(row, dict):
        raise CalendarSeedError(f"{where}: mỗi dòng phải là một mục có date, kind, name, source, certainty.")
    unknown = sorted(str(key) for key in row if key not in {"date", "kind", "name", "source", "certainty", "note"})
    if unknown:
        raise CalendarSeedError(f"{where}: không hiểu mục {', '.join(unknown)}.")
    day = row.get("date")
    if not isinstance(day, date) or isinstance(day, datetime):
        raise CalendarSeedError(f"{where}: date phải là ngày dạng 2022-12-31, không phải {day!r}.")
    if day.year not in SEEDED_YEARS:
        raise CalendarSeedError(
            f"{where}: ngày {day:%d/%m/%Y} ngoài các năm {SEEDED_YEARS.start}–{SEEDED_YEARS.stop - 1} của bảng lịch."
        )
    kind = _kind_word(row)
    if kind not in {*DayKind, WORKING}:
        raise CalendarSeedError(f"{where}: kind phải là off, makeup hoặc working, không phải {kind!r}.")
    certainty = row.get("certainty")
    if certainty not in set(Certainty):
        raise CalendarSeedError(f"{where}: certainty phải là confirmed hoặc provisional, không phải {certainty!r}.")
    name, source = _words(row, "name", where), _words(row, "source", where)
    note = _words(row, "note", where) if "note" in row else ""
    if kind == WORKING:
        return day, None
    return day, CalendarRow(day, DayKind(kind), name, source, Certainty(certainty), note)


def _kind_word(row: Mapping[object, object]) -> str:
    kind = row.get("kind")
    # YAML 1.1 reads a bare `off` as False, and a person who edits the table will leave the quotes out.
    return DayKind.OFF.value if kind is False else str(kind)


def _words(row: Mapping[object, object], key: str, where: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise CalendarSeedError(f"{where}: thiếu {key}; hãy ghi rõ bằng tiếng Việt.")
    return nfc(value.strip())
