"""The facts of one task, as of a day, that a rule's condition may name; and the hours in which papers go out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from workflow.core.rulebook import ZONE, PoliciesOn, PolicyValue
from workflow.core.workday import WorkCalendar

CLOCK_STATES = frozenset({"assigned", "in_progress"})
ONE_DAY = timedelta(days=1)

FACT_LABELS = {
    "open": "đang chờ đơn vị thực hiện",
    "late": "đã quá hạn",
    "days_left": "số ngày làm việc còn lại",
    "reminders_issued": "số lần đôn đốc đã phát hành trong vòng này",
    "wait_over": "đã hết thời gian chờ sau lần đôn đốc trước",
    "draft_pending": "đang có dự thảo đôn đốc chưa phát hành",
    "time_remaining": "còn thời gian xử lý thủ tục hành chính",
    "time_exhausted": "đã hết thời gian xử lý thủ tục hành chính",
    "expiry_satisfied": "cách đọc I.1.5 cho phép (cách A, hoặc đã hết thời gian xử lý)",
    "nudge_due": "đến mốc nhắc trước hạn",
    "confirm_due": "tháng trước chưa xác nhận",
    "ladder_open": "vòng này chưa chuyển UBND tỉnh",
    "customer_escalation": "yêu cầu của khách hàng đang có hiệu lực",
    "clock_runs": "vướng mắc không làm dừng thời hạn",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """The facts of one task that a decision needs; all of them stand in the task's own row."""

    ladder: str
    kind: str
    origin: str
    rule_year: int
    state: str
    has_lead: bool = True
    due_on: date | None = None
    processing_until: date | None = None
    reminders_issued: int = 0
    last_reminder_at: datetime | None = None
    reminder_drafted: bool = False
    nudged_days: int = 0
    ladder_done: bool = False
    obstacle_open: bool = False
    confirm_monthly: bool = False
    confirm_from: date | None = None
    confirm_asked: date | None = None
    confirmed_month: date | None = None


def local_day(moment: datetime) -> date:
    """Return the date in Asia/Ho_Chi_Minh."""
    return moment.astimezone(ZONE).date()


def start_of(day: date) -> datetime:
    """Return the first moment of a local day."""
    return datetime.combine(day, time.min, ZONE)


def in_issue_window(moment: datetime, calendar: WorkCalendar, policies: PoliciesOn) -> bool:
    """Tell whether papers may go out at that moment: the issue hours of a working day (policy `issue_window`)."""
    local = moment.astimezone(ZONE)
    return policies.window_from <= local.time() < policies.window_to and calendar.is_working(local.date())


def next_issue_moment(moment: datetime, calendar: WorkCalendar, policies: PoliciesOn) -> datetime:
    """Return the first moment at or after the given one at which papers may go out."""
    if in_issue_window(moment, calendar, policies):
        return moment
    local = moment.astimezone(ZONE)
    day = local.date()
    if local.time() >= policies.window_from:
        day += ONE_DAY
    return datetime.combine(calendar.first_on_or_after(day), policies.window_from, ZONE)


def wait_ends(last_reminder_at: datetime, calendar: WorkCalendar, policies: PoliciesOn) -> date:
    """Return the last day of the wait after a reminder; its first day is not counted (BLDS 2015 Đ147.2)."""
    return calendar.add(local_day(last_reminder_at), policies.wait)


def month_before(day: date) -> date:
    """Return the first day of the month before the day's."""
    return (day.replace(day=1) - ONE_DAY).replace(day=1)


def month_after(day: date) -> date:
    """Return the first day of the month after the day's."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1)


def due_nudge(subject: Subject, days_left: int, policies: PoliciesOn) -> int:
    """Return the nudge threshold that is due (0 = none): the smallest one reached and not yet sent."""
    reached = [days for days in policies.nudge_days if 0 <= days_left <= days]
    smallest = min(reached, default=0)
    return smallest if smallest and (subject.nudged_days == 0 or subject.nudged_days > smallest) else 0


def confirm_month(subject: Subject, today: date) -> date | None:
    """Return the month whose confirmation must be asked now, or None."""
    if not subject.confirm_monthly or subject.confirm_from is None:
        return None
    month = month_before(today)
    settled = max((day for day in (subject.confirm_asked, subject.confirmed_month) if day), default=None)
    return month if month >= subject.confirm_from.replace(day=1) and (settled is None or settled < month) else None


def gather_facts(subject: Subject, calendar: WorkCalendar, policies: PoliciesOn, today: date) -> dict[str, PolicyValue]:
    """Return every fact that a rule's condition may name, as of the day."""
    late = subject.due_on is not None and today > subject.due_on
    days_left = int(calendar.count(today, subject.due_on)) if subject.due_on is not None else None
    exhausted = subject.processing_until is not None and today > subject.processing_until
    wait_over = subject.last_reminder_at is None or today > wait_ends(subject.last_reminder_at, calendar, policies)
    return {
        "open": subject.state in CLOCK_STATES and subject.has_lead,
        "late": late,
        "days_left": days_left,
        "reminders_issued": subject.reminders_issued,
        "wait_over": wait_over,
        "draft_pending": subject.reminder_drafted,
        "time_remaining": not exhausted,
        "time_exhausted": exhausted,
        "expiry_satisfied": policies.values["reading_i15"] == "A" or exhausted,
        "nudge_due": not late and days_left is not None and due_nudge(subject, days_left, policies) > 0,
        "confirm_due": confirm_month(subject, today) is not None,
        "ladder_open": not subject.ladder_done,
        "customer_escalation": policies.flag("customer_escalation"),
        "clock_runs": not (subject.obstacle_open and policies.flag("obstacle_stops_clock")),
    }
