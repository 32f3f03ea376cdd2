"""The plans' words for time ("Tiến độ"), read into dates.

A phrase is read as a whole or not at all: what is not understood word for word raises `UnknownPhrase`, so that no part
of a deadline is dropped in silence. All dates are calendar dates in Asia/Ho_Chi_Minh; a last day lasts until 24:00
(BLDS 2015 Đ148.6). Source: kế hoạch 1186/KH-SKHĐT (2022) and 1337/KH-SKHĐT (2023), column "Tiến độ" and the dates
printed in the clauses (2022 II.1.8; III.2 of both).
"""

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from workflow.core.fold import nfc
from workflow.core.workday import WorkCalendar, Workdays

FORMS_UNDERSTOOD: Final = (
    "“Từ Quý I”; “Từ Tháng 01”; “Từ ngày 1/3”; “Quý II”; “Trong Quý I/2022”; “Tháng 6”; “Tháng 6, Tháng 12”; "
    "“Trong năm”; “Trong năm 2022”; “Trước 15/12”; “trước ngày 20/11 hàng năm”; “báo cáo 6 tháng trước ngày 25/5 và "
    "báo cáo năm trước ngày 20/11 hàng năm”; “Chậm nhất ngày 15/12”; “Sau khi … công bố …”; “Thường xuyên”; "
    "“theo tình hình thực tế”; “định kỳ hằng tháng”"
)
PLAUSIBLE_YEARS: Final = range(1945, 2200)
LONGEST_PHRASE: Final = 300
SHOWN_IN_MESSAGE: Final = 80


class UnknownPhrase(ValueError):
    """A timeline phrase that cannot be read; the Vietnamese message names it and lists the forms understood.

    `phrase` is the phrase as it was given, "" when the row prints none.
    """

    def __init__(self, phrase: str, reason: str) -> None:
        shown = phrase if len(phrase) <= SHOWN_IN_MESSAGE else f"{phrase[:SHOWN_IN_MESSAGE]}…"
        super().__init__(f"Không đọc được tiến độ “{shown}”: {reason} Các dạng đọc được: {FORMS_UNDERSTOOD}.")
        self.phrase = phrase


class ScheduleKind(StrEnum):
    """How a phrase binds a task in time (domain.md section 5)."""

    START_ONLY = "start_only"
    WINDOW = "window"
    BEFORE = "before"
    MILESTONES = "milestones"
    EVENT = "event"
    ONGOING = "ongoing"
    RECURRING_MONTHLY = "recurring_monthly"


class Roll(StrEnum):
    """Where a last day that falls on a day off goes: the working day before, the one after, or nowhere."""

    BACK = "back"
    FORWARD = "forward"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Milestone:
    """One of several terms in a phrase: its label, its first day if the phrase says it, its last day (included)."""

    label: str
    start: date | None
    last_day: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What a phrase says, as dates not yet rolled onto working days.

    `last_day` is the last valid day, included, of the whole schedule (of the last milestone where there are several);
    None means that the task is never late by itself. `exclusive` says that the printed date lies after it.
    `confirm_monthly` asks for a confirmation every month; `yearly` makes a new task every year. `basis` tells a reader
    in Vietnamese how the phrase was read.
    """

    kind: ScheduleKind
    phrase: str
    start: date | None = None
    last_day: date | None = None
    exclusive: bool = False
    milestones: tuple[Milestone, ...] = ()
    event: str | None = None
    confirm_monthly: bool = False
    yearly: bool = False
    basis: str


@dataclass(frozen=True, slots=True)
class _Reading:
    """A phrase made ready to be matched: as shown, in lower case, the plan's year, and the policy on 'trước ngày'."""

    phrase: str
    lowered: str
    year: int
    bound_excluded: bool

    def day(self, year: int, month: int, day: int) -> date:
        """Return the date, or raise `UnknownPhrase` when the calendar has none."""
        if year not in PLAUSIBLE_YEARS:
            raise UnknownPhrase(self.phrase, f"năm {year} không hợp lý.")
        if not 1 <= month <= 12:
            raise UnknownPhrase(self.phrase, f"không có tháng {month}.")
        try:
            return date(year, month, day)
        except ValueError:
            raise UnknownPhrase(self.phrase, f"không có ngày {day}/{month}/{year} trên lịch.") from None

    def printed_year(self, match: re.Match[str]) -> int:
        """Return the year that the phrase prints, else the plan's."""
        return int(match["year"]) if match["year"] else self.year

    def differing_year(self, *years: int) -> str:
        """Return the words that tell which of `years` differ from the plan's, "" when none does."""
        others = sorted({year for year in years if year != self.year})
        if not others:
            return ""
        printed = ", ".join(str(year) for year in others)
        return f"; văn bản in năm {printed}, khác năm {self.year} của kế hoạch"

    def read_as(self, kind: ScheduleKind, explanation: str) -> Schedule:
        """Return a schedule of `kind` with its basis and no dates yet."""
        return Schedule(kind=kind, phrase=self.phrase, basis=f"“{self.phrase}”: {explanation}")


