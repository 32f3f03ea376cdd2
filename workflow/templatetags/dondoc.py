"""Words of the pages: dates with their weekday, working days left, how a task stands."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.safestring import SafeString

from workflow.choices import ADDRESSED_KINDS, Circulation, DocumentKind, TaskState
from workflow.core.workday import WorkCalendar
from workflow.models import Document, Task
from workflow.queries.paper import drafting_abbreviation
from workflow.queries.tasklist import Standing, standing_of

register = template.Library()

WEEKDAYS = ("thứ Hai", "thứ Ba", "thứ Tư", "thứ Năm", "thứ Sáu", "thứ Bảy", "Chủ nhật")


def with_weekday(day: date) -> str:
    """Return "thứ Sáu 18/11/2022"."""
    return f"{WEEKDAYS[day.weekday()]} {day:%d/%m/%Y}"


def left_phrase(due: date, today: date, calendar: WorkCalendar) -> str:
    """Return how many working days are left: "còn 3 ngày làm việc", "hạn hôm nay", "quá 1 ngày làm việc"."""
    if due == today:
        return "hạn hôm nay"
    days = int(calendar.count(today, due))
    if due > today:
        return f"còn {days} ngày làm việc" if days else "không còn ngày làm việc nào"
    return f"quá {-days} ngày làm việc" if days else "quá hạn, đang trong ngày nghỉ"


@register.filter
def day(value: date | None) -> str:
    """Return "18/11/2022", or "" for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return f"{value:%d/%m/%Y}"


@register.filter
def weekday(value: date | None) -> str:
    """Return "thứ Sáu 18/11/2022", or "" for none."""
    if value is None or value == "":
        return ""
    if isinstance(value, datetime):
        value = timezone.localdate(value)
    return with_weekday(value)


@register.filter
def moment(value: datetime | None) -> str:
    """Return "09:12 thứ Sáu 18/11/2022" in local time, or "" for none."""
    if not value:
        return ""
    local = timezone.localtime(value)
    return f"{local:%H:%M} {with_weekday(local.date())}"


@register.filter
def month(value: date | None) -> str:
    """Return "tháng 11/2022", or "" for none."""
    return f"tháng {value:%m/%Y}" if value else ""


@register.simple_tag(takes_context=True)
def left(context: Context, due: date | None) -> str:
    """Return the working days left until the day, by the site's calendar."""
    return left_phrase(due, context["today"], context["calendar"]) if due else ""


@register.inclusion_tag("workflow/part/due.html", takes_context=True)
def due(context: Context, task: Task) -> dict[str, object]:
    """Show a task's due day with what is left of it; what is left is told only while something is owed."""
    owed = task.state in {TaskState.ASSIGNED, TaskState.IN_PROGRESS, TaskState.ESCALATED}
    phrase = left_phrase(task.due_on, context["today"], context["calendar"]) if task.due_on and owed else ""
    late = task.due_on is not None and owed and task.due_on < context["today"]
    return {"task": task, "phrase": phrase, "late": late, "day": task.due_on}


@register.simple_tag(takes_context=True)
def standing(context: Context, task: Task) -> Standing:
    """Return how a task stands today (colour, shape, word)."""
    return standing_of(task, context["today"], context["calendar"])


@register.inclusion_tag("workflow/part/mark.html", takes_context=True)
def mark(context: Context, task: Task) -> dict[str, object]:
    """Show how a task stands today: a shape, a colour and a word."""
    return {"mark": standing_of(task, context["today"], context["calendar"])}


@register.simple_tag(takes_context=True)
def tally(context: Context, tasks: Iterable[Task]) -> list[tuple[Standing, int]]:
    """Return how many of the tasks stand in which way today, the most frequent first."""
    found = Counter(standing_of(task, context["today"], context["calendar"]) for task in tasks)
    return found.most_common()


@register.filter
def lines(value: object) -> list[str]:
    """Return a JSON list of paragraphs (or one text) as a list of texts."""
    if isinstance(value, list):
        return [str(part) for part in value]
    return [str(value)] if value else []


@register.filter
def file_size(size: int) -> str:
    """Return a file's size in words: "820 KB", "1,4 MB"."""
    if size < 1024 * 1024:
        return f"{max(1, round(size / 1024))} KB"
    return f"{size / 1024 / 1024:.1f} MB".replace(".", ",")


@register.filter
def yes_no(value: bool | None) -> str:
    """Return "có", "không" or "chưa"."""
    return "chưa" if value is None else ("có" if value else "không")


@register.filter
def keeper(document: Document) -> str:
    """Return who keeps the archived copy, as it is printed: what is written, else who drafted."""
    return document.keeper or drafting_abbreviation(document)


@register.simple_tag
def document_title(kind: str) -> SafeString:
    """Return the printed name of a kind of document; công văn has none."""
    named = kind in DocumentKind.values and kind != DocumentKind.LETTER
    return SafeString(DocumentKind(kind).label.upper() if named else "")


@register.simple_tag
def is_addressed(kind: str) -> bool:
    """Tell whether a kind of document says "Kính gửi"; any other names everybody under "Nơi nhận"."""
    return kind in ADDRESSED_KINDS


@register.filter
def circulation(value: str) -> str:
    """Return what is printed of how far a document may go, "" when it may go anywhere."""
    return Circulation(value).label.upper() if value and value in Circulation.values else ""


@register.filter
def clock(value: datetime) -> str:
    """Return "thứ Hai 21/11/2022 08:05" in local time."""
    local = timezone.localtime(value)
    return f"{with_weekday(local.date())} {local:%H:%M}"
