"""Working days of the civil service: a count of a type of its own, and the calendar that counts them.

Dates are calendar dates in Asia/Ho_Chi_Minh; who holds a moment converts it to a local date first. The weekly rest days
are Saturday and Sunday. Public holidays and swaps (hoán đổi) are data, decided by the Prime Minister year by year
(BLLĐ 2019 Đ112.3), so they come from a table that a person can edit and never from a formula.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Never

WEEK = 7
WORKING_WEEKDAYS = 5


class DayKind(StrEnum):
    """Why a date departs from the weekly pattern: a day off, or a make-up working day (thường là thứ Bảy)."""

    OFF = "off"
    MAKEUP = "makeup"


@dataclass(frozen=True, order=True, slots=True)
class Workdays:
    """A count of working days ("ngày làm việc"), which may be negative.

    It is not a timedelta: how many calendar days it spans depends on the calendar, so only `WorkCalendar.add` can lay
    it on a date. It adds to, subtracts from and compares with its own type alone; `bool()` is False for zero.

    :raises TypeError: when built from anything but an int, or added to a date, a timedelta or a plain number.
    """

    days: int

    def __post_init__(self) -> None:
        if type(self.days) is not int:
            raise TypeError(f"Số ngày làm việc phải là số nguyên, không phải {self.days!r}.")

    def __int__(self) -> int:
        return self.days

    def __bool__(self) -> bool:
        return self.days != 0

    def __str__(self) -> str:
        return f"{self.days} ngày làm việc"

    def __neg__(self) -> "Workdays":
        return Workdays(-self.days)

    def __add__(self, other: "Workdays") -> "Workdays":
        return Workdays(self.days + _same_type(other).days)

    def __sub__(self, other: "Workdays") -> "Workdays":
        return Workdays(self.days - _same_type(other).days)

    def __radd__(self, other: Never) -> Never:
        _refuse(other)

    def __rsub__(self, other: Never) -> Never:
        _refuse(other)


def _same_type(other: object) -> Workdays:
    if not isinstance(other, Workdays):
        _refuse(other)
    return other


def _refuse(other: object) -> Never:
    raise TypeError(
        f"Không cộng trừ được ngày làm việc với {type(other).__name__}: ngày làm việc chỉ cộng trừ với ngày làm việc; "
        "muốn ra ngày thì dùng WorkCalendar.add(ngày, số ngày làm việc)."
    )


@dataclass(frozen=True, slots=True, init=False)
class WorkCalendar:
    """The working days of the covered years, immutable; two calendars with the same table are equal.

    Every method runs in constant time: `_ordinals` holds the proleptic ordinals of the span's working days in order and
    `_upto[i]` how many of them lie in the span's first i days, so "how many" and "which one" are two look-ups. Outside
    the span only the weekly pattern holds, by arithmetic, and every day is provisional.
    """

    days: tuple[tuple[date, DayKind], ...]
    first_year: int
    last_year: int
    provisional_years: frozenset[int]
    provisional_days: frozenset[date]
    _first: int = field(repr=False, compare=False)
    _last: int = field(repr=False, compare=False)
    _before: int = field(repr=False, compare=False)
    _gained: int = field(repr=False, compare=False)
    _ordinals: tuple[int, ...] = field(repr=False, compare=False)
    _upto: tuple[int, ...] = field(repr=False, compare=False)

    def __init__(
        self,
        days: Mapping[date, DayKind],
        *,
        first_year: int,
        last_year: int,
        provisional_years: Iterable[int] = (),
        provisional_days: Iterable[date] = (),
    ) -> None:
        """Build the look-up tables for 1 January of `first_year` to 31 December of `last_year`.

        `days` names only the dates that depart from the weekly pattern. `provisional_years` and `provisional_days` are
        those whose decision has not been checked against its document.

        :raises ValueError: when the span is empty or a date of `days` lies outside it.
        :raises TypeError: when a key of `days` is a datetime.
        """
        if first_year > last_year:
            raise ValueError(f"Lịch làm việc: năm đầu {first_year} sau năm cuối {last_year}.")
        first, last = date(first_year, 1, 1).toordinal(), date(last_year, 12, 31).toordinal()
        kinds: dict[int, DayKind] = {}
        for day, kind in days.items():
            ordinal = _ordinal(day)
            if not first <= ordinal <= last:
                raise ValueError(
                    f"Lịch làm việc: ngày {day:%d/%m/%Y} nằm ngoài các năm {first_year}–{last_year}; "
                    "hãy thêm năm đó vào lịch hoặc bỏ ngày này."
                )
            kinds[ordinal] = DayKind(kind)
        ordinals: list[int] = []
        upto = [0]
        for ordinal in range(first, last + 1):
            departs = kinds.get(ordinal)
            if departs is DayKind.MAKEUP or (departs is None and _is_weekday(ordinal)):
                ordinals.append(ordinal)
            upto.append(len(ordinals))
        before = _weekdays_upto(first - 1)
        values = {
            "days": tuple(sorted((day, DayKind(kind)) for day, kind in days.items())),
            "first_year": first_year,
            "last_year": last_year,
            "provisional_years": frozenset(provisional_years),
            "provisional_days": frozenset(provisional_days),
            "_first": first,
            "_last": last,
            "_before": before,
            "_gained": before + len(ordinals) - _weekdays_upto(last),
            "_ordinals": tuple(ordinals),
            "_upto": tuple(upto),
        }
        for name, value in values.items():
            object.__setattr__(self, name, value)

    def is_working(self, day: date) -> bool:
        """Say whether `day` is a working day: not a weekend or a day off, or a make-up day.

        :raises TypeError: when `day` is a datetime.
        """
        ordinal = _ordinal(day)
        return self._rank(ordinal) != self._rank(ordinal - 1)

    def add(self, day: date, days: Workdays) -> date:
        """Return the working day that lies `days` working days after `day`, or before it when `days` is negative.

        The first day is not counted (BLDS 2015 Đ147.2), whether it is a working day or not: one working day after a
        Friday, a Saturday or a Sunday is the Monday. Zero gives `day` itself if it is a working day, else the next one.

        :raises TypeError: when `days` is not a Workdays or `day` is a datetime.
        :raises OverflowError: when the result leaves the years 1 to 9999.
        """
        ordinal, shift = _ordinal(day), _same_type(days).days
        position = self._rank(ordinal) + shift if shift > 0 else self._rank(ordinal - 1) + 1 + shift
        return self._select(position)

    def count(self, start: date, end: date) -> Workdays:
        """Count the working days after `start`, up to and including `end` (BLDS 2015 Đ147.2).

        Negative when `end` comes first. For a working `start`, `count(start, add(start, n)) == n` for every n.

        :raises TypeError: when a date is a datetime.
        """
        return Workdays(self._rank(_ordinal(end)) - self._rank(_ordinal(start)))

    def last_on_or_before(self, day: date) -> date:
        """Return `day` if it is a working day, else the nearest working day before it.

        :raises TypeError: when `day` is a datetime.
        :raises OverflowError: when there is none since year 1.
        """
        return self._select(self._rank(_ordinal(day)))

    def first_on_or_after(self, day: date) -> date:
        """Return `day` if it is a working day, else the nearest working day after it (BLDS 2015 Đ148.5).

        :raises TypeError: when `day` is a datetime.
        :raises OverflowError: when there is none up to year 9999.
        """
        return self._select(self._rank(_ordinal(day) - 1) + 1)

    def is_provisional(self, day: date) -> bool:
        """Say whether what is known of `day` still awaits its document, or `day` lies outside the covered years.

        :raises TypeError: when `day` is a datetime.
        """
        return (
            not self._first <= _ordinal(day) <= self._last
            or day in self.provisional_days
            or day.year in self.provisional_years
        )

    def _rank(self, ordinal: int) -> int:
        """Count the working days from the start of year 1 up to and including `ordinal`."""
        if ordinal < self._first:
            return _weekdays_upto(ordinal)
        if ordinal > self._last:
            return _weekdays_upto(ordinal) + self._gained
        return self._before + self._upto[ordinal - self._first + 1]

    def _select(self, position: int) -> date:
        """Return the working day at the 1-based `position` counted from the start of year 1: the inverse of `_rank`."""
        inside = position - self._before
        if 0 < inside <= len(self._ordinals):
            return date.fromordinal(self._ordinals[inside - 1])
        weeks, rest = divmod(position - (self._gained if inside > 0 else 0) - 1, WORKING_WEEKDAYS)
        try:
            return date.fromordinal(WEEK * weeks + rest + 1)
        except (ValueError, OverflowError):
            raise OverflowError("Ngày tính được nằm ngoài các năm 1–9999; hãy kiểm tra số ngày làm việc.") from None


def _ordinal(day: date) -> int:
    if isinstance(day, datetime):
        raise TypeError("Lịch làm việc cần một ngày theo giờ Việt Nam, không phải một thời điểm (datetime).")
    return day.toordinal()


def _is_weekday(ordinal: int) -> bool:
    # Ordinal 1, 1 January of year 1, is a Monday.
    return (ordinal - 1) % WEEK < WORKING_WEEKDAYS


def _weekdays_upto(ordinal: int) -> int:
    weeks, rest = divmod(ordinal, WEEK)
    return WORKING_WEEKDAYS * weeks + min(rest, WORKING_WEEKDAYS)