_QUARTERS: Final = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
_ROMAN: Final = ("I", "II", "III", "IV")
_YEAR_SUFFIX = r"(?:\s?(?:/|-|,?\s?năm)\s?(?P<year>[0-9]{4}))?"
_PERIOD = re.compile(
    rf"(?:(?:quý|qúy)\s?(?P<quarter>iv|i{{1,3}}|0?[1-4])|tháng\s?(?P<month>[0-9]{{1,2}})){_YEAR_SUFFIX}"
)
_YEAR = re.compile(r"(?:trong|cả) năm(?: (?P<year>[0-9]{4}))?")
_DATE_TEXT = (
    r"(?P<day>[0-9]{1,2})(?:\s?[/.-]\s?| tháng )(?P<month>[0-9]{1,2})(?:(?:\s?[/.-]\s?| năm )(?P<year>[0-9]{4}))?"
)
_DATE = re.compile(_DATE_TEXT)
_BEFORE = re.compile(rf"(?:(?P<label>báo cáo [^,;0-9]*(?:[0-9]{{1,2}} tháng)?) ?)?trước (?:ngày )?{_DATE_TEXT}")
_AT_LATEST = re.compile(rf"(?:chậm nhất(?: là| đến| vào)?(?: hết)?|đến hết) (?:ngày )?{_DATE_TEXT}")
_EVERY_YEAR = re.compile(r",? (?:hàng|hằng) năm$")
_AS_REQUIRED = re.compile(r",? theo quy định$")
_LIST_SEPARATOR = re.compile(r"\s?(?:[,;]| và )\s?")
_EVENT = re.compile(r"sau khi (?P<event>\S.*)", re.IGNORECASE)
_SECOND_TERM = re.compile(r"\b(?:trước|chậm nhất|muộn nhất|đến hết|trong vòng|trong thời hạn|ngày làm việc|kể từ)\b")
_ONGOING_TEXT = r"(?:thường xuyên|theo tình hình thực tế(?: phát sinh)?)"
_ONGOING = re.compile(rf"{_ONGOING_TEXT}(?:,? (?:và )?{_ONGOING_TEXT})?")
_MONTHLY = re.compile(r"(?:(?:tại )?(?:cuộc )?họp giao ban )?(?:(?:theo )?định kỳ )?(?:hàng|hằng|mỗi) tháng")
_UNSAID_PERIOD = re.compile(r"(?:theo )?định kỳ(?: hoặc theo yêu cầu của cơ quan có thẩm quyền)?")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))


def read_phrase(text: str | None, *, year: int, bound_excluded: bool = True) -> Schedule:
    """Read one timeline phrase of the plan of `year` into a schedule.

    Unicode form, case, white space and a final stop do not matter. A year printed in the phrase wins over `year`, and
    `basis` says so when they differ. `bound_excluded` is the policy on "trước ngày D": True makes D − 1 the last day,
    False makes it D; "chậm nhất ngày D" includes D whatever the policy. None or blank (2023 I.1.5, whose page is
    missing) is not guessed.

    :raises UnknownPhrase: when the phrase is missing, names a date that does not exist, or is in no form understood.
    """
    phrase = " ".join(nfc(text or "").translate(_INVISIBLE).split()).rstrip(" .;,")
    if not phrase:
        raise UnknownPhrase("", "dòng này không in tiến độ; hãy bổ sung tiến độ và ghi rõ căn cứ.")
    reading = _Reading(phrase=phrase, lowered=phrase.lower(), year=year, bound_excluded=bound_excluded)
    if len(phrase) <= LONGEST_PHRASE:
        for reader in _READERS:
            schedule = reader(reading)
            if schedule is not None:
                return schedule
    raise UnknownPhrase(phrase, "không thuộc dạng nào đã biết; hãy sửa lại cho đúng văn bản hoặc nhập hạn bằng tay.")


def last_working_day(last_day: date, calendar: WorkCalendar, roll: Roll = Roll.BACK) -> date:
    """Move a last day that falls on a day off onto a working day of `calendar`; a working day stays where it is.

    A printed date rolls BACK by policy, the safe side, since BLDS 2015 Đ148.5 speaks of a term and not of a date; a
    term of N days rolls FORWARD by that clause; NONE leaves the date alone.

    :raises OverflowError: when there is no working day on that side between the years 1 and 9999.
    """
    if roll is Roll.BACK:
        return calendar.last_on_or_before(last_day)
    if roll is Roll.FORWARD:
        return calendar.first_on_or_after(last_day)
    return last_day


