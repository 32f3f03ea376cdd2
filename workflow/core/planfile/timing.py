"""Whether the file's own reading of a timeline agrees with what `core.deadline` reads from the same words."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

from workflow.core.deadline import Schedule, ScheduleKind, UnknownPhrase, read_phrase
from workflow.core.planfile.reader import Fields, Findings, plain_mapping

KINDS: dict[str, ScheduleKind] = {
    "from_quarter": ScheduleKind.START_ONLY,
    "monthly_from": ScheduleKind.START_ONLY,
    "by_quarter": ScheduleKind.WINDOW,
    "within_year": ScheduleKind.WINDOW,
    "ongoing": ScheduleKind.ONGOING,
    "upon_event": ScheduleKind.EVENT,
    "before_date": ScheduleKind.BEFORE,
    "semiannual_and_annual": ScheduleKind.MILESTONES,
}
"""The file's word for a schedule → ours."""

REMEDY = "Đối chiếu với văn bản rồi sửa tiến độ hoặc sửa lịch cho khớp nhau."
SCHEDULE_FIELDS = (
    "kind",
    "quarter",
    "month",
    "start",
    "due",
    "due_basis",
    "note",
    "frequency",
    "event",
    "report_dates",
    "date",
    "exclusive",
    "last_day_strict",
    "year_stated",
)


def read_timeline(text: str, year: int, place: str, found: Findings) -> Schedule | None:
    """Read a printed phrase, keeping an error when it is unreadable."""
    try:
        return read_phrase(text, year=year)
    except UnknownPhrase as error:
        found.error(place, str(error), "Sửa lại đúng chữ của văn bản, hoặc báo người bảo trì thêm dạng mới.")
        return None


def check_schedule(fields: Fields, schedule: Schedule, year: int) -> None:
    """Compare the `schedule` mapping of a row with the phrase's reading."""
    found = fields.found
    for key in SCHEDULE_FIELDS:
        fields.has(key)
    kind = fields.text("kind")
    wanted = KINDS.get(kind)
    if kind and wanted is None:
        found.error(fields.at("kind"), f"không có loại lịch “{kind}”.", f"Dùng một trong: {', '.join(KINDS)}.")
    elif wanted is not None and wanted is not schedule.kind:
        found.error(fields.at("kind"), f"“{kind}” không khớp với tiến độ “{schedule.phrase}”.", REMEDY)
    else:
        _check_days(fields, schedule)
    for row in fields.rows("report_dates", required=False):
        check_report_date(row, year)
    fields.finish()


def _check_days(fields: Fields, schedule: Schedule) -> None:
    due, start = fields.day("due", required=False), fields.day("start", required=False)
    if start is not None and due is not None and start > due:
        fields.found.error(fields.at("start"), "ngày bắt đầu sau ngày cuối.", REMEDY)
    _same_day(fields, "start", start, schedule.start)
    if schedule.kind in {ScheduleKind.WINDOW, ScheduleKind.MILESTONES}:
        _same_day(fields, "due", due, schedule.last_day)
    if schedule.kind is ScheduleKind.BEFORE:
        _check_bound(fields, schedule)
    event = fields.text("event", required=False)
    if schedule.kind is ScheduleKind.EVENT and schedule.event is not None:
        said = schedule.event.lower()
        if event.lower() != said:
            fields.found.error(fields.at("event"), f"“{event}” khác sự kiện đọc được “{schedule.event}”.", REMEDY)


def _check_bound(fields: Fields, schedule: Schedule) -> None:
    printed = fields.day("date", required=False)
    strict = fields.day("last_day_strict", required=False)
    exclusive = fields.flag("exclusive")
    if exclusive is not schedule.exclusive:
        fields.found.error(fields.at("exclusive"), f"không khớp với “{schedule.phrase}”.", REMEDY)
    if schedule.last_day is None:
        return
    bound = schedule.last_day + timedelta(days=1) if schedule.exclusive else schedule.last_day
    _same_day(fields, "date", printed, bound)
    _same_day(fields, "last_day_strict", strict, schedule.last_day)


def _same_day(fields: Fields, key: str, given: date | None, read: date | None) -> None:
    if given is not None and read is not None and given != read:
        fields.found.error(fields.at(key), f"ghi {given:%d/%m/%Y}, đọc từ tiến độ được {read:%d/%m/%Y}.", REMEDY)


def check_report_date(fields: Fields, year: int) -> None:
    """Compare one reporting date with its own words ("trước ngày 25/5", "Tháng 6")."""
    for key in ("role", "period", "date_basis"):
        fields.text(key, required=False)
    text = fields.text("text")
    schedule = read_timeline(text, year, fields.at("text"), fields.found) if text else None
    fields.flag("exclusive")
    fields.number("month", required=False)
    printed = fields.day("date")
    strict = fields.day("last_day_strict", required=False)
    if schedule is not None and schedule.last_day is not None:
        bound = schedule.last_day + timedelta(days=1) if schedule.exclusive else schedule.last_day
        _same_day(fields, "date", printed, bound)
        _same_day(fields, "last_day_strict", strict, schedule.last_day)
    fields.finish()


def check_duty_due(fields: Fields) -> dict[str, object]:
    """Check a reporting duty's `due` and return it plain.

    A printed bound must lie in one day of its strict last day; a month's date must be the month's end.
    """
    found = fields.found
    kind = fields.text("kind")
    known = {"before_date", "in_month", "monthly_meeting", "upon_event", "not_stated"}
    if kind and kind not in known:
        found.error(fields.at("kind"), f"không có loại hạn “{kind}”.", f"Dùng một trong: {', '.join(sorted(known))}.")
    for key in ("text", "meeting", "event", "promptness", "date_basis"):
        fields.text(key, required=False)
    for key in ("day", "first_month"):
        number = fields.number(key, required=False)
        if number is not None and not 1 <= number <= (31 if key == "day" else 12):
            found.error(fields.at(key), f"{number} không hợp lý.", "Ghi ngày 1–31, tháng 1–12.")
    exclusive, month = fields.flag("exclusive"), fields.number("month", required=kind == "in_month")
    printed = fields.day("date", required=kind in {"before_date", "in_month"})
    strict = fields.day("last_day_strict", required=False)
    if kind == "before_date" and printed is not None:
        _same_day(fields, "last_day_strict", strict, printed - timedelta(days=1) if exclusive else printed)
    if kind == "in_month" and printed is not None and month is not None:
        _check_month_end(fields, printed, month)
    fields.finish()
    return plain_mapping(fields.data, fields.place, found)


def _check_month_end(fields: Fields, printed: date, month: int) -> None:
    if not 1 <= month <= 12:
        fields.found.error(fields.at("month"), f"không có tháng {month}.", "Ghi tháng 1–12.")
    elif printed != date(printed.year, month, monthrange(printed.year, month)[1]):
        fields.found.error(fields.at("date"), f"{printed:%d/%m/%Y} không phải ngày cuối tháng {month}.", REMEDY)