def term_end(start: date, term: Workdays, calendar: WorkCalendar) -> date:
    """Return the last day of a term of `term` working days that starts on `start`, which is not counted.

    Sources: BLDS 2015 Đ147.2 (the first day is not counted) and Đ148.5 (a day off rolls forward, so a term of zero
    days from a day off ends on the next working day).

    :raises ValueError: when `term` is negative.
    :raises TypeError: when `term` is not a Workdays.
    """
    if int(term) < 0:
        raise ValueError(f"Thời hạn không thể âm: {term}.")
    return calendar.add(start, term)


def months_of(year: int, first_month: int = 1) -> tuple[Milestone, ...]:
    """Return the months of `year` from `first_month` (1 to 12) to December, one milestone a month, for a monthly duty.

    Each runs from the first to the last day of its month; the plans print no day of the month (I.2.1, III.2).

    :raises ValueError: when `first_month` is not 1 to 12 or `year` is not a plausible year (1945 to 2199).
    """
    if not 1 <= first_month <= 12 or year not in PLAUSIBLE_YEARS:
        raise ValueError(f"Không có tháng {first_month}/{year}: tháng đầu phải từ 1 đến 12, năm từ 1945 đến 2199.")
    return tuple(_month(year, month) for month in range(first_month, 13))


def _month(year: int, month: int) -> Milestone:
    last = monthrange(year, month)[1]
    return Milestone(f"tháng {month}/{year}", date(year, month, 1), date(year, month, last))


def _period(reading: _Reading, match: re.Match[str]) -> Milestone:
    """Return the month or the quarter that `match` of `_PERIOD` names."""
    first = _first_day(reading, match)
    if match["month"]:
        return _month(first.year, first.month)
    last_day = _month(first.year, first.month + 2).last_day
    return Milestone(f"Quý {_ROMAN[first.month // 3]}/{first.year}", first, last_day)


def _first_day(reading: _Reading, match: re.Match[str]) -> date:
    year, month = reading.printed_year(match), match["month"]
    return reading.day(year, int(month) if month else 3 * _QUARTERS[match["quarter"].lstrip("0")] - 2, 1)


def _dated(reading: _Reading, match: re.Match[str]) -> date:
    return reading.day(reading.printed_year(match), int(match["month"]), int(match["day"]))


def _short(day: date, year: int) -> str:
    return f"{day.day}/{day.month}" if day.year == year else f"{day.day}/{day.month}/{day.year}"


def _read_start(reading: _Reading) -> Schedule | None:
    beginning = re.fullmatch(r"(?:kể )?từ (?:ngày )?(?P<rest>.+)", reading.lowered)
    if beginning is None:
        return None
    if match := _PERIOD.fullmatch(beginning["rest"]):
        start = _first_day(reading, match)
    elif match := _DATE.fullmatch(beginning["rest"]):
        start = _dated(reading, match)
    else:
        return None
    basis = f"bắt đầu từ {_short(start, 0)}, văn bản không nêu hạn cuối nên không tự trễ; hỏi xác nhận mỗi tháng"
    return replace(
        reading.read_as(ScheduleKind.START_ONLY, basis + reading.differing_year(start.year)),
        confirm_monthly=True,
        start=start,
    )


def _read_year(reading: _Reading) -> Schedule | None:
    match = _YEAR.fullmatch(reading.lowered)
    if match is None:
        return None
    year = reading.printed_year(match)
    start, last_day = reading.day(year, 1, 1), reading.day(year, 12, 31)
    basis = f"đến hết ngày 31/12/{year}{reading.differing_year(year)}"
    return replace(reading.read_as(ScheduleKind.WINDOW, basis), start=start, last_day=last_day)


def _read_periods(reading: _Reading) -> Schedule | None:
    """Read one month or quarter as a window, several as milestones in the order of time."""
    matches = [_PERIOD.fullmatch(part) for part in _LIST_SEPARATOR.split(reading.lowered.removeprefix("trong "))]
    found = [match for match in matches if match is not None]
    if len(found) != len(matches):
        return None
    periods = tuple(sorted((_period(reading, match) for match in found), key=lambda period: period.last_day))
    if len({period.last_day for period in periods}) != len(periods):
        raise UnknownPhrase(reading.phrase, "các mốc trùng nhau.")
    first, last = periods[0], periods[-1]
    differing = reading.differing_year(*(period.last_day.year for period in periods))
    if len(periods) == 1:
        basis = f"đến hết {first.label}, ngày cuối là {_short(first.last_day, 0)}{differing}"
        return replace(reading.read_as(ScheduleKind.WINDOW, basis), start=first.start, last_day=first.last_day)
    days = ", ".join(_short(period.last_day, 0) for period in periods)
    said = f"{len(periods)} mốc, ngày cuối mỗi kỳ: {days}{differing}"
    return replace(
        reading.read_as(ScheduleKind.MILESTONES, said), start=first.start, last_day=last.last_day, milestones=periods
    )


def _read_before(reading: _Reading) -> Schedule | None:
    """Read "trước ngày D" (the bound is excluded by policy), once or several times, and whether it comes every year."""
    body = _AS_REQUIRED.sub("", reading.lowered)
    undated = _EVERY_YEAR.sub("", body)
    first, *others = _LIST_SEPARATOR.split(undated)
    parts = [first, *(part if "trước" in part else f"trước {part}" for part in others)]
    matches = [_BEFORE.fullmatch(part) for part in parts]
    found = [match for match in matches if match is not None]
    if len(found) != len(matches):
        return None
    yearly = undated != body
    bounds = [_dated(reading, match) for match in found]
    if bounds != sorted(set(bounds)):
        raise UnknownPhrase(reading.phrase, "các hạn trùng nhau hoặc không theo thứ tự thời gian.")
    milestones = tuple(
        Milestone((match["label"] or match[0]).strip(), None, _last_valid(reading, bound))
        for match, bound in zip(found, bounds, strict=True)
    )
    kind = ScheduleKind.BEFORE if len(bounds) == 1 else ScheduleKind.MILESTONES
    said = "; ".join(_bound_basis(reading, bound) for bound in bounds)
    basis = said + (", lặp lại hằng năm" if yearly else "") + reading.differing_year(*(b.year for b in bounds))
    return replace(
        reading.read_as(kind, basis),
        last_day=milestones[-1].last_day,
        exclusive=reading.bound_excluded,
        milestones=milestones if len(bounds) > 1 else (),
        yearly=yearly,
    )


def _last_valid(reading: _Reading, bound: date) -> date:
    return bound - timedelta(days=1) if reading.bound_excluded else bound


def _bound_basis(reading: _Reading, bound: date) -> str:
    last, printed = (_short(day, reading.year) for day in (_last_valid(reading, bound), bound))
    if reading.bound_excluded:
        return f"ngày cuối là {last} (không kể ngày {printed})"
    return f"ngày cuối là {last} (kể cả ngày {printed}, theo chính sách)"


def _read_at_latest(reading: _Reading) -> Schedule | None:
    match = _AT_LATEST.fullmatch(_AS_REQUIRED.sub("", reading.lowered))
    if match is None:
        return None
    last_day = _dated(reading, match)
    shown = _short(last_day, reading.year)
    basis = f"ngày cuối là {shown} (kể cả ngày {shown}){reading.differing_year(last_day.year)}"
    return replace(reading.read_as(ScheduleKind.BEFORE, basis), last_day=last_day)


def _read_event(reading: _Reading) -> Schedule | None:
    match = _EVENT.fullmatch(reading.phrase)
    if match is None:
        return None
    if _SECOND_TERM.search(reading.lowered):
        raise UnknownPhrase(reading.phrase, "vừa chờ sự kiện vừa có hạn; hãy tách thành sự kiện và hạn riêng.")
    basis = f"chờ đến khi ghi nhận số và ngày văn bản của sự kiện “{match['event']}”; từ đó mới tính thời gian"
    return replace(reading.read_as(ScheduleKind.EVENT, basis), event=match["event"])


def _read_ongoing(reading: _Reading) -> Schedule | None:
    if _ONGOING.fullmatch(reading.lowered) is None:
        return None
    basis = "không có hạn cuối; mỗi tháng xác nhận có hoặc không phát sinh, chưa xác nhận thì nhắc, không tính trễ"
    return replace(
        reading.read_as(ScheduleKind.ONGOING, basis),
        confirm_monthly=True,
        start=reading.day(reading.year, 1, 1),
    )


def _read_monthly(reading: _Reading) -> Schedule | None:
    if _MONTHLY.fullmatch(reading.lowered):
        basis = "mỗi tháng một nhiệm vụ, ngày cuối là ngày cuối tháng"
    elif _UNSAID_PERIOD.fullmatch(reading.lowered):
        basis = "văn bản không nêu chu kỳ, đọc là hằng tháng theo kỳ giao ban (suy đoán)"
    else:
        return None
    start, last_day = reading.day(reading.year, 1, 1), reading.day(reading.year, 12, 31)
    months = months_of(reading.year)
    return replace(
        reading.read_as(ScheduleKind.RECURRING_MONTHLY, basis), start=start, last_day=last_day, milestones=months
    )


_READERS: Final[tuple[Callable[[_Reading], Schedule | None], ...]] = (
    _read_start,
    _read_year,
    _read_periods,
    _read_before,
    _read_at_latest,
    _read_event,
    _read_ongoing,
    _read_monthly,
)
